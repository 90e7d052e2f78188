"""Mutations of bytes and of data elements. Those of codestreams and discs have their own files.

Each takes the file, a random source and the other files, and gives the bytes
of the mutant; none ever raises.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from random import Random

from tests.fuzz.spans import ITEM, PIXEL_DATA, Span, walk

Mutation = Callable[[bytes, Random, Sequence[bytes]], bytes]
INTERESTING = (
    0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 257, 0x7FFF,
    0x8000, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF,
)  # fmt: skip
_USUAL_VRS = (
    b"AE AS AT CS DA DS DT FL FD IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN "
    b"UR US UT UV ZZ"
)
VRS = (*_USUAL_VRS.split(), b"\0\0", b"  ", b"us")
TAGS = (
    0x00020010, 0x00080005, 0x00080008, 0x00080016, 0x00080018, 0x0020000D, 0x0020000E, 0x00200032,
    0x00200037, 0x00201041, 0x00280002, 0x00280004, 0x00280006, 0x00280008, 0x00280009, 0x00280010,
    0x00280011, 0x00280030, 0x00280034, 0x00280100, 0x00280101, 0x00280102, 0x00280103, 0x00281050,
    0x00281051, 0x00281052, 0x00281053, 0x00281101, 0x00281201, 0x00283000, 0x00283010, 0x00283002,
    0x00283006, 0x52009229, 0x52009230, 0x60000010, 0x60003000, 0x60000050, 0x60000102, 0x7FE00001,
    0x7FE00002, 0x7FE00008, 0x7FE00009, 0x7FE00010, 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD, 0x00000000,
    0x00186011, 0x00181600, 0x00181624, 0x0028135A, 0x00540016, 0x00540022, 0x30040002, 0x3004000C,
    0x00700001, 0x00720002, 0xFFFCFFFC, 0x00091001,
)  # fmt: skip
TEXTS = (
    b"", b"0", b"-0", b"-1", b"1e999", b"-1e999", b"NaN", b"inf", b"-inf", b"1e-320", b"0.0", b" ",
    b"\\", b"\\\\\\\\", b"1\\2\\3", b"0\\0", b"-5\\-5", b"999999999999999999999", b"\xff\xfe",
    b"1.2.840.10008.1.2", b"1.2.840.10008.1.2.1", b"1.2.840.10008.1.2.2", b"1.2.840.10008.1.2.1.99",
    b"1.2.840.10008.1.2.5", b"1.2.840.10008.1.2.4.50", b"1.2.840.10008.1.2.4.70",
    b"1.2.840.10008.1.2.4.80", b"1.2.840.10008.1.2.4.90", b"1.2.840.10008.1.2.4.201",
    b"1.2.840.10008.1.2.8.1", b"1.2.840.10008.1.2.4.110", b"1.2.3.4.5", b"PALETTE COLOR", b"RGB",
    b"YBR_FULL_422", b"YBR_FULL", b"MONOCHROME1", b"YBR_ICT", b"ISO_IR 192", b"\\ISO 2022 IR 87",
    b"GB18030", b"\x1b$B\x1b", b"\x00\x00", b"<img src=x>", "\u202eabc".encode(), b"20240230",
    b"99:99", b"246060.9999999", b"+9999", b"1.2.840.10008.5.1.4.1.1.11.1", b"1E5\\1E-5",
    b"1.2.840.10008.1.3.10", b"1.2.840.10008.5.1.4.1.1.66.4", b"0.5", b"1000000000", b"-5",
)  # fmt: skip
_LONGEST = 2 << 20  # no mutant is larger: what is tested is damage, not size


def flip_bits(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Flip one to eight bits."""
    changed = bytearray(data)
    for _time in range(random.randint(1, 8)):
        if changed:
            changed[_place(changed, random)] ^= 1 << random.randrange(8)
    return bytes(changed)


