"""A metadata table made: rows as they are read, filtered, gathered, sorted, handed on or written.

Rows of files come from child processes and go on in pieces, so that memory does not grow with
their number; to sort them, and to gather those of series, takes all that is in the result. How a
table is asked for and told of is the matter of `table`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from viewer.commands.controlled import Cancelled
from viewer.dicom.errors import NegatoError
from viewer.dicom.inspection.cells import SEPARATOR
from viewer.dicom.inspection.columns import Column, Level
from viewer.dicom.inspection.table_conditions import Condition, all_hold
from viewer.dicom.inspection.table_levels import Levels, key_columns
from viewer.dicom.inspection.table_rows import SCANNER, Row
from viewer.dicom.ledger import Notice, Skipped
from viewer.dicom.limits import Limits
from viewer.formats.tables import Field, TableError, TableWriter
from viewer.imaging.files import whole_file
from viewer.workers.scan import Stopped, scan_in_child

Rows = list[tuple[str, list[str]]]  # the path of a file, the first one of a series; the cells
Begin = Callable[[BinaryIO, Sequence[Field]], TableWriter]

_PIECE = 1000  # rows
# a file that was seen and has no row, which is no failure
_HARMLESS = frozenset(("not-dicom", "index", "viewer", "not-a-file", "duplicate", "archive"))


class WritingError(NegatoError):
    """A table that cannot be written."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for."""

    paths: tuple[str, ...]
    columns: tuple[Column, ...]
    level: Level = "instance"
    conditions: tuple[Condition, ...] = ()
    sort: Column | None = None
    descending: bool = False
    all_files: bool = False  # rows also of files that cannot be read

    def fields(self) -> list[Field]:
        """Give the columns as those who write tables take them."""
        return [Field(column.title, column.numeric) for column in self.columns]


@dataclass(slots=True)
class Told:
    """What was seen on the way."""

    files: int = 0  # that have been read
    rows: int = 0
    excluded: int = 0  # by conditions
    left_out: list[Skipped] = field(default_factory=list)
    failures: list[Skipped] = field(default_factory=list)  # those of them that should be read
    warnings: list[str] = field(default_factory=list)
    was_stopped: bool = False  # the search, before it had seen everything


