"""How Negato was started, and from where: Python, a bundle of each system, the viewer of a disc."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from viewer import program

# where the program is within its bundle's folder on a disc, and which folder the bundle is
BUNDLES = {
    "Linux": ("VIEWER/LINUX/negato", "VIEWER/LINUX"),
    "Windows": ("VIEWER/WINDOWS/negato.exe", "VIEWER/WINDOWS"),
    "macOS": ("VIEWER/MACOS/Negato.app/Contents/MacOS/negato", "VIEWER/MACOS/Negato.app"),
}


def start_from(monkeypatch: pytest.MonkeyPatch, executable: Path) -> None:
    executable.parent.mkdir(parents=True, exist_ok=True)
    executable.touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(executable))


@pytest.mark.parametrize("system", BUNDLES)
def test_the_viewer_of_a_disc_knows_its_disc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    executable, folder = BUNDLES[system]
    start_from(monkeypatch, tmp_path / executable)
    assert program.bundle_folder() == str(tmp_path / folder)
    assert program.disc_root() is None  # without the marker this is a folder like others
    (tmp_path / "VIEWER" / "PORTABLE").touch()
    assert program.disc_root() == str(tmp_path)
    assert program.command("a") == [str(tmp_path / executable), "a"]
    assert program.is_application() is (system == "macOS")


@pytest.mark.parametrize(
    ("executable", "folder"),
    [
        ("Applications/Negato.app/Contents/MacOS/negato", "Applications/Negato.app"),
        ("usr/lib/negato/negato", "usr/lib/negato"),
        ("Programs/Negato/negato.exe", "Programs/Negato"),
        ("Contents/MacOS/negato", "Contents/MacOS"),  # of no application
    ],
)
def test_an_installed_bundle_is_on_no_disc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executable: str, folder: str
) -> None:
    start_from(monkeypatch, tmp_path / executable)
    assert program.bundle_folder() == str(tmp_path / folder)
    assert program.disc_root() is None


def test_a_bundle_that_is_reached_by_a_link_knows_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_from(monkeypatch, tmp_path / "lib" / "negato" / "negato")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "negato").symlink_to(tmp_path / "lib" / "negato" / "negato")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "negato"))
    assert program.bundle_folder() == str(tmp_path / "lib" / "negato")


def test_python_is_no_bundle_and_on_no_disc() -> None:
    assert program.bundle_folder() is None
    assert program.disc_root() is None
    assert program.command("a") == [sys.executable, "-P", "-m", "viewer", "a"]
