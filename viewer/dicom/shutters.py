"""The display shutter out of a data set. PS3.3 C.7.6.11, C.7.6.15, C.7.6.16.2.16.

Finding which pixels it hides is left to `viewer.imaging.shutters`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pydicom.dataset import Dataset

from viewer.dicom.dataset_values import integer, items, numbers, texts
from viewer.imaging.colour import rgb_of_cielab
from viewer.imaging.shutters import Shutter

_EDGES = (
    "ShutterUpperHorizontalEdge",
    "ShutterLeftVerticalEdge",
    "ShutterLowerHorizontalEdge",
    "ShutterRightVerticalEdge",
)
_OVERLAY_ROWS = 0x0010
_MOST_P_VALUE = 0xFFFF
_MOST_POSITION = 1 << 31  # the range of IS, PS3.5 6.2
_MOST_VERTICES = 20_000


def shutter_of(dataset: Dataset, groups: Sequence[Dataset], notes: list[str]) -> Shutter | None:
    """Give the shutter of a frame, or of a presentation state.

    Parameters
    ----------
    dataset : Dataset
        Of an image, or of a presentation state.
    groups : sequence of Dataset
        The functional groups of the frame, its own first; their shutter comes
        before that of the data set.
    notes : list of str
        Takes a sentence for each shape that cannot be used and is left out.

    Returns
    -------
    Shutter or None
        None where no usable shape is stated.
    """
    source = next(
        (item for group in groups for item in items(group, "FrameDisplayShutterSequence")), dataset
    )
    stated = {shape.upper() for shape in texts(source, "ShutterShape") if shape}
    shutter, used = Shutter(), []
    for shape, reader in _READERS.items():
        if shape not in stated:
            continue
        found = reader(shutter, source)
        if found is None:
            notes.append(f"The {shape} ShutterShape is left out: {_NEEDED[shape]} cannot be used.")
        else:
            shutter = found
            used.append(shape)
    if not stated <= _READERS.keys():
        notes.append("A ShutterShape that is unknown is left out.")
    if not used:
        return None
    return _coloured(shutter, source, "ShutterShape (0018,1600) " + ", ".join(used))


def _rectangle(shutter: Shutter, source: Dataset) -> Shutter | None:
    edges = [position for keyword in _EDGES for position in _positions(source, keyword)[:1]]
    if len(edges) != len(_EDGES):
        return None
    top, left, bottom, right = (edge - 1 for edge in edges)
    if top > bottom or left > right or bottom < 0 or right < 0:
        return None  # it would hide every pixel
    return replace(shutter, rectangle=(top, left, bottom, right))


def _circle(shutter: Shutter, source: Dataset) -> Shutter | None:
    center = _positions(source, "CenterOfCircularShutter")
    radius = _positions(source, "RadiusOfCircularShutter")[:1]
    if len(center) != 2 or not radius or radius[0] <= 0:
        return None
    return replace(shutter, circle=(center[0] - 1, center[1] - 1, radius[0]))


def _polygon(shutter: Shutter, source: Dataset) -> Shutter | None:
    found = _positions(source, "VerticesOfThePolygonalShutter")
    if len(found) % 2 or not 6 <= len(found) <= 2 * _MOST_VERTICES:
        return None
    vertices = tuple((found[i] - 1, found[i + 1] - 1) for i in range(0, len(found), 2))
    return replace(shutter, polygon=vertices)


def _bitmap(shutter: Shutter, source: Dataset) -> Shutter | None:
    group = integer(source, "ShutterOverlayGroup")
    if group is None or group not in range(0x6000, 0x6100, 2):
        return None
    if group << 16 | _OVERLAY_ROWS not in source:  # an overlay of the same data set: C.7.6.15
        return None
    return replace(shutter, bitmap_group=group)


def _positions(source: Dataset, keyword: str) -> tuple[float, ...]:
    """Give the values of an attribute; empty where one is no number, or none that IS can hold."""
    found = numbers(source, keyword)
    return found if all(abs(value) <= _MOST_POSITION for value in found) else ()


def _coloured(shutter: Shutter, source: Dataset, words: str) -> Shutter:
    """Add what the hidden part takes; nothing stated is black, which C.7.6.11 leaves open."""
    value = integer(source, "ShutterPresentationValue")
    cielab = numbers(source, "ShutterPresentationColorCIELabValue")
    return replace(
        shutter,
        presentation_value=min(max(value or 0, 0), _MOST_P_VALUE),
        presentation_rgb=rgb_of_cielab(cielab) if len(cielab) == 3 else None,
        source=words,
    )


_READERS: dict[str, Callable[[Shutter, Dataset], Shutter | None]] = {
    "RECTANGULAR": _rectangle,
    "CIRCULAR": _circle,
    "POLYGONAL": _polygon,
    "BITMAP": _bitmap,
}
_NEEDED = {
    "RECTANGULAR": "Shutter…VerticalEdge or Shutter…HorizontalEdge",
    "CIRCULAR": "CenterOfCircularShutter or RadiusOfCircularShutter",
    "POLYGONAL": "VerticesOfThePolygonalShutter",
    "BITMAP": "ShutterOverlayGroup",
}
