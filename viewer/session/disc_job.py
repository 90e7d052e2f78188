"""Making a disc: ``negato disc`` as a process of its own, told what to write and listened to.

What is written, and taken away again, is that command's business. What it says is read within
bounds, a line each; whatever else comes from it is passed over, and its sudden end is told of.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from PySide6.QtCore import QCoreApplication, QObject, QProcess, Signal

from viewer.plain_text import plain_line, whole_line
from viewer.session.own_process import prepare

_MOST_LINE = 256 << 20  # bytes; a list of everything that was left out: a million files
_MOST_SAID = 4096  # bytes kept of standard error
_LONGEST_MESSAGE = 1000
_FAREWELL_MS = 60_000  # to take away what was written, once the window is gone

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
        self.is_running = False
        self.is_stopping = False
        self._lines = _Lines()
        self._said = b""
        self._outcome: DiscOutcome | None = None
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._listen)
        self._process.errorOccurred.connect(self._fail)
        self._process.finished.connect(self._finish)

    def start(self) -> None:
        """Begin; the disc is made while the window goes on."""
        arguments = ["disc", "--control", "--json", "-o", self.order.target]
        if self.order.viewer is not None:
            arguments += ["--with-viewer", self.order.viewer]
        prepare(self._process, *arguments)
        self.is_running = True
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self._end_with_program)
        self._process.start()
        self._process.write(json.dumps({"paths": self.order.paths}).encode() + b"\n")

    def stop(self) -> None:
        """Ask for an end, with all that was written taken away; `ended` tells when that is done."""
        if self.is_running and not self.is_stopping:
            self.is_stopping = True
            self._process.write(b"stop\n")

    def kill(self) -> None:
        """End it now: what was written stays."""
        self._process.kill()

    def _end_with_program(self) -> None:
        """Wait for what was written to be taken away: there is no window any more."""
        self.stop()
        if self.is_running:
            self._process.waitForFinished(_FAREWELL_MS)

    def _read(self) -> None:
        latest = None
        for line in self._lines.add(bytes(self._process.readAllStandardOutput().data())):
            told = parse(line)
            if isinstance(told, DiscProgress):
                latest = told
            elif told is not None:
                self._outcome = told
        if latest is not None:
            self.progressed.emit(latest)

    def _listen(self) -> None:
        said = bytes(self._process.readAllStandardError().data())
        self._said = (self._said + said)[-_MOST_SAID:]

    def _fail(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:  # else it has more to say
            reason = plain_line(self._process.errorString())
            message = f"What writes discs could not be started: {reason}. Install Negato anew."
            self._end(DiscOutcome("failed", message=message))

    def _finish(self, _code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        self._listen()
        outcome = self._outcome
        if outcome is None:
            outcome = DiscOutcome("failed", message=self._sudden_end(status))
        self._end(outcome)

    def _sudden_end(self, status: QProcess.ExitStatus) -> str:
        lines = self._said.decode("utf-8", "replace").strip().splitlines()
        reason = plain_line(lines[-1].removeprefix("negato: "), 500).rstrip(".") if lines else ""
        if status == QProcess.ExitStatus.NormalExit and reason:
            return f"{reason}."
        target = whole_line(self.order.target)
        ended = "was ended" if self.is_stopping else f"ended unexpectedly ({reason or 'no reason'})"
        return f"What writes the disc {ended}. Delete what it has left in {target}, and try again."

    def _end(self, outcome: DiscOutcome) -> None:
        if self.is_running:
            self.is_running = False
            self.ended.emit(outcome)


def parse(line: bytes) -> DiscProgress | DiscOutcome | None:
    """Read a line of the command; None for one that makes no sense."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    stage: Stage | None = next((one for one in get_args(Stage) if one == told.get("stage")), None)
    if stage is not None:
        return DiscProgress(stage, _number(told, "done"), _number(told, "of"))
    result: Result | None = next(
        (one for one in get_args(Result) if one == told.get("result")), None
    )
    if result is None:
        return None
    return DiscOutcome(
        result,
        _number(told, "written"),
        _number(told, "bytes"),
        tuple(
            (_text(entry, "path"), _text(entry, "reason"))
            for entry in _list(told, "left_out")
            if isinstance(entry, dict)
        ),
        tuple(text for text in _list(told, "warnings") if isinstance(text, str)),
        _text(told, "message")[:_LONGEST_MESSAGE],
    )


class _Lines:
    """Puts together lines that come in pieces; those without end are dropped."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._dropping = False

    def add(self, piece: bytes) -> list[bytes]:
        self._rest += piece
        if b"\n" in piece:
            *lines, rest = bytes(self._rest).split(b"\n")
            if self._dropping:
                del lines[0]
            self._rest, self._dropping = bytearray(rest), False
        else:
            lines = []
        if len(self._rest) > _MOST_LINE:
            self._rest.clear()
            self._dropping = True
        return lines


def _number(told: Mapping[str, object], name: str) -> int:
    value = told.get(name)
    return min(max(value, 0), 1 << 62) if isinstance(value, int) else 0


def _text(told: Mapping[str, object], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _list(told: Mapping[str, object], name: str) -> list[object]:
    value = told.get(name)
    return value if isinstance(value, list) else []
