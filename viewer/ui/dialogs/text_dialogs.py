"""Dialogs that show text: the ledger, the keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.session.actions import key_help
from viewer.session.workspace import Workspace
from viewer.ui.dialogs.file_dialogs import ask_target
from viewer.ui.dialogs.fixed_text import FixedText
from viewer.ui.export import saved
from viewer.ui.plain_label import PlainLabel


class LedgerDialog(QDialog):
    """Every file seen and its fate, as text that can be saved."""

    def __init__(
        self, sentence: str, text: str, workspace: Workspace, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._text = text
        self._workspace = workspace
        self.setObjectName("ledgerDialog")
        self.setWindowTitle("Files Seen")
        self.resize(820, 480)
        heading = PlainLabel(sentence, self)
        heading.setWordWrap(True)
        view = FixedText(text, "Every file and its reason", self)
        view.setObjectName("ledgerText")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        save = buttons.addButton("Save as Text…", QDialogButtonBox.ButtonRole.ActionRole)
        save.setObjectName("saveLedger")
        save.clicked.connect(self._save)
        buttons.rejected.connect(self.reject)
        _stack_up(self, heading, view, buttons)

    def _save(self) -> None:
        settings = self._workspace.settings
        path = ask_target(settings, self, "Save the list of files", "files-seen.txt")
        if path:
            self.save_to(path)

    def save_to(self, path: str) -> None:
        """Write the list to ``path``; say so where that fails."""
        saved(path, self._text.encode(), "list of files", self._workspace.messages)


class KeysDialog(QDialog):
    """What the mouse and the keys do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keysDialog")
        self.setWindowTitle("Keys and Mouse")
        self.resize(620, 640)
        table = QTreeWidget(self)
        table.setObjectName("keysTable")
        table.setAccessibleName("Keys and what they do")
        table.setHeaderLabels(["Key or gesture", "What it does"])
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        table.addTopLevelItems([QTreeWidgetItem(list(row)) for row in key_help()])
        table.resizeColumnToContents(0)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        buttons.rejected.connect(self.reject)
        _stack_up(self, table, buttons)


def _stack_up(dialog: QDialog, *widgets: QWidget) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    layout = QVBoxLayout(dialog)
    for widget in widgets:
        layout.addWidget(widget)
