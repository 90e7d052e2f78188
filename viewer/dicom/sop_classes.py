"""What the catalogue needs to know of SOP classes: names, which are projections, which states."""

from __future__ import annotations

from functools import cache

from viewer.dicom.headers import InstanceHeader

_PROJECTION_MODALITIES = frozenset({"CR", "DX", "MG", "IO", "PX", "RG"})
_PROJECTION_CLASSES = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.1",  # Computed Radiography
        "1.2.840.10008.5.1.4.1.1.1.1",  # Digital X-Ray, for presentation
        "1.2.840.10008.5.1.4.1.1.1.1.1",  # ... for processing
        "1.2.840.10008.5.1.4.1.1.1.2",  # Digital Mammography X-Ray, for presentation
        "1.2.840.10008.5.1.4.1.1.1.2.1",
        "1.2.840.10008.5.1.4.1.1.1.3",  # Digital Intra-Oral X-Ray, for presentation
        "1.2.840.10008.5.1.4.1.1.1.3.1",
    }
)
COLOUR_STATE = "1.2.840.10008.5.1.4.1.1.11.2"
_PRESENTATION_STATES = frozenset(f"1.2.840.10008.5.1.4.1.1.11.{last}" for last in range(1, 13))
_BREAST_TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1.3"


def is_projection(header: InstanceHeader) -> bool:
    """Say whether the image is a projection X-ray that is read alone, not scrolled."""
    if header.sop_class_uid in _PROJECTION_CLASSES:
        return True
    return (
        header.modality in _PROJECTION_MODALITIES and header.sop_class_uid != _BREAST_TOMOSYNTHESIS
    )


def is_presentation_state(uid: str) -> bool:
    """Say whether the SOP class tells how other instances are to be seen. PS3.4 Annex N, FF."""
    return uid in _PRESENTATION_STATES


@cache
def sop_class_name(uid: str) -> str:
    """Name a SOP class for a reader: "CT Image", "Enhanced SR"; its UID where it has no name."""
    if not uid:
        return "unknown object"
    # Imported here: the window starts without pydicom, and names are seldom needed.
    from pydicom.uid import UID

    return UID(uid).name.removesuffix(" Storage")
