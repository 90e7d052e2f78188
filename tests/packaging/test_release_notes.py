"""The notes of a release, from the changelog."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from viewer import __version__

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "release_notes.py"
NAMES = runpy.run_path(str(SCRIPT))
release_notes, NoNotesError = NAMES["release_notes"], NAMES["NoNotesError"]

CHANGELOG = """\
# Changelog

Words about it.

## [Unreleased]

## [0.2.0] - 2026-12-01

### Added
- One thing that takes
  two lines.
- Another.

### Fixed
- A third.

## [0.1.0]

### Added
- The first.
"""


def notes_of(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env={"PYTHONUTF8": "1"},
    )


def test_a_version_gives_its_section_alone_an_entry_a_line() -> None:
    assert release_notes(CHANGELOG, "0.2.0") == (
        "### Added\n- One thing that takes two lines.\n- Another.\n\n### Fixed\n- A third.\n"
    )


def test_the_last_section_ends_with_the_file() -> None:
    assert release_notes(CHANGELOG, "0.1.0") == "### Added\n- The first.\n"


def test_a_version_is_matched_whole() -> None:
    with pytest.raises(NoNotesError, match=r"no section '0\.2'.*Unreleased, 0\.2\.0, 0\.1\.0"):
        release_notes(CHANGELOG, "0.2")


def test_a_section_without_a_change_is_refused() -> None:
    with pytest.raises(NoNotesError, match="'Unreleased' of the changelog tells of no change"):
        release_notes(CHANGELOG, "Unreleased")


def test_the_command_prints_the_notes_of_this_version() -> None:
    done = notes_of(__version__)
    assert done.returncode == 0
    assert done.stdout.startswith("### ")
    assert "## [" not in done.stdout.replace("### ", "")


def test_the_command_fails_with_a_sentence_where_there_are_none() -> None:
    done = notes_of("9.9.9")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "no section '9.9.9'" in done.stderr
    assert "Traceback" not in done.stderr
