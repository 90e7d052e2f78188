"""Compressed frames that lie, end early or never: cases 21 to 25, and garbage for each codec."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import imagecodecs
import numpy as np

from tests.dicom import synthetic
from tests.hostile.building import COLUMNS, PIXELS, ROWS, Hostile, compressed

_VALUES = np.frombuffer(PIXELS, np.uint16).reshape(ROWS, COLUMNS)
_BYTES = _VALUES.astype(np.uint8)
# of each codec a whole frame of the image's size; those of "jpeg" have 8 bits
STREAMS: dict[str, bytes] = {
    "jpeg": imagecodecs.jpeg8_encode(_BYTES),
    "jpeg_lossless": imagecodecs.jpeg8_encode(_VALUES, lossless=True, bitspersample=16),
    "jpegls": imagecodecs.jpegls_encode(_VALUES),
    "jpeg2000": imagecodecs.jpeg2k_encode(_VALUES, level=0, codecformat="j2k"),
    "htj2k": imagecodecs.htj2k_encode(_VALUES, reversible=True),
    "jpegxl": imagecodecs.jpegxl_encode(_VALUES, lossless=True),
    "rle": synthetic.rle(_VALUES),
    "deflated_frame": zlib.compress(PIXELS, 9)[2:-4],
    "words": PIXELS,
}
SYNTAXES = {
    "jpeg": synthetic.JPEG,
    "jpeg_lossless": synthetic.JPEG_LOSSLESS,
    "jpegls": synthetic.JPEG_LS,
    "jpeg2000": synthetic.JPEG_2000,
    "htj2k": synthetic.HTJ2K,
    "jpegxl": synthetic.JPEG_XL,
    "rle": synthetic.RLE,
    "deflated_frame": "1.2.840.10008.1.2.8.1",
    "words": "1.2.840.10008.1.2.1.98",
}
_VIDEOS = {"mpeg2": "1.2.840.10008.1.2.4.100", "h264": "1.2.840.10008.1.2.4.102",
           "hevc": "1.2.840.10008.1.2.4.107"}  # fmt: skip
_NOISE = bytes((at * 197 + at // 5 * 31) & 0xFF for at in range(700))


def codec_files() -> Iterator[Hostile]:
    """Give all small files."""
    yield from _jpeg_headers()
    yield from _jpeg2000_headers()
    yield from _rle()
    yield from _jpegls()
    yield from _garbage()


def _one(case: int, name: str, codec: str, stream: bytes, letters: str = "H",
         **changed: Any) -> Hostile:  # fmt: skip
    if codec == "jpeg":
        changed = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7} | changed
    made_as = f"{case} {name}"
    return Hostile(case, name, compressed(made_as, SYNTAXES[codec], [stream], **changed), letters)


def _patched(stream: bytes, at: int, new: bytes) -> bytes:
    return stream[:at] + new + stream[at + len(new) :]


def _jpeg_headers() -> Iterator[Hostile]:
    """Let each frame header say another size, depth or number of samples, under each process."""
    for codec, own in (("jpeg", 0xC0), ("jpeg_lossless", 0xC3), ("jpegls", 0xF7)):
        stream = STREAMS[codec]
        at = stream.index(bytes((0xFF, own)))
        for name, offset, new in (
            ("rows_all", 5, b"\xff\xff"),
            ("rows_0", 5, b"\0\0"),
            ("rows_one_more", 5, struct.pack(">H", ROWS + 1)),
            ("columns_all", 7, b"\xff\xff"),
            ("columns_0", 7, b"\0\0"),
            ("both_all", 5, b"\xff\xff\xff\xff"),
            ("precision_2", 4, b"\x02"),
            ("precision_17", 4, b"\x11"),
            ("precision_255", 4, b"\xff"),
            ("samples_0", 9, b"\0"),
            ("samples_2", 9, b"\x02"),
            ("samples_255", 9, b"\xff"),
            ("length_0", 2, b"\0\0"),
            ("length_all", 2, b"\xff\xff"),
            ("sampling_0", 11, b"\0"),
            ("sampling_15", 11, b"\xff"),
        ):
            # the spacing of one sample alone says nothing
            letters = "HVO" if name.startswith(("sampling", "precision_2")) else "H"
            yield _one(21, f"{codec}_{name}", codec, _patched(stream, at + offset, new), letters)
        for process in sorted({*range(0xC0, 0xD0), 0xF7} - {own, 0xC4, 0xC8, 0xCC}):
            lying = _patched(stream, at, bytes((0xFF, process)))
            letters = "H" if codec != "jpeg" else "HVO"  # baseline is extended, too
            yield _one(21, f"{codec}_as_{process:02x}", codec, lying, letters)
    yield _one(21, "jpeg_16_bits", "jpeg", STREAMS["jpeg_lossless"])
    yield _one(21, "jpeg_header_alone", "jpeg", STREAMS["jpeg"][:160] + b"\xff\xd9")
    colour = imagecodecs.jpeg8_encode(np.repeat(_BYTES[..., None], 3, axis=2))
    yield _one(21, "jpeg_colour", "jpeg", colour, "HV")
    at = colour.index(b"\xff\xc0")
    for number in range(3):
        lying = _patched(colour, at + 11 + 3 * number, b"\x44")
        yield _one(21, f"jpeg_colour_sampling_{number}", "jpeg", lying, "HV",
                   SamplesPerPixel=3, PhotometricInterpretation="YBR_FULL_422")  # fmt: skip


def _jpeg2000_headers() -> Iterator[Hostile]:
    """Patch SIZ: ITU-T T.800 A.5.1. Its length is at 4, Rsiz at 6, Xsiz at 8."""
    for codec in ("jpeg2000", "htj2k"):
        stream = STREAMS[codec]
        for name, offset, new in (
            ("columns_all", 8, b"\xff\xff\xff\xff"),
            ("rows_all", 12, b"\xff\xff\xff\xff"),
            ("both_all", 8, b"\xff" * 8),
            ("columns_0", 8, bytes(4)),
            ("rows_one_more", 12, struct.pack(">L", ROWS + 1)),
            ("origin", 16, struct.pack(">L", COLUMNS)),
            ("origin_all", 16, b"\xff" * 8),
            ("tiles_1", 24, struct.pack(">2L", 1, 1)),
            ("tiles_0", 24, bytes(8)),
            ("tile_origin", 32, b"\xff" * 8),
            ("samples_0", 40, b"\0\0"),
            ("samples_2", 40, b"\0\2"),
            ("samples_all", 40, b"\xff\xff"),
            ("precision_38", 42, b"\x25"),
            ("precision_all", 42, b"\x7f"),
            ("precision_1", 42, b"\0"),
            ("signed", 42, b"\x8f"),
            ("step_0", 43, b"\0\0"),
            ("step_2", 43, b"\2\2"),
            ("step_255", 43, b"\xff\xff"),
            ("length_0", 4, b"\0\0"),
            ("length_all", 4, b"\xff\xff"),
        ):
            letters = {"precision_1": "HVO", "signed": "HVO", "tiles_1": "HV"}.get(name, "H")
            yield _one(22, f"{codec}_{name}", codec, _patched(stream, offset, new), letters)
        # a large picture of one million tiles, of which one is there
        many = _patched(stream, 8, struct.pack(">2L", 4096, 4096))
        many = _patched(many, 24, struct.pack(">2L", 4, 4))
        yield _one(22, f"{codec}_million_tiles", codec, many, "H", Rows=4096, Columns=4096)
        cod = stream.index(b"\xff\x52")
        for name, offset, new in (
            ("levels_33", 9, b"\x21"),
            ("levels_255", 9, b"\xff"),
            ("block_all", 10, b"\xff\xff"),
            ("layers_all", 6, b"\xff\xff"),
            ("layers_0", 6, b"\0\0"),
            ("progression", 5, b"\x09"),
            ("transform", 8, b"\1"),
            ("wavelet", 13, b"\7"),
        ):
            letters = "H" if name in ("levels_33", "levels_255") else "HVO"
            yield _one(22, f"{codec}_cod_{name}", codec, _patched(stream, cod + offset, new),
                       letters)  # fmt: skip
        tile = stream.index(b"\xff\x90")
        for name, offset, new in (
            ("index", 4, b"\xff\xfe"),
            ("length_all", 6, b"\xff\xff\xff\xff"),
            ("length_1", 6, b"\0\0\0\1"),
            ("part", 10, b"\xff\1"),
        ):
            letters = "HVO" if name == "part" else "H"
            yield _one(22, f"{codec}_tile_{name}", codec, _patched(stream, tile + offset, new),
                       letters)  # fmt: skip
        box = b"\0\0\0\x0cjP  \r\n\x87\n"
        for name, header in (
            ("box_0", struct.pack(">L4s", 0, b"ftyp")),
            ("box_past_end", struct.pack(">L4sQ", 1, b"jp2c", (1 << 64) - 1)),
            ("box_huge", struct.pack(">L4sQ", 1, b"ftyp", 1 << 63)),
            ("box_1", struct.pack(">L4sQ", 1, b"jp2c", 1)),
        ):
            letters = "HVO" if name == "box_past_end" else "H"
            yield _one(22, f"{codec}_{name}", codec, box + header + stream, letters)


def _rle() -> Iterator[Hostile]:
    """Segment tables that lie, and runs that go on where there is nothing."""
    size = ROWS * COLUMNS

    def table(*numbers: int) -> bytes:
        return struct.pack("<16L", *numbers, *[0] * (16 - len(numbers)))

    run = bytes([257 - size, 7])
    tables = {
        "offset_wild": (2, 64, 0xFFFFFFF0),
        "offset_backwards": (2, 80, 64),
        "offset_same": (2, 64, 64),
        "offset_in_table": (2, 3, 64),
        "offset_at_end": (2, 64, 68),
        "count_0": (0,),
        "count_1": (1, 64),
        "count_15": (15, *range(64, 79)),
        "count_16": (16, *range(64, 79)),
        "count_all": (0xFFFFFFFF, *[0xFFFFFFFF] * 15),
    }
    for case in (23, 25):
        for name, numbers in tables.items():
            stream = table(*numbers) + run + run if case == 23 else table(*numbers)
            yield _one(case, name, "rle", stream)
    for name, segment in {
        "literal_past_end": b"\x7f\1\2\3",
        "literal_alone": b"\x7f",
        "replicate_alone": b"\x81",
        "no_operation": b"\x80" * 40,
        "nothing": b"\0",
        "empty": b"",
        "short": bytes([257 - size + 1, 7]),
    }.items():
        stream = table(2, 64, 64 + len(segment)) + segment + segment
        yield _one(25, name, "rle", stream)
        # followed by the padding of an item, one is a run that is whole
        letters = "HO" if name == "replicate_alone" else "H"
        yield _one(25, f"{name}_second", "rle", table(2, 64, 66) + run + segment, letters)
    for length in (0, 1, 4, 63, 64):
        yield _one(25, f"table_of_{length}", "rle", table(2, 64, 66)[:length])
    beyond = b"\x81\7" * 5000
    yield _one(23, "more_than_the_frame", "rle", table(2, 64, 64 + len(beyond)) + beyond * 2, "HVO")


def _jpegls() -> Iterator[Hostile]:
    stream = STREAMS["jpegls"]
    scan = stream.index(b"\xff\xda") + 10
    endings = {"zeros": bytes(4096), "ones": b"\xff\x7f" * 2048, "nothing": b"",
               "runs": b"\x55" * 4096, "restarts": b"\xff\xd0" * 2048}  # fmt: skip
    for name, ending in endings.items():
        yield _one(24, name, "jpegls", stream[:scan] + ending, "HO")
    large = stream.index(b"\xff\xf7") + 5
    for name, ending in endings.items():
        lying = _patched(stream[:scan] + ending, large, struct.pack(">2H", 15000, 15000))
        yield _one(24, f"large_{name}", "jpegls", lying, "H", Rows=15000, Columns=15000)
    scan_header = stream.index(b"\xff\xda")
    for name, offset, new in (("near_255", 7, b"\xff"), ("interleave_3", 8, b"\3"),
                              ("transform", 9, b"\xff"), ("samples_0", 4, b"\0")):  # fmt: skip
        letters = "HO" if name == "transform" else "H"
        yield _one(24, name, "jpegls", _patched(stream, scan_header + offset, new), letters)
    preset = struct.pack(">BBHB5H", 0xFF, 0xF8, 13, 1, 0xFFFF, 0xFFFF, 0, 0xFFFF, 1)
    yield _one(24, "preset", "jpegls", stream[:2] + preset + stream[2:], "HO")


def _garbage() -> Iterator[Hostile]:
    """Let each codec have noise, behind a true start of its streams too."""
    for codec, stream in STREAMS.items():
        yield _one(21, f"noise_{codec}", codec, _NOISE, "HO" if codec == "words" else "H")
        yield _one(21, f"zeros_{codec}", codec, bytes(200), "HO" if codec == "words" else "H")
        yield _one(21, f"empty_{codec}", codec, b"")
        for share in (4, 2):
            cut = len(stream) // share
            letters = "H" if codec not in ("words", "rle") else "HO"  # which check nothing
            yield _one(21, f"noise_in_{codec}_{share}", codec, stream[:cut] + _NOISE, letters)
    yield _one(21, "short_words", "words", PIXELS[:-2])
    bomb = zlib.compress(bytes(8 << 20), 9)[2:-4]
    yield _one(21, "deflated_frame_bomb", "deflated_frame", bomb, "HVO")
    for name, syntax in _VIDEOS.items():
        for kind, stream in (("noise", _NOISE * 20), ("empty", b""), ("zeros", bytes(4000)),
                             ("start", b"\0\0\1\xb3\x7f\xff\xff\x13" + _NOISE)):  # fmt: skip
            changed = {"SamplesPerPixel": 3, "PhotometricInterpretation": "YBR_PARTIAL_420",
                       "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7,
                       "PlanarConfiguration": 0, "NumberOfFrames": 4}  # fmt: skip
            data = compressed(f"{name} {kind}", syntax, [stream], **changed)
            yield Hostile(21, f"{name}_{kind}", data, "H")
