"""What is remembered between runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from viewer.imaging.voi import VoiWindow
from viewer.session.settings import Settings


@pytest.fixture
def store(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def test_recent_paths_are_newest_first_without_repeats(store: QSettings, tmp_path: Path) -> None:
    settings = Settings(store)
    for name in ("a", "b", "a"):
        settings.add_recent(str(tmp_path / name))
    assert settings.recent() == [str(tmp_path / "a"), str(tmp_path / "b")]


def test_recent_paths_survive_a_restart_even_a_single_one(tmp_path: Path) -> None:
    file = str(tmp_path / "settings.ini")
    first = QSettings(file, QSettings.Format.IniFormat)
    Settings(first).add_recent(str(tmp_path / "only"))
    first.sync()
    again = Settings(QSettings(file, QSettings.Format.IniFormat))
    assert again.recent() == [str(tmp_path / "only")]


def test_only_the_last_ten_are_kept_and_can_be_cleared(store: QSettings) -> None:
    settings = Settings(store)
    for number in range(15):
        settings.add_recent(f"/{number}")
    assert len(settings.recent()) == 10
    settings.clear_recent()
    assert settings.recent() == []


def test_a_budget_edited_by_hand_into_nonsense_falls_back(store: QSettings) -> None:
    settings = Settings(store)
    usual = settings.memory_budget_bytes()
    store.setValue("memory_budget_mb", "a lot")
    assert settings.memory_budget_bytes() == usual
    store.setValue("memory_budget_mb", 500)
    assert settings.memory_budget_bytes() == 500 << 20


def test_the_layout_comes_back(store: QSettings) -> None:
    settings = Settings(store)
    assert settings.layout()[1].isEmpty()
    settings.save_layout(QByteArray(b"geometry"), QByteArray(b"state"))
    assert settings.layout() == (QByteArray(b"geometry"), QByteArray(b"state"))


def test_a_saved_window_keeps_its_function(store: QSettings) -> None:
    settings = Settings(store)
    settings.save_preset("MR", "soft", VoiWindow(100, 50, "SIGMOID"))
    settings.save_preset("MR", "found", VoiWindow(0.5, 1, "LINEAR_EXACT"))
    settings.save_preset("MR", "soft", VoiWindow(120, 50, "SIGMOID"))
    assert settings.presets("MR") == (
        VoiWindow(0.5, 1, "LINEAR_EXACT", "found"),
        VoiWindow(120, 50, "SIGMOID", "soft"),
    )
    settings.remove_preset("MR", "found")
    assert [window.explanation for window in settings.presets("MR")] == ["soft"]


@pytest.mark.parametrize(
    "text", ["nonsense", "{}", "[[1]]", '[["a", "b", 1, "LINEAR"]]', '[["a", 1, 0, "LINEAR"]]', "7"]
)
def test_presets_edited_by_hand_into_nonsense_are_none(store: QSettings, text: str) -> None:
    store.setValue("presets/CT", text)
    assert Settings(store).presets("CT") == ()
