"""Small instances that discs are made of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.fileset import FileSet
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

CT = "1.2.840.10008.5.1.4.1.1.2"


def an_instance(path: Path, sop_class: str = CT, **attributes: Any) -> Path:
    """Write an instance that has all that its records want; an attribute of None is left out."""
    dataset = Dataset()
    given = {
        "SOPClassUID": sop_class,
        "SOPInstanceUID": generate_uid(),
        "PatientName": "Doe^Jo",
        "PatientID": "1",
        "StudyInstanceUID": "1.2.3",
        "StudyID": "S1",
        "StudyDate": "20200102",
        "StudyTime": "101112",
        "SeriesInstanceUID": "1.2.3.4",
        "SeriesNumber": "1",
        "InstanceNumber": "1",
        "Modality": "CT",
    } | attributes
    if "SpecificCharacterSet" in given:  # before the texts that it is for
        dataset.SpecificCharacterSet = given.pop("SpecificCharacterSet")
    for keyword, value in given.items():
        if value is not None:
            setattr(dataset, keyword, value)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = given["SOPInstanceUID"]
    dataset.file_meta = meta
    dataset.save_as(path, enforce_file_format=True)
    return path


@contextmanager
def file_set(disc: Path) -> Iterator[FileSet]:
    """Load a disc with pydicom, and take away the folder that it makes for additions."""
    found = FileSet(disc / "DICOMDIR")
    yield found
    found._stage["t"].cleanup()
