"""Small images of studies of their own, as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.dicom import synthetic


def an_image(path: Path, patient: str, number: int = 1, *, value: int = 7, **more: object) -> Path:
    """Write image ``number`` of a patient's only series, of one value throughout."""
    path.parent.mkdir(parents=True, exist_ok=True)
    uid = f"2.25.{sum(byte << 8 * place for place, byte in enumerate(patient.encode()))}"
    named = {
        "PatientName": patient,
        "PatientID": patient,
        "StudyInstanceUID": uid,
        "SeriesInstanceUID": f"{uid}.1",
        "SOPInstanceUID": f"{uid}.1.{number}",
        "InstanceNumber": number,
    }
    synthetic.write(path, np.full((24, 20), value, np.uint16), **{**named, **more})
    return path
