"""The series matrix of a stack, read by child processes in parts.

A part that crashes or hangs its child is read again in halves, down to the file that does it.
The frames of one file are as many parts as there are children: each reads its header.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import groupby
from operator import attrgetter
from queue import Empty, SimpleQueue

from viewer.dicom.errors import NegatoError
from viewer.dicom.inspection.frame_places import FramePlace
from viewer.dicom.inspection.matrix import MatrixPart, joined
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.workers.child_pool import ChildPool

_TASK = "viewer.dicom.inspection.matrix_reader:read_part"
_PROCESSES = 2
_FILES_OF_A_PART = 512
_POLL_S = 0.05

_Files = tuple[tuple[str, tuple[int, ...]], ...]


def read_matrix(
    places: Sequence[FramePlace],
    limits: Limits = DEFAULT_LIMITS,
    is_stopped: Callable[[], bool] = lambda: False,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> MatrixPart | None:
    """Read what each attribute is in each frame.

    Parameters
    ----------
    places : sequence of FramePlace
        The frames, in the order of the result.
    tell : callable
        Gets how many frames were read, of how many.

    Returns
    -------
    MatrixPart or None
        None where ``is_stopped`` became true.
    """
    files: list[tuple[str, tuple[int, ...]]] = [
        (path, tuple(place.frame for place in group))
        for path, group in groupby(places, attrgetter("path"))
    ]
    if len(files) == 1:
        (path, frames), half = files[0], -(-len(places) // _PROCESSES)
        files = [(path, frames[at : at + half]) for at in range(0, len(frames), half)]
    size = min(_FILES_OF_A_PART, -(-len(files) // _PROCESSES))
    waiting = {at: tuple(files[at : at + size]) for at in range(0, len(files), size)}
    parts: dict[int, MatrixPart] = {}
    answers: SimpleQueue[tuple[int, _Files, object]] = SimpleQueue()
    with closing(ChildPool(_PROCESSES, limits, (_TASK.partition(":")[0],))) as pool:
        pool.start()

        def submit(at: int, part: _Files) -> None:
            pool.submit(
                _TASK,
                (part, limits),
                timeout_s=limits.header_seconds,
                on_done=lambda answer: answers.put((at, part, answer)),
            )

        for at, part in waiting.items():
            submit(at, part)
        expected, done = len(waiting), 0
        tell(0, len(places))
        while expected:
            if is_stopped():
                return None
            try:
                at, part, answer = answers.get(timeout=_POLL_S)
            except Empty:
                continue
            expected -= 1
            if not isinstance(answer, MatrixPart) and len(part) > 1:
                half = len(part) // 2
                submit(at, part[:half])
                submit(at + half, part[half:])
                expected += 2
                continue
            parts[at] = _checked(part, answer)
            done += parts[at].frames
            tell(done, len(places))
    return joined([parts[at] for at in sorted(parts)])


def _checked(part: _Files, answer: object) -> MatrixPart:
    """Give a part that has the frames that were asked for; of a file that was lost, why."""
    frames = sum(len(indices) for _, indices in part)
    if isinstance(answer, MatrixPart) and answer.frames == frames:
        return answer
    reason = answer.message if isinstance(answer, NegatoError) else "Reading this file failed."
    return MatrixPart(frames, (), (), tuple((at, reason) for at in range(frames)))
