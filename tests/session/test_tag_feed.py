"""When the tags of a file are read: seen ones alone, first rows first, not all that is passed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from pydicom.data import get_testdata_file
from pytestqt.qtbot import QtBot

from viewer.dicom.errors import PixelError
from viewer.dicom.limits import Limits
from viewer.dicom.tags import TagTable, read_tags
from viewer.session.hop import Hop
from viewer.session.tag_feed import TagFeed
from viewer.workers.child_pool import ChildPool
from viewer.workers.tickets import Ticket

PLAN = str(get_testdata_file("rtplan.dcm", download=False))


class Asked:
    """A pool that answers when the test wants it to."""

    def __init__(self) -> None:
        self.pool = Mock(spec=ChildPool, limits=Limits(header_seconds=7))
        self.pool.submit.side_effect = self._submit
        self.tasks: list[tuple[str, int | None]] = []  # file, how many rows
        self.answer: Callable[[Any], object] = print

    def _submit(
        self, task: str, args: tuple[Any, ...], *, timeout_s: float, on_done: Callable[[Any], None]
    ) -> Mock:
        assert task == "tags"
        assert timeout_s == self.pool.limits.header_seconds
        self.tasks.append((args[0], args[2]))
        self.answer = on_done
        return Mock(spec=Ticket)


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def feed(asked: Asked, qtbot: QtBot) -> TagFeed:
    return TagFeed(asked.pool, Hop())


def test_the_beginning_of_a_long_file_is_shown_before_the_whole(
    feed: TagFeed, asked: Asked, qtbot: QtBot
) -> None:
    feed.read("long")
    ((_, rows),) = asked.tasks
    assert rows is not None
    with qtbot.waitSignal(feed.changed):
        asked.answer(read_tags(PLAN, first_rows=20))
    assert isinstance(feed.tags, TagTable)
    assert len(feed.tags) == 20
    assert asked.tasks[1:] == [("long", None)]
    with qtbot.waitSignal(feed.changed):
        asked.answer(read_tags(PLAN))
    assert feed.tags.is_whole
    assert len(asked.tasks) == 2


def test_a_failure_after_the_beginning_is_told(feed: TagFeed, asked: Asked, qtbot: QtBot) -> None:
    feed.read("long")
    with qtbot.waitSignal(feed.changed):
        asked.answer(read_tags(PLAN, first_rows=20))
    with qtbot.waitSignal(feed.changed):
        asked.answer(PixelError("Reading the tags crashed.", "long"))
    assert isinstance(feed.tags, PixelError)


def test_a_short_file_is_read_once(feed: TagFeed, asked: Asked, qtbot: QtBot) -> None:
    feed.read("short")
    with qtbot.waitSignal(feed.changed):
        asked.answer(read_tags(PLAN, first_rows=10_000))
    assert len(asked.tasks) == 1


def test_who_scrolls_past_files_gets_the_tags_of_the_one_where_he_stays(
    feed: TagFeed, asked: Asked, qtbot: QtBot
) -> None:
    for number in range(5):
        feed.read(f"file {number}")
    qtbot.waitUntil(lambda: len(asked.tasks) == 2)
    assert [path for path, _ in asked.tasks] == ["file 0", "file 4"]


def test_who_scrolls_back_gets_the_tags_of_the_file_to_which_he_comes_back(
    feed: TagFeed, asked: Asked, qtbot: QtBot
) -> None:
    feed.read("one")
    feed.read("two")
    asked.answer(read_tags(PLAN, first_rows=20))  # of one, while two is on screen
    feed.read("one")
    qtbot.waitUntil(lambda: len(asked.tasks) == 2)
    assert [path for path, _ in asked.tasks] == ["one", "one"]
    with qtbot.waitSignal(feed.changed):
        asked.answer(read_tags(PLAN))
    assert isinstance(feed.tags, TagTable)


def test_nothing_is_read_while_nobody_sees_the_tags(
    feed: TagFeed, asked: Asked, qtbot: QtBot
) -> None:
    feed.set_wanted(False)
    feed.read("hidden")
    assert not asked.tasks
    feed.set_wanted(True)
    assert [path for path, _ in asked.tasks] == ["hidden"]


def test_tags_of_another_file_are_not_shown_while_those_that_came_into_sight_are_read(
    feed: TagFeed, asked: Asked, qtbot: QtBot
) -> None:
    feed.read("one")
    with qtbot.waitSignal(feed.changed):
        asked.answer(read_tags(PLAN, first_rows=10_000))
    feed.set_wanted(False)
    feed.read("two")
    feed.set_wanted(True)
    assert feed.tags is None


def test_another_series_does_not_wait_for_the_pause(feed: TagFeed, asked: Asked) -> None:
    feed.read("one")
    feed.clear()
    feed.read("two")
    assert [path for path, _ in asked.tasks] == ["one", "two"]
