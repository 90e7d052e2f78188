"""The dialog that shows reports of Negato's own defects; it waits for nobody."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from viewer import defects
from viewer.ui.dialogs.fixed_text import FixedText
from viewer.ui.plain_label import PlainLabel

_REPORTING = (
    "The report names no patient, value or file; with it, those who make Negato can mend this."
)
MET = (
    "Negato met a defect of its own and went on. What it was doing may be missing or incomplete: "
    "look at it again. Should the window behave oddly, close it and start Negato anew."
    f"\n\n{_REPORTING}"
)
_KEPT = "These defects and crashes of Negato were met lately; nothing was sent. " + _REPORTING
_NONE_KEPT = "No defect and no crash of Negato has been met lately."
_MOST_CHARACTERS, _MOST_LINES = 100_000, 5_000


class DefectDialog(QDialog):
    """Reports of defects, to read and to copy."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("defectDialog")
        self.setWindowTitle("A Defect of Negato")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)  # keys stay where they are
        self.resize(640, 420)
        label = PlainLabel(heading, self)
        label.setWordWrap(True)
        self._where = PlainLabel("", self)
        self._where.setObjectName("defectWhere")
        self._where.setWordWrap(True)
        self._where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text = FixedText("", "Report", self)
        self._text.setObjectName("defectText")
        self._text.setMaximumBlockCount(_MOST_LINES)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        copy = buttons.addButton("&Copy Report", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("copyDefect")
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (label, self._where, self._text, buttons):
            layout.addWidget(widget)

    def add(self, text: str, where: str) -> None:
        """Show one more report, below the others."""
        is_first = self._text.document().isEmpty()
        self._text.appendPlainText(text if is_first else f"\n{text}")
        self._where.setText(where)
        self._where.setVisible(bool(where))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())


def show_kept(parent: QWidget) -> None:
    """Show the reports that were kept, newest first."""
    paths = defects.kept_reports(defects.reports_folder())
    dialog = DefectDialog(_KEPT if paths else _NONE_KEPT, parent)
    dialog.setWindowTitle("Crash Reports")
    texts = [text for text in map(_content, paths) if text]
    dialog.add("\n\n".join(texts)[:_MOST_CHARACTERS], "")
    dialog.open()


def _content(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(_MOST_CHARACTERS)
    except OSError:  # another window has let it go
        return ""
