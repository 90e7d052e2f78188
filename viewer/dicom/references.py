"""Which images another object speaks of: PS3.3 C.11.11, Table 10-3.

Plain values out of the reference sequences of a data set; what is done with
the images is left to others.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from pydicom.dataset import Dataset

from viewer.dicom.dataset_values import finite_numbers, items, text, values
from viewer.dicom.headers import Reference
from viewer.imaging.presentation import ImageReference

REFERENCE_TAGS = frozenset((0x00081115, 0x00700402))  # Referenced Series, Blending Sequence
_MOST_REFERENCES = 100_000  # a state over more images than that is damaged, or means harm


def references_of(dataset: Dataset) -> tuple[Reference, ...]:
    """Give the images of ReferencedSeriesSequence, those of a BlendingSequence too.

    References that name no image, or frames that are no numbers, are left out.
    """
    found: list[Reference] = []
    for part in (dataset, *items(dataset, "BlendingSequence")):
        for series in items(part, "ReferencedSeriesSequence"):
            uid = text(series, "SeriesInstanceUID")
            for image in image_references(series):
                if len(found) == _MOST_REFERENCES:
                    return tuple(found)
                found.append(Reference(uid, image.sop_instance_uid, image.frames))
    return tuple(found)


def image_references(dataset: Dataset) -> Iterator[ImageReference]:
    """Yield the usable items of ReferencedImageSequence."""
    for item in items(dataset, "ReferencedImageSequence"):
        uid = text(item, "ReferencedSOPInstanceUID")
        frames = _frames(item)
        if uid and frames is not None:
            yield ImageReference(uid, frames)


def referenced_images(
    item: Dataset, sequence: str, notes: list[str]
) -> tuple[ImageReference, ...] | None:
    """Give the images that one item of a presentation state's ``sequence`` is for.

    Returns
    -------
    tuple of ImageReference or None
        Empty where the item is for every image of the state; None, with a
        note, where it names images and none of them can be read.
    """
    stated = len(items(item, "ReferencedImageSequence"))
    found = tuple(islice(image_references(item), _MOST_REFERENCES))
    if len(found) < stated:
        outcome = "is" if found else "and its item are"
        notes.append(f"A damaged ReferencedImageSequence in {sequence} {outcome} left out.")
    return found if found or not stated else None


def _frames(item: Dataset) -> tuple[int, ...] | None:
    """Give the frame numbers; none where all frames are meant, None where they cannot be read."""
    if "ReferencedFrameNumber" not in item:
        return ()
    element = item.get_item("ReferencedFrameNumber", keep_deferred=True)
    numbers = finite_numbers(values(item, "ReferencedFrameNumber"))
    if not numbers:
        return None if element is not None and element.value else ()
    whole = all(number.is_integer() and number >= 1 for number in numbers)
    return tuple(int(number) for number in numbers) if whole else None
