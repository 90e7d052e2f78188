"""What a compressed frame says of itself, read before any codec sees it.

Finds the size, depth and colour of JPEG, JPEG-LS and JPEG 2000 streams, checks
RLE segment tables, and checks that a stream is whole: several codecs report
success on half a stream, and some crash on a lying one. Decoding is left to
`codecs`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from viewer.dicom.errors import PixelError

Family = Literal["jpeg", "jpeg-ls", "jpeg2000", "htj2k", "jpeg-xl", ""]

_JP2 = b"\x00\x00\x00\x0cjP  "
_SOF = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_SOF_LS = 0xF7
_UNSUPPORTED = frozenset((0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF))
_RLE_HEADER = 64
_AGAIN = "get the file from its source again."
_DAMAGED_HEADER = f"The JPEG 2000 header is damaged; {_AGAIN}"
# steps of the components in a JPEG 2000 grid, horizontal and vertical: 4:2:2, 4:2:0
_CHROMA_STEPS = tuple([b"\x01\x01", step, step] for step in (b"\x02\x01", b"\x02\x02"))


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """Size, depth and colour of one compressed frame, in its own words."""

    family: Family
    rows: int
    columns: int
    components: int
    precision: int
    signed: bool = False
    lossless: bool = False
    colour: Literal["RGB", "YBR", ""] = ""  # "" where the stream does not say
    full_range: bool = False  # a JFIF stream, whose luma has no room below black
    subsampled: bool = False  # JPEG 2000 with chroma of a lower resolution


def family_of(data: bytes) -> Family:
    """Tell the kind of stream from its first bytes; "" where they are no known start."""
    if data[:3] == b"\xff\xd8\xff":
        return "jpeg-ls" if _first_frame_marker(data) == _SOF_LS else "jpeg"
    if data[:4] == b"\xff\x4f\xff\x51" or data[:8] == _JP2:
        return "htj2k" if _is_high_throughput(jpeg2000_codestream(data)) else "jpeg2000"
    if data[:2] == b"\xff\x0a" or data[:8] == b"\x00\x00\x00\x0cJXL ":
        return "jpeg-xl"
    return ""


def jpeg_info(data: bytes) -> StreamInfo:
    """Read the frame header of a JPEG or JPEG-LS stream. ITU-T T.81 B.2.2, T.87 C.2.2.

    Raises
    ------
    PixelError
        Where there is no whole frame header and scan, or the end marker of a
        JPEG stream is missing.
    """
    application: dict[int, bytes] = {}
    frame: tuple[int, bytes] | None = None
    scan = near = 0
    for marker, start, end in jpeg_segments(data):
        if marker in _SOF or marker == _SOF_LS:
            frame = marker, data[start:end]
        elif (marker == 0xEE and data[start : start + 5] == b"Adobe" and end - start >= 12) or (
            marker == 0xE0 and data[start : start + 4] == b"JFIF"
        ):
            application[marker] = data[start:end]
        elif marker == 0xDA:
            scan = end
            near = data[end - 3]  # of JPEG-LS: T.87 C.2.3
            break
    if frame is None or len(frame[1]) < 6 or not scan:
        raise PixelError(f"The JPEG stream ends before its first scan; {_AGAIN}")
    marker, header = frame
    if marker in _UNSUPPORTED:
        raise PixelError(
            f"JPEG of process SOF{marker & 0xF} (hierarchical, or arithmetic and lossless) is not "
            "supported; ask its source for an uncompressed copy."
        )
    precision, rows, columns, components = struct.unpack_from(">BHHB", header)
    if len(header) < 6 + 3 * components or not components:
        raise PixelError(f"The JPEG frame header is cut short; {_AGAIN}")
    if marker != _SOF_LS and data.rfind(b"\xff\xd9", scan) < 0:  # from the end: most are there
        raise PixelError(f"The JPEG stream is cut short: its end marker is missing; {_AGAIN}")
    lossless = marker in (0xC3, 0xC7, 0xCB, 0xCF, _SOF_LS)
    return StreamInfo(
        "jpeg-ls" if marker == _SOF_LS else "jpeg",
        rows,
        columns,
        components,
        precision,
        lossless=lossless and not (marker == _SOF_LS and near),
        colour=_jpeg_colour(header, application, lossless=lossless) if components == 3 else "",
        full_range=0xE0 in application,
    )


def _jpeg_colour(
    header: bytes, application: dict[int, bytes], *, lossless: bool
) -> Literal["RGB", "YBR", ""]:
    """Tell what three components are: by component names, Adobe, JFIF, then subsampling."""
    if header[6:15:3] == b"RGB":
        return "RGB"
    if 0xEE in application:
        return "RGB" if application[0xEE][11] == 0 else "YBR"
    if lossless:  # their encoders write JFIF without converting
        return ""
    # only chroma is ever stored at a lower resolution
    return "YBR" if 0xE0 in application or len(set(header[7:15:3])) > 1 else ""


def whole_jpegls(data: bytes) -> bytes:
    """Give a JPEG-LS stream with its end marker: CharLS reads past a stream that has none."""
    return data if b"\xff\xd9" in data[-16:] else data + b"\xff\xd9"


def jpeg_segments(data: bytes) -> list[tuple[int, int, int]]:
    """List (marker, first byte of the payload, end) up to the first scan."""
    segments = []
    position = 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            raise PixelError(
                f"The JPEG stream is damaged: a marker is not where it should be; {_AGAIN}"
            )
        marker = data[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        if marker == 0xD9:
            break
        length = struct.unpack_from(">H", data, position + 2)[0]
        end = position + 2 + length
        if length < 2 or end > len(data):
            raise PixelError(f"The JPEG stream is cut short inside its header; {_AGAIN}")
        segments.append((marker, position + 4, end))
        if marker == 0xDA:
            break
        position = end
    return segments


def _first_frame_marker(data: bytes) -> int:
    try:
        segments = jpeg_segments(data)
    except PixelError:
        return 0
    return next((marker for marker, _, _ in segments if marker in _SOF or marker == _SOF_LS), 0)


def jpeg2000_codestream(data: bytes) -> bytes:
    """Give the codestream of a JPEG 2000 frame, without the JP2 boxes around it."""
    if data[:8] != _JP2:
        return data
    for kind, start, end in boxes(data):
        if kind == b"jp2c":
            return data[start:end]
    raise PixelError(f"The JP2 file in the pixel data holds no codestream; {_AGAIN}")


def boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Give kind, start and end of the content of each box. ITU-T T.800 I.4."""
    position = 0
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">L4s", data, position)
        header = 8
        if length == 1 and position + 16 <= len(data):
            length, header = struct.unpack_from(">Q", data, position + 8)[0], 16
        yield kind, position + header, position + length if length else len(data)
        if length < header:
            return
        position += length


