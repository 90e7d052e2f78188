"""Rows of a series from what its files share: the quickest way of `table_rows`.

The files of a series differ in a handful of elements. Where all else is the same, byte for byte
(`series_template`), so are all cells but those that these elements fill.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from viewer.dicom import header_fields
from viewer.dicom.inspection.cells import cell_of
from viewer.dicom.inspection.table_quick import NUMBER_OF_FRAMES, SERIES_UID, Picked, Wanted
from viewer.dicom.series_template import (
    Element,
    SeriesTemplate,
    differences,
    elements_of,
    template_of,
)
from viewer.dicom.values import LONGEST_VALUE, encodings_of, texts

_FRUITLESS = 16  # files in a row that taught nothing: their series has too little in common
# what decides on the reader, or how other values are read
_DECISIVE = frozenset(
    (
        header_fields.CHARACTER_SET,
        header_fields.TRANSFER_SYNTAX,
        header_fields.MEDIA_SOP_CLASS,
        header_fields.SOP_CLASS,
        SERIES_UID,
        NUMBER_OF_FRAMES,
    )
)


@dataclass(frozen=True, slots=True)
class Filled:
    """The columns that the values of one attribute fill, and the VR of its dictionary entry."""

    vr: bytes
    columns: tuple[int, ...]


@dataclass(slots=True)
class _Series:
    """The last file that was picked whole, and what others of its series have in common with it."""

    uid: bytes
    window: bytes
    picked: Picked
    cells: list[str]
    listed: list[Element] | None = None
    differing: frozenset[int] = frozenset()
    template: SeriesTemplate | None = None
    gaps: tuple[tuple[int, bytes, tuple[int, ...]], ...] = ()  # place, VR, columns
    fruitless: int = 0


class SeriesMemory:
    """Remembers one series.

    Parameters
    ----------
    plain : dict
        By tag: what its values fill.
    depth : int
        Of sequences in one another that is followed.
    """

    def __init__(self, plain: dict[int, Filled], wanted: Wanted, depth: int) -> None:
        self._plain, self._wanted, self._depth = plain, wanted, depth
        self._series: _Series | None = None

    def cells(self, window: bytes) -> list[str] | None:
        """Give the cells of a file that is like the others; None where it may be another."""
        series = self._series
        matched = None
        if series is not None and series.template is not None:
            matched = series.template.match(window)
        if series is None or matched is None:
            return None
        places, _ = matched
        if not all(stop - start <= LONGEST_VALUE for start, stop in places):
            return None
        series.fruitless = 0
        encodings = encodings_in(series.picked)
        cells = series.cells.copy()
        for gap, vr, columns in series.gaps:
            start, stop = places[gap]
            cell = cell_of(vr, window[start:stop], stop - start, "<", encodings)
            for column in columns:
                cells[column] = cell
        return cells

    def learn(self, window: bytes, picked: Picked, cells: list[str]) -> None:
        """Find out what a file shares with the one before, if both are of one series."""
        series, uid = self._series, picked.values.get(SERIES_UID, (None, b""))[1]
        if series is None or series.uid != uid or not uid:
            self._series = _Series(uid, window, picked, cells)
            return
        if series.fruitless > _FRUITLESS:
            return
        series.fruitless += 1
        if series.listed is None:
            series.listed = self._listed(series.window, series.picked)
        listed = self._listed(window, picked)
        if listed is None or series.listed is None:
            return
        differing = differences(series.window, series.listed, window, listed)
        if differing is None:  # other elements: perhaps those that follow are like this one
            fruitless = series.fruitless
            self._series = _Series(uid, window, picked, cells, listed, fruitless=fruitless)
            return
        self._renew_template(series, series.listed, series.differing | differing)

    def _listed(self, window: bytes, picked: Picked) -> list[Element] | None:
        stop = picked.pixels_at or 0
        return elements_of(window, stop, implicit=picked.implicit, depth=self._depth)

    def _renew_template(
        self, series: _Series, listed: Sequence[Element], differing: frozenset[int]
    ) -> None:
        tags = {listed[place].tag for place in differing}
        wanted = self._wanted
        is_walked = any(tag in wanted.walked or tag >> 16 in wanted.groups for tag in tags)
        if is_walked or tags & _DECISIVE:
            return
        template = template_of(series.window, list(listed), differing, self._depth)
        if template is None:
            return
        series.differing, series.template = differing, template
        series.gaps = tuple(
            (gap, found.vr or filled.vr, filled.columns)
            for gap, found in enumerate(template.gaps)
            if (filled := self._plain.get(found.tag)) is not None
        )


def encodings_in(picked: Picked) -> tuple[str, ...]:
    """Give Python's names of the character sets of a file."""
    return _encodings(picked.values.get(header_fields.CHARACTER_SET, (None, b""))[1])


@lru_cache(16)
def _encodings(character_set: bytes) -> tuple[str, ...]:
    return tuple(encodings_of(texts(character_set)))
