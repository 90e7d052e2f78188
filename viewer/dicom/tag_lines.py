"""Rows of a tag table as lines to take elsewhere: to a spreadsheet, to a script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from viewer.dicom.tag_paths import python_line
from viewer.dicom.tag_readable import readable
from viewer.dicom.tags import Kind, TagTable, keyword_path, tag_text
from viewer.plain_text import csv_cell

_CSV_TITLES = ("Tag", "Path", "Name", "VR", "Length", "Value", "Readable")


def csv_lines(table: TagTable, rows: Iterable[int]) -> Iterator[str]:
    """Give rows as lines of a CSV file, titles first; no cell is a formula."""
    yield _csv_line(_CSV_TITLES)
    for row in rows:
        in_file = table.kinds[row] < Kind.ITEM
        length = int(table.lengths[row])
        yield _csv_line(
            (
                tag_text(int(table.tags[row])) if in_file else "",
                keyword_path(table, row),
                table.names[row],
                table.vrs[row],
                str(length) if length >= 0 else "",
                table.values[row],
                readable(table, row),
            )
        )


def python_lines(table: TagTable, rows: Iterable[int]) -> Iterator[str]:
    """Give the Python expression of each row that is in the file."""
    return (python_line(table, row) for row in rows if table.kinds[row] != Kind.NOTE)


def _csv_line(cells: Iterable[str]) -> str:
    quoted = (csv_cell(cell).replace('"', '""') for cell in cells)
    return ",".join(f'"{cell}"' if set(cell) & set('",;') else cell for cell in quoted)