def jpeg2000_info(data: bytes) -> StreamInfo:
    """Read the main header of a JPEG 2000 codestream. ITU-T T.800 A.5.1, A.6.1.

    Raises
    ------
    PixelError
        Where the header or a tile-part is cut short.
    """
    if data[:4] != b"\xff\x4f\xff\x51" or len(data) < 42:
        raise PixelError(f"The JPEG 2000 stream does not begin with a whole header; {_AGAIN}")
    x1, y1, x0, y0, *grid = struct.unpack_from(">8L", data, 8)
    components = struct.unpack_from(">H", data, 40)[0]
    if len(data) < 42 + 3 * components or not components or x1 <= x0 or y1 <= y0:
        raise PixelError(_DAMAGED_HEADER)
    tiles = _tile_count((x0, x1), grid[::2]) * _tile_count((y0, y1), grid[1::2])
    depths = {data[42 + 3 * at] for at in range(components)}
    steps = [data[43 + 3 * at : 45 + 3 * at] for at in range(components)]
    subsampled = steps in _CHROMA_STEPS
    if len(depths) > 1 or not (subsampled or set(steps) == {b"\x01\x01"}):
        raise PixelError("JPEG 2000 components of different depth or size are not supported.")
    depth = depths.pop()
    transformed, lossless, high_throughput, first_part = _jpeg2000_markers(data)
    _check_tile_parts(data, first_part, tiles)
    return StreamInfo(
        "htj2k" if high_throughput else "jpeg2000",
        y1 - y0,
        x1 - x0,
        components,
        (depth & 0x7F) + 1,
        signed=bool(depth & 0x80),
        lossless=lossless,
        colour="RGB" if transformed else "",
        subsampled=subsampled,
    )


