"""A main window with its own settings, closed and checked after each test."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.resources import resource
from viewer.session.settings import Settings
from viewer.ui.main_window import MainWindow


@pytest.fixture
def sample() -> Path:
    """Give the folder of the sample study."""
    return resource("sample")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings kept in a file of this test."""
    return Settings(QSettings(str(tmp_path / "negato.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def window(qtbot: QtBot, settings: Settings) -> Iterator[MainWindow]:
    """Give a shown main window; nothing of it may outlive the test."""
    threads = set(threading.enumerate())
    window = MainWindow(settings)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()
    # a scan whose catalogue is in the making is not waited for by the window
    qtbot.waitUntil(lambda: set(threading.enumerate()) <= threads, timeout=5000)
    assert not multiprocessing.active_children()
    window.deleteLater()
    qtbot.waitUntil(lambda: window not in _top_levels(), timeout=5000)


@pytest.fixture
def open_paths(qtbot: QtBot, window: MainWindow) -> Callable[..., None]:
    """Give a function that opens paths and waits until the scan has ended."""

    def open_and_wait(*paths: object) -> None:
        window.open([str(path) for path in paths])
        qtbot.waitUntil(lambda: not window.workspace.document.progress.running, timeout=20_000)

    return open_and_wait


def _top_levels() -> list[object]:
    try:
        return list(QApplication.topLevelWidgets())
    except RuntimeError:  # a widget died while the list was made
        return []
