"""What the windows that look into headers share: they stand beside the main one, and stay as left.

Not modal; Escape clears a search, then closes; size and place are kept; in the place of their
content, a sentence where there is nothing to show, or it is being read.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from viewer.session.settings import Settings
from viewer.ui.literal import window_title
from viewer.ui.plain_label import PlainLabel


class OwnWindow(QDialog):
    """A window beside the main one.

    Parameters
    ----------
    name : str
        By which it is found again, and its size kept.
    """

    def __init__(
        self, name: str, title: str, size: tuple[int, int], settings: Settings, window: QWidget
    ) -> None:
        super().__init__(window)
        self.setObjectName(name)
        self.setWindowTitle(window_title(title))
        self.setWindowFlags(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings = settings
        self._message = PlainLabel(parent=self)
        self._message.setObjectName(f"{name}Message")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setMargin(24)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self._message)
        self.page = QVBoxLayout(self)
        self.page.setContentsMargins(8, 8, 8, 8)
        self.finished.connect(self.end_work)
        self.resize(*size)
        self.restoreGeometry(settings.window_geometry(name))

    @property
    def message(self) -> str:
        """The sentence in the place of the content; "" where that is shown."""
        is_shown = self.pages.currentWidget() is self._message
        return self._message.text() if is_shown else ""

    def say(self, text: str) -> None:
        """Show a sentence in the place of the content."""
        self._message.setText(text)
        self.pages.setCurrentWidget(self._message)

    def come_forward(self) -> None:
        """Show it above the others, with the keyboard."""
        self.show()
        self.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape closes; in a search with text, it clears that first."""
        field = self.focusWidget()
        search = field if isinstance(field, QLineEdit) and field.isClearButtonEnabled() else None
        if event.key() == Qt.Key.Key_Escape and search is not None and search.text():
            search.clear()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt: it is closed, or minimised: keep how it stands."""
        self._settings.save_window_geometry(self.objectName(), self.saveGeometry())
        super().hideEvent(event)

    def end_work(self) -> None:
        """End what goes on in the background, for nobody now."""
