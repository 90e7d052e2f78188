"""What goes from the tag tree to the clipboard: text, tables, JSON, Python.

Each takes a table and rows of it. JSON comes from the bytes of the file, which a child process
reads; all else is in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtGui import QGuiApplication

from viewer.dicom.tag_lines import csv_lines, python_lines
from viewer.dicom.tag_paths import outermost
from viewer.dicom.tags import Kind, TagTable, keyword_path, tag_text
from viewer.plain_text import csv_cell
from viewer.ui.tags.search_bar import Ask

MOST_ROWS = 2000  # of a text; `TagView` selects fewer at a time


def copy_values(table: TagTable, rows: Sequence[int]) -> None:
    """Copy values, whole and unchanged, one below the other."""
    _copy("\n".join(table.values[row] for row in rows))


def copy_rows(table: TagTable, rows: Sequence[int]) -> None:
    """Copy rows as tab-separated fields, one a line, none of them a formula."""
    _copy("\n".join(_tabbed(table, row) for row in rows))


def copy_paths(table: TagTable, rows: Sequence[int]) -> None:
    """Copy keyword paths, one a line."""
    _copy("\n".join(keyword_path(table, row) for row in rows))


def copy_csv(table: TagTable, rows: Sequence[int]) -> None:
    """Copy rows as CSV with titles."""
    _copy("".join(f"{line}\n" for line in csv_lines(table, rows)))


def copy_python(table: TagTable, rows: Sequence[int]) -> None:
    """Copy the pydicom expressions of rows, one a line."""
    _copy("\n".join(python_lines(table, rows)))


def copy_json(
    table: TagTable, rows: Sequence[int], ask: Ask, on_failure: Callable[[Any], None]
) -> None:
    """Copy rows, with all that is in them, in the DICOM JSON model."""

    def done(answer: object) -> None:
        if isinstance(answer, str):
            _copy(answer)
        else:
            on_failure(answer)

    task = "viewer.dicom.tag_json:json_of_rows"
    ask(table.path, task, (outermost(table, list(rows)),), done, None)


def _tabbed(table: TagTable, row: int) -> str:
    fields = (
        tag_text(int(table.tags[row])) if table.kinds[row] != Kind.NOTE else "",
        table.names[row],
        table.vrs[row],
        str(table.lengths[row]) if table.lengths[row] >= 0 else "",
        table.values[row],
    )
    return "\t".join(map(csv_cell, fields))  # for spreadsheets, as the tabs are


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
