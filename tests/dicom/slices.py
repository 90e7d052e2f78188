"""Hand-made headers of slices for tests."""

from __future__ import annotations

from typing import Any

from viewer.dicom.headers import InstanceHeader

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)


def a_slice(number: int, z: float | None = None, **changed: Any) -> InstanceHeader:
    """Give the header of an axial CT slice at ``z`` mm (else at its number)."""
    height = float(number) if z is None else z
    values: dict[str, Any] = {
        "path": f"/study/IM{number}",
        "size": 10_000,
        "mtime_ns": 1,
        "sop_class_uid": CT_IMAGE,
        "sop_instance_uid": f"1.2.{number}",
        "patient_name": "Doe^Jo",
        "patient_id": "7",
        "study_instance_uid": "1.3",
        "study_date": "20240102",
        "series_instance_uid": "1.4",
        "series_number": 1,
        "modality": "CT",
        "instance_number": number,
        "image_type": ("ORIGINAL", "PRIMARY", "AXIAL"),
        "rows": 48,
        "columns": 48,
        "samples_per_pixel": 1,
        "photometric_interpretation": "MONOCHROME2",
        "image_position_patient": (-30.0, -25.0, height),
        "image_orientation_patient": AXIAL,
        "pixel_spacing": (1.2, 1.2),
        "pixel_data_tag": 0x7FE00010,
    }
    return InstanceHeader(**{**values, **changed})
