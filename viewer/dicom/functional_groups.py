"""What the functional groups of a multi-frame object say of each frame. PS3.3 C.7.6.16.

Shared macros hold for all frames, per-frame ones win. Only the macros that
catalogue and geometry need; what display needs is read by `frames`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from viewer.dicom import dataset_values, values
from viewer.dicom.dimensions import dimensions_of, value_words
from viewer.dicom.headers import FrameGroup
from viewer.dicom.limits import DEFAULT_LIMITS

_SHARED = 0x52009229
_PER_FRAME = 0x52009230
_NUMBER_OF_FRAMES = 0x00280008

Read = Callable[[bytes, bytes, str], Any]


def _text(raw: bytes, _vr: bytes, _order: str) -> str:
    return values.text(raw)


def _texts(raw: bytes, _vr: bytes, _order: str) -> tuple[str, ...]:
    return values.texts(raw)


_FRAME_TYPE = (
    (0x00089007, "frame_type", b"CS", _texts),
    (0x00089208, "complex_image_component", b"CS", _text),
)
# macro, or the sequence within it: attribute, field, usual VR, reader
_MACROS: dict[tuple[int, ...], tuple[tuple[int, str, bytes, Read], ...]] = {
    (0x00209113,): ((0x00200032, "image_position_patient", b"DS", values.numbers),),
    (0x00209116,): ((0x00200037, "image_orientation_patient", b"DS", values.numbers),),
    (0x00289110,): (
        (0x00280030, "pixel_spacing", b"DS", values.numbers),
        (0x00180050, "slice_thickness", b"DS", values.number),
    ),
    (0x00209111,): (
        (0x00209056, "stack_id", b"SH", _text),
        (0x00209057, "in_stack_position", b"UL", values.integer),
        (0x00209157, "dimension_index_values", b"UL", values.integers),
        (0x00209128, "temporal_position", b"UL", values.integer),
    ),
    (0x00189114,): ((0x00189082, "echo_time", b"FD", values.number),),
    (0x00189117,): ((0x00189087, "b_value", b"FD", values.number),),
    (0x00189117, 0x00189076): (
        (0x00189089, "diffusion_gradient_orientation", b"FD", values.numbers),
    ),
    (0x00189118,): ((0x00209153, "nominal_cardiac_trigger_delay_time", b"FD", values.number),),
    (0x00189226,): _FRAME_TYPE,  # MR Image Frame Type
    (0x00189329,): _FRAME_TYPE,  # CT Image Frame Type
    (0x00189751,): _FRAME_TYPE,  # PET Frame Type
    (0x00409092,): _FRAME_TYPE,  # Parametric Map Frame Type
}


class TooManyFramesError(ValueError):
    """NumberOfFrames is over the limit; its text is the number."""


def frame_groups(
    dataset: Dataset, most: int = DEFAULT_LIMITS.frames_per_file
) -> tuple[FrameGroup, ...]:
    """Describe each frame of an object with functional groups.

    Returns
    -------
    tuple of FrameGroup
        NumberOfFrames of them, whatever the number of items: a frame without
        an item has what is shared alone. Empty for objects without functional
        groups.

    Raises
    ------
    TooManyFramesError
        There are more than ``most``.
    """
    if _SHARED not in dataset and _PER_FRAME not in dataset:
        return ()
    items = _items(dataset, _PER_FRAME)
    raw, vr, order = _raw(dataset, _NUMBER_OF_FRAMES, b"IS")
    count = values.integer(raw, vr, order)
    if count is None or count < 1:
        count = len(items)
    if count > most:
        raise TooManyFramesError(f"{count:,}")
    dimensions = dimensions_of(dataset)
    shared = _items(dataset, _SHARED)[:1]
    shared_fields = _fields(shared)

    def group(per_frame: Sequence[Dataset]) -> FrameGroup:
        fields = shared_fields | _fields(per_frame)
        component = fields.pop("complex_image_component", "")
        if component:
            fields["frame_type"] = (*fields.get("frame_type", ()), component)
        both = (*per_frame, *shared)
        words = tuple(value_words(dimension, both) for dimension in dimensions)
        return FrameGroup(dimension_values=words, **fields)

    groups = [group((item,)) for item in items[:count]]
    groups += [group(())] * (count - len(groups))
    return tuple(groups)


def _items(dataset: Dataset, tag: int) -> list[Dataset]:
    return list(dataset_values.items(dataset, keyword_for_tag(tag))) if tag in dataset else []


def _fields(items: Sequence[Dataset]) -> dict[str, Any]:
    """Collect the fields that the macros of these items fill."""
    fields: dict[str, Any] = {}
    for item in items:
        for path, attributes in _MACROS.items():
            entries = [item]
            for tag in path:
                entries = [inner for entry in entries for inner in _items(entry, tag)[:1]]
            for entry in entries:
                for tag, name, usual_vr, read in attributes:
                    if tag in entry:
                        fields[name] = read(*_raw(entry, tag, usual_vr))
    return fields


def _raw(dataset: Dataset, tag: int, usual_vr: bytes) -> tuple[bytes, bytes, str]:
    """Give value, VR and byte order of an element as they are in the file."""
    if tag not in dataset:
        return b"", usual_vr, "<"
    element = dataset.get_item(tag, keep_deferred=True)
    if isinstance(element, RawDataElement):
        vr = element.VR.encode() if element.VR not in (None, "UN") else usual_vr
        return element.value or b"", vr, "<" if element.is_little_endian else ">"
    # made in memory, or looked at before: back to text, which the same rules parse
    value = [] if element is None else element.value
    several = value if isinstance(value, (list, tuple)) or hasattr(value, "append") else [value]
    return "\\".join("" if v is None else str(v) for v in several).encode(), b"", "<"
