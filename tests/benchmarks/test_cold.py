"""A cold start is told beside a warm one, and beside how cold it was."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import main


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="this system cannot forget files")
def test_a_cold_and_a_warm_start_paint_an_image(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cold", "--tiny", "--json", "--data", str(tmp_path)]) == 0
    start, left = json.loads(capsys.readouterr().out)["results"]["cold"]
    assert start["ours"]["median"] > 0
    assert start["peer_name"] == "warm start"
    assert start["peer"]["median"] > 0
    assert left["unit"] == "%"
    assert 0 <= left["ours"]["median"] <= 100
