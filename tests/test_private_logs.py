"""No log, no output of a window, no file left behind holds a patient's name or a path."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from viewer import cli
from viewer.resources import resource

NAME = b"Zebrowski^Quentin"  # that no other text holds
SECRETS = ("Zebrowski", "Quentin", "/IM", "ward-disc")
_ROOT = Path(__file__).parents[1]

_WINDOW = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
from PySide6.QtCore import QTimer
from viewer.ui.main_window import MainWindow
made = MainWindow.__init__
ticks = []

def tick(window):
    if window.workspace.document.progress.running:
        return
    ticks.append(1)
    window.menus.action("nextStack").trigger()
    window.workspace.step(1)
    window.menus.action("explain").trigger()
    if len(ticks) > 40:
        window.close()

def watched(self, *arguments, **more):
    made(self, *arguments, **more)
    timer = QTimer(self, interval=40)
    timer.timeout.connect(lambda: tick(self))
    timer.start()

MainWindow.__init__ = watched
from viewer.__main__ import main
main()
"""


@pytest.fixture(scope="module")
def disc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of a patient whose files are damaged in many ways."""
    folder = tmp_path_factory.mktemp("ward-disc") / "Zebrowski Quentin"
    folder.mkdir()
    source = dcmread(get_testdata_file("CT_small.dcm", download=False))
    source.PatientName = NAME.decode()
    source.PatientComments = NAME.decode() * 20
    source.save_as(folder / "IM0")
    whole = (folder / "IM0").read_bytes()
    for number, size in enumerate((100, 140, 200, 600, 1500, 3000, len(whole) - 900)):
        (folder / f"IM{number}-cut").write_bytes(whole[:size] + NAME)
    for vr in (b"DS", b"IS", b"UI", b"DA", b"TM", b"US", b"SQ", b"CS", b"PN"):
        for at, length in _values(whole, vr):
            spoiled = bytearray(whole)
            spoiled[at : at + length] = (NAME * (length // len(NAME) + 1))[:length]
            (folder / f"IM-{vr.decode()}-{at}").write_bytes(spoiled)
    for name in ("JPEG2000.dcm", "SC_rgb_rle.dcm", "JPEG-lossy.dcm"):
        data = Path(get_testdata_file(name, download=False)).read_bytes()
        (folder / f"IM-{name}").write_bytes(data[: len(data) * 2 // 3] + NAME * 50)
    shutil.copy(resource("sample") / "DICOMDIR", folder / "IM-index")
    (folder / "Zebrowski.txt").write_bytes(NAME)
    return folder


def _values(data: bytes, vr: bytes) -> list[tuple[int, int]]:
    """Give where some values of a VR are in an explicit little-endian file, and their lengths."""
    found = []
    at = data.find(vr, 132)
    while at > 0 and len(found) < 8:
        length = int.from_bytes(data[at + 2 : at + 4], "little")
        if 0 < length < 65:
            found.append((at + 4, length))
        at = data.find(vr, at + 1)
    return found


def leaks(text: str) -> list[str]:
    return [line for line in text.splitlines() if any(secret in line for secret in SECRETS)]


@pytest.mark.parametrize("command", ["list", "check", "dump", "render", "explain"])
def test_a_command_logs_nothing_of_a_patient(
    command: str,
    disc: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    files = sorted(disc.iterdir())[::6] if command not in ("list", "check") else [disc]
    with caplog.at_level(logging.DEBUG):
        for file in files:
            cli.main([command, str(file)])
    assert leaks(caplog.text) == []
    assert not [line for line in capfd.readouterr().err.splitlines() if "Warning" in line]


def test_a_window_says_and_keeps_nothing_of_a_patient(disc: Path, tmp_path: Path) -> None:
    for name in ("config", "state", "temporary", "cache"):
        (tmp_path / name).mkdir()
    done = subprocess.run(
        [sys.executable, "-c", _WINDOW, str(disc)],
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "TMPDIR": str(tmp_path / "temporary"),
        },
        cwd=_ROOT,
        capture_output=True,
        text=True,
        errors="backslashreplace",
        timeout=100,
        check=False,
    )
    assert done.returncode == 0
    assert leaks(done.stdout) == []
    assert leaks(done.stderr) == []
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    settings = [path for path in kept if "config" in path.parts]  # recent paths: the user's choice
    assert [path.name for path in kept if path not in settings] == []
    assert not any(NAME.split(b"^")[1] + b"^" in path.read_bytes() for path in settings)


def test_what_libraries_log_and_warn_of_goes_nowhere() -> None:
    program = (
        "import logging, warnings\nfrom viewer.standard_streams import silence_libraries\n"
        "silence_libraries()\n"
        "for name in ('pydicom', 'PIL.Image', 'libjpeg', 'libav.mpeg2', 'openjpeg'):\n"
        "    logging.getLogger(name).critical('Zebrowski')\n"
        "warnings.warn('Zebrowski')\nwarnings.warn('Zebrowski', DeprecationWarning)\n"
        "logging.getLogger('viewer.workers').error('%s', ())\n"
        "logging.getLogger('viewer.workers').info('Zebrowski')\n"
        "logging.getLogger('viewer.workers').error('%d', 'Zebrowski')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "negato: ()\n")
