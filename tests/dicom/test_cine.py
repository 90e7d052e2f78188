"""Frames are played at the rate that their file gives."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.dicom.slices import a_slice
from viewer.dicom.cine import CineRate, cine_rate
from viewer.dicom.reading import read_header

FRAME_TIME, FRAME_TIME_VECTOR = 0x00181063, 0x00181065
USUAL = CineRate((1000 / 15,), "")


def rate(**attributes: object) -> CineRate:
    return cine_rate(a_slice(1, number_of_frames=4, **attributes))


@pytest.mark.parametrize(
    ("attributes", "milliseconds", "source"),
    [
        ({"recommended_display_frame_rate": 25.0}, (40.0,), "RecommendedDisplayFrameRate"),
        ({"cine_rate": 50.0}, (20.0,), "CineRate"),
        ({"frame_time": 33.333}, (33.333,), "FrameTime"),
        ({"frame_time_vector": (0.0, 10.0, 20.0, 30.0)}, (10.0, 20.0, 30.0), "FrameTimeVector"),
    ],
)
def test_each_attribute_gives_the_rate_and_is_named(attributes, milliseconds, source):
    assert rate(**attributes) == CineRate(milliseconds, source)


def test_what_is_recommended_for_display_wins():
    found = rate(recommended_display_frame_rate=10.0, cine_rate=25.0, frame_time=20.0)
    assert found == CineRate((100.0,), "RecommendedDisplayFrameRate")
    assert rate(cine_rate=25.0, frame_time=20.0).source == "CineRate"


@pytest.mark.parametrize(
    ("pointer", "source"),
    [((FRAME_TIME,), "FrameTime"), ((FRAME_TIME_VECTOR,), "FrameTimeVector"), ((), "FrameTime")],
)
def test_frame_increment_pointer_chooses_between_the_times(pointer, source):
    both = {"frame_time": 40.0, "frame_time_vector": (0.0, 10.0, 20.0, 30.0)}
    assert rate(**both, frame_increment_pointer=pointer).source == source


@pytest.mark.parametrize("bad", [0.0, -25.0, math.nan, math.inf, 1e9, 1e-9])
def test_rates_and_times_that_cannot_be_are_passed_over(bad):
    assert rate(recommended_display_frame_rate=bad) == USUAL
    assert rate(cine_rate=bad) == USUAL
    assert rate(frame_time=bad) == USUAL
    assert rate(frame_time_vector=(0.0, 10.0, bad, 10.0)) == USUAL
    assert rate(recommended_display_frame_rate=bad, frame_time=40.0).source == "FrameTime"


@pytest.mark.parametrize("vector", [(), (0.0,), (0.0, 10.0, 10.0), (0.0,) + (10.0,) * 4])
def test_a_vector_of_another_length_is_passed_over(vector):
    assert rate(frame_time_vector=vector) == USUAL


@pytest.mark.parametrize(
    ("value", "to_and_fro"), [(None, False), (0, False), (1, True), (7, False)]
)
def test_sweeping_plays_to_and_fro(value, to_and_fro):
    assert rate(preferred_playback_sequencing=value).to_and_fro is to_and_fro


@pytest.mark.parametrize(
    ("name", "source", "milliseconds"),
    [
        ("multiframe/HasFragmentSequence.dcm", "FrameTime", 33.0),
        ("multiframe/I_000001.dcm", "RecommendedDisplayFrameRate", 1000 / 33),
        ("multiframe/I_000007.dcm", "FrameTimeVector", 40.0),
    ],
)
def test_real_loops_play_as_they_say(corpus: Path, name, source, milliseconds):
    found = cine_rate(read_header(str(corpus / name)))
    assert found.source == source
    assert found.intervals_ms[0] == pytest.approx(milliseconds, abs=0.01)
