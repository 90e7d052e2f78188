"""The dialog that makes a disc of what is open: choose, wait, and see what became of it."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QDialogButtonBox, QVBoxLayout, QWidget

from viewer.dicom.catalogue import Catalogue
from viewer.plain_text import whole_line
from viewer.session.aside import Aside
from viewer.session.disc_contents import (
    DiscPart,
    chosen_files,
    not_copied,
    parts_of,
    size_text,
)
from viewer.session.disc_job import DiscJob, DiscOrder
from viewer.session.own_process import open_window
from viewer.session.workspace import Workspace
from viewer.session.writing_job import Outcome
from viewer.ui.dialogs.disc_place import DiscPlace
from viewer.ui.dialogs.disc_tree import DiscTree
from viewer.ui.dialogs.writing_dialog import WritingDialog, show_one, wrapped_label
from viewer.ui.dialogs.writing_pages import files_text, left_out_sentence

_NOTHING = "Check what is to go onto the disc."
_CANCELLED = "No disc was made. What was written was taken away again."
_STAGES = {
    "search": "Reading the files…",
    "copy": "Writing the files…",
    "viewer": "Copying the viewer…",
    "check": "Reading each file back from the disc…",
}


def make_disc(workspace: Workspace, study_uid: str, window: QWidget) -> None:
    """Ask what to make a disc of, a study being checked; one such dialog at a time."""
    show_one(window, DiscDialog, lambda: DiscDialog(workspace, study_uid, window))


class DiscDialog(WritingDialog):
    """Makes a disc."""

    def __init__(self, workspace: Workspace, study_uid: str, window: QWidget) -> None:
        super().__init__(workspace, window, "disc", _STAGES)
        self._study_uid = study_uid
        self._paths: tuple[str, ...] = ()
        self._listed = False
        self._contents = Aside(self)
        self.setObjectName("discDialog")
        self.setWindowTitle("Make a Disc")
        self._tree = DiscTree(self)
        self._place = DiscPlace(workspace.settings, self)
        self._total = wrapped_label("discTotal", self)
        self._notice = wrapped_label("discNotice", self)
        self._problem = wrapped_label("discProblem", self)
        self._add_buttons()
        self._arrange()
        self._tree.chosenChanged.connect(self._follow)
        self._place.changed.connect(self._follow)
        workspace.catalogueChanged.connect(self._read_catalogue)
        workspace.documentChanged.connect(self._read_catalogue)
        self.finished.connect(self._close_down)
        self._choose_again()

    def heading_of(self, outcome: Outcome) -> str:
        """Say in sentences what became of the disc."""
        if outcome.result == "cancelled":
            return _CANCELLED
        if outcome.result == "failed":
            message = whole_line(outcome.message)
            return message or "The disc could not be made, and no reason was given."
        files = f"{files_text(outcome.written)} ({size_text(outcome.bytes)})"
        were = "It was" if outcome.written == 1 else "Each was"
        parts = (
            f"The disc is ready: {files} in {whole_line(self._target)}.",
            f"{were} read back and found identical.",
            left_out_sentence(outcome),
        )
        return " ".join(part for part in parts if part)

    def show_ended(self, outcome: Outcome) -> None:
        """Offer to look at the disc, or to choose again."""
        if outcome.result == "done":
            self._show_page(self._outcome, self._close, self._open, self._folder, self._save)
        else:
            self._show_page(self._outcome, self._back, self._save, self._close)
        self._save.setVisible(outcome.result != "cancelled")

    def _add_buttons(self) -> None:
        role = QDialogButtonBox.ButtonRole
        self._make = self._button("&Make", "makeDisc", self._start, role.AcceptRole)
        self._back = self._button("&Back", "changeDisc", self._choose_again)
        self._open = self._button("&Open the Disc", "openMadeDisc", self._open_disc)
        self._open.setToolTip("In a window of its own, as it is read from there")
        self._add_common_buttons("Disc")

    def _arrange(self) -> None:
        choices = QVBoxLayout(self._choices)
        choices.setContentsMargins(0, 0, 0, 0)
        choices.addWidget(self._tree, 1)
        for widget in (self._notice, self._place, self._total, self._problem):
            choices.addWidget(widget)
        self._fit(820, 600)

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
        self._total.setText(f"{files_text(len(self._paths))}, {self._place.space_text(size)}")
        problem = self._place.problem(size) if self._paths else _NOTHING
        self._problem.setText(problem)
        self._make.setEnabled(bool(self._paths) and not problem and self._place.target is not None)

    def _start(self) -> None:
        target = self._place.target
        assert target is not None
        viewer = self._place.viewer
        order = DiscOrder(self._paths, target.path, viewer.folder if viewer is not None else None)
        self._run(DiscJob(order, self._window), target.path)

    def _open_disc(self) -> None:
        # beside what the disc was made of, each of its files would be a duplicate
        if not open_window(self._target):
            self._workspace.messages.post("A window for the disc could not be opened.", "error")

    def _close_down(self) -> None:
        self._contents.close()
        self._place.close_down()
