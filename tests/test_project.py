"""The project around the code: what is delivered, and what the papers promise."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from viewer import __version__
from viewer.dicom.limits import DEFAULT_LIMITS, LIMIT_TITLES
from viewer.resources import resource
from viewer.session.actions import ACTIONS

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_resources_are_found_where_they_are_delivered() -> None:
    assert (resource("sample") / "DICOMDIR").is_file()
    assert resource("icons/negato.svg").is_file()


def test_a_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.txt"):
        resource("nowhere.txt")


def test_the_wheel_delivers_the_resources_inside_the_package() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"resources": "viewer/_resources"}


def test_version_is_printed_without_starting_qt() -> None:
    program = (
        "import sys; sys.argv = ['negato', '--version']\n"
        "from viewer.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert not end.code\n"
        "assert not any(name.startswith('PySide6') for name in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == f"negato {__version__}"


def test_the_readme_points_at_files_that_exist() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md", "SECURITY.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", read(name)):
            assert (ROOT / target).exists(), f"{name} points at {target}"


def test_the_script_installs_the_packages_that_the_readme_lists() -> None:
    line = read("README.md").split("apt-get install", 1)[1].split("```")[0]
    packages = re.findall(r"\blib[a-z0-9.+-]+", line)
    assert len(packages) == 12
    script = read("negato.sh")
    assert all(re.search(rf"[\" ]{re.escape(name)}[\" ]", script) for name in packages)


def test_the_readme_lists_every_shortcut() -> None:
    text = read("README.md")
    for action in ACTIONS:
        if action.shortcut not in ("", "Ctrl+Q"):
            assert action.shortcut in text, action.title


def test_the_readme_lists_every_limit_with_its_default() -> None:
    section = read("README.md").partition("\n## Limits\n")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("| ").split("|")]
        for line in section.splitlines()
        if line.startswith("| `")
    ]
    listed = {row[0].strip("`"): row[1:3] for row in rows}
    assert listed == {
        name: [title.title, DEFAULT_LIMITS.shown(name)] for name, title in LIMIT_TITLES.items()
    }


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## [{__version__}]" in read("CHANGELOG.md")


def test_the_gpl_codec_comes_only_when_asked_for() -> None:
    project = PROJECT["project"]
    assert not any(name.startswith("pylibjpeg-libjpeg") for name in project["dependencies"])
    extras = project["optional-dependencies"]
    names = {extra for extra, wanted in extras.items() if "pylibjpeg-libjpeg" in str(wanted)}
    assert names == {"libjpeg"}


def test_the_architecture_names_every_package_of_the_code() -> None:
    text = read("ARCHITECTURE.md")
    for folder in (ROOT / "viewer").iterdir():
        if (folder / "__init__.py").is_file():
            assert f"`{folder.name}/`" in text or f"`viewer/{folder.name}/`" in text, folder.name
