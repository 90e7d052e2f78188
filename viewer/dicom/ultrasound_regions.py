"""The calibrated regions of an ultrasound image, as the file states them. PS3.3 C.8.5.5.

Reads SequenceOfUltrasoundRegions; a region that cannot be true is left out
with a sentence. Which region holds at a point, and what it says there, is
left to `viewer.imaging.lengths`.
"""

from __future__ import annotations

from pydicom.dataset import Dataset

from viewer.dicom.dataset_values import integer, items, number
from viewer.imaging.lengths import UltrasoundRegion

# PS3.3 C.8.5.5.1.15
_UNITS = {
    0x0: "",
    0x1: "%",
    0x2: "dB",
    0x3: "cm",
    0x4: "s",
    0x5: "Hz",
    0x6: "dB/s",
    0x7: "cm/s",
    0x8: "cm²",
    0x9: "cm²/s",
    0xA: "cm³",
    0xB: "cm³/s",
    0xC: "°",
}
_GRAPHICS = 5
_FORMATS = {  # C.8.5.5.1.1
    1: "2D",
    2: "M-Mode",
    3: "Spectral",
    4: "Waveform",
    _GRAPHICS: "Graphics",
}
# C.8.5.5.1.2; those that tell more than the format
_DATA_TYPES = {
    0x2: "colour flow",
    0x3: "PW Doppler",
    0x4: "CW Doppler",
    0x5: "Doppler mean trace",
    0x6: "Doppler mode trace",
    0x7: "Doppler max trace",
    0x8: "volume trace",
    0xA: "ECG",
    0xB: "pulse",
    0xC: "phonocardiogram",
    0xD: "grey bar",
    0xE: "colour bar",
}
_SMALLEST_DELTA, _GREATEST_DELTA = 1e-9, 1e9  # 0 and nonsense are beyond
_MOST_REGIONS = 1000  # each is looked at wherever the cursor goes
_LOW_PRIORITY = 0x1  # bit 0 of RegionFlags, C.8.5.5.1.3


def regions_of(
    dataset: Dataset, size_rc: tuple[int, int], notes: list[str]
) -> tuple[UltrasoundRegion, ...]:
    """Read the regions of an image, those on top first.

    Where regions overlap, one of high priority overwrites one of low priority
    (C.8.5.5.1.3); among equals the smaller one, an inset, comes first.

    Parameters
    ----------
    size_rc : tuple of int
        Rows and columns of the image.
    notes : list of str
        Takes a sentence for each region that is left out.
    """
    ranked: list[tuple[bool, int, UltrasoundRegion]] = []
    stated = items(dataset, "SequenceOfUltrasoundRegions")
    if len(stated) > _MOST_REGIONS:
        notes.append(
            f"SequenceOfUltrasoundRegions has {len(stated)} items; "
            f"the first {_MOST_REGIONS} are taken."
        )
    for at, item in enumerate(stated[:_MOST_REGIONS], start=1):
        region = _region(item, size_rc)
        if isinstance(region, str):
            notes.append(f"Item {at} of SequenceOfUltrasoundRegions {region}; it is left out.")
            continue
        top, left, bottom, right = region.box_rc
        low = bool((integer(item, "RegionFlags") or 0) & _LOW_PRIORITY)
        ranked.append((low, (bottom - top + 1) * (right - left + 1), region))
    ranked.sort(key=lambda entry: entry[:2])
    return tuple(region for _, _, region in ranked)


def _region(item: Dataset, size_rc: tuple[int, int]) -> UltrasoundRegion | str:
    """Read one region, or say what is wrong with it."""
    box = _box(item, size_rc)
    if isinstance(box, str):
        return box
    units = [_unit(item, axis) for axis in "XY"]
    deltas = [number(item, f"PhysicalDelta{axis}") for axis in "XY"]
    for axis, unit, delta in zip("XY", units, deltas, strict=True):
        if unit is None:
            return f"has an unknown PhysicalUnits{axis}Direction"
        if unit and not _SMALLEST_DELTA <= abs(delta or 0.0) <= _GREATEST_DELTA:
            return f"has no usable PhysicalDelta{axis}"
    reference_rc, values = _reference(item, box)
    return UltrasoundRegion(
        box_rc=box,
        delta_x=deltas[0] or 0.0,
        delta_y=deltas[1] or 0.0,
        unit_x=units[0] or "",
        unit_y=units[1] or "",
        reference_rc=reference_rc,
        reference_x=values[0],
        reference_y=values[1],
        kind=_kind(item),
    )


def _box(item: Dataset, size_rc: tuple[int, int]) -> tuple[int, int, int, int] | str:
    """Read the location: C.8.5.5.1.14. Beyond the image it belongs to another one."""
    read = [integer(item, f"RegionLocation{name}") for name in ("MinY0", "MinX0", "MaxY1", "MaxX1")]
    if any(value is None for value in read):
        return "has no whole RegionLocation"
    top, left, bottom, right = (value or 0 for value in read)
    rows, columns = size_rc
    # one beyond the last is an end written as a size; more means that the image was cut or shrunk
    if top < 0 or left < 0 or bottom > rows or right > columns:
        return f"reaches beyond the {rows} x {columns} image"
    bottom, right = min(bottom, rows - 1), min(right, columns - 1)
    return (top, left, bottom, right) if top <= bottom and left <= right else "is empty"


def _unit(item: Dataset, axis: str) -> str | None:
    code = integer(item, f"PhysicalUnits{axis}Direction")
    return "" if code is None else _UNITS.get(code)


def _reference(
    item: Dataset, box: tuple[int, int, int, int]
) -> tuple[tuple[float, float] | None, tuple[float, float]]:
    """Give the reference pixel in the frame, and its physical values (x, y).

    The file gives it from the corner of the region, C.8.5.5.1.16. Without its
    values it says nothing, and of graphics it has no meaning.
    """
    x, y = integer(item, "ReferencePixelX0"), integer(item, "ReferencePixelY0")
    value_x = number(item, "ReferencePixelPhysicalValueX")
    value_y = number(item, "ReferencePixelPhysicalValueY")
    if x is None or y is None or value_x is None or value_y is None:
        return None, (0.0, 0.0)
    if integer(item, "RegionSpatialFormat") == _GRAPHICS:
        return None, (0.0, 0.0)
    return (float(box[0] + y), float(box[1] + x)), (value_x, value_y)


def _kind(item: Dataset) -> str:
    spatial = _FORMATS.get(integer(item, "RegionSpatialFormat") or 0, "")
    data = _DATA_TYPES.get(integer(item, "RegionDataType") or 0, "")
    if spatial in ("2D", "M-Mode"):
        return f"{spatial} {data}".strip()
    return data or spatial
