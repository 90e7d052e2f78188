"""Limits have names for people, say how they are raised, and take what people write."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from viewer.dicom.limits import DEFAULT_LIMITS, LIMIT_TITLES, Limits, with_limit


def test_each_limit_has_a_title() -> None:
    assert list(LIMIT_TITLES) == [field.name for field in fields(Limits)]


@pytest.mark.parametrize("name", LIMIT_TITLES)
def test_a_refusal_names_the_limit_the_files_value_and_how_to_raise_it(name: str) -> None:
    sentence = DEFAULT_LIMITS.refusal(name, "It has 7 of them")
    assert sentence.startswith("It has 7 of them; the limit is ")
    assert DEFAULT_LIMITS.shown(name) in sentence
    (given,) = re.findall(rf"--limit {name}=(\S+), for example", sentence)
    raised = getattr(with_limit(DEFAULT_LIMITS, name, given), name)
    assert raised == 2 * getattr(DEFAULT_LIMITS, name)


def test_the_value_that_a_refusal_proposes_is_in_the_limits_own_unit() -> None:
    assert "--limit frame_bytes=1GiB," in DEFAULT_LIMITS.refusal("frame_bytes", "It is large")
    assert "--limit decode_seconds=20," in DEFAULT_LIMITS.refusal("decode_seconds", "It is slow")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("frame_bytes", "1.5GiB", 3 << 29),
        ("frame_bytes", "1,000", 1000),
        ("frame_bytes", "100MB", 100_000_000),
        ("frame_bytes", "1 gb", 1_000_000_000),
        ("frame_bytes", "2kB", 2000),
        ("frame_bytes", "2kib", 2048),
        ("decode_seconds", "0.5", 0.5),
        ("decode_seconds", "0.1", 0.1),
        ("sequence_depth", "80", 80),
    ],
)
def test_a_limit_takes_what_people_write(name: str, text: str, value: float) -> None:
    assert getattr(with_limit(DEFAULT_LIMITS, name, text), name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("frames", "3"),
        ("decode_seconds", "5MiB"),
        ("frame_bytes", "0"),
        ("frame_bytes", "-1"),
        ("frame_bytes", "9" * 40),
        ("frame_bytes", "5iB"),
        ("sequence_depth", "many"),
        ("decode_seconds", "nan"),
    ],
)
def test_a_limit_refuses_what_makes_no_sense(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"^(There is no limit|\w+ takes a number|\w+ must be)"):
        with_limit(DEFAULT_LIMITS, name, text)


@pytest.mark.parametrize(
    ("name", "text", "bounds"),
    [
        ("decode_seconds", "0.0001", "at least 0.1 s, and at most 86,400 s"),
        ("frame_bytes", "2000000GiB", "at least 1, and at most 1,048,576 GiB"),
        ("elements_per_file", "0", "at least 1, and at most 1,000,000,000"),
    ],
)
def test_a_limit_that_would_not_hold_says_its_bounds(name: str, text: str, bounds: str) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be {bounds}\.$"):
        with_limit(DEFAULT_LIMITS, name, text)
