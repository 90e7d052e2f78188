"""The soak runs, and tells what is left behind."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.soak import __main__ as soak
from tests.soak.processes import Holdings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")


def test_a_few_series_leave_nothing_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.soak", "--series", "6", "--curve"]
    done = subprocess.run(
        [*command, str(tmp_path / "curve.png")],
        check=False,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    *measured, told = (json.loads(line) for line in done.stdout.splitlines() if line[0] == "{")
    assert [one["series"] for one in measured] == [0, 5, 6]
    assert sum(count for what, count in told["did"].items() if what.startswith("open ")) == 6
    assert (tmp_path / "curve.png").stat().st_size > 5_000


def test_what_grows_is_told() -> None:
    held = [(n, Holdings(100.0 + n, 200.0, 2, 4, 20)) for n in range(0, 101, 5)]
    assert soak._grown(held, kinds=10) == ["window_mb grew from 120 to 192"]


def test_what_is_left_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before, others = soak.segments_and_files(), len(soak.descendants())
    (tmp_path / "left-by-negato").touch()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        failures = soak._left(before)
        process.communicate(b"\n")
    assert f"{others + 1} processes are left" in failures
    assert "1 shared-memory segments or temporary files are left" in failures
