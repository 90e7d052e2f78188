"""The scan's thread rests while the window takes what it has found, but never for long."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from viewer.dicom.catalogue import Catalogue
from viewer.session import document as documents
from viewer.session.document import Document, ScanProgress
from viewer.session.hop import Hop

LONG_S = 20.0


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(["/disc"], Hop())


def posting(document: Document) -> threading.Thread:
    """Post a catalogue from another thread, as the scan does."""
    progress = ScanProgress(running=True)
    thread = threading.Thread(target=document._post_catalogue, args=(Catalogue(), progress))
    thread.start()
    return thread


def test_the_scan_rests_until_the_window_has_taken_a_catalogue(
    document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_LONGEST_REST_S", LONG_S)
    scan = posting(document)
    scan.join(0.2)
    assert scan.is_alive()
    with qtbot.waitSignal(document.catalogueChanged):
        pass
    qtbot.waitUntil(lambda: not scan.is_alive())


def test_the_scan_goes_on_beside_a_window_that_is_busy(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_LONGEST_REST_S", 0.05)
    scan = posting(document)
    scan.join(LONG_S)
    assert not scan.is_alive()


def test_a_scan_that_rests_does_not_keep_a_document_from_closing(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_LONGEST_REST_S", LONG_S)
    scan = posting(document)
    scan.join(0.2)
    document.close()
    scan.join(LONG_S / 2)
    assert not scan.is_alive()
