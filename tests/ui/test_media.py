"""A medium that is taken out while it is open, and put back; where media are found."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.images import an_image
from tests.ui.screens import wait_picture
from viewer.session import media
from viewer.session.media import MediaWatch, _mounted
from viewer.ui.main_window import MainWindow

Open = Callable[..., None]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "PERIOD_S", 0.02)


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    for number in (1, 2, 3):
        an_image(tmp_path / "disc" / f"IM{number}", "Adam", number)
    return tmp_path / "disc"


class Said:
    """What is said in the status bar now."""

    def __init__(self, window: MainWindow) -> None:
        self.sentences: list[str] = []
        messages = window.workspace.messages
        messages.posted.connect(lambda _level, sentence: self.sentences.append(sentence))
        messages.withdrawn.connect(self.sentences.remove)


def test_a_medium_that_is_gone_is_told_once_and_goes_on_when_it_is_back(
    qtbot: QtBot, window: MainWindow, open_paths: Open, disc: Path
) -> None:
    said = Said(window)
    workspace = window.workspace
    open_paths(disc)
    wait_picture(qtbot, window)
    kept = workspace.picture().pixels
    stack = workspace.viewport.stack
    qtbot.waitUntil(lambda: all(workspace.cache.get(stack, n) for n in range(3)))
    qtbot.wait(100)  # the watch has seen it
    shutil.move(disc, disc.with_name("taken out"))
    qtbot.waitUntil(lambda: bool(said.sentences))
    (sentence,) = said.sentences
    assert sentence.startswith(f"{disc} is gone: ")
    assert workspace.picture().pixels is kept
    workspace._decoder.retain(())  # as where there is no room for all of it
    workspace.show(stack, 1)
    qtbot.waitUntil(lambda: window.view.message() not in ("", "Loading…"))
    shutil.move(disc.with_name("taken out"), disc)
    wait_picture(qtbot, window)
    assert said.sentences == []
    assert workspace.viewport.index == 1


def test_a_place_where_nothing_is_mounted_any_more_is_no_medium(
    tmp_path: Path, disc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is still there, but it is one of another device, and empty."""
    root = media._root(str(disc), str(disc / "IM1"))
    assert root.device is not None
    assert root.is_there()
    root.device += 1
    assert root.is_there()  # the same medium in another drive
    shutil.rmtree(disc)
    disc.mkdir()
    assert not root.is_there()


@pytest.mark.parametrize("has_mount_point", [True, False])
def test_what_is_gone_before_the_first_look_is_told_too(disc: Path, has_mount_point: bool) -> None:
    told: list[tuple[list[str], list[str]]] = []
    came = threading.Event()

    def tell(lost: list[str], back: list[str]) -> None:
        told.append((lost, back))
        came.set()

    shutil.move(disc, disc.with_name("taken out"))
    if has_mount_point:
        disc.mkdir()
    watch = MediaWatch(tell)
    watch.watch({str(disc): str(disc / "IM1")})
    assert came.wait(10)
    came.clear()
    if has_mount_point:
        disc.rmdir()
    shutil.move(disc.with_name("taken out"), disc)
    assert came.wait(10)
    watch.close()
    assert told == [([str(disc)], []), ([], [str(disc)])]


def test_nothing_is_asked_while_nothing_is_open(
    qtbot: QtBot, window: MainWindow, open_paths: Open, disc: Path
) -> None:
    def watches() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name == "media-watch"]

    assert not watches()
    open_paths(disc)
    qtbot.waitUntil(lambda: len(watches()) == 1)
    window.workspace.close_all()
    qtbot.waitUntil(lambda: not watches())


def test_only_what_is_still_open_is_watched(disc: Path, tmp_path: Path) -> None:
    told: list[tuple[list[str], list[str]]] = []
    came = threading.Event()

    def tell(lost: list[str], back: list[str]) -> None:
        told.append((lost, back))
        came.set()

    other = an_image(tmp_path / "other" / "IM1", "Berta")
    watch = MediaWatch(tell, 0.02)
    watch.watch({str(disc): str(disc / "IM1"), str(other.parent): str(other)})
    try:
        assert not came.wait(0.2)
        watch.watch({str(disc): str(disc / "IM1")})
        shutil.rmtree(other.parent)
        shutil.rmtree(disc)
        assert came.wait(20)
        assert told == [([str(disc)], [])]
    finally:
        watch.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_no_file_of_a_medium_is_held_open(
    qtbot: QtBot, window: MainWindow, open_paths: Open, disc: Path
) -> None:
    shutil.make_archive(str(disc / "more"), "zip", disc)
    open_paths(disc)
    wait_picture(qtbot, window)
    stack = window.workspace.viewport.stack
    qtbot.waitUntil(lambda: all(window.workspace.cache.get(stack, n) for n in range(3)))
    qtbot.waitUntil(lambda: window.workspace.tag_feed.tags is not None)
    qtbot.waitUntil(lambda: not held(disc), timeout=10_000)


def held(folder: Path) -> list[str]:
    """Give what this process and its children hold open below a folder."""
    pids = [os.getpid()]
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            pids += map(int, (task / "children").read_text().split())
    links = [
        os.readlink(link)
        for pid in pids
        for link in [*Path(f"/proc/{pid}/fd").iterdir(), Path(f"/proc/{pid}/cwd")]
        if link.is_symlink()
    ]
    return [link for link in links if link.startswith(str(folder))]


def test_discs_come_first_among_the_media() -> None:
    table = (
        b"sysfs /sys sysfs rw 0 0\n/dev/sda1 / ext4 rw 0 0\n"
        b"/dev/sdb1 /run/media/me/A\\040stick vfat rw 0 0\n/dev/sr0 /mnt/cd iso9660 ro 0 0\n"
    )
    assert _mounted(table) == ["/mnt/cd", "/run/media/me/A stick"]
