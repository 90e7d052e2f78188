"""Where the slices of a reconstructed nuclear medicine volume lie. PS3.3 C.8.4.15.

Their file gives the first slice, in the one item of its detector, and a step.
Acquired frames (static, dynamic, rotating) have no place of this kind.
"""

from __future__ import annotations

from pydicom.dataset import Dataset

from viewer.dicom import dataset_values
from viewer.dicom.header_fields import DETECTOR_INFORMATION
from viewer.dicom.headers import FrameGroup
from viewer.imaging.geometry import cross, directions

NM_TAGS = frozenset(
    (
        0x00080008,  # Image Type
        0x00180088,  # Spacing Between Slices
        0x00280009,  # Frame Increment Pointer
        DETECTOR_INFORMATION,
        0x00540080,  # Slice Vector
    )
)
_SLICE_VECTOR = 0x00540080


def nm_frame_groups(dataset: Dataset) -> tuple[FrameGroup, ...]:
    """Place each slice of a RECON TOMO object along the normal to its first.

    The sign of SpacingBetweenSlices is the direction of stacking: positive
    runs along the normal (row direction × column direction).

    Returns
    -------
    tuple of FrameGroup
        Empty where the file leaves a doubt: another ImageType, frames that
        differ in more than their slice, several detectors, no step.
    """
    image_type = dataset_values.texts(dataset, "ImageType")
    pointer = dataset_values.values(dataset, "FrameIncrementPointer")
    detectors = dataset_values.items(dataset, "DetectorInformationSequence")
    slices = dataset_values.numbers(dataset, "SliceVector")
    step = dataset_values.number(dataset, "SpacingBetweenSlices")
    if image_type[2:3] != ("RECON TOMO",) or pointer != (_SLICE_VECTOR,) or len(detectors) != 1:
        return ()
    position = dataset_values.numbers(detectors[0], "ImagePositionPatient")
    orientation = dataset_values.numbers(detectors[0], "ImageOrientationPatient")
    pair = directions(orientation)
    if not step or pair is None or len(position) != 3 or len(set(slices)) != len(slices):
        return ()
    normal = cross(*pair)
    return tuple(
        FrameGroup(
            tuple(p + (number - 1) * step * n for p, n in zip(position, normal, strict=True)),
            orientation,
            in_stack_position=int(number),
        )
        for number in slices
    )
