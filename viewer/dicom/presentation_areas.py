"""Where a presentation state shows its images: turned, and which part. PS3.3 C.10.6, C.10.4.

Plain values; turning and zooming is left to the viewport.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from pydicom.dataset import Dataset

from viewer.dicom.dataset_values import integer, items, number, numbers, raw_value, text
from viewer.dicom.references import referenced_images
from viewer.imaging.presentation import DisplayedArea, Point
from viewer.imaging.turning import Turn

_WHOLE_SLIDE_IMAGE = "1.2.840.10008.5.1.4.1.1.77.1.6"
_MOST_ITEMS = 10_000
_SIZE_MODES: dict[str, Literal["SCALE TO FIT", "TRUE SIZE", "MAGNIFY"]] = {
    "SCALE TO FIT": "SCALE TO FIT",
    "TRUE SIZE": "TRUE SIZE",
    "MAGNIFY": "MAGNIFY",
}


def turn_of(dataset: Dataset, notes: list[str]) -> Turn:
    """Give the rotation and the flip after it. PS3.3 C.10.6."""
    degrees = integer(dataset, "ImageRotation")
    if degrees is None and raw_value(dataset, "ImageRotation") in (None, ""):
        degrees = 0
    if degrees is None or degrees % 90:
        notes.append("ImageRotation is no multiple of 90 degrees; the image is not rotated.")
        degrees = 0
    flip = text(dataset, "ImageHorizontalFlip").upper()
    if flip not in ("", "Y", "N"):
        notes.append("ImageHorizontalFlip is neither Y nor N; the image is not flipped.")
    return Turn(degrees // 90 % 4, mirrored=flip == "Y")


def areas_of(dataset: Dataset, notes: list[str]) -> Iterator[DisplayedArea]:
    """Yield the displayed areas. PS3.3 C.10.4."""
    tiled = _is_for_tiles(dataset)
    for at, item in enumerate(items(dataset, "DisplayedAreaSelectionSequence")[:_MOST_ITEMS], 1):
        references = referenced_images(item, "DisplayedAreaSelectionSequence", notes)
        if references is None:
            continue
        corners = _corners(item)
        if corners is None:
            notes.append(
                f"Item {at} of DisplayedAreaSelectionSequence has no two corners and is left out."
            )
        elif tiled and text(item, "PixelOriginInterpretation").upper() == "VOLUME":
            notes.append(
                "PixelOriginInterpretation VOLUME of a displayed area is not supported; "
                "the area is left out."
            )
        else:
            yield _sized(DisplayedArea(*corners, references=references), item, notes)


def _is_for_tiles(dataset: Dataset) -> bool:
    """Tell whether images are tiles of a whole; else VOLUME says nothing, but is written."""
    return any(
        text(image, "ReferencedSOPClassUID") == _WHOLE_SLIDE_IMAGE
        for series in items(dataset, "ReferencedSeriesSequence")
        for image in items(series, "ReferencedImageSequence")
    )


def _corners(item: Dataset) -> tuple[Point, Point] | None:
    """Give the first and the last pixel, whichever corners they are once the image is turned."""
    first = numbers(item, "DisplayedAreaTopLeftHandCorner")
    last = numbers(item, "DisplayedAreaBottomRightHandCorner")
    if len(first) != 2 or len(last) != 2:
        return None
    columns, rows = sorted((first[0], last[0])), sorted((first[1], last[1]))
    return (rows[0] - 1, columns[0] - 1), (rows[1] - 1, columns[1] - 1)


def _sized(area: DisplayedArea, item: Dataset, notes: list[str]) -> DisplayedArea:
    """Add how large the area is to be shown; what does not hold together is scaled to fit."""
    mode = _SIZE_MODES.get(text(item, "PresentationSizeMode").upper())
    spacing = _pair(item, "PresentationPixelSpacing")
    magnification = number(item, "PresentationPixelMagnificationRatio")
    problem = ""
    if mode is None:
        problem = "PresentationSizeMode is unknown"
    elif mode == "TRUE SIZE" and spacing is None:
        problem = "TRUE SIZE is asked for without a usable PresentationPixelSpacing"
    elif mode == "MAGNIFY" and (magnification is None or magnification <= 0):
        problem = "MAGNIFY is asked for without a usable PresentationPixelMagnificationRatio"
    if problem:
        notes.append(f"{problem}; the area is scaled to fit.")
    fits = bool(problem) or mode is None
    return replace(
        area,
        mode="SCALE TO FIT" if mode is None or fits else mode,
        magnification=magnification if mode == "MAGNIFY" and not fits else None,
        spacing_rc_mm=spacing,
        aspect_rc=_pair(item, "PresentationPixelAspectRatio"),
    )


def _pair(item: Dataset, keyword: str) -> tuple[float, float] | None:
    found = numbers(item, keyword)
    return (found[0], found[1]) if len(found) == 2 and min(found) > 0 else None
