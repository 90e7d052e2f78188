"""Making a disc: ``negato disc`` as a process of its own, told what to write and listened to.

What is written, and taken away again, is that command's business; how it is run, `command_job`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from PySide6.QtCore import QObject, Signal

from viewer.plain_text import whole_line
from viewer.session.command_job import CommandEnd, CommandJob, Told, entries, number, text

_LONGEST_MESSAGE = 1000

Stage = Literal["search", "copy", "viewer", "check"]
Result = Literal["done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class DiscOrder:
    """What is to be written and where: a folder that is new or empty."""

    paths: tuple[str, ...]
    target: str
    viewer: str | None = None  # the folder of the program bundle that goes with it


@dataclass(frozen=True, slots=True)
class DiscProgress:
    """How far a stage is; ``of`` is 0 where that is not known."""

    stage: Stage
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class DiscOutcome:
    """What became of a disc; ``left_out`` are paths with their reasons."""

    result: Result
    written: int = 0  # instances
    bytes: int = 0
    left_out: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    message: str = ""


class DiscJob(QObject):
    """One run of the command.

    Signals
    -------
    progressed
        A `DiscProgress`.
    ended
        The `DiscOutcome`, once, whatever happens.
    """

    progressed = Signal(object)
    ended = Signal(object)

    def __init__(self, order: DiscOrder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.order = order
        self._outcome: DiscOutcome | None = None
        arguments = ["disc", "-o", order.target]
        if order.viewer is not None:
            arguments += ["--with-viewer", order.viewer]
        self._job = CommandJob(arguments, {"paths": order.paths}, self)
        self._job.told.connect(self._hear)
        self._job.ended.connect(self._finish)

    @property
    def is_running(self) -> bool:
        """Whether the disc is being made, or taken away."""
        return self._job.is_running

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._job.is_stopping

    def start(self) -> None:
        """Begin; the disc is made while the window goes on."""
        self._job.start()

    def stop(self) -> None:
        """Ask for an end, with all that was written taken away; `ended` tells when that is done."""
        self._job.stop()

    def kill(self) -> None:
        """End it now: what was written stays."""
        self._job.kill()

    def end_with_program(self) -> None:
        """Wait for what was written to be taken away: there is no window any more."""
        self._job.end_with_program()

    def _hear(self, lines: list[Told]) -> None:
        latest = None
        for line in lines:
            told = parse(line)
            if isinstance(told, DiscProgress):
                latest = told
            elif told is not None:
                self._outcome = told
        if latest is not None:
            self.progressed.emit(latest)

    def _finish(self, end: CommandEnd) -> None:
        self.ended.emit(self._outcome or DiscOutcome("failed", message=self._sudden_end(end)))

    def _sudden_end(self, end: CommandEnd) -> str:
        if not end.started:
            return f"What writes discs could not be started: {end.problem}. Install Negato anew."
        if end.in_order and end.problem:
            return f"{end.problem}."
        target = whole_line(self.order.target)
        reason = end.problem or "no reason"
        ended = "was ended" if self.is_stopping else f"ended unexpectedly ({reason})"
        return f"What writes the disc {ended}. Delete what it has left in {target}, and try again."


def parse(told: Told) -> DiscProgress | DiscOutcome | None:
    """Read a line of the command; None for one that makes no sense."""
    stage: Stage | None = next((one for one in get_args(Stage) if one == told.get("stage")), None)
    if stage is not None:
        return DiscProgress(stage, number(told, "done"), number(told, "of"))
    result: Result | None = next(
        (one for one in get_args(Result) if one == told.get("result")), None
    )
    if result is None:
        return None
    return DiscOutcome(
        result,
        number(told, "written"),
        number(told, "bytes"),
        tuple(
            (text(entry, "path"), text(entry, "reason"))
            for entry in entries(told, "left_out")
            if isinstance(entry, dict)
        ),
        tuple(one for one in entries(told, "warnings") if isinstance(one, str)),
        text(told, "message")[:_LONGEST_MESSAGE],
    )
