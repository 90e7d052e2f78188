"""The search field over the tag tree, with what it finds: matches counted, stepped through.

What can be asked for is `dicom.tag_search`'s. A regular expression may take long, and is searched
for by who asks a child process; the sentence on a search that means nothing stands below the field.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from viewer.dicom.errors import NegatoError
from viewer.dicom.tag_search import (
    HELP,
    PATTERN_SECONDS,
    PATTERN_TOO_SLOW,
    SearchError,
    find_rows,
    has_pattern,
    parse,
)
from viewer.dicom.tags import TagTable
from viewer.dicom.text_column import IntArray
from viewer.ui.literal import tooltip
from viewer.ui.plain_label import PlainLabel
from viewer.ui.tags.keys import SearchField

# asks a child process about a file: path, task, arguments, who gets the answer, seconds
Ask = Callable[[str, str, tuple[Any, ...], Callable[[Any], None], float | None], None]

_NOTHING = np.empty(0, np.int64)
_TYPING_MS = 250  # no child is asked for each letter


class SearchBar(QWidget):
    """Finds rows of the table that it is given, as the reader types.

    Signals
    -------
    found
        ``matches`` is new; whether the reader has typed, and is to be taken to one.
    stepRequested
        1 or -1: to the next match, or the one before.
    """

    found = Signal(bool)
    stepRequested = Signal(int)

    def __init__(self, ask: Ask | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.matches: IntArray = _NOTHING
        self._ask = ask
        self._table: TagTable | None = None
        self._waiting = ""  # the search that a child is asked for
        self._typed = False
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._pause.timeout.connect(self._find_pattern)
        self.field = self._make_field()
        self.count = PlainLabel(parent=self)
        self.count.setObjectName("tagMatchCount")
        self.count.setAccessibleName("Matches")
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.count.setMinimumWidth(self.fontMetrics().horizontalAdvance("0,000 of 0,000"))
        self.problem = PlainLabel(parent=self)
        self.problem.setObjectName("tagSearchProblem")
        self.problem.setAccessibleName("What is wrong with the search")
        self.problem.setWordWrap(True)
        self.problem.setForegroundRole(QPalette.ColorRole.BrightText)
        self.problem.hide()
        self._lay_out()

    def set_table(self, table: TagTable | None) -> None:
        """Search in another table from now on."""
        self._table = table
        self._find(typed=False)

    def show_count(self, row: int) -> None:
        """Say which match the row is, of how many."""
        table = self._table
        says_nothing = not self.field.text().strip() or bool(self.problem.text())
        if says_nothing or table is None or not table.is_whole:
            self.count.setText("" if table is None or table.is_whole else "reading…")
            return
        found = len(self.matches)
        at = int(np.searchsorted(self.matches, row))
        if self._waiting:
            self.count.setText("searching…")
        elif found and at < found and self.matches[at] == row:
            self.count.setText(f"{at + 1:,} of {found:,}")
        else:
            self.count.setText(f"{found:,} found" if found else "none")

    def _find(self, *, typed: bool) -> None:
        search = self.field.text()
        self._waiting, self._typed = "", typed
        self._pause.stop()
        problem, rows = "", _NOTHING
        try:
            if not has_pattern(parse(search)):
                rows = find_rows(self._table, search) if self._table is not None else _NOTHING
            elif self._table is not None and self._ask is not None:
                self._waiting = search
                self._pause.start()
        except SearchError as error:
            problem = error.message
        self._show(rows, problem)

    def _find_pattern(self) -> None:
        table, search = self._table, self._waiting
        if table is None or self._ask is None or not table.is_whole:
            return

        def done(answer: object) -> None:
            if table is not self._table or search != self._waiting:
                return
            self._waiting = ""
            rows = answer if isinstance(answer, np.ndarray) else _NOTHING
            rows = rows[rows < len(table)]
            failed = isinstance(answer, NegatoError)
            self._show(rows, PATTERN_TOO_SLOW if failed else "")

        task = "viewer.dicom.tag_search:find_in_file"
        self._ask(table.path, task, (search,), done, PATTERN_SECONDS)

    def _show(self, rows: IntArray, problem: str) -> None:
        self.matches = rows
        self.problem.setText(f"⚠ {problem}" if problem else "")
        self.problem.setVisible(bool(problem))
        self.found.emit(self._typed and bool(len(rows)))

    def _make_field(self) -> SearchField:
        field = SearchField(self)
        field.setObjectName("tagSearch")
        field.setAccessibleName("Search tags")
        field.setPlaceholderText("Search tag, keyword, name or value")
        field.setToolTip(tooltip(HELP))
        field.setClearButtonEnabled(True)
        field.textChanged.connect(lambda: self._find(typed=True))
        field.stepRequested.connect(self.stepRequested)
        return field

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.field, 1)
        top.addWidget(self.count)
        for name, arrow, text, step in (
            ("tagPrevious", Qt.ArrowType.UpArrow, "Previous match (Shift+Enter)", -1),
            ("tagNext", Qt.ArrowType.DownArrow, "Next match (Enter)", 1),
        ):
            button = QToolButton(self)
            button.setObjectName(name)
            button.setAccessibleName(text)
            button.setToolTip(tooltip(text))
            button.setArrowType(arrow)
            button.setAutoRaise(True)
            button.clicked.connect(partial(self.stepRequested.emit, step))
            top.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self.problem)
