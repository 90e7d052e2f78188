"""The dialog that makes a disc of what is open: choose, wait, and see what became of it.

It waits for nobody: images can be looked at meanwhile. The work is `session.disc_job`'s, and goes
on to its end when the dialog is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.dicom.catalogue import Catalogue
from viewer.session.aside import Aside
from viewer.session.disc_contents import DiscPart, chosen_files, not_copied, parts_of
from viewer.session.disc_job import DiscJob, DiscOrder, DiscOutcome
from viewer.session.own_process import open_window
from viewer.session.workspace import Workspace
from viewer.ui.dialogs.disc_pages import OutcomePage, ProgressPage, heading_of
from viewer.ui.dialogs.disc_place import DiscPlace
from viewer.ui.dialogs.disc_tree import DiscTree
from viewer.ui.dialogs.file_dialogs import ask_target
from viewer.ui.export import saved
from viewer.ui.plain_label import PlainLabel

_NOTHING = "Check what is to go onto the disc."
_PATIENCE_MS = 5000  # for what was written to be taken away
_NAME = "discDialog"


def make_disc(workspace: Workspace, study_uid: str, window: QWidget) -> None:
    """Ask what to make a disc of, a study being checked; one such dialog at a time."""
    dialog = window.findChild(DiscDialog, _NAME)
    if dialog is None:
        dialog = DiscDialog(workspace, study_uid, window)
    dialog.show()
    dialog.activateWindow()


class DiscDialog(QDialog):
    """Makes a disc."""

    def __init__(self, workspace: Workspace, study_uid: str, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._study_uid = study_uid
        self._window = window
        self._job: DiscJob | None = None  # while it runs
        self._order = DiscOrder((), "")  # the last one
        self._paths: tuple[str, ...] = ()
        self._listed = False
        self._all: list[QPushButton] = []
        self._contents = Aside(self)
        self.setObjectName(_NAME)
        self.setWindowTitle("Make a Disc")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._tree = DiscTree(self)
        self._place = DiscPlace(workspace.settings, self)
        self._total = _label("discTotal", self)
        self._notice = _label("discNotice", self)
        self._problem = _label("discProblem", self)
        self._choices = QWidget(self)
        self._progress, self._outcome = ProgressPage(self), OutcomePage(self)
        self._pages = QStackedWidget(self)
        for page in (self._choices, self._progress, self._outcome):
            self._pages.addWidget(page)
        self._add_buttons()
        self._arrange()
        self._tree.chosenChanged.connect(self._follow)
        self._place.changed.connect(self._follow)
        workspace.catalogueChanged.connect(self._read_catalogue)
        workspace.documentChanged.connect(self._read_catalogue)
        self.finished.connect(self._close_down)
        self._choose_again()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give up what is being made; that it is taken away, the window will say."""
        job, self._job = self._job, None
        if job is not None:
            messages = self._workspace.messages
            job.ended.disconnect(self._show_outcome)
            job.ended.connect(lambda outcome: messages.post(heading_of(outcome, job.order)))
            job.stop()
        super().closeEvent(event)

    def reject(self) -> None:
        """Stop what is being made; close where nothing is."""
        if self._job is not None:
            self._stop()
        else:
            super().reject()

    def _add_buttons(self) -> None:
        role = QDialogButtonBox.ButtonRole
        self._buttons = QDialogButtonBox(self)
        self._make = self._button("&Make", "makeDisc", self._start, role.AcceptRole)
        self._back = self._button("&Back", "changeDisc", self._choose_again)
        self._save = self._button("&Save as Text…", "saveDiscOutcome", self._ask_save)
        self._folder = self._button("Show &Folder", "showDiscFolder", self._show_folder)
        self._open = self._button("&Open the Disc", "openMadeDisc", self._open_disc)
        self._open.setToolTip("In a window of its own, as it is read from there")
        self._cancel = self._button("Cancel", "cancelDisc", self.reject, role.RejectRole)
        self._close = self._button("&Close", "closeDisc", self.reject, role.RejectRole)

    def _button(
        self,
        title: str,
        name: str,
        action: Callable[[], None],
        role: QDialogButtonBox.ButtonRole = QDialogButtonBox.ButtonRole.ActionRole,
    ) -> QPushButton:
        button = QPushButton(title, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(action)
        self._buttons.addButton(button, role)
        self._all.append(button)
        return button

    def _arrange(self) -> None:
        choices = QVBoxLayout(self._choices)
        choices.setContentsMargins(0, 0, 0, 0)
        choices.addWidget(self._tree, 1)
        for widget in (self._notice, self._place, self._total, self._problem):
            choices.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._buttons)
        room = self.screen().availableGeometry()
        self.resize(min(820, room.width() * 9 // 10), min(600, room.height() * 8 // 10))

    def _show_page(self, page: QWidget, *buttons: QPushButton) -> None:
        """Show a page and its buttons; the first is the one that Enter presses."""
        self._pages.setCurrentWidget(page)
        for button in self._all:
            button.setVisible(button in buttons)
        for button in buttons:
            button.setEnabled(True)
        buttons[0].setDefault(True)
        buttons[0].setFocus()

    def _choose_again(self) -> None:
        self._show_page(self._choices, self._make, self._cancel)
        self._tree.setFocus()
        self._place.look_again()
        self._read_catalogue()
        self._follow()

    def _read_catalogue(self) -> None:
        """List what is open: at once, and again when all is read."""
        document = self._workspace.document
        catalogue = document.catalogue if document is not None else Catalogue()
        running = document is not None and document.progress.running
        notice = not_copied(catalogue, running=running)
        self._notice.setText(notice)
        self._notice.setVisible(bool(notice))
        if self._job is None and not (running and self._listed):
            self._listed = True
            self._contents.ask(partial(parts_of, catalogue), self._list)

    def _list(self, parts: tuple[DiscPart, ...]) -> None:
        self._tree.set_parts(parts, self._study_uid)

    def _follow(self) -> None:
        """Say what was chosen, and whether it can be made."""
        self._paths, size = chosen_files(self._tree.chosen())
        files = "1 file" if len(self._paths) == 1 else f"{len(self._paths):,} files"
        self._total.setText(f"{files}, {self._place.space_text(size)}")
        problem = self._place.problem(size) if self._paths else _NOTHING
        self._problem.setText(problem)
        self._make.setEnabled(bool(self._paths) and not problem and self._place.target is not None)

    def _start(self) -> None:
        target = self._place.target
        assert target is not None
        viewer = self._place.viewer
        order = DiscOrder(self._paths, target.path, viewer.folder if viewer is not None else None)
        self._job = DiscJob(order, self._window)
        self._job.progressed.connect(self._progress.show_progress)
        self._job.ended.connect(self._show_outcome)
        self._job.ended.connect(self._job.deleteLater)
        self._progress.begin()
        self._cancel.setText("Cancel")
        self._show_page(self._progress, self._cancel)
        self._job.start()

    def _stop(self) -> None:
        """Ask for an end; where that takes long, let the user end it at once."""
        assert self._job is not None
        if self._job.is_stopping:
            if self._cancel.isEnabled():  # Escape comes here too, and as often as one likes
                self._job.kill()
            return
        self._job.progressed.disconnect(self._progress.show_progress)
        self._job.stop()
        self._progress.stopping()
        self._cancel.setText("End &Now")
        self._cancel.setEnabled(False)
        QTimer.singleShot(_PATIENCE_MS, self, lambda: self._cancel.setEnabled(True))

    def _show_outcome(self, outcome: DiscOutcome) -> None:
        assert self._job is not None
        self._order, self._job = self._job.order, None
        self._outcome.show_outcome(outcome, self._order)
        if outcome.result == "done":
            self._show_page(self._outcome, self._close, self._open, self._folder, self._save)
        else:
            self._show_page(self._outcome, self._back, self._save, self._close)
        self._save.setVisible(outcome.result != "cancelled")

    def _open_disc(self) -> None:
        # beside what the disc was made of, each of its files would be a duplicate
        if not open_window(self._order.target):
            self._workspace.messages.post("A window for the disc could not be opened.", "error")

    def _show_folder(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(self._order.target)):
            self._workspace.messages.post("The system has nothing to show folders with.", "warning")

    def _ask_save(self) -> None:
        path = ask_target(self._workspace.settings, self, "Save the list", "disc.txt")
        if path:
            self.save_to(path)

    def save_to(self, path: str) -> None:
        """Write what is said of the disc to ``path``; say so where that fails."""
        saved(path, self._outcome.text.encode(), "list", self._workspace.messages)

    def _close_down(self) -> None:
        self._contents.close()
        self._place.close_down()


def _label(name: str, parent: QWidget) -> PlainLabel:
    label = PlainLabel("", parent)
    label.setObjectName(name)
    label.setWordWrap(True)
    return label
