"""One value whole, in a window of its own: as text, as bytes, as a Siemens CSA header.

Text is at hand; bytes and headers are read by a child process once somebody looks at them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.dicom.errors import NegatoError
from viewer.dicom.tag_csa import is_csa
from viewer.dicom.tag_readable import readable
from viewer.dicom.tags import BINARY_VRS, Kind, TagTable, keyword_path
from viewer.dicom.value_place import HEX_BYTES, ValueBegin, hex_lines
from viewer.plain_text import plain_line
from viewer.ui.literal import menu_title
from viewer.ui.plain_label import PlainLabel
from viewer.ui.tags.search_bar import Ask

_LONGEST_LINE = 20_000  # characters; Qt lays out a line as a whole, a megabyte in seconds
_READING = "Reading…"


class ValueDialog(QDialog):
    """Shows a value with its line ends; other controls become visible marks.

    Parameters
    ----------
    table : TagTable
    row : int
        Whose value is shown.
    ask : callable, optional
        Asks a child process about the file; without it, there is the text alone.

    Signals
    -------
    saveRequested
        The bytes of the value are to be saved.
    """

    saveRequested = Signal()

    def __init__(
        self, table: TagTable, row: int, ask: Ask | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("tagValueDialog")
        self.setWindowTitle("Value")
        self.resize(720, 480)
        self._table, self._row, self._ask = table, row, ask
        self._is_closed = False
        self._unread: dict[QWidget, Callable[[QPlainTextEdit], None]] = {}
        tag, name = int(table.tags[row]), table.names[row]
        heading = PlainLabel(plain_line(f"{keyword_path(table, row)}  {name}"), self)
        form = PlainLabel(plain_line(readable(table, row)), self)
        form.setObjectName("tagValueReadable")
        form.setVisible(bool(form.text()))
        self._note = PlainLabel(parent=self)
        self._note.setObjectName("tagValueNote")
        self._note.setWordWrap(True)
        self._note.hide()
        self._tabs = QTabWidget(self)
        has_bytes = table.kinds[row] == Kind.ELEMENT and ask is not None
        if has_bytes and is_csa(tag, name):
            self._add("CSA header", "tagValueCsa", self._read_csa)
        if not has_bytes or table.vrs[row] not in BINARY_VRS:
            text = self._add("Text", "tagValueText")
            text.setPlainText(visible_lines(table.values[row]))
        if has_bytes:
            self._add("Bytes", "tagValueBytes", self._read_bytes)
        self._tabs.currentChanged.connect(self._read_shown)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        buttons.rejected.connect(self.reject)
        if has_bytes:
            save = buttons.addButton("&Save…", QDialogButtonBox.ButtonRole.ActionRole)
            save.setObjectName("tagValueSave")
            save.setAutoDefault(False)
            save.clicked.connect(self.saveRequested)
        layout = QVBoxLayout(self)
        for widget in (heading, form, self._tabs, self._note, buttons):
            layout.addWidget(widget)
        self.finished.connect(self._close)
        self._read_shown()

    def _add(
        self, title: str, name: str, read: Callable[[QPlainTextEdit], None] | None = None
    ) -> QPlainTextEdit:
        text = QPlainTextEdit(self)
        text.setObjectName(name)
        text.setAccessibleName("Whole value")
        text.setReadOnly(True)
        if read is not None:
            text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
            text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
            text.setPlainText(_READING)
            self._unread[text] = read
        self._tabs.addTab(text, menu_title(title))
        return text

    def _read_shown(self) -> None:
        shown = self._tabs.currentWidget()
        read = self._unread.pop(shown, None)
        if read is not None and isinstance(shown, QPlainTextEdit):
            read(shown)

    def _read_csa(self, into: QPlainTextEdit) -> None:
        def done(answer: Any) -> None:
            if isinstance(answer, str):
                into.setPlainText(visible_lines(answer))
                return
            # in its place the bytes, and why
            self._say(answer)
            self._tabs.removeTab(self._tabs.indexOf(into))

        self._ask_for("viewer.dicom.tag_csa:read_csa", (), done)

    def _read_bytes(self, into: QPlainTextEdit) -> None:
        def done(answer: Any) -> None:
            if not isinstance(answer, ValueBegin):
                into.setPlainText("")
                self._say(answer)
                return
            into.setPlainText(hex_lines(answer.data, answer.size))
            if answer.fragments:
                self._note.setText(_fragments_text(answer.fragments))
                self._note.show()

        self._ask_for("viewer.dicom.tag_bytes:read_begin", (HEX_BYTES,), done)

    def _ask_for(self, task: str, more: tuple[Any, ...], done: Callable[[Any], None]) -> None:
        assert self._ask is not None
        arguments = (self._row, int(self._table.tags[self._row]), *more)

        def arrived(answer: Any) -> None:
            if not self._is_closed:
                done(answer)

        self._ask(self._table.path, task, arguments, arrived, None)

    def _say(self, failure: object) -> None:
        if isinstance(failure, NegatoError):
            self._note.setText(failure.message)
            self._note.show()

    def _close(self) -> None:
        self._is_closed = True
        self.deleteLater()


def _fragments_text(number: int) -> str:
    if number == 1:
        return "1 fragment, without the offset table"
    return f"{number:,} fragments, one after the other, without the offset table"


def visible_lines(value: str) -> str:
    """Give ``value`` with its lines kept, each printable; very long ones are broken."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    pieces = (
        line[at : at + _LONGEST_LINE]
        for line in lines
        for at in range(0, max(1, len(line)), _LONGEST_LINE)
    )
    return "\n".join(plain_line(piece, limit=_LONGEST_LINE) for piece in pieces)
