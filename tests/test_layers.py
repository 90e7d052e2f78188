"""Each import contract holds, and fails where it is broken."""

from __future__ import annotations

import ast
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

pytest.importorskip("importlinter", reason="import-linter comes with the extra `dev`")

from importlinter.cli import EXIT_STATUS_ERROR, EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parents[1]

PLANTS = {
    "a lower layer imports a higher one": (
        "layers",
        "workers/planted.py",
        "from viewer import session",
    ),
    "a module has no layer": ("layers", "planted.py", ""),
    "commands and windows know each other": (
        "layers",
        "commands/planted.py",
        "from viewer import ui",
    ),
    "a worker imports Qt": ("headless", "workers/planted.py", "import PySide6.QtCore"),
    "a command reaches Qt through the session": (
        "headless",
        "commands/planted.py",
        "from viewer.session import settings",
    ),
    "the command line imports Qt": ("entry", "cli.py", "import PySide6.QtWidgets"),
    "the session draws": ("session", "session/planted.py", "import pyqtgraph"),
    "a widget reads a data set": ("pydicom", "ui/planted.py", "import pydicom"),
    "a worker calls a codec": ("pydicom", "workers/planted.py", "import imagecodecs"),
    "a writer of tables reads a data set": ("formats", "formats/planted.py", "import pydicom"),
    "imaging decodes": ("imaging", "imaging/planted.py", "import imagecodecs"),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of the package and its contracts that may be spoiled."""
    shutil.copytree(
        ROOT / "viewer", tmp_path / "viewer", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    # grimp asks the import system where `viewer` is: forget the one already imported
    for name in [name for name in sys.modules if name.split(".")[0] == "viewer"]:
        monkeypatch.delitem(sys.modules, name)
    return tmp_path


def broken(contract: str | None = None) -> bool:
    """Tell whether import-linter finds a contract broken, or one of all."""
    status = lint_imports(
        limit_to_contracts=(contract,) if contract else (), no_cache=True, show_timings=False
    )
    assert status in (EXIT_STATUS_SUCCESS, EXIT_STATUS_ERROR)
    return status == EXIT_STATUS_ERROR


def test_the_package_keeps_its_contracts(project: Path) -> None:
    assert not broken()


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_violation_breaks_its_contract(project: Path, plant: str) -> None:
    contract, path, line = PLANTS[plant]
    assert not broken(contract)
    with (project / "viewer" / path).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    assert broken(contract)


def test_each_contract_has_a_planted_violation() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {entry["id"] for entry in settings["tool"]["importlinter"]["contracts"]}
    assert contracts == {contract for contract, _, _ in PLANTS.values()}


def test_the_session_takes_nothing_of_qt_but_its_core() -> None:
    # import-linter sees PySide6 as one module, so this rule needs an eye of its own
    found = set()
    for path in (ROOT / "viewer" / "session").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                found.add(node.module or "")
            elif isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
    assert {name for name in found if name.startswith("PySide6")} <= {"PySide6.QtCore"}
