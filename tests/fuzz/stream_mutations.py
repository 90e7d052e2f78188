"""Mutations of compressed frames: their markers, tables, and which stream lies in which file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from tests.fuzz.mutations import INTERESTING, Mutation
from tests.fuzz.spans import ITEM, Span, walk

# SOF of all kinds, JPEG-LS, DHT, DQT, SOS, LSE, restart; SIZ, CAP, COD, QCD, SOT, SOD of JPEG 2000
_MARKER = re.compile(rb"\xff[\xc0-\xcf\xf7\xf8\xda-\xdf\xe0\xee\x50-\x5f\x90\x93\xd0-\xd9]")


def _fragments(data: bytes) -> list[Span]:
    return [span for span in walk(data) if span.in_pixels and span.tag == ITEM]


def _replaced(data: bytes, span: Span, stream: bytes) -> bytes:
    stream += b"\0" * (len(stream) % 2)
    length = len(stream).to_bytes(4, "little")
    return data[: span.value - 4] + length + stream + data[span.end :]


def change_marker_field(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Write an integer just behind a marker: sizes, depths, counts, lengths."""
    fragments = [span for span in _fragments(data) if span.end - span.value > 16]
    if not fragments:
        return data
    span = random.choice(fragments)
    stream = data[span.value : span.end]
    markers = [match.start() for match in _MARKER.finditer(stream[:4096])]
    at = random.choice(markers) + 2 if markers and random.random() < 0.9 else 0
    at += random.choice((0, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 32, 36, 38, 40))
    size = random.choice((1, 1, 2, 2, 4))
    value = random.choice(INTERESTING) & (1 << 8 * size) - 1
    raw = value.to_bytes(size, "big")
    return _replaced(data, span, stream[:at] + raw + stream[at + size :])


def change_rle_table(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Write an integer into the first 64 bytes of a fragment, where RLE has its table."""
    fragments = [span for span in _fragments(data) if span.end - span.value >= 64]
    if not fragments:
        return data
    span = random.choice(fragments)
    stream = data[span.value : span.end]
    at = 4 * random.choice((0, 1, 1, 2, 2, 3, 4, 15))
    value = random.choice((*INTERESTING, len(stream), len(stream) - 1, len(stream) // 2))
    raw = (value & 0xFFFFFFFF).to_bytes(4, "little")
    return _replaced(data, span, stream[:at] + raw + stream[at + 4 :])


def damage_stream(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Change bytes of the entropy-coded part, or of anything else in a fragment."""
    fragments = [span for span in _fragments(data) if span.end > span.value]
    if not fragments:
        return data
    span = random.choice(fragments)
    stream = bytearray(data[span.value : span.end])
    for _time in range(random.choice((1, 1, 3, 20))):
        value = random.choice((0, 0xFF, 0x7F, 0x80, random.randrange(256)))
        stream[random.randrange(len(stream))] = value
    return _replaced(data, span, bytes(stream))


def cut_stream(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """End a fragment early, or in padding."""
    fragments = [span for span in _fragments(data) if span.end > span.value]
    if not fragments:
        return data
    span = random.choice(fragments)
    kept = data[span.value : span.value + random.randrange(span.end - span.value)]
    return _replaced(data, span, kept + random.choice((b"", b"", b"\xff\xd9", b"\0" * 500)))


def other_stream(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Put a stream of another file, of any codec, in the place of one."""
    other = random.choice(others)
    ours, theirs = _fragments(data), _fragments(other)
    if not ours or not theirs:
        return data
    source = random.choice(theirs)
    return _replaced(data, random.choice(ours), other[source.value : source.end])


def join_streams(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Join the begin of one stream with the end of another."""
    ours, theirs = _fragments(data), _fragments(random.choice(others))
    if not ours or not theirs:
        return data
    span, source = random.choice(ours), random.choice(ours)
    cut = random.randrange(span.end - span.value + 1)
    tail = data[source.value + random.randrange(source.end - source.value + 1) : source.end]
    return _replaced(data, span, data[span.value : span.value + cut] + tail)


def split_fragment(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Have one fragment as two."""
    fragments = _fragments(data)
    if not fragments:
        return data
    span = random.choice(fragments)
    stream = data[span.value : span.end]
    at = random.randrange(len(stream) + 1) & ~1
    second = b"\xfe\xff\x00\xe0" + len(stream[at:]).to_bytes(4, "little") + stream[at:]
    head = data[: span.value - 4] + at.to_bytes(4, "little")
    return head + stream[:at] + second + data[span.end :]


STREAM_MUTATIONS: tuple[Mutation, ...] = (
    change_marker_field, change_marker_field, change_marker_field, change_rle_table, damage_stream,
    damage_stream, cut_stream, other_stream, join_streams, split_fragment,
)  # fmt: skip
