"""What a scan finds leaves in order, while the scan goes on; what goes wrong with it is told."""

from __future__ import annotations

import threading

import pytest

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.workers.scan_child import scan_batches

PATHS = ("/a", "/b", "/c")


@pytest.fixture(autouse=True)
def no_thread_left_over():
    threads = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= threads


@pytest.fixture
def scan(monkeypatch):
    def run(send, scanner):
        monkeypatch.setattr(f"{__name__}.scanner", scanner, raising=False)
        scan_batches(send, f"{__name__}:scanner", PATHS, DEFAULT_LIMITS, frozenset())

    return run


def all_paths(paths, limits, skip_paths, on_slow):
    for path in paths:
        yield InstanceHeader(path, 1, 1)


def paths_of(parts):
    return [
        item if isinstance(item, str) else item.path
        for part in parts
        for item in ([part] if isinstance(part, str) else part)
    ]


def test_a_scan_ends_where_nothing_can_be_sent_any_more(scan):
    def endless(paths, limits, skip_paths, on_slow):
        while True:
            yield from all_paths(paths, limits, skip_paths, on_slow)

    def send(part):
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        scan(send, endless)


def test_a_failure_to_send_the_last_part_is_told(scan):
    def send(part):
        if PATHS[-1] in paths_of([part]):
            raise ValueError("cannot be pickled")

    with pytest.raises(ValueError, match="cannot be pickled"):
        scan(send, all_paths)


def test_what_was_found_before_a_scan_fails_is_sent(scan):
    def fails_at_last(paths, limits, skip_paths, on_slow):
        yield from all_paths(paths[:1], limits, skip_paths, on_slow)
        raise RuntimeError("a defect")

    sent = []
    with pytest.raises(RuntimeError, match="a defect"):
        scan(sent.append, fails_at_last)
    assert paths_of(sent) == ["/a"]


def test_all_before_a_file_that_may_take_long_has_left_when_it_begins(scan):
    sent, left = [], []

    def send(part):
        threading.Event().wait(0.02)  # to a parent that is busy
        sent.append(part)

    def slow_at_last(paths, limits, skip_paths, on_slow):
        yield from all_paths(paths, limits, skip_paths, on_slow)
        on_slow("/slow")
        left.extend(paths_of(sent))

    scan(send, slow_at_last)
    assert left == [*PATHS, "/slow"]


def test_a_parent_that_does_not_listen_stops_the_scan_meanwhile(scan):
    found = []
    listens = threading.Event()

    def counted(paths, limits, skip_paths, on_slow):
        while not listens.is_set():
            found.append(None)
            yield InstanceHeader(paths[0], 1, 1)

    thread = threading.Thread(target=scan, args=(lambda part: listens.wait(), counted))
    thread.start()
    before = -1
    while before < 2 or before != len(found):  # until the scan has come to rest
        before = len(found)
        thread.join(0.3)
    listens.set()
    thread.join()
    assert before < 20_000
