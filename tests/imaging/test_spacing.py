from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.imaging.spacing import FrameMark, measure_spacing

UP = (0.0, 0.0, 1.0)
lengths = st.floats(-1e6, 1e6)


def at(*z: float) -> list[tuple[float, float, float]]:
    return [(-30.0, -25.0, value) for value in z]


@given(st.integers(2, 300), st.floats(0.1, 20.0), st.floats(-900.0, 900.0), st.randoms())
def test_even_positions_are_regular_despite_rounding(count, step, start, random):
    noise = [random.uniform(-5e-4, 5e-4) for _ in range(count)]
    positions = at(*(start + i * step + noise[i] for i in range(count)))
    measured = measure_spacing(positions, UP)
    assert measured.regular
    assert measured.spacing_mm == pytest.approx(step, abs=1.1e-3)


@given(st.integers(2, 50), st.floats(0.1, 20.0))
def test_spacing_is_the_same_read_from_either_end(count, step):
    positions = at(*(i * step for i in range(count)))
    assert measure_spacing(positions, UP) == measure_spacing(positions[::-1], UP)


def test_a_missing_slice_is_a_gap():
    measured = measure_spacing(at(*(2.5 * i for i in range(24) if i != 14)), UP)
    assert not measured.regular
    assert measured.spacing_mm == 2.5
    assert measured.notes == ("gap of 5.0 mm after frame 14; elsewhere 2.5 mm",)


def test_several_gaps_are_one_sentence_about_the_widest():
    measured = measure_spacing(at(*(float(i) for i in range(40) if i not in (5, 20, 21))), UP)
    assert measured.notes == ("2 gaps, the widest 3.0 mm after frame 19; elsewhere 1.0 mm",)


def test_a_repeated_position_is_named():
    measured = measure_spacing(at(0, 2, 4, 4, 6, 8), UP)
    assert measured.notes == ("frames 3 and 4 lie at the same position",)
    assert measured.spacing_mm == 2.0


def test_spacing_that_drifts_has_no_one_number():
    measured = measure_spacing(at(*(1.02**i for i in range(30))), UP)
    assert measured.spacing_mm is None
    assert measured.notes[0].startswith("uneven spacing: 0.02 mm to")


def test_a_tilted_gantry_is_noticed_with_its_angle():
    angle = math.radians(20.0)
    normal = (0.0, -math.sin(angle), math.cos(angle))
    measured = measure_spacing(at(*(2.5 * i / math.cos(angle) for i in range(24))), normal)
    assert not measured.regular
    assert measured.spacing_mm == pytest.approx(2.5)
    assert measured.notes == ("tilted by 20.0°: each frame is shifted against the one before",)


def test_directions_rounded_to_three_decimals_are_no_tilt():
    assert measure_spacing(at(*(float(i) for i in range(300))), (0.0, 0.0008, 1.0)).regular


def test_frames_recentred_one_by_one_are_noticed():
    positions = [(3.0 * (i % 2), 0.0, float(i)) for i in range(21)]
    measured = measure_spacing(positions, UP)
    assert measured.notes == ("frames are shifted sideways against each other by up to 3.0 mm",)


def test_frames_at_one_position_have_no_spacing():
    measured = measure_spacing(at(*[4.0] * 25), UP)
    assert measured.spacing_mm is None
    assert measured.notes == ("all 25 frames lie at one position",)


def test_a_single_frame_has_no_spacing_and_no_fault():
    measured = measure_spacing(at(1.0), UP)
    assert (measured.regular, measured.spacing_mm, measured.notes) == (False, None, ())


def marks(positions, normal=UP) -> list[tuple[int, str]]:
    return [(mark.index, mark.text) for mark in measure_spacing(positions, normal).marks]


def test_gaps_and_repeated_positions_are_marked_at_their_frames():
    heights = [0.0, 2.0, 4.0, 4.0, 6.0, 8.0, 10.0, 14.0, 16.0, 18.0, 24.0, 26.0, 28.0]
    assert marks(at(*heights)) == [
        (3, "same position as the frame before"),
        (6, "gap of 4.0 mm after this frame; elsewhere 2.0 mm"),
        (9, "gap of 6.0 mm after this frame; elsewhere 2.0 mm"),
    ]


def test_a_few_odd_steps_are_marked_among_even_ones():
    heights = [2.5 * i + (0.6 if i > 7 else 0.0) for i in range(16)]
    measured = measure_spacing(at(*heights), UP)
    assert measured.spacing_mm is None
    assert measured.marks == (FrameMark(7, "spacing 3.1 mm after this frame; elsewhere 2.5 mm"),)


def test_a_change_of_spacing_is_marked_where_it_happens():
    heights = [float(i) if i < 10 else 9.0 + 3.0 * (i - 9) for i in range(20)]
    assert marks(at(*heights)) == [(9, "spacing changes here from 1.0 mm to 3.0 mm")]


def test_what_holds_for_the_whole_stack_has_no_mark():
    angle = math.radians(20.0)
    normal = (0.0, -math.sin(angle), math.cos(angle))
    assert marks(at(*(2.5 * i for i in range(24))), normal) == []
    assert marks(at(*(1.02**i for i in range(30)))) == []
    assert marks(at(*(i // 2 for i in range(20)))) == []
    assert marks([(3.0 * (i % 2), 0.0, float(i)) for i in range(21)]) == []


def test_one_sideways_jump_is_marked_and_is_no_tilt():
    positions = [(1.2 if i >= 9 else 0.0, 0.0, 2.0 * i) for i in range(20)]
    measured = measure_spacing(positions, UP)
    assert measured.spacing_mm == 2.0
    assert measured.notes == ("frames are shifted sideways against each other by up to 1.2 mm",)
    assert marks(positions) == [(9, "shifted sideways by 1.2 mm from the frame before")]


def test_a_sideways_jump_is_found_within_a_tilted_stack():
    positions = [(0.5 * i + (4.0 if i >= 9 else 0.0), 0.0, 2.0 * i) for i in range(20)]
    measured = measure_spacing(positions, UP)
    assert measured.notes[0].startswith("tilted by 14.0°")
    assert marks(positions) == [(9, "shifted sideways by 4.0 mm from the frame before")]


@given(st.lists(st.tuples(lengths, lengths, lengths), min_size=2, max_size=40))
def test_every_mark_is_at_a_frame_whatever_the_positions(positions):
    measured = measure_spacing(sorted(positions, key=lambda position: position[2]), UP)
    assert all(0 <= mark.index < len(positions) for mark in measured.marks)
    assert measured.regular is not bool(measured.notes)
