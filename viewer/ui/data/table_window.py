"""The window of the metadata table: what is read, which columns, and what is done with the rows.

Rows come from `negato table` in a process of its own (`table_reading`) while they are looked at;
order, filter, groups and totals are `table_model`'s. One window for each main window.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QWidget

from viewer.session.command_job import limit_arguments
from viewer.session.workspace import Workspace
from viewer.ui.data.own_window import OwnWindow
from viewer.ui.data.shown_file import show_file
from viewer.ui.data.table_controls import TableControls
from viewer.ui.data.table_footer import TableFooter
from viewer.ui.data.table_groups import TableGroups
from viewer.ui.data.table_model import TableField, TableModel
from viewer.ui.data.table_reading import TableEnd, TableRun
from viewer.ui.data.table_view import MetadataView
from viewer.ui.dialogs.file_dialogs import ask_folder, ask_target
from viewer.ui.pace import Pace

_NAME = "tableWindow"
_SIZE = (1100, 620)
_KINDS = "CSV (*.csv);;Excel (*.xlsx);;Parquet (*.parquet);;JSON (*.json)"
_ENDINGS = (".csv", ".xlsx", ".parquet", ".json")
_NOTHING = "Nothing is open. Open a study, or choose a folder above."
_READING = "Reading…"
_NO_MATCH = "No row holds this text. Change the filter, or press Escape in it to clear it."


def show_table(workspace: Workspace, study_uid: str, window: QWidget) -> None:
    """Show the metadata table, the one that is there where there is one."""
    table = window.findChild(TableWindow, _NAME)
    if table is None:
        table = TableWindow(workspace, study_uid, window)
    table.come_forward()


class TableWindow(OwnWindow):
    """The window."""

    def __init__(self, workspace: Workspace, study_uid: str, window: QWidget) -> None:
        super().__init__(_NAME, "Metadata Table", _SIZE, workspace.settings, window)
        self._workspace = workspace
        self._folder = ""  # that is read in place of what is open
        self._read_paths: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()  # none: the usual ones of the level
        self._level = "instance"
        self._group_title = ""
        self._said = _READING  # in the place of rows, where there are none
        self._run: TableRun | None = None
        self._is_writing = False
        self._asking: TableRun | None = None
        self.model = TableModel(self)
        self._make_widgets(study_uid)
        self._arrange()
        self._connect()
        self._ask_for_columns()
        self._follow_scope()

    def read_folder(self, folder: str) -> None:
        """Read a folder in place of what is open."""
        self._folder = folder
        self.controls.name_folder(folder)
        self._read()

    def add_columns(self, text: str) -> None:
        """Read again with more columns behind those that there are."""
        if text.strip():
            self._read(columns=(*self._titles(), text.strip()))

    def remove_column(self, column: int) -> None:
        """Take a column away."""
        if self.model.fields[column].title == self._group_title:
            self._group_by("")
        self.model.remove(column)
        self._columns = tuple(self._titles())
        self._filter_changed()

    def export_to(self, path: str) -> None:
        """Write what is shown, in its order, in the form that the name's end asks for."""
        columns = self.view.columns()
        fields = [self.model.fields[column] for column in columns]
        order = {
            "paths": [],
            "fields": [{"title": one.title, "numeric": one.numeric} for one in fields],
            "rows": self.model.shown_rows(columns),
        }
        messages = self._workspace.messages

        def tell(end: TableEnd) -> None:
            messages.post(end.message, "info" if end.result == "done" else "error")

        writing = TableRun(["--replace", "-o", path], order, self._workspace)  # outlives the window
        writing.ended.connect(tell)
        writing.ended.connect(self._written)
        writing.ended.connect(writing.deleteLater)
        self._is_writing = True
        self.footer.export.setEnabled(False)
        self.footer.say("Writing…")
        writing.start()

    def end_work(self) -> None:
        """Stop reading; what is being written goes on to its end."""
        self.controls.scope.close_down()
        for run in (self._run, self._asking):
            if run is not None:
                run.leave()
        self._run = self._asking = None

    def _make_widgets(self, study_uid: str) -> None:
        self.controls = TableControls(self._workspace, study_uid, self)
        self.view = MetadataView(self.model, self)
        self.groups = TableGroups(self)
        self.groups.hide()
        self.footer = TableFooter(self)

    def _arrange(self) -> None:
        self.pages.addWidget(self.view)
        splitter = QSplitter(self)
        splitter.addWidget(self.groups)
        splitter.addWidget(self.pages)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([220, 880])
        self.page.addWidget(self.controls)
        self.page.addWidget(splitter, 1)
        self.page.addWidget(self.footer)

    def _connect(self) -> None:
        self._counts = Pace(self._count, self)
        self._looks = Pace(self._filter_changed, self)
        self.controls.scope.chosenChanged.connect(self._follow_scope)
        self._workspace.progressChanged.connect(self._follow_scope)
        self.controls.scope.activated.connect(self._choose_scope)
        self.controls.folder.clicked.connect(self._choose_folder)
        self.controls.level.activated.connect(self._choose_level)
        self.controls.again.clicked.connect(self._stop_or_read)
        self.controls.filter.textChanged.connect(self._looks.ask)
        self.controls.adder.returnPressed.connect(self._add_typed)
        self.controls.group.activated.connect(self._choose_group)
        self.groups.chosen.connect(self._show_group)
        self.footer.export.clicked.connect(self._ask_export)
        view = self.view
        view.groupAsked.connect(lambda column: self._group_by(self.model.fields[column].title))
        view.removeAsked.connect(self.remove_column)
        view.addAsked.connect(self.controls.adder.setFocus)
        view.usualAsked.connect(lambda: self._read(columns=()))
        view.rowOpened.connect(self._open_row)
        view.selectionModel().currentColumnChanged.connect(lambda *_: self._counts.ask())
        view.horizontalHeader().sectionClicked.connect(self._total_of)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.controls.filter.setFocus)

    def _titles(self) -> list[str]:
        """Give the columns in the order in which they stand."""
        return [self.model.fields[column].title for column in self.view.columns()]

    def _follow_scope(self) -> None:
        """Read what is open once all of it is known; again where that has changed."""
        document, scope = self._workspace.document, self.controls.scope.scope
        if document is None or document.progress.running or scope is None or self._folder:
            self._show_page()
        elif scope.paths != self._read_paths:
            self._read()

    def _choose_scope(self) -> None:
        self._folder = ""
        self.controls.name_folder("")
        self._follow_scope()

    def _choose_folder(self) -> None:
        folder = ask_folder(self._workspace.settings, self, "Read the headers of a folder")
        if folder:
            self.read_folder(folder)

    def _choose_level(self) -> None:
        level = str(self.controls.level.currentData())
        if level != self._level:
            self._level = level
            self._read(columns=())

    def _stop_or_read(self) -> None:
        if self._run is not None and self._run.is_running:
            self._run.stop()
        else:
            self._read()

    def _read(self, columns: tuple[str, ...] | None = None) -> None:
        """Read the rows, with other columns where these are given."""
        scope = self.controls.scope.scope
        paths = (self._folder,) if self._folder else scope.paths if scope is not None else ()
        if not paths:
            return
        if self._run is not None:
            self._run.leave()
        self._read_paths = () if self._folder else paths
        wanted = self._columns if columns is None else columns
        arguments = ["--level", self._level, *limit_arguments(self._workspace.limits())]
        for column in wanted:
            arguments += ["--columns", column]
        self._run = TableRun(arguments, {"paths": list(paths)}, self)
        self._run.fieldsTold.connect(partial(self._begin, wanted))
        self._run.rowsTold.connect(self._take)
        self._run.filesTold.connect(self._tell_files)
        self._run.ended.connect(self._finish)
        self.footer.say(_READING)
        self._said = _READING
        self.controls.again.setText("&Stop")
        self._run.start()

    def _begin(self, columns: tuple[str, ...], fields: list[TableField]) -> None:
        self._columns = columns
        self.model.begin(fields)
        self.view.put_in_order()
        if self._group_title not in self._titles():
            self._group_by("")
        self.controls.list_groups(self._titles(), self._group_title)

    def _take(self, rows: list[list[str]]) -> None:
        is_first = not self.model.count
        self.model.add(rows)
        if is_first:
            self.view.fit_columns()
            self._filter_changed()
        self._counts.ask()

    def _tell_files(self, files: int) -> None:
        self.footer.say(f"Reading… {files:,} files")

    def _finish(self, end: TableEnd) -> None:
        self.controls.again.setText("&Read Again")
        self.model.settle()
        is_stopped = end.result == "cancelled"
        self._said = "Stopped; not all files were read." if is_stopped else end.message
        self.footer.say(self._said)
        self._count()
        if end.result == "done":
            self.controls.adder.clear()

    def _filter_changed(self) -> None:
        self.model.set_filter(self.controls.filter.text())
        self._count()

    def _count(self) -> None:
        """Bring up to date what is told of the rows."""
        self._show_page()
        if self._group_title in (titles := [field.title for field in self.model.fields]):
            groups = self.model.groups(titles.index(self._group_title))
            self.groups.show_groups(self._group_title, groups)
        self._total_of(self.view.currentIndex().column())
        self.footer.export.setEnabled(self.model.rowCount() > 0 and not self._is_writing)

    def _total_of(self, column: int) -> None:
        self.footer.total(self.model, column)

    def _show_page(self) -> None:
        if self.model.rowCount():
            self.pages.setCurrentWidget(self.view)
        elif self.model.count:
            self.say(_NO_MATCH)
        elif self._workspace.document is None and not self._folder:
            self.say(_NOTHING)
        else:
            self.say(self._said)

    def _choose_group(self) -> None:
        self._group_by(str(self.controls.group.currentData()))

    def _group_by(self, title: str) -> None:
        self._group_title = title
        self.controls.choose_group(title)
        self.groups.clear()
        self.groups.setVisible(bool(title))
        self.model.set_group(0, None)
        self._count()

    def _show_group(self, value: str | None) -> None:
        titles = [field.title for field in self.model.fields]
        if self._group_title in titles:
            self.model.set_group(titles.index(self._group_title), value)
            self._count()

    def _add_typed(self) -> None:
        self.add_columns(self.controls.adder.text())

    def _ask_for_columns(self) -> None:
        self._asking = TableRun(["--list-columns"], {"paths": []}, self)
        self._asking.columnsTold.connect(self.controls.know_columns)
        self._asking.start()

    def _open_row(self, row: int) -> None:
        show_file(self._workspace, self.model.path(row))

    def _ask_export(self) -> None:
        settings = self._workspace.settings
        path = ask_target(settings, self, "Save the table", "metadata.csv", _KINDS)
        if path:
            self.export_to(path if path.lower().endswith(_ENDINGS) else f"{path}.csv")

    def _written(self, end: TableEnd) -> None:
        self._is_writing = False
        self.footer.say(end.message)
        self._count()
