"""Give the notes of a release: ``python packaging/release_notes.py VERSION [CHANGELOG]``.

They are the version's section of CHANGELOG.md, as Markdown, a line each entry. What a release is
made of otherwise, and where it goes, CONTRIBUTING.md and the workflows say.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

_CHANGELOG = Path(__file__).resolve().parents[1] / "CHANGELOG.md"
_HEADING = re.compile(r"^## \[?([^\]\s]+)\]?.*$", re.MULTILINE)
_WRAPPED = re.compile(r"(?<=\S)\n[ \t]+(?=[^\s*-])")  # a web page would show the break


class NoNotesError(Exception):
    """There are no notes for a version; says which there are."""


def release_notes(changelog: str, version: str) -> str:
    """Give the section of ``version`` from the text of a changelog.

    Raises
    ------
    NoNotesError
        If it has no such section, or nothing in it.
    """
    headings = list(_HEADING.finditer(changelog))
    ends = [heading.start() for heading in headings[1:]] + [len(changelog)]
    sections = {
        heading[1]: changelog[heading.end() : end].strip()
        for heading, end in zip(headings, ends, strict=True)
    }
    if version not in sections:
        known = ", ".join(sections) or "no version at all"
        raise NoNotesError(f"The changelog has no section {version!r}. It has: {known}.")
    if not re.search(r"^[-*] ", sections[version], re.MULTILINE):
        raise NoNotesError(f"The section {version!r} of the changelog tells of no change.")
    return _WRAPPED.sub(" ", sections[version]) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the notes; 1 where there are none."""
    parser = argparse.ArgumentParser(description="Print the notes of a release as Markdown.")
    parser.add_argument("version", help="as the changelog has it: 0.1.0, or Unreleased")
    parser.add_argument("changelog", nargs="?", type=Path, default=_CHANGELOG)
    parsed = parser.parse_args(argv)
    try:
        notes = release_notes(parsed.changelog.read_text(encoding="utf-8"), parsed.version)
    except NoNotesError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(notes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
