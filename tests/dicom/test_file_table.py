"""The table of files, as a spreadsheet gets it."""

from __future__ import annotations

import csv
import io

import pytest

from tests.dicom.slices import a_slice
from viewer.dicom.catalogue import CatalogueBuilder
from viewer.dicom.file_table import catalogue_csv


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("20171205", "2017-12-05"),
        ("2017.12.05", "2017-12-05"),
        ("00000000", ""),
        ("20170230", ""),
        ("2017W011", ""),
        ("soon", ""),
        ("", ""),
    ],
)
def test_a_date_is_iso_or_empty(date: str, expected: str) -> None:
    builder = CatalogueBuilder()
    builder.add(a_slice(0, study_date=date))
    (row,) = csv.DictReader(io.StringIO(catalogue_csv(builder.snapshot())))
    assert row["study_date"] == expected
