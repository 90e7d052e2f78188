"""Tasks that misbehave in every way a codec can, for children in tests."""

from __future__ import annotations

import ctypes
import importlib
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

import numpy as np

from viewer.dicom.errors import LimitError


class RustPanic(BaseException):
    """As pyo3 raises them."""


def echo(value):
    return value


def describe_process():
    return {"modules": sorted(sys.modules), "pid": os.getpid()}


def array(rows, columns, fill):
    return np.full((rows, columns), fill, np.int16)


def crash(_path):
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(_path):
    os._exit(3)


def hang(_path):
    threading.Event().wait()


def panic(_path):
    raise RustPanic("index out of bounds")


def refuse(path):
    raise LimitError("the frame is over the limit.", path)


def devour(_path):
    return np.ones(1 << 40, np.uint8)


def cannot_be_sent():
    return lambda: None


def touch_and_wait(path):
    with open(path, "w", encoding="utf-8") as file:
        file.write(str(os.getpid()))
    time.sleep(60)


def pieces(beside, is_awaited, path, count):
    """Give arrays beside the answer until the child is awaited; says first that it has begun."""
    given = []
    for number in range(count):
        given.append(beside.write(np.full((300, 200), number, np.int16)))
        if not number:
            with open(path, "w", encoding="utf-8") as file:
                file.write("begun")
        deadline = time.monotonic() + 20
        while number == 1 and not is_awaited() and time.monotonic() < deadline:
            time.sleep(0.001)
        if is_awaited():
            break
    return given


def some_pieces(beside, _is_awaited, values):
    return [beside.write(np.full((300, 200), value, np.int16)) for value in values]


def touch_and_die(_beside, _is_awaited, path):
    with open(path, "w", encoding="utf-8") as file:
        file.write("begun")
    deadline = time.monotonic() + 20
    while os.path.exists(path) and time.monotonic() < deadline:
        time.sleep(0.001)
    os._exit(3)


def pieces_and_wait(beside, _is_awaited, path, values):
    """Give arrays beside the answer, once the file that says that they are there is gone."""
    given = some_pieces(beside, _is_awaited, values)
    with open(path, "w", encoding="utf-8") as file:
        file.write("written")
    deadline = time.monotonic() + 20
    while os.path.exists(path) and time.monotonic() < deadline:
        time.sleep(0.001)
    return given


def die_of(_path, number):
    os.kill(os.getpid(), number)
    threading.Event().wait()


def overflow_the_stack(_path):
    sys.setrecursionlimit(1 << 30)
    nested = []
    for _ in range(1_000_000):
        nested = [nested]
    repr(nested)


def run_out_of_memory(_path):
    raise MemoryError


def meet_the_end(_path):
    raise EOFError


def exit_python(_path):
    sys.exit("PATIENT^NAME")


def interrupt(_path):
    raise KeyboardInterrupt


def say(path, data, then_hang=False):
    """Write to the pipe what no child of ours would."""
    os.write(int(sys.argv[1]), data)
    if then_hang:
        threading.Event().wait()


def dribble(_path):
    """Begin a reply of 1 MiB, and go on with it byte by byte."""
    os.write(int(sys.argv[1]), struct.pack("!Q", 1 << 20))
    while True:
        os.write(int(sys.argv[1]), b"?")
        time.sleep(0.01)


def hang_in_native_code(_path):
    ctypes.PyDLL(None).pause()  # with Python's lock held: no other thread goes on


class Anything:
    """Pickles as whatever it is told to."""

    def __init__(self, reduced):
        self._reduced = reduced

    def __reduce__(self):
        return self._reduced


def reply_with_call(_path, module, name, *args):
    """Reply with a pickle that calls a function in whoever reads it."""
    return Anything((getattr(importlib.import_module(module), name), args))


def change(what, path):
    """Try to do what a confined child may not; say what the system thinks of it."""
    try:
        _CHANGES[what](path)
    except OSError as error:
        return error.errno
    return 0


_CHANGES = {
    "write": lambda path: os.close(os.open(path, os.O_WRONLY)),
    "cut": lambda path: os.truncate(path, 0),
    "create": lambda path: os.close(os.open(path + "-new", os.O_WRONLY | os.O_CREAT)),
    "delete": os.unlink,
    "make a folder": lambda path: os.mkdir(path + "-folder"),
    "link": lambda path: os.symlink("/", path + "-link"),
    "run": lambda path: subprocess.run(["/bin/true"], check=False),
    "connect": lambda path: socket.create_connection(("127.0.0.1", int(path)), 5).close(),
    "signal": lambda path: os.kill(os.getppid(), 0),
    "write to the parent": lambda path: os.close(os.open(f"/proc/{os.getppid()}/mem", os.O_RDWR)),
    "read": lambda path: os.close(os.open(path, os.O_RDONLY)),
}


def dumps():
    """Give the limit of core files, and whether the system may take a dump at all."""
    import resource

    return resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)


def busy(_path):
    while True:
        np.sort(np.arange(1 << 16)[::-1])


def ignore_signals(_path):
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    ctypes.PyDLL(None).pause()
