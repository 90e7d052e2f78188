"""Pixel data against the Image Pixel module: bits, samples, length, VR, lookup tables.

PS3.3 C.7.6.3, PS3.5 8. What compressed streams say is left to `streams`.
"""

from __future__ import annotations

from viewer.dicom.elements import IMPLICIT_LITTLE
from viewer.dicom.validation.elements import PIXEL_DATA, DataSet, Element, tag_of
from viewer.dicom.validation.findings import Collector, quoted

_FLOAT, _DOUBLE = 0x7FE00008, 0x7FE00009
_SAMPLES = {
    "MONOCHROME1": 1,
    "MONOCHROME2": 1,
    "PALETTE COLOR": 1,
    "RGB": 3,
    "YBR_FULL": 3,
    "YBR_FULL_422": 3,
    "YBR_PARTIAL_422": 3,
    "YBR_PARTIAL_420": 3,
    "YBR_ICT": 3,
    "YBR_RCT": 3,
    "XYB": 3,
    "HSV": 3,  # retired, as the next two
    "ARGB": 4,
    "CMYK": 4,
}
_HALVED = frozenset(("YBR_FULL_422", "YBR_PARTIAL_422"))
_COLOURS = ("Red", "Green", "Blue")


def check_pixels(root: DataSet, syntax: str, collector: Collector) -> None:
    """Check the description of the pixels, and native pixel data against it."""
    if not root.has("Rows"):
        return
    for keyword in ("Rows", "Columns"):
        if root.number(keyword) == 0:
            _add("pixel-size", f"{keyword} is 0.", keyword, collector)
    _check_overlays(root, collector)
    bits = root.whole("BitsAllocated")
    _check_bits(root, bits, collector)
    _check_samples(root, collector)
    _check_tables(root, collector)
    pixels = root.by_tag.get(PIXEL_DATA)
    if pixels is not None and pixels.length is not None:
        _check_length(root, pixels, bits, collector)
        _check_vr(root, pixels, bits, syntax, collector)
    for tag, size in ((_FLOAT, 32), (_DOUBLE, 64)):
        element = root.by_tag.get(tag)
        if element is not None and element.length is not None:
            _check_length(root, element, size, collector)


def frames_of(root: DataSet) -> int:
    """Give NumberOfFrames, 1 where there is none."""
    return max(root.whole("NumberOfFrames") or 1, 1)


def _check_bits(root: DataSet, bits: int | None, collector: Collector) -> None:
    stored, high = root.whole("BitsStored"), root.whole("HighBit")
    if bits is None:
        return
    if bits != 1 and (bits < 1 or bits % 8):
        told = f"BitsAllocated is {bits}; it must be 1 or a multiple of 8."
        _add("pixel-bits", told, "BitsAllocated", collector)
    elif stored is not None and not 1 <= stored <= bits:
        told = f"BitsStored is {stored}; it must be from 1 to BitsAllocated, {bits}."
        _add("pixel-bits", told, "BitsStored", collector)
    elif stored is not None and high is not None and high != stored - 1:
        told = f"HighBit is {high}; it must be BitsStored - 1, {stored - 1}."
        _add("pixel-bits", told, "HighBit", collector)


def _check_samples(root: DataSet, collector: Collector) -> None:
    photometric = root.text("PhotometricInterpretation")
    samples = root.whole("SamplesPerPixel")
    if not photometric:
        return
    expected = _SAMPLES.get(photometric)
    if expected is None:
        told = f"PhotometricInterpretation {quoted(photometric)} is none of the standard."
        _add("pixel-samples", told, "PhotometricInterpretation", collector)
    elif samples is not None and samples != expected:
        told = f"SamplesPerPixel is {samples}; {photometric} has {expected}."
        _add("pixel-samples", told, "SamplesPerPixel", collector)