def _tile_count(image: tuple[int, int], tile: list[int]) -> int:
    """Give how many tiles lie along an axis. ITU-T T.800 B.3; OpenJPH does not check its rules."""
    (start, end), (size, origin) = image, tile
    if not size or not origin <= start < origin + size:
        raise PixelError(_DAMAGED_HEADER)
    return -((origin - end) // size)


def _is_high_throughput(codestream: bytes) -> bool:
    try:
        return _jpeg2000_markers(codestream)[2]
    except PixelError:  # whoever decodes it says so
        return False


def _jpeg2000_markers(data: bytes) -> tuple[bool, bool, bool, int]:
    """Read (component transform, reversible, CAP present, offset of the first tile-part)."""
    transformed = lossless = high_throughput = False
    position = 2
    while position + 4 <= len(data):
        marker, length = struct.unpack_from(">HH", data, position)
        if marker == 0xFF90:
            return transformed, lossless, high_throughput, position
        if marker < 0xFF00 or length < 2:
            break
        if marker == 0xFF52 and length >= 12 and position + 14 <= len(data):
            transformed = data[position + 8] == 1
            lossless = data[position + 13] == 1
        high_throughput |= marker == 0xFF50
        position += 2 + length
    raise PixelError(f"The JPEG 2000 stream is cut short before its first tile; {_AGAIN}")


def _check_tile_parts(data: bytes, position: int, tiles: int) -> None:
    """Follow the tile-parts: the codecs fill what is missing with zeros, unasked."""
    found = set()
    while position + 12 <= len(data) and data[position : position + 2] == b"\xff\x90":
        tile, length = struct.unpack_from(">HL", data, position + 4)
        found.add(tile)
        if length == 0:  # up to the end marker
            if b"\xff\xd9" not in data[-16:]:
                raise PixelError(
                    f"The JPEG 2000 stream is cut short: its end marker is missing; {_AGAIN}"
                )
            position = len(data)
            break
        if length < 14:
            raise PixelError(
                f"A tile-part of the JPEG 2000 stream has an impossible length; {_AGAIN}"
            )
        position += length
    if position > len(data):
        raise PixelError(
            f"The JPEG 2000 stream is cut short: {len(data):,} of at least {position:,} bytes are "
            f"here; {_AGAIN}"
        )
    if len(found) != tiles:
        raise PixelError(
            f"The JPEG 2000 stream is cut short or damaged: it holds {len(found):,} of its "
            f"{tiles:,} tiles; {_AGAIN}"
        )
    if max(found) >= tiles:
        raise PixelError(_DAMAGED_HEADER)


def rle_segments(data: bytes, expected: int) -> tuple[int, ...]:
    """Check the segment table of an RLE frame and give its offsets. PS3.5 G.5.

    Raises
    ------
    PixelError
        Where there are not ``expected`` segments, or one lies outside ``data``.
    """
    if len(data) < _RLE_HEADER:
        raise PixelError(f"The RLE frame is shorter than its segment table; {_AGAIN}")
    count, *offsets = struct.unpack_from("<16L", data)
    if count != expected:
        raise PixelError(f"The RLE frame has {count:,} segments where {expected} are due; {_AGAIN}")
    table = tuple(offsets[:count])
    ends = (*table[1:], len(data))
    if table[0] != _RLE_HEADER or any(
        end <= start or end > len(data) for start, end in zip(table, ends, strict=True)
    ):
        raise PixelError(f"The RLE segment table points outside the frame; {_AGAIN}")
    return table
