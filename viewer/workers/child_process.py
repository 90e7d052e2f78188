"""One child process: how it is started, spoken to and ended.

A child is a fresh Python without Qt and without the program's main module
(`decode_child` is what it runs); of the program bundle, which brings its own
Python, the same program once more. It knows nobody but its parent, through one
pipe. What is asked of it, and how long it may take, is the business of
`child_pool` and `scan`.
"""

from __future__ import annotations

import os
import pickle
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING

import viewer
from viewer.dicom.limits import Limits
from viewer.program import command, is_bundle
from viewer.workers.decode_child import ChildConfig, Reply
from viewer.workers.transfer import (
    NO_SCRATCH,
    Beside,
    MessageReader,
    most_bytes,
    open_scratch,
    read_beside,
    unpack,
)

if TYPE_CHECKING:
    import numpy as np

START_SECONDS = 60.0
_SEND_SECONDS = 2
_CONFINED = True  # tests have children that say by a file how far they are
_CODE = (
    "import sys; handle, scratch = map(int, sys.argv[1:3]); sys.path[:] = sys.argv[3:]; "
    "from viewer.workers.decode_child import main; main(handle, scratch)"
)
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# a frame's memory serves the next one: to have it anew from the system takes as long as RLE
_KEEP_MEMORY = dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), str(16 << 20))


class ChildProcess:
    """A child that has been started; its first reply says that it is ready.

    Start it in a thread that lives as long as the child may: on Linux the
    child is ended together with that thread.
    """

    def __init__(self, limits: Limits, preload: Sequence[str] = ()) -> None:
        self._bounds = _bounds_of(limits)
        self._most = most_bytes(limits)
        self.connection, theirs = Pipe()
        _bound_sending(self.connection.fileno())
        self._messages = MessageReader(self.connection, self._most)
        self._end_job: Callable[[], None] | None = None
        self._scratch = open_scratch()
        try:
            self._process = _spawn(theirs.fileno(), self._scratch)
        except OSError:
            self._close_handles()
            raise
        finally:
            theirs.close()
        try:
            self._end_job = _job_of(self._process.pid, limits)
        except OSError:
            self._process.kill()
            self._process.wait()
            self._close_handles()
            raise
        self._send(pickle.dumps(ChildConfig(limits, tuple(preload), os.getpid(), _CONFINED)))

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def serves(self, limits: Limits) -> bool:
        """Tell whether it still runs, and was started with the bounds that these limits set."""
        return self.is_alive and self._bounds == _bounds_of(limits)

    def ask(self, request: bytes) -> None:
        """Send a pickled `Request`; a child that has died, or reads none, shows at `receive`."""
        self._send(request)

    def read_beside(self, beside: Beside, target: np.ndarray) -> None:
        """Read pixels of the last reply to where they belong; see `transfer.read_beside`."""
        read_beside(self._scratch, beside, target)

    def receive(self) -> Reply | None:
        """Give the next reply; None while it has not come as a whole.

        Raises
        ------
        EOFError
            If the child has died, or what it said makes no sense.
        """
        try:
            message = self._messages.read()
            return None if message is None else Reply(*unpack(message, self._scratch, self._most))
        # a reply that cannot be unpickled may raise anything; the child counts as broken
        except Exception as error:
            raise EOFError from error

    def kill(self) -> None:
        """End it now, whatever it does, and free what it held."""
        self._process.kill()
        self._process.wait()
        self._close_handles()

    def _send(self, message: bytes) -> None:
        try:
            self.connection.send_bytes(message)
        except OSError:
            return  # dead already, as the next `receive` says, or it takes nothing: out of time

    def _close_handles(self) -> None:
        self.connection.close()
        if self._end_job is not None:
            self._end_job()
        if self._scratch != NO_SCRATCH:
            os.close(self._scratch)


def _bounds_of(limits: Limits) -> tuple[int, int]:
    """Give what a child is started with, and what no request changes: memory, size of replies."""
    return limits.child_memory_bytes, most_bytes(limits)


def _bound_sending(handle: int) -> None:
    """Have a send fail where a child has stopped reading: more than the pipe holds would wait."""
    if sys.platform != "win32":
        with socket.socket(fileno=os.dup(handle)) as end:
            timeout = struct.pack("@ll", _SEND_SECONDS, 0)  # struct timeval
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, timeout)


def _job_of(process_id: int, limits: Limits) -> Callable[[], None] | None:
    """Put a child into a job, where the system has such; give what ends that."""
    if sys.platform == "win32":
        from viewer.workers.windows_job import Job

        return Job(process_id, limits.child_memory_bytes).close
    return None


def _command(handle: int, scratch: int) -> list[str]:
    if is_bundle():  # which dispatches this before it loads anything: packaging/entry.py
        return command("--child", str(handle), str(scratch))
    root = str(Path(viewer.__file__).resolve().parents[1])
    # "" is the working folder, which may be a disc with a numpy.py on it
    paths = [root, *(path for path in sys.path if path)]
    # in a virtual environment of Windows, what is named python only starts the real one
    python = getattr(sys, "_base_executable", "") if sys.platform == "win32" else ""
    flags = ["-I", "-W", "ignore", "-X", f"utf8={sys.flags.utf8_mode}"]
    return [python or sys.executable, *flags, "-c", _CODE, str(handle), str(scratch), *paths]


def _spawn(handle: int, scratch: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **_ONE_THREAD, **_KEEP_MEMORY}
    devnull = subprocess.DEVNULL
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})
        return subprocess.Popen(
            _command(handle, scratch),
            stdin=devnull,
            stdout=devnull,
            stderr=devnull,
            env=environment,
            startupinfo=startup,
            creationflags=subprocess.CREATE_NO_WINDOW,
        )
    handles = [number for number in (handle, scratch) if number != NO_SCRATCH]
    return subprocess.Popen(
        _command(handle, scratch),
        stdin=devnull,
        stdout=devnull,
        stderr=devnull,
        env=environment,
        pass_fds=handles,
    )
