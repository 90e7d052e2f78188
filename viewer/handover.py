"""Hand what is to be opened to the window that is already there, without loading Qt for it.

Owns where the socket is, who may use it, and what is said on it; `ui.single_instance` listens.
A client that gets no answer in time opens a window of its own: nothing here may keep it from
that.

A message is `MAGIC`, the length of the rest in 4 bytes (big-endian), then, parted by NUL: a token
by which the desktop lets the window come to the front, and absolute paths as the system has them.
The answer is `TAKEN`. A version of Negato that says something else has another `MAGIC`.
"""

from __future__ import annotations

import os
import socket
import stat
import struct
import sys
import time
import zlib
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, NamedTuple

from viewer.file_locks import lock
from viewer.program import disc_root

if TYPE_CHECKING:
    from viewer.windows_pipe import Claim

MAGIC, TAKEN = b"NGT1", b"taken"
HEAD = struct.Struct(">4sI")
MOST_BYTES = 1 << 20
ANSWER_S = 4.0  # a machine that starts many programs at once is slow
_START_S = 30.0  # a window that is being made answers late; on a slow disc, very late
_TURN_S = 0.01
_FOLDER = "NEGATO_RUNTIME_DIR"
_UNSEEN = ("offscreen", "minimal")  # nobody wants his files in such a window
_MOST_TOKEN = 256
_WAITING = 64  # clients that the system keeps until the window is there


class Handed(NamedTuple):
    """What a client asks for: paths to open, none to come to the front alone."""

    paths: tuple[str, ...]
    token: str = ""


class Listening:
    """The socket that this process holds for its window, and the lock that says it is starting.

    On Windows there is no socket: the window listens on a pipe, and the lock is held to its end.
    """

    def __init__(self, bound: socket.socket | None, starting: IO[bytes] | Claim) -> None:
        self.socket = bound
        self._path: str = bound.getsockname() if bound is not None else ""
        self._starting = starting

    def started(self) -> None:
        """Say that the window answers from now on: clients need not wait for long."""
        if self.socket is not None:
            self._starting.close()

    def close(self) -> None:
        """Give up to be the window that takes paths."""
        if self.socket is not None:
            try:
                os.unlink(self._path)
            except FileNotFoundError:  # a cleaner of temporary folders was first
                pass
            self.socket.close()
        self._starting.close()

    def clear(self) -> None:
        """Leave no lock and no folder behind: a guest on the machine, once its window is closed."""
        if self._path and disc_root() is not None:
            try:
                os.unlink(self._path + ".lock")
                os.rmdir(os.path.dirname(self._path))
            except OSError:  # another window has its socket there
                return


def hand_over(paths: Sequence[str], *, anew: bool = False) -> Listening | bool:
    """Give ``paths`` to the window that is there, or get ready to be that window.

    With ``anew``, no window is asked.

    Returns
    -------
    Listening or bool
        True if a window has taken the paths; a `Listening` if there is none: this process is to
        be it. False if there is one that does not answer, or there can be none.
    """
    if sys.platform == "win32":
        from viewer import windows_pipe

        pipe = pipe_name()
        claimed = windows_pipe.ask_or_claim(
            windows_pipe.WINDOW if disc_root() is None else pipe,
            pipe,
            b"" if anew else encode(paths),
            TAKEN,
            answer_s=ANSWER_S,
            start_s=_START_S,
        )
        return claimed if isinstance(claimed, bool) else Listening(None, claimed)
    folder = own_folder()
    try:
        return folder is not None and _ask_or_listen(folder, b"" if anew else encode(paths))
    except OSError:  # a path too long for a socket, a full disc: a window of its own
        return False


def encode(paths: Sequence[str]) -> bytes:
    """Give the message that asks for ``paths``; b"" where it would be too long."""
    token = os.environ.get("XDG_ACTIVATION_TOKEN") or os.environ.get("DESKTOP_STARTUP_ID", "")
    parts = [os.fsencode(os.path.abspath(path)) for path in paths]
    body = b"\0".join([os.fsencode(token)[:_MOST_TOKEN], *parts])
    return HEAD.pack(MAGIC, len(body)) + body if len(body) <= MOST_BYTES else b""


