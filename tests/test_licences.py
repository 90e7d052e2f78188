"""The list of all that Negato is made of: nothing left out, each with its text."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from viewer import __version__, licences, program
from viewer.licences import OPTIONAL, REQUIRED, Part, as_text, parts

_EXTRAS = ("libjpeg", "video", "nifti", "table")  # the others are for developers
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def found() -> dict[str, Part]:
    return {part.name.replace("_", "-"): part for part in parts()}


def test_what_is_looked_for_is_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = {
        kind: {re.match(r"[\w-]+", wanted)[0] for wanted in listed}
        for kind, listed in {
            "required": project["dependencies"],
            "optional": [wanted for name in _EXTRAS for wanted in extras[name]],
        }.items()
    }
    assert asked == {"required": set(REQUIRED), "optional": set(OPTIONAL)}


def test_each_part_has_a_licence_and_its_text(found: dict[str, Part]) -> None:
    for part in found.values():
        assert part.licence, part.name
        assert len(part.text) > 500, part.name


def test_negato_comes_first_with_its_own_licence() -> None:
    first = parts()[0]
    assert (first.name, first.version, first.licence) == ("Negato", __version__, "MIT")
    assert first.text == (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_all_that_is_required_is_listed_and_what_that_requires(found: dict[str, Part]) -> None:
    named = {name.casefold() for name in found}  # Pillow calls itself pillow in its metadata
    assert {"python", "shiboken6", "colorama", *map(str.casefold, REQUIRED)} <= named
    assert found["numpy"].version == metadata.version("numpy")
    assert found["Python"].version.startswith(f"{sys.version_info.major}.")


def test_tools_of_the_developers_are_no_part_of_negato(found: dict[str, Part]) -> None:
    assert not {"pytest", "ruff", "hypothesis", "SimpleITK", "matplotlib"} & set(found)


def test_the_libraries_in_imagecodecs_have_a_text_each(found: dict[str, Part]) -> None:
    assert "Redistribution" in found["imagecodecs: openjpeg"].text
    assert "imagecodecs: charls" in found


def test_qt_says_where_its_source_is_and_how_to_replace_it(found: dict[str, Part]) -> None:
    for name in ("PySide6-Essentials", "shiboken6"):
        part = found[name]
        assert "LGPL-3.0" in part.licence
        assert "https://download.qt.io/official_releases/QtForPython/" in part.text
        assert "GNU LESSER GENERAL PUBLIC LICENSE\n                       Version 3" in part.text
        assert "END OF TERMS AND CONDITIONS" in part.text  # of the GPL, which the LGPL refers to


def test_a_wheel_that_is_not_there_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "REQUIRED", ("negato-nowhere",))
    monkeypatch.setattr(licences, "OPTIONAL", ())
    tables = "Tables of the DICOM standard"
    assert [part.name for part in parts()] == ["Negato", "Python", tables]


def _installed(folder: Path, fields: str, **texts: str) -> metadata.Distribution:
    info = folder / "thing-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n{fields}")
    lines = ["thing-1.0.dist-info/METADATA,,"]
    for name, text in texts.items():
        (info / name).write_text(text)
        lines.append(f"thing-1.0.dist-info/{name},,")
    (info / "RECORD").write_text("\n".join([*lines, "thing-1.0.dist-info/LICENSE.gone,,"]))
    return metadata.Distribution.at(info)


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ("License-Expression: MIT\nLicense: old words\n", "MIT"),
        ("License: BSD\n", "BSD"),
        ("License: All of it\n        line by line\nClassifier: License :: Free :: X\n", "X"),
        ("Classifier: License :: OSI Approved :: MIT License\n", "MIT License"),
        ("", "see its text"),
    ],
)
def test_the_licence_is_taken_from_where_the_metadata_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fields: str, licence: str
) -> None:
    thing = _installed(tmp_path, fields, LICENSE="its words", NOTICE="a notice")
    monkeypatch.setattr(licences, "_distributions", lambda: iter([thing]))
    part = next(part for part in parts() if part.name == "thing")
    assert part.licence == licence
    assert "its words" in part.text
    assert "a notice" in part.text


def test_a_part_without_a_text_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    thing = _installed(tmp_path, "License: BSD\n")
    monkeypatch.setattr(licences, "_distributions", lambda: iter([thing]))
    assert "It brings no text of its licence." in as_text(parts())


def test_the_bundle_lists_the_libraries_that_its_build_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "LIBRARIES.txt").write_text(
        "XCB\t\tMIT\tthe wheel of a thing\nzlib\t1.3\tZlib\tthe Debian package zlib1g\n"
    )
    (tmp_path / "licences").mkdir()
    (tmp_path / "licences" / "zlib1g.txt").write_text("whose text this is")
    monkeypatch.setattr(program, "is_bundle", lambda: True)
    monkeypatch.setattr(licences, "_ABOVE", tmp_path)
    monkeypatch.setattr(licences, "_negato", lambda: Part("Negato", "", "MIT", ""))
    listed = {part.name: part for part in parts()}
    assert (listed["zlib"].version, listed["zlib"].licence) == ("1.3", "Zlib")
    assert "the Debian package zlib1g" in listed["zlib"].text
    assert "whose text this is" in listed["zlib"].text
    assert listed["XCB"].text == "A library that comes from the wheel of a thing."


def test_the_command_prints_every_licence_and_loads_no_qt() -> None:
    program_text = (
        "import sys; sys.argv = ['negato', '--licences']\n"
        "from viewer.cli import main\n"
        "assert main() == 0\n"
        "assert not any(name.startswith('PySide6') for name in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program_text],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
        env={"PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)},
    )
    for name in ("numpy", "pydicom", "pyqtgraph", "Python", "GNU LESSER GENERAL PUBLIC LICENSE"):
        assert name in done.stdout, name


@pytest.mark.parametrize("arguments", [["x", "--licences"], ["--licences", "x"]])
def test_the_option_stands_alone(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "viewer", *arguments],
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert not done.stdout


def test_whose_tables_of_the_standard_were_used_is_told() -> None:
    [tables] = [part for part in parts() if part.name == "Tables of the DICOM standard"]
    for owner in ("highdicom", "dicom-anonymizer", "dicom-deidentifier"):
        assert owner in tables.text
    assert tables.text.count("Copyright") >= 3
