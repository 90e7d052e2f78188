"""Every text of a file is hostile: what a command prints is printable, and no table a formula."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.hostile.texts import is_printable
from tests.hostile.texts_files import TEXTS, hostile_folder
from viewer.cli import main
from viewer.plain_text import csv_cell, json_text, plain_line, plain_lines

COMMANDS = {
    "list": ["list", "{folder}"],
    "list_json": ["list", "--json", "{folder}"],
    "list_csv": ["list", "--csv", "{folder}"],
    "list_one": ["list", "{folder}/image"],
    "list_damaged": ["list", "{folder}/damaged"],
    "dump": ["dump", "{folder}/image"],
    "dump_find": ["dump", "--find", "a", "{folder}/other"],
    "dump_json": ["dump", "--json", "{folder}/state"],
    "check": ["check", "{folder}"],
    "check_json": ["check", "--json", "{folder}"],
    "explain": ["explain", "--at", "1,1", "{folder}/image"],
    "explain_state": ["explain", "--state", "{folder}/state", "{folder}/image"],
    "explain_json": ["explain", "--json", "{folder}/image"],
    "render": ["render", "--state", "{folder}/state", "-o", "{folder}/o.png", "{folder}/image"],
    "render_preset": ["render", "--preset", "\x1b[31m", "-o", "{folder}/o.png", "{folder}/image"],
    "render_other": ["render", "--state", "{folder}/state", "-o", "{folder}/p", "{folder}/other"],
}


@pytest.mark.parametrize("name", ["mixed", "longest"])
def test_case_42_a_terminal_gets_printable_lines_alone(
    tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = hostile_folder(tmp_path, TEXTS[name])
    for what, arguments in COMMANDS.items():
        code = main([one.format(folder=folder) for one in arguments])
        told = capfd.readouterr()
        lines = (told.out + told.err).split("\n")
        assert all(map(is_printable, lines)), (what, [x[:99] for x in lines if not is_printable(x)])
        assert code in (0, 1), what
        assert "Traceback" not in told.err, what
        if "json" not in what and "csv" not in what:
            assert max(map(len, lines)) < 5_000, what


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "--\x1b[31m", "x"],
        ["list", "x", "--\u202eno"],
        ["render", "a\x1b[2J", "b\x07", "c\n"],
        ["explain", "--at", "\x1b[31m", "x"],
        ["explain", "--voi", "\x9b", "x"],
        ["--\x1b[31m"],
        ["list", "--limit", "\x1b[31m=3", "x"],
        ["list", "/no/\x1b[31msuch\n\u202epath"],
        ["dump", "/no/\x1b[31msuch\n\u202epath"],
        ["check", "/no/\x1b[31msuch\n\u202epath"],
        ["render", "/no/\x1b[31msuch\n\u202epath"],
    ],
)
def test_case_42_what_is_said_of_wrong_arguments_is_printable(
    arguments: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = main(arguments)
    except SystemExit as ended:
        code = ended.code
    told = capfd.readouterr()
    assert code in (1, 2)
    assert told.err.strip()
    assert all(map(is_printable, (told.out + told.err).split("\n")))


FORMULAS = ("formula", "at", "plus", "minus", "tab_formula", "return_formula", "wide_formula")


@pytest.mark.parametrize("name", [*FORMULAS, "quotes", "keys", "lines"])
def test_case_42_a_table_holds_no_formula_and_one_line_a_file(
    tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = hostile_folder(tmp_path, TEXTS[name])
    (folder / "=1+1").write_bytes(b"no DICOM")
    assert main(["list", "--csv", str(folder)]) == 0
    written = capfd.readouterr().out
    rows = list(csv.reader(io.StringIO(written)))
    assert len(rows) == len(written.splitlines()) == 1 + 5
    assert len({len(row) for row in rows}) == 1
    cells = [cell for row in rows for cell in row if cell]
    assert not [cell for cell in cells if cell.lstrip()[0] in "=+-@＝＋－＠\t\r"]
    named = {row[rows[0].index("path")].rpartition("/")[2]: row for row in rows[1:]}
    assert set(named) == {"image", "state", "other", "damaged", "=1+1"}
    status = rows[0].index("status")
    assert {key: row[status] for key, row in named.items()} == {
        "image": "shown",
        "other": "shown",
        "state": "shown",
        "damaged": "damaged",
        "=1+1": "not-dicom",
    }
    if name in FORMULAS:
        assert named["image"][rows[0].index("patient_id")].startswith("'")


def test_case_42_numbers_stay_numbers_and_text_stays_text() -> None:
    for same in ("-1024", "+3.5", "1e-3", "Doe^Jane", "a=b", "2024-01-31", ""):
        assert csv_cell(same) == same
    for formula in ("=1", "-1-1", "+cmd", "@x", " =1", "\t=1", "\r=1", "\0=1", "＝1", "-", "=-1"):
        assert csv_cell(formula).startswith("'")
    assert csv_cell("a\nb\x1b") == "a⏎b\ufffd"


def test_case_42_text_is_cut_and_kept_line_by_line() -> None:
    assert plain_lines("a\r\nb\rc\nd\x1b") == "a\nb\nc\nd\ufffd"
    assert plain_lines("x" * 2_000, 10) == "x" * 9 + "…"
    assert plain_line("\udcff\x7f\x9b\u2028") == "\ufffd" * 4
    assert json.loads(json_text({"a": "\x7f\x1b\u202e\udcff"})) == {"a": "\x7f\x1b\u202e\udcff"}
    assert is_printable(json_text("\x7f\x1b\u202e\udcff"))
