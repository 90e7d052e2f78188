"""The about box, and the list of licences behind it."""

from __future__ import annotations

from threading import Event, active_count

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from viewer import __version__, program
from viewer.resources import resource
from viewer.ui.dialogs import about_dialog
from viewer.ui.dialogs.about_dialog import AboutDialog, LicencesDialog


@pytest.fixture
def above(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.fixture
def licences(qtbot: QtBot, above: QWidget) -> LicencesDialog:
    dialog = LicencesDialog(above)
    dialog.open()
    qtbot.waitUntil(lambda: len(shown(dialog)) > 5, timeout=20_000)
    return dialog


def words(dialog: AboutDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def shown(dialog: LicencesDialog) -> list[str]:
    table = dialog.findChild(QTreeWidget)
    items = [table.topLevelItem(row) for row in range(table.topLevelItemCount())]
    return [item.text(0) for item in items if not item.isHidden()]


def text(dialog: LicencesDialog) -> str:
    return dialog.findChild(QPlainTextEdit, "licenceText").toPlainText()


def find(dialog: LicencesDialog, sought: str) -> None:
    dialog.findChild(QLineEdit, "licencesFilter").setText(sought)


def test_the_box_says_the_version_and_that_it_is_not_for_diagnosis(above: QWidget) -> None:
    dialog = AboutDialog(above)
    assert f"Negato {__version__}" in words(dialog)
    assert "Not for diagnosis." in words(dialog)
    assert "MIT licence" in words(dialog)
    assert "from an installed Python" in words(dialog)
    dialog.reject()


def test_the_box_names_the_copyright_of_the_licence(above: QWidget, qtbot: QtBot) -> None:
    dialog = LicencesDialog(above)
    qtbot.waitUntil(lambda: "Copyright" in text(dialog), timeout=20_000)
    line = next(line for line in text(dialog).splitlines() if line.startswith("Copyright"))
    assert line in words(AboutDialog(above))
    dialog.reject()


@pytest.mark.parametrize(
    ("disc", "way"), [(None, "from the program bundle"), ("/cd", "as the viewer on a disc")]
)
def test_the_box_says_how_this_runs(
    above: QWidget, monkeypatch: pytest.MonkeyPatch, disc: str | None, way: str
) -> None:
    monkeypatch.setattr(program, "is_bundle", lambda: True)
    monkeypatch.setattr(program, "disc_root", lambda: disc)
    assert way in words(AboutDialog(above))


def test_the_button_leads_to_the_licences(above: QWidget, qtbot: QtBot) -> None:
    dialog = AboutDialog(above)
    dialog.open()
    dialog.findChild(QPushButton, "showLicences").click()
    licences = dialog.findChild(LicencesDialog)
    qtbot.waitUntil(lambda: "Negato" in shown(licences), timeout=20_000)
    licences.reject()
    dialog.reject()


def test_the_first_part_is_negato_and_its_text_is_there(licences: LicencesDialog) -> None:
    assert shown(licences)[0] == "Negato"
    assert text(licences).startswith("MIT License")


def test_the_chosen_part_shows_its_whole_text(licences: LicencesDialog, qtbot: QtBot) -> None:
    table = licences.findChild(QTreeWidget)
    qtbot.keyClick(table, Qt.Key.Key_End)
    (python,) = table.findItems("Python", Qt.MatchFlag.MatchExactly)
    table.setCurrentItem(python)
    assert text(licences).strip() == resource("licences/Python.txt").read_text("utf-8").strip()


def test_a_search_leaves_what_has_the_word_in_name_licence_or_text(
    licences: LicencesDialog,
) -> None:
    find(licences, "NUMPY")
    assert "numpy" in shown(licences)
    assert "Negato" not in shown(licences)
    find(licences, "LESSER GENERAL PUBLIC")
    assert any(name.startswith("PySide6") for name in shown(licences))
    assert "GNU" in text(licences)  # what is left is chosen


def test_a_search_without_a_find_shows_no_text_and_its_end_shows_all(
    licences: LicencesDialog,
) -> None:
    everything = shown(licences)
    find(licences, "no such words anywhere")
    assert shown(licences) == []
    assert text(licences) == ""
    find(licences, "")
    assert shown(licences) == everything
    assert text(licences)


def test_enter_in_the_search_does_not_close(licences: LicencesDialog, qtbot: QtBot) -> None:
    qtbot.keyClick(licences.findChild(QLineEdit, "licencesFilter"), Qt.Key.Key_Return)
    assert licences.isVisible()
    licences.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close).click()
    assert not licences.isVisible()


def test_a_dialog_closed_before_the_texts_are_read_is_left_alone(
    above: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = Event()
    monkeypatch.setattr(about_dialog, "parts", lambda: go_on.wait(20) and [])
    before = active_count()
    dialog = LicencesDialog(above)
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
        dialog.deleteLater()
    go_on.set()
    qtbot.waitUntil(lambda: active_count() == before, timeout=20_000)
