"""Scans over files that are only names; some names are traps."""

from __future__ import annotations

import os
import threading

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.ledger import Notice


def scan(paths, limits, skip_paths, on_slow):
    yield Notice("a disc")
    for path in paths:
        if path in skip_paths:
            continue
        if "slow" in path or "trap" in path:
            on_slow(path)
        if "trap-crash" in path:
            os._exit(1)
        if "trap-hang" in path:
            threading.Event().wait()
        if "unannounced-crash" in path:
            os._exit(1)
        yield InstanceHeader(path, 1, 1)


def endless(paths, limits, skip_paths, on_slow):
    number = 0
    while True:
        number += 1
        yield InstanceHeader(f"{paths[0]}/{number}", 1, 1)


def ends_before_it_begins(paths, limits, skip_paths, on_slow):
    os._exit(1)


def is_killed_twice(paths, limits, skip_paths, on_slow):
    for number in range(2):
        mark = os.path.join(paths[0], str(number))
        if not os.path.exists(mark):
            os.mkdir(mark)
            os._exit(1)
    yield InstanceHeader("/a", 1, 1)


def says_its_process(paths, limits, skip_paths, on_slow):
    yield InstanceHeader(f"/{os.getpid()}", 1, 1)
    if "trap-crash" in paths[0] and paths[0] not in skip_paths:
        on_slow(paths[0])
        os._exit(1)


def says_its_niceness(paths, limits, skip_paths, on_slow):
    yield InstanceHeader(f"/{os.getpriority(os.PRIO_PROCESS, 0)}", 1, 1)
