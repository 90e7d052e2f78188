"""Limits have names for people, say how they are raised, and take what people write."""

from __future__ import annotations

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
    assert f"--limit {name}=N" in sentence


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("frame_bytes", "1.5GiB", 3 << 29),
        ("frame_bytes", "1,000", 1000),
        ("decode_seconds", "0.5", 0.5),
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
        ("sequence_depth", "many"),
        ("decode_seconds", "nan"),
    ],
)
def test_a_limit_refuses_what_makes_no_sense(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"^(There is no limit|\w+ takes a number|\w+ must be)"):
        with_limit(DEFAULT_LIMITS, name, text)
