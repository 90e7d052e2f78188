"""Run from a disc, a window leaves nothing on the machine; a first start asks and sends nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from viewer import cli, defects, native_crashes, program
from viewer.handover import socket_path
from viewer.resources import resource
from viewer.session.settings import Settings
from viewer.workers import environment

_ROOT = Path(__file__).parents[1]

_GUEST = """
from viewer import program
program.disc_root = lambda: {disc!r}
"""
_RUN = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog
from viewer.ui.main_window import MainWindow
from viewer.__main__ import main

def once_up(window):
    {once_up}
    QTimer.singleShot(1200, window.close)  # what comes once the picture is there has come

def wait(window):
    if {until}:
        once_up(window)
    else:
        QTimer.singleShot(20, lambda: wait(window))

kept = MainWindow.show

def show(window):
    kept(window)
    QTimer.singleShot(0, lambda: wait(window))

MainWindow.show = show
{before}
sys.argv[1:] = []
main()
"""
_USE = """
    from viewer import defects
    from viewer.ui.dialogs.file_dialogs import ask_files
    settings = window.workspace.settings
    settings.set_memory_budget_mb(512)
    settings.add_recent(sys.prefix)
    settings.set_picture_folder(sys.prefix)
    defects.handle(ValueError("a defect"))
    QTimer.singleShot(100, lambda: QApplication.activeModalWidget().reject())
    ask_files(settings, window, "Open files")
    print(settings.recent(), settings.memory_budget_bytes() >> 20)
"""
_SHOWN = "window.workspace.picture().pixels is not None"


def _start(home: Path, program_text: str) -> subprocess.CompletedProcess[str]:
    for name in ("home", "run", "tmp"):
        (home / name).mkdir(parents=True, exist_ok=True)
    (home / "run").chmod(0o700)
    given = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return subprocess.run(
        [sys.executable, "-B", "-c", program_text],
        env={
            **given,
            "QT_QPA_PLATFORM": "offscreen",
            "HOME": str(home / "home"),
            "NEGATO_RUNTIME_DIR": str(home / "run"),
            "TMPDIR": str(home / "tmp"),
        },
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def _left(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """Give a disc with the sample study on it."""
    shutil.copytree(resource("sample"), tmp_path / "disc")
    return tmp_path / "disc"


@pytest.mark.skipif(sys.platform == "win32", reason="which has no folder of this kind")
def test_a_viewer_on_a_disc_shows_the_disc_and_leaves_nothing(tmp_path: Path, disc: Path) -> None:
    guest = _GUEST.format(disc=str(disc))
    done = _start(tmp_path / "guest", guest + _RUN.format(once_up=_USE, until=_SHOWN, before=""))
    assert (done.stdout, done.returncode) == ("[] 512\n", 0)
    assert done.stderr == ""
    assert _left(tmp_path / "guest") == []
    assert list((tmp_path / "guest/run").iterdir()) == []
    assert list((tmp_path / "guest/home").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="which has no folder of this kind")
def test_one_that_is_installed_remembers(tmp_path: Path) -> None:
    text = _RUN.format(once_up=_USE, until="window.isVisible()", before="")
    done = _start(tmp_path / "own", text)
    assert done.stdout == f"[{sys.prefix!r}] 512\n"
    names = {Path(name).name for name in _left(tmp_path / "own")}
    assert "Negato.conf" in names
    assert any(name.startswith("report-") for name in names)


_HEAR = """
def hear(event, told):
    if event == "socket.getaddrinfo" or (event == "socket.connect" and told[0].family != 1):
        print("network:", event)

sys.addaudithook(hear)
"""


def test_a_first_start_asks_nothing_and_speaks_to_nobody(tmp_path: Path) -> None:
    report = (
        "print([type(w).__name__ for w in QApplication.topLevelWidgets() if w.isVisible()]);"
        "QTimer.singleShot(1100, lambda: print([type(w).__name__"
        " for w in QApplication.topLevelWidgets() if w.isVisible()]))"
    )
    text = _RUN.format(once_up=report, until="window.isVisible()", before=_HEAR)
    done = _start(tmp_path, text)
    assert done.stdout == "['MainWindow']\n['MainWindow']\n"
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("strace"), reason="needs strace")
def test_no_library_opens_a_socket_to_elsewhere(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    text = _RUN.format(once_up="pass", until="window.isVisible()", before="")
    follow = "import os; os.execvp('strace', ['strace', '-f', '-qq', '-e', 'trace=network', "
    follow += f"'-o', {str(trace)!r}, {sys.executable!r}, '-c', {text!r}])"
    done = _start(tmp_path, follow)
    if "Operation not permitted" in done.stderr:
        pytest.skip("no process may be traced here")
    assert done.returncode == 0
    calls = [line for line in trace.read_text().splitlines() if "socket(" in line]
    assert [call for call in calls if "AF_UNIX" not in call] == []


@pytest.fixture
def guest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """Run as the viewer of a disc in this process; give that disc."""
    for module in (program, cli, defects, environment):
        monkeypatch.setattr(module, "disc_root", lambda: str(tmp_path))
    monkeypatch.setattr("viewer.handover.disc_root", lambda: str(tmp_path))
    monkeypatch.setattr("viewer.session.settings.disc_root", lambda: str(tmp_path))
    scope = QSettings.Scope.UserScope
    yield str(tmp_path)
    QSettings.setPath(QSettings.Format.NativeFormat, scope, os.environ["XDG_CONFIG_HOME"])


def test_without_paths_the_disc_is_opened_with_some_these_alone(guest: str) -> None:
    assert cli._parse_window([]).paths == (guest,)
    assert cli._parse_window(["/else"]).paths == ("/else",)
    assert cli._parse_window(["--sample"]).paths == (str(resource("sample")),)


def test_reports_and_crashes_are_kept_nowhere(guest: str, tmp_path: Path) -> None:
    assert defects.reports_folder() == ""
    assert defects.keep("text", defects.reports_folder()) == ""
    assert defects.kept_reports("") == []
    assert native_crashes.collect("") == []
    native_crashes.CrashFile("").close()
    report = defects.Report("ValueError", "text", "")
    assert defects.whereabouts(report) == (
        "Run from a disc, Negato keeps no reports; nothing was sent."
    )
    assert list(tmp_path.iterdir()) == []


def test_settings_hold_until_the_end_and_paths_not_at_all(guest: str) -> None:
    settings = Settings()
    settings.add_recent(guest)
    settings.set_memory_budget_mb(512)
    settings.set_limit("frame_bytes", 1 << 20)
    assert settings.recent() == []
    assert settings.memory_budget_bytes() == 512 << 20
    assert settings.limits().frame_bytes == 1 << 20
    settings.clear_recent()
    assert Settings().memory_budget_bytes() != 512 << 20


def test_its_windows_are_not_those_of_the_machine(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    own = socket_path("/run")
    request.getfixturevalue("guest")
    assert socket_path("/run") != own


def test_the_doctor_says_how_it_runs(guest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment._program()["Runs"].startswith("from a disc")
    monkeypatch.setattr(environment, "disc_root", lambda: None)
    assert environment._program()["Runs"] == "from Python"
    monkeypatch.setattr(environment, "is_bundle", lambda: True)
    assert environment._program()["Runs"] == "as a program bundle"
