"""The scan's thread rests while the window takes what it has found, but never for long."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.dicom.slices import a_slice
from viewer.session import catalogue_feed
from viewer.session.catalogue_feed import Asked, CatalogueFeed, News
from viewer.session.document import Document
from viewer.session.hop import Hop

LONG_S = 20.0


@pytest.fixture
def document(qtbot: QtBot) -> Iterator[Document]:
    document = Document(Hop())
    yield document
    document.close()


def posting(document: Document) -> threading.Thread:
    """Post a catalogue from another thread, as the scan does."""
    feed, asked = document._feed, Asked(1, ("/study",))
    thread = threading.Thread(target=feed.add, args=(asked, [a_slice(1)]))
    thread.start()
    return thread


def test_the_scan_rests_until_the_window_has_taken_a_catalogue(
    document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_feed, "_LONGEST_REST_S", LONG_S)
    scan = posting(document)
    scan.join(0.2)
    assert scan.is_alive()
    with qtbot.waitSignal(document.catalogueChanged):
        pass
    qtbot.waitUntil(lambda: not scan.is_alive())


def test_the_scan_goes_on_beside_a_window_that_is_busy(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_feed, "_LONGEST_REST_S", 0.05)
    scan = posting(document)
    scan.join(LONG_S)
    assert not scan.is_alive()


def test_a_scan_that_rests_does_not_keep_a_document_from_closing(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_feed, "_LONGEST_REST_S", LONG_S)
    scan = posting(document)
    scan.join(0.2)
    document.close()
    scan.join(LONG_S / 2)
    assert not scan.is_alive()


def test_a_second_scan_is_not_held_up_by_one_that_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_feed, "_LONGEST_REST_S", LONG_S)
    posted: list[News] = []
    taken: list[object] = []
    came = threading.Event()

    def post(news: News, when_taken: object) -> None:
        posted.append(news)
        taken.append(when_taken)
        came.set()

    feed = CatalogueFeed(post)
    threads = []
    for number in (1, 2):
        feed.latest = number
        came.clear()
        header = a_slice(1, path=f"/{number}/a", study_instance_uid=str(number))
        header = a_slice(
            1, path=f"/{number}/a", study_instance_uid=f"9.{number}",
            series_instance_uid=f"9.{number}.1", sop_instance_uid=f"9.{number}.1.1",
        )  # fmt: skip
        arguments = (Asked(number, (f"/{number}",)), [header])
        threads.append(threading.Thread(target=feed.add, args=arguments))
        threads[-1].start()
        assert came.wait(LONG_S)
    shown = [news.first[0].headers[0].path for news in posted if news.first is not None]
    assert shown == ["/1/a", "/2/a"]
    for when_taken in taken:
        when_taken()
    for thread in threads:
        thread.join(LONG_S)
