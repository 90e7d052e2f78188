"""Texts made to be taken for something else, and a walk over all that a window says.

Owns the texts, the files that hold them and the search for what got through.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QAction, QTextDocument
from PySide6.QtGui import Qt as QtGui
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

_SAFE = frozenset("Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Zs".split())
LONGEST_VALUE = 400
LONGEST = 512  # characters of a line: what a value may have, with the words around it


def is_printable(line: str) -> bool:
    """Tell whether a line has no control, format, private or unassigned character."""
    return all(one in _SAFE or one[0] in "PS" for one in map(unicodedata.category, line))


def misleading(window: QWidget) -> list[str]:
    """Give what a window says anywhere that is not plain, printable and short; with the place."""
    found = []
    for place, text in said(window):
        lines = text.split("\n")
        if not all(map(is_printable, lines)):
            found.append(f"{place}: not printable: {text[:80]!r}")
        if max(map(len, lines)) > LONGEST or "W" * (LONGEST_VALUE + 1) in text:
            found.append(f"{place}: {len(text):,} characters")
    found += [
        f"label {label.objectName()} takes markup: {label.text()[:80]!r}"
        for label in window.findChildren(QLabel)
        if label.textFormat() != Qt.TextFormat.PlainText and QtGui.mightBeRichText(label.text())
    ]
    return found


def _read(role: str, text: str) -> str:
    """Give a text as its reader gets it: of tooltips and the like, markup is taken for that."""
    return plain(text) if role.lower().startswith(("tooltip", "whatsthis")) else text


def plain(text: str) -> str:
    """Give a tooltip as it is read: Qt shows what is markup as such."""
    if not QtGui.mightBeRichText(text):
        return text
    document = QTextDocument()
    document.setHtml(text)
    return document.toPlainText()


def said(window: QWidget) -> Iterator[tuple[str, str]]:
    """Give every text of a window and what is in it, with its place."""
    for menu in window.findChildren(QMenu):
        menu.aboutToShow.emit()  # their entries are made then
    for item in (window, *window.findChildren(QObject)):
        name = f"{type(item).__name__} {item.objectName()}"
        if isinstance(item, QWidget):
            yield from _of_widget(name, item)
        if isinstance(item, QAction):
            for role in ("text", "toolTip", "statusTip", "whatsThis"):
                yield f"{name}.{role}", _read(role, getattr(item, role)())
        if isinstance(item, QAbstractItemView) and item.model() is not None:
            yield from _of_model(name, item.model())


def _of_widget(name: str, widget: QWidget) -> Iterator[tuple[str, str]]:
    for role in (
        "windowTitle",
        "toolTip",
        "statusTip",
        "whatsThis",
        "accessibleName",
        "accessibleDescription",
    ):
        yield f"{name}.{role}", _read(role, getattr(widget, role)())
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        yield f"{name}.text", widget.text()
    if isinstance(widget, QPlainTextEdit | QTextEdit):
        whole = widget.toPlainText()  # whatever its length: it scrolls
        for at in range(0, len(whole), LONGEST_VALUE):
            yield f"{name}.text", whole[at : at + LONGEST_VALUE]
    if isinstance(widget, QComboBox):
        for at in range(widget.count()):
            yield f"{name} item", widget.itemText(at)
    if isinstance(widget, QTabBar):
        for at in range(widget.count()):
            yield f"{name} tab", widget.tabText(at)


_ROLES = {
    role: int(role)
    for role in (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.StatusTipRole,
        Qt.ItemDataRole.WhatsThisRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.AccessibleDescriptionRole,
    )
}


def _of_model(name: str, model: QAbstractItemModel) -> Iterator[tuple[str, str]]:
    pending: list[Any] = [QModelIndex()]
    while pending:
        above = pending.pop()
        for row in range(model.rowCount(above)):
            pending.append(model.index(row, 0, above))
            for column in range(model.columnCount(above)):
                index = model.index(row, column, above)
                for role, number in _ROLES.items():
                    text = model.data(index, number)
                    if isinstance(text, str):
                        yield f"{name} {role.name} {row},{column}", _read(role.name, text)
