"""The series matrix as a table for spreadsheets: a row a frame, a column an attribute."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TextIO

from viewer.dicom.inspection.frame_places import FramePlace
from viewer.dicom.inspection.matrix import MatrixPart
from viewer.plain_text import csv_cell

_PLACE = ("Frame", "File", "FrameOfFile", "PositionMm")


def write_csv(
    out: TextIO, part: MatrixPart, places: Sequence[FramePlace], *, varying: bool = False
) -> None:
    """Write the matrix: what varies first; ``varying``: that alone."""
    columns = sorted(part.columns, key=lambda column: not column.varies)
    if varying:
        columns = [column for column in columns if column.varies]
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_PLACE, *(csv_cell(column.path) for column in columns)])
    known: dict[str | None, str] = {None: ""}
    for at, place in enumerate(places):
        position = "" if place.position_mm is None else f"{place.position_mm:.6g}"
        row = [str(at + 1), csv_cell(place.path), str(place.frame + 1), position]
        for column in columns:
            value = column.value(at)
            cell = known.get(value)
            if cell is None:
                cell = csv_cell(value or "")
                if not column.varies:
                    known[value] = cell
            row.append(cell)
        writer.writerow(row)
