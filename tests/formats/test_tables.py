"""Tables as files: what programs that read them find, whatever the cells hold."""

from __future__ import annotations

import gc
import io
import json
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from viewer.formats.tables import Field, TableError, TableWriter, number_of, writer_for

_FIELDS = (Field("name"), Field("whole", "int"), Field("real", "float"))
_WILD = ("=1+1", "+1", "@x", "-2", "a\nb", 'say "so"', "a,b", "\x1b[2J", "#N/A", "ä", "")


def _write(path: Path, fields: Sequence[Field], pieces: Sequence[Sequence[Sequence[str]]]) -> None:
    with path.open("w+b") as file:
        writer: TableWriter = writer_for(str(path))(file, fields)
        for piece in pieces:
            writer.write(piece)
        writer.close()


def test_csv_is_safe_and_of_one_line_a_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    _write(path, [Field("=name")], [[[text] for text in _WILD]])
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, skip_blank_lines=False)
    assert frame.columns.tolist() == ["'=name"]
    assert frame["'=name"].tolist() == [
        "'=1+1",
        "+1",
        "'@x",
        "-2",
        "a⏎b",
        'say "so"',
        "a,b",
        "\ufffd[2J",
        "#N/A",
        "ä",
        "",
    ]


def test_json_has_the_texts_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    _write(path, _FIELDS, [[[text, "1", "2.5"] for text in _WILD], [["x", "", "n/a"]]])
    found = json.loads(path.read_text())
    assert [one["name"] for one in found] == [*_WILD[:-1], None, "x"]
    assert found[0] == {"name": "=1+1", "whole": 1, "real": 2.5}
    assert found[-1] == {"name": "x", "whole": None, "real": "n/a"}


def test_json_of_no_rows_is_an_empty_list(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    _write(path, _FIELDS, [])
    assert json.loads(path.read_text()) == []


def test_xlsx_holds_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    _write(path, _FIELDS, [[[text, "1", "2.5"] for text in _WILD]])
    sheet = openpyxl.load_workbook(path).active
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert [cell.value for cell in cells][:4] == ["=1+1", "+1", "@x", "-2"]
    assert [cell.value for cell in sheet[2]][1:] == [1, 2.5]


def test_a_long_text_fits_a_cell_of_a_sheet(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    _write(path, [Field("name")], [[["x" * 40_000]]])
    text = openpyxl.load_workbook(path).active["A2"].value
    assert len(text) == 32_767
    assert text.endswith("…")


def test_parquet_has_types_and_nulls(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    _write(path, _FIELDS, [[["a", "1", "2.5"]], [["", "", ""]]])
    frame = pd.read_parquet(path)
    assert frame["name"].iloc[0] == "a"
    assert frame["whole"].iloc[0] == 1
    assert frame["real"].iloc[0] == 2.5
    assert frame.iloc[1].isna().all()


def test_a_column_of_parquet_becomes_text_where_one_value_is_none_of_its_numbers(
    tmp_path: Path,
) -> None:
    path = tmp_path / "t.parquet"
    many = [[f"r{number}", str(number), "0.5"] for number in range(25_000)]
    _write(path, _FIELDS, [many, [["last", "1; 2 (2 values)", "1.5"]]])
    frame = pd.read_parquet(path)
    assert len(frame) == 25_001
    assert frame["whole"].iloc[[0, 24_999, 25_000]].tolist() == ["0", "24999", "1; 2 (2 values)"]
    assert frame["real"].iloc[-1] == 1.5
    assert frame["name"].iloc[-1] == "last"


@pytest.mark.parametrize(
    ("text", "numeric", "number"),
    [
        ("7", "int", 7),
        ("007", "int", 7),
        ("1.0", "int", 1),
        ("1.5", "int", None),
        ("1_0", "int", None),
        ("99999999999999999999", "int", None),
        ("2.50", "float", 2.5),
        ("1e3", "float", 1000.0),
        ("nan", "float", None),
        ("1e999", "float", None),
        ("٣", "int", None),
        ("7", "", None),
    ],
)
def test_a_number_is_what_dicom_writes_as_one(text: str, numeric: str, number: object) -> None:
    assert number_of(text, numeric) == number  # type: ignore[arg-type]


def test_another_end_of_a_name_is_refused() -> None:
    with pytest.raises(TableError, match=r"\.csv, \.json, \.parquet or \.xlsx"):
        writer_for("table.xls")


def test_titles_are_safe_in_all_forms(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    _write(path, [Field("=1")], [[["x"]]])
    assert openpyxl.load_workbook(path).active["A1"].data_type in ("s", "inlineStr")


class _Full(io.BytesIO):
    """A file on a disc without room."""

    def write(self, data: object) -> int:
        raise OSError(28, "No space left on device")


def test_a_sheet_without_room_fails_once() -> None:
    writer = writer_for("t.xlsx")(_Full(), [Field("a")])
    writer.write([["1"]])
    with pytest.raises(OSError, match="No space"):
        writer.close()
    del writer
    gc.collect()  # an archive that was left open would fail again
