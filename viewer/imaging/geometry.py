"""Where a frame lies in the patient: plane geometry, orientation letters."""

from __future__ import annotations

from dataclasses import dataclass

Vector3 = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class FramePlane:
    """The plane of one frame in patient space (LPS, mm). PS3.3 C.7.6.2.1.1.

    ``row_direction_lps`` runs along a row (towards higher column numbers),
    ``column_direction_lps`` down a column. Both are unit vectors.
    ``spacing_rc_mm`` is (between rows, between columns).
    """

    position_lps: Vector3
    row_direction_lps: Vector3
    column_direction_lps: Vector3
    spacing_rc_mm: tuple[float, float]
