"""Folders of mutants written as discs: what the disc shows must be what the folder shows.

The folder is compared without the files that a disc cannot hold; which these are is said.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.fuzz.findings import Finding, of_exception, of_sentence
from tests.fuzz.watching import defects_told
from viewer.commands.disc_writing import DiscWriter
from viewer.dicom.catalogue import Catalogue, CatalogueBuilder
from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.file_set_copy import DiscError
from viewer.dicom.frames import read_frames
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.scanning import scan
from viewer.imaging.frame import FrameDescription

Send = Callable[[object], None]
_Frames = tuple[str, tuple[tuple[str, int], ...]]  # the kind of a stack; file and index of each


def write_disc(folder: str, files: int, out: str) -> tuple[list[Finding], dict[str, str]]:
    """Write a disc of ``folder``; give what is found, and the place of each file that is on it."""
    found: list[Finding] = []
    writer = DiscWriter((folder,), out, None, DEFAULT_LIMITS, _ignore, lambda: False)
    with defects_told() as told:
        try:
            writer.write()
        except DiscError as error:
            if os.path.exists(out):
                found.append(Finding("leftover", "half a disc", error.message))
            if "was taken away" in error.message:
                found.append(Finding("disagreement", "a disc that is not as written", str(error)))
        # whatever it is: a defect, and the run goes on
        except Exception as error:
            found.append(of_exception(error, "negato disc"))
    found += [of_exception(error, "negato disc") for error in told]
    places = {place.instance.path: copied.path for place, copied in writer._copied.values()}
    sentences = [one.reason for one in writer.disc.left_out] + writer.disc.warnings
    found += filter(None, (of_sentence(text, "negato disc") for text in sentences))
    seen = len(places) + len(writer.disc.left_out)
    if seen != files:
        found.append(Finding("drop", "negato disc", f"{files} files, {seen} told of"))
    return found, places if os.path.exists(out) else {}


def _ignore(*_: object) -> None:
    """Tell nobody how far it is."""


def without_others(folder: str, places: dict[str, str]) -> None:
    """Take away the files of a folder that are not on the disc."""
    for path in Path(folder).iterdir():
        if str(path) not in places:
            path.unlink()


def compare(send: Send, folder: str, disc: str, places: dict[str, str]) -> None:
    """Send how a disc differs from its folder: in what is beside what, and in each picture."""
    send("scan of the folder")
    here = _catalogue(folder)
    send("scan of the disc")
    there = _catalogue(disc)
    missing = set(places.values()) - {header.path for header in _headers(there)}
    missing -= {places[path] for path in places.keys() - {one.path for one in _headers(here)}}
    if missing:
        send(Finding("drop", "a file of a written disc", "\n".join(sorted(missing))))
    stacks, written = Counter(_stacks(here, places)), Counter(_stacks(there))
    if stacks != written:
        told = f"folder: {sorted((stacks - written).elements())}\n"
        told += f"disc: {sorted((written - stacks).elements())}"
        send(Finding("disagreement", "stacks of a written disc", told[:6000]))
    for header in _headers(here):
        if header.pixel_data_tag is not None:
            send(f"picture {header.transfer_syntax_uid}")
            one, other = (_first_frame(path) for path in (header.path, places[header.path]))
            if not _equal(one, other):
                told = f"{header.path}\n{one!r}\n{other!r}"[:4000]
                send(Finding("disagreement", "a picture of a written disc", told))


def _catalogue(folder: str) -> Catalogue:
    builder = CatalogueBuilder()
    for item in scan((folder,), DEFAULT_LIMITS):
        builder.add(item)
    return builder.snapshot()


def _headers(catalogue: Catalogue) -> Iterator[InstanceHeader]:
    """Give each file once."""
    found = {}
    for patient in catalogue.patients:
        for study in patient.studies:
            for series in study.series:
                for stack in series.stacks:
                    found.update((header.path, header) for header in stack.headers)
    yield from found.values()


def _stacks(catalogue: Catalogue, places: dict[str, str] | None = None) -> Iterator[_Frames]:
    for patient in catalogue.patients:
        for study in patient.studies:
            for series in study.series:
                for stack in series.stacks:
                    paths = [header.path for header in stack.headers]
                    if places is not None:
                        paths = [places[path] for path in paths]
                    frames = [(paths[place], index) for place, index in stack.frames]
                    documents = [] if frames else [(path, 0) for path in paths]
                    yield stack.kind, tuple(sorted(frames or documents))


def _first_frame(path: str) -> Any:
    """Give pixels and description, or the sentence why not."""
    try:
        ((_, pixels, description),) = read_frames(path, (0,), DEFAULT_LIMITS)
    except NegatoError as error:
        return error.message
    return pixels.message if isinstance(pixels, PixelError) else (pixels, description)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return bool(isinstance(one, str) and isinstance(other, str))
    same = one[0].dtype == other[0].dtype and np.array_equal(one[0], other[0])
    return bool(same) and _said(one[1]) == _said(other[1])


def _said(description: FrameDescription) -> str:
    """Give what a picture depends on; a data set that got meta information needs fewer warnings."""
    return repr(replace(description, warnings=(), transfer_syntax=""))
