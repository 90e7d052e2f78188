"""Letters of images that say an orientation and no position."""

from __future__ import annotations

import pytest

from viewer.imaging.frame import FrameDescription
from viewer.imaging.geometry import FramePlane
from viewer.imaging.patient_orientation import direction_letters, edges_of
from viewer.imaging.turning import Turn, turned_description

MAMMOGRAM = FrameDescription(2, 3, patient_orientation=("A", "FL"))  # left MLO


def test_rows_and_columns_run_towards_their_letters() -> None:
    assert MAMMOGRAM.edge_letters == ("P", "A", "HR", "FL")


def test_a_plane_counts_before_patient_orientation() -> None:
    plane = FramePlane((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1))
    assert FrameDescription(2, 3, plane=plane, patient_orientation=("A", "F")).edge_letters == (
        "R",
        "L",
        "A",
        "P",
    )


@pytest.mark.parametrize(
    ("turn", "edges"),
    [
        (Turn(1), ("FL", "HR", "P", "A")),
        (Turn(2), ("A", "P", "FL", "HR")),
        (Turn(3), ("HR", "FL", "A", "P")),
        (Turn(0, mirrored=True), ("A", "P", "HR", "FL")),
        (Turn(1, mirrored=True), ("HR", "FL", "P", "A")),
    ],
)
def test_letters_turn_with_the_picture(turn: Turn, edges: tuple[str, ...]) -> None:
    assert turned_description(MAMMOGRAM, turn).edge_letters == edges


@pytest.mark.parametrize("text", ["", "RT", "HEAD", "<b>", "A B"])
def test_what_is_no_direction_of_a_biped_shows_nothing(text: str) -> None:
    assert direction_letters(text) == ""


def test_one_known_direction_is_shown_alone() -> None:
    assert edges_of("L", "") == ("R", "L", "", "")
