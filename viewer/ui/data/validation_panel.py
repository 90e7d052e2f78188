"""What is wrong with the shown series, its study, or all that is open: a panel beside the tags.

Shows what `ValidationFeed` finds. A finding that is chosen brings its frame on screen, and its
element to the tags; the rows are `validation_model`'s.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDockWidget,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from viewer.dicom.errors import NegatoError
from viewer.dicom.tag_paths import row_named
from viewer.dicom.tags import TagTable
from viewer.dicom.validation.rules import SEVERITIES, Severity
from viewer.imaging.files import write_whole
from viewer.session.aside import Aside
from viewer.session.validation_feed import (
    ScopeName,
    ShownFinding,
    ValidationFeed,
    as_csv,
    as_json,
    paths_of,
    place_of,
)
from viewer.session.workspace import Workspace
from viewer.ui.data.validation_icons import severity_icons
from viewer.ui.data.validation_model import Column, Grouping, ValidationModel
from viewer.ui.dialogs.file_dialogs import ask_target
from viewer.ui.docks import add_behind_tags
from viewer.ui.literal import menu_title, tooltip
from viewer.ui.pace import Pace
from viewer.ui.plain_label import PlainLabel
from viewer.ui.tags.panel import TagPanel

_NAME = "validationDock"
_SCOPES: tuple[tuple[ScopeName, str], ...] = (
    ("series", "Shown series"),
    ("study", "Its study"),
    ("all", "All that is open"),
)
_GROUPINGS: tuple[tuple[Grouping, str], ...] = (("rule", "By rule"), ("file", "By file"))
_WIDTHS = {Column.FINDING: 265, Column.PLACE: 90, Column.FILE: 60}
_WORDS: dict[Severity, str] = {"error": "Errors", "warning": "Warnings", "note": "Notes"}
_NOTHING_OPEN = "Nothing is open. Open files or a folder, then check them here."
_READY = "Check says where files depart from the DICOM standard."
_NO_MATCH = "No finding is shown. Change the filter, or press the buttons beside it."
_CLEAN = "Nothing was found. "
_FEW = 100  # findings that are shown open
_KINDS = "CSV table (*.csv);;JSON (*.json)"


def show_validation(workspace: Workspace, study_uid: str, window: QWidget) -> None:
    """Bring the panel into sight, and check the shown series where nothing was checked yet."""
    if not isinstance(window, QMainWindow):
        return
    dock = window.findChild(QDockWidget, _NAME)
    if dock is None:
        tags = window.findChild(TagPanel)
        panel = ValidationPanel(workspace, tags)
        dock = add_behind_tags(window, _NAME, "Validation", panel)
        panel.tagWanted = partial(_raise_tags, window)
    dock.show()
    dock.raise_()
    shown = dock.widget()
    if isinstance(shown, ValidationPanel):
        shown.check_first()


def _raise_tags(window: QMainWindow) -> None:
    dock = window.findChild(QDockWidget, "tagDock")
    if dock is not None:
        dock.show()
        dock.raise_()


class ValidationPanel(QWidget):
    """Choice of what is checked, the findings, and what can be done with them."""

    def __init__(
        self, workspace: Workspace, tags: TagPanel | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("validationPanel")
        self.tagWanted = lambda: None
        self._workspace, self._tags = workspace, tags
        self._was_checked = False
        self._spanned = 0  # groups whose titles go over all columns
        self._sought: ShownFinding | None = None  # whose element is to be shown with the tags
        icons = severity_icons()
        self.model = ValidationModel(icons, self)
        self.feed = ValidationFeed(self)
        self._aside = Aside(self)
        self._filters = Pace(self._filter, self)
        self.scope = self._choice("validationScope", "What is checked", _SCOPES)
        self.grouping = self._choice("validationGrouping", "How findings are grouped", _GROUPINGS)
        self.check = QPushButton("Check", self)
        self.check.setObjectName("validationCheck")
        self.search = QLineEdit(self)
        self.search.setObjectName("validationFilter")
        self.search.setAccessibleName("Filter findings")
        self.search.setPlaceholderText("Filter by word, rule, tag or file")
        self.search.setClearButtonEnabled(True)
        self.severities = {one: self._severity_button(one) for one in SEVERITIES}
        for severity, button in self.severities.items():
            button.setIcon(icons[severity])
        self.tree = self._make_tree()
        self.message = PlainLabel(parent=self)
        self.message.setObjectName("validationMessage")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.message.setMargin(12)
        self.detail = PlainLabel(parent=self)  # the finding that is chosen, whole
        self.detail.setObjectName("validationDetail")
        self.detail.setWordWrap(True)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.detail.hide()
        self.summary = PlainLabel(parent=self)
        self.summary.setObjectName("validationSummary")
        self.save = QPushButton("Export…", self)
        self.save.setObjectName("validationSave")
        self._lay_out()
        self._connect()
        self._show_state("")

    def check_first(self) -> None:
        """Check the shown series, unless something was checked before."""
        if not self._was_checked and self._workspace.viewport.stack is not None:
            self.start()

    def start(self) -> None:
        """Check what is chosen; what was found before goes."""
        document = self._workspace.document
        scope = self.scope.currentData()
        paths: list[str] = []
        if document is not None and scope == "all":
            paths = list(document.roots)
        elif document is not None:
            paths = paths_of(document.catalogue, self._workspace.viewport.stack, scope)
        self.model.clear()
        self.detail.hide()
        if not paths:
            self._show_state(_NOTHING_OPEN)
            return
        self._was_checked = True
        self._show_state("Checking…")
        self.feed.start(paths, self._workspace.limits())
        self._show_counts()

    def go_to(self, finding: ShownFinding) -> None:
        """Bring the frame of a finding on screen, and its element to the tags."""
        document = self._workspace.document
        place = None if document is None else place_of(finding, document.stacks())
        if place is None:
            self.summary.setText("Its file is not among the images that are open.")
            return
        stack, index = place
        shown = self._workspace.viewport.stack
        self._sought = finding
        if shown is not None and shown.uid == stack.uid:
            self._workspace.go_to(index)
        else:
            self._workspace.show(stack, index)
        self._seek()

    def go_to_tag(self, finding: ShownFinding) -> None:
        """Do as `go_to`, and bring the tags into sight."""
        self.go_to(finding)
        self.tagWanted()
        self._seek()

    def copy(self) -> None:
        """Copy the chosen findings, a line each; those of a group where that is chosen."""
        chosen = [
            one
            for index in self.tree.selectionModel().selectedRows()
            for one in self.model.of(index)
        ]
        QGuiApplication.clipboard().setText(as_csv(chosen).decode())

    def save_as(self) -> None:
        """Ask for a file, and write what is shown into it."""
        settings = self._workspace.settings
        path = ask_target(settings, self, "Save the findings", "validation.csv", _KINDS)
        if not path:
            return
        findings = self.model.shown()
        write = as_json if path.casefold().endswith(".json") else as_csv

        def work() -> str:
            try:
                write_whole(path, write(findings))
            except OSError as error:
                return f"The findings could not be saved: {error.strerror or error}."
            return f"{len(findings):,} findings saved."

        self._aside.ask(work, self.summary.setText)

    def _seek(self) -> None:
        """Show the element that is sought, once the tags of its file are there."""
        finding, table = self._sought, self._workspace.tag_feed.tags
        if finding is None or self._tags is None or isinstance(table, NegatoError):
            return
        if not isinstance(table, TagTable) or table.path != finding.path:
            return
        if self._tags.model.table is not table:
            return
        row, where = row_named(table, finding.where) if finding.where else None, finding.where
        while (
            row is None and "." in where and table.is_whole
        ):  # of what is not there, what it is in
            where = where.rpartition(".")[0]
            row = row_named(table, where)
        if row is not None:
            self._tags.show_row(row)
        if row is not None or table.is_whole:
            self._sought = None

    def _take(self, findings: list[ShownFinding]) -> None:
        self.model.add(findings)
        self._show_page()
        self._show_counts()

    def _progressed(self, files: int) -> None:
        self.summary.setText(f"Checking… {files:,} files")

    def _ended(self, sentence: str, went_well: bool) -> None:
        self.summary.setText(sentence)
        if len(self.model.findings) <= _FEW:
            self.tree.expandAll()
        if not self.model.findings:
            self._show_state(_CLEAN + sentence if went_well else sentence)
        self._show_counts()

    def _toggle(self) -> None:
        if self.feed.is_running:
            self.feed.stop()
        else:
            self.start()

    def _filter(self) -> None:
        shown = frozenset(one for one, button in self.severities.items() if button.isChecked())
        self.model.set_filter(self.search.text().strip(), shown)
        self._show_page()

    def _show_page(self) -> None:
        """Show the findings, or say why there are none to be seen."""
        if not self.model.findings:
            return
        self.message.setText(_NO_MATCH)
        self._pages.setCurrentWidget(self.tree if self.model.rowCount() else self.message)

    def _regroup(self) -> None:
        self.model.set_grouping(self.grouping.currentData())

    def _show_counts(self) -> None:
        for severity, button in self.severities.items():
            button.setText(f"{self.model.counts[severity]:,}")
            told = f"{_WORDS[severity]}: {self.model.counts[severity]:,}"
            button.setToolTip(tooltip(told))
            button.setAccessibleName(told)
        self.check.setText("Stop" if self.feed.is_running else "Check")
        self.save.setEnabled(bool(self.model.findings))

    def _show_state(self, sentence: str) -> None:
        self.message.setText(sentence or _READY)
        self._pages.setCurrentWidget(self.message)
        self.summary.setText("")
        self._show_counts()

    def _document_changed(self) -> None:
        if self._workspace.document is None:
            self.feed.drop()
            self.model.clear()
            self._was_checked, self._sought = False, None
            self._show_state(_NOTHING_OPEN)

    def _chosen(self, index: QModelIndex, *, with_tag: bool = False) -> None:
        finding = self.model.finding(index)
        self.detail.setVisible(finding is not None)
        if finding is not None:
            place = f"{finding.where}: " if finding.where else ""
            self.detail.setText(f"{place}{finding.sentence} ({finding.section}; {finding.rule})")
            (self.go_to_tag if with_tag else self.go_to)(finding)
        elif with_tag:
            self.tree.setExpanded(index, not self.tree.isExpanded(index))

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.tree.actions())
        menu.popup(self.tree.viewport().mapToGlobal(at))

    def _make_tree(self) -> QTreeView:
        tree = QTreeView(self)
        tree.setObjectName("validationTree")
        tree.setAccessibleName("Findings")
        tree.setModel(self.model)
        tree.setUniformRowHeights(True)
        tree.setAlternatingRowColors(True)
        tree.setExpandsOnDoubleClick(False)
        tree.setIndentation(14)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        for column, width in _WIDTHS.items():
            tree.header().resizeSection(column, width)
        for name, text, slot, key in (
            ("validationCopy", "Copy", self.copy, "Ctrl+C"),
            ("validationGoToTag", "Go to tag", self._current_to_tag, "Return"),
        ):
            action = QAction(menu_title(text), tree)
            action.setObjectName(name)
            action.triggered.connect(slot)
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            tree.addAction(action)
        return tree

    def _span(self) -> None:
        """Let the titles of groups go over all columns."""
        for row in range(self._spanned, self.model.rowCount()):
            self.tree.setFirstColumnSpanned(row, QModelIndex(), True)
        self._spanned = self.model.rowCount()

    def _was_reset(self) -> None:
        self._spanned = 0
        self._span()
        self.detail.hide()

    def _current_to_tag(self) -> None:
        self._chosen(self.tree.currentIndex(), with_tag=True)

    def _choice(self, name: str, told: str, entries: tuple[tuple[str, str], ...]) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(name)
        box.setAccessibleName(told)
        for data, words in entries:
            box.addItem(words, data)
        return box

    def _severity_button(self, severity: Severity) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"validation{severity.capitalize()}")
        button.setCheckable(True)
        button.setChecked(severity != "note")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.toggled.connect(self._filter)
        return button

    def _connect(self) -> None:
        self.model.rowsInserted.connect(self._span)
        self.model.modelReset.connect(self._was_reset)
        self._filter()
        self.check.clicked.connect(self._toggle)
        self.save.clicked.connect(self.save_as)
        self.search.textChanged.connect(self._filters.ask)
        self.grouping.activated.connect(self._regroup)
        self.feed.found.connect(self._take)
        self.feed.progressed.connect(self._progressed)
        self.feed.ended.connect(self._ended)
        self.tree.selectionModel().currentChanged.connect(lambda now, _: self._chosen(now))
        self.tree.doubleClicked.connect(partial(self._chosen, with_tag=True))
        self.tree.customContextMenuRequested.connect(self._open_menu)
        # after the panel of tags has taken the table
        self._workspace.tag_feed.changed.connect(self._seek, Qt.ConnectionType.QueuedConnection)
        self._workspace.documentChanged.connect(self._document_changed)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.scope, 1)
        top.addWidget(self.check)
        top.addWidget(self.grouping)
        middle = QHBoxLayout()
        for button in self.severities.values():
            middle.addWidget(button)
        middle.addWidget(self.search, 1)
        bottom = QHBoxLayout()
        bottom.addWidget(self.summary, 1)
        bottom.addWidget(self.save)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.message)
        self._pages.addWidget(self.tree)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        for row in (top, middle):
            layout.addLayout(row)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.detail)
        layout.addLayout(bottom)
