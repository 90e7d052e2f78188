"""What Negato runs on, as ``negato doctor`` says it, to be copied into a report of a fault."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from viewer.session.hop import Hop
from viewer.session.workspace import Workspace
from viewer.ui.dialogs.fixed_text import FixedText
from viewer.workers.environment import Environment


class SystemDialog(QDialog):
    """Shows the environment once it is known; the window goes on meanwhile."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("systemDialog")
        self.setWindowTitle("System Information")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(720, 560)
        self._text = FixedText("Trying the codecs…", "System information", self)
        self._text.setObjectName("systemText")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        copy = buttons.addButton("&Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("copySystem")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._text.toPlainText()))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._text)
        layout.addWidget(buttons)
        self._hop = Hop(self)
        self.finished.connect(self._hop.close)
        workspace.examine(lambda found: self._hop.post(lambda: self._show(found)))

    def _show(self, found: Environment) -> None:
        self._text.setPlainText(found.text())
