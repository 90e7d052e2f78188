"""What is remembered between runs."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.imaging.voi import VoiWindow
from viewer.session.settings import MOST_BUDGET_MB, Settings


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
    store.setValue("memory_budget_mb", "9" * 100)
    assert settings.memory_budget_bytes() == MOST_BUDGET_MB << 20


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


def test_limits_are_kept_and_what_makes_no_sense_is_the_default(store: QSettings) -> None:
    settings = Settings(store)
    assert settings.limits() == DEFAULT_LIMITS
    settings.set_limit("frame_bytes", 1 << 30)
    settings.set_limit("decode_seconds", 2.5)
    store.setValue("limits/sequence_depth", "deep")
    store.setValue("limits/items_per_file", ["1", "2"])
    store.setValue("limits/no_such_limit", "3")
    assert settings.limits() == replace(DEFAULT_LIMITS, frame_bytes=1 << 30, decode_seconds=2.5)
    settings.set_limit("frame_bytes", DEFAULT_LIMITS.frame_bytes)
    assert not store.contains("limits/frame_bytes")


@pytest.mark.parametrize("value", [0, -1, 129, float("nan")])
def test_a_limit_that_makes_no_sense_is_not_kept(store: QSettings, value: float) -> None:
    settings = Settings(store)
    with pytest.raises(ValueError, match="sequence_depth"):
        settings.set_limit("sequence_depth", value)
    assert settings.limits() == DEFAULT_LIMITS


def test_recent_paths_can_be_turned_off_and_are_forgotten_then(
    store: QSettings, tmp_path: Path
) -> None:
    settings = Settings(store)
    settings.add_recent(str(tmp_path / "a"))
    settings.set_remembers_recent(False)
    settings.add_recent(str(tmp_path / "b"))
    store.sync()
    assert settings.recent() == []
    assert str(tmp_path / "a") not in (tmp_path / "settings.ini").read_text()
    assert not Settings(
        QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    ).remembers_recent()
    settings.set_remembers_recent(True)
    settings.add_recent(str(tmp_path / "b"))
    assert settings.recent() == [str(tmp_path / "b")]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the system keeps settings there")
def test_the_settings_are_for_their_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "settings.ini"
    before = os.umask(0)
    try:
        store = QSettings(str(file), QSettings.Format.IniFormat)
        settings = Settings(store)
        settings.add_recent("/a")
        store.sync()
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
        file.chmod(0o644)  # by an earlier version
        Settings(QSettings(str(file), QSettings.Format.IniFormat))
        assert file.stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)
