"""``negato list``: the catalogue and the ledger, for people, as JSON, or as a table of files."""

from __future__ import annotations

import argparse
import os
import sys

from viewer.dicom.catalogue import Catalogue, CatalogueBuilder, Skipped
from viewer.dicom.errors import SourceError
from viewer.dicom.file_table import catalogue_csv
from viewer.dicom.listing import catalogue_json, catalogue_text
from viewer.plain_text import json_text, whole_line
from viewer.workers.scan import Stopped, scan_in_child


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="file, folder, ZIP or disc")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="write JSON")
    form.add_argument("--csv", action="store_true", help="write a row a file, for a spreadsheet")


def run(arguments: argparse.Namespace) -> int:
    """List what the paths hold. 1 where one cannot be opened, or not all was searched.

    Raises
    ------
    SourceError
        If nothing of DICOM is found.
    """
    builder = CatalogueBuilder(arguments.limits)
    stopped: list[str] = []
    for batch in scan_in_child(arguments.paths, arguments.limits):
        for item in batch:
            builder.add(item)
            if isinstance(item, Stopped):
                stopped.append(item.text)
    catalogue = builder.snapshot()
    absent = [entry for entry in catalogue.ledger.skipped if _given(entry, arguments.paths)]
    if not catalogue.patients:
        raise _nothing(arguments.paths, catalogue, absent)
    if arguments.json:
        sys.stdout.write(json_text(catalogue_json(catalogue), indent=1) + "\n")
    else:
        sys.stdout.write((catalogue_csv if arguments.csv else catalogue_text)(catalogue))
    for told in (*(f"{entry.path}: {entry.reason}" for entry in absent), *stopped):
        sys.stderr.write(f"negato: {whole_line(told)}\n")
    return 1 if absent or stopped else 0


def _given(entry: Skipped, paths: list[str]) -> bool:
    """Say whether a path that the user named could not be opened."""
    shown_elsewhere = entry.kind in ("duplicate", "index", "archive")
    return not shown_elsewhere and entry.path in map(os.path.abspath, paths)


def _nothing(paths: list[str], catalogue: Catalogue, absent: list[Skipped]) -> SourceError:
    if absent:
        return SourceError(absent[0].reason, absent[0].path, absent[0].kind)
    skipped = catalogue.ledger.skipped
    where = ", ".join(paths)
    if not skipped:
        return SourceError("The folder is empty; choose one that holds DICOM files.", where)
    if len(skipped) == 1:
        return SourceError(skipped[0].reason, skipped[0].path, skipped[0].kind)
    kinds = {entry.kind for entry in skipped}
    none = "is DICOM" if kinds == {"not-dicom"} else "can be shown"
    message = f"This holds {len(skipped):,} files, none {none}; choose what holds DICOM files."
    return SourceError(message, where, "not-dicom")
