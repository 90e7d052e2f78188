"""What dicom3tools' ``dciodvfy`` says of the corpus, and what Negato says: differences explained.

Each error that it finds is either found by Negato too, in the same attribute, or of a kind that
`KINDS` explains. On the files that it finds no error in, each error of Negato is explained by
`OURS_ALONE`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.dicom.validation_differences import KINDS, OURS_ALONE
from viewer.dicom.errors import HeaderError
from viewer.dicom.validation.findings import Finding
from viewer.dicom.validation.scanning import check_file

TOOL = shutil.which("dciodvfy")
_ELEMENT = re.compile(r"Error - (.+?) Element=<(\w+)>")
_TAG = re.compile(r"\(0x([0-9a-f]{4}),0x([0-9a-f]{4})\)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"attribute <([^<>]*)>")
# of the errors without an element of their own: what they say, and the rules that say it here
_SAME = {
    "Dicom dataset contains invalid data values": ("vr-", "value-", "length-", "charset-"),
    "MediaStorageSOPInstanceUID different": ("meta-sop-instance",),
    "MediaStorageSOPClassUID different": ("meta-sop-class",),
    "MediaStorageSOP(Class|Instance)UID but missing": ("sop-class-missing", "attribute-missing"),
    "PixelData has incorrect value length": ("pixel-length", "pixel-padding"),
    "SeriesInstanceUID has same value as StudyInstanceUID": ("uid-series-study",),
    "SOPInstanceUID has same value as (Series|Study)InstanceUID": ("uid-series-study",),
    "has same value as FrameOfReferenceUID": ("uid-series-study",),
    "Invalid Value Representation": ("vr-dictionary", "pixel-vr", "vr-un"),
    "Bits Stored": ("pixel-bits",),
    "Dicom dataset read failed": ("structure-", "vr-", "length-", "fragments-", "group-invalid"),
    "(Tag|Attribute|Sequence attribute) read failed": ("structure-", "vr-", "length-"),
    "Seek failed|Sequence Item dataset read failed": ("structure-", "length-", "fragments-"),
    "Tags out of order": ("structure-order", "structure-trailing", "structure-delimiter"),
    "Undefined value length": ("transfer-syntax-pixels", "transfer-syntax-unknown"),
    "Orientation vector is not unit": ("geometry-orientation",),
    "Value is zero": ("geometry-pixel-spacing",),
    "Not permitted to be <": ("value-enumerated",),
    "Information Object Not found": ("sop-class-", "file-"),
}


def files(corpus: Path) -> list[Path]:
    """Give the files of the corpus that may be DICOM."""
    left_out = {".md", ".csv", ".json", ".txt"}
    return sorted(p for p in corpus.rglob("*") if p.is_file() and p.suffix not in left_out)


def theirs(path: Path) -> list[str]:
    """Give the errors that the tool finds."""
    ran = subprocess.run([str(TOOL), str(path)], capture_output=True, timeout=60, check=False)
    lines = (ran.stderr + ran.stdout).decode("latin-1").splitlines()
    return sorted({line for line in lines if line.startswith("Error - ")})


def ours(path: Path) -> list[Finding] | None:
    """Give what Negato finds; None where it is no DICOM, or over a limit."""
    try:
        return list(check_file(str(path)).findings)
    except HeaderError:
        return None


def is_found(line: str, findings: list[Finding]) -> bool:
    """Tell whether a finding says what a line of the tool says."""
    element, tag, attribute = _ELEMENT.match(line), _TAG.search(line), _ATTRIBUTE.search(line)
    if element is not None:
        return any(one.where.rpartition(".")[2] == element[2] for one in findings)
    if tag is not None and "group" not in line:
        number = int(tag[1] + tag[2], 16)
        return any(one.tag == number and one.rule.split("-")[0] in _VALUES for one in findings)
    if attribute is not None:
        keyword = re.sub(r"'s|[^A-Za-z0-9]", "", attribute[1]).lower()
        if any(one.where.rpartition(".")[2].lower() == keyword for one in findings):
            return True
    for says, rules in _SAME.items():
        if re.search(says, line):
            return any(one.rule.startswith(rules) for one in findings)
    return False


_VALUES = frozenset(("vr", "value", "charset", "length", "uid", "meta", "vm"))


def kind_of(line: str) -> str:
    """Reduce a line to its kind: what is said of which attribute, without values."""
    element = _ELEMENT.match(line)
    if element is not None:
        return f"{element[1]} {element[2]}"
    tag = _TAG.search(line)
    if tag is not None:
        return f"{line[8:].partition(' - ')[0].partition('(')[0].strip()} {tag[1]},{tag[2]}"
    attribute = _ATTRIBUTE.search(line)
    text = re.sub(r"<[^<>]*>", "", line[8:].partition(" - attribute")[0])
    text = re.sub(r"\b[-+0-9.\\]+\b", "N", text).strip()
    return f"{text} | {attribute[1]}" if attribute is not None else text


def differences(corpus: Path) -> Iterator[tuple[str, str]]:
    """Give the kind of each error that the tool alone finds, with its file."""
    paths = [(path, found) for path in files(corpus) if (found := ours(path)) is not None]
    with ThreadPoolExecutor(2) as pool:
        told = pool.map(theirs, [path for path, _ in paths])
        for (path, findings), lines in zip(paths, told, strict=True):
            name = str(path.relative_to(corpus))
            yield from ((kind_of(line), name) for line in lines if not is_found(line, findings))


@pytest.mark.skipif(TOOL is None, reason="dciodvfy (dicom3tools) is not installed")
def test_what_dciodvfy_finds_is_found_or_explained(corpus: Path) -> None:
    counts = Counter(kind for kind, _ in differences(corpus))
    explained = {kind for known in KINDS for kind in known.kinds()}
    assert not {kind: count for kind, count in counts.items() if kind not in explained}
    for known in KINDS:
        found = sum(counts[kind] for kind in known.kinds())
        assert 0 < found <= known.count, known.says


@pytest.mark.skipif(TOOL is None, reason="dciodvfy (dicom3tools) is not installed")
def test_errors_on_files_that_dciodvfy_calls_clean_are_explained(corpus: Path) -> None:
    unexplained = []
    for path in files(corpus):
        errors = [one for one in ours(path) or () if one.severity == "error"]
        if errors and not theirs(path):
            name = str(path.relative_to(corpus))
            unexplained += [
                (name, one.rule, one.where, one.sentence)
                for one in errors
                if not any(
                    re.fullmatch(pattern, f"{one.rule} {one.where}") for pattern in OURS_ALONE
                )
            ]
    assert not unexplained
