"""Folders of mutants de-identified: nothing is dropped, nothing else is written, nobody is named.

Looks into what was written by means of its own: values of identifying attributes, as pydicom
reads them of the mutants that were taken, must stand in no byte of it.
"""

from __future__ import annotations

import io
import json
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random

from pydicom import dcmread
from pydicom.dataset import Dataset

from tests.fuzz.findings import Finding, of_exception, of_sentence
from tests.fuzz.watching import defects_told
from viewer.cli import main

_USUAL_EXITS = (0, 1)
# removed or replaced by the Basic Profile, whatever they hold; PS3.15 Table E.1-1
_IDENTIFYING = (
    *("PatientName", "PatientID", "PatientBirthDate", "PatientAddress", "OtherPatientNames"),
    *("InstitutionName", "InstitutionAddress", "ReferringPhysicianName", "OperatorsName"),
    *("PerformingPhysicianName", "AccessionNumber", "StudyID", "StationName"),
    *("DeviceSerialNumber", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"),
)
_LEAST, _LEAST_VARIETY = 6, 4  # characters, different ones: others stand anywhere by chance
_LONGEST_NUMBER = 8
# what made-up files hold in place of a name, and what any text or file meta may hold
_PLAIN = re.compile(rb"unknown|patient|anonym\w*|removed|1\.2\.840\.10008\.[\d.]+", re.IGNORECASE)
_OPTIONS = ("", ",retain-device", ",clean-descriptors", ",retain-full-dates", ",clean-graphics")


def anonymize(folder: str, out: str, random: Random) -> Iterator[Finding]:
    """De-identify a folder into another, and look into that."""
    before = _bytes_below(folder)
    profile = "basic" + random.choice(_OPTIONS)
    arguments = ["anonymize", folder, "-o", out, "--json", "--profile", profile]
    if random.random() < 0.8:
        arguments += ["--confirm", "burned-in,structured-content"]
    if random.random() < 0.2:
        arguments += ["--black-out", "1,1,3,4"]
    told, said = io.StringIO(), io.StringIO()
    try:
        with defects_told() as defects, redirect_stdout(told), redirect_stderr(said):
            code = main(arguments)
    # whatever it is, SystemExit too: a defect, and the run goes on
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        yield of_exception(error, "negato anonymize")
        return
    yield from (of_exception(error, "negato anonymize") for error in defects)
    if code not in _USUAL_EXITS:
        yield Finding("exception", f"negato anonymize: exit {code}", said.getvalue())
    if _bytes_below(folder) != before:
        yield Finding("escape", "negato anonymize: it writes to the source")
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    yield from _judged(lines, before, profile, out)


def _judged(
    lines: list[dict[str, object]], sources: dict[str, bytes], profile: str, out: str
) -> Iterator[Finding]:
    refused = [one for line in lines for kind in ("held", "failed") if (one := line.get(kind))]
    last = lines[-1] if lines else {}
    for text in [str(one.get("reason")) for one in refused if isinstance(one, dict)]:
        found = of_sentence(text, "negato anonymize")
        if found is not None:
            yield found
    written = _bytes_below(out) if os.path.isdir(out) else {}
    images = {path: data for path, data in written.items() if not path.endswith("DICOMDIR")}
    if last.get("result") == "done" and last.get("written") != len(images):
        told = f"{last.get('written')} told of, {len(images)} there"
        yield Finding("drop", "negato anonymize: files written", told)
    if last.get("result") != "done" and written:
        yield Finding("leftover", "negato anonymize: a folder without an end", repr(last)[:500])
    paths = {one["path"] for one in refused if isinstance(one, dict)}
    taken = {path: data for path, data in sources.items() if path not in paths}
    if last.get("result") == "done" and len(images) > len(taken):
        yield Finding("drop", "negato anonymize: more than was taken")
    for path, data in taken.items():
        for keyword, value in _identifying(data, profile):
            where = [name for name, output in written.items() if value in output]
            if where:
                detail = f"{value!r} of {path} in {where[0]}"
                yield Finding("escape", f"negato anonymize: {keyword} is in the output", detail)


def _identifying(data: bytes, profile: str) -> Iterator[tuple[str, bytes]]:
    """Give identifying values at the top of a data set, as another reader finds them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset: Dataset = dcmread(io.BytesIO(data), stop_before_pixels=True, force=True)
            values = {
                keyword: item.value
                for keyword in _IDENTIFYING
                if (item := dataset.get_item(keyword)) is not None
            }
        # whatever pydicom raises on a mutant: there is nothing to compare with
        except Exception:
            return
    for keyword, value in values.items():
        if "retain-device" in profile and keyword in ("StationName", "DeviceSerialNumber"):
            continue
        if "retain-full-dates" in profile and keyword == "PatientBirthDate":
            continue
        plain = value.strip(b" \0") if isinstance(value, bytes) else b""
        if (plain.isdigit() and len(plain) <= _LONGEST_NUMBER) or _PLAIN.fullmatch(plain):
            continue
        if len(plain) >= _LEAST and len(set(plain)) >= _LEAST_VARIETY:
            yield keyword, plain


def _bytes_below(folder: str) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}
