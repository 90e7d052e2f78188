"""The tables of differences speak of files that are there."""

from __future__ import annotations

from pathlib import Path

from tests.oracles import monochrome as mono
from tests.oracles.explained import EXPLAINED, UNREAD


def test_every_explained_file_is_one_that_is_compared(corpus: Path) -> None:
    listed = {path for part in mono.corpus_parts() for path in part.values[0]}
    explained = {path for _, path, _ in EXPLAINED}
    unread = {path for paths in UNREAD.values() for path in paths}
    assert explained | unread <= listed
    assert all((corpus / path).is_file() for path in explained | unread)
