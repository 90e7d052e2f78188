"""The growth curves are drawn and reported; a tiny run leaves the published pictures alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.benchmarks import growth
from tests.benchmarks.__main__ import main
from tests.benchmarks.measuring import Sample
from tests.benchmarks.plots import Curve, draw


def test_a_tiny_run_draws_beside_its_data(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published = {path: path.stat().st_mtime_ns for path in growth.RESULTS.glob("*")}
    assert main(["growth", "--tiny", "--json", "--data", str(tmp_path)]) == 0
    results = json.loads(capsys.readouterr().out)["results"]["growth"]
    assert len(results) == 6
    assert all(result["ratio"] > 0 for result in results)
    assert {path.name for path in tmp_path.glob("*.png")} == {
        "growth-files.png",
        "growth-frames.png",
        "growth-pixels.png",
    }
    assert {path: path.stat().st_mtime_ns for path in growth.RESULTS.glob("*")} == published


def test_a_picture_has_a_panel_for_each_curve_on_a_light_ground(
    qtbot: QtBot, tmp_path: Path
) -> None:
    costs = tuple(Sample((value, value), "ms") for value in (1.0, 2.0, 40.0))
    curve = Curve("Cost", "frames", (10, 100, 1000), costs)
    heights = []
    for number in (1, 2):
        draw([curve] * number, 1.5, tmp_path / "curve.png")
        image = QImage(str(tmp_path / "curve.png"))
        assert image.width() == 900
        assert image.pixelColor(1, 1).lightness() == 255
        assert any(
            image.pixelColor(x, y).saturation() > 100
            for x in range(0, 900, 2)
            for y in range(0, image.height(), 2)
        )
        heights.append(image.height())
    assert heights[1] > heights[0]
