"""The client's half of a hand-over on Windows: the window's named pipe, opened as a file.

Whoever made the pipe could act as us while we speak to it: it is opened without that right, and
spoken to only where its process belongs to our session.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading

_READ_WRITE, _OPEN_EXISTING = 0xC0000000, 3
_ANONYMOUS = 0x00100000  # SECURITY_SQOS_PRESENT: nobody may act as us


def ask(name: str, message: bytes, answer: bytes, timeout_s: float) -> bool:
    """Tell whether the window that listens on pipe ``name`` has given ``answer`` in time."""
    if sys.platform != "win32" or not message:
        return False
    import msvcrt

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateFileW.restype = ctypes.c_void_p
    handle = kernel.CreateFileW(
        f"\\\\.\\pipe\\{name}", _READ_WRITE, 0, None, _OPEN_EXISTING, _ANONYMOUS, None
    )
    if handle is None or handle == ctypes.c_void_p(-1).value:
        return False
    number = msvcrt.open_osfhandle(handle, os.O_RDWR | os.O_BINARY)
    if not _is_of_our_session(kernel, handle):
        os.close(number)
        return False
    said: list[bytes] = []
    # a read of a pipe cannot be given a time: the thread is left behind with the process
    thread = threading.Thread(
        target=_exchange, args=(number, message, len(answer), said), daemon=True
    )
    thread.start()
    thread.join(timeout_s)
    return said == [answer]


def _is_of_our_session(kernel: ctypes.CDLL, handle: int) -> bool:
    theirs, ours = ctypes.c_ulong(), ctypes.c_ulong()
    told = kernel.GetNamedPipeServerSessionId(ctypes.c_void_p(handle), ctypes.byref(theirs))
    known = kernel.ProcessIdToSessionId(os.getpid(), ctypes.byref(ours))
    return bool(told and known and theirs.value == ours.value)


def _exchange(number: int, message: bytes, length: int, said: list[bytes]) -> None:
    try:
        with open(number, "r+b", buffering=0) as pipe:
            pipe.write(message)
            said.append(pipe.read(length))
    except OSError:  # the window is gone
        return
