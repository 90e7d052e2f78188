"""Encapsulated pixel data: fragments, offset tables, and what the streams say of themselves.

PS3.5 A.4 and 8.2. No frame is decoded; the headers of the first and the last frame are read.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import BinaryIO

from viewer.dicom.codestreams import (
    StreamInfo,
    family_of,
    jpeg2000_codestream,
    jpeg2000_info,
    jpeg_info,
    rle_segments,
)
from viewer.dicom.encapsulation import Encapsulated, Fragment, group_frames, starts_stream
from viewer.dicom.errors import PixelError
from viewer.dicom.transfer_syntaxes import transfer_syntax_name
from viewer.dicom.validation.elements import PIXEL_DATA, DataSet, Element
from viewer.dicom.validation.findings import Collector
from viewer.dicom.validation.pixels import frames_of
from viewer.dicom.video import is_video

_WHERE = "PixelData"
_MOST_BYTES = 64 << 20  # of a frame whose stream is looked at
_JPEG, _RLE = "1.2.840.10008.1.2.4.", "1.2.840.10008.1.2.5"
_FAMILIES = {
    **{f"{_JPEG}{number}": ("jpeg",) for number in (50, 51, 57, 70)},
    **{f"{_JPEG}{number}": ("jpeg-ls",) for number in (80, 81)},
    **{f"{_JPEG}{number}": ("jpeg2000",) for number in (90, 91, 92, 93)},
    **{f"{_JPEG}{number}": ("htj2k",) for number in (201, 202, 203)},
    **{f"{_JPEG}{number}": ("jpeg-xl",) for number in (110, 111, 112)},
}
_LOSSLESS = frozenset(
    f"{_JPEG}{number}" for number in (57, 58, 65, 66, 70, 80, 90, 92, 110, 201, 202)
)
_ALWAYS_LOSSY = frozenset(f"{_JPEG}{number}" for number in (*range(50, 57), *range(59, 65)))


def check_streams(stream: BinaryIO, root: DataSet, syntax: str, collector: Collector) -> None:
    """Check encapsulated pixel data against the header and the transfer syntax."""
    pixels = root.by_tag.get(PIXEL_DATA)
    if pixels is None or pixels.fragments is None or not root.has("Rows"):
        return
    if not pixels.fragments:
        told = "The pixel data has no item; the first is the offset table, empty or not."
        collector.add("fragments-offsets", told, tag=PIXEL_DATA, where=_WHERE)
        return
    _check_lossy_syntax(root, syntax, collector)
    if is_video(syntax):
        return
    found = _encapsulated(stream, pixels, collector)
    frames = frames_of(root)
    grouped, _ = group_frames(found, frames, _extended(stream, root))
    _check_offsets(found, frames, collector)
    count = max(len(grouped), sum(map(starts_stream, found.fragments)))
    if count != frames:
        told = f"NumberOfFrames says {frames:,}; the pixel data holds {count:,}."
        collector.add("fragments-frames", told, tag=PIXEL_DATA, where=_WHERE)
    looked_at = grouped[:1] if len(grouped) < 2 else (grouped[0], grouped[-1])
    for number, frame in zip((1, len(grouped)), looked_at, strict=False):
        if sum(fragment.length for fragment in frame) <= _MOST_BYTES:
            data = b"".join(_read(stream, fragment) for fragment in frame)
            _check_stream(data, number, root, syntax, collector)


def _encapsulated(stream: BinaryIO, pixels: Element, collector: Collector) -> Encapsulated:
    fragments = [Fragment(*fragment) for fragment in pixels.fragments or ()]
    table, rest = fragments[0], fragments[1:]
    if starts_stream(table):
        told = "The pixel data begins with a frame; its first item must be the offset table."
        collector.add("fragments-offsets", told, tag=PIXEL_DATA, where=_WHERE)
        return Encapsulated(tuple(fragments))
    if table.length % 4:
        told = f"The offset table takes {table.length:,} bytes, which is no multiple of 4."
        collector.add("fragments-offsets", told, tag=PIXEL_DATA, where=_WHERE)
    raw = _read(stream, table) if table.length <= _MOST_BYTES else b""
    offsets = struct.unpack(f"<{len(raw) // 4}L", raw[: len(raw) // 4 * 4])
    return Encapsulated(tuple(rest), offsets)


def _check_offsets(found: Encapsulated, frames: int, collector: Collector) -> None:
    offsets = found.basic_offsets
    if not offsets or not found.fragments:
        return
    first = found.fragments[0].offset
    starts = {fragment.offset - first for fragment in found.fragments}
    wrong = [offset for offset in offsets if offset not in starts]
    told = ""
    if len(offsets) != frames:
        told = f"The offset table has {len(offsets):,} entries for {frames:,} frames."
    elif wrong:
        told = f"The offset table leads to byte {wrong[0]:,}, where no fragment begins."
    elif any(later <= earlier for earlier, later in pairwise(offsets)):
        told = "The entries of the offset table do not rise."
    if told:
        collector.add("fragments-offsets", told, tag=PIXEL_DATA, where=_WHERE)


def _extended(stream: BinaryIO, root: DataSet) -> tuple[int, ...]:
    element = root.get("ExtendedOffsetTable")
    if element is None or not element.length or element.length > _MOST_BYTES:
        return ()
    raw = _read(stream, Fragment(element.offset, element.length))
    return struct.unpack(f"<{len(raw) // 8}Q", raw[: len(raw) // 8 * 8])


def _read(stream: BinaryIO, fragment: Fragment) -> bytes:
    stream.seek(fragment.offset)
    return stream.read(fragment.length)


def _check_stream(
    data: bytes, number: int, root: DataSet, syntax: str, collector: Collector
) -> None:
    if syntax == _RLE:
        _check_rle(data, number, root, collector)
        return
    expected = _FAMILIES.get(syntax)
    if expected is None:
        return
    try:
        family = family_of(data)
        if family not in expected:
            told = (
                f"Frame {number:,} is {family or 'no known stream'}; "
                f"the transfer syntax is {transfer_syntax_name(syntax)}."
            )
            collector.add("stream-kind", told, tag=PIXEL_DATA, where=_WHERE)
        if family in ("jpeg", "jpeg-ls"):
            info = jpeg_info(data)
        elif family in ("jpeg2000", "htj2k"):
            info = jpeg2000_info(jpeg2000_codestream(data))
        else:
            return
    except PixelError as error:
        told = f"Frame {number:,}: {error.message}"
        collector.add("stream-damaged", told, tag=PIXEL_DATA, where=_WHERE)
        return
    _compare(info, number, root, collector)
    if syntax in _LOSSLESS and not info.lossless:
        told = f"Frame {number:,} is lossy; the transfer syntax is {transfer_syntax_name(syntax)}."
        collector.add("stream-kind", told, tag=PIXEL_DATA, where=_WHERE)
    if not info.lossless and not collector.has("lossy-unsaid"):
        _check_lossy(root, collector)


def _check_rle(data: bytes, number: int, root: DataSet, collector: Collector) -> None:
    expected = (root.whole("SamplesPerPixel") or 1) * (
        ((root.whole("BitsAllocated") or 8) + 7) // 8
    )
    try:
        rle_segments(data, expected)
    except PixelError as error:
        told = f"Frame {number:,}: {error.message}"
        collector.add("stream-damaged", told, tag=PIXEL_DATA, where=_WHERE)


def _compare(info: StreamInfo, number: int, root: DataSet, collector: Collector) -> None:
    def tell(rule: str, said: str, stream_has: object, tag: int, where: str) -> None:
        told = f"The header says {said}, the stream of frame {number:,} {stream_has}."
        collector.add(rule, told, tag=tag, where=where)

    rows, columns = root.whole("Rows"), root.whole("Columns")
    if (rows, columns) != (info.rows, info.columns):
        said = f"{rows} rows and {columns} columns"
        tell("stream-size", said, f"{info.rows} and {info.columns}", 0x00280010, "Rows")
    samples, stored = root.whole("SamplesPerPixel"), root.whole("BitsStored")
    if samples != info.components:
        tell(
            "stream-samples",
            f"{samples} samples a pixel",
            info.components,
            0x00280002,
            "SamplesPerPixel",
        )
    if stored is not None and stored != info.precision:
        rule = "stream-precision"
        tell(rule, f"{stored} bits stored", info.precision, 0x00280101, "BitsStored")
    signed = root.whole("PixelRepresentation")
    if info.family in ("jpeg2000", "htj2k") and signed is not None and bool(signed) != info.signed:
        words = ("unsigned", "signed")
        tell(
            "stream-sign",
            words[bool(signed)],
            words[info.signed],
            0x00280103,
            "PixelRepresentation",
        )
    photometric = root.text("PhotometricInterpretation")
    if info.components == 3 and info.colour:
        is_rgb = photometric == "RGB"
        if is_rgb != (info.colour == "RGB") and photometric:
            rule = "stream-colour"
            where = "PhotometricInterpretation"
            tell(rule, photometric, "RGB" if info.colour == "RGB" else "YBR", 0x00280004, where)


def _check_lossy_syntax(root: DataSet, syntax: str, collector: Collector) -> None:
    if syntax in _ALWAYS_LOSSY or is_video(syntax):
        _check_lossy(root, collector)


def _check_lossy(root: DataSet, collector: Collector) -> None:
    if root.text("LossyImageCompression") != "01" and not collector.has("lossy-unsaid"):
        said = root.text("LossyImageCompression") or "not there"
        told = f"The stream is lossy, and LossyImageCompression is {said}; it must be 01."
        collector.add("lossy-unsaid", told, tag=0x00282110, where="LossyImageCompression")
