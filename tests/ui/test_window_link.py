"""The window's sliders over real frames: their handles are never stuck at an end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from PySide6.QtWidgets import QSlider
from pytestqt.qtbot import QtBot

from tests.ui.screens import catch_up, wait_picture
from viewer.ui.main_window import MainWindow

Open = Callable[..., None]
CT = str(get_testdata_file("CT_small.dcm", download=False))


@pytest.fixture
def constant_then_rising(tmp_path: Path) -> Path:
    """Give a folder with a stack of two frames: all 100, and 0 to 1999 in stored values."""
    rising = np.linspace(0, 1999, 128 * 128).reshape(128, 128)
    for number, pixels in enumerate((np.full((128, 128), 100), rising)):
        dataset = pydicom.dcmread(CT)
        dataset.SOPInstanceUID = f"1.2.3.{number + 1}"
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.InstanceNumber = number + 1
        dataset.ImagePositionPatient = [0, 0, -5 * number]
        dataset.PixelData = pixels.astype(np.int16).tobytes()
        dataset.save_as(tmp_path / f"{number}.dcm")
    return tmp_path


def _slider(window: MainWindow, name: str) -> QSlider:
    found = window.findChild(QSlider, name)
    assert isinstance(found, QSlider)
    return found


def _is_free(slider: QSlider) -> bool:
    return bool(slider.minimum() < slider.value() < slider.maximum())


def _frame_of(window: MainWindow, *, constant: bool) -> int:
    stack, cache = window.workspace.viewport.stack, window.workspace.cache
    spread = [np.ptp(cache.get(stack, index)[0]) for index in range(2)]
    return int(np.argmin(spread) if constant else np.argmax(spread))


def test_the_sliders_move_on_a_constant_frame(
    qtbot: QtBot, window: MainWindow, open_paths: Open, constant_then_rising: Path
) -> None:
    open_paths(constant_then_rising / "0.dcm")
    wait_picture(qtbot, window)
    window.workspace.choose_voi(None)
    catch_up(window)
    for name in ("windowCenterSlider", "windowWidthSlider"):
        slider = _slider(window, name)
        assert _is_free(slider), name
        before = window.workspace.picture().voi
        slider.setValue((slider.value() + slider.maximum() + 1) // 2)
        assert window.workspace.picture().voi != before


def test_the_sliders_keep_the_range_of_the_frames_that_were_seen(
    qtbot: QtBot, window: MainWindow, open_paths: Open, constant_then_rising: Path
) -> None:
    open_paths(constant_then_rising)
    wait_picture(qtbot, window)
    workspace = window.workspace
    qtbot.waitUntil(
        lambda: all(workspace.cache.get(workspace.viewport.stack, n) is not None for n in range(2))
    )
    center = _slider(window, "windowCenterSlider")
    workspace.go_to(_frame_of(window, constant=False))
    wait_picture(qtbot, window)
    workspace.set_window(100, 300)
    seen = center.minimum(), center.maximum()
    assert seen[1] - seen[0] == pytest.approx(1999, abs=16)
    workspace.go_to(_frame_of(window, constant=True))
    wait_picture(qtbot, window)
    assert (center.minimum(), center.maximum()) == seen


def test_the_controls_follow_the_picture_and_are_right_when_it_rests(
    qtbot: QtBot, window: MainWindow, open_paths: Open
) -> None:
    open_paths(CT)
    wait_picture(qtbot, window)
    sliders = [_slider(window, f"window{name}Slider") for name in ("Center", "Width")]
    for step in range(20):
        window.workspace.set_window(100 + step, 300 + step)
    qtbot.waitUntil(lambda: [slider.value() for slider in sliders] == [119, 319])


def test_a_window_beyond_the_values_leaves_its_sliders_room(
    qtbot: QtBot, window: MainWindow, open_paths: Open
) -> None:
    open_paths(CT)
    wait_picture(qtbot, window)
    sliders = [_slider(window, f"window{name}Slider") for name in ("Center", "Width")]
    for center, width in ((-5000, 200), (40, 20_000), (1e305, 1e306)):
        window.workspace.set_window(center, width)
        catch_up(window)
        assert center > 1e300 or all(_is_free(slider) for slider in sliders), (center, width)


def test_the_range_stays_while_a_slider_is_moved_to_its_end(
    qtbot: QtBot, window: MainWindow, open_paths: Open
) -> None:
    open_paths(CT)
    wait_picture(qtbot, window)
    width = _slider(window, "windowWidthSlider")
    window.workspace.set_window(40, 20_000)
    catch_up(window)
    most = width.maximum()
    for value in (most, 10, most):
        width.setValue(value)
        catch_up(window)
        assert width.maximum() == most
