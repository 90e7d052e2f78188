from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.imaging.geometry import (
    FramePlane,
    cross,
    directions,
    dot,
    edge_letters,
    frame_point_to_lps,
    orientation_letters,
    plane_name,
    volume_affine,
    volume_order,
)

AXIAL = FramePlane((-10.0, -20.0, 5.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (2.0, 0.5))

angles = st.floats(-math.pi, math.pi)
lengths = st.floats(-500.0, 500.0)


def rotation(a: float, b: float, c: float) -> np.ndarray:
    def turn(i: int, j: int, angle: float) -> np.ndarray:
        matrix = np.eye(3)
        matrix[i, i] = matrix[j, j] = math.cos(angle)
        matrix[i, j], matrix[j, i] = -math.sin(angle), math.sin(angle)
        return matrix

    return turn(0, 1, a) @ turn(1, 2, b) @ turn(0, 1, c)


@st.composite
def planes(draw: st.DrawFn) -> FramePlane:
    turned = rotation(draw(angles), draw(angles), draw(angles))
    position = (draw(lengths), draw(lengths), draw(lengths))
    spacing = (draw(st.floats(0.05, 10.0)), draw(st.floats(0.05, 10.0)))
    return FramePlane(position, tuple(turned[:, 0]), tuple(turned[:, 1]), spacing)


def moved(plane: FramePlane, mm: float) -> FramePlane:
    position = tuple(p + mm * n for p, n in zip(plane.position_lps, plane.normal_lps, strict=True))
    return FramePlane(
        position, plane.row_direction_lps, plane.column_direction_lps, plane.spacing_rc_mm
    )


@pytest.mark.parametrize(
    ("direction", "letters"),
    [
        ((1, 0, 0), "L"),
        ((-1, 0, 0), "R"),
        ((0, 1, 0), "P"),
        ((0, -1, 0), "A"),
        ((0, 0, 1), "H"),
        ((0, 0, -1), "F"),
        ((0.9, -0.43, 0.0), "LA"),
        ((0.5, -0.7, 0.6), "AHL"),
        ((0.999, 0.04, 0.0), "L"),
        ((0, 0, 0), ""),
        ((math.nan, 0, 0), ""),
    ],
)
def test_letters_name_the_sides_of_the_patient(direction, letters):
    assert orientation_letters(direction) == letters


def test_edges_of_an_axial_slice_show_the_patient_from_the_feet():
    assert edge_letters(AXIAL) == ("R", "L", "A", "P")


def test_edges_of_a_patient_lying_on_the_side_follow_the_directions():
    lying = FramePlane((0.0, 0.0, 0.0), (0.0, -1.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0))
    assert edge_letters(lying) == ("P", "A", "R", "L")


@pytest.mark.parametrize(
    ("position", "orientation", "letters"),
    [
        # rows and columns of an axial slice as scanners write them, by PatientPosition
        ("HFS", (1, 0, 0, 0, 1, 0), "RLAP"),
        ("FFS", (1, 0, 0, 0, 1, 0), "RLAP"),
        ("HFP", (-1, 0, 0, 0, -1, 0), "LRPA"),
        ("FFP", (-1, 0, 0, 0, -1, 0), "LRPA"),
        ("HFDR", (0, -1, 0, 1, 0, 0), "PARL"),
        ("HFDL", (0, 1, 0, -1, 0, 0), "APLR"),
        ("FFDR", (0, -1, 0, 1, 0, 0), "PARL"),
        ("FFDL", (0, 1, 0, -1, 0, 0), "APLR"),
        ("coronal, feet up", (1, 0, 0, 0, 0, 1), "RLFH"),
        ("sagittal", (0, 1, 0, 0, 0, -1), "APHF"),
    ],
)
def test_letters_come_from_the_directions_in_every_patient_position(position, orientation, letters):
    row, column = directions(orientation)
    assert "".join(edge_letters(FramePlane((0, 0, 0), row, column, (1, 1)))) == letters, position


def test_an_oblique_plane_has_double_letters():
    row, column = directions((0.9063, 0.4226, 0.0, 0.0, 0.0, -1.0))
    plane = FramePlane((0.0, 0.0, 0.0), row, column, (1.0, 1.0))
    assert edge_letters(plane) == ("RA", "LP", "H", "F")
    row, column = directions((0.9063, 0.4226, 0.0, 0.3, -0.6434, -0.7044))
    tilted = FramePlane((0.0, 0.0, 0.0), row, column, (1.0, 1.0))
    assert edge_letters(tilted) == ("RA", "LP", "HPR", "FAL")


def test_point_of_a_frame_uses_row_spacing_down_and_column_spacing_along():
    assert frame_point_to_lps(AXIAL, (3.0, 4.0)) == (-8.0, -14.0, 5.0)


@pytest.mark.parametrize(
    "values",
    [
        (),
        (1, 0, 0, 0, 1),
        (0, 0, 0, 0, 0, 0),
        (1, 0, 0, 1, 0, 0),
        (1, 0, 0, 0.5, 0.866, 0),
        (1, 0, 0, 0, math.nan, 0),
        (1, 0, 0, 0, math.inf, 0),
        (200, 0, 0, 0, 200, 0),
    ],
)
def test_orientation_that_is_no_right_angle_is_no_geometry(values):
    assert directions(values) is None


def test_rounded_directions_become_unit_vectors():
    pair = directions((0.94, 0.342, 0.0, -0.342, 0.94, 0.0))
    assert pair is not None
    assert math.isclose(dot(pair[0], pair[0]), 1.0)
    assert math.isclose(dot(pair[1], pair[1]), 1.0)


@pytest.mark.parametrize(
    ("normal", "name"),
    [
        ((0, 0, 1), "axial"),
        ((0, 0, -1), "axial"),
        ((1, 0, 0), "sagittal"),
        ((0, 1, 0), "coronal"),
        ((0, 0.5, 0.86), "oblique axial"),
    ],
)
def test_planes_have_the_names_readers_use(normal, name):
    assert plane_name(normal) == name


@given(planes(), lengths, lengths)
def test_every_point_of_a_frame_lies_at_its_position_along_the_normal(plane, row, column):
    point = frame_point_to_lps(plane, (row, column))
    assert dot(point, plane.normal_lps) == pytest.approx(
        dot(plane.position_lps, plane.normal_lps), abs=1e-6
    )


@given(planes())
def test_opposite_edges_have_opposite_letters(plane):
    opposite = str.maketrans("LRAPHF", "RLPAFH")
    left, right, top, bottom = edge_letters(plane)
    assert left == right.translate(opposite)
    assert top == bottom.translate(opposite)
    assert 1 <= len(right) <= 3


@given(planes(), st.integers(2, 40), st.floats(0.1, 20.0), st.integers(0, 5), st.integers(0, 5))
def test_volume_matrix_puts_voxels_where_their_frames_are(plane, count, step, row, column):
    stack = [moved(plane, i * step) for i in range(count)]
    voxel = volume_affine(stack) @ np.array([count - 1, row, column, 1.0])
    expected = frame_point_to_lps(stack[-1], (row, column))
    assert voxel[:3] == pytest.approx(expected, abs=1e-6)


@given(planes(), st.permutations(range(12)))
def test_volume_order_is_the_same_whatever_order_frames_are_read_in(plane, order):
    stack = [moved(plane, i * 2.5) for i in order]
    assert [order[i] for i in volume_order(stack)] == list(range(12))


@given(planes(), st.integers(2, 12), st.floats(0.1, 20.0))
def test_a_stack_read_against_its_normal_makes_the_same_volume(plane, count, step):
    along = [moved(plane, i * step) for i in range(count)]
    against = along[::-1]
    turned = volume_affine([against[i] for i in volume_order(against)])
    assert np.allclose(turned, volume_affine(along), atol=1e-9)
    assert dot(tuple(turned[:3, 0]), plane.normal_lps) > 0


def test_a_volume_of_one_frame_steps_along_the_normal():
    assert volume_affine([AXIAL])[:3, 0].tolist() == [0.0, 0.0, 1.0]


def test_a_volume_of_nothing_is_refused():
    assert volume_order([]) == ()
    with pytest.raises(ValueError, match="at least one"):
        volume_affine([])


@given(planes())
def test_normal_is_the_right_hand_of_row_and_column(plane):
    normal = cross(plane.row_direction_lps, plane.column_direction_lps)
    assert dot(normal, normal) == pytest.approx(1.0)
    assert dot(normal, plane.row_direction_lps) == pytest.approx(0.0, abs=1e-9)
