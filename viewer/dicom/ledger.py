"""The ledger: every file seen, shown or counted with its reason, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from viewer.dicom.errors import SkipKind
from viewer.plain_text import whole_line

if TYPE_CHECKING:
    from viewer.dicom.catalogue import Catalogue

# In the order in which a reader wants to know of them: singular, plural.
_KINDS: dict[SkipKind, tuple[str, str]] = {
    "damaged": ("damaged", "damaged"),
    "unreadable": ("unreadable", "unreadable"),
    "missing": ("missing", "missing"),
    "limit": ("over a limit", "over a limit"),
    "outside": ("outside what was opened", "outside what was opened"),
    "duplicate": ("duplicate", "duplicates"),
    "index": ("disc index", "disc indexes"),
    "archive": ("archive", "archives"),
    "viewer": ("viewer of a disc", "viewers of discs"),
    "not-a-file": ("not a regular file", "not regular files"),
    "not-dicom": ("not DICOM", "not DICOM"),
}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not shown, and why (one plain sentence)."""

    path: str
    kind: SkipKind
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence about the whole of what was opened."""

    text: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every file seen: shown in a stack, or skipped with its reason.

    ``seen`` is always ``shown + len(skipped)``. A file that is named (by a
    DICOMDIR or by the user) but absent counts as seen, and is skipped as
    "missing".
    """

    seen: int = 0
    shown: int = 0
    skipped: tuple[Skipped, ...] = ()
    notices: tuple[str, ...] = ()  # sentences about the whole: "DICOMDIR damaged, folder scanned"


def ledger_sentence(catalogue: Catalogue) -> str:
    """Give the ledger in one line: "1,243 files: 1,198 images in 6 series, 3 damaged".

    The numbers after the colon are files, and add up to the one before it.
    """
    ledger = catalogue.ledger
    if not ledger.seen:
        return "no files"
    documents, series = _documents_and_series(catalogue)
    images = ledger.shown - documents
    parts = []
    if images:
        parts.append(f"{_count(images, 'image', 'images')} in {series:,} series")
    if documents:
        parts.append(_count(documents, "document", "documents"))
    for kind, (one, many) in _KINDS.items():
        number = sum(skipped.kind == kind for skipped in ledger.skipped)
        if number:
            parts.append(_count(number, one, many))
    return f"{_count(ledger.seen, 'file', 'files')}: {', '.join(parts)}"


def ledger_text(catalogue: Catalogue) -> str:
    """Give the ledger as plain text: the sentence, notices, skipped files, shown files.

    A line each; text from files is made printable.
    """
    ledger = catalogue.ledger
    lines = [ledger_sentence(catalogue), *map(whole_line, ledger.notices)]
    for kind, (_, title) in _KINDS.items():
        skipped = [entry for entry in ledger.skipped if entry.kind == kind]
        if skipped:
            lines += ["", f"{title[0].upper()}{title[1:]} ({len(skipped):,}):"]
            lines += [
                f"  {whole_line(entry.path)}: {whole_line(entry.reason)}" for entry in skipped
            ]
    paths = _shown_paths(catalogue)
    if paths:
        lines += ["", f"Shown ({len(paths):,}):", *(f"  {whole_line(path)}" for path in paths)]
    return "\n".join(lines) + "\n"


def _documents_and_series(catalogue: Catalogue) -> tuple[int, int]:
    documents = series_with_images = 0
    for patient in catalogue.patients:
        for study in patient.studies:
            for series in study.series:
                number = sum(stack.kind == "document" for stack in series.stacks)
                documents += number
                series_with_images += number < len(series.stacks)
    return documents, series_with_images


def _shown_paths(catalogue: Catalogue) -> list[str]:
    """List the files of all stacks, in reading order, each once."""
    paths = (header.path for stack in catalogue.stacks() for header in stack.headers)
    return list(dict.fromkeys(paths))


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
