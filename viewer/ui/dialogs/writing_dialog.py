"""What dialogs share that have files written: choose, wait, and see what became of it.

Such a dialog waits for nobody: images can be looked at meanwhile. The work is a `Job`'s,
and goes on to its end when the dialog is gone. What is chosen and said is each dialog's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QHideEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.session.workspace import Workspace
from viewer.session.writing_job import Job, Outcome
from viewer.ui.dialogs.file_dialogs import ask_target
from viewer.ui.dialogs.writing_pages import OutcomePage, ProgressPage, details_of
from viewer.ui.export import saved
from viewer.ui.plain_label import PlainLabel

_PATIENCE_MS = 5000  # for what was written to be taken away
_ACTION = QDialogButtonBox.ButtonRole.ActionRole


class WritingDialog(QDialog):
    """Has files written.

    Parameters
    ----------
    name : str
        What is written: begins the names of the widgets.
    stages : mapping
        What is said of each stage of the work.
    """

    def __init__(
        self, workspace: Workspace, window: QWidget, name: str, stages: Mapping[str, str]
    ) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._window = window
        self._name = name
        self._job: Job | None = None  # while it runs
        self._target = ""  # of the last one
        self._all: list[QPushButton] = []
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._choices = QWidget(self)
        self._progress, self._outcome = ProgressPage(name, stages, self), OutcomePage(name, self)
        self._pages = QStackedWidget(self)
        for page in (self._choices, self._progress, self._outcome):
            self._pages.addWidget(page)
        self._buttons = QDialogButtonBox(self)
        layout = QVBoxLayout(self)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._buttons)

    def heading_of(self, outcome: Outcome) -> str:
        """Say in sentences what became of it."""
        raise NotImplementedError

    def show_ended(self, outcome: Outcome) -> None:
        """Show the buttons for what became of it."""
        raise NotImplementedError

    def details_of(self, outcome: Outcome) -> str:
        """List what there is to say beside the heading."""
        return details_of(outcome)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give up what is being made; what becomes of that, the window will say."""
        job, self._job = self._job, None
        if job is not None:
            post, heading_of = self._workspace.messages.post, self.heading_of
            job.ended.disconnect(self._show_outcome)
            job.ended.connect(lambda outcome: post(heading_of(outcome)))
            job.stop()
        super().closeEvent(event)

    def reject(self) -> None:
        """Stop what is being made; close where nothing is."""
        if self._job is not None:
            self._stop()
        else:
            super().reject()

    def save_to(self, path: str) -> None:
        """Write what is said of it to ``path``; say so where that fails."""
        saved(path, self._outcome.text.encode(), "list", self._workspace.messages)

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep size and place."""
        self._workspace.settings.save_window_geometry(self.objectName(), self.saveGeometry())
        super().hideEvent(event)

    def _fit(self, width: int, height: int) -> None:
        """Take the size that it had, else this one, within the screen."""
        room = self.screen().availableGeometry()
        self.resize(min(width, room.width() * 9 // 10), min(height, room.height() * 8 // 10))
        self.restoreGeometry(self._workspace.settings.window_geometry(self.objectName()))

    def _button(
        self,
        title: str,
        name: str,
        action: Callable[[], None],
        role: QDialogButtonBox.ButtonRole = _ACTION,
    ) -> QPushButton:
        button = QPushButton(title, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(action)
        self._buttons.addButton(button, role)
        self._all.append(button)
        return button

    def _add_common_buttons(self, capital: str) -> None:
        """Add what each such dialog has, once its own are there."""
        role = QDialogButtonBox.ButtonRole
        self._save = self._button("&Save as Text…", f"save{capital}Outcome", self._ask_save)
        self._folder = self._button("Show &Folder", f"show{capital}Folder", self._show_folder)
        self._cancel = self._button("Cancel", f"cancel{capital}", self.reject, role.RejectRole)
        self._close = self._button("&Close", f"close{capital}", self.reject, role.RejectRole)

    def _show_page(self, page: QWidget, *buttons: QPushButton) -> None:
        """Show a page and its buttons; the first is the one that Enter presses."""
        self._pages.setCurrentWidget(page)
        for button in self._all:
            button.setVisible(button in buttons)
        for button in buttons:
            button.setEnabled(True)
        buttons[0].setDefault(True)
        buttons[0].setFocus()

    def _run(self, job: Job, target: str) -> None:
        """Have it done."""
        self._job, self._target = job, target
        job.progressed.connect(self._progress.show_progress)
        job.ended.connect(self._show_outcome)
        job.ended.connect(job.deleteLater)
        self._progress.begin()
        self._cancel.setText("Cancel")
        self._show_page(self._progress, self._cancel)
        job.start()

    def _stop(self) -> None:
        """Ask for an end; where that takes long, let the user end it at once."""
        assert self._job is not None
        if self._job.is_stopping:
            if self._cancel.isEnabled():  # Escape comes here too, and as often as one likes
                self._job.kill()
            return
        self._job.progressed.disconnect(self._progress.show_progress)
        self._progress.stopping()
        self._cancel.setText("End &Now")
        self._cancel.setEnabled(False)
        QTimer.singleShot(_PATIENCE_MS, self, lambda: self._cancel.setEnabled(True))
        self._job.stop()

    def _show_outcome(self, outcome: Outcome) -> None:
        self._job = None
        self._outcome.show_outcome(self.heading_of(outcome), self.details_of(outcome))
        self.show_ended(outcome)

    def _show_folder(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(self._target)):
            self._workspace.messages.post("The system has nothing to show folders with.", "warning")

    def _ask_save(self) -> None:
        name = f"{self._name}.txt"
        path = ask_target(self._workspace.settings, self, "Save the list", name)
        if path:
            self.save_to(path)


def wrapped_label(name: str, parent: QWidget) -> PlainLabel:
    """Give an empty label that breaks its lines."""
    label = PlainLabel("", parent)
    label.setObjectName(name)
    label.setWordWrap(True)
    return label


Dialog = TypeVar("Dialog", bound=QDialog)


def show_one(window: QWidget, kind: type[Dialog], make: Callable[[], Dialog]) -> Dialog:
    """Show the dialog of a kind that a window has, or else a new one."""
    dialog = window.findChild(kind)
    if dialog is None:
        dialog = make()
    dialog.show()
    dialog.activateWindow()
    return dialog