class TableMaker:
    """Makes one table.

    Parameters
    ----------
    progress : callable
        Gets the number of files that were seen.
    is_stopped : callable
        Asked often; once it is true, `Cancelled` is raised.
    out : str
        Where the table is written; what is made there meanwhile is no file that was found.
    """

    def __init__(
        self,
        query: Query,
        limits: Limits,
        progress: Callable[[int], None],
        is_stopped: Callable[[], bool],
        out: str = "",
    ) -> None:
        self._query, self._limits = query, limits
        self._progress, self._is_stopped = progress, is_stopped
        self._folder = os.path.dirname(os.path.realpath(out)) if out else ""
        self.told = Told()
        self._keys = key_columns(query.level)
        of_conditions = [condition.column for condition in query.conditions]
        of_sort = [query.sort] if query.sort is not None else []
        others = [one for one in (*of_conditions, *of_sort) if one not in query.columns]
        # shown, then the others, then the keys, at the end where `Levels` has them
        self._read = (*query.columns, *dict.fromkeys(others), *self._keys)
        self._conditions = [(self._read.index(one.column), one) for one in query.conditions]

    def rows(self) -> Iterator[Rows]:
        """Give the rows in pieces.

        Raises
        ------
        Cancelled
        NegatoError
            There is none.
        """
        query = self._query
        pieces = self._of_files() if query.level == "instance" else self._gathered()
        if query.sort is not None:
            pieces = self._sorted(pieces, query.sort)
        shown = len(query.columns)
        for piece in pieces:
            self.told.rows += len(piece)
            yield [(path, cells[:shown]) for path, cells in piece]
        if not self.told.rows:
            raise NegatoError(self._why_nothing())

    def _of_files(self) -> Iterator[Rows]:
        """Give the rows of files that hold to the conditions."""
        named = frozenset(map(os.path.abspath, self._query.paths))
        batches = scan_in_child(
            self._query.paths,
            self._limits,
            self._is_stopped,
            SCANNER,
            kinds=(Row,),
            options=(self._read,),
        )
        with closing(batches):
            for batch in batches:
                rows: Rows = []
                items: Sequence[object] = batch
                for item in items:
                    if isinstance(item, Row):
                        self._take(item.path, item.cells.split(SEPARATOR), rows)
                    else:
                        self._hear(item, named, rows)
                if rows:
                    yield rows
                self._progress(self.told.files + len(self.told.left_out))
        if self._is_stopped():
            raise Cancelled

    def _take(self, path: str, cells: list[str], rows: Rows) -> None:
        if len(cells) != len(self._read):
            raise NegatoError("A helper process told something that is no row; try again.")
        self.told.files += 1
        if all_hold(self._conditions, cells):
            rows.append((path, cells))
        else:
            self.told.excluded += 1

    def _hear(self, item: object, named: frozenset[str], rows: Rows) -> None:
        if isinstance(item, Skipped):
            if self._is_own(item):
                return
            self.told.left_out.append(item)
            if item.kind not in _HARMLESS or (item.path in named and item.kind == "not-dicom"):
                self.told.failures.append(item)
            if self._query.all_files:
                cells = [_of_skipped(column, item) for column in self._read]
                if all_hold(self._conditions, cells):
                    rows.append((item.path, cells))
        elif isinstance(item, Notice):
            self.told.warnings.append(item.text)
            self.told.was_stopped |= isinstance(item, Stopped)

    def _is_own(self, item: Skipped) -> bool:
        """Tell the table itself, while it is written beside what is read."""
        is_beside = os.path.dirname(os.path.realpath(item.path)) == self._folder
        return is_beside and item.path.endswith(".part") and item.kind in ("not-dicom", "missing")

    def _gathered(self) -> Iterator[Rows]:
        levels = Levels(self._read[: len(self._read) - len(self._keys)], self._query.level)
        for piece in self._of_files():
            for path, cells in piece:
                levels.add(path, cells)
        rows = list(levels.rows())
        for start in range(0, len(rows), _PIECE):
            yield rows[start : start + _PIECE]

    def _sorted(self, pieces: Iterator[Rows], column: Column) -> Iterator[Rows]:
        place = self._read.index(column)
        rows = [row for piece in pieces for row in piece]
        filled = [row for row in rows if row[1][place]]
        filled.sort(key=lambda row: sort_key(row[1][place]), reverse=self._query.descending)
        rows = [*filled, *(row for row in rows if not row[1][place])]  # nothing comes last
        for start in range(0, len(rows), _PIECE):
            yield rows[start : start + _PIECE]

    def _why_nothing(self) -> str:
        if self.told.excluded:
            count = f"{self.told.excluded:,}"
            return (
                f"None of the {count} files holds to the conditions; there is no table of nothing."
            )
        if self.told.failures:
            first = self.told.failures[0]
            return f"There is no row. {first.path}: {first.reason}"
        return "No DICOM file was found; name files, folders, archives or discs that hold some."


def sort_key(cell: str) -> tuple[bool, float, str]:
    """Give what cells are sorted by: numbers by their size, then texts."""
    try:
        return False, float(cell), ""
    except ValueError:
        return True, 0.0, cell.casefold()


def write_rows(
    pieces: Iterator[Rows], fields: Sequence[Field], out: str, begin: Begin, *, replace: bool
) -> None:
    """Write a table, whole or not at all.

    Raises
    ------
    WritingError
        It cannot be written.
    Cancelled, NegatoError
        Of the rows.
    """
    try:
        with _temporary_files_in(os.path.dirname(os.path.realpath(out))):
            with whole_file(out, replace=replace) as file:
                _write(pieces, fields, file, begin)
    except TableError as error:
        raise WritingError(str(error)) from error
    except FileExistsError as error:
        raise WritingError(f"{out} exists; choose another name, or add --replace.") from error
    except OSError as error:
        reason = error.strerror or "the system refuses"
        raise WritingError(
            f"{out} cannot be written ({reason}); choose another place, or make room."
        ) from error


def _write(pieces: Iterator[Rows], fields: Sequence[Field], file: BinaryIO, begin: Begin) -> None:
    writer = begin(file, fields)
    for piece in pieces:
        writer.write([cells for _, cells in piece])
    writer.close()


@contextmanager
def _temporary_files_in(folder: str) -> Iterator[None]:
    """Have what libraries put aside put beside the table, whose owner may read it anyway."""
    former = tempfile.tempdir
    tempfile.tempdir = folder
    try:
        yield
    finally:
        tempfile.tempdir = former


def _of_skipped(column: Column, skipped: Skipped) -> str:
    match column.computed:
        case "path":
            return skipped.path
        case "file":
            return os.path.basename(skipped.path)
        case "status":
            return skipped.kind
        case "instances" | "series" | "frames":
            return "0"
    return ""
