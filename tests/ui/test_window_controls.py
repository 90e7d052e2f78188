"""The window controls: sliders, numbers and presets linked both ways without echo."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSlider, QWidget
from pytestqt.qtbot import QtBot

from viewer.imaging.histogram import Histogram
from viewer.imaging.modality import LookupTable
from viewer.imaging.voi import VoiLut, VoiWindow
from viewer.ui.canvas.window_controls import WindowControls


@pytest.fixture
def controls(qtbot: QtBot) -> WindowControls:
    made = WindowControls()
    qtbot.addWidget(made)
    made.resize(320, 220)
    made.set_range(-1024, 3071, 1)
    made.set_presets(["Automatic", "Brain", "Lung"])
    made.set_enabled_for("grey")
    made.set_voi(VoiWindow(40, 400))
    made.show()
    return made


def slider(controls: WindowControls, name: str) -> QSlider:
    return controls.findChild(QSlider, name)


def spin(controls: WindowControls, name: str) -> QDoubleSpinBox:
    return controls.findChild(QDoubleSpinBox, name)


def presets(controls: WindowControls) -> QComboBox:
    return controls.findChild(QComboBox, "windowPreset")


def test_a_window_is_shown_everywhere_and_not_signalled_back(
    qtbot: QtBot, controls: WindowControls
) -> None:
    with qtbot.assertNotEmitted(controls.windowEdited):
        controls.set_voi(VoiWindow(-600, 1500))
    assert slider(controls, "windowCenterSlider").value() == -600
    assert slider(controls, "windowWidthSlider").value() == 1500
    assert spin(controls, "windowCenterSpin").value() == -600
    assert spin(controls, "windowWidthSpin").value() == 1500


def test_a_slider_edits_the_window_once_and_moves_its_number(
    qtbot: QtBot, controls: WindowControls
) -> None:
    seen: list[tuple[float, float]] = []
    controls.windowEdited.connect(lambda center, width: seen.append((center, width)))
    slider(controls, "windowCenterSlider").setValue(100)
    slider(controls, "windowWidthSlider").setValue(250)
    assert seen == [(100, 400), (100, 250)]
    assert spin(controls, "windowCenterSpin").value() == 100
    assert spin(controls, "windowWidthSpin").value() == 250


def test_a_typed_number_edits_the_window_when_complete(
    qtbot: QtBot, controls: WindowControls
) -> None:
    seen: list[tuple[float, float]] = []
    controls.windowEdited.connect(lambda center, width: seen.append((center, width)))
    box = spin(controls, "windowWidthSpin")
    box.selectAll()
    qtbot.keyClicks(box, "1500")
    assert seen == []
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert seen == [(40, 1500)]
    assert slider(controls, "windowWidthSlider").value() == 1500


def test_an_answer_to_an_edit_does_not_echo(qtbot: QtBot, controls: WindowControls) -> None:
    edits: list[float] = []

    def answer(center: float, width: float) -> None:
        edits.append(center)
        controls.set_voi(VoiWindow(center, width))

    controls.windowEdited.connect(answer)
    slider(controls, "windowCenterSlider").setValue(77)
    assert edits == [77]


def test_the_other_value_keeps_its_fraction(qtbot: QtBot, controls: WindowControls) -> None:
    controls.set_voi(VoiWindow(40.125, 400))
    with qtbot.waitSignal(controls.windowEdited) as edited:
        slider(controls, "windowWidthSlider").setValue(300)
    assert edited.args == [40.125, 300]


def test_sliders_span_the_data(controls: WindowControls) -> None:
    center, width = (slider(controls, f"window{name}Slider") for name in ("Center", "Width"))
    assert (center.minimum(), center.maximum()) == (-1024, 3071)
    assert (width.minimum(), width.maximum()) == (1, 4095)


def test_a_window_beyond_the_data_is_shown_as_it_is(qtbot: QtBot, controls: WindowControls) -> None:
    controls.set_range(0, 100, 1)
    with qtbot.assertNotEmitted(controls.windowEdited):
        controls.set_voi(VoiWindow(-600, 1500))
    assert spin(controls, "windowCenterSpin").value() == -600
    assert spin(controls, "windowWidthSpin").value() == 1500
    assert slider(controls, "windowCenterSlider").value() == 0


def test_small_values_get_decimals(qtbot: QtBot, controls: WindowControls) -> None:
    controls.set_range(0.0, 0.02, 0.00002)
    controls.set_voi(VoiWindow(0.01, 0.004))
    assert spin(controls, "windowWidthSpin").value() == pytest.approx(0.004)
    assert slider(controls, "windowWidthSlider").value() == 200
    with qtbot.waitSignal(controls.windowEdited) as edited:
        slider(controls, "windowWidthSlider").setValue(100)
    assert edited.args == [0.01, pytest.approx(0.002)]


def test_numbers_are_written_without_trailing_zeros(controls: WindowControls) -> None:
    controls.set_voi(VoiWindow(40, 400.5))
    assert spin(controls, "windowCenterSpin").text() == "40"
    assert spin(controls, "windowWidthSpin").text() == "400.5"
    controls.set_voi(VoiWindow(-100, 2000))
    assert spin(controls, "windowCenterSpin").text() == "-100"


def test_the_width_is_never_zero(controls: WindowControls) -> None:
    box = spin(controls, "windowWidthSpin")
    box.setValue(-5)
    assert box.value() > 0
    assert slider(controls, "windowWidthSlider").minimum() == 1


@pytest.mark.parametrize("span", [(5.0, 5.0), (0.0, 1e9), (-1e-6, 1e-6), (0.0, 4e9)])
def test_odd_ranges_are_no_trouble(controls: WindowControls, span: tuple[float, float]) -> None:
    controls.set_range(*span, 1.0 if span[1] > 1 else 1e-8)
    controls.set_voi(VoiWindow((span[0] + span[1]) / 2, max(span[1] - span[0], 1)))
    controls.grab()


def test_a_voi_lut_shows_the_range_it_maps(controls: WindowControls) -> None:
    controls.set_voi(VoiLut(LookupTable(-100, np.arange(200, dtype=np.uint16), 8)))
    assert spin(controls, "windowCenterSpin").value() == 0
    assert spin(controls, "windowWidthSpin").value() == 200
    controls.grab()


def test_a_chosen_preset_is_told_once(qtbot: QtBot, controls: WindowControls) -> None:
    seen: list[int] = []
    controls.presetChosen.connect(seen.append)
    box = presets(controls)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert seen == [0]
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert seen == [0, 1]


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen
def test_the_shown_preset_can_be_chosen_again(qtbot: QtBot, controls: WindowControls) -> None:
    seen: list[int] = []
    controls.presetChosen.connect(seen.append)
    controls.set_preset(0)
    assert seen == []
    box = presets(controls)
    box.showPopup()
    qtbot.keyClick(box.view(), Qt.Key.Key_Return)
    assert seen == [0]


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen
def test_a_choice_or_enter_is_the_end_and_a_step_is_not(
    qtbot: QtBot, controls: WindowControls
) -> None:
    done: list[bool] = []
    controls.done.connect(lambda: done.append(True))
    box = presets(controls)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert not done
    box.showPopup()
    qtbot.keyClick(box.view(), Qt.Key.Key_Down)
    assert not done
    qtbot.keyClick(box.view(), Qt.Key.Key_Escape)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert not done
    box.showPopup()
    qtbot.keyClick(box.view(), Qt.Key.Key_Return)
    assert len(done) == 1
    qtbot.keyClicks(spin(controls, "windowWidthSpin"), "12")
    assert len(done) == 1
    qtbot.keyClick(spin(controls, "windowWidthSpin"), Qt.Key.Key_Return)
    assert len(done) == 2


def test_a_preset_set_by_a_script_is_told(controls: WindowControls) -> None:
    seen: list[int] = []
    controls.presetChosen.connect(seen.append)
    presets(controls).setCurrentIndex(2)
    assert seen == [2]


def test_no_preset_is_shown_for_a_window_set_by_hand(controls: WindowControls) -> None:
    controls.set_preset(1)
    assert presets(controls).currentText() == "Brain"
    controls.set_preset(-1)
    assert presets(controls).currentIndex() == -1


def test_colour_disables_the_controls_and_says_why(controls: WindowControls) -> None:
    controls.set_enabled_for("colour")
    names = ("windowCenterSlider", "windowWidthSpin", "windowPreset")
    assert not any(controls.findChild(QWidget, name).isEnabled() for name in names)
    plot = controls.findChild(QWidget, "windowHistogram")
    assert "colours" in plot.accessibleDescription()
    controls.set_enabled_for("grey")
    assert all(controls.findChild(QWidget, name).isEnabled() for name in names)
    assert plot.accessibleDescription() == ""


def test_the_window_of_a_picture_that_is_gone_is_not_shown(controls: WindowControls) -> None:
    controls.set_voi(VoiWindow(40, 400))
    assert spin(controls, "windowCenterSpin").text().startswith("40")
    controls.set_enabled_for("none")
    controls.set_range(0, 100, 1)
    assert spin(controls, "windowCenterSpin").text() == ""
    assert spin(controls, "windowWidthSpin").text() == ""
    controls.set_enabled_for("grey")
    controls.set_voi(VoiWindow(40, 400))
    assert spin(controls, "windowWidthSpin").text().startswith("400")


def test_the_histogram_and_the_window_are_painted(controls: WindowControls) -> None:
    plot = controls.findChild(QWidget, "windowHistogram")
    bare = plot.grab().toImage()
    edges = np.linspace(-1024, 3071, 65)
    counts = np.arange(64, dtype=np.int64) ** 3
    controls.set_histogram(Histogram(edges, counts))
    barred = plot.grab().toImage()
    assert barred != bare
    controls.set_voi(VoiWindow(1000, 100))
    assert plot.grab().toImage() != barred
    controls.set_histogram(Histogram(np.empty(0), np.empty(0, np.int64)))
    controls.set_histogram(None)
    controls.set_voi(VoiWindow(40, 400))
    assert plot.grab().toImage() == bare


def test_everything_interactive_has_a_name(controls: WindowControls) -> None:
    for kind in (QSlider, QDoubleSpinBox, QComboBox):
        for widget in controls.findChildren(kind):
            assert widget.objectName()
            assert widget.accessibleName()
