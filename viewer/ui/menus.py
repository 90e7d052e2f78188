"""Menus and shortcuts, made from the one action table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from viewer.session.actions import ACTIONS, Need


class Menus:
    """The window's actions by id, in its menu bar.

    Parameters
    ----------
    window : QMainWindow
        Gets the menus.
    callbacks : mapping
        What each action id does; one for every action of the table.
    """

    def __init__(self, window: QMainWindow, callbacks: Mapping[str, Callable[[], object]]) -> None:
        self._actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        for entry in ACTIONS:
            menu = self._menus.get(entry.menu) or self._add_menu(window, entry.menu)
            if entry.separated:
                menu.addSeparator()
            action = QAction(entry.title, window)
            action.setObjectName(f"action_{entry.id}")
            action.setCheckable(entry.checkable)
            if entry.shortcut:
                action.setShortcut(QKeySequence(entry.shortcut))
            call = callbacks[entry.id]
            action.triggered.connect(lambda _checked=False, call=call: call())
            menu.addAction(action)
            window.addAction(action)
            self._actions[entry.id] = action

    def action(self, action_id: str) -> QAction:
        """Give one action."""
        return self._actions[action_id]

    def menu(self, title: str) -> QMenu:
        """Give one menu by its title in the table."""
        return self._menus[title]

    def enable(self, present: set[Need]) -> None:
        """Enable the actions whose need is in ``present``."""
        for entry in ACTIONS:
            self._actions[entry.id].setEnabled(entry.needs == "nothing" or entry.needs in present)

    def _add_menu(self, window: QMainWindow, title: str) -> QMenu:
        menu = window.menuBar().addMenu(title)
        menu.setObjectName("menu" + title.replace("&", ""))
        self._menus[title] = menu
        return menu
