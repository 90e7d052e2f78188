"""Presentation states in the window: listed, applied, taken off, and never another's."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file
from pytestqt.qtbot import QtBot

from tests.dicom.states import a_state, area_item, item, write
from tests.ui.screens import entries, on_screen, wait_picture
from viewer.imaging.voi import VoiWindow
from viewer.ui.main_window import MainWindow

Open = Callable[..., None]
CT = str(get_testdata_file("CT_small.dcm", download=False))


@pytest.fixture
def ct_with_state(tmp_path: Path) -> Path:
    """Give a folder with a CT image and a state that inverts, turns and windows it."""
    shutil.copy(CT, tmp_path / "image.dcm")
    window = item(WindowCenter=100, WindowWidth=300)
    state = a_state(
        CT,
        ContentLabel="NIGHT",
        PresentationLUTShape="INVERSE",
        SoftcopyVOILUTSequence=[window],
        ImageRotation=90,
        ImageHorizontalFlip="N",
    )
    write(state, tmp_path / "state.dcm")
    return tmp_path


def test_a_presentation_state_is_listed_applied_and_taken_off(
    qtbot: QtBot, window: MainWindow, open_paths: Open, ct_with_state: Path
) -> None:
    open_paths(ct_with_state)
    wait_picture(qtbot, window)
    plain = window.view.canvas.grab_image()
    names = [action.text() for action in entries(window, "menuPresentationState")]
    assert len(names) == 2
    assert "NIGHT" in names[1]
    entries(window, "menuPresentationState")[1].trigger()
    qtbot.waitUntil(lambda: window.view.picture.state is not None)
    picture = window.view.picture
    assert picture.description.inverted
    assert isinstance(picture.voi, VoiWindow)
    assert (picture.voi.center, picture.voi.width) == (100, 300)
    assert picture.turn.quarters == 1
    assert entries(window, "menuPresentationState")[1].isChecked()
    entries(window, "menuPresentationState")[0].trigger()
    assert window.view.picture.state is None
    assert window.view.canvas.grab_image() == plain


def test_choosing_a_state_in_the_browser_shows_its_image_through_it(
    qtbot: QtBot, window: MainWindow, open_paths: Open, ct_with_state: Path
) -> None:
    open_paths(ct_with_state)
    wait_picture(qtbot, window)
    stacks = window.workspace.document.stacks()
    document = next(stack for stack in stacks if not len(stack))
    window.browser.stackChosen.emit(document)
    qtbot.waitUntil(lambda: window.view.picture.state is not None)
    assert window.workspace.viewport.stack is not document


def test_a_state_that_cannot_be_read_is_said_and_the_picture_stays(
    qtbot: QtBot, window: MainWindow, open_paths: Open, ct_with_state: Path
) -> None:
    open_paths(ct_with_state)
    wait_picture(qtbot, window)
    (ct_with_state / "state.dcm").unlink()
    with qtbot.waitSignal(window.workspace.messages.posted) as told:
        entries(window, "menuPresentationState")[1].trigger()
    assert "presentation state" in told.args[1]
    assert window.view.picture.pixels is not None


@pytest.mark.parametrize("way", ["reset", "none"])
def test_a_state_that_is_not_wanted_any_more_when_it_is_read_is_not_applied(
    qtbot: QtBot, window: MainWindow, open_paths: Open, ct_with_state: Path, way: str
) -> None:
    open_paths(ct_with_state)
    wait_picture(qtbot, window)
    none, state = entries(window, "menuPresentationState")
    state.trigger()
    asked = window.workspace.viewport.appearance
    (none if way == "none" else window.menus.action("reset")).trigger()
    _pass_through_children(qtbot, window, ct_with_state)
    assert window.view.picture.state is None
    assert asked.state is None


def _pass_through_children(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    """Wait until the children have answered all that they were asked before."""
    told: list[object] = []
    for _ in range(2):  # there are two of them
        window.workspace._pool.submit(
            "state", (str(folder / "state.dcm"),), timeout_s=20, on_done=told.append
        )
    qtbot.waitUntil(lambda: len(told) == 2, timeout=20_000)


def test_annotations_do_not_follow_to_another_series(
    qtbot: QtBot, window: MainWindow, open_paths: Open, tmp_path: Path
) -> None:
    shutil.copy(CT, tmp_path / "image.dcm")
    other = get_testdata_file("MR_small.dcm", download=False)
    shutil.copy(other, tmp_path / "other.dcm")
    line = item(
        GraphicAnnotationUnits="PIXEL",
        GraphicDimensions=2,
        NumberOfGraphicPoints=2,
        GraphicData=[1.0, 64.0, 128.0, 64.0],
        GraphicType="POLYLINE",
        GraphicFilled="N",
    )
    state = a_state(
        CT,
        GraphicLayerSequence=[item(GraphicLayer="ONE", GraphicLayerOrder=1)],
        GraphicAnnotationSequence=[item(GraphicLayer="ONE", GraphicObjectSequence=[line])],
    )
    write(state, tmp_path / "state.dcm")
    open_paths(tmp_path)
    wait_picture(qtbot, window)
    window.view.show_texts(visible=False)
    ct, mr = sorted(
        (stack for stack in window.workspace.document.stacks() if len(stack)),
        key=lambda stack: stack.header(0).modality,
    )
    window.workspace.show(mr)
    wait_picture(qtbot, window)
    bare = on_screen(window.view.canvas)
    window.workspace.show(ct)
    wait_picture(qtbot, window)
    without = on_screen(window.view.canvas)
    entries(window, "menuPresentationState")[1].trigger()
    qtbot.waitUntil(lambda: window.view.picture.state is not None)
    assert window.view.picture.annotations
    assert (on_screen(window.view.canvas) != without).any()
    window.workspace.show(mr)
    wait_picture(qtbot, window)
    assert (on_screen(window.view.canvas) == bare).all()
    window.workspace.show(ct)
    wait_picture(qtbot, window)
    assert window.view.picture.annotations
    open_paths(other)  # nothing is shown meanwhile
    wait_picture(qtbot, window)
    seen = on_screen(window.view.canvas)
    window.menus.action("graphics").trigger()
    assert (on_screen(window.view.canvas) == seen).all()


def test_a_displayed_area_turns_with_its_picture(
    qtbot: QtBot, window: MainWindow, open_paths: Open, tmp_path: Path
) -> None:
    shutil.copy(CT, tmp_path / "image.dcm")
    area = area_item(
        pydicom.dcmread(CT),
        DisplayedAreaTopLeftHandCorner=[9, 17],
        DisplayedAreaBottomRightHandCorner=[40, 48],
    )
    write(a_state(CT, DisplayedAreaSelectionSequence=[area]), tmp_path / "state.dcm")
    open_paths(tmp_path)
    wait_picture(qtbot, window)
    entries(window, "menuPresentationState")[1].trigger()
    qtbot.waitUntil(lambda: window.view.picture.state is not None)
    canvas = window.view.canvas
    middle = canvas.viewport().rect().center()
    seen = window.view.frame_point(canvas.sight().to_frame(middle.x(), middle.y()))
    for name in ("mirror", "turnRight", "turnRight"):
        window.menus.action(name).trigger()
        now = window.view.frame_point(canvas.sight().to_frame(middle.x(), middle.y()))
        assert now == pytest.approx(seen, abs=1)
        assert seen == pytest.approx((31.5, 23.5), abs=1)


def test_a_displayed_area_fills_the_view(
    qtbot: QtBot, window: MainWindow, open_paths: Open, tmp_path: Path
) -> None:
    shutil.copy(CT, tmp_path / "image.dcm")
    area = area_item(
        pydicom.dcmread(CT),
        DisplayedAreaTopLeftHandCorner=[33, 33],
        DisplayedAreaBottomRightHandCorner=[64, 64],
    )
    write(a_state(CT, DisplayedAreaSelectionSequence=[area]), tmp_path / "state.dcm")
    open_paths(tmp_path)
    wait_picture(qtbot, window)
    fitted = window.view.canvas.view_zoom()
    entries(window, "menuPresentationState")[1].trigger()
    qtbot.waitUntil(lambda: window.view.picture.state is not None)
    assert window.view.canvas.view_zoom() == pytest.approx(4 * fitted, rel=0.05)
    entries(window, "menuPresentationState")[0].trigger()
    assert window.view.canvas.view_zoom() == pytest.approx(fitted)
