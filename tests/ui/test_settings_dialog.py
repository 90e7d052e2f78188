"""The settings dialog: what it shows, what OK keeps, what holds at once and what later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QLabel,
    QMenu,
    QPushButton,
    QSpinBox,
)
from pytestqt.qtbot import QtBot

from viewer.dicom.limits import DEFAULT_LIMITS, LIMIT_TITLES
from viewer.session.settings import Settings
from viewer.ui.dialogs.settings_dialog import SettingsDialog
from viewer.ui.main_window import MainWindow
from viewer.ui.plain_label import PlainLabel

Open = Callable[..., None]
Button = QDialogButtonBox.StandardButton


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow) -> SettingsDialog:
    """Give the dialog as the menu opens it."""
    window.menus.action("settings").trigger()
    dialog = window.findChild(SettingsDialog, "settingsDialog")
    qtbot.waitExposed(dialog)
    return dialog


def press(qtbot: QtBot, dialog: SettingsDialog, button: Button) -> None:
    box = dialog.findChild(QDialogButtonBox)
    qtbot.mouseClick(box.button(button), Qt.MouseButton.LeftButton)


def test_it_lists_every_limit_with_its_default_and_says_when_they_hold(
    dialog: SettingsDialog,
) -> None:
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    for name, title in LIMIT_TITLES.items():
        assert title.title in texts
        assert f"default {DEFAULT_LIMITS.shown(name)}" in texts
        assert dialog.findChild(QDoubleSpinBox, f"limit_{name}").accessibleName() == title.title
    assert any("opened next" in text for text in texts)
    assert all(isinstance(label, PlainLabel) for label in dialog.findChildren(QLabel))


def test_it_fits_a_small_screen_and_no_title_is_elided(
    qtbot: QtBot, dialog: SettingsDialog
) -> None:
    assert (dialog.width() <= 1366, dialog.height() <= 700) == (True, True)
    dialog.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: dialog.findChild(QDoubleSpinBox, "limit_frame_bytes").isVisible())
    for label in dialog.tabs.currentWidget().findChildren(QLabel):
        if not label.wordWrap():
            assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()


def test_ok_keeps_a_limit_and_cancel_does_not(
    qtbot: QtBot, window: MainWindow, settings: Settings, dialog: SettingsDialog
) -> None:
    dialog.findChild(QDoubleSpinBox, "limit_frame_bytes").setValue(100)
    press(qtbot, dialog, Button.Cancel)
    assert settings.limits() == DEFAULT_LIMITS
    window.menus.action("settings").trigger()
    again = [d for d in window.findChildren(SettingsDialog) if d.isVisible()][-1]
    again.findChild(QDoubleSpinBox, "limit_frame_bytes").setValue(100)
    press(qtbot, again, Button.Ok)
    assert settings.limits().frame_bytes == 100 << 20


def test_a_limit_that_is_not_touched_is_kept_to_the_byte(
    qtbot: QtBot, settings: Settings, window: MainWindow
) -> None:
    settings.set_limit("frame_bytes", 1_000_000)
    window.menus.action("settings").trigger()
    dialog = window.findChild(SettingsDialog, "settingsDialog")
    dialog.findChild(QDoubleSpinBox, "limit_sequence_depth").setValue(80)
    press(qtbot, dialog, Button.Ok)
    limits = settings.limits()
    assert (limits.frame_bytes, limits.sequence_depth) == (1_000_000, 80)


def test_every_limit_can_be_set_as_far_as_the_editor_goes(
    qtbot: QtBot, settings: Settings, dialog: SettingsDialog
) -> None:
    for name in LIMIT_TITLES:
        spin = dialog.findChild(QDoubleSpinBox, f"limit_{name}")
        spin.setValue(spin.maximum())
    press(qtbot, dialog, Button.Ok)
    limits = settings.limits()
    assert all(getattr(limits, n) > getattr(DEFAULT_LIMITS, n) for n in LIMIT_TITLES)


def test_reset_and_restore_defaults_bring_the_defaults_back(
    qtbot: QtBot, settings: Settings, window: MainWindow
) -> None:
    settings.set_limit("frame_bytes", 1 << 30)
    settings.set_limit("decode_seconds", 3)
    settings.set_memory_budget_mb(4096)
    settings.set_names_patient_in_title(False)
    window.menus.action("settings").trigger()
    dialog = window.findChild(SettingsDialog, "settingsDialog")
    dialog.tabs.setCurrentIndex(1)
    reset = dialog.findChild(QPushButton, "reset_frame_bytes")
    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert dialog.findChild(QDoubleSpinBox, "limit_frame_bytes").value() == 512
    assert not reset.isEnabled()
    press(qtbot, dialog, Button.RestoreDefaults)
    assert settings.limits().frame_bytes == 1 << 30  # not before OK
    press(qtbot, dialog, Button.Ok)
    assert settings.limits() == DEFAULT_LIMITS
    assert settings.memory_budget_bytes() == 2048 << 20
    assert settings.names_patient_in_title()


def test_limits_hold_for_what_is_opened_next_the_command_lines_first(
    qtbot: QtBot, settings: Settings, sample: Path
) -> None:
    window = MainWindow(settings, limits=[("decode_seconds", "5")])
    qtbot.addWidget(window)
    settings.set_limit("decode_seconds", 3)
    settings.set_limit("elements_per_file", 20)
    window.open([str(sample)])
    qtbot.waitUntil(lambda: not window.workspace.document.progress.running, timeout=20_000)
    assert window.workspace.limits().decode_seconds == 5
    reasons = {s.reason for s in window.workspace.document.catalogue.ledger.skipped}
    assert any("--limit elements_per_file=" in reason for reason in reasons)
    settings.set_limit("elements_per_file", 100_000)
    window.open([str(sample)])
    qtbot.waitUntil(lambda: bool(window.workspace.document.stacks()), timeout=20_000)
    window.close()


def test_recent_files_are_turned_off_with_what_they_named(
    qtbot: QtBot, window: MainWindow, settings: Settings, open_paths: Open, sample: Path
) -> None:
    open_paths(sample)
    window.menus.action("settings").trigger()
    dialog = window.findChild(SettingsDialog, "settingsDialog")
    dialog.findChild(QCheckBox, "rememberRecent").setChecked(False)
    press(qtbot, dialog, Button.Ok)
    assert settings.recent() == []
    open_paths(sample)
    assert settings.recent() == []
    menu = window.findChild(QMenu, "menuRecent")
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["Not remembered: see Edit > Settings"]


def test_clear_now_forgets_at_once(
    qtbot: QtBot, window: MainWindow, settings: Settings, open_paths: Open, sample: Path
) -> None:
    open_paths(sample)
    window.menus.action("settings").trigger()
    dialog = window.findChild(SettingsDialog, "settingsDialog")
    clear = dialog.findChild(QPushButton, "clearRecent")
    qtbot.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert settings.recent() == []
    press(qtbot, dialog, Button.Cancel)
    assert (settings.recent(), settings.remembers_recent()) == ([], True)


def test_the_title_leaves_the_patients_name_out_at_once(
    qtbot: QtBot, window: MainWindow, open_paths: Open, sample: Path
) -> None:
    open_paths(sample)
    name = window.windowTitle().partition(" – ")[0]
    series = window.windowTitle().split(" – ")[1]
    window.menus.action("settings").trigger()
    dialog = window.findChild(SettingsDialog, "settingsDialog")
    dialog.findChild(QCheckBox, "patientInTitle").setChecked(False)
    press(qtbot, dialog, Button.Ok)
    assert window.windowTitle() == f"{series} – Negato"
    told = (
        window.windowTitle(), window.windowIconText(), window.accessibleName(),
        window.windowFilePath(), window.windowRole(), QApplication.applicationDisplayName(),
    )  # fmt: skip
    assert not any(name in text for text in told)


def test_memory_for_frames_holds_at_once(
    qtbot: QtBot, window: MainWindow, dialog: SettingsDialog
) -> None:
    dialog.findChild(QSpinBox, "memoryBudget").setValue(128)
    press(qtbot, dialog, Button.Ok)
    assert window.workspace.cache.budget_bytes == 128 << 20


def test_the_keyboard_reaches_every_editor(qtbot: QtBot, dialog: SettingsDialog) -> None:
    dialog.tabs.setCurrentIndex(1)
    dialog.tabs.setFocus()
    dialog.activateWindow()
    reached = set()
    for _ in range(3 * len(LIMIT_TITLES)):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        reached.add(dialog.focusWidget().objectName())
    assert {f"limit_{name}" for name in LIMIT_TITLES} <= reached
