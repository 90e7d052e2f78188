"""Which program this is, what it is not for, and the licences of all that it is made of.

The texts come from `viewer.licences`, in a thread, once they are asked for.
"""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer import __version__, program
from viewer.licences import Part, parts
from viewer.plain_text import plain_line
from viewer.session.aside import Aside
from viewer.ui.dialogs.fixed_text import FixedText
from viewer.ui.plain_label import PlainLabel

_WHAT = f"Negato {__version__}\nA DICOM viewer for folders and discs."
_NOT_FOR = "Not for diagnosis. Negato is not a medical device."
_TERMS = (
    "Copyright (c) 2026 The Negato developers. MIT licence: use it, change it and pass it on, "
    "without warranty. What it is made of has licences of its own."
)
_WIDTH = 60  # of a paragraph, in letters
_COLUMNS = 82  # of the texts: their authors broke most of them before 80
_NAME_COLUMNS = 30


class AboutDialog(QDialog):
    """The version, how it runs, and the way to the licences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle("About Negato")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        licences = buttons.addButton("&Licences…", QDialogButtonBox.ButtonRole.ActionRole)
        licences.setObjectName("showLicences")
        licences.clicked.connect(lambda: LicencesDialog(self).open())
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for text in (_WHAT, _NOT_FOR, _TERMS, _way()):
            layout.addWidget(self._paragraph(text))
        layout.addWidget(buttons)

    def _paragraph(self, text: str) -> PlainLabel:
        label = PlainLabel(text, self)
        label.setWordWrap(True)
        label.setMinimumWidth(label.fontMetrics().averageCharWidth() * _WIDTH)
        font = label.font()
        font.setBold(text == _NOT_FOR)
        label.setFont(font)
        return label


class LicencesDialog(QDialog):
    """Every part with its licence; the text of the one that is chosen, below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("licencesDialog")
        self.setWindowTitle("Licences")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._parts: list[tuple[QTreeWidgetItem, Part]] = []
        self._filter = QLineEdit(self)
        self._filter.setObjectName("licencesFilter")
        self._filter.setPlaceholderText("Find in names, licences and texts")
        self._filter.setAccessibleName("Find in names, licences and texts")
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._choose_rows)
        self._table = self._make_table()
        self._text = FixedText("", "Text of the licence", self)
        self._text.setObjectName("licenceText")
        self._text.setLineWrapMode(FixedText.LineWrapMode.WidgetWidth)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)  # Enter in the search field is no wish to close
        buttons.rejected.connect(self.reject)
        self._lay_out(buttons)
        reading = Aside(self)
        self.finished.connect(reading.close)
        reading.ask(parts, self._fill)

    def _make_table(self) -> QTreeWidget:
        table = QTreeWidget(self)
        table.setObjectName("licencesTable")
        table.setAccessibleName("Parts and their licences")
        table.setHeaderLabels(["Part", "Version", "Licence"])
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.addTopLevelItem(QTreeWidgetItem(["Reading what is installed…"]))
        table.setColumnWidth(0, QFontMetrics(table.font()).averageCharWidth() * _NAME_COLUMNS)
        table.currentItemChanged.connect(self._show_text)
        return table

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._table)
        splitter.addWidget(self._text)
        splitter.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        for widget in (self._filter, splitter, buttons):
            layout.addWidget(widget)
        room = self.screen().availableSize()
        wide = self._text.fontMetrics().averageCharWidth() * _COLUMNS + 80
        self.resize(min(wide, room.width() - 80), min(wide, room.height() - 80))

    def _fill(self, found: list[Part]) -> None:
        self._table.clear()
        for part in found:
            row = [plain_line(text) for text in (part.name, part.version, part.licence)]
            self._parts.append((QTreeWidgetItem(self._table, row), part))
        self._table.resizeColumnToContents(1)
        self._choose_rows()

    def _choose_rows(self) -> None:
        """Leave the parts in sight that hold what is sought, one of them chosen."""
        sought = self._filter.text().casefold()
        for item, part in self._parts:
            text = f"{part.name}\n{part.licence}\n{part.text}"
            item.setHidden(sought not in text.casefold())
        shown = [item for item, _ in self._parts if not item.isHidden()]
        if not shown:
            self._table.clearSelection()
            self._text.clear()
        elif self._table.currentItem() not in shown or not self._table.selectedItems():
            self._table.setCurrentItem(shown[0])
            self._show_text()

    def _show_text(self) -> None:
        chosen = self._table.currentItem()
        self._text.setPlainText(next((p.text for item, p in self._parts if item is chosen), ""))


def _way() -> str:
    if program.disc_root() is not None:
        way = "as the viewer on a disc"
    elif program.is_bundle():
        way = "from the program bundle"
    else:
        way = "from an installed Python"
    return f"Runs {way}: Python {platform.python_version()}, Qt {qVersion()}."
