"""The project around the code: what is delivered, and what the papers promise."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import viewer
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


def test_the_classifiers_name_every_python_from_the_oldest_that_is_required() -> None:
    project = PROJECT["project"]
    named = [
        int(found[1])
        for found in (re.fullmatch(r".*:: 3\.(\d+)", line) for line in project["classifiers"])
        if found
    ]
    oldest = int(project["requires-python"].removeprefix(">=3."))
    assert named == list(range(oldest, named[-1] + 1))
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py3{oldest}"
    assert PROJECT["tool"]["mypy"]["python_version"] == f"3.{oldest}"
    assert f"version_info < (3, {oldest})" in read("negato.sh")


def test_the_version_stands_in_one_place() -> None:
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert (ROOT / PROJECT["tool"]["hatch"]["version"]["path"]).samefile(viewer.__file__)
    stated = re.compile(rf"[\"'>]{re.escape(__version__)}[\"'<]")  # elsewhere, an example
    copies = [
        str(path.relative_to(ROOT))
        for folder in ("viewer", "packaging", "resources", ".ci", ".github")
        for path in (ROOT / folder).rglob("*")
        if path.suffix not in (".pyc", ".db", ".png")
        and path.is_file()
        and stated.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert copies == ["viewer/__init__.py"]


def test_the_lock_holds_what_the_project_asks_for_and_nothing_of_a_machine() -> None:
    text = read("uv.lock")
    lock = tomllib.loads(text)
    project = PROJECT["project"]
    extras = project["optional-dependencies"].values()
    asked = {_name_of(wanted) for listed in (project["dependencies"], *extras) for wanted in listed}
    own = next(package for package in lock["package"] if package["name"] == "negato")
    assert own["source"] == {"editable": "."}
    assert "version" not in own
    locked = {wanted["name"] for wanted in own["metadata"]["requires-dist"]}
    assert asked - {"negato"} == locked
    assert lock["requires-python"] == project["requires-python"]
    hosts = set(re.findall(r"[a-z]+://[^/\"]*", text))
    assert hosts == {"https://pypi.org", "https://files.pythonhosted.org"}


def test_the_lock_keeps_qt_6_12_0_from_python_3_11() -> None:
    packages = tomllib.loads(read("uv.lock"))["package"]
    qt = [package for package in packages if package["name"] == "pyside6-essentials"]
    older = "python_full_version < '3.12'"
    for_3_11 = [p for p in qt if any(older in marker for marker in p["resolution-markers"])]
    assert [package["version"] != "6.12.0" for package in for_3_11] == [True]


def _name_of(requirement: str) -> str:
    found = re.match(r"[\w-]+", requirement)
    assert found
    return found[0].lower()


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