def set_bytes(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Write random bytes over a few."""
    changed = bytearray(data)
    if changed:
        at = _place(changed, random)
        count = random.choice((1, 1, 2, 4, 16))
        changed[at : at + count] = random.randbytes(len(changed[at : at + count]))
    return bytes(changed)


def set_integer(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Write an integer that is a border of something."""
    at = _place(data, random) if data else 0
    raw = _integer(random, random.choice((1, 2, 4)), random.choice("<>"))
    return data[:at] + raw + data[at + len(raw) :]


def cut(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """End the file early."""
    return data[: _place(data, random)] if data else data


def take_out(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Leave some bytes out."""
    at = _place(data, random) if data else 0
    return data[:at] + data[at + random.choice((1, 2, 3, 4, 8, 64, 1000)) :]


def grow(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Put bytes in, or more behind the end."""
    more = random.choice((b"\0", b"\xff", random.randbytes(1))) * random.choice((1, 2, 7, 64, 5000))
    at = len(data) if random.random() < 0.3 or not data else _place(data, random)
    return data[:at] + more + data[at:]


def copy_within(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Write a piece of this or another file somewhere."""
    source = data if random.random() < 0.5 else random.choice(others)
    if not source or not data:
        return data
    begin = random.randrange(len(source))
    piece = source[begin : begin + random.choice((4, 16, 64, 512))]
    at = _place(data, random)
    after = at + (len(piece) if random.random() < 0.5 else 0)
    return data[:at] + piece + data[after:]


def change_length(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Have an element say another length."""
    span = _some(data, random)
    if span is None:
        return data
    at, size = span.length_field
    length = span.end - span.value
    near = (length + 1, length - 1, length + 2, length * 2, len(data) - span.value, -1)
    value = random.choice(near) if random.random() < 0.5 else random.choice(INTERESTING)
    return _write(data, at, _bytes(value, size, span.order))


def change_vr(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Have an element say another VR."""
    span = _some(data, random)
    return data if span is None else _write(data, span.start + 4, random.choice(VRS))


def change_tag(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Have an element say another tag."""
    span = _some(data, random)
    if span is None:
        return data
    tag = random.choice(TAGS) if random.random() < 0.8 else random.getrandbits(32)
    return _write(data, span.start, struct.pack(span.order + "HH", tag >> 16, tag & 0xFFFF))


def change_value(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Give an element another value, and the length of it."""
    span = _some(data, random)
    if span is None:
        return data
    size = span.end - span.value
    if span.vr in (b"US", b"SS", b"UL", b"SL", b"AT") or (not span.vr and size in (2, 4)):
        width = 2 if span.vr in (b"US", b"SS") or size == 2 else 4
        value = b"".join(_integer(random, width, span.order) for _ in range(max(size // width, 1)))
    elif span.vr in (b"FD", b"FL", b"OF", b"OD"):
        number = random.choice((0.0, -0.0, 1e308, -1e308, float("nan"), float("inf"), 1e-320, -1.0))
        code = "d" if span.vr in (b"FD", b"OD") else "f"
        number = number if code == "d" or abs(number) < 1e38 or number != number else 3e38
        value = struct.pack(span.order + code, number) * random.choice((1, 1, 2, 3, 6))
    else:
        value = random.choice(TEXTS) * random.choice((1, 1, 1, 2, 300))
    return _with_value(data, span, value[:200_000])


def delete_element(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Leave an element out."""
    span = _some(data, random)
    return data if span is None else data[: span.start] + data[span.end :]


def repeat_element(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Have an element several times."""
    span = _some(data, random)
    if span is None:
        return data
    times = random.choice((1, 1, 2, 30, 1000))
    piece = data[span.start : span.end]
    times = max(1, min(times, (_LONGEST - len(data)) // max(len(piece), 1)))
    return data[: span.end] + piece * times + data[span.end :]


def swap_elements(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Have two elements in each other's place."""
    a, b = sorted((_some(data, random), _some(data, random)), key=lambda s: s.start if s else 0)
    if a is None or b is None or a.end > b.start:
        return data
    first, between, second = data[a.start : a.end], data[a.end : b.start], data[b.start : b.end]
    return data[: a.start] + second + between + first + data[b.end :]


def nest_element(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Put an element into sequences within sequences."""
    span = _some(data, random)
    if span is None or span.tag == ITEM:
        return data
    inner = data[span.start : span.end]
    undefined = random.random() < 0.5
    tag = struct.pack(span.order + "HH", 0x0008, random.choice((0x1140, 0x1199, 0x2112)))
    for _level in range(random.choice((1, 2, 10, 63, 64, 65, 200, 1000))):
        inner = _sequence(inner, tag, span, undefined=undefined)
    return data[: span.start] + inner + data[span.end :]


def splice_element(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Put an element of another file in, in the place of one or beside it."""
    other = random.choice(others)
    theirs, ours = _some(other, random), _some(data, random)
    if theirs is None or ours is None:
        return data
    after = ours.end if random.random() < 0.5 else ours.start
    return data[: ours.start] + other[theirs.start : theirs.end] + data[after:]


def cut_at_element(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """End the file within, before or after an element's head."""
    span = _some(data, random)
    if span is None:
        return data
    return data[: random.choice((span.start, span.start + 4, span.value, span.value + 1, span.end))]


BYTE_MUTATIONS: tuple[Mutation, ...] = (
    flip_bits, set_bytes, set_integer, cut, take_out, grow, copy_within,
)  # fmt: skip
ELEMENT_MUTATIONS: tuple[Mutation, ...] = (
    change_length, change_length, change_vr, change_tag, change_value, change_value, change_value,
    delete_element, repeat_element, swap_elements, nest_element, splice_element, cut_at_element,
)  # fmt: skip


def mutated(
    data: bytes, random: Random, others: Sequence[bytes], mutations: Sequence[Mutation]
) -> bytes:
    """Apply one to five of the mutations."""
    for _time in range(random.choice((1, 1, 1, 2, 2, 3, 5))):
        data = random.choice(mutations)(data, random, others)[:_LONGEST]
    return data


def _place(data: bytes | bytearray, random: Random) -> int:
    """Choose a byte: those near the begin, where heads and headers are, more often."""
    end = len(data) if random.random() < 0.6 else min(len(data), 2000)
    return random.randrange(end)


def _some(data: bytes, random: Random) -> Span | None:
    spans = walk(data)
    return random.choice(spans) if spans else None


def _integer(random: Random, size: int, order: str) -> bytes:
    value = random.choice(INTERESTING) if random.random() < 0.8 else random.getrandbits(8 * size)
    return _bytes(value, size, order)


def _bytes(value: int, size: int, order: str) -> bytes:
    return (value & (1 << 8 * size) - 1).to_bytes(size, "little" if order == "<" else "big")


def _write(data: bytes, at: int, raw: bytes) -> bytes:
    return data[:at] + raw + data[at + len(raw) :]


def _with_value(data: bytes, span: Span, value: bytes) -> bytes:
    value += b" " * (len(value) % 2) if span.tag != PIXEL_DATA else b""
    at, size = span.length_field
    value = value[: (1 << 8 * size) - 2]
    return data[:at] + _bytes(len(value), size, span.order) + value + data[span.end :]


def _sequence(inner: bytes, tag: bytes, span: Span, *, undefined: bool) -> bytes:
    item = struct.pack(span.order + "HH", 0xFFFE, 0xE000)
    length = struct.Struct(span.order + "L").pack
    vr = b"SQ\0\0" if span.vr else b""
    if not undefined:
        return tag + vr + length(len(inner) + 8) + item + length(len(inner)) + inner
    ends = struct.pack(span.order + "HHLHHL", 0xFFFE, 0xE00D, 0, 0xFFFE, 0xE0DD, 0)
    return tag + vr + length(0xFFFFFFFF) + item + length(0xFFFFFFFF) + inner + ends
