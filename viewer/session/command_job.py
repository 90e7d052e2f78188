"""A command of Negato as a process of its own, for what the window does with files.

The window has no pydicom, and nothing that it waits for may stop it. So it runs the command that
people run, with ``--control --json``: the order is the first line of its standard input, ``stop``
a later one; what it does comes back as a JSON object a line. They are read within bounds and some
at a time; other lines are passed over. What an object means is left to who runs the command.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QTimer, Signal

from viewer.dicom.limits import DEFAULT_LIMITS, LIMIT_TITLES, Limits
from viewer.plain_text import plain_line
from viewer.session.own_process import prepare

_MOST_LINE = 256 << 20  # bytes; a list of everything that was left out: a million files
_AT_ONCE = 256 << 10  # bytes; some milliseconds of reading them
_MOST_SAID = 4096  # bytes kept of standard error
_FAREWELL_MS = 60_000  # to take away what was written, once the window is gone

_WHO_SAYS_IT = re.compile(r"^negato(?: \w+)?: (?:error: (?:argument [^:]+: )?)?")  # and of what

Told = dict[str, Any]  # a line of the command


@dataclass(frozen=True, slots=True)
class CommandEnd:
    """How a command ended: in order, having said all it had to, or else why.

    Attributes
    ----------
    problem : str
        Of one that never started: why not. Of one that ended otherwise: what it said last on
        standard error, perhaps nothing.
    in_order : bool
        It ended by itself; ``problem`` is then the sentence that it gave, if any.
    started : bool
    """

    problem: str
    in_order: bool
    started: bool = True


class CommandJob(QObject):
    """One run of a command.

    Parameters
    ----------
    arguments : sequence of str
        Of `negato`, the command first; ``--control --json`` are added.
    order : mapping
        What it is to do, as JSON has it.

    Signals
    -------
    told
        A list of `Told`, in order.
    ended
        A `CommandEnd`, once, whatever happens, after all that was told.
    """

    told = Signal(object)
    ended = Signal(object)

    def __init__(
        self,
        arguments: Sequence[str],
        order: Mapping[str, object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.is_running = False
        self.is_stopping = False
        self._arguments = tuple(arguments)
        self._order = dict(order)
        self._lines = _Lines()
        self._said = b""
        self._end: CommandEnd | None = None  # once it has ended, while there is more to read
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._listen)
        self._process.errorOccurred.connect(self._fail)
        self._process.finished.connect(self._finish)

    def start(self) -> None:
        """Begin; the window goes on."""
        name, *rest = self._arguments
        prepare(self._process, name, "--control", "--json", *rest)
        self.is_running = True
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.end_with_program)
        self._process.start()
        self._process.write(json.dumps(self._order).encode() + b"\n")

    def stop(self) -> None:
        """Ask for an end, with all that was begun taken away; `ended` tells when that is done."""
        if self.is_running and not self.is_stopping:
            self.is_stopping = True
            self._process.write(b"stop\n")

    def leave(self) -> None:
        """Ask for an end, and tell nothing more: who started it may go before it does."""
        self.blockSignals(True)
        self.setParent(QCoreApplication.instance())
        self.stop()
        if not self.is_running:
            self.deleteLater()

    def kill(self) -> None:
        """End it now: what was written stays."""
        self._process.kill()

    def end_with_program(self) -> None:
        """Wait for what was written to be taken away: there is no window any more."""
        self.stop()
        if self.is_running:
            self._process.waitForFinished(_FAREWELL_MS)
            while self.is_running and self._end is not None:  # no event comes any more
                self._read()

    def _read(self) -> None:
        if not self.is_running:
            return
        self._process.setReadChannel(QProcess.ProcessChannel.StandardOutput)
        piece = bytes(self._process.read(_AT_ONCE).data())
        found = [one for one in map(_parsed, self._lines.add(piece)) if one is not None]
        if found:
            self.told.emit(found)
        if self._process.bytesAvailable():
            QTimer.singleShot(0, self._read)
        elif self._end is not None:
            self._leave(self._end)

    def _listen(self) -> None:
        said = bytes(self._process.readAllStandardError().data())
        self._said = (self._said + said)[-_MOST_SAID:]

    def _fail(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:  # else it has more to say
            reason = plain_line(self._process.errorString())
            self._leave(CommandEnd(reason, in_order=False, started=False))

    def _finish(self, _code: int, status: QProcess.ExitStatus) -> None:
        self._listen()
        lines = self._said.decode("utf-8", "replace").strip().splitlines()
        problem = plain_line(_WHO_SAYS_IT.sub("", lines[-1]), 500).rstrip(".") if lines else ""
        self._end = CommandEnd(problem, in_order=status == QProcess.ExitStatus.NormalExit)
        self._read()

    def _leave(self, end: CommandEnd) -> None:
        if self.is_running:
            self.is_running = False
            self.ended.emit(end)
            if self.signalsBlocked():
                self.deleteLater()


def limit_arguments(limits: Limits) -> list[str]:
    """Give the arguments by which a command keeps to the window's limits."""
    return [
        part
        for name in LIMIT_TITLES
        if getattr(limits, name) != getattr(DEFAULT_LIMITS, name)
        for part in ("--limit", f"{name}={getattr(limits, name)}")
    ]


def number(told: Mapping[str, object], name: str) -> int:
    """Give a count that a line may have; 0 where it has none."""
    value = told.get(name)
    return min(max(value, 0), 1 << 62) if isinstance(value, int) else 0


def text(told: Mapping[str, object], name: str) -> str:
    """Give a text that a line may have; "" where it has none."""
    value = told.get(name)
    return value if isinstance(value, str) else ""


def entries(told: Mapping[str, object], name: str) -> list[Any]:
    """Give a list that a line may have; an empty one where it has none."""
    value = told.get(name)
    return value if isinstance(value, list) else []


def _parsed(line: bytes) -> Told | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


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
