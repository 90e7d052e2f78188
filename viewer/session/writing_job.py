"""A command that writes files, run for the window: how far it is, and what became of it.

What is written, and taken away again, is the command's business; how it is run, `command_job`'s;
what else it tells while it works, of who runs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from PySide6.QtCore import QObject, Signal

from viewer.plain_text import whole_line
from viewer.session.command_job import CommandEnd, CommandJob, Told, entries, number, text

_LONGEST_MESSAGE = 1000
_LONGEST_STAGE = 40

Result = Literal["done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is; ``of`` is 0 where that is not known."""

    stage: str
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it; ``left_out`` are paths with their reasons, ``told`` all that was said."""

    result: Result
    written: int = 0
    bytes: int = 0
    left_out: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    message: str = ""
    told: Told = field(default_factory=dict, compare=False, repr=False)


class Job(QObject):
    """Work that writes files while the window goes on.

    Signals
    -------
    progressed
        A `Progress`.
    ended
        The `Outcome`, once, whatever happens.
    """

    progressed = Signal(object)
    ended = Signal(object)

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin."""
        raise NotImplementedError

    def stop(self) -> None:
        """Ask for an end; `ended` tells when what is not to stay has been taken away."""
        raise NotImplementedError

    def kill(self) -> None:
        """End it now: what was written stays."""
        raise NotImplementedError


class WritingJob(Job):
    """One run of a command.

    Parameters
    ----------
    arguments, order
        As `CommandJob` takes them.
    what : str
        What it writes, with its article: "the disc".
    target : str
        Where to; "" for nowhere.

    Signals
    -------
    told
        A list of what else it says, in order.
    """

    told = Signal(object)

    def __init__(
        self,
        arguments: Sequence[str],
        order: Mapping[str, object],
        what: str,
        target: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._what, self._target = what, target
        self._outcome: Outcome | None = None
        self._job = CommandJob(arguments, order, self)
        self._job.told.connect(self._hear)
        self._job.ended.connect(self._finish)

    @property
    def is_running(self) -> bool:
        """Whether it is at work, or takes away what it wrote."""
        return self._job.is_running

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._job.is_stopping

    def start(self) -> None:
        """Begin; the window goes on."""
        self._job.start()

    def stop(self) -> None:
        """Ask for an end; `ended` tells when what is not to stay has been taken away."""
        self._job.stop()

    def kill(self) -> None:
        """End it now: what was written stays."""
        self._job.kill()

    def leave(self) -> None:
        """Ask for an end, and tell nothing more."""
        self._job.leave()
        self.deleteLater()

    def end_with_program(self) -> None:
        """Wait for what was written to be taken away: there is no window any more."""
        self._job.end_with_program()

    def _hear(self, lines: list[Told]) -> None:
        latest, others = None, []
        for line in lines:
            said = parse(line)
            if isinstance(said, Progress):
                latest = said
            elif said is not None:
                self._outcome = said
            else:
                others.append(line)
        if latest is not None:
            self.progressed.emit(latest)
        if others:
            self.told.emit(others)

    def _finish(self, end: CommandEnd) -> None:
        self.ended.emit(self._outcome or Outcome("failed", message=self._sudden_end(end)))

    def _sudden_end(self, end: CommandEnd) -> str:
        if not end.started:
            problem = f"could not be started: {end.problem}. Install Negato anew."
            return f"What writes {self._what} {problem}"
        if end.in_order and end.problem:
            return f"{end.problem}."
        reason = end.problem or "no reason"
        ended = "was ended" if self.is_stopping else f"ended unexpectedly ({reason})"
        left = (
            f"Delete what it has left in {whole_line(self._target)}, and try"
            if self._target
            else "Try"
        )
        return f"What writes {self._what} {ended}. {left} again."


def parse(told: Told) -> Progress | Outcome | None:
    """Read a line of the command; None for one that tells neither progress nor an end."""
    stage = text(told, "stage")[:_LONGEST_STAGE]
    if stage:
        return Progress(stage, number(told, "done"), number(told, "of"))
    result: Result | None = next(
        (one for one in get_args(Result) if one == told.get("result")), None
    )
    if result is None:
        return None
    return Outcome(
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
        told,
    )
