"""``negato list``: the catalogue and the ledger, for people, as JSON, or as a table of files."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from viewer.dicom.catalogue import Catalogue, CatalogueBuilder, Skipped
from viewer.dicom.file_table import catalogue_csv
from viewer.dicom.listing import catalogue_json, catalogue_text
from viewer.plain_text import json_text, whole_line
from viewer.standard_streams import say
from viewer.workers.scan import Stopped, scan_in_child

_SEEN_OTHERWISE = ("duplicate", "index", "archive")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="file, folder, ZIP or disc")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="write JSON")
    form.add_argument("--csv", action="store_true", help="write a row a file, for a spreadsheet")


def run(arguments: argparse.Namespace) -> int:
    """List what the paths hold, and in any case what was skipped.

    1 where nothing can be shown, a path cannot be opened, or not all was searched.
    """
    builder = CatalogueBuilder(arguments.limits)
    stopped: list[str] = []
    for batch in scan_in_child(arguments.paths, arguments.limits):
        for item in batch:
            builder.add(item)
            if isinstance(item, Stopped):
                stopped.append(item.text)
    catalogue = builder.snapshot()
    failed = _failed(catalogue, arguments.paths)
    told = [*(f"{entry.path}: {entry.reason}" for entry in failed), *stopped]
    if not catalogue.patients and not told:
        told = [f"{', '.join(arguments.paths)}: {_why_nothing(catalogue.ledger.skipped)}"]
    if arguments.json:
        sys.stdout.write(json_text(catalogue_json(catalogue), indent=1) + "\n")
    elif arguments.csv:
        sys.stdout.write(catalogue_csv(catalogue))
    else:
        sys.stdout.write(catalogue_text(catalogue, told_elsewhere=frozenset(failed)))
    for sentence in told:
        say(f"negato: {whole_line(sentence)}")
    return 1 if told else 0


def _failed(catalogue: Catalogue, paths: list[str]) -> list[Skipped]:
    """Give what the user named and cannot be opened, or the only file where there is one."""
    skipped, named = catalogue.ledger.skipped, frozenset(map(os.path.abspath, paths))
    failed = [one for one in skipped if one.kind not in _SEEN_OTHERWISE and one.path in named]
    if failed or catalogue.patients:
        return failed
    files = [entry for entry in skipped if entry.kind != "archive"]
    return files if len(files) == 1 else []


def _why_nothing(skipped: Sequence[Skipped]) -> str:
    """Say why none of several files can be shown, by the reason of the first that may be DICOM."""
    files = [entry for entry in skipped if entry.kind not in ("archive", "index")]
    if not files:
        return "There are no files in it; choose what holds DICOM files."
    holds = f"This holds {len(files):,} files, none"
    first = next((entry for entry in files if entry.kind != "not-dicom"), None)
    if first is None:
        return f"{holds} is DICOM; choose what holds DICOM files."
    alike = all(entry.reason == first.reason for entry in files)
    which = "all" if alike else os.path.basename(first.path)
    return f"{holds} can be shown; {which} for this reason: {first.reason}"