def decode(message: bytes) -> Handed | None:
    """Read a message; None where it is not whole yet.

    Raises
    ------
    ValueError
        If this is no message of ours.
    """
    if not MAGIC.startswith(message[: len(MAGIC)]):
        raise ValueError("no message of Negato")
    if len(message) < HEAD.size:
        return None
    _, length = HEAD.unpack_from(message)
    if length > MOST_BYTES or len(message) > HEAD.size + length:
        raise ValueError("a message too long")
    if len(message) < HEAD.size + length:
        return None
    token, *names = message[HEAD.size :].split(b"\0")
    paths = tuple(os.fsdecode(name) for name in names)
    if len(token) > _MOST_TOKEN or not all(os.path.isabs(path) for path in paths):
        raise ValueError("no absolute path")
    readable = token.isascii() and os.fsdecode(token).isprintable()
    return Handed(paths, token.decode() if readable else "")


def pipe_name() -> str:
    """Name the pipe of this user's windows, on Windows."""
    names = os.environ.get("USERDOMAIN", ""), os.environ.get("USERNAME", "")
    user = os.fsencode("\\".join(names) + (disc_root() or ""))
    return f"negato-{zlib.crc32(user):08x}"


def own_folder() -> str | None:
    """Give the folder of the socket, made where needed; None where others could reach into it."""
    if sys.platform == "win32":  # a pipe has none
        return None
    folder = os.environ.get(_FOLDER, "")
    if not folder and os.environ.get("QT_QPA_PLATFORM") in _UNSEEN:
        return None
    folder = folder or os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(folder):
        folder = os.path.join(folder, "negato")
    else:
        from tempfile import gettempdir  # takes as long to load as all that is here

        folder = os.path.join(gettempdir(), f"negato-{os.getuid()}")
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        pass
    except OSError:
        return None
    found = os.lstat(folder)  # no link is followed: whose folder that would be is anybody's guess
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return folder if ours and not found.st_mode & 0o077 else None


def socket_path(folder: str) -> str:
    """Give the place of the socket of windows on this screen; those of a disc have their own.

    The machine's own Negato would remember what it is handed.
    """
    screen = "|".join(os.environ.get(name, "") for name in ("WAYLAND_DISPLAY", "DISPLAY"))
    screen += disc_root() or ""
    return os.path.join(folder, f"window-{zlib.crc32(os.fsencode(screen)):08x}")


def _ask_or_listen(folder: str, message: bytes) -> Listening | bool:
    path = socket_path(folder)
    deadline = time.monotonic() + ANSWER_S
    while time.monotonic() < deadline:
        answer = _ask(path, message)
        if answer is not None:
            return answer
        starting = open(path + ".lock", "ab")  # kept open: closing it unlocks
        if lock(starting):
            answer = _ask(path, message)  # another process may have begun to listen since
            if answer is None:
                return Listening(_listen(path), starting)
            starting.close()
            return answer
        starting.close()
        time.sleep(_TURN_S)  # the other process is about to listen
    return False


def _ask(path: str, message: bytes) -> bool | None:
    """Tell whether the window has taken the message; None where nobody listens."""
    if sys.platform == "win32":  # a pipe is asked elsewhere
        return None
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(ANSWER_S)
        try:
            client.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except OSError:  # too many wait already
            return False
        if not message:
            return False
        try:
            client.sendall(message)
            return _answer(client, path)
        except OSError:
            return False


def _answer(client: socket.socket, path: str) -> bool:
    """Wait for the answer: longer where the window is still being made."""
    deadline = time.monotonic() + _START_S
    while True:
        try:
            return client.recv(len(TAKEN), socket.MSG_WAITALL) == TAKEN
        except TimeoutError:
            if time.monotonic() > deadline or not _is_starting(path):
                return False


def _is_starting(path: str) -> bool:
    with open(path + ".lock", "ab") as file:
        return not lock(file)


def _listen(path: str) -> socket.socket:
    """Take the place of a socket that nobody listens to any more."""
    if sys.platform == "win32":
        raise OSError("there, a window listens on a pipe")
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    bound = socket.socket(socket.AF_UNIX)
    try:
        bound.bind(path)
        os.chmod(path, 0o600)
        bound.listen(_WAITING)
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    return bound
