"""The example in README.md runs as it stands there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from viewer.resources import resource

README = Path(__file__).resolve().parents[1] / "README.md"


def example() -> str:
    """Give the first block of Python below the heading."""
    _, _, below = README.read_text(encoding="utf-8").partition("\n## From Python\n")
    block = re.search(r"```python\n(.*?)```", below.partition("\n## ")[0], re.DOTALL)
    return block.group(1) if block else ""


def test_the_example_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = example()
    if not code:
        pytest.skip("README.md has no example under '## From Python'")
    shutil.copytree(str(resource("sample")), tmp_path / "scans")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        exec(compile(code, str(README), "exec"), names)
        assert names["shown"].is_open
    finally:
        if "shown" in names:
            names["shown"].close()
    told = capsys.readouterr().out
    assert "HU" in told
    assert not list(tmp_path.glob("negato-shown-*"))
