"""What killed a child, or took too long, and is therefore not tried again unasked.

A file is the same while its size and time of change are; who opens it anew asks
to have it tried again. That children are lost is noticed by `child_pool`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import NamedTuple

from viewer.dicom.regular_files import BELOW_A_FILE
from viewer.workers.decode_child import Request

_MOST_FRAMES = 3  # of a file, lost: its others are not tried
_KINDS = {"decode_files": "decode"}  # two ways to the same frame
_NOT_AGAIN = "It is not tried again until you open it anew."
_OTHERS = (
    f"{_MOST_FRAMES} frames of this file crashed or hung their decoder, so its others are not "
    "tried. To try them, open it anew."
)


class Work(NamedTuple):
    """What is done with which frames (from 0) of a file; none: with the file as a whole."""

    path: str
    kind: str
    frames: tuple[int, ...] = ()


@dataclass(slots=True)
class _File:
    state: tuple[int, int] | None
    sentences: dict[Work, str] = field(default_factory=dict)

    def frames(self) -> set[int]:
        return {frame for work in self.sentences for frame in work.frames}


class GivenUp:
    """Remembers such work and why."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}

    def add(self, work: Work, sentence: str) -> None:
        """Give work up. Work on several frames is not: one of them is to blame, who knows which."""
        if len(work.frames) > 1:
            return
        state = _state(work.path)
        file = self._files.get(work.path)
        if file is None or file.state != state:
            file = self._files[work.path] = _File(state)
        file.sentences[work] = sentence

    def why_not(self, work: Work) -> str | None:
        """Say why work is not tried; None where it is."""
        file = self._files.get(work.path)
        if file is None or file.state != _state(work.path):
            return None
        if work in file.sentences:
            return f"{file.sentences[work]} {_NOT_AGAIN}"
        return _OTHERS if work.frames and len(file.frames()) >= _MOST_FRAMES else None

    def clear(self) -> None:
        """Have all tried again."""
        self._files.clear()


def work_of(request: Request) -> Work | None:
    """Tell what a request is about; None where it is about several files."""
    kind = _KINDS.get(request.task, request.task)
    if request.task == "decode_files":
        wanted = request.args[0]
        return Work(wanted[0].path, kind, (0,)) if len(wanted) == 1 else None
    path = next((argument for argument in request.args if isinstance(argument, str)), "")
    if request.task == "decode":
        return Work(path, kind, request.args[1])
    if request.task == "reduce":
        return Work(path, kind, (request.args[1],))
    return Work(path, kind) if path else None


def _state(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except BELOW_A_FILE:  # in an archive; or, on Windows, gone
        above = os.path.dirname(path)
        return _state(above) if above not in ("", path) else None
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
