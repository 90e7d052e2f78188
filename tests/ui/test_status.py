"""The status bar: the read-out has room, and messages do not outstay their time."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from viewer.ui import status
from viewer.ui.plain_label import PlainLabel
from viewer.ui.status import StatusBar

READOUT = (
    "row 61, column 71    value 46 HU  (stored 1070)    SUVbw 1.23 g/ml  SUVlbm 1.02 g/ml  "
    "SUVbsa 0.311 cm²/ml    x -133.2  y -152.2  z 1117.5 mm"
)


@pytest.fixture
def bar(qtbot: QtBot) -> StatusBar:
    made = StatusBar()
    qtbot.addWidget(made)
    made.resize(1366, 26)
    made.show_memory(1503 << 20, 2048 << 20)
    made.show_ledger("90 files: 89 images in 4 series, 1 disc index")
    made.show()
    return made


def _label(bar: StatusBar, name: str) -> PlainLabel:
    found = bar.findChild(PlainLabel, name)
    assert isinstance(found, PlainLabel)
    return found


def _is_whole(label: PlainLabel) -> bool:
    return bool(label.contentsRect().width() >= label.fontMetrics().horizontalAdvance(label.text()))


def test_a_long_read_out_is_whole_with_and_without_a_message(qtbot: QtBot, bar: StatusBar) -> None:
    readout, message = _label(bar, "pixelReadout"), _label(bar, "statusMessage")
    bar.show_readout(READOUT)
    qtbot.waitUntil(lambda: _is_whole(readout))
    bar.show_readout("row 61, column 71    value 46 HU")
    bar.show_message("info", "The picture was saved.")
    qtbot.waitUntil(lambda: _is_whole(readout) and _is_whole(message))


def test_a_message_fades_an_error_waits_for_the_next(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "_MESSAGE_MS", 10)
    bar = StatusBar()
    qtbot.addWidget(bar)
    message = _label(bar, "statusMessage")
    bar.show_message("error", "The picture was not saved.")
    bar.show_message("warning", "Draw the line first.")
    assert message.text() == "Draw the line first."
    qtbot.waitUntil(lambda: message.text() == "")


def test_only_the_message_that_no_longer_holds_is_taken_back(qtbot: QtBot, bar: StatusBar) -> None:
    message = _label(bar, "statusMessage")
    bar.show_message("warning", "Draw the line first.")
    bar.clear_message("Another sentence.")
    assert message.text() == "Draw the line first."
    bar.clear_message("Draw the line first.")
    assert message.text() == ""
