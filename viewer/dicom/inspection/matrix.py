"""The series matrix: what each attribute is in each frame of a stack, as plain values.

Attributes that are the same in all frames are folded to one value. Read in child processes by
`matrix_reader`, in parts that are joined here; shown by the command and the window.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NUMBER_VRS = frozenset("DS FD FL IS SL SS SV UL US UV".split())
_MOST_COMPONENTS = 32

Values = tuple[str | None, ...]  # None: the frame has no such attribute


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute over the frames.

    Attributes
    ----------
    path : str
        Keyword path, without the sequences of functional groups themselves:
        "PlanePositionSequence[0].ImagePositionPatient".
    tag : int
    vr, name : str
    grouped : bool
        It is of functional groups.
    values : tuple of str or None
        One where all frames have the same, else one for each frame.
    """

    path: str
    tag: int
    vr: str
    name: str
    grouped: bool
    values: Values

    @property
    def varies(self) -> bool:
        """Whether not all frames have the same."""
        return len(self.values) > 1

    def value(self, frame: int) -> str | None:
        """Give the value of one frame."""
        return self.values[frame if self.varies else 0]


@dataclass(frozen=True, slots=True)
class MatrixPart:
    """Some frames of a stack: their attributes, what was left out and what went wrong.

    Attributes
    ----------
    frames : int
    columns : tuple of Column
    bulk : tuple of str
        Paths of values that were left out because they are no text.
    unread : tuple of int and str
        Frames that could not be read, each with the reason.
    """

    frames: int
    columns: tuple[Column, ...]
    bulk: tuple[str, ...] = ()
    unread: tuple[tuple[int, str], ...] = ()


def joined(parts: Sequence[MatrixPart]) -> MatrixPart:
    """Put parts one after the other together."""
    if len(parts) == 1:
        return parts[0]
    frames, unread = 0, []
    found: dict[tuple[str, bool], list[Column | None]] = {}
    for place, part in enumerate(parts):
        unread += [(frames + frame, reason) for frame, reason in part.unread]
        frames += part.frames
        for column in part.columns:
            found.setdefault((column.path, column.grouped), [None] * len(parts))[place] = column
    columns = sorted(
        (_joined_column(parts, pieces) for pieces in found.values()),
        key=lambda column: (column.grouped, column.path if column.grouped else "", column.tag),
    )
    bulk = dict.fromkeys(path for part in parts for path in part.bulk)
    return MatrixPart(frames, tuple(columns), tuple(bulk), tuple(unread))


def _joined_column(parts: Sequence[MatrixPart], pieces: Sequence[Column | None]) -> Column:
    values: list[str | None] = []
    known: set[str | None] = set()
    for part, piece in zip(parts, pieces, strict=True):
        missing = {frame for frame, _ in part.unread}
        if len(missing) == part.frames:
            values += [None] * part.frames
        elif piece is not None and piece.varies:
            values += piece.values
            known.update(v for at, v in enumerate(piece.values) if at not in missing)
        else:
            value = piece.values[0] if piece is not None else None
            values += [None if at in missing else value for at in range(part.frames)]
            known.add(value)
    first = next(piece for piece in pieces if piece is not None)
    folded = tuple(values) if len(known) > 1 else tuple(known)
    return Column(first.path, first.tag, first.vr, first.name, first.grouped, folded)


def numbers_of(column_vr: str, values: Iterable[str | None]) -> NDArray[np.float64] | None:
    """Give values as numbers, shape (frames, components); None where they are none.

    NaN where a frame has no value, or fewer of them. Of other VRs, values count as numbers where
    each one is a number that is written as such: private ones often have no VR.
    """
    if column_vr not in NUMBER_VRS:
        return None
    rows: list[list[float]] = []
    for value in values:
        try:
            rows.append([float(part) for part in value.split("\\")] if value else [])
        except ValueError:
            return None
    widest = max(map(len, rows), default=0)
    if not 0 < widest <= _MOST_COMPONENTS:
        return None
    table = np.full((len(rows), widest), math.nan)
    for at, row in enumerate(rows):
        table[at, : len(row)] = row
    table[~np.isfinite(table)] = math.nan
    return table


def summary(column_vr: str, values: Sequence[str | None]) -> str:
    """Say how values differ: "-30 to 29.5, 60 different"."""
    told = [f"{len(set(values)):,} different"]
    numbers = numbers_of(column_vr, values)
    if numbers is not None:
        with_values = numbers[:, ~np.isnan(numbers).all(0)]
        ends = [
            f"{low:.6g} to {high:.6g}" if low != high else f"{low:.6g}"
            for low, high in zip(np.nanmin(with_values, 0), np.nanmax(with_values, 0), strict=True)
        ]
        if ends:
            told.insert(0, f"{' | '.join(ends[:3])}{' …' if len(ends) > 3 else ''}")
    missing = sum(value is None for value in values)
    return ", ".join([*told, *([f"missing in {missing:,}"] if missing else [])])
