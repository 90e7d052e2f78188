"""The rows of a metadata table: a row for each DICOM file that is found, or why there is none.

Runs in a child process, as all that interprets bytes of files. Three ways lead to the same row:
the files of a series are read by what they share (`series_template`), other plain ones are picked
from their first bytes (`table_quick`), all else is judged by `reading` and walked (`table_walk`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from viewer.dicom import elements, header_fields
from viewer.dicom.errors import HeaderError
from viewer.dicom.inspection.cells import SEPARATOR, cell_of, shortened
from viewer.dicom.inspection.columns import Column
from viewer.dicom.inspection.table_quick import (
    NUMBER_OF_FRAMES,
    SERIES_UID,
    Picked,
    Wanted,
    pick,
)
from viewer.dicom.inspection.table_series import Filled, SeriesMemory, encodings_in
from viewer.dicom.ledger import Notice, Skipped
from viewer.dicom.limits import Limits
from viewer.dicom.reading import HeaderReader
from viewer.dicom.regular_files import BELOW_A_FILE, open_descriptor, open_regular, system_error
from viewer.dicom.scanning import found_files, read_or_skip
from viewer.dicom.slow_media import Medium
from viewer.dicom.source_files import SourceFile
from viewer.dicom.transfer_syntaxes import transfer_syntax_name
from viewer.dicom.values import integer, text

SCANNER = "viewer.dicom.inspection.table_rows:scan"
_WINDOW, _LARGE_WINDOW = 16 << 10, 256 << 10
_OF_FILE = ("path", "file", "size")
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
class _Places:
    """Which columns come from where."""

    plain: dict[int, Filled] = field(default_factory=dict)  # by tag of the top level
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
        depth = limits.sequence_depth
        self._memory = SeriesMemory(self._places.plain, self._wanted, depth)
        self._own = [
            (place, columns[place].computed)
            for place in self._places.computed
            if columns[place].computed in _OF_FILE
        ]

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
        cells = self._memory.cells(window)
        if cells is not None:
            for place, name in self._own:
                cells[place] = _of_file(name, path, size)
            return cells
        picked = pick(window, size, self._wanted, self._limits.sequence_depth)
        if picked is None or _is_index(picked):
            return None
        cells = self._cells(picked, path, size)
        if picked.pixels_at is not None:
            self._memory.learn(window, picked, cells)
        return cells

    def _cells(self, picked: Picked, path: str, size: int) -> list[str]:
        cells = [""] * len(self._columns)
        encodings = encodings_in(picked)
        for tag, filled in self._places.plain.items():
            vr, raw = picked.values.get(tag, (None, b""))
            cell = cell_of(vr or filled.vr, raw, len(raw), "<", encodings)
            for place in filled.columns:
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
        vr, raw = picked.values.get(NUMBER_OF_FRAMES, (None, b""))
        frames = integer(raw, vr or b"IS") if raw else None
        has_pixels = picked.pixels_at is not None
        self._compute(cells, path, size, syntax, frames, has_pixels=has_pixels)
        return cells

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
                case "transfer_syntax":
                    cells[place] = transfer_syntax_name(syntax)
                case "frames":
                    cells[place] = str((frames or 1) if has_pixels else 0)
                case "status":
                    cells[place] = "read"
                case "instances" | "series":
                    cells[place] = "1"
                case name:
                    cells[place] = _of_file(name, path, size)

    def _read_wholly(self, path: str) -> Row:
        """Read the row of a file that is none of the plain ones, after it was judged."""
        header = self._headers.read(path)
        if header.sop_class_uid == elements.DICOMDIR_SOP_CLASS:
            raise HeaderError(_INDEX, path, "index")
        if self._on_slow is not None:
            self._on_slow(path)
        from viewer.dicom.fullread import telling
        from viewer.dicom.inspection.table_walk import cells_of_file

        plain = self._places.plain.values()
        order = [place for filled in plain for place in filled.columns] + self._places.walked
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


def _of_file(name: str, path: str, size: int) -> str:
    """Give what tells a file from others of its series."""
    if name == "size":
        return str(size)
    return shortened(path if name == "path" else os.path.basename(path))


def _is_index(picked: Picked) -> bool:
    sop_class = picked.values.get(header_fields.MEDIA_SOP_CLASS, (None, b""))[1]
    own = picked.values.get(header_fields.SOP_CLASS, (None, b""))[1]
    return elements.DICOMDIR_SOP_CLASS in (text(sop_class), text(own))


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
            filled = places.plain.get(step.tag)
            others = filled.columns if filled is not None else ()
            places.plain[step.tag] = Filled(column.vr.encode(), (*others, place))
    return places


def _wanted_of(places: _Places, walked: Sequence[Column]) -> Wanted:
    always = {header_fields.CHARACTER_SET, header_fields.SOP_CLASS, SERIES_UID, NUMBER_OF_FRAMES}
    first = [column.steps[0] for column in walked]
    context = {header_fields.CHARACTER_SET, header_fields.PIXEL_REPRESENTATION} if walked else set()
    return Wanted(
        meta=frozenset(tag for tag in places.plain if tag >> 16 == 2),
        values=frozenset(always | {tag for tag in places.plain if tag >> 16 > 2}),
        walked=frozenset({step.tag for step in first if not step.tag >> 16 & 1} | context),
        groups=frozenset(step.tag >> 16 for step in first if step.tag >> 16 & 1),
    )
