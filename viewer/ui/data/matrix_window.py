"""The series matrix of the shown stack: what varies from frame to frame, listed and plotted.

The reading is the command `negato matrix`'s, in a process of its own; the list and the table are
`matrix_model`'s, the plot `matrix_plot`'s.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from viewer.dicom.inspection.frame_places import FramePlace, as_order, places_of
from viewer.dicom.stacks import Stack
from viewer.session.aside import Aside
from viewer.session.command_job import (
    CommandEnd,
    CommandJob,
    Told,
    entries,
    limit_arguments,
    number,
    text,
)
from viewer.session.workspace import Workspace
from viewer.ui.data.matrix_export import save_matrix
from viewer.ui.data.matrix_model import (
    Attribute,
    AttributeModel,
    FrameModel,
    attribute_of,
)
from viewer.ui.data.own_window import OwnWindow
from viewer.ui.dialogs.file_dialogs import ask_target
from viewer.ui.literal import window_title
from viewer.ui.plain_label import PlainLabel

_NAME = "matrixWindow"
_SIZE = (1120, 640)
_MOST_CHOSEN = 8  # attributes in one plot
_DULL = ("FileMetaInformationGroupLength", "InstanceNumber")  # not what is looked for first
_NOTHING = "No series is shown. Show one, and choose Data > Series Matrix again."
_POSITION, _FRAME = "Position (mm)", "Frame"


def show_matrix(workspace: Workspace, _study_uid: str, window: QWidget) -> None:
    """Show the tags of the shown stack over its frames; one such window at a time."""
    found = window.findChild(MatrixWindow, _NAME)
    if found is None:
        found = MatrixWindow(workspace, window)
    found.come_forward()
    found.show_stack(workspace.viewport.stack)


class MatrixWindow(OwnWindow):
    """Lists the attributes of a stack, plots and tables those that are chosen."""

    def __init__(self, workspace: Workspace, window: QWidget) -> None:
        super().__init__(_NAME, "Series Matrix", _SIZE, workspace.settings, window)
        from viewer.ui.data.matrix_plot import MatrixPlot

        self._workspace = workspace
        self._stack: Stack | None = None
        self._places: list[FramePlace] = []
        self._job: CommandJob | None = None
        self._saving: CommandJob | None = None
        self._result: Told | None = None
        self._chosen: list[Attribute] = []
        self._aside = Aside(self)
        self.attributes, self.frames = AttributeModel(self), FrameModel(self)
        self.plot = MatrixPlot(self)
        self._make_parts()
        self._lay_out()
        self.search.textChanged.connect(self._search)
        self.tree.selectionModel().selectionChanged.connect(self._choose)
        self.axis.currentIndexChanged.connect(self._draw)
        self.plot.frameClicked.connect(self.go_to)
        self.table.selectionModel().currentRowChanged.connect(self._follow_table)
        workspace.pictureChanged.connect(self._follow)
        workspace.documentChanged.connect(self._forget_closed)
        workspace.catalogueChanged.connect(self._forget_closed)

    def show_stack(self, stack: Stack | None) -> None:
        """Read the matrix of a stack, unless it is the one that is shown."""
        if stack is None:
            self._leave(_NOTHING)
            return
        if self._stack is not None and self._stack is stack and self._result is not None:
            self._follow()
            return
        self.end_work()
        self._stack, self._result = stack, None
        header = stack.headers[0]
        what = header.series_description or stack.label or "series"
        self.setWindowTitle(window_title(f"Series Matrix: {what}"))
        self.attributes.clear()
        self._show_chosen([])
        self._about.setText("")
        self.say("Reading the headers…")
        self._aside.ask(lambda: places_of(stack), self._start)

    def go_to(self, frame: int) -> None:
        """Show a frame of the stack in the main window."""
        if self._stack is None:
            return
        shown = self._workspace.viewport.stack
        if shown is not None and shown.uid == self._stack.uid:
            self._workspace.go_to(frame)
        elif self._is_open(self._stack):
            self._workspace.show(self._stack, frame)
        self._follow()

    def end_work(self) -> None:
        """Stop reading; what is being saved goes on to its end."""
        self._aside.forget()
        if self._job is not None:
            self._job.leave()
            self._job = None

    def _make_parts(self) -> None:
        self.search = QLineEdit(self)
        self.search.setObjectName("matrixSearch")
        self.search.setPlaceholderText("Search attributes and values")
        self.search.setAccessibleName("Search attributes and values")
        self.search.setClearButtonEnabled(True)
        self.tree = QTreeView(self)
        self.tree.setObjectName("matrixAttributes")
        self.tree.setAccessibleName("Attributes")
        self.tree.setModel(self.attributes)
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setColumnWidth(0, 240)
        self.table = QTableView(self)
        self.table.setObjectName("matrixValues")
        self.table.setAccessibleName("Values frame by frame")
        self.table.setModel(self.frames)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setDefaultSectionSize(140)
        self.table.setColumnWidth(0, 80)
        self.axis = QComboBox(self)
        self.axis.setObjectName("matrixAxis")
        self.axis.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.axis.setAccessibleName("What the plot runs along")
        self._export = QPushButton("&Export…", self)
        self._export.setObjectName("exportMatrix")
        self._export.setAutoDefault(False)
        self._export.clicked.connect(self._ask_export)
        self._about = PlainLabel(parent=self)
        self._about.setObjectName("matrixAbout")

    def _lay_out(self) -> None:
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.search)
        column.addWidget(self.tree)
        right = QSplitter(Qt.Orientation.Vertical, self)
        right.addWidget(self.plot)
        right.addWidget(self.table)
        right.setSizes([380, 200])
        right.setChildrenCollapsible(False)
        both = QSplitter(Qt.Orientation.Horizontal, self)
        both.addWidget(left)
        both.addWidget(right)
        both.setSizes([430, 690])
        both.setChildrenCollapsible(False)
        self._content = both
        self.pages.addWidget(both)
        along = PlainLabel("Along", self)
        along.setBuddy(self.axis)
        bottom = QHBoxLayout()
        bottom.addWidget(self._about, 1)
        bottom.addWidget(along)
        bottom.addWidget(self.axis)
        bottom.addWidget(self._export)
        self.page.addWidget(self.pages, 1)
        self.page.addLayout(bottom)
        self.say(_NOTHING)
        self._export.setEnabled(False)

    def _start(self, places: list[FramePlace]) -> None:
        self._places = places
        self.axis.blockSignals(True)
        self.axis.clear()
        if places and all(place.position_mm is not None for place in places):
            self.axis.addItem(_POSITION)
        self.axis.addItem(_FRAME)
        self.axis.blockSignals(False)
        order = {"paths": [places[0].path], "frames": as_order(places)}
        self._job = CommandJob(["matrix", *limit_arguments(self._workspace.limits())], order, self)
        self._job.told.connect(self._take)
        self._job.ended.connect(self._end)
        self._job.start()

    def _take(self, lines: list[Told]) -> None:
        new: list[Attribute] = []
        for line in lines:
            if isinstance(line.get("column"), dict):
                new.append(attribute_of(line["column"]))
            elif isinstance(line.get("more"), dict):
                self._add_values(new, line["more"])
            elif "result" in line:
                self._result = line
            elif number(line, "of") and self.message:
                self.say(f"Reading the headers… {number(line, 'done'):,} of {number(line, 'of'):,}")
        self.attributes.add(new)

    def _add_values(self, new: list[Attribute], more: dict[str, Any]) -> None:
        path, grouped = text(more, "path"), more.get("grouped") is True
        one = next((o for o in new if o.path == path and o.grouped == grouped), None)
        one = one or self.attributes.find(path, grouped=grouped)
        if one is not None:
            values = entries(more, "values")
            one.values += [value if isinstance(value, str) else None for value in values]

    def _end(self, end: CommandEnd) -> None:
        self._job = None
        told = self._result
        if told is None or told.get("result") != "done":
            why = text(told, "message") if told is not None else end.problem
            self._leave(f"The matrix could not be read. {why or 'Try again.'}")
            return
        varying, _ = self.attributes.counts()
        self._about.setText(_about(told))
        self._export.setEnabled(True)
        self.pages.setCurrentWidget(self._content)
        for group in (0, 1):
            self.tree.setExpanded(self.attributes.group_index(group), group == 0 or not varying)
        first = self.attributes.index(0, 0, self.attributes.group_index(0 if varying else 1))
        self.tree.setCurrentIndex(self._first_number() or first)
        self.tree.setFocus()

    def _first_number(self) -> QModelIndex | None:
        """Give the first that can be drawn as numbers and is worth it."""
        group = self.attributes.group_index(0)
        for row in range(self.attributes.rowCount(group)):
            index = self.attributes.index(row, 0, group)
            one = self.attributes.attribute(index)
            if one is not None and " to " in one.summary and one.path not in _DULL:
                return index
        return None

    def _leave(self, sentence: str) -> None:
        self.end_work()
        self._stack, self._result = None, None
        self._export.setEnabled(False)
        self._about.setText("")
        self.say(sentence)

    def _search(self) -> None:
        self.attributes.search(self.search.text())
        wanted = bool(self.search.text().strip())
        for group in (0, 1):
            index = self.attributes.group_index(group)
            self.tree.setExpanded(index, group == 0 or wanted)

    def _choose(self) -> None:
        rows = self.tree.selectionModel().selectedRows()
        found = [self.attributes.attribute(index) for index in rows[:_MOST_CHOSEN]]
        chosen = [one for one in found if one is not None]
        if chosen or not self.search.text():  # else it was hidden by the search
            self._show_chosen(chosen)

    def _show_chosen(self, chosen: list[Attribute]) -> None:
        self._chosen = chosen
        self.frames.show_values(self._places, chosen)
        self._draw()

    def _draw(self) -> None:
        x, title = self._x()
        self.plot.show_attributes(self._chosen, x, title)
        self._follow()

    def _x(self) -> tuple[np.ndarray, str]:
        if self.axis.currentText() == _POSITION:
            return np.array([place.position_mm for place in self._places], float), _POSITION
        return np.arange(1.0, len(self._places) + 1), _FRAME

    def _follow(self) -> None:
        """Mark the frame on screen, in the plot and in the table."""
        frame = self._frame_on_screen()
        self.plot.mark(frame)
        if frame is None or frame >= self.frames.rowCount():
            return
        selection = self.table.selectionModel()
        if self.table.currentIndex().row() != frame:
            index = self.frames.index(frame, max(self.table.currentIndex().column(), 0))
            flags = QItemSelectionModel.SelectionFlag
            selection.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def _follow_table(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if self.table.hasFocus() and current.isValid():
            self.go_to(current.row())

    def _frame_on_screen(self) -> int | None:
        viewport = self._workspace.viewport
        shown = viewport.stack
        is_it = shown is not None and self._stack is not None and shown.uid == self._stack.uid
        return viewport.index if is_it else None

    def _is_open(self, stack: Stack) -> bool:
        document = self._workspace.document
        return document is not None and any(one.uid == stack.uid for one in document.stacks())

    def _forget_closed(self) -> None:
        if self._stack is not None and not self._is_open(self._stack):
            self._leave("This series was closed. " + _NOTHING)

    def _ask_export(self) -> None:
        settings = self._workspace.settings
        proposed = os.path.join(settings.picture_folder(), "series-matrix.csv")
        path = ask_target(settings, self, "Save the matrix", proposed, "CSV (*.csv)")
        if path:
            self.export(path if path.lower().endswith(".csv") else f"{path}.csv")

    def export(self, path: str) -> None:
        """Write the matrix as CSV, over a file of that name: the dialog has asked."""
        save_matrix(self._workspace, self._places, path)


def _about(told: Told) -> str:
    unread: Sequence[object] = entries(told, "unread")
    sentence = text(told, "message")
    if unread and isinstance(unread[0], dict):
        sentence += f" The first of these: {text(unread[0], 'reason')}"
    return sentence
