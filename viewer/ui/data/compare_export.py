"""The rows of a comparison as a file: CSV, or text for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from viewer.plain_text import csv_cell, plain_line
from viewer.ui.data.compare_model import Row

_TITLES = ("Path", "Difference", "Tag", "Name", "A", "B", "Note")
_LONGEST = 1024  # characters of a path or a value in a text


def as_file(rows: Sequence[Row], *, as_text: bool) -> bytes:
    """Give the bytes of the file; no cell of a CSV is a formula."""
    out = io.StringIO()
    if as_text:
        for row in rows:
            sign, tag, _, a, b, note = (plain_line(one, _LONGEST) for one in row.fields())
            path = plain_line(row.path, _LONGEST)
            out.write(f"{sign} {tag} {path}: {a}  |  {b}  {note}".rstrip() + "\n")
        return out.getvalue().encode()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_TITLES)
    for row in rows:
        writer.writerow([*map(csv_cell, (row.path, row.state, *row.fields()[1:]))])
    return out.getvalue().encode("utf-8-sig")
