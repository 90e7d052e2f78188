"""A metadata table of 10,000 files as CSV: ours against a loop over pydicom with pandas.

The loop is what tutorials do: `dcmread` without pixels, the same 12 attributes of each, a
DataFrame, `to_csv`. Ours is the whole of `negato table -o` but the start of Python: finding the
files, a child process that is started and reads them, rows that are made safe and written. Files of
one series share most of their bytes, of which ours makes use; with the series in turn no two files
that follow one another do, as in a folder of exports: shown for comparison, without a goal.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pandas as pd
from pydicom import dcmread

from tests.benchmarks.archive import archive
from tests.benchmarks.measuring import Goal, Result, compare, watched
from viewer.commands.table_making import Query, TableMaker, write_rows
from viewer.dicom.inspection.columns import parse_columns
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.formats.tables import writer_for

_COLUMNS = (
    "PatientID",
    "PatientName",
    "StudyDate",
    "StudyDescription",
    "Modality",
    "SeriesNumber",
    "SeriesDescription",
    "InstanceNumber",
    "SliceThickness",
    "ImagePositionPatient",
    "SOPInstanceUID",
    "Rows",
)
_PEER = "pydicom and pandas"
_GOAL = Goal(ratio=8.0)


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Make the table of 20 series of 500 files, then of the same files in another order."""
    series, images, rounds = (2, 50, 2) if tiny else (20, 500, 3)
    root = archive(folder, series, images, nested=True)
    mixed = _mixed(folder / f"mixed-{series}x{images}", root)
    results, out = [], folder / "table.csv"
    for words, where, goal in (("", root, _GOAL), (", series in turn", mixed, Goal())):
        results += compare(
            f"Table of {series * images:,} files{words}",
            watched(partial(_ours, where, out)),
            {_PEER: watched(partial(_pydicom, where, out))},
            rounds,
            {_PEER: goal},
        )
    return results


def _mixed(folder: Path, root: Path) -> Path:
    """Give the files of a folder in one, of the series in turn."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        for series, below in enumerate(sorted({path.parent for path in root.rglob("IM*")})):
            for number, path in enumerate(sorted(below.iterdir())):
                os.link(path, folder / f"{number:05}-{series:03}")
    return folder


def _ours(root: Path, out: Path) -> None:
    query = Query((str(root),), parse_columns(_COLUMNS, "instance"))
    maker = TableMaker(query, DEFAULT_LIMITS, lambda _: None, lambda: False, str(out))
    write_rows(maker.rows(), query.fields(), str(out), writer_for(out.name), replace=True)


def _pydicom(root: Path, out: Path) -> None:
    rows = []
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        dataset = dcmread(path, stop_before_pixels=True)
        rows.append({name: getattr(dataset, name, None) for name in _COLUMNS})
    pd.DataFrame(rows).to_csv(out, index=False)
