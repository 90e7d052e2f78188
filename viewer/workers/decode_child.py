"""What runs in a child process: it takes requests from the pipe and answers them.

Everything that interprets bytes of a file runs here, under a memory limit.
The child ends with its parent. Time limits and restarts are the parent's.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, NamedTuple

from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.limits import Limits
from viewer.workers.transfer import NO_SCRATCH, Beside, BesideWriter, pack

if TYPE_CHECKING:
    import numpy as np

    from viewer.dicom.compressed_frames import CompressedFrame
    from viewer.imaging.frame import FrameDescription

TASKS = {
    "decode": "viewer.workers.decode_child:decode",
    "decode_files": "viewer.workers.decode_child:decode_files",
    "check": "viewer.dicom.checking:check_file",
    "tags": "viewer.dicom.tags:read_tags",
    "state": "viewer.dicom.presentation_states:read_state",
    "reduce": "viewer.dicom.reduced:read_reduced",
}
_PR_SET_PDEATHSIG = 1
_NICE = 5  # a third of the window's share of a processor
_LONGEST_BATCH_S = 1.0  # some sixty times what one is to take: its files have become slow

Decoded = tuple[int, "np.ndarray | PixelError", "FrameDescription | None"]


class Wanted(NamedTuple):
    """A plain compressed frame, the only one of its file."""

    path: str
    frame: CompressedFrame


class Filled(NamedTuple):
    """What became of a `Wanted` frame: as `Decoded`, or where its pixels are and what decoded them.

    ``seconds`` is how long that took.
    """

    pixels: np.ndarray | PixelError | Beside
    description: FrameDescription | str | None
    seconds: float


class ChildConfig(NamedTuple):
    """The first thing a child is told."""

    limits: Limits
    preload: tuple[str, ...]  # modules imported before it says that it is ready
    parent: int


class Request(NamedTuple):
    """Call ``task`` (a name of `TASKS`, or "module:function") with ``args``.

    Where it ``streams``, its first argument is a function that sends a part
    of the answer at once. Where it ``yields``, a `BesideWriter`, and a function
    that tells whether the next request waits already, go before ``args``.
    """

    task: str
    args: tuple[Any, ...]
    streams: bool = False
    yields: bool = False


class Reply(NamedTuple):
    """``kind`` is "ready", "part" or "done"; a failure is a NegatoError as ``value``."""

    kind: str
    value: object


def main(handle: int, scratch: int) -> None:
    """Answer requests until the pipe is closed."""
    connection = _connect(handle)
    try:
        config: ChildConfig = connection.recv()
        _end_with(config.parent)
        _give_way()
        for name in config.preload:
            import_module(name)
        _restrain(config.limits)
        beside = BesideWriter(scratch)
        _send(connection, "ready", None)
        while True:
            request: Request = connection.recv()
            _answer(connection, request, scratch, beside)
    except (EOFError, OSError):  # the parent has closed the pipe, or is gone
        return


def decode(path: str, indices: tuple[int, ...], limits: Limits) -> list[Decoded]:
    """Decode frames of one file: (index, pixels or why not, description) each."""
    from viewer.dicom.frames import read_frames

    return list(read_frames(path, indices, limits))


def decode_files(
    beside: BesideWriter, is_awaited: Callable[[], bool], wanted: Sequence[Wanted], limits: Limits
) -> list[Filled]:
    """Decode frames of many files, at least one: fewer than ``wanted`` when awaited, or slow."""
    from viewer.dicom.compressed_frames import read_compressed

    filled: list[Filled] = []
    latest = time.perf_counter() + _LONGEST_BATCH_S
    for path, frame in wanted:
        began = time.perf_counter()
        if filled and (began > latest or is_awaited()):
            break
        pixels: np.ndarray | PixelError | Beside
        description: FrameDescription | str | None
        found = read_compressed(path, frame)
        if found is not None:
            pixels, description = beside.write(found[0]), found[1]
        else:  # not plain after all
            ((_, pixels, description),) = decode(path, (0,), limits)
        filled.append(Filled(pixels, description, time.perf_counter() - began))
    return filled


def _answer(
    connection: Connection[Any, Any], request: Request, scratch: int, beside: BesideWriter
) -> None:
    path = next((argument for argument in request.args if isinstance(argument, str)), "")
    if request.yields:
        scratch = NO_SCRATCH  # for the arrays of the next one: it may begin before this is read
        beside.begin()
    try:
        function = _resolve(request.task)
        if request.streams:
            function(lambda part: _send(connection, "part", part), *request.args)
            value = None
        elif request.yields:
            value = function(beside, _waiting(connection), *request.args)
        else:
            value = function(*request.args)
        parcel = pack(value, scratch)
    except (EOFError, BrokenPipeError):
        raise
    except NegatoError as error:
        parcel = pack(error, scratch)
    except MemoryError:
        parcel = pack(
            PixelError("Reading this takes more memory than one file may.", path), scratch
        )
    # BaseException on purpose: codecs written in Rust panic with one that is no Exception
    except BaseException as failure:
        sentence = f"Reading this failed ({type(failure).__name__}); the file may be damaged."
        parcel = pack(PixelError(sentence, path), scratch)
    connection.send(("done", parcel))


def _waiting(connection: Connection[Any, Any]) -> Callable[[], bool]:
    """Give what tells whether there is something to receive."""
    if sys.platform == "win32":
        return connection.poll
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return lambda: bool(poll.poll(0))


def _send(connection: Connection[Any, Any], kind: str, value: object) -> None:
    """Send at once; through the pipe alone, as another may follow before this is read."""
    connection.send((kind, pack(value, NO_SCRATCH)))


def _resolve(task: str) -> Callable[..., Any]:
    module, _, name = TASKS.get(task, task).partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function


def _connect(handle: int) -> Connection[Any, Any]:
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        return PipeConnection(handle)
    return Connection(handle)


def _end_with(parent: int) -> None:
    """Die with the parent, and leave Ctrl+C to it."""
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        import ctypes

        # a codec that never returns would not notice that the pipe is closed
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit()


def _give_way() -> None:
    """Let the window have the processor where both want it: it is what would stutter."""
    if sys.platform != "win32":
        os.nice(_NICE)


def _restrain(limits: Limits) -> None:
    """Set the memory limit above what is in use now; no core dumps (they hold patient data)."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as file:
            in_use = int(file.read().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = in_use + limits.child_memory_bytes
        if hard != resource.RLIM_INFINITY:
            wanted = min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
