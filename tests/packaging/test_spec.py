"""What the bundle is told to be on Windows and macOS; PyInstaller, which is told, is played."""

from __future__ import annotations

import ast
import runpy
import sys
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from viewer import __version__

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


class Told:
    """What PyInstaller is asked for: the keywords of each of its steps."""

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, Any]] = {}

    def step(self, name: str) -> Any:
        def take(*_arguments: object, **keywords: Any) -> SimpleNamespace:
            self.steps[name] = keywords
            return SimpleNamespace(binaries=[], datas=[], scripts=[], pure=[])

        return take


class Played(ModuleType):
    """A module of PyInstaller, each function of which finds nothing."""

    __path__: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_arguments, **_keywords: []


class Finder(MetaPathFinder, Loader):
    """Gives any module of PyInstaller."""

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name.partition(".")[0] == "PyInstaller" else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return Played(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave it as it is."""


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.partition(".")[0] == "PyInstaller":
            del sys.modules[name]


def told(monkeypatch: pytest.MonkeyPatch, platform: str, folder: Path) -> dict[str, dict[str, Any]]:
    monkeypatch.setattr(sys, "platform", platform)
    found = Told()
    names = ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")
    given = {"SPECPATH": str(PACKAGING), "workpath": str(folder)}
    runpy.run_path(
        str(PACKAGING / "negato.spec"), {**given, **{name: found.step(name) for name in names}}
    )
    return found.steps


@pytest.mark.usefixtures("played")
def test_the_program_of_windows_has_icon_manifest_and_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = told(monkeypatch, "win32", tmp_path)
    program = steps["EXE"]
    assert program["console"] is True  # commands write to the shell that they are started in
    assert program["hide_console"] == "hide-early"
    assert Path(program["icon"]).is_file()
    assert Path(program["manifest"]).is_file()
    text = Path(program["version"]).read_text(encoding="utf-8")
    ast.parse(text, mode="eval")
    assert f"'{__version__}'" in text
    assert "BUNDLE" not in steps


@pytest.mark.usefixtures("played")
def test_on_macos_an_application_is_made_of_the_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = told(monkeypatch, "darwin", tmp_path)
    application = steps["BUNDLE"]
    assert application["name"] == "Negato.app"
    assert Path(application["icon"]).is_file()
    assert application["info_plist"]["CFBundleIdentifier"] == application["bundle_identifier"]
    assert application["info_plist"]["CFBundleShortVersionString"] == application["version"]
    assert "manifest" not in steps["EXE"]