def _check_length(root: DataSet, pixels: Element, bits: int | None, collector: Collector) -> None:
    rows, columns = root.whole("Rows"), root.whole("Columns")
    samples = root.whole("SamplesPerPixel") or 1
    if not rows or not columns or not bits or pixels.length is None:
        return
    frames = frames_of(root)
    count = rows * columns * samples
    if root.text("PhotometricInterpretation") in _HALVED:
        count = rows * ((columns + 1) // 2) * 4
    expected = (count * frames * bits + 7) // 8
    expected += expected % 2
    keyword = {_FLOAT: "FloatPixelData", _DOUBLE: "DoubleFloatPixelData"}.get(
        pixels.tag, "PixelData"
    )
    each = (
        f"{rows:,} rows x {columns:,} columns x {samples} samples x {frames:,} frames x {bits} bits"
    )
    if pixels.length < expected:
        told = f"{pixels.length:,} bytes are fewer than the {expected:,} of {each}."
        _add("pixel-length", told, keyword, collector)
    elif pixels.length > expected:
        told = f"{pixels.length:,} bytes are more than the {expected:,} of {each}."
        _add("pixel-padding", told, keyword, collector)


def _check_vr(
    root: DataSet, pixels: Element, bits: int | None, syntax: str, collector: Collector
) -> None:
    if not pixels.is_explicit or syntax == IMPLICIT_LITTLE or bits is None:
        return
    if pixels.vr not in ("OB", "OW"):
        told = f"PixelData is written as {pixels.vr}; it is OB or OW."
        _add("pixel-vr", told, "PixelData", collector)
    elif bits > 8 and pixels.vr == "OB":
        told = f"PixelData is written as OB with {bits} bits allocated; it must be OW."
        _add("pixel-vr", told, "PixelData", collector)


def _check_tables(root: DataSet, collector: Collector) -> None:
    """Check that palettes hold as many entries as their descriptors say."""
    lengths = set()
    for colour in _COLOURS:
        keyword = f"{colour}PaletteColorLookupTableDescriptor"
        descriptor = root.numbers(keyword)
        if not descriptor:
            continue
        if len(descriptor) != 3:
            told = f"{keyword} has {len(descriptor)} values, not 3."
            _add("pixel-lut", told, keyword, collector)
            continue
        entries, bits = int(descriptor[0]) or 1 << 16, int(descriptor[2])
        lengths.add(entries)
        data = root.get(f"{colour}PaletteColorLookupTableData")
        if bits not in (8, 16):
            told = f"{keyword} says {bits} bits an entry; it can be 8 or 16."
            _add("pixel-lut", told, keyword, collector)
        elif data is not None and data.length is not None:
            even = entries + entries % 2
            if data.length < entries or (bits == 16 and data.length < 2 * entries):
                told = f"{data.length:,} bytes are too few for {entries:,} entries of {bits} bits."
                _add("pixel-lut", told, f"{colour}PaletteColorLookupTableData", collector)
            elif data.length not in (even, 2 * entries):
                told = f"{data.length:,} bytes are no {entries:,} entries of {bits} bits."
                _add("pixel-lut", told, f"{colour}PaletteColorLookupTableData", collector)
    if len(lengths) > 1:
        told = "The palettes of red, green and blue have different lengths."
        _add("pixel-lut", told, "RedPaletteColorLookupTableDescriptor", collector)


_OVERLAY = {  # what each group has, by element
    0x0010: "OverlayRows",
    0x0011: "OverlayColumns",
    0x0040: "OverlayType",
    0x0050: "OverlayOrigin",
    0x0100: "OverlayBitsAllocated",
    0x0102: "OverlayBitPosition",
    0x3000: "OverlayData",
}


def _check_overlays(root: DataSet, collector: Collector) -> None:
    """Check that the groups of overlays have what describes them."""
    groups = sorted({tag >> 16 for tag in root.by_tag if tag >> 16 & 0xFF01 == 0x6000})
    for group in groups:
        for number, keyword in _OVERLAY.items():
            tag = group << 16 | number
            element = root.by_tag.get(tag)
            if element is None or element.length == 0:
                how = "is not there" if element is None else "is empty"
                told = f"{keyword} {how} in the overlay of group {group:04X}."
                collector.add("overlay-plane", told, tag=tag, where=keyword)


def _add(rule: str, told: str, keyword: str, collector: Collector) -> None:
    collector.add(rule, told, tag=tag_of(keyword), where=keyword)
