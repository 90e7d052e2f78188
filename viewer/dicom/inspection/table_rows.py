"""The rows of a metadata table: a row for each DICOM file that is found, or why there is none.

Runs in a child process, as all that interprets bytes of files. Three ways lead to the same row:
the files of a series are read by what they share (`series_template`), other plain ones are picked
from their first bytes (`table_quick`), all else is judged by `reading` and walked (`table_walk`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

from viewer.dicom import elements, header_fields
from viewer.dicom.errors import HeaderError
from viewer.dicom.inspection.cells import SEPARATOR, cell_of, shortened
from viewer.dicom.inspection.columns import Column
from viewer.dicom.inspection.table_quick import Picked, Wanted, pick
from viewer.dicom.ledger import Notice, Skipped
from viewer.dicom.limits import Limits
from viewer.dicom.reading import HeaderReader
from viewer.dicom.regular_files import BELOW_A_FILE, open_descriptor, open_regular, system_error
from viewer.dicom.scanning import found_files, read_or_skip
from viewer.dicom.series_template import (
    Element,
    SeriesTemplate,
    differences,
    elements_of,
    template_of,
)
from viewer.dicom.slow_media import Medium
from viewer.dicom.source_files import SourceFile
from viewer.dicom.transfer_syntaxes import transfer_syntax_name
from viewer.dicom.values import encodings_of, integer, text, texts

SCANNER = "viewer.dicom.inspection.table_rows:scan"
_WINDOW, _LARGE_WINDOW = 16 << 10, 256 << 10
_FRUITLESS = 16  # files in a row that taught nothing: their series has too little in common
_SERIES_UID, _FRAMES = 0x0020000E, 0x00280008
_PIXEL_REPRESENTATION = header_fields.PIXEL_REPRESENTATION
# what decides on the reader, and how other values are read
_DECISIVE = frozenset(
    (
        header_fields.CHARACTER_SET,
        header_fields.TRANSFER_SYNTAX,
        header_fields.MEDIA_SOP_CLASS,
        _SERIES_UID,
    )
)
_INDEX = "The index of a disc; it names files and holds no images."


@dataclass(frozen=True, slots=True)
class Row:
    """A file: its cells, joined by `SEPARATOR`."""

    path: str
    cells: str


def scan(
    paths: Sequence[str],
    limits: Limits,
    skip_paths: frozenset[str],
    on_slow: Callable[[str], None] | None,
    columns: tuple[Column, ...],
) -> Iterator[Row | Skipped | Notice]:
    """Find files as `scanning.found_files` does, and give a row or a reason for each."""
    read = partial(read_or_skip, RowReader(columns, limits, on_slow).read)
    medium = Medium()
    for item in found_files(paths, limits):
        if isinstance(item, SourceFile):
            if item.path not in skip_paths:
                yield medium.timed(lambda path: read(path, limits), item.path)
        elif isinstance(item, Skipped | Notice):
            yield item


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
    filled: tuple[tuple[int, bytes, tuple[int, ...]], ...] = ()  # gap, VR, the columns from it
    fruitless: int = 0


@dataclass(slots=True)
class _Places:
    """Which columns come from where."""

    plain: dict[int, list[int]] = field(default_factory=dict)  # by tag of the top level
    walked: list[int] = field(default_factory=list)
    computed: list[int] = field(default_factory=list)


class RowReader:
    """Reads the row of one file after another; quickest where they are of one series.

    Not to be shared between threads.

    Parameters
    ----------
    on_slow : callable, optional
        Called with the path of a file before pydicom, or a walk over all of it, is let loose on it.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        limits: Limits,
        on_slow: Callable[[str], None] | None = None,
    ) -> None:
        self._columns = tuple(columns)
        self._limits, self._on_slow = limits, on_slow
        self._places = _places_of(columns)
        self._walked = [columns[place] for place in self._places.walked]
        self._wanted = _wanted_of(self._places, self._walked)
        self._headers = HeaderReader(limits, on_slow)
        self._series: _Series | None = None

    def read(self, path: str) -> Row:
        """Read the row of one file.

        Raises
        ------
        HeaderError
            As `HeaderReader.read`.
        """
        try:
            try:
                descriptor, status = open_descriptor(path)
            except BELOW_A_FILE:
                return self._read_wholly(path)
            try:
                window = os.read(descriptor, _WINDOW)
                cells = self._read(window, path, status.st_size)
                if cells is None and status.st_size > len(window) and window[128:132] == b"DICM":
                    os.lseek(descriptor, 0, os.SEEK_SET)
                    cells = self._read(os.read(descriptor, _LARGE_WINDOW), path, status.st_size)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise system_error(path, error) from error
        return self._read_wholly(path) if cells is None else _row(path, cells)

    def _read(self, window: bytes, path: str, size: int) -> list[str] | None:
        """Give the cells from the first bytes of a file; None where they do not tell."""
        series = self._series
        if series is not None and series.template is not None:
            matched = series.template.match(window)
            if matched is not None:
                series.fruitless = 0
                return self._like_the_series(series, window, matched[0], path, size)
        picked = pick(window, size, self._wanted, self._limits.sequence_depth)
        if picked is None or _is_index(picked):
            return None
        cells = self._cells(picked, path, size)
        if picked.pixels_at is not None:
            self._learn(window, picked, cells)
        return cells

    def _cells(self, picked: Picked, path: str, size: int) -> list[str]:
        cells = [""] * len(self._columns)
        character_set = picked.values.get(header_fields.CHARACTER_SET, (None, b""))[1]
        encodings = _encodings(character_set)
        for tag, places in self._places.plain.items():
            vr, raw = picked.values.get(tag, (None, b""))
            cell = cell_of(self._vr(vr, places[0]), raw, len(raw), "<", encodings)
            for place in places:
                cells[place] = cell
        if self._walked and picked.slices:
            # with pydicom's dictionaries, which few tables need
            from viewer.dicom.inspection.table_walk import cells_of_elements

            found = cells_of_elements(
                picked.slices, self._walked, self._limits, implicit=picked.implicit
            )
            for place, cell in zip(self._places.walked, found, strict=True):
                cells[place] = cell
        syntax = text(picked.values[header_fields.TRANSFER_SYNTAX][1])
        vr, raw = picked.values.get(_FRAMES, (None, b""))
        frames = integer(raw, vr or b"IS") if raw else None
        has_pixels = picked.pixels_at is not None
        self._compute(cells, path, size, syntax, frames, has_pixels=has_pixels)
        return cells

    def _vr(self, written: bytes | None, place: int) -> bytes:
        return written or self._columns[place].vr.encode()

    def _compute(
        self,
        cells: list[str],
        path: str,
        size: int,
        syntax: str,
        frames: int | None,
        *,
        has_pixels: bool,
    ) -> None:
        """Fill the cells of computed columns."""
        for place in self._places.computed:
            match self._columns[place].computed:
                case "path":
                    cells[place] = shortened(path)
                case "file":
                    cells[place] = shortened(os.path.basename(path))
                case "size":
                    cells[place] = str(size)
                case "transfer_syntax":
                    cells[place] = transfer_syntax_name(syntax)
                case "frames":
                    cells[place] = str((frames or 1) if has_pixels else 0)
                case "status":
                    cells[place] = "read"
                case _:  # instances, series
                    cells[place] = "1"

    def _like_the_series(
        self,
        series: _Series,
        window: bytes,
        places: Sequence[tuple[int, int]],
        path: str,
        size: int,
    ) -> list[str]:
        """Give the cells of a file that fits the template: those of another but for its gaps."""
        cells = series.cells.copy()
        character_set = series.picked.values.get(header_fields.CHARACTER_SET, (None, b""))[1]
        encodings = _encodings(character_set)
        for gap, vr, columns in series.filled:
            start, stop = places[gap]
            cell = cell_of(vr, window[start:stop], stop - start, "<", encodings)
            for place in columns:
                cells[place] = cell
        for place in self._places.computed:
            if self._columns[place].computed in ("path", "file", "size"):
                self._compute_own(cells, place, path, size)
        return cells

    def _compute_own(self, cells: list[str], place: int, path: str, size: int) -> None:
        name = self._columns[place].computed
        of_path = path if name == "path" else os.path.basename(path)
        cells[place] = str(size) if name == "size" else shortened(of_path)

    def _learn(self, window: bytes, picked: Picked, cells: list[str]) -> None:
        """Find out what the file shares with the one before, if both are of one series."""
        series, uid = self._series, picked.values.get(_SERIES_UID, (None, b""))[1]
        if series is None or series.uid != uid or not uid:
            self._series = _Series(uid, window, picked, cells)
            return
        if series.fruitless > _FRUITLESS:
            return
        series.fruitless += 1
        depth = self._limits.sequence_depth
        if series.listed is None:
            stop = series.picked.pixels_at or 0
            implicit = series.picked.implicit
            series.listed = elements_of(series.window, stop, implicit=implicit, depth=depth)
        listed = elements_of(window, picked.pixels_at or 0, implicit=picked.implicit, depth=depth)
        if listed is None or series.listed is None:
            return
        differing = differences(series.window, series.listed, window, listed)
        if differing is None:  # other elements: perhaps those that follow are like this one
            fruitless = series.fruitless
            self._series = _Series(uid, window, picked, cells, listed, fruitless=fruitless)
            return
        self._renew_template(series, series.differing | differing)

    def _renew_template(self, series: _Series, differing: frozenset[int]) -> None:
        listed = series.listed or []
        tags = {listed[place].tag for place in differing}
        wanted = self._wanted
        is_walked = any(tag in wanted.walked or tag >> 16 in wanted.groups for tag in tags)
        if is_walked or tags & _DECISIVE or _FRAMES in tags:
            return
        template = template_of(series.window, listed, differing, self._limits.sequence_depth)
        if template is None:
            return
        series.differing, series.template = differing, template
        series.filled = tuple(
            (gap, self._vr(found.vr, places[0]), tuple(places))
            for gap, found in enumerate(template.gaps)
            if (places := self._places.plain.get(found.tag))
        )

    def _read_wholly(self, path: str) -> Row:
        """Read the row of a file that is none of the plain ones, after it was judged."""
        header = self._headers.read(path)
        if header.sop_class_uid == elements.DICOMDIR_SOP_CLASS:
            raise HeaderError(_INDEX, path, "index")
        if self._on_slow is not None:
            self._on_slow(path)
        from viewer.dicom.fullread import telling
        from viewer.dicom.inspection.table_walk import cells_of_file

        order = [*(place for places in self._places.plain.values() for place in places)]
        order += self._places.walked
        columns = [self._columns[place] for place in order]
        cells = [""] * len(self._columns)
        with telling(path, self._limits), open_regular(path, self._limits) as file:
            found = cells_of_file(file, path, self._limits, columns)
        for place, cell in zip(order, found, strict=True):
            cells[place] = cell
        self._compute(
            cells,
            path,
            header.size,
            header.transfer_syntax_uid,
            header.number_of_frames,
            has_pixels=header.pixel_data_tag is not None,
        )
        return _row(path, cells)


