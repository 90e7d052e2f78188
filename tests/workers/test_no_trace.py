"""A program that is killed leaves no process and no file, whatever its children do."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes by /proc")

PARENT = """
import queue, sys, time
from viewer.workers.child_pool import ChildPool
from viewer.workers.scan import scan_in_child
from viewer.workers.scan_children import ScanChildren

def ask(task, *args):
    answers = queue.Queue()
    pool.submit("tests.workers.fake_tasks:" + task, args, timeout_s=60, on_done=answers.put)
    return answers.get()

pool = ChildPool(processes=2, preload=("numpy",))
if sys.argv[1] == "scan":
    batches = scan_in_child(["/disc"], scanner="tests.workers.fake_scans:endless")
    next(batches)
elif sys.argv[1] == "idle":
    children = ScanChildren()
    children.start()
    children.give_back(children.take())
    ask("array", 1024, 1024, 1)
elif sys.argv[1] != "start":
    ask("echo", 0)
    ticket = pool.submit(
        "tests.workers.fake_tasks:" + sys.argv[1], (sys.argv[2],), timeout_s=60, on_done=print
    )
    while not ticket._started:
        time.sleep(0.001)
else:
    pool.start()
print("now", flush=True)
sys.stdin.read()
"""


def descendants(parent: int) -> list[int]:
    """Give the children of a process, whichever thread of it has begun them."""
    found: list[int] = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found


def ends(handles: list[int], seconds: float) -> bool:
    """Tell whether all these processes end in time."""
    deadline = time.monotonic() + seconds
    left = set(handles)
    while left:
        ended = select.select(left, [], [], max(deadline - time.monotonic(), 0))[0]
        if not ended:
            return False
        left.difference_update(ended)
    return True


@pytest.mark.parametrize(
    "doing", ["start", "idle", "scan", "hang", "busy", "hang_in_native_code", "ignore_signals"]
)
def test_a_killed_program_leaves_nothing(tmp_path, doing):
    shared = set(os.listdir("/dev/shm"))
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, doing, str(tmp_path / "I001")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"now\n"
    children = descendants(parent.pid)
    while not children:  # the thread that starts them may not have come to it
        children = descendants(parent.pid)
    handles = [os.pidfd_open(child) for child in children]
    parent.kill()
    parent.communicate()
    try:
        assert ends(handles, 10)
    finally:
        for handle in handles:
            os.close(handle)
    assert not list(tmp_path.iterdir())
    assert set(os.listdir("/dev/shm")) <= shared


def test_an_orphan_ends_where_the_system_does_not_end_it():
    code = "import os; from viewer.workers.restraint import _end_orphaned; _end_orphaned(1)"
    ended = subprocess.run([sys.executable, "-c", code], check=False, timeout=60)
    assert ended.returncode == 1
