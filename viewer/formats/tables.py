"""Tables as files: CSV, JSON, Parquet and Excel's XLSX, written row after row in constant memory.

Rows are texts; a field says which of them are numbers. CSV is UTF-8 and holds every cell as one
line that no spreadsheet takes for a formula. JSON (RFC 8259) is a list of objects with the texts as
they are. In XLSX texts are texts, also those that begin like a formula. A number is one in JSON,
Parquet and XLSX; an empty cell is null, or no cell. A column of Parquet has one type: one with a
single value that is no number becomes text as a whole. What a cell means is left to others.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, BinaryIO, Literal, Protocol
from zipfile import ZIP_DEFLATED, ZipFile

from viewer.plain_text import csv_cell, plain_lines

Numeric = Literal["", "int", "float"]
ENDINGS = (".csv", ".json", ".parquet", ".xlsx")
_LARGEST_WHOLE = 1 << 63
_EXACT_IN_A_SHEET = 1 << 53
_ROW_GROUP = 10_000
_MOST_ROWS_OF_A_SHEET = 1_048_576
_MOST_COLUMNS_OF_A_SHEET = 16_384
_LONGEST_CELL = 32_767
_INSTALL = "{} needs {}, not installed: pip install pandas pyarrow openpyxl, or write CSV or JSON."


class TableError(Exception):
    """A table that cannot be written; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its title, and what kind of number its cells are meant to be."""

    title: str
    numeric: Numeric = ""


class TableWriter(Protocol):
    """Writes a table. What is not closed is not whole."""

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        """Write some more rows."""

    def close(self) -> None:
        """Write what ends the file, which is left open."""


def writer_for(name: str) -> Callable[[BinaryIO, Sequence[Field]], TableWriter]:
    """Give the writer that the end of a file's name asks for, with what it needs loaded.

    Parameters
    ----------
    name : str
        Of the file; what is needed while it is written goes into its folder.

    Raises
    ------
    TableError
        There is none, or it is not installed.
    """
    ending = next((one for one in ENDINGS if name.lower().endswith(one)), "")
    if not ending:
        raise TableError(f"A table ends in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}; name it so.")
    if ending == ".parquet":
        _import("pyarrow.parquet", "Parquet", "pyarrow")
        return partial(ParquetWriter, folder=os.path.dirname(os.path.realpath(name)))
    if ending == ".xlsx":
        _import("openpyxl", "XLSX", "openpyxl")
        return XlsxWriter
    return CsvWriter if ending == ".csv" else JsonWriter


def number_of(text: str, numeric: Numeric) -> int | float | None:
    """Give the number that a cell holds; None where it holds none, or one that is not finite."""
    if not text or not numeric or "_" in text or not text.isascii():
        return None
    try:
        if numeric == "int":
            whole = int(text) if "." not in text else int(float(text))
            if whole != float(text):
                return None
            return whole if -_LARGEST_WHOLE <= whole < _LARGEST_WHOLE else None
        value = float(text)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


class CsvWriter:
    """Writes CSV (RFC 4180) with titles, in UTF-8."""

    def __init__(self, file: BinaryIO, fields: Sequence[Field]) -> None:
        self._file = file
        self._text = io.StringIO(newline="")
        self._csv = csv.writer(self._text, lineterminator="\n")
        self._safe = lru_cache(1 << 14)(csv_cell)  # most cells are those of the row before
        self.write([[field.title for field in fields]])

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        """Write some more rows."""
        self._csv.writerows(map(self._safe, row) for row in rows)
        self._file.write(self._text.getvalue().encode("utf-8", "backslashreplace"))
        self._text.seek(0)
        self._text.truncate()

    def close(self) -> None:
        """Leave it as it is."""


class JsonWriter:
    """Writes a list of objects, a line each."""

    def __init__(self, file: BinaryIO, fields: Sequence[Field]) -> None:
        self._file, self._fields = file, tuple(fields)
        self._before = b"[\n"

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        """Write some more rows."""
        for row in rows:
            told = {
                field.title: _plain(cell, field)
                for field, cell in zip(self._fields, row, strict=True)
            }
            self._file.write(self._before + json.dumps(told).encode())
            self._before = b",\n"

    def close(self) -> None:
        """Write the end of the list."""
        self._file.write(b"[]\n" if self._before == b"[\n" else b"\n]\n")


class ParquetWriter:
    """Writes Parquet in groups of rows."""

    def __init__(self, file: BinaryIO, fields: Sequence[Field], folder: str | None = None) -> None:
        self._file, self._fields, self._folder = file, list(fields), folder
        self._rows: list[Sequence[str]] = []
        self._writer = self._begun(file)

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        """Write some more rows."""
        self._rows += rows
        if len(self._rows) >= _ROW_GROUP:
            self._flush()

    def close(self) -> None:
        """Write what is left, and the index."""
        self._flush()
        self._writer.close()

    def _begun(self, file: BinaryIO) -> Any:
        pyarrow, parquet = _import("pyarrow"), _import("pyarrow.parquet")
        kinds = {"": pyarrow.string(), "int": pyarrow.int64(), "float": pyarrow.float64()}
        schema = pyarrow.schema([(field.title, kinds[field.numeric]) for field in self._fields])
        return parquet.ParquetWriter(file, schema)

    def _flush(self) -> None:
        if not self._rows:
            return
        columns = list(zip(*self._rows, strict=True))
        turned = [
            place
            for place, field in enumerate(self._fields)
            if field.numeric
            and any(cell and number_of(cell, field.numeric) is None for cell in columns[place])
        ]
        if turned:
            self._turn_into_text(turned)
        schema = self._writer.schema
        arrays = [
            [_plain(_valid(cell), field) for cell in column]
            for field, column in zip(self._fields, columns, strict=True)
        ]
        self._writer.write_table(_import("pyarrow").table(arrays, schema=schema))
        self._rows = []

    def _turn_into_text(self, places: Sequence[int]) -> None:
        """Begin anew with some columns as text, and copy what was written, group by group."""
        for place in places:
            self._fields[place] = Field(self._fields[place].title)
        self._writer.close()
        parquet = _import("pyarrow.parquet")
        with tempfile.TemporaryFile(dir=self._folder) as former:
            self._file.seek(0)
            while piece := self._file.read(1 << 20):
                former.write(piece)
            self._file.seek(0)
            self._file.truncate()
            self._writer = self._begun(self._file)
            source = parquet.ParquetFile(former)
            for group in range(source.num_row_groups):
                self._writer.write_table(source.read_row_group(group).cast(self._writer.schema))


class XlsxWriter:
    """Writes a workbook of one sheet."""

    def __init__(self, file: BinaryIO, fields: Sequence[Field]) -> None:
        if len(fields) > _MOST_COLUMNS_OF_A_SHEET:
            raise TableError("An XLSX sheet has room for 16,384 columns; choose fewer, or CSV.")
        openpyxl = _import("openpyxl")
        self._file, self._fields, self._count = file, tuple(fields), 1
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet("Metadata")
        self._sheet.freeze_panes = "A2"
        self._cell = _import("openpyxl.cell").WriteOnlyCell
        self._sheet.append([self._text(field.title) for field in fields])

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        """Write some more rows."""
        for row in rows:
            self._count += 1
            if self._count > _MOST_ROWS_OF_A_SHEET:
                raise TableError(
                    "An XLSX sheet has room for 1,048,575 rows; choose fewer files, or CSV."
                )
            self._sheet.append(list(map(self._typed, row, self._fields)))

    def close(self) -> None:
        """Write the workbook."""
        writer = _import("openpyxl.writer.excel").ExcelWriter
        self._sheet.close()
        # opened here, as what openpyxl opens is left open where there is no room
        with ZipFile(self._file, "w", ZIP_DEFLATED) as archive:
            writer(self._book, archive).save()

    def _typed(self, cell: str, field: Field) -> object:
        value = number_of(cell, field.numeric)
        if value is not None and abs(value) <= _EXACT_IN_A_SHEET:
            return value
        return self._text(cell) if cell else None

    def _text(self, text: str) -> object:
        """Give a cell of text, whatever its beginning has been taken for."""
        # of controls, a sheet allows none
        cell = self._cell(self._sheet, value=plain_lines(text, _LONGEST_CELL))
        cell.data_type = "s"
        return cell


def _valid(cell: str) -> str:
    """Give a text without what is none: bytes of the name of a file, maybe."""
    return cell if cell.isascii() else cell.encode("utf-8", "replace").decode()


def _plain(cell: str, field: Field) -> str | int | float | None:
    """Give a cell as the number it is, else as text; None for an empty one."""
    value = number_of(cell, field.numeric)
    return value if value is not None else cell or None


def _import(module: str, what: str = "", package: str = "") -> Any:
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError as error:
        raise TableError(_INSTALL.format(what, package)) from error
