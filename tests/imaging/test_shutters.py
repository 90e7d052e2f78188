"""Shutters leave exactly the pixels in sight that lie inside every shape."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viewer.imaging.shutters import Shutter, sees, visible

SQUARE = ((2.0, 3.0), (2.0, 7.0), (6.0, 7.0), (6.0, 3.0))
# corners on half pixels: no pixel is on an edge, where two ways to count may differ by rounding
corners = st.tuples(st.integers(-12, 42), st.integers(-12, 42)).map(
    lambda p: (p[0] / 2 + 0.26, p[1] / 2 + 0.26)
)


def inside(polygon, row: float, column: float) -> bool:
    """Count the edges to the left of a point, one by one."""
    count = 0
    for (r1, c1), (r2, c2) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if (r1 > row) != (r2 > row):
            count += c1 + (row - r1) / (r2 - r1) * (c2 - c1) < column
    return count % 2 == 1


def test_no_shape_hides_nothing():
    assert visible(Shutter(), 3, 4).all()


def test_a_rectangle_includes_its_edges():
    seen = visible(Shutter(rectangle=(1, 2, 3, 5)), 6, 8)
    assert seen[1:4, 2:6].all()
    assert seen.sum() == 3 * 4


def test_a_rectangle_around_the_frame_hides_nothing_and_one_beyond_it_everything():
    assert visible(Shutter(rectangle=(-1, -1, 99, 99)), 6, 8).all()
    assert not visible(Shutter(rectangle=(50, 50, 99, 99)), 6, 8).any()


def test_a_circle_includes_the_pixels_at_its_radius():
    seen = visible(Shutter(circle=(5, 6, 3)), 12, 14)
    row, column = np.mgrid[:12, :14]
    assert (seen == ((row - 5) ** 2 + (column - 6) ** 2 <= 9)).all()
    assert seen[5, 3]
    assert seen[8, 6]


def test_a_circle_may_have_its_centre_outside_the_frame():
    seen = visible(Shutter(circle=(-2, 3, 4)), 6, 6)
    assert seen[2, 3]
    assert not seen[3:].any()


def test_a_polygon_includes_its_edges_and_corners_whichever_way_it_runs():
    for polygon in (SQUARE, SQUARE[::-1], SQUARE[2:] + SQUARE[:2]):
        seen = visible(Shutter(polygon=polygon), 9, 10)
        assert seen[2:7, 3:8].all()
        assert seen.sum() == 25


def test_a_slanted_edge_includes_the_pixels_it_meets():
    seen = visible(Shutter(polygon=((0, 0), (6, 6), (6, 0))), 7, 7)
    assert (seen == np.tri(7, dtype=bool)).all()


def test_a_hollow_in_a_polygon_stays_hidden():
    seen = visible(Shutter(polygon=((0, 0), (0, 10), (10, 10), (5, 5), (10, 0))), 11, 11)
    assert seen[4, 5]
    assert not seen[8, 5]
    assert seen[8, 1]
    assert seen[8, 9]


@given(st.lists(corners, min_size=3, max_size=9))
def test_any_polygon_is_filled_by_the_even_odd_rule(polygon):
    seen = visible(Shutter(polygon=tuple(polygon)), 14, 16)
    expected = [[inside(polygon, row, column) for column in range(16)] for row in range(14)]
    differing = seen != np.array(expected)
    # a slanted edge may meet the centre of a pixel, which is then in sight
    assert seen[differing].all()
    for row, column in np.argwhere(differing):
        assert _on_an_edge(polygon, row, column)


def _on_an_edge(polygon, row: int, column: int) -> bool:
    point = np.array([row, column], float)
    for start, end in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        a, b = np.array(start), np.array(end)
        length = float((b - a) @ (b - a))
        share = float(np.clip((point - a) @ (b - a) / length, 0, 1)) if length else 0.0
        if np.hypot(*(point - a - share * (b - a))) < 1e-5:
            return True
    return False


def test_several_shapes_leave_only_what_is_inside_all_of_them():
    shutter = Shutter(rectangle=(0, 0, 5, 20), circle=(5, 5, 4), polygon=SQUARE)
    seen = visible(shutter, 12, 12)
    alone = [
        visible(Shutter(rectangle=shutter.rectangle), 12, 12),
        visible(Shutter(circle=shutter.circle), 12, 12),
        visible(Shutter(polygon=SQUARE), 12, 12),
    ]
    assert (seen == (alone[0] & alone[1] & alone[2])).all()
    assert seen.any()


@given(
    st.lists(st.tuples(st.integers(-3, 12), st.integers(-3, 12)), min_size=3, max_size=7),
    st.tuples(st.integers(-2, 8), st.integers(-2, 8), st.integers(1, 9)),
)
def test_one_pixel_asked_for_is_in_sight_where_the_whole_frame_has_it_so(polygon, circle):
    shutter = Shutter((1, 0, 7, 8), circle, tuple(polygon))
    seen = visible(shutter, 9, 10)
    assert [[sees(shutter, row, column) for column in range(10)] for row in range(9)] == [
        list(row) for row in seen
    ]


def test_positions_far_outside_are_no_error():
    far = float(1 << 31)
    polygon = ((-far, -far), (-far, far), (far, far), (far, -far))
    assert visible(Shutter(circle=(far, far, far), polygon=polygon), 5, 5).shape == (5, 5)
    assert visible(Shutter(polygon=polygon), 5, 5).all()
