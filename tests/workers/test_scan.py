"""A scan survives the files it reads, gives each once, and stops when told."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

from tests.workers.test_child_pool import children_of_this_process
from viewer.dicom.catalogue import Skipped
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.ledger import Notice
from viewer.dicom.limits import Limits
from viewer.workers import child_process, scan
from viewer.workers.scan import ScanJob, Stopped, scan_in_child
from viewer.workers.scan_children import ScanChildren

FAKE = "tests.workers.fake_scans:scan"
PROCESS = "tests.workers.fake_scans:says_its_process"
ENDLESS = "tests.workers.fake_scans:endless"


@pytest.fixture(autouse=True)
def nothing_left_over():
    threads, children = set(threading.enumerate()), children_of_this_process()
    yield
    assert set(threading.enumerate()) <= threads
    assert children_of_this_process() <= children


def scanned(paths, scanner=FAKE, **limits):
    return list(scan_in_child(paths, Limits(**limits), scanner=scanner))


def flat(batches):
    return [item for batch in batches for item in batch]


def test_every_file_comes_once_in_order_and_the_first_at_once():
    names = [f"/disc/{n:04}" for n in range(2000)]
    batches = scanned(names)
    assert len(batches[0]) == 1
    assert [i.path for i in flat(batches) if isinstance(i, InstanceHeader)] == names
    assert len(batches) < 100


def test_a_file_that_crashes_the_reader_is_damaged_and_the_rest_comes():
    names = ["/a", "/slow", "/trap-crash", "/b", "/trap-crash2", "/c"]
    items = flat(scanned(names))
    assert [i.path for i in items if isinstance(i, InstanceHeader)] == ["/a", "/slow", "/b", "/c"]
    skipped = [i for i in items if isinstance(i, Skipped)]
    assert [(s.path, s.kind) for s in skipped] == [
        ("/trap-crash", "damaged"),
        ("/trap-crash2", "damaged"),
    ]
    assert [i for i in items if isinstance(i, Notice)] == [Notice("a disc")]


def test_a_file_that_hangs_the_reader_is_over_the_limit_and_the_rest_comes():
    items = flat(scanned(["/a", "/trap-hang", "/b"], header_seconds=0.2))
    assert [i.path for i in items if isinstance(i, InstanceHeader)] == ["/a", "/b"]
    (skipped,) = (i for i in items if isinstance(i, Skipped))
    assert (skipped.path, skipped.kind) == ("/trap-hang", "limit")
    assert "0.2 s" in skipped.reason


@pytest.mark.parametrize("scanner", [FAKE, "tests.workers.fake_scans:ends_before_it_begins"])
def test_a_crash_nobody_announced_ends_the_scan_with_a_notice(scanner):
    items = flat(scanned(["/a", "/unannounced-crash", "/b"], scanner))
    assert isinstance(items[-1], Notice)
    assert "stopped early" in items[-1].text


def test_children_killed_before_they_gave_anything_are_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(child_process, "_CONFINED", False)  # they make folders, to be told apart
    items = flat(scanned([str(tmp_path)], "tests.workers.fake_scans:is_killed_twice"))
    assert [item.path for item in items] == ["/a"]


def test_a_scanner_that_cannot_be_loaded_says_so():
    (notice,) = flat(scanned(["/a"], "tests.workers.fake_scans:no_such_function"))
    assert "stopped early" in notice.text


def test_leaving_the_iteration_ends_the_child():
    batches = scan_in_child(["/disc"], scanner="tests.workers.fake_scans:endless")
    assert next(batches)
    batches.close()


def test_a_cancelled_job_ends_at_once_and_says_its_end_once():
    batches, ends = queue.Queue(), queue.Queue()
    job = ScanJob(
        ["/disc"],
        batches.put,
        lambda: ends.put("end"),
        scanner="tests.workers.fake_scans:endless",
    )
    job.start()
    batches.get(timeout=20)
    before = time.monotonic()
    job.cancel()
    job.join()
    assert time.monotonic() - before < 0.5
    assert ends.get_nowait() == "end"
    assert ends.empty()


def test_a_job_whose_taker_fails_counts_as_not_whole(monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    ends = []

    def fail(_):
        raise RuntimeError

    job = ScanJob(["/disc"], fail, lambda: ends.append(job.is_cancelled()), scanner=FAKE)
    job.start()
    job.join()
    assert ends == [True]


def test_a_job_that_never_started_can_be_cancelled_and_joined():
    job = ScanJob(["/disc"], print, print)
    job.cancel()
    job.join()


def test_the_real_scan_accounts_for_every_file_of_a_series(corpus):
    folder = corpus / "series"
    one = next(path for path in sorted(folder.iterdir()) if path.is_dir())
    files = {str(path) for path in one.rglob("*") if path.is_file()}
    items = flat(scan_in_child([str(one)]))
    assert {item.path for item in items if not isinstance(item, Notice)} == files


def process_of(children, path="/a"):
    batches = scan_in_child([path], scanner=PROCESS, children=children)
    return next(item.path for item in flat(batches) if isinstance(item, InstanceHeader))


def test_one_child_serves_one_scan_after_another():
    children = ScanChildren()
    children.start()
    try:
        first = process_of(children)
        assert process_of(children) == first
        assert process_of(children) == first
    finally:
        children.close()


def test_a_child_that_was_lost_or_left_is_replaced():
    children = ScanChildren()
    children.start()
    try:
        first = process_of(children)
        assert process_of(children, "/trap-crash") == first
        second = process_of(children)
        assert second != first
        with closing(scan_in_child(["/a"], scanner=ENDLESS, children=children)) as batches:
            next(batches)
        assert process_of(children) != second
    finally:
        children.close()


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the end of a process")
def test_a_child_that_the_system_ended_while_it_was_idle_is_replaced():
    children = ScanChildren()
    children.start()
    try:
        first = process_of(children)
        os.kill(int(first[1:]), signal.SIGKILL)
        os.waitid(os.P_PID, int(first[1:]), os.WEXITED | os.WNOWAIT)
        assert process_of(children) != first
    finally:
        children.close()


def test_closing_ends_the_child_that_nobody_took_and_gives_no_more():
    children = ScanChildren()
    children.start()
    children.close()
    assert flat(scan_in_child(["/a"], scanner=PROCESS, children=children)) == [
        Stopped(scan._STOPPED_EARLY)
    ]


NICENESS_OF_A_SCAN = """
import os
from viewer.workers.scan import scan_in_child
os.nice(7)
for batch in scan_in_child(["/a"], scanner="tests.workers.fake_scans:says_its_niceness"):
    print(os.getpriority(os.PRIO_PROCESS, 0), *(item.path for item in batch))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no niceness")
def test_a_program_that_gives_way_itself_can_scan():
    command = [sys.executable, "-c", NICENESS_OF_A_SCAN]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    own, of_scan = said.replace("/", "").split()
    assert int(of_scan) > int(own)
