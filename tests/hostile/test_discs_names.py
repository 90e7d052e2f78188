"""Files whose names are made to mislead: each is shown or listed, and printable everywhere."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from PySide6.QtCore import QMimeData, QSettings, QUrl
from PySide6.QtWidgets import QDialog, QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.hostile.building import image, uid_of
from tests.hostile.discs import scanned, shown
from tests.hostile.texts import is_printable, misleading
from tests.ui.conftest import open_paths, settings, window  # noqa: F401  # fixtures
from tests.ui.screens import entries, wait_picture
from viewer.cli import main
from viewer.session.settings import Settings
from viewer.ui.drops import dropped_files
from viewer.ui.main_window import MainWindow

Open = Callable[..., None]

NAMES = {
    "not_utf8": b"\xff\xfe\x80.dcm",
    "half_a_character": b"IM\xc3",
    "newline": b"IM\nnegato: all is well",
    "carriage_return": b"IM\rnegato: all is well",
    "longest": b"L" * 255,
    "longest_of_others": "ü".encode() * 127,
    "right_to_left": "\u202egnp.exe".encode(),
    "hebrew": "שלום.dcm".encode(),
    "isolates": "\u2066a\u2067b\u2069".encode(),
    "dash": b"-rf",
    "option": b"--json",
    "escape": b"\x1b[2J\x1b]0;owned\x07",
    "c1": "\x9b31m".encode(),
    "markup": b"<img src=x onerror=alert(1)>",
    "ampersand": b"&File && &Quit",
    "formula": b"=cmd|' C'!A0",
    "percent": b"%s%n%d",
    "backslash": b"..\\..\\x",
    "quotes": b"a\"b'c,d;e",
    "blank": b" ",
    "tilde": b"~",
    "delete": b"\x7f",
    "line_separator": "a\u2028b".encode(),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder of images with such names, and as many files that are damaged."""
    root = os.fsencode(tmp_path) + b"/disc \xff\n\x1b[31m\xe2\x80\xae&<b>"
    os.mkdir(root)
    os.mkdir(root + b"/bad")
    for number, (name, raw) in enumerate(NAMES.items()):
        data = image(name, SeriesInstanceUID=uid_of("names"), InstanceNumber=number)
        for path, content in ((root + b"/" + raw, data), (root + b"/bad/" + raw, data[:300])):
            with open(path, "wb") as file:
                file.write(content)
    return Path(os.fsdecode(root))


def test_case_40_files_of_any_name_are_shown_or_listed(folder: Path) -> None:
    catalogue = scanned(folder)
    names = {os.fsencode(os.path.basename(header.path)) for header in shown(catalogue)}
    assert names == set(NAMES.values())
    assert {os.fsencode(os.path.basename(one.path)) for one in catalogue.ledger.skipped} == names
    assert {one.kind for one in catalogue.ledger.skipped} == {"damaged"}


def test_case_40_the_terminal_gets_a_printable_line_for_each(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", str(folder)]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert all(map(is_printable, lines))
    assert sum("negato: all is well" in line for line in lines) == 2
    assert main(["check", str(folder)]) == 1
    told = capfd.readouterr()
    assert all(map(is_printable, (told.out + told.err).splitlines()))
    assert len(told.out.splitlines()) == 2 * len(NAMES)


def test_case_40_json_and_csv_give_the_names_as_they_are_and_as_they_are_shown(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    main(["list", "--json", str(folder)])
    written = capfd.readouterr().out
    assert all(map(is_printable, written.splitlines()))
    (patient,) = json.loads(written)["patients"]
    (stack,) = patient["studies"][0]["series"][0]["stacks"]
    assert {os.fsencode(os.path.basename(path)) for path in stack["files"]} == set(NAMES.values())
    main(["list", "--csv", str(folder)])
    written = capfd.readouterr().out
    rows = list(csv.DictReader(io.StringIO(written)))
    assert len(rows) == 2 * len(NAMES)
    assert len(written.splitlines()) == len(rows) + 1
    assert all(map(is_printable, written.splitlines()))


@pytest.mark.parametrize("name", ["not_utf8", "newline", "option", "escape", "longest"])
@pytest.mark.parametrize("command", ["dump", "explain", "render", "list"])
def test_case_40_a_file_of_any_name_can_be_given_to_a_command(
    folder: Path,
    name: str,
    command: str,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    more = ["-o", "../out.png"] if command == "render" else []
    assert main([command, *more, "--", os.fsdecode(NAMES[name])]) == 0
    monkeypatch.chdir(folder / "bad")
    assert main([command, *more, "--", os.fsdecode(NAMES[name])]) in (0, 1)
    told = capfd.readouterr()
    assert all(map(is_printable, (told.out + told.err).splitlines()))


def test_case_40_the_window_shows_them_all_and_is_printable_everywhere(
    qtbot: QtBot,
    window: MainWindow,  # noqa: F811
    open_paths: Open,  # noqa: F811
    folder: Path,
    tmp_path: Path,
) -> None:
    open_paths(folder)
    wait_picture(qtbot, window)
    stack = window.workspace.viewport.stack
    assert stack is not None
    assert len(stack) == len(NAMES)
    for index in range(len(stack)):
        window.workspace.go_to(index)
        wait_picture(qtbot, window)
        assert window.view.message() == ""
    window.menus.action("showLedger").trigger()
    dialog = window.findChild(QDialog, "ledgerDialog")
    listed = dialog.findChild(QPlainTextEdit, "ledgerText").toPlainText()
    assert len(listed.splitlines()) == 2 * len(NAMES) + 5
    dialog.save_to(str(tmp_path / "ledger.txt"))
    assert (tmp_path / "ledger.txt").read_text("utf-8") == listed
    assert all(map(is_printable, listed.splitlines()))
    recent = [entry.text() for entry in entries(window, "menuRecent")]
    assert "&&<b>" in recent[0]
    assert misleading(window) == []
    dialog.close()


def test_case_40_a_recent_path_of_any_name_opens_again(tmp_path: Path, folder: Path) -> None:
    for _ in range(2):
        kept = Settings(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
        kept.add_recent(str(folder))
    del kept
    (path,) = Settings(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)).recent()
    assert os.fsencode(path) == os.fsencode(folder)
    assert os.path.isdir(path)


def test_case_40_what_is_dropped_is_opened_whatever_its_name(
    qtbot: QtBot,
    window: MainWindow,  # noqa: F811
    folder: Path,
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromEncoded(b"file://" + quote_from_bytes(os.fsencode(folder)).encode())])
    assert [os.fsencode(path) for path in dropped_files(data)[0]] == [os.fsencode(folder)]


def test_the_search_for_what_is_not_printable_finds_it() -> None:
    assert is_printable("Müller <b>(3 × 4)</b> שלום \ufffd")
    for character in "\x00\x1b\x7f\x9b\u2028\u202e\u2066\ue000\udcff\t":
        assert not is_printable(f"a{character}b")
