"""The client's half of a hand-over on Windows, and which process is the window there.

The first to make the mutex is to be the window, and holds it until it ends. Others wait for its
named pipe, which they open as a file. Whoever made that pipe could act as us while we speak to it:
it is opened without that right, and spoken to only where its process belongs to our session.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time

# the mutex of the installed Negato, which the installer looks for: packaging/windows/negato.iss
WINDOW = "NegatoWindow"
_ALREADY_EXISTS, _FILE_NOT_FOUND, _PIPE_BUSY = 183, 2, 231
_READ_WRITE, _OPEN_EXISTING = 0xC0000000, 3
_ANONYMOUS = 0x00100000  # SECURITY_SQOS_PRESENT: nobody may act as us
_TURN_S = 0.02


class Claim:
    """Says, until it is closed, that this process is the window."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def close(self) -> None:
        """Leave it to another process to be the window."""
        if sys.platform == "win32":
            ctypes.WinDLL("kernel32").CloseHandle(ctypes.c_void_p(self._handle))


def ask_or_claim(
    mutex: str, pipe: str, message: bytes, answer: bytes, *, answer_s: float, start_s: float
) -> Claim | bool:
    """Give ``message`` to the window, which holds ``mutex`` and listens on ``pipe``, or be it.

    Returns
    -------
    Claim or bool
        True if the window has given ``answer`` in ``answer_s``; a `Claim` if there is no window.
        False if it does not answer, is not ready in ``start_s``, or is not to be asked: without
        a message.
    """
    deadline = time.monotonic() + start_s
    while (claim := _claim(mutex)) is None:
        answered = _ask(pipe, message, answer, answer_s) if message else False
        if answered is not None:
            return answered
        if time.monotonic() > deadline:
            return False
        time.sleep(_TURN_S)  # the window is being made, or speaks to others
    return claim


def _claim(mutex: str) -> Claim | None:
    """Be the window; None where another process is."""
    if sys.platform != "win32":
        return None
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateMutexW.restype = ctypes.c_void_p
    ctypes.set_last_error(0)
    handle = kernel.CreateMutexW(None, False, mutex)
    if not handle:  # one that we have no right to: of a window with more rights than ours
        return None
    claim = Claim(handle)
    if ctypes.get_last_error() != _ALREADY_EXISTS:
        return claim
    claim.close()  # else this process would keep it alive
    return None


def _ask(name: str, message: bytes, answer: bytes, timeout_s: float) -> bool | None:
    """Tell whether the window has given ``answer`` in time; None where it does not listen yet."""
    if sys.platform != "win32":
        return False
    import msvcrt

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateFileW.restype = ctypes.c_void_p
    handle = kernel.CreateFileW(
        f"\\\\.\\pipe\\{name}", _READ_WRITE, 0, None, _OPEN_EXISTING, _ANONYMOUS, None
    )
    if handle is None or handle == ctypes.c_void_p(-1).value:
        return None if ctypes.get_last_error() in (_FILE_NOT_FOUND, _PIPE_BUSY) else False
    number = msvcrt.open_osfhandle(handle, os.O_RDWR | os.O_BINARY)
    if not _is_of_our_session(kernel, handle):
        os.close(number)
        return False
    _let_come_forward(kernel, handle)
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


def _let_come_forward(kernel: ctypes.CDLL, handle: int) -> None:
    """Pass on the right to take the front, which the user's double-click gave to this process."""
    if sys.platform == "win32":
        process = ctypes.c_ulong()
        if kernel.GetNamedPipeServerProcessId(ctypes.c_void_p(handle), ctypes.byref(process)):
            ctypes.WinDLL("user32").AllowSetForegroundWindow(process)


def _exchange(number: int, message: bytes, length: int, said: list[bytes]) -> None:
    try:
        with open(number, "r+b", buffering=0) as pipe:
            pipe.write(message)
            said.append(pipe.read(length))
    except OSError:  # the window is gone
        return
