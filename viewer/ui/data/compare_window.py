"""Two headers side by side: what is open, frames of it, or files.

The comparing is the command `negato diff`'s, in a process of its own; rows are `compare_model`'s,
the choice of what is compared `compare_sides`'.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from viewer.dicom.inspection.frame_places import as_order
from viewer.dicom.stacks import Stack
from viewer.plain_text import csv_cell, plain_line
from viewer.session.aside import Aside
from viewer.session.command_job import CommandEnd, CommandJob, Told, limit_arguments, number, text
from viewer.session.workspace import Workspace
from viewer.ui.data.compare_export import as_file
from viewer.ui.data.compare_model import CompareModel, row_of
from viewer.ui.data.compare_sides import CompareSide
from viewer.ui.data.own_window import OwnWindow
from viewer.ui.dialogs.file_dialogs import ask_target
from viewer.ui.export import saved
from viewer.ui.plain_label import PlainLabel

_NAME = "compareWindow"
_SIZE = (1160, 660)
_SOON_MS = 200  # after the last change of what is compared
_OPENED_AT_ONCE = 2_000  # rows whose parents are opened from the start
_NOTHING = "Choose what to compare: series that are open, or files. Files can be dropped here too."
_IGNORED = (("&UIDs", "uids"), ("Da&tes", "dates"), ("&Private", "private"), ("&Writer", "meta"))
_WIDTHS = (26, 92, 250, 270, 270)


def show_comparison(workspace: Workspace, _study_uid: str, window: QWidget) -> None:
    """Compare the frame on screen with its neighbour, to begin with; one such window at a time."""
    found = window.findChild(CompareWindow, _NAME)
    if found is None:
        found = CompareWindow(workspace, window)
        found.choose_default()
    found.come_forward()


class CompareWindow(OwnWindow):
    """Chooses two headers and shows how they differ."""

    def __init__(self, workspace: Workspace, window: QWidget) -> None:
        super().__init__(_NAME, "Compare Headers", _SIZE, workspace.settings, window)
        self._workspace = workspace
        self._job: CommandJob | None = None
        self._result: Told | None = None
        self._notes: list[str] = []
        self.model = CompareModel(self)
        self.a, self.b = CompareSide("A", workspace, self), CompareSide("B", workspace, self)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._start)
        self._refilter = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._refilter.timeout.connect(self._choose)
        self._make_parts()
        self._lay_out()
        self._add_actions()
        for side in (self.a, self.b):
            side.changed.connect(self.compare)
            side.dropped.connect(lambda paths, one=side: self._take_files(paths, one))
        workspace.catalogueChanged.connect(self._offer)
        workspace.documentChanged.connect(self._offer)
        self._offer()

    def choose_default(self) -> None:
        """Choose the frame on screen, and the next or previous one; else another series."""
        viewport = self._workspace.viewport
        stack = viewport.stack
        if stack is None:
            return
        at = viewport.index + 1
        if len(stack) > 1:
            self.a.choose(stack, at)
            self.b.choose(stack, at + 1 if at < len(stack) else at - 1)
        else:
            self.a.choose(stack, 0)
            others = [one for one in self._stacks() if one.uid != stack.uid]
            if others:
                self.b.choose(others[0], 0)
        self.compare()

    def compare(self) -> None:
        """Compare soon what is chosen then."""
        self.end_work()
        self._soon.start()
        self.say("Comparing…")

    def end_work(self) -> None:
        """Stop comparing."""
        self._soon.stop()
        if self._job is not None:
            self._job.leave()
            self._job = None

    def step(self, by: int) -> None:
        """Go to the next difference (1) or the one before (-1), round at the ends."""
        rows = self.model.differences
        if not len(rows):
            return
        current = self.model.row_of(self.tree.currentIndex())
        at = int(rows.searchsorted(current + (by > 0))) + by - (by > 0)
        index = self.model.index_of(int(rows[at % len(rows)]))
        above = index.parent()
        while above.isValid():
            self.tree.expand(above)
            above = above.parent()
        self.tree.setCurrentIndex(index)
        self.tree.scrollTo(index)

    def copy_row(self) -> None:
        """Copy the current row as tab-separated fields, none of them a formula."""
        row = self.model.row_of(self.tree.currentIndex())
        if row >= 0:
            fields = (self.model.rows[row].path, *self.model.rows[row].fields())
            QGuiApplication.clipboard().setText("\t".join(map(csv_cell, fields)))

    def _make_parts(self) -> None:
        self.only = QCheckBox("&Only differences", self)
        self.only.setObjectName("compareOnly")
        self.only.setChecked(True)
        self.ignored: dict[str, QCheckBox] = {}
        for title, subject in _IGNORED:
            box = QCheckBox(title, self)
            box.setObjectName(f"compareIgnore-{subject}")
            box.setToolTip("Leave out differences of these alone")
            self.ignored[subject] = box
            box.toggled.connect(self._choose)
        self.only.toggled.connect(self._choose)
        self.tolerance = QLineEdit(self)
        self.tolerance.setObjectName("compareTolerance")
        self.tolerance.setPlaceholderText("0.001 or 0.1%")
        self.tolerance.setAccessibleName("Tolerance of numbers")
        self.tolerance.setMaximumWidth(110)
        self.tolerance.editingFinished.connect(self._take_tolerance)
        self._tolerance = ""
        self.search = QLineEdit(self)
        self.search.setObjectName("compareSearch")
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search tags and values")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search_soon)
        self.count = PlainLabel(parent=self)
        self.count.setObjectName("compareCount")
        self.tree = QTreeView(self)
        self.tree.setObjectName("compareTree")
        self.tree.setAccessibleName("Differences")
        self.tree.setModel(self.model)
        self.tree.setUniformRowHeights(True)
        self.tree.setAlternatingRowColors(True)
        self.tree.setTreePosition(2)
        for column, width in enumerate(_WIDTHS):
            self.tree.setColumnWidth(column, width)

    def _lay_out(self) -> None:
        sides = QVBoxLayout()
        sides.addWidget(self.a)
        sides.addWidget(self.b)
        top = QHBoxLayout()
        top.addLayout(sides, 1)
        top.addWidget(self._button("&Swap", "compareSwap", self._swap))
        options = QHBoxLayout()
        options.addWidget(self.only)
        options.addWidget(PlainLabel("Ignore:", self))
        for box in self.ignored.values():
            options.addWidget(box)
        options.addWidget(PlainLabel("Tolerance:", self))
        options.addWidget(self.tolerance)
        options.addWidget(self.search, 1)
        bottom = QHBoxLayout()
        bottom.addWidget(self.count, 1)
        self._previous = self._button("Pre&vious", "comparePrevious", lambda: self.step(-1))
        self._next = self._button("&Next", "compareNext", lambda: self.step(1))
        self._save = self._button("&Export…", "exportComparison", self._ask_export)
        for button in (self._previous, self._next, self._save):
            bottom.addWidget(button)
        self.pages.addWidget(self.tree)
        self.page.addLayout(top)
        self.page.addLayout(options)
        self.page.addWidget(self.pages, 1)
        self.page.addLayout(bottom)
        self.say(_NOTHING)
        self._enable(False)

    def _button(self, title: str, name: str, action: Callable[[], None]) -> QPushButton:
        button = QPushButton(title, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(action)
        return button

    def _add_actions(self) -> None:
        for keys, work in (
            (["F3", "Ctrl+G"], lambda: self.step(1)),
            (["Shift+F3", "Ctrl+Shift+G"], lambda: self.step(-1)),
            (["Ctrl+F"], lambda: self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)),
        ):
            action = QAction(self)
            action.setShortcuts([QKeySequence(one) for one in keys])
            action.triggered.connect(work)
            self.addAction(action)
        action = QAction("&Copy Row", self.tree)
        action.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(self.copy_row)
        self.tree.addAction(action)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _stacks(self) -> list[Stack]:
        document = self._workspace.document
        return document.stacks() if document is not None else []

    def _offer(self) -> None:
        stacks = self._stacks()
        for side in (self.a, self.b):
            side.offer(stacks)

    def _take_files(self, paths: list[str], side: CompareSide) -> None:
        """Compare one file that was dropped, or two with one another."""
        if len(paths) > 1:
            self.a.choose_file(paths[0])
            self.b.choose_file(paths[1])
        else:
            side.choose_file(paths[0])

    def _swap(self) -> None:
        a, b = self.a.state(), self.b.state()
        self.a.restore(b)
        self.b.restore(a)
        self.compare()

    def _take_tolerance(self) -> None:
        if self.tolerance.text().strip() != self._tolerance:
            self._tolerance = self.tolerance.text().strip()
            self.compare()

    def _start(self) -> None:
        sides = self.a.places(), self.b.places()
        if not all(sides):
            self.say(_NOTHING)
            self._enable(False)
            self.count.setText("")
            return
        self.model.clear()
        self._result, self._notes = None, []
        arguments = ["diff", "--all", *limit_arguments(self._workspace.limits())]
        if self._tolerance:
            arguments += ["--tolerance", self._tolerance]
        order = {
            "paths": [side[0].path for side in sides],
            "a": as_order(sides[0]),
            "b": as_order(sides[1]),
        }
        self._job = CommandJob(arguments, order, self)
        self._job.told.connect(self._take)
        self._job.ended.connect(self._end)
        self._job.start()

    def _take(self, lines: list[Told]) -> None:
        self.model.add(row_of(line["row"]) for line in lines if isinstance(line.get("row"), dict))
        for line in lines:
            if "note" in line:
                self._notes.append(text(line, "note"))
            elif "result" in line:
                self._result = line
            elif number(line, "of") > 1:
                done, of = number(line, "done"), number(line, "of")
                self.say(f"Comparing… {done:,} of {of:,} pairs of frames")

    def _end(self, end: CommandEnd) -> None:
        self._job = None
        told = self._result
        if told is None or told.get("result") != "done":
            why = text(told, "message") if told is not None else end.problem
            self.say(f"These could not be compared. {why or 'Try again.'}")
            self._enable(False)
            self.count.setText("")
            return
        self.pages.setCurrentWidget(self.tree)
        self._enable(True)
        self._choose()

    def _search_soon(self) -> None:
        self._refilter.start()

    def _choose(self) -> None:
        """Show the rows that are asked for; what is in reach is opened."""
        if self._result is None:
            return
        ignored = {name for name, box in self.ignored.items() if box.isChecked()}
        if "uids" in ignored or "meta" in ignored:
            ignored.add("group-length")  # which changes with them
        count, left_out = self.model.choose(
            only_differences=self.only.isChecked(),
            ignored=frozenset(ignored),
            wanted=self.search.text(),
        )
        if self.only.isChecked() or self.search.text().strip():
            self._open_rows()
        told = "1 difference" if count == 1 else f"{count:,} differences"
        extra = [f"{left_out:,} ignored"] if left_out else []
        extra += [f"{len(self.model.rows):,} rows", *self._notes[:1]]
        self.count.setText(plain_line(f"{told}; {'; '.join(extra)}", 1000))
        if not self.model.rowCount():
            nothing = (
                "Nothing fits the search." if self.search.text().strip() else "No differences."
            )
            self.say(nothing)
        else:
            self.pages.setCurrentWidget(self.tree)

    def _open_rows(self) -> None:
        if self.model.shown <= _OPENED_AT_ONCE:
            self.tree.expandAll()

    def _enable(self, there: bool) -> None:
        for button in (self._save, self._previous, self._next):
            button.setEnabled(there)

    def _ask_export(self) -> None:
        settings = self._workspace.settings
        proposed = os.path.join(settings.picture_folder(), "comparison.csv")
        kinds = "CSV (*.csv);;Text (*.txt)"
        path = ask_target(settings, self, "Save the comparison", proposed, kinds)
        if path:
            self.export(path)

    def export(self, path: str) -> None:
        """Write the differences that count, as text where the name says so, else as CSV."""
        rows = [self.model.rows[int(at)] for at in self.model.differences]
        as_text = path.lower().endswith(".txt")
        messages = self._workspace.messages
        aside = Aside(self._workspace)  # outlives the window

        def write(data: bytes) -> None:
            saved(path, data, "comparison", messages)
            aside.deleteLater()

        aside.ask(partial(as_file, rows, as_text=as_text), write)
