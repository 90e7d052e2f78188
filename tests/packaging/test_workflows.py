"""The workflows of GitHub Actions, by their text: what they name is there; they may do little."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".github" / "workflows"
NAMES = sorted(path.name for path in FOLDER.glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FILE = re.compile(
    r"(?<![\w/.-])(?:packaging|resources|tests|viewer|\.ci)[/\\][\w./\\-]*\w|negato\.sh"
)
READ_ONLY = {"contents": "read"}


def workflow(name: str) -> dict[Any, Any]:
    found = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in NAMES:
        for job, content in workflow(name)["jobs"].items():
            yield f"{name}, {job}", content


def steps() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for name, job in jobs():
        for step in job.get("steps", ()):
            yield name, job, step


def commands() -> Iterator[tuple[str, str]]:
    """Give what is run, and where."""
    for name, _, step in steps():
        if "run" in step:
            yield name, step["run"]


def test_there_are_workflows_for_changes_and_for_releases() -> None:
    assert {"ci.yml", "bundles.yml", "release.yml"} <= set(NAMES)
    assert "push" in workflow("ci.yml")[True]  # which YAML takes `on` for
    assert workflow("release.yml")[True]["push"] == {"tags": ["v*"]}
    assert "workflow_call" in workflow("bundles.yml")[True]


def test_only_the_job_that_drafts_a_release_may_write() -> None:
    for name in NAMES:
        assert workflow(name)["permissions"] == READ_ONLY, name
    wider = {name: job["permissions"] for name, job in jobs() if "permissions" in job}
    assert wider == {
        "release.yml, draft": {"contents": "write", "id-token": "write", "attestations": "write"}
    }


def test_no_secret_is_asked_for_and_no_text_from_outside_becomes_code() -> None:
    for name in NAMES:
        assert "secrets." not in (FOLDER / name).read_text(encoding="utf-8")
    for name, command in commands():
        assert "${{" not in command, name


def test_every_job_ends() -> None:
    for name, job in jobs():
        assert "uses" in job or job["timeout-minutes"] <= 60, name


def test_actions_are_github_s_own_and_each_has_one_version() -> None:
    versions: dict[str, set[str]] = {}
    for name, job in jobs():
        used = [job["uses"]] if "uses" in job else [step.get("uses") for step in job["steps"]]
        for action in filter(None, used):
            if action.startswith("./"):
                assert (ROOT / action).is_file(), f"{name} uses {action}"
                continue
            title, version = re.fullmatch(r"(actions/[\w-]+)@(v\d+)", action).groups()
            versions.setdefault(title, set()).add(version)
    assert all(len(found) == 1 for found in versions.values()), versions


def test_every_file_that_is_named_is_there() -> None:
    named = [(name, path) for name, command in commands() for path in FILE.findall(command)]
    assert len(named) > 8
    for name, path in named:
        assert (ROOT / path.replace("\\", "/")).exists(), f"{name} names {path}"


def test_every_option_that_is_given_to_a_script_is_one_of_its_own() -> None:
    for name, command in commands():
        for script, rest in re.findall(r"(packaging/[\w/]+\.(?:py|sh))\b([^\n|>]*)", command):
            text = (ROOT / script).read_text(encoding="utf-8")
            for option in re.findall(r"(?<!\S)--?[a-z][\w-]*", rest):
                assert f'"{option}"' in text, f"{name}: {script} knows no {option}"


def test_every_extra_that_is_installed_exists() -> None:
    text = "\n".join(command for _, command in commands())
    extras = set(re.findall(r"\.\[([\w,]+)\]", text))
    assert extras
    assert extras <= set(PROJECT["optional-dependencies"])


def test_the_tests_run_on_each_system_and_on_each_python_that_is_promised() -> None:
    matrix = workflow("ci.yml")["jobs"]["tests"]["strategy"]["matrix"]
    assert {image.partition("-")[0] for image in matrix["os"]} == {"ubuntu", "windows", "macos"}
    promised = [
        found[1]
        for line in PROJECT["classifiers"]
        if (found := re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", line))
    ]
    assert matrix["python"] == promised
    assert PROJECT["requires-python"] == f">={promised[0]}"
    for _, _, step in steps():
        if "python-version" in step.get("with", {}):
            version = step["with"]["python-version"]
            version = version if "{{" not in version else workflow("bundles.yml")["env"]["PYTHON"]
            assert version in promised


def test_commands_for_a_shell_are_spelled_as_it_reads_them() -> None:
    for name, job, step in steps():
        windows = str(job["runs-on"]).startswith("windows")
        if "run" in step and step.get("shell") != "pwsh" and not windows:
            done = subprocess.run(
                ["bash", "-n"], input=step["run"], text=True, capture_output=True, check=False
            )
            assert not done.returncode, f"{name}: {done.stderr}"


def test_what_is_made_is_what_is_kept() -> None:
    kept = [
        line
        for _, _, step in steps()
        if "upload" in step.get("uses", "")
        for line in step["with"]["path"].split()
    ]
    script = (ROOT / "packaging/windows/negato.iss").read_text(encoding="ascii")
    installer = re.search("OutputBaseFilename=(.+)", script)[1].replace("{#AppVersion}", "*")
    assert f"dist/{installer}.exe" in kept
    image = (ROOT / "packaging/macos/make_dmg.sh").read_text(encoding="ascii")
    assert "image=dist/negato-$version-macos-$(uname -m).dmg" in image
    assert "dist/negato-*.dmg" in kept
    linux = [step.get("run", "") for step in workflow("bundles.yml")["jobs"]["linux"]["steps"]]
    makes = {
        "dist/*.tar.xz": "python packaging/build.py --tarball",
        "dist/*.deb": "python packaging/linux/build.py",
    }
    assert makes.keys() == {path for path in kept if path.startswith("dist/*.")} - {
        "dist/*.whl",
        "dist/*.tar.gz",
    }
    assert set(makes.values()) <= set(linux)


def test_the_installer_is_tried_on_what_it_writes() -> None:
    (tried,) = [command for _, command in commands() if "unins000.exe" in command]
    script = (ROOT / "packaging/windows/negato.iss").read_text(encoding="ascii")
    keys = [key.replace("\\\\", "\\") for key in re.findall(r'"\$classes\\([^"]+)"', tried)]
    assert len(keys) >= 5
    for key in keys:
        assert f'"Software\\Classes\\{key}"' in script, key
