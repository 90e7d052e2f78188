"""A DICOMDIR for itself: its records and their links, its File IDs, the files that these name.

PS3.10 8, PS3.3 F. Whether the records say what the files say is left to `disc`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from viewer.dicom.disc_paths import DiscFolder
from viewer.dicom.validation.elements import DataSet
from viewer.dicom.validation.findings import Collector, RecordOnDisc, quoted

_COMPONENT = re.compile(r"[A-Z0-9_]{1,8}")
_MOST_COMPONENTS = 8
_RECORDS, _FILE_ID = 0x00041220, 0x00041500


def check_index(path: str, root: DataSet, collector: Collector) -> tuple[RecordOnDisc, ...]:
    """Check the records of a DICOMDIR; give those that name a file that is there."""
    if not root.items("DirectoryRecordSequence"):
        return ()
    disc, found = DiscFolder(os.path.dirname(path)), []
    for number, record, above in _walk(root, collector):
        parts = record.texts("ReferencedFileID")
        if not parts:
            continue
        where = f"DirectoryRecordSequence[{number}]"
        _check_file_id(parts, where, collector)
        there = disc.find(parts)
        if not isinstance(there, str):
            told = f"The file {quoted('/'.join(parts))} is not on the disc; copy the disc again."
            collector.add("disc-missing", told, tag=_FILE_ID, where=f"{where}.ReferencedFileID")
            continue
        found.append(
            RecordOnDisc(
                path=there,
                where=where,
                sop_class_uid=record.text("ReferencedSOPClassUIDInFile"),
                sop_instance_uid=record.text("ReferencedSOPInstanceUIDInFile"),
                transfer_syntax_uid=record.text("ReferencedTransferSyntaxUIDInFile"),
                patient_id=above.get("PATIENT", ""),
                study_uid=above.get("STUDY", ""),
                series_uid=above.get("SERIES", ""),
            )
        )
    return tuple(found)


_KEYS = {
    "PATIENT": "PatientID",
    "STUDY": "StudyInstanceUID",
    "SERIES": "SeriesInstanceUID",
}
_Step = tuple[int, dict[str, str]]  # offset of a record, keys of those above it


def _walk(root: DataSet, collector: Collector) -> Iterator[tuple[int, DataSet, dict[str, str]]]:
    """Give each record that can be reached, with its number and the keys of those above it."""
    records = root.items("DirectoryRecordSequence")
    by_offset = {record.start: (number, record) for number, record in enumerate(records)}
    first = root.whole("OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity") or 0
    pending: list[_Step] = [(first, {})]
    visited: set[int] = set()
    while pending:
        offset, above = pending.pop()
        if not offset:
            continue
        if offset in visited or offset not in by_offset:
            how = "leads back to a record" if offset in visited else "leads to no record"
            told = f"The offset {offset:,} {how}; what is behind it cannot be found."
            collector.add("disc-damaged", told, tag=_RECORDS, where="DirectoryRecordSequence")
            continue
        visited.add(offset)
        number, record = by_offset[offset]
        kind = record.text("DirectoryRecordType")
        below = {**above, kind: record.text(_KEYS[kind])} if kind in _KEYS else above
        yield number, record, below
        pending.append((record.whole("OffsetOfTheNextDirectoryRecord") or 0, above))
        pending.append((record.whole("OffsetOfReferencedLowerLevelDirectoryEntity") or 0, below))
    if len(visited) < len(records):
        told = (
            f"{len(records) - len(visited):,} of {len(records):,} records are reached by no other."
        )
        collector.add("disc-damaged", told, tag=_RECORDS, where="DirectoryRecordSequence")


def _check_file_id(parts: tuple[str, ...], where: str, collector: Collector) -> None:
    wrong = [part for part in parts if not _COMPONENT.fullmatch(part)]
    told = ""
    if len(parts) > _MOST_COMPONENTS:
        told = f"The File ID has {len(parts)} components; it can have {_MOST_COMPONENTS}."
    elif wrong:
        told = f"{quoted(wrong[0])} is no component of a File ID: up to 8 of A-Z, 0-9 and _."
    if told:
        collector.add("disc-file-id", told, tag=_FILE_ID, where=f"{where}.ReferencedFileID")
