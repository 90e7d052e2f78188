"""The dark theme: a palette for reading images in a dim room."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

_WINDOW = QColor(37, 39, 42)
_BASE = QColor(27, 28, 31)
_RAISED = QColor(52, 55, 60)
_TEXT = QColor(222, 224, 227)
_DIM = QColor(139, 143, 150)
_ACCENT = QColor(62, 124, 177)

_STYLE = """
QToolTip { color: #dee0e3; background: #34373c; border: 1px solid #4b4f56; }
QMainWindow::separator { background: #1b1c1f; width: 4px; height: 4px; }
QMainWindow::separator:hover { background: #3e7cb1; }
QDockWidget::title { background: #2c2e32; padding: 5px 8px; }
QStatusBar::item { border: none; }
QTreeView, QLineEdit { border: 1px solid #3a3d42; }
QTreeView:focus, QLineEdit:focus { border-color: #3e7cb1; }
QTreeView::indicator:unchecked, QCheckBox::indicator:unchecked {
    border: 1px solid #8b8f96; background: #1b1c1f;
}
QHeaderView::section { background: #2c2e32; color: #b6bac1; border: none; padding: 3px 6px; }
"""


def apply(app: QApplication) -> None:
    """Give ``app`` the dark theme."""
    app.setStyle("Fusion")
    app.setPalette(_palette())
    app.setStyleSheet(_STYLE)


def _palette() -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for roles, colour in (
        ((role.Window, role.Button), _WINDOW),
        ((role.Base,), _BASE),
        ((role.AlternateBase, role.ToolTipBase), _RAISED),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText), _TEXT),
        ((role.PlaceholderText,), _DIM),
        ((role.Highlight, role.Link), _ACCENT),
        ((role.HighlightedText,), QColor("white")),
        ((role.Light, role.Midlight), _RAISED),
        ((role.Mid, role.Dark, role.Shadow), QColor(20, 21, 23)),
    ):
        for one in roles:
            palette.setColor(one, colour)
    disabled = QPalette.ColorGroup.Disabled
    for one in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(disabled, one, QColor(112, 116, 122))
    return palette
