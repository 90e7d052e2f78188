"""The context menu of the tag tree, and the keys of what it offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QTreeView

from viewer.ui.literal import menu_title


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to do: an object name, what it reads, what it does; ``menu`` is a submenu."""

    name: str
    text: str
    call: Callable[[], object]
    key: str = ""
    menu: str = ""


class TagMenu:
    """Adds the actions of entries to a tree, and opens them as its context menu."""

    def __init__(self, tree: QTreeView, entries: Sequence[Entry]) -> None:
        self._tree = tree
        self._entries = entries
        self._actions: dict[str, QAction] = {}
        for entry in entries:
            action = QAction(menu_title(entry.text), tree)
            action.setObjectName(entry.name)
            action.triggered.connect(lambda _checked=False, call=entry.call: call())
            action.setShortcut(QKeySequence(entry.key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            tree.addAction(action)
            self._actions[entry.name] = action
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._open)

    def enable(self, name: str, *, enabled: bool) -> None:
        """Enable or disable one entry."""
        self._actions[name].setEnabled(enabled)

    def _open(self, at: QPoint) -> None:
        if not self._tree.currentIndex().isValid():
            return
        menu = QMenu(self._tree)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        submenus: dict[str, QMenu] = {"": menu}
        for entry in self._entries:
            into = submenus.get(entry.menu)
            if into is None:
                into = submenus[entry.menu] = menu.addMenu(menu_title(entry.menu))
            into.addAction(self._actions[entry.name])
        menu.popup(self._tree.viewport().mapToGlobal(at))
