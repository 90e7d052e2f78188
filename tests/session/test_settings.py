"""What is remembered between runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

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
