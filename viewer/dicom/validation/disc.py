"""A DICOMDIR against the disc: what its records say, with what was read of the files. PS3.3 F.

Whether the records are sound is judged by `directory`, where they are read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from viewer.dicom.validation.findings import Collector, Finding, Identity, RecordOnDisc, quoted


def compare(
    index: str,
    records: Iterable[RecordOnDisc],
    files: Mapping[str, Identity],
    not_named: Iterable[str],
) -> list[Finding]:
    """Compare what the records of a DICOMDIR say with what was read of their files.

    Parameters
    ----------
    not_named : iterable of str
        Files below its folder that hold DICOM.
    """
    collector, named = Collector(index), set()
    for record in records:
        named.add(record.path)
        file = files.get(record.path)
        if file is None:
            continue
        for keyword, said, actual in (
            ("ReferencedSOPClassUIDInFile", record.sop_class_uid, file.sop_class_uid),
            ("ReferencedSOPInstanceUIDInFile", record.sop_instance_uid, file.sop_instance_uid),
            (
                "ReferencedTransferSyntaxUIDInFile",
                record.transfer_syntax_uid,
                file.transfer_syntax_uid,
            ),
            ("PatientID", record.patient_id, file.patient_id),
            ("StudyInstanceUID", record.study_uid, file.study_uid),
            ("SeriesInstanceUID", record.series_uid, file.series_uid),
        ):
            if said and actual and said != actual:
                name = os.path.relpath(record.path, os.path.dirname(index))
                told = f"{keyword} is {quoted(said)}; the file {quoted(name)} has {quoted(actual)}."
                collector.add("disc-record", told, where=f"{record.where}")
    for path in not_named:
        if path not in named:
            name = os.path.relpath(path, os.path.dirname(index))
            told = f"The file {quoted(name)} is on the disc, and not in the DICOMDIR."
            collector.add("disc-unnamed", told)
    return list(collector.all())
