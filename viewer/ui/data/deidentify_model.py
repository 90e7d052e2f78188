"""What de-identifying would change as a Qt item model: elements, below them different values.

Rows come while the command reads, each at its place in the order of tags; nothing that is in
sight moves into another row's children, and nothing is reset but by another search.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from viewer.plain_text import plain_line, whole_line
from viewer.session.command_job import Told
from viewer.session.deidentify_changes import Change, Changes, Pair

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_MOST_PAIRS = 2000  # of an element; more are found by the search
_MOST_FILES = 100  # named at once
_LONGEST = 200  # characters of a cell
_ACTIONS = {
    "X": "removed",
    "Z": "emptied",
    "D": "replaced",
    "U": "new UID",
    "C": "cleaned",
    "K": "kept",
}
_DIM = QColor(139, 143, 150)
_DISPLAY, _COLOUR = int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.ForegroundRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_RIGHT = (Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value


class Column(IntEnum):
    """The columns of the list."""

    TAG = 0
    NAME = 1
    ACTION = 2
    BEFORE = 3
    AFTER = 4
    FILES = 5


_TITLES = ("Tag", "Name", "Action", "Before", "After", "Files")


@dataclass(slots=True)
class _Shown:
    """An element in the list, with those of its pairs that are shown: all, or what was found."""

    number: int  # of the change
    change: Change
    pairs: list[Pair]
    children: int = 0  # that Qt was told of

    @property
    def wanted(self) -> int:
        """How many children there are to tell of: the pair of a constant change is none."""
        if len(self.pairs) < 2 and len(self.change.pairs) < 2:
            return 0
        return min(len(self.pairs), _MOST_PAIRS + 1)


class ChangesModel(QAbstractItemModel):
    """Shows `Changes`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.changes = Changes()
        self._searched = ""
        self._shown: list[_Shown] = []  # in the order of tags
        self._keys: list[tuple[str, str, int]] = []  # what they are ordered by
        self._places: dict[int, int] = {}  # of the changes in the list

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self.changes = Changes()
        self._shown, self._keys, self._places = [], [], {}
        self.endResetModel()

    def take(self, lines: Iterable[Told]) -> None:
        """Add what the command told; while there is a search, `search` shows it."""
        _, touched = self.changes.take(lines)
        if self._searched:
            return
        for number in sorted(touched):
            if number not in self._places:
                self._insert(number)
            place = self._places[number]
            shown = self._shown[place]
            if shown.children < shown.wanted:
                self.beginInsertRows(self.index(place, 0), shown.children, shown.wanted - 1)
                shown.children = shown.wanted
                self.endInsertRows()
        if touched:
            places = [self._places[number] for number in touched]
            last = self.index(max(places), len(Column) - 1)
            self.dataChanged.emit(self.index(min(places), 0), last, [])

    def search(self, text: str) -> None:
        """Show the elements whose tag, name or action has ``text``, and the values that have it."""
        self._searched = text.casefold()
        self.beginResetModel()
        found = (self._found(number) for number in range(len(self.changes.rows)))
        rows = [one for one in found if one is not None]
        rows.sort(key=lambda one: _key(one.number, one.change))
        self._shown = rows
        self._keys = [_key(one.number, one.change) for one in rows]
        self._places = {one.number: place for place, one in enumerate(rows)}
        self.endResetModel()

    def described(self, index: _Index) -> str | None:
        """Give all that is known of a change, with the files that have it."""
        if not index.isValid():
            return None
        shown, pair = self._at(index)
        change = shown.change
        if pair is None and len(change.pairs) > 1:
            told = f"{len(change.pairs):,} different values in {change.files:,} files"
            return f"{change.where or change.tag} {change.name}: {told}; open the row to see them."
        one = pair or change.pairs[0]
        files = self.changes.pair_files(one)
        lines = [
            f"{change.where or change.tag} {change.name} ({change.action})",
            f"Before: {one.before}",
            f"After:  {one.after}",
            f"Files:  {len(files):,}",
            *map(whole_line, files[:_MOST_FILES]),
        ]
        left = len(files) - _MOST_FILES
        return "\n".join([*lines, f"and {left:,} more"] if left > 0 else lines)

    def index(self, row: int, column: int, parent: _Index = _ROOT) -> QModelIndex:
        """Qt: the index of a cell; of children, the id says whose they are."""
        if not 0 <= column < len(Column) or not 0 <= row < self.rowCount(parent):
            return QModelIndex()
        if not parent.isValid():
            return self.createIndex(row, column, 0)
        return self.createIndex(row, column, self._shown[parent.row()].number + 1)

    def parent(self, index: _Index = _ROOT) -> QModelIndex:  # type: ignore[override]
        """Qt: the index of the parent."""
        whose = int(index.internalId()) if index.isValid() else 0
        return self.createIndex(self._places[whose - 1], 0, 0) if whose else QModelIndex()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Qt: how many children."""
        if not parent.isValid():
            return len(self._shown)
        if parent.column() or parent.internalId():
            return 0
        return self._shown[parent.row()].children

    def columnCount(self, _parent: _Index = _ROOT) -> int:
        """Qt: how many columns."""
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        """Qt: the titles."""
        if orientation == Qt.Orientation.Horizontal and role == _DISPLAY:
            return _TITLES[section]
        return None

    def data(self, index: _Index, role: int = _DISPLAY) -> Any:
        """Qt: the text of a cell. No tooltips: Qt takes them for markup."""
        if not index.isValid():
            return None
        if role == _DISPLAY:
            shown, pair = self._at(index)
            return _cell(shown, pair, Column(index.column()), index.row())
        if role == _ALIGNMENT and index.column() == Column.FILES:
            return _RIGHT
        if role == _COLOUR and not index.internalId():
            varies = len(self._shown[index.row()].change.pairs) > 1
            return _DIM if varies and index.column() in (Column.BEFORE, Column.AFTER) else None
        return None

    def _at(self, index: _Index) -> tuple[_Shown, Pair | None]:
        whose = int(index.internalId())
        if not whose:
            return self._shown[index.row()], None
        shown = self._shown[self._places[whose - 1]]
        return shown, shown.pairs[index.row()]

    def _insert(self, number: int) -> None:
        change = self.changes.rows[number]
        key = _key(number, change)
        place = bisect_left(self._keys, key)
        self.beginInsertRows(QModelIndex(), place, place)
        self._keys.insert(place, key)
        self._shown.insert(place, _Shown(number, change, change.pairs))
        for below in range(place, len(self._shown)):
            self._places[self._shown[below].number] = below
        self.endInsertRows()

    def _found(self, number: int) -> _Shown | None:
        change = self.changes.rows[number]
        if self._searched in change.found_by:
            pairs = change.pairs
        else:
            pairs = [pair for pair in change.pairs if self._searched in pair.found_by]
        shown = _Shown(number, change, pairs)
        shown.children = shown.wanted
        return shown if pairs else None


def _key(number: int, change: Change) -> tuple[str, str, int]:
    return change.where or change.tag, change.tag, number


def _cell(shown: _Shown, pair: Pair | None, column: Column, row: int) -> str:
    change = shown.change
    if pair is not None:
        if row == _MOST_PAIRS:
            left = len(shown.pairs) - _MOST_PAIRS
            return f"and {left:,} more: search for them" if column == Column.BEFORE else ""
        if column == Column.BEFORE:
            return plain_line(pair.before, _LONGEST)
        if column == Column.AFTER:
            return plain_line(pair.after, _LONGEST)
        return f"{len(pair.files):,}" if column == Column.FILES else ""
    if column == Column.TAG:
        return plain_line(change.where or change.tag, _LONGEST)
    if column == Column.NAME:
        return plain_line(change.name, _LONGEST)
    if column == Column.ACTION:
        return _action(change)
    if column == Column.FILES:
        return f"{change.files:,}"
    if len(change.pairs) == 1:
        only = change.pairs[0]
        return plain_line(only.before if column == Column.BEFORE else only.after, _LONGEST)
    return f"{len(change.pairs):,} different values" if column == Column.BEFORE else ""


def _action(change: Change) -> str:
    """Say what is done, with the code of PS3.15 Table E.1-1."""
    kept_form = change.action == "Z" and change.pairs[0].after
    words = "replaced" if kept_form else _ACTIONS.get(change.action, "")
    return f"{words} ({plain_line(change.action, 8)})" if words else plain_line(change.action, 40)
