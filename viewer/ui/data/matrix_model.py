"""The attributes of a series matrix as a list, and the values of some of them frame by frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from viewer.dicom.inspection.frame_places import FramePlace
from viewer.plain_text import plain_line
from viewer.session.command_job import entries, text
from viewer.ui.literal import tooltip

_Index = QModelIndex | QPersistentModelIndex
_DISPLAY, _TOOLTIP = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole
_GROUPS = ("Varying", "The same in all frames")
_NO_INDEX = QModelIndex()


@dataclass(slots=True)
class Attribute:
    """One attribute as the command tells of it; ``values`` has one where all frames have it."""

    path: str
    tag: str
    vr: str
    name: str
    grouped: bool
    varies: bool
    summary: str
    values: list[str | None] = field(default_factory=list)

    def value(self, frame: int) -> str | None:
        """Give the value of a frame."""
        if not self.varies:
            return self.values[0] if self.values else None
        return self.values[frame] if frame < len(self.values) else None

    def holds(self, wanted: str) -> bool:
        """Tell whether what was searched for, in lower case, is in its names or its value."""
        texts = (self.path, self.tag, self.name, "" if self.varies else self.values[0] or "")
        return any(wanted in one.lower() for one in texts)


def attribute_of(told: Mapping[str, Any]) -> Attribute:
    """Take what a line of the command says of an attribute."""
    varies = told.get("varies") is True
    values = entries(told, "values") if varies else [told.get("value")]
    return Attribute(
        text(told, "path"),
        text(told, "tag"),
        text(told, "vr"),
        text(told, "name"),
        told.get("grouped") is True,
        varies,
        text(told, "summary"),
        [one if isinstance(one, str) else None for one in values],
    )


class AttributeModel(QAbstractItemModel):
    """Attributes in two groups: those that vary, with how, and the others with their value."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[list[Attribute], list[Attribute]] = ([], [])
        self._shown: tuple[list[Attribute], list[Attribute]] = ([], [])
        self._wanted = ""

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._all, self._shown = ([], []), ([], [])
        self.endResetModel()

    def add(self, attributes: Sequence[Attribute]) -> None:
        """Add attributes below those that are there."""
        for group in (0, 1):
            new = [one for one in attributes if one.varies == (group == 0)]
            self._all[group].extend(new)
            fitting = [one for one in new if one.holds(self._wanted)]
            if fitting:
                count = len(self._shown[group])
                self.beginInsertRows(self.group_index(group), count, count + len(fitting) - 1)
                self._shown[group].extend(fitting)
                self.endInsertRows()

    def search(self, wanted: str) -> None:
        """Show those alone that have ``wanted`` in them."""
        self.beginResetModel()
        self._wanted = wanted.strip().lower()
        found = [[one for one in group if one.holds(self._wanted)] for group in self._all]
        self._shown = found[0], found[1]
        self.endResetModel()

    def find(self, path: str, *, grouped: bool) -> Attribute | None:
        """Give the attribute at a path."""
        every = (one for group in self._all for one in group)
        return next((one for one in every if one.path == path and one.grouped == grouped), None)

    def counts(self) -> tuple[int, int]:
        """Give how many vary, and how many do not."""
        return len(self._all[0]), len(self._all[1])

    def attribute(self, index: _Index) -> Attribute | None:
        """Give what a row shows; None for a group."""
        group = int(index.internalId()) - 1 if index.isValid() else -1
        return self._shown[group][index.row()] if group >= 0 else None

    def group_index(self, group: int) -> QModelIndex:
        """Give the row of a group."""
        return self.createIndex(group, 0, 0)

    def index(self, row: int, column: int, parent: _Index = _NO_INDEX) -> QModelIndex:
        """Qt: the index of a row below ``parent``."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: _Index = _NO_INDEX) -> QModelIndex:  # type: ignore[override]
        """Qt: the group of a row."""
        group = int(index.internalId()) if index.isValid() else 0
        return self.createIndex(group - 1, 0, 0) if group else QModelIndex()

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """Qt: how many rows are below ``parent``."""
        if not parent.isValid():
            return 2
        is_group = not parent.internalId() and not parent.column()
        return len(self._shown[parent.row()]) if is_group else 0

    def columnCount(self, _parent: _Index = _NO_INDEX) -> int:
        """Qt: attribute and value."""
        return 2

    def data(self, index: _Index, role: int = _DISPLAY) -> Any:
        """Qt: what a cell shows."""
        if role not in (_DISPLAY, _TOOLTIP) or not index.isValid():
            return None
        one = self.attribute(index)
        if one is None:
            if index.column() or role != _DISPLAY:
                return None
            shown, every = len(self._shown[index.row()]), len(self._all[index.row()])
            number = f"{every:,}" if shown == every else f"{shown:,} of {every:,}"
            return f"{_GROUPS[index.row()]} ({number})"
        if role == _TOOLTIP:
            value = one.summary if one.varies else one.values[0] or ""
            told = (f"{one.tag} {one.vr} {one.name}", one.path, value)
            return tooltip("\n".join(filter(None, told)))
        if index.column() == 0:
            return plain_line(leaf_first(one.path, one.name))
        return one.summary if one.varies else plain_line(one.values[0] or "")

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY
    ) -> str | None:
        """Qt: the title of a column."""
        if role == _DISPLAY and orientation == Qt.Orientation.Horizontal:
            return ("Attribute", "Value")[section]
        return None


def leaf_first(path: str, name: str = "") -> str:
    """Give a keyword path as it is found in a list: the attribute, then what it is in.

    ``name`` is said of what has no keyword.
    """
    above, _, leaf = path.rpartition(".")
    leaf = f"{leaf} {name}" if name and leaf.startswith("(") else leaf
    return f"{leaf} ‹ {above}" if above else leaf


class FrameModel(QAbstractTableModel):
    """A row a frame: its number, its position, and the values of the chosen attributes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places: Sequence[FramePlace] = ()
        self._chosen: Sequence[Attribute] = ()

    def show_values(self, places: Sequence[FramePlace], chosen: Sequence[Attribute]) -> None:
        """Show other attributes, or frames."""
        self.beginResetModel()
        self._places, self._chosen = places, chosen
        self.endResetModel()

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """Qt: the frames."""
        return 0 if parent.isValid() or not self._chosen else len(self._places)

    def columnCount(self, _parent: _Index = _NO_INDEX) -> int:
        """Qt: number, position, and attributes."""
        return 2 + len(self._chosen)

    def data(self, index: _Index, role: int = _DISPLAY) -> Any:
        """Qt: what a cell shows."""
        if role != _DISPLAY or not index.isValid():
            return None
        row, column = index.row(), index.column()
        if column == 0:
            return f"{row + 1:,}"
        if column == 1:
            position = self._places[row].position_mm
            return "" if position is None else f"{position:.2f}"
        value = self._chosen[column - 2].value(row)
        return "(missing)" if value is None else plain_line(value)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY
    ) -> str | None:
        """Qt: the title of a column."""
        if role != _DISPLAY or orientation != Qt.Orientation.Horizontal:
            return None
        if section < 2:
            return ("Frame", "Position (mm)")[section]
        return plain_line(self._chosen[section - 2].path.rpartition(".")[2])
