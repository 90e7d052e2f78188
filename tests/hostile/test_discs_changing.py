"""Files that are lost, cut or replaced while they are open."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.dicom import synthetic
from tests.hostile.discs import scanned, skips
from tests.ui.conftest import open_paths, settings, window  # noqa: F401  # fixtures
from tests.ui.screens import wait_picture
from viewer.dicom.errors import NegatoError
from viewer.ui.main_window import MainWindow
from viewer.workers.scan import ScanJob

Open = Callable[..., None]
COUNT = 60
_OURS, _OTHERS = 100, 3000  # values of the pixels

KINDS = ("native", "compressed", "colour", "frames")


def _write(path: Path, kind: str, value: int, *, name: str, number: int = 0) -> Path:
    """Write an image of one value throughout."""
    values = np.full((24, 20), value, np.uint16)
    more = {
        "PatientName": name,
        "PatientID": name,
        "SeriesInstanceUID": "1.2.3",
        "StudyInstanceUID": "1.2",
        "InstanceNumber": number,
        "SOPInstanceUID": f"1.2.3.{number}.{value}",
    }
    if kind == "native":
        synthetic.write(path, values, **more)
    elif kind == "compressed":
        stream = synthetic.streams(values)[synthetic.JPEG_2000]
        synthetic.write(
            path,
            values,
            transfer_syntax=synthetic.JPEG_2000,
            frames=[stream],
            BitsStored=16,
            **more,
        )
    elif kind == "colour":
        rgb = np.full((24, 20, 3), value & 0xFF, np.uint8)
        synthetic.write(path, rgb, **more)
    else:
        synthetic.write(path, np.repeat(values[None], 4, 0), NumberOfFrames=4, **more)
    return path


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """Give a disc of a series of native images."""
    root = tmp_path / "disc"
    root.mkdir()
    for number in range(COUNT):
        _write(root / f"IM{number:03}", "native", _OURS, name="Doe", number=number)
    return root


def _delete(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    os.truncate(path, 300)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _fill_with_noise(path: Path) -> None:
    path.write_bytes(os.urandom(path.stat().st_size))


def _make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _make_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


CHANGES = (_delete, _cut, _empty, _fill_with_noise, _make_folder, _make_pipe)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("kind", KINDS)
def test_case_39_a_file_that_is_lost_while_open_gives_its_reason_and_the_rest_is_shown(
    qtbot: QtBot,
    window: MainWindow,  # noqa: F811
    open_paths: Open,  # noqa: F811
    tmp_path: Path,
    kind: str,
    change: Callable[[Path], None],
) -> None:
    paths = [_write(tmp_path / f"IM{n}", kind, _OURS, name="Doe", number=n) for n in range(3)]
    open_paths(tmp_path)
    _wait_for_all(qtbot, window)
    change(paths[1])
    _read_anew(window)
    stack = _stack_of(window, paths[1])
    window.workspace.show(stack, _frame_of(stack, paths[1]))
    qtbot.waitUntil(lambda: window.view.message() not in ("", "Loading…"), timeout=20_000)
    assert window.view.picture.pixels is None
    stack = _stack_of(window, paths[2])
    window.workspace.show(stack, _frame_of(stack, paths[2]))
    wait_picture(qtbot, window)
    assert (window.view.picture.pixels == _of(kind, _OURS)).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("same_size", [True, False])
def test_case_44_a_file_that_was_replaced_is_noticed_and_never_shown_as_the_one_before(
    qtbot: QtBot,
    window: MainWindow,  # noqa: F811
    open_paths: Open,  # noqa: F811
    tmp_path: Path,
    kind: str,
    same_size: bool,
) -> None:
    paths = [_write(tmp_path / f"IM{n}", kind, _OURS, name="Doe", number=n) for n in range(3)]
    open_paths(tmp_path)
    _wait_for_all(qtbot, window)
    other = "Roe" if same_size else "Roe^Richard^Longer"
    _write(tmp_path / "new", kind, _OTHERS, name=other, number=1)
    os.replace(tmp_path / "new", paths[1])
    _read_anew(window)
    stack = _stack_of(window, paths[1])
    window.workspace.show(stack, _frame_of(stack, paths[1]))
    qtbot.waitUntil(lambda: window.view.message() not in ("", "Loading…"), timeout=20_000)
    assert "changed since it was opened; open it again" in window.view.message()
    assert window.view.picture.pixels is None
    window.open([str(tmp_path)])
    qtbot.waitUntil(lambda: not window.workspace.document.progress.running, timeout=20_000)
    names = [patient.name for patient in window.workspace.document.catalogue.patients]
    assert names == ["Doe", other]


def test_case_44_tags_are_of_the_file_that_is_shown(
    qtbot: QtBot,
    window: MainWindow,  # noqa: F811
    open_paths: Open,  # noqa: F811
    tmp_path: Path,
) -> None:
    paths = [_write(tmp_path / f"IM{n}", "native", _OURS, name="Doe", number=n) for n in range(3)]
    open_paths(tmp_path)
    wait_picture(qtbot, window)
    window.workspace.go_to(0)
    _write(tmp_path / "new", "native", _OTHERS, name="Roe", number=1)
    os.replace(tmp_path / "new", paths[1])
    window.workspace.go_to(1)
    feed = window.workspace.tag_feed
    qtbot.waitUntil(
        lambda: feed.path == str(paths[1]) and isinstance(feed.tags, NegatoError), timeout=20_000
    )
    assert "changed since it was opened" in window.tag_panel.message.text()


def test_case_39_a_disc_that_is_ejected_during_the_scan_ends_it(disc: Path) -> None:
    seen: list[object] = []

    def eject(batch: list[object]) -> None:
        seen.extend(batch)
        shutil.rmtree(disc, ignore_errors=True)

    job = ScanJob([str(disc)], eject, lambda: None)
    job.start()
    job.join()
    assert len({item.path for item in seen}) == len(seen) == COUNT


def test_case_39_a_window_whose_disc_is_ejected_during_the_scan_stays(
    qtbot: QtBot,
    window: MainWindow,  # noqa: F811
    disc: Path,
) -> None:
    window.open([str(disc)])
    shutil.rmtree(disc)
    qtbot.waitUntil(lambda: not window.workspace.document.progress.running, timeout=20_000)
    stack = window.workspace.viewport.stack
    for _ in range(len(stack) if stack is not None else 0):
        window.workspace.step(1)
    qtbot.waitUntil(
        lambda: bool(window.view.message()) or window.view.picture.pixels is not None,
        timeout=20_000,
    )
    assert "gone" not in skips(window.workspace.document.catalogue)


def test_case_39_what_is_cut_while_it_is_scanned_is_listed_or_shown(disc: Path) -> None:
    for number in range(0, COUNT, 3):
        os.truncate(disc / f"IM{number:03}", 132 + 4 * number)
    catalogue = scanned(disc)
    assert catalogue.ledger.seen == COUNT
    assert catalogue.ledger.shown >= COUNT - COUNT // 3


def _wait_for_all(qtbot: QtBot, window: MainWindow) -> None:  # noqa: F811
    """Wait until every frame of the shown stack is read: none is on its way from its file."""
    wait_picture(qtbot, window)
    stack, cache = window.workspace.viewport.stack, window.workspace.cache
    qtbot.waitUntil(
        lambda: all(cache.get(stack, index) is not None for index in range(len(stack))),
        timeout=20_000,
    )


def _read_anew(window: MainWindow) -> None:  # noqa: F811
    """Let go of all pixels: what is shown next is read from the files."""
    window.workspace.cache.clear()


def _stack_of(window: MainWindow, path: Path):  # noqa: F811
    return next(
        stack
        for stack in window.workspace.document.stacks()
        if any(header.path == str(path) for header in stack.headers)
    )


def _frame_of(stack, path: Path) -> int:
    return next(n for n in range(len(stack)) if stack.header(n).path == str(path))


def _of(kind: str, value: int) -> int:
    return value & 0xFF if kind == "colour" else value
