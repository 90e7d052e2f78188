"""Findings as a tree of two levels: rules or files, and below each what was found.

Takes findings in pieces while they come. One Python object a finding, none a row; what is typed
into the filter, and which severities are shown, is applied here.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon

from viewer.dicom.validation.rules import RULES, SEVERITIES, Severity
from viewer.plain_text import plain_line
from viewer.session.validation_feed import ShownFinding

Grouping = Literal["rule", "file"]
_Index = QModelIndex | QPersistentModelIndex
_TITLES = ("Finding", "Place", "File")
_LONGEST = 400  # characters of a cell
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ICON = int(Qt.ItemDataRole.DecorationRole)


class Column(IntEnum):
    """The columns of the tree."""

    FINDING = 0
    PLACE = 1
    FILE = 2


@dataclass(slots=True)
class _Group:
    key: str
    severity: Severity
    number: int
    rows: list[ShownFinding] = field(default_factory=list)


class ValidationModel(QAbstractItemModel):
    """The findings that pass the filter.

    Parameters
    ----------
    icons : dict
        Of each severity.
    """

    def __init__(self, icons: dict[Severity, QIcon], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.grouping: Grouping = "rule"
        self.findings: list[ShownFinding] = []
        self.counts: dict[Severity, int] = dict.fromkeys(SEVERITIES, 0)
        self._icons = icons
        self._severities = frozenset(SEVERITIES)
        self._words = ""
        self._groups: list[_Group] = []
        self._by_key: dict[str, _Group] = {}

    def clear(self) -> None:
        """Show nothing."""
        self.findings = []
        self.counts = dict.fromkeys(SEVERITIES, 0)
        self._rebuild()

    def add(self, findings: Sequence[ShownFinding]) -> None:
        """Show more findings; what is there stays where it is."""
        self.findings += findings
        for one in findings:
            self.counts[one.severity] += 1
        fresh: dict[str, list[ShownFinding]] = {}
        for one in filter(self._passes, findings):
            fresh.setdefault(self._key(one), []).append(one)
        for key, rows in fresh.items():
            self._extend(key, rows)

    def set_grouping(self, grouping: Grouping) -> None:
        """Group by rule or by file."""
        self.grouping = grouping
        self._rebuild()

    def set_filter(self, words: str, severities: frozenset[Severity]) -> None:
        """Show those of these severities that have the words in their texts, in any case."""
        self._words, self._severities = words.casefold(), severities
        self._rebuild()

    def finding(self, index: _Index) -> ShownFinding | None:
        """Give the finding of a row; None for a group."""
        if not index.isValid() or not index.internalId():
            return None
        return self._groups[index.internalId() - 1].rows[index.row()]

    def of(self, index: _Index) -> list[ShownFinding]:
        """Give the finding of a row, or all of a group."""
        one = self.finding(index)
        if one is not None:
            return [one]
        return list(self._groups[index.row()].rows) if index.isValid() else []

    def shown(self) -> list[ShownFinding]:
        """Give all that are shown, as they are."""
        return [one for group in self._groups for one in group.rows]

    def _key(self, one: ShownFinding) -> str:
        return one.rule if self.grouping == "rule" else one.path

    def _passes(self, one: ShownFinding) -> bool:
        if one.severity not in self._severities:
            return False
        if not self._words:
            return True
        texts = (one.sentence, one.where, one.rule, one.path, one.tag, one.section)
        return any(self._words in text.casefold() for text in texts)

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._groups, self._by_key = [], {}
        for one in filter(self._passes, self.findings):
            self._group(self._key(one), one).rows.append(one)
        self.endResetModel()

    def _group(self, key: str, first: ShownFinding) -> _Group:
        group = self._by_key.get(key)
        if group is None:
            group = _Group(key, first.severity, len(self._groups))
            self._by_key[key] = group
            self._groups.append(group)
        if SEVERITIES.index(first.severity) < SEVERITIES.index(group.severity):
            group.severity = first.severity
        return group

    def _extend(self, key: str, rows: list[ShownFinding]) -> None:
        group = self._by_key.get(key)
        if group is None:
            self.beginInsertRows(QModelIndex(), len(self._groups), len(self._groups))
            self._group(key, rows[0])
            self.endInsertRows()
        for one in rows:
            group = self._group(key, one)
        if group is None:
            return
        above = self.createIndex(group.number, 0, 0)
        self.beginInsertRows(above, len(group.rows), len(group.rows) + len(rows) - 1)
        group.rows += rows
        self.endInsertRows()
        self.dataChanged.emit(above, above)  # its count

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Qt: the index of a child."""
        if row < 0 or not 0 <= column < len(_TITLES) or row >= self.rowCount(parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: _Index = QModelIndex()) -> QModelIndex:  # type: ignore[override] # noqa: B008
        """Qt: the group of a finding."""
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Qt: how many children."""
        if not parent.isValid():
            return len(self._groups)
        if parent.internalId() or parent.column():
            return 0
        return len(self._groups[parent.row()].rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Qt: how many columns."""
        return len(_TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        """Qt: the titles."""
        if orientation == Qt.Orientation.Horizontal and role == _DISPLAY:
            return _TITLES[section]
        return None

    def data(self, index: _Index, role: int = _DISPLAY) -> Any:
        """Qt: the text of a cell, the icon of its severity. No tooltips: Qt reads markup there."""
        if role not in (_DISPLAY, _ICON) or not index.isValid():
            return None
        one = self.finding(index)
        if role == _ICON:
            if index.column() != Column.FINDING:
                return None
            return self._icons[one.severity if one else self._groups[index.row()].severity]
        if one is None:
            return self._title(self._groups[index.row()], index.column())
        return plain_line(_cell(one, index.column()), _LONGEST)

    def _title(self, group: _Group, column: int) -> str | None:
        if column != Column.FINDING:
            return None
        count = f"{len(group.rows):,}"
        if self.grouping == "rule":
            return f"{group.key} ({count}): {RULES[group.key].title}"
        return plain_line(f"{os.path.basename(group.key)} ({count}): {group.key}", _LONGEST)


def _cell(one: ShownFinding, column: int) -> str:
    if column == Column.FINDING:
        return one.sentence
    if column == Column.PLACE:
        return one.where
    return os.path.basename(one.path)
