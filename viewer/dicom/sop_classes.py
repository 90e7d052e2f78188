"""What the catalogue needs to know of SOP classes: names, which are projections, which states."""

from __future__ import annotations

from functools import lru_cache

from viewer.dicom.headers import InstanceHeader

_REMEMBERED_NAMES = 1024  # of UIDs, which damaged files make up

_RADIOGRAPHS = frozenset(("CR", "DR", "DX", "IO", "MG", "PX", "RG"))
_FLUOROSCOPY = frozenset(("RF", "RTIMAGE", "XA"))
_IMAGES = "1.2.840.10008.5.1.4.1.1"
_RADIOGRAPH_CLASSES = frozenset(
    (
        f"{_IMAGES}.1",  # Computed Radiography
        f"{_IMAGES}.1.1",  # Digital X-Ray, for presentation
        f"{_IMAGES}.1.1.1",  # ... for processing
        f"{_IMAGES}.1.2",  # Digital Mammography X-Ray
        f"{_IMAGES}.1.2.1",
        f"{_IMAGES}.1.3",  # Digital Intra-Oral X-Ray
        f"{_IMAGES}.1.3.1",
    )
)
_FLUOROSCOPY_CLASSES = frozenset(
    (
        f"{_IMAGES}.12.1",  # X-Ray Angiographic
        f"{_IMAGES}.12.1.1",
        f"{_IMAGES}.12.2",  # X-Ray Radiofluoroscopic
        f"{_IMAGES}.12.2.1",
        f"{_IMAGES}.481.1",  # RT Image: PixelSpacing is not of its IOD
    )
)
# slices, though they may come under a modality of projections
_RECONSTRUCTED_CLASSES = frozenset(
    (
        f"{_IMAGES}.2",  # CT
        f"{_IMAGES}.2.1",
        f"{_IMAGES}.2.2",
        f"{_IMAGES}.13.1.1",  # X-Ray 3D Angiographic
        f"{_IMAGES}.13.1.2",  # X-Ray 3D Craniofacial
        f"{_IMAGES}.13.1.3",  # Breast Tomosynthesis
    )
)
COLOUR_STATE = f"{_IMAGES}.11.2"
_PRESENTATION_STATES = frozenset(f"{_IMAGES}.11.{last}" for last in range(1, 13))


def is_radiograph(header: InstanceHeader) -> bool:
    """Say whether the image is a projection X-ray that is read alone, not scrolled."""
    return _is_of(header, _RADIOGRAPH_CLASSES, _RADIOGRAPHS)


def is_projection(header: InstanceHeader) -> bool:
    """Say whether X-rays project the patient onto a detector, so that there is no plane in it."""
    return is_radiograph(header) or _is_of(header, _FLUOROSCOPY_CLASSES, _FLUOROSCOPY)


def _is_of(header: InstanceHeader, classes: frozenset[str], modalities: frozenset[str]) -> bool:
    uid = header.sop_class_uid
    return uid in classes or (header.modality in modalities and uid not in _RECONSTRUCTED_CLASSES)


def is_presentation_state(uid: str) -> bool:
    """Say whether the SOP class tells how other instances are to be seen. PS3.4 Annex N, FF."""
    return uid in _PRESENTATION_STATES


@lru_cache(_REMEMBERED_NAMES)
def sop_class_name(uid: str) -> str:
    """Name a SOP class for a reader: "CT Image", "Enhanced SR"; its UID where it has no name."""
    if not uid:
        return "unknown object"
    # Imported here: the window starts without pydicom, and names are seldom needed.
    from pydicom.config import IGNORE
    from pydicom.uid import UID

    # unchecked: a warning would quote the value
    return UID(uid, IGNORE).name.removesuffix(" Storage")
