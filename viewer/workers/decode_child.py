"""What runs in a child process: it takes requests from the pipe and answers them.

Everything that interprets bytes of a file runs here, under a memory limit.
The child ends with its parent. Time limits and restarts are the parent's.
"""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from viewer.dicom.errors import MORE_MEMORY, NegatoError, PixelError, told_of_defect
from viewer.dicom.limits import Limits
from viewer.workers import restraint
from viewer.workers.confinement import confine
from viewer.workers.transfer import (
    NO_SCRATCH,
    Beside,
    BesideWriter,
    PipeEnd,
    most_bytes,
    pack,
    send,
)

if TYPE_CHECKING:
    import numpy as np

    from viewer.dicom.compressed_frames import CompressedFrame
    from viewer.dicom.headers import InstanceHeader
    from viewer.imaging.frame import FrameDescription

TASKS = {
    "decode": "viewer.workers.decode_child:decode",
    "decode_files": "viewer.workers.decode_child:decode_files",
    "check": "viewer.dicom.checking:check_file",
    "tags": "viewer.dicom.tags:read_tags",
    "state": "viewer.dicom.presentation_states:read_state",
    "reduce": "viewer.dicom.reduced:read_reduced",
    "render": "viewer.dicom.rendering:render_frames",
}
_LONGEST_BATCH_S = 1.0  # some sixty times what one is to take: its files have become slow

Decoded = tuple[int, "np.ndarray | PixelError", "FrameDescription | None"]


class Wanted(NamedTuple):
    """A plain compressed frame, the only one of its file."""

    path: str
    frame: CompressedFrame


@dataclass(frozen=True, slots=True)
class Filled:
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
    is_confined: bool


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
    connection: PipeEnd[Any, Any] = PipeEnd(handle)
    try:
        config: ChildConfig = connection.recv()
        restraint.end_with(config.parent)
        restraint.give_way()
        restraint.leave_no_dump()
        for name in config.preload:
            import_module(name)
        restraint.limit_memory(config.limits)
        if config.is_confined:
            _compile_later_imports()
            confine()
        beside = BesideWriter(scratch)
        send(connection, pack("ready", None, NO_SCRATCH, most_bytes(config.limits)))
        while True:
            request: Request = connection.recv()
            send(connection, _answer(connection, request, scratch, beside, config.limits))
    except (EOFError, OSError):  # the parent has closed the pipe, or is gone
        return


def decode(
    path: str, indices: tuple[int, ...], limits: Limits, known: InstanceHeader | None = None
) -> list[Decoded]:
    """Decode frames of one file: (index, pixels or why not, description) each.

    Where the file is by now another than the one with the header ``known``, that is why not.
    """
    from viewer.dicom.changed_files import is_another
    from viewer.dicom.frames import read_frames
    from viewer.dicom.native_frames import CHANGED

    decoded = list(read_frames(path, indices, limits))
    if known is not None and is_another(known, limits):  # after: it may have changed meanwhile
        return [(index, PixelError(CHANGED, path), None) for index in indices]
    return decoded


def decode_files(
    beside: BesideWriter, is_awaited: Callable[[], bool], wanted: Sequence[Wanted], limits: Limits
) -> list[Filled]:
    """Decode frames of many files, at least one: fewer than ``wanted`` when awaited, or slow."""
    from viewer.dicom.changed_files import is_touched
    from viewer.dicom.compressed_frames import read_compressed
    from viewer.dicom.native_frames import CHANGED

    filled: list[Filled] = []
    latest = time.perf_counter() + _LONGEST_BATCH_S
    for path, frame in wanted:
        began = time.perf_counter()
        if filled and (began > latest or is_awaited()):
            break
        pixels: np.ndarray | PixelError | Beside
        description: FrameDescription | str | None
        found = read_compressed(path, frame, limits)
        if found is not None:
            pixels, description = beside.write(found[0]), found[1]
        elif is_touched(path, frame.size, frame.mtime_ns, limits):
            pixels, description = PixelError(CHANGED, path), None
        else:  # not plain after all
            ((_, pixels, description),) = decode(path, (0,), limits)
        filled.append(Filled(pixels, description, time.perf_counter() - began))
    return filled


def _answer(
    connection: PipeEnd[Any, Any],
    request: Request,
    scratch: int,
    beside: BesideWriter,
    limits: Limits,
) -> bytes:
    """Do what is asked, and give the message that says what came of it."""
    most = most_bytes(limits)
    path = next((argument for argument in request.args if isinstance(argument, str)), "")
    if request.yields:
        scratch = NO_SCRATCH  # for the arrays of the next one: it may begin before this is read
        beside.begin()

    def send_part(part: object) -> None:
        # through the pipe alone, as another may follow before this is read
        send(connection, pack("part", part, NO_SCRATCH, most))

    try:
        function = _resolve(request.task)
        if request.streams:
            function(send_part, *request.args)
            return pack("done", None, scratch, most)
        if request.yields:
            filled = function(beside, _waiting(connection), *request.args)
            return pack("done", filled, scratch, most)
        return pack("done", function(*request.args), scratch, most)
    except NegatoError as error:
        failure: NegatoError = error
    except MemoryError:
        failure = PixelError(limits.refusal("child_memory_bytes", MORE_MEMORY), path)
    # BaseException on purpose: codecs written in Rust panic with one that is no Exception;
    # a parent that is gone shows again where this is sent
    except BaseException as error:
        failure = PixelError(told_of_defect(error), path)
    return pack("done", failure, NO_SCRATCH, most)


def _waiting(connection: PipeEnd[Any, Any]) -> Callable[[], bool]:
    """Give what tells whether there is something to receive."""
    if sys.platform == "win32":
        return connection.poll
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return lambda: bool(poll.poll(0))


def _compile_later_imports() -> None:
    """Have Python keep the byte code of pydicom, where an installer has not: later it cannot."""
    spec = find_spec("pydicom")
    kept = spec.cached if spec is not None else None
    if (
        kept
        and not os.path.exists(kept)
        and os.access(os.path.dirname(os.path.dirname(kept)), os.W_OK)
    ):
        import_module("viewer.dicom.frames")


def _resolve(task: str) -> Callable[..., Any]:
    module, _, name = TASKS.get(task, task).partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function
