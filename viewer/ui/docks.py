"""The panels around the canvas: where they are at first, and how each comes into sight."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QWidget

_LEFT, _RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea


class Docks:
    """Series above window controls on the left, tags and explanation behind them on the right."""

    def __init__(
        self,
        window: QMainWindow,
        browser: QWidget,
        window_controls: QWidget,
        tags: QWidget,
        explain: QWidget,
    ) -> None:
        self._browser = _dock(window, "browserDock", "Series", browser, _LEFT)
        self._window = _dock(window, "windowDock", "Window", window_controls, _LEFT)
        self.tags = _dock(window, "tagDock", "Tags", tags, _RIGHT)
        self._explain = _dock(window, "explainDock", "Why does it look like this?", explain, _RIGHT)
        window.tabifyDockWidget(self.tags, self._explain)
        self._explain.hide()
        widths = [min(280, window.width() // 4), min(450, window.width() // 3)]
        window.resizeDocks([self._browser, self.tags], widths, Qt.Orientation.Horizontal)
        window.resizeDocks([self._browser, self._window], [430, 250], Qt.Orientation.Vertical)

    def fill_menu(self, menu: QMenu) -> None:
        """Add what shows and hides each panel."""
        for dock in (self._browser, self._window, self.tags, self._explain):
            menu.addAction(dock.toggleViewAction())

    def show_browser(self) -> None:
        """Bring the series into sight."""
        _show(self._browser)

    def show_tags(self) -> None:
        """Bring the tags into sight."""
        _show(self.tags)

    def switch_explanation(self) -> None:
        """Bring the explanation into sight; where it is in sight, the tags instead."""
        explain = self._explain
        if explain.isVisible() and not explain.visibleRegion().isEmpty():  # and not behind the tags
            explain.hide()
            self.tags.raise_()
        else:
            _show(explain)


def add_behind_tags(window: QMainWindow, name: str, title: str, widget: QWidget) -> QDockWidget:
    """Add a panel that is made when it is asked for, as a tab beside the tags."""
    dock = _dock(window, name, title, widget, _RIGHT)
    tags = window.findChild(QDockWidget, "tagDock")
    if tags is not None:
        tags.show()
        window.tabifyDockWidget(tags, dock)
    return dock


def _dock(
    window: QMainWindow, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea
) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(name)
    dock.setWidget(widget)
    window.addDockWidget(area, dock)
    return dock


def _show(dock: QDockWidget) -> None:
    dock.show()
    dock.raise_()
