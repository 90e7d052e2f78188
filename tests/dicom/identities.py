"""Made files that name a patient in many places, and de-identification of one of them."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from viewer.dicom.deidentification.keys import Key
from viewer.dicom.deidentification.profile import profile_of
from viewer.dicom.deidentification.results import Cleaned, Job, Order, Refused
from viewer.dicom.deidentification.task import deidentify
from viewer.dicom.limits import DEFAULT_LIMITS

KEY = Key(bytes(range(32)), "of a test")
NAME, PATIENT_ID, STUDY, FRAME = "Doe^Jane", "PID-471100", "1.2.3.4.5.6.7", "1.2.3.4.5.6.8"


def named_ct(path: Path, **changed: Any) -> Dataset:
    """Write a CT slice of Jane Doe, with what ``changed`` says of it."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SOPClassUID, ds.SOPInstanceUID = CTImageStorage, generate_uid()
    ds.StudyDate, ds.SeriesDate, ds.AcquisitionDate = "20240119", "20240120", "20240121"
    ds.AcquisitionDateTime, ds.StudyTime = "20240121101530.25+0100", "101530"
    ds.AccessionNumber, ds.Modality, ds.Manufacturer = "ACC99881", "CT", "Maker"
    ds.InstitutionName, ds.ReferringPhysicianName = "Sankt Höhe Klinik", "Who^Doctor"
    ds.StudyDescription = "Chest CT of Jane, asked by Dr. Who on 19.01.2024"
    ds.ConvolutionKernel = "B30f"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = NAME, PATIENT_ID, "19700203"
    ds.PatientSex, ds.PatientAge, ds.PatientWeight = "F", "053Y", "61"
    ds.DeviceSerialNumber = "SN-55443"
    ds.BodyPartExamined, ds.BurnedInAnnotation = "CHEST", "NO"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = STUDY, f"{STUDY}.1", FRAME
    request = Dataset()
    request.RequestedProcedureID, request.AccessionNumber = "RQ-8877", "ACC99881"
    ds.RequestAttributesSequence = Sequence([request])
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = CTImageStorage, STUDY
    ds.ReferencedImageSequence = Sequence([reference])
    block = ds.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0C, "IS", "1000")
    block.add_new(0x10, "LO", "Jane Doe was here")
    ds.Rows, ds.Columns, ds.SamplesPerPixel = 16, 12, 1
    ds.PhotometricInterpretation, ds.PixelRepresentation = "MONOCHROME2", 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 12, 11
    ds.PixelData = np.full((16, 12), 700, "<u2").tobytes()
    for keyword, value in changed.items():
        setattr(ds, keyword, value)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.SourceApplicationEntityTitle = "JANEDOE_PC"
    ds.preamble = b"Jane Doe".ljust(128, b"\0")
    ds.save_as(path, enforce_file_format=True)
    return ds


def cleaned(
    path: Path, profile: str = "basic", *, known: tuple[str, ...] = (), **order: Any
) -> Cleaned | Refused:
    """De-identify a file as the child does."""
    status = os.stat(path)
    job = Job(
        str(path), status.st_size, status.st_mtime_ns, None, "", "", (PATIENT_ID, "", NAME), known
    )
    given = Order(profile_of(profile), KEY, **order)
    return deidentify([job], given, DEFAULT_LIMITS)[0]


def written(path: Path, result: Cleaned | Refused) -> bytes:
    """Give the bytes of the new file."""
    assert isinstance(result, Cleaned), result
    source = path.read_bytes()
    return b"".join(
        piece if isinstance(piece, bytes) else source[piece[0] : sum(piece)]
        for piece in result.pieces
    )


def read_back(path: Path, profile: str = "basic", **given: Any) -> Dataset:
    """De-identify a file and read the result with pydicom."""
    return dcmread(io.BytesIO(written(path, cleaned(path, profile, **given))))