def _row(path: str, cells: list[str]) -> Row:
    return Row(path, SEPARATOR.join(cells))


def _is_index(picked: Picked) -> bool:
    sop_class = picked.values.get(header_fields.MEDIA_SOP_CLASS, (None, b""))[1]
    own = picked.values.get(header_fields.SOP_CLASS, (None, b""))[1]
    return elements.DICOMDIR_SOP_CLASS in (text(sop_class), text(own))


@lru_cache(16)
def _encodings(character_set: bytes) -> tuple[str, ...]:
    return tuple(encodings_of(texts(character_set)))


def _places_of(columns: Sequence[Column]) -> _Places:
    """Tell the columns that the quick reader can read from those that need a walk."""
    places = _Places()
    for place, column in enumerate(columns):
        step = column.steps[0] if column.steps else None
        if step is None:
            places.computed.append(place)
        elif len(column.steps) > 1 or step.tag >> 16 & 1 or column.vr in ("", "SQ"):
            places.walked.append(place)
        elif " or " in column.vr:
            places.walked.append(place)
        else:
            places.plain.setdefault(step.tag, []).append(place)
    return places


def _wanted_of(places: _Places, walked: Sequence[Column]) -> Wanted:
    always = {header_fields.CHARACTER_SET, header_fields.SOP_CLASS, _SERIES_UID, _FRAMES}
    first = [column.steps[0] for column in walked]
    context = {header_fields.CHARACTER_SET, _PIXEL_REPRESENTATION} if walked else set()
    return Wanted(
        meta=frozenset(tag for tag in places.plain if tag >> 16 == 2),
        values=frozenset(always | {tag for tag in places.plain if tag >> 16 > 2}),
        walked=frozenset({step.tag for step in first if not step.tag >> 16 & 1} | context),
        groups=frozenset(step.tag >> 16 for step in first if step.tag >> 16 & 1),
    )
