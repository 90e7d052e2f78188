"""The process of the window: what its start does to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from viewer import native_crashes

_ROOT = Path(__file__).parents[2]


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
    }


@pytest.mark.skipif(sys.platform != "linux", reason="asks prctl")
def test_the_window_leaves_no_core_and_can_be_looked_up_by_the_desktop(tmp_path: Path) -> None:
    program = (
        "import ctypes, resource\nfrom PySide6.QtCore import QTimer\n"
        "from viewer.ui.main_window import MainWindow\nkept = MainWindow.show\n"
        "def show(self):\n"
        "    print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3))\n"
        "    kept(self)\n    QTimer.singleShot(0, self.close)\nMainWindow.show = show\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (1, resource.getrlimit(4)[1]))\n"
        "from viewer.__main__ import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=_environment(tmp_path),
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("(0, 0) 1\n", "", 0)


_UP = """
import signal
from PySide6.QtCore import QTimer
from viewer.ui.main_window import MainWindow
from viewer.__main__ import main

def up(window):
    QTimer.singleShot(0, lambda: print("up", flush=True))  # in the loop of the dialog, if any
    {once_up}

kept = MainWindow.show

def show(window):
    kept(window)
    QTimer.singleShot(0, lambda: up(window))

MainWindow.show = show
{before}
main()
"""


@contextmanager
def _window_process(
    folder: Path, *, before: str = "", once_up: str = ""
) -> Iterator[subprocess.Popen[str]]:
    """Start a window, and give it once its event loop runs."""
    window = subprocess.Popen(
        [sys.executable, "-c", _UP.format(before=before, once_up=once_up or "pass")],
        env=_environment(folder),
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with window:
        try:
            assert window.stdout.readline() == "up\n"
            yield window
        finally:
            window.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="which has no such signals")
@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize(
    "once_up", ["", "window.menus.action('openFile').trigger()"], ids=["window", "file dialog"]
)
def test_a_signal_to_end_closes_the_window_and_leaves_nothing(
    tmp_path: Path, number: str, once_up: str
) -> None:
    before = "signal.signal(signal.SIGHUP, signal.SIG_DFL)"  # whatever the tests run under
    with _window_process(tmp_path, before=before, once_up=once_up) as window:
        assert list(tmp_path.rglob("running-*"))
        window.send_signal(signal.Signals[number])
        said = window.communicate(timeout=20)
        assert (*said, window.returncode) == ("", "", 0)
    assert not list(tmp_path.rglob("running-*"))
    assert "geometry" in (tmp_path / "config/Negato/Negato.conf").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="which has no such signals")
def test_a_window_that_outlives_its_terminal_goes_on_to_do_so(tmp_path: Path) -> None:
    before = "signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    with _window_process(tmp_path, before=before) as window:
        window.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            window.wait(timeout=1)
        window.terminate()
        assert window.communicate(timeout=20) == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="which has no such signals")
def test_what_a_killed_window_leaves_is_no_crash(tmp_path: Path) -> None:
    with _window_process(tmp_path) as window:
        window.kill()
    (left,) = tmp_path.rglob("running-*")
    assert native_crashes.collect(str(left.parent)) == []
    assert not left.exists()
