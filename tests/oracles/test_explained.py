"""The tables of differences speak of files that are there, and cannot rot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracles import monochrome as mono
from tests.oracles import tally
from tests.oracles.explained import EXPLAINED, UNREAD


def test_every_explained_file_is_one_that_is_compared(corpus: Path) -> None:
    listed = {path for part in mono.corpus_parts() for path in part.values[0]}
    explained = {path for _, path, _ in EXPLAINED}
    unread = {path for paths in UNREAD.values() for path in paths}
    assert explained | unread <= listed
    assert all((corpus / path).is_file() for path in explained | unread)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> tally.Tally:
    """Give a tally of two files, the differences of one of them explained."""
    monkeypatch.setattr(tally, "EXPLAINED", {("other", "a.dcm", "WindowCenter 1"): "rounds"})
    monkeypatch.setattr(tally, "UNREAD", {"other": {"a.dcm": "too deep"}})
    found = tally.Tally("other", ["a.dcm", "b.dcm"])
    found.differs("a.dcm", "WindowCenter 1", "2 levels")
    found.not_read("a.dcm", "E: too deep")
    return found


def test_what_is_explained_passes_and_is_counted(counted: tally.Tally) -> None:
    recorded = {}
    counted.check(recorded.__setitem__, same_version=True)
    assert recorded[tally.REPORT]["differences"] == 1


def test_what_is_not_explained_fails(counted: tally.Tally) -> None:
    counted.differs("b.dcm", "WindowCenter 1", "3 levels")
    counted.not_read("b.dcm", "E: cut short")
    with pytest.raises(AssertionError, match=r"3 levels\nb\.dcm: not read: E: cut short"):
        counted.check(lambda *_: None, same_version=False)


def test_what_no_longer_differs_fails_with_the_version_of_the_table(counted: tally.Tally) -> None:
    counted.differences.clear()
    counted.check(lambda *_: None, same_version=False)
    with pytest.raises(AssertionError, match="no longer so"):
        counted.check(lambda *_: None, same_version=True)
