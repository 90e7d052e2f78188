"""A disk that fills while a result is written: nothing half written, what was there stays."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from tests.hostile.building import image
from tests.ui.conftest import open_paths, settings, window  # noqa: F401  # fixtures
from tests.ui.screens import wait_picture
from viewer.cli import main
from viewer.ui.main_window import MainWindow
from viewer.ui.plain_label import PlainLabel

Open = Callable[..., None]
ROOT = Path(__file__).resolve().parents[2]
OLD = b"what was there before"
SIDE = 200  # of an image that does not fit


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk that is full, with a file of each name that is written."""
    root = tmp_path / "full"
    root.mkdir()
    options = ["-t", "tmpfs", "-o", "size=64k", "none", str(root)]
    try:
        mounted = subprocess.run(["mount", *options], check=False, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if mounted.returncode:
        pytest.skip("mounting a disk is for root alone")
    try:
        for name in ("out.png", "out.npy", "list.txt"):
            (root / name).write_bytes(OLD)
        _fill(root / "filler")
        yield root
    finally:
        subprocess.run(["umount", str(root)], check=True)


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """Give an image that no compression makes small."""
    pixels = os.urandom(SIDE * SIDE * 2)
    path = tmp_path / "noise" / "image"
    path.parent.mkdir()
    path.write_bytes(image("noise", pixels=pixels, Rows=SIDE, Columns=SIDE))
    return path


@pytest.mark.parametrize(("option", "name"), [("-o", "out.png"), ("--npy", "out.npy")])
def test_case_45_a_command_that_finds_the_disk_full_leaves_what_was_there(
    full_disk: Path, noise: Path, option: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(os.listdir(full_disk))
    assert main(["render", option, str(full_disk / name), str(noise)]) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert sorted(os.listdir(full_disk)) == before
    assert (full_disk / name).read_bytes() == OLD


def test_case_45_a_window_that_finds_the_disk_full_says_so_and_leaves_what_was_there(
    qtbot: QtBot,
    window: MainWindow,  # noqa: F811
    open_paths: Open,  # noqa: F811
    full_disk: Path,
    noise: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = [noise.parent / f"{n:03}{'x' * 200}" for n in range(100)]  # a long list
    for path in many:
        path.write_bytes(b"no DICOM")
    before = sorted(os.listdir(full_disk))
    open_paths(noise.parent)
    wait_picture(qtbot, window)
    answer = (str(full_disk / "out.png"), "")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: answer)
    qtbot.waitUntil(window.menus.action("savePng").isEnabled)
    window.menus.action("savePng").trigger()
    assert _said(window) == (
        "The picture was not saved: No space left on device. Choose another place."
    )
    window.menus.action("showLedger").trigger()
    dialog = window.findChild(QDialog, "ledgerDialog")
    dialog.save_to(str(full_disk / "list.txt"))
    assert _said(window).startswith("The list of files was not saved: No space left on device.")
    assert sorted(os.listdir(full_disk)) == before
    assert (full_disk / "out.png").read_bytes() == OLD
    assert (full_disk / "list.txt").read_bytes() == OLD
    dialog.close()


_WRITES_TOO_MUCH = """
import resource, sys
from viewer.imaging.files import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(sys.argv[1], bytes(2000))
except OSError as error:
    print(error.strerror)
"""


def test_case_45_a_file_that_may_not_grow_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(OLD)
    done = subprocess.run(
        [sys.executable, "-c", _WRITES_TOO_MUCH, str(tmp_path / "out")],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "File too large"
    assert os.listdir(tmp_path) == ["out"]
    assert (tmp_path / "out").read_bytes() == OLD


def _fill(path: Path) -> None:
    """Take all the room that is left on a disk."""
    with open(path, "wb", buffering=0) as filler:
        room = os.statvfs(path).f_bavail * os.statvfs(path).f_frsize
        filler.write(bytes(room))


def _said(window: MainWindow) -> str:  # noqa: F811
    return str(window.findChild(PlainLabel, "statusMessage").text())
