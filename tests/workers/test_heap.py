"""What the C library keeps of memory: one heap for all threads, where it is glibc."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_PROGRAM = """
import ctypes, sys, threading
from viewer.workers.heap import share_one_heap
if {one}:
    share_one_heap()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
met = threading.Barrier(4)
def work():
    met.wait(timeout=30)
    libc.malloc(ctypes.c_size_t(2000))
    met.wait(timeout=30)
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a C library without such heaps")
def test_all_threads_share_one_heap() -> None:
    assert _heaps(one=False) > 1
    assert _heaps(one=True) == 1


def _heaps(*, one: bool) -> int:
    command = [sys.executable, "-c", _PROGRAM.format(one=one)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.count("<heap nr=")
