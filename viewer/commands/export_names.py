"""Names of exported files: a pattern of fields, made fit for every system.

Nothing of the patient is in a name unless the pattern asks for it. Where files go, and whether
they may be replaced, is left to `export_plan`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from viewer.commands.export_selection import Selected
from viewer.dicom.errors import NegatoError

# What a pattern may name, and what it is; those of numbers take a width as in {frame:04}.
FIELDS = {
    "modality": "Modality",
    "series_number": "SeriesNumber",
    "stack": "number of the stack in the selection",
    "frame": "place of the frame in its stack",
    "instance": "InstanceNumber",
    "series_description": "SeriesDescription",
    "body_part": "BodyPartExamined",
    "study_date": "StudyDate",
    "study_uid": "StudyInstanceUID",
    "series_uid": "SeriesInstanceUID",
    "sop_uid": "SOPInstanceUID",
    "file": "name of the source file without its ending",
    "patient_id": "PatientID",
}
_FIELD = re.compile(r"\{([^{}:]*)(?::0?(\d{1,2}))?\}")
_UNFIT = re.compile(r"[^\w.\-+ ]+")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
_LONGEST = 180  # bytes of a name without its ending; file systems take 255 with it
_OF_FRAMES = frozenset(("frame", "instance", "sop_uid", "file"))


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A pattern that is fit to be used."""

    text: str

    @property
    def tells_frames_apart(self) -> bool:
        """Whether the frames of a stack get different names, as far as their fields differ."""
        return any(match[1] in _OF_FRAMES for match in _FIELD.finditer(self.text))

    def name(self, one: Selected, number: int, frame: int) -> str:
        """Give the name, without its ending, of a file.

        Parameters
        ----------
        number : int
            Of the stack in the selection, from 1 on.
        frame : int
            In its stack, from 0 on: of a file of several, the first.
        """
        values = _values(one, number, frame)

        def filled(match: re.Match[str]) -> str:
            value = values[match[1]]
            if isinstance(value, int):
                return f"{value:0{int(match[2] or 0)}d}"
            return value or "none"

        return fit_name(_FIELD.sub(filled, self.text))


def name_pattern(text: str) -> NamePattern:
    """Check a pattern.

    Raises
    ------
    NegatoError
        It names a field that there is not, or is no pattern.
    """
    for match in _FIELD.finditer(text):
        if match[1] not in FIELDS:
            known = ", ".join(FIELDS)
            raise NegatoError(f"A name has no field {match[0]}; there are {known}.")
    rest = _FIELD.sub("", text)
    if "{" in rest or "}" in rest or not text.strip():
        raise NegatoError(f"{text!r} is no pattern of a name; write one such as 'CT_{{frame:04}}'.")
    if "/" in rest or "\\" in rest:
        raise NegatoError("A pattern names files, not folders; leave out the separators.")
    return NamePattern(text)


def default_pattern(*, several_stacks: bool, a_file_a_frame: bool) -> NamePattern:
    """Give the pattern of who asks for none: no two files of an export share such a name."""
    text = "{modality}_{series_number:03}"
    text = f"{{stack:03}}_{text}" if several_stacks else text
    return NamePattern(f"{text}_{{frame:04}}" if a_file_a_frame else text)


def fit_name(text: str) -> str:
    """Make a name of text that every system takes: no separators, no reserved names, not long."""
    name = _UNFIT.sub("_", text).strip(" .")
    while len(os.fsencode(name)) > _LONGEST:
        name = name[:-1]
    name = name.strip(" .") or "unnamed"
    return f"_{name}" if _RESERVED.fullmatch(name) else name


def _values(one: Selected, number: int, frame: int) -> dict[str, str | int | None]:
    header = one.stack.header(frame) if len(one.stack) else one.stack.headers[0]
    return {
        "modality": header.modality,
        "series_number": header.series_number,
        "stack": number,
        "frame": frame + 1,
        "instance": header.instance_number,
        "series_description": header.series_description,
        "body_part": header.body_part_examined,
        "study_date": header.study_date,
        "study_uid": header.study_instance_uid,
        "series_uid": header.series_instance_uid,
        "sop_uid": header.sop_instance_uid,
        "file": os.path.splitext(os.path.basename(header.path))[0],
        "patient_id": header.patient_id,
    }
