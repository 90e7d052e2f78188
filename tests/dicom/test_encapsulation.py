"""Frames are found among fragments, whatever the offset tables say."""

from __future__ import annotations

import io
import struct

import pytest

from viewer.dicom.encapsulation import Encapsulated, group_frames, walk
from viewer.dicom.errors import LimitError
from viewer.dicom.limits import Limits

SOI, MORE = b"\xff\xd8\xff\xe0" + bytes(20), b"\x12\x34" * 10


def _item(value: bytes) -> bytes:
    return struct.pack("<HHL", 0xFFFE, 0xE000, len(value)) + value


def _value(
    *fragments: bytes, table: tuple[int, ...] = (), end: bytes = b"\xfe\xff\xdd\xe0\0\0\0\0"
) -> bytes:
    offsets = struct.pack(f"<{len(table)}L", *table)
    return _item(offsets) + b"".join(map(_item, fragments)) + end


def _walked(value: bytes) -> Encapsulated:
    return walk(io.BytesIO(b"head" + value), 4, 4 + len(value))


def _lengths(found: Encapsulated, frames: int, extended: tuple[int, ...] = ()) -> list[list[int]]:
    grouped, _ = group_frames(found, frames, extended)
    return [[fragment.length for fragment in frame] for frame in grouped]


def test_one_fragment_a_frame_needs_no_table() -> None:
    assert _lengths(_walked(_value(MORE, MORE[:8], MORE)), 3) == [[20], [8], [20]]


def test_several_fragments_a_frame_follow_the_basic_offset_table() -> None:
    found = _walked(_value(SOI, MORE, SOI, table=(0, 60)))
    assert _lengths(found, 2) == [[24, 20], [24]]


def test_several_fragments_a_frame_follow_the_extended_table() -> None:
    found = _walked(_value(MORE, MORE, MORE))
    assert _lengths(found, 2, (0, 56)) == [[20, 20], [20]]


def test_a_wrong_table_is_left_for_the_streams_with_a_warning() -> None:
    found = _walked(_value(SOI, MORE, SOI, table=(7, 13)))
    grouped, notes = group_frames(found, 2)
    assert [len(frame) for frame in grouped] == [2, 1]
    assert "offset table" in notes[0]


def test_all_fragments_of_a_single_frame_belong_together() -> None:
    assert _lengths(_walked(_value(MORE, MORE, MORE)), 1) == [[20, 20, 20]]


def test_missing_frames_are_said() -> None:
    grouped, notes = group_frames(_walked(_value(SOI, SOI)), 4)
    assert len(grouped) == 2
    assert "4 frames" in notes[0]


def test_a_missing_end_marker_and_a_cut_item_are_said() -> None:
    value = _value(SOI, MORE, end=b"")
    assert "end marker" in _walked(value).warnings[0]
    cut = _walked(value[:-5])
    assert cut.fragments[-1].length == 15
    assert any("cut short" in note for note in cut.warnings)


def test_rubbish_in_place_of_items_ends_the_walk() -> None:
    assert _walked(b"rubbish, not an item").fragments == ()


def test_frames_without_a_known_start_take_one_item_each() -> None:
    """RLE and deflated frames: some are missing, the others are told apart all the same."""
    grouped, notes = group_frames(_walked(_value(MORE, MORE[:8])), 3)
    assert [[fragment.length for fragment in frame] for frame in grouped] == [[20], [8]]
    assert "3 frames" in notes[0]


def test_a_missing_offset_table_costs_no_frame() -> None:
    rle = struct.pack("<16L", 2, 64, 80, *[0] * 13) + bytes(40)
    for first in (SOI, rle):
        found = _walked(_item(first) + _item(first) + b"\xfe\xff\xdd\xe0\0\0\0\0")
        assert [fragment.length for fragment in found.fragments] == [len(first)] * 2
        assert "offset table" in found.warnings[0]


def test_a_short_offset_table_is_left_for_the_streams() -> None:
    grouped, notes = group_frames(_walked(_value(SOI, MORE, SOI, SOI, table=(0, 60))), 3)
    assert [len(frame) for frame in grouped] == [2, 1, 1]
    assert "offset table" in notes[0]


def test_fragments_are_counted() -> None:
    limits = Limits(fragments_per_file=3)
    value = b"head" + _value(b"", b"", b"")
    assert len(walk(io.BytesIO(value), 4, len(value), limits).fragments) == 3
    value = b"head" + _value(*[b""] * 4)
    with pytest.raises(LimitError) as caught:
        walk(io.BytesIO(value), 4, len(value), limits)
    found = "Its pixel data has 4 fragments or more"
    assert caught.value.message == limits.refusal("fragments_per_file", found)


def test_an_offset_table_of_more_frames_than_fragments_may_be_is_not_read() -> None:
    value = b"head" + _value(SOI, SOI, table=(0, 32, 64, 96))
    found = walk(io.BytesIO(value), 4, len(value), Limits(fragments_per_file=3))
    assert (len(found.fragments), found.basic_offsets) == (2, ())
    assert found.warnings == ("The offset table is too long to be one; the items were followed.",)
