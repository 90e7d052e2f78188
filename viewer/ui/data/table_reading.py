"""What the metadata table runs: `negato table`, one after the other; the latest one counts.

Each run is a process of its own, whose lines become signals. A run that is no longer wanted is
stopped and not heard any more; it ends in its own time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from viewer.session.command_job import CommandEnd, CommandJob, Told, entries, number, text
from viewer.ui.data.table_model import TableField

_SUDDEN = "Reading ended without a word; try again."


@dataclass(frozen=True, slots=True)
class TableEnd:
    """How a run ended: "done", "cancelled" or "failed", and its sentence."""

    result: str
    message: str


class TableRun(QObject):
    """One run of the command.

    Signals
    -------
    fieldsTold
        A list of `TableField`: rows of these follow.
    rowsTold
        A list of lists: path and cells.
    filesTold
        How many files have been seen.
    columnsTold
        All columns that there are: lists of title, VR and name.
    ended
        A `TableEnd`, once.
    """

    fieldsTold = Signal(object)
    rowsTold = Signal(object)
    filesTold = Signal(int)
    columnsTold = Signal(object)
    ended = Signal(object)

    def __init__(
        self, arguments: Sequence[str], order: Mapping[str, object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._end: TableEnd | None = None
        self._job = CommandJob(["table", *arguments], order, self)
        self._job.told.connect(self._hear)
        self._job.ended.connect(self._finish)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._job.is_running

    def start(self) -> None:
        """Begin."""
        self._job.start()

    def stop(self) -> None:
        """Ask for an end."""
        self._job.stop()

    def leave(self) -> None:
        """Ask for an end, and tell nothing more."""
        self._job.leave()
        self.deleteLater()

    def _hear(self, lines: list[Told]) -> None:
        rows: list[list[str]] = []
        for told in lines:
            if "rows" in told:
                rows += [one for one in entries(told, "rows") if _is_row(one)]
            elif "fields" in told:
                self.fieldsTold.emit(list(map(_field, entries(told, "fields"))))
            elif "columns" in told:
                self.columnsTold.emit(entries(told, "columns"))
            elif "stage" in told:
                self.filesTold.emit(number(told, "done"))
            elif "result" in told:
                self._end = TableEnd(text(told, "result"), text(told, "message"))
        if rows:
            self.rowsTold.emit(rows)

    def _finish(self, end: CommandEnd) -> None:
        told = self._end or TableEnd("failed", end.problem or _SUDDEN)
        self.ended.emit(told)


def _field(told: object) -> TableField:
    one = told if isinstance(told, dict) else {}
    return TableField(text(one, "title"), text(one, "numeric"))


def _is_row(one: object) -> bool:
    return isinstance(one, list) and all(isinstance(cell, str) for cell in one)
