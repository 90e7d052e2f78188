"""Rows of files made rows of series or studies: what is the same once, what differs counted.

A cell of several values gives the first ones and their number: "1; 2; 3 … (40 values)". Counts are
added up; of paths, the folder that all are below is given. What is kept grows with the number of
series and of different values, not of files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from viewer.dicom.inspection.columns import Column, Level, parse_column

_SHOWN = 3  # values of a cell
_KEYS: dict[Level, tuple[str, ...]] = {
    "instance": (),
    "series": ("StudyInstanceUID", "SeriesInstanceUID"),
    "study": ("StudyInstanceUID",),
}
_SERIES_UID = "SeriesInstanceUID"
_ADDED = frozenset(("size", "frames", "instances"))


def key_columns(level: Level) -> tuple[Column, ...]:
    """Give the columns that `Levels` needs behind those that are shown."""
    names = (*_KEYS[level], _SERIES_UID) if level == "study" else _KEYS[level]
    return tuple(map(parse_column, names))


@dataclass(slots=True)
class _Group:
    """What the files of one series, or study, say: for each column its values, or their sum."""

    values: list[dict[str, None]]
    sums: list[int]
    path: str
    series: set[str] = field(default_factory=set)


class Levels:
    """Gathers rows of files.

    Parameters
    ----------
    columns : sequence of Column
        Those that are shown; rows have `key_columns` behind them.
    """

    def __init__(self, columns: Sequence[Column], level: Level) -> None:
        self._columns = tuple(columns)
        self._keys = len(_KEYS[level])
        self._groups: dict[tuple[str, ...], _Group] = {}

    def add(self, path: str, cells: Sequence[str]) -> None:
        """Take the row of a file."""
        shown = len(self._columns)
        key = tuple(cells[shown : shown + self._keys])
        if not all(key):
            key = (*key, path)  # files without a UID are not one series
        group = self._groups.get(key)
        if group is None:
            empty: list[dict[str, None]] = [{} for _ in self._columns]
            group = self._groups[key] = _Group(empty, [0] * shown, path)
        group.series.add(cells[-1])
        for place, column in enumerate(self._columns):
            cell = cells[place]
            if column.computed in _ADDED:
                group.sums[place] += int(cell)
            elif column.computed == "path":  # not one for each file
                group.values[place] = {_common_folder([*group.values[place], cell]): None}
            else:
                group.values[place][cell] = None

    def rows(self) -> Iterator[tuple[str, list[str]]]:
        """Give a row for each, with the path of its first file, in the order of finding."""
        for group in self._groups.values():
            yield group.path, [self._cell(group, place) for place in range(len(self._columns))]

    def _cell(self, group: _Group, place: int) -> str:
        computed = self._columns[place].computed
        if computed in _ADDED:
            return str(group.sums[place])
        if computed == "series":
            return str(len(group.series))
        return _folded(list(group.values[place]))


def _folded(values: list[str]) -> str:
    if len(values) == 1:
        return values[0]
    shown = "; ".join(value or "(empty)" for value in values[:_SHOWN])
    return f"{shown}{' …' if len(values) > _SHOWN else ''} ({len(values):,} values)"


def _common_folder(paths: Sequence[str]) -> str:
    """Give the folder that files are below; of a single one, its path; "" on several drives."""
    try:
        return paths[0] if len(paths) == 1 else os.path.commonpath(paths)
    except ValueError:
        return ""
