"""``negato --install-desktop``: what is in the user's folders, and what the desktop makes of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from tests.dicom.synthetic import grey, write
from viewer import cli, desktop_files, program
from viewer.dicom.errors import NegatoError
from viewer.resources import resource

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="free desktops alone")
PACKAGES = {"gio": "libglib2.0-bin", "update-mime-database": "shared-mime-info"}
UID_NAMES = ("IM0001", "DICOMDIR", "dicomdir", "1.2.840.113619.2.1", "A.IMG", "x.dicom", "x.dcm")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a user's data folder of its own, of a Negato that is installed."""
    folder = tmp_path / "data home"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    monkeypatch.setattr(metadata, "distribution", lambda name: name)
    return folder


def need(*tools: str) -> None:
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} (package {PACKAGES.get(tool, 'desktop-file-utils')}) is not here")


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def of_negato(folder: Path) -> set[str]:
    return {name for name in files_below(folder) if "negato" in name}


@linux
def test_installing_puts_the_entry_the_icons_and_the_types_there(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--install-desktop"]) == 0
    assert str(home / "applications/negato.desktop") in capsys.readouterr().out
    there = of_negato(home)
    assert {"applications/negato.desktop", "mime/packages/negato.xml"} <= there
    assert "icons/hicolor/16x16/apps/negato.png" in there
    assert "icons/hicolor/scalable/mimetypes/negato-dicom.svg" in there
    entry = (home / "applications/negato.desktop").read_text("utf-8")
    started = desktop_files.exec_value(program.command())
    assert f"\nExec={started} %F\n" in entry
    assert f"\nExec={started} --new-window\n" in entry
    assert f"\nTryExec={sys.executable}\n" in entry
    assert "Exec=negato" not in entry


@linux
def test_a_link_in_its_place_is_replaced_and_not_written_through(
    home: Path, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("theirs")
    (home / "applications").mkdir(parents=True)
    (home / "applications/negato.desktop").symlink_to(theirs)
    desktop_files.install()
    assert theirs.read_text() == "theirs"
    assert "Exec=" in (home / "applications/negato.desktop").read_text("utf-8")


@linux
def test_installing_twice_is_as_once_and_removal_leaves_what_others_have(home: Path) -> None:
    others = home / "icons/hicolor/16x16/apps/other.png"
    others.parent.mkdir(parents=True)
    others.write_bytes(b"theirs")
    choices = home / "applications/mimeapps.list"
    choices.parent.mkdir()
    choices.write_text("[Default Applications]\napplication/dicom=other.desktop\n")
    desktop_files.install()
    once = {name: (home / name).read_bytes() for name in of_negato(home)}
    desktop_files.install()
    assert {name: (home / name).read_bytes() for name in of_negato(home)} == once
    assert "no longer" in desktop_files.uninstall()
    assert of_negato(home) == set()
    assert others.read_bytes() == b"theirs"
    assert "other.desktop" in choices.read_text()
    assert not (home / "icons/hicolor/512x512").exists()
    assert "nothing of Negato" in desktop_files.uninstall()


@linux
def test_tools_that_are_missing_are_named_with_what_that_means(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    said = desktop_files.install()
    assert "desktop-file-utils" in said
    assert "shared-mime-info" in said
    assert (home / "applications/negato.desktop").exists()


@linux
def test_a_folder_that_cannot_be_written_costs_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir()
    (home / "mime").write_text("in the way")
    assert cli.main(["--install-desktop"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert str(home / "mime") in line
    assert "XDG_DATA_HOME" in line


@linux
def test_a_checkout_that_is_not_installed_makes_no_entry_that_would_not_start(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_there(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", not_there)
    with pytest.raises(NegatoError, match="not installed"):
        desktop_files.install()
    assert not home.exists()


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_say_whose_business_it_is(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(NegatoError, match="Windows and macOS"):
        desktop_files.install()


@linux
def test_an_appimage_starts_itself_and_not_what_is_mounted_now(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted = tmp_path / "mounted"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(mounted / "usr/lib/negato/negato"))
    monkeypatch.setenv("APPIMAGE", "/home/i/Negato.AppImage")
    monkeypatch.setenv("APPDIR", str(mounted))
    desktop_files.install()
    entry = home / "applications/negato.desktop"
    assert "\nExec=/home/i/Negato.AppImage %F\n" in entry.read_text("utf-8")
    monkeypatch.setenv("APPDIR", "/another")  # the AppImage of a file manager that started us
    desktop_files.install()
    assert f"\nExec={desktop_files.exec_value([sys.executable])} %F\n" in entry.read_text("utf-8")


@linux
def test_an_installed_package_is_left_to_itself(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("usr/lib/negato/negato", "usr/share/applications/negato.desktop"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "usr/lib/negato/negato"))
    assert "nothing to do" in desktop_files.install()
    assert not home.exists()


@linux
def test_a_viewer_on_a_disc_does_not_install_itself(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "disc_root", lambda: "/media/disc")
    with pytest.raises(NegatoError, match="disc"):
        desktop_files.install()
    assert not home.exists()


def test_a_path_that_is_not_utf_8_is_refused(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(program, "command", lambda: [os.fsdecode(b"/opt/\xff/negato")])
    with pytest.raises(NegatoError, match="UTF-8"):
        desktop_files.install()


@linux
@pytest.mark.parametrize(
    "folder", ["plain", "a b", "100 %F", 'q"u', "d$HOME", "b\\s", "t`x`", "ü;&"]
)
def test_the_desktop_starts_the_very_program(folder: str, tmp_path: Path) -> None:
    need("gio")
    program_file = tmp_path / folder / "negato"
    program_file.parent.mkdir()
    told = tmp_path / "told"
    program_file.write_text(
        f"#!/bin/sh\nfor each; do echo \"$each\"; done >'{told}.new'\nmv '{told}.new' '{told}'\n"
    )
    program_file.chmod(0o755)
    started = desktop_files.exec_value([str(program_file), "-m", "a $b"])
    entry = tmp_path / "x.desktop"
    entry.write_text(f"[Desktop Entry]\nType=Application\nName=x\nExec={started} %F\n", "utf-8")
    opened = tmp_path / "a file"
    opened.touch()
    subprocess.run(["gio", "launch", str(entry), str(opened)], check=True, timeout=60)
    waiting = 600
    while not told.exists() and waiting:
        waiting -= 1
        subprocess.run(["sleep", "0.1"], check=True)  # a program of its own writes it
    assert told.read_text().splitlines() == ["-m", "a $b", str(opened)]


@linux
def test_the_desktop_knows_dicom_files_by_what_is_in_them(home: Path, tmp_path: Path) -> None:
    need("gio", "update-mime-database")
    desktop_files.install()
    made = write(tmp_path / "made", grey())
    for name in UID_NAMES:
        copy = tmp_path / name
        shutil.copyfile(made, copy)
        assert content_type(copy) == "application/dicom", name
    manual = tmp_path / "negato.1"
    manual.write_text(".TH NEGATO 1\n.SH NAME\nnegato\n")
    assert content_type(manual) == "application/x-troff-man"
    image = tmp_path / "stick.img"
    image.write_bytes(bytes(4096))
    assert content_type(image) == "application/x-raw-disk-image"


@linux
def test_the_desktop_offers_negato_until_it_is_removed(home: Path) -> None:
    need("gio", "update-mime-database", "update-desktop-database")
    desktop_files.install()
    for kind in ("application/dicom", "x-content/image-dicom"):
        assert "negato.desktop" in offered(kind)
    desktop_files.uninstall()
    for kind in ("application/dicom", "x-content/image-dicom"):
        assert "negato" not in offered(kind)


def test_every_file_that_is_delivered_says_negato_so_that_no_other_is_overwritten() -> None:
    delivered = resource("desktop")
    assert all("negato" in path.name for path in delivered.rglob("*") if path.is_file())


def content_type(path: Path) -> str:
    told = told_by("gio", "info", "-a", "standard::content-type", str(path))
    found = re.search(r"content-type: (\S+)", told)
    assert found is not None, told
    return found[1]


def offered(kind: str) -> str:
    return told_by("gio", "mime", kind)


def told_by(*command: str) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    run = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60, env=environment
    )
    return run.stdout
