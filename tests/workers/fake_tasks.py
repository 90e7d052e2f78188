"""Tasks that misbehave in every way a codec can, for children in tests."""

from __future__ import annotations

import os
import signal
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
