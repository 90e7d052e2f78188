"""What shows only when files are compared: UIDs, frames of reference, how slices lie.

Takes what was read of each file; reads none itself. Slices of different acquisitions at one place
are told apart by what `identity` notes of them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from viewer.dicom.validation.findings import Collector, Finding, Identity, Plane, quoted
from viewer.imaging.spacing import measure_spacing

_FEWEST = 3  # slices that have a spacing to be even
_SPACING_SHARE, _SPACING_MM = 0.01, 0.01

_TAGS = {  # of the attributes that are compared: no dictionary is loaded for these
    "SOPInstanceUID": 0x00080018,
    "StudyInstanceUID": 0x0020000D,
    "PatientID": 0x00100020,
    "Modality": 0x00080060,
    "FrameOfReferenceUID": 0x00200052,
    "ImagePositionPatient": 0x00200032,
    "SpacingBetweenSlices": 0x00180088,
}

_File = tuple[str, Identity]


class SeriesCheck:
    """Gathers what was read of files, and compares them in the end."""

    def __init__(self) -> None:
        self._files: list[_File] = []

    def add(self, path: str, identity: Identity) -> None:
        """Take one file."""
        self._files.append((path, identity))

    def findings(self) -> list[Finding]:
        """Compare the files."""
        found: list[Finding] = []
        found += _repeated(self._files)
        found += _at_odds(self._files)
        for files in _by(self._files, "series_uid").values():
            found += _series(files)
        return found


def _by(files: Iterable[_File], name: str) -> dict[str, list[_File]]:
    """Group files by a value that they have."""
    groups: dict[str, list[_File]] = defaultdict(list)
    for path, identity in files:
        value = getattr(identity, name)
        if value:
            groups[value].append((path, identity))
    return groups


def _finding(path: str, rule: str, sentence: str, keyword: str) -> list[Finding]:
    collector = Collector(path)
    collector.add(rule, sentence, tag=_TAGS[keyword], where=keyword)
    return collector.findings


def _repeated(files: Sequence[_File]) -> list[Finding]:
    found: list[Finding] = []
    for same in _by(files, "sop_instance_uid").values():
        first = same[0][0]
        for path, _ in same[1:]:
            told = f"It has the SOPInstanceUID of another file: {first}."
            found += _finding(path, "uid-repeated", told, "SOPInstanceUID")
    return found


_SHARED = (  # by what files are grouped, what they share, and what that is said to be
    ("series_uid", "study_uid", "uid-two-studies", "StudyInstanceUID", "series"),
    ("study_uid", "patient_id", "uid-two-patients", "PatientID", "study"),
    ("series_uid", "modality", "series-modality", "Modality", "series"),
    (
        "series_uid",
        "frame_of_reference_uid",
        "geometry-frame-of-reference",
        "FrameOfReferenceUID",
        "series",
    ),
)


def _at_odds(files: Sequence[_File]) -> list[Finding]:
    """Find values that all files of a series, or of a study, should share."""
    found: list[Finding] = []
    for group, name, rule, keyword, what in _SHARED:
        for same in _by(files, group).values():
            values = _by(same, name)
            usual = max(((len(odd), value) for value, odd in values.items()), default=(0, ""))[1]
            for value, odd in values.items():
                if value != usual:
                    others = f"others of the {what} have {quoted(usual)}"
                    files_of = f" ({len(odd):,} files)." if len(odd) > 1 else "."
                    told = f"{keyword} is {quoted(value)}; {others}{files_of}"
                    found += _finding(odd[0][0], rule, told, keyword)
    return found


def _series(files: Sequence[_File]) -> list[Finding]:
    """Measure how the slices of a series lie, those of one acquisition and direction together."""
    groups: dict[object, list[tuple[str, Plane]]] = defaultdict(list)
    for path, identity in files:
        plane = identity.plane
        if plane is not None:
            direction = tuple(round(one, 3) + 0.0 for one in plane.orientation)
            groups[direction, plane.rows, plane.columns].append((path, plane))
    found: list[Finding] = []
    for planes in groups.values():
        found += _stack(planes)
    return found


def _stack(planes: list[tuple[str, Plane]]) -> list[Finding]:
    row, column = planes[0][1].orientation[:3], planes[0][1].orientation[3:]
    normal = np.cross(row, column)
    length = float(np.linalg.norm(normal))
    if len(planes) < _FEWEST or not length > 0:
        return []
    normal = normal / length
    along = [float(np.dot(plane.position_lps, normal)) for _, plane in planes]
    order = sorted(range(len(planes)), key=along.__getitem__)
    places: list[int] = []  # one of those that lie together
    for index in order:
        if not places or along[index] - along[places[-1]] > 1e-3:
            places.append(index)
    first = planes[order[0]][0]
    found: list[Finding] = []
    together = len(planes) - len(places)
    if together:
        told = f"{together:,} of {len(planes):,} slices lie where another one lies."
        found += _finding(first, "geometry-same-position", told, "ImagePositionPatient")
    if len(places) < _FEWEST:
        return found
    x, y, z = (float(one) for one in normal)
    positions = [planes[index][1].position_lps for index in places]
    measured = measure_spacing([(p[0], p[1], p[2]) for p in positions], (x, y, z))
    for note in measured.notes:
        is_sideways = "spacing" not in note and "gap" not in note
        rule = "geometry-tilt" if is_sideways else "geometry-gap"
        told = f"{note[0].upper()}{note[1:]}, of {len(places):,} slices in order of position."
        found += _finding(first, rule, told, "ImagePositionPatient")
    return found + _stated_spacing(planes, measured.spacing_mm)


def _stated_spacing(planes: list[tuple[str, Plane]], spacing_mm: float | None) -> list[Finding]:
    if spacing_mm is None:
        return []
    for path, plane in planes:
        stated = plane.spacing_between_slices
        if stated is None or not math.isfinite(stated):
            continue
        if abs(abs(stated) - spacing_mm) > max(_SPACING_SHARE * spacing_mm, _SPACING_MM):
            told = f"SpacingBetweenSlices is {stated:g} mm; the slices lie {spacing_mm:g} mm apart."
            return _finding(path, "geometry-spacing", told, "SpacingBetweenSlices")
    return []
