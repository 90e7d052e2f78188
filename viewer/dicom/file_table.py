"""Every file seen as a row of a table: whose it is and where it is shown, or why not.

The catalogue as a tree is `listing`'s matter.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator

from viewer.dicom.catalogue import Catalogue
from viewer.plain_text import csv_cell

_TITLES = (
    "path",
    "status",
    "reason",
    "patient_name",
    "patient_id",
    "study_date",
    "study_description",
    "modality",
    "series_number",
    "series_description",
    "stack",
)


def catalogue_csv(catalogue: Catalogue) -> str:
    """Give a row a file as CSV (RFC 4180) with titles.

    ``status`` is "shown", or the ledger's kind of reason; ``study_date`` is
    ISO 8601, or empty where it is no date. All text is printable, a line at
    most, and no formula: names as they are, whatever they hold, are in
    `listing.catalogue_json`.
    """
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(_TITLES)
    for row in _rows(catalogue):
        table.writerow(map(csv_cell, row))
    return written.getvalue()


def _rows(catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    listed: set[str] = set()
    for patient in catalogue.patients:
        for study in patient.studies:
            for series in study.series:
                for stack in series.stacks:
                    for header in stack.headers:
                        if header.path in listed:
                            continue
                        listed.add(header.path)
                        yield (
                            header.path,
                            "shown",
                            "",
                            patient.name,
                            patient.id,
                            _iso_date(study.date),
                            study.description,
                            series.modality,
                            "" if series.number is None else str(series.number),
                            series.description,
                            stack.kind,
                        )
    for skipped in catalogue.ledger.skipped:
        yield (skipped.path, skipped.kind, skipped.reason, *[""] * (len(_TITLES) - 3))


def _iso_date(text: str) -> str:
    """Give a DICOM date, also one with dots as ACR-NEMA had it, as ISO 8601; "" for no date."""
    digits = text.replace(".", "")
    if not (len(digits) == 8 and digits.isascii() and digits.isdigit()):
        return ""
    try:
        return datetime.date.fromisoformat(digits).isoformat()
    except ValueError:  # 00000000, or no day of the calendar
        return ""
