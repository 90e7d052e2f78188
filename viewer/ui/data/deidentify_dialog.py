"""The dialog that de-identifies: choose what remains, look at each change, write, see what came.

What is changed and how is the command's; nothing is kept of the values that are shown.
"""

from __future__ import annotations

import os

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QProgressBar,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.dicom.stacks import FrameKey
from viewer.plain_text import whole_line
from viewer.session.command_job import Told, limit_arguments, number, text
from viewer.session.deidentify_changes import Held
from viewer.session.deidentify_order import DeidentifyOrder
from viewer.session.finding import find_frame
from viewer.session.own_process import open_window
from viewer.session.workspace import Workspace
from viewer.session.writing_job import Outcome, Progress, WritingJob
from viewer.ui.data.deidentify_options import OptionsPage
from viewer.ui.data.deidentify_preview import ChangesView
from viewer.ui.data.held_page import HeldPage
from viewer.ui.data.rectangles_page import RectanglesPage
from viewer.ui.data.scope_box import ScopeBox
from viewer.ui.dialogs.target_place import TargetPlace
from viewer.ui.dialogs.writing_dialog import WritingDialog, show_one, wrapped_label
from viewer.ui.dialogs.writing_pages import details_of, files_text, left_out_sentence
from viewer.ui.literal import tooltip
from viewer.ui.plain_label import PlainLabel

_NOT_PROMISED = (
    "What this does not promise: it does not read what is burned into pictures,",
    "and a face can be made of slices of a head.",
    "Look at the pictures yourself before you give them away.",
)
_RANDOM = (
    "Without a key file, the names, UIDs and dates that are written differ from those shown here: "
    "each run has a key of its own."
)
_STAGES = {
    "search": "Reading the files…",
    "clean": "Writing the files without what identifies…",
    "check": "Opening each file again, and searching it for what was removed…",
}
_CANCELLED = "Nothing was de-identified. What was written was taken away again."
_NOTHING_LEFT = "There is nothing to write: check what is held back, or go back and choose others."
_NO_PLACE = "To write, go back and choose a folder."
_NO_FOLDER = "Choose a folder to write to; the preview needs none."


def show_deidentification(workspace: Workspace, study_uid: str, window: QWidget) -> None:
    """Ask what is to be taken out of a study; one such dialog at a time."""
    show_one(window, DeidentifyDialog, lambda: DeidentifyDialog(workspace, study_uid, window))


class DeidentifyDialog(WritingDialog):
    """De-identifies."""

    def __init__(self, workspace: Workspace, study_uid: str, window: QWidget) -> None:
        super().__init__(workspace, window, "deidentify", _STAGES)
        self._order: DeidentifyOrder | None = None  # that the preview is of
        self._looking: WritingJob | None = None  # the preview, while it runs
        self._report = ""  # the path of the last one
        self._left_out: list[tuple[str, str]] = []  # as they are held back
        self._failed: list[tuple[str, str]] = []
        self.setObjectName("deidentifyDialog")
        self.setWindowTitle("De-identify")
        self._scope = ScopeBox(workspace, study_uid, ("series", "study", "all"), "study", self)
        self._scope.setObjectName("deidentifyScope")
        self._options = OptionsPage(workspace.settings, self)
        self._rectangles = RectanglesPage(self)
        self._place = TargetPlace(workspace.settings, "deidentified", "Write the files in", self)
        self._problem = wrapped_label("deidentifyProblem", self)
        self._preview = QWidget(self)
        self._pages.addWidget(self._preview)
        self._changes, self._held = ChangesView(self), HeldPage(self)
        self._state = wrapped_label("previewState", self)
        self._bar = QProgressBar(self)
        self._bar.setAccessibleName("How far the preview is")
        self._tabs = QTabWidget(self)
        self._add_buttons()
        self._arrange()
        self._scope.chosenChanged.connect(self._follow)
        for part in (self._options, self._rectangles, self._place):
            part.changed.connect(self._follow)
        self._held.changed.connect(self._follow_held)
        self._held.showRequested.connect(self._show_held)
        self.finished.connect(self._close_down)
        self._choose_again()
        remembered = workspace.settings.picture_folder()
        if remembered:
            self._place.set_folder(remembered)

    def heading_of(self, outcome: Outcome) -> str:
        """Say in sentences what became of the files."""
        if outcome.result == "cancelled":
            return _CANCELLED
        if outcome.result == "failed":
            message = whole_line(outcome.message)
            return message or "Nothing was de-identified, and no reason was given."
        written, changes = outcome.written, number(outcome.told, "changes")
        parts = [
            f"{files_text(written)} written to {whole_line(self._target)}, {changes:,} changes.",
            f"{'It was' if written == 1 else 'Each was'} opened again and searched: no value that "
            "was removed is in it.",
        ]
        left_out = left_out_sentence(Outcome("done", left_out=(*self._failed, *self._left_out)))
        return " ".join([*parts, left_out] if left_out else parts)

    def details_of(self, outcome: Outcome) -> str:
        """List warnings and what was left out, where the report lies, and what is not promised."""
        key = text(outcome.told, "key")
        known = [whole_line(f"Key: {key}.")] if key else []
        if outcome.result == "done":
            known += [f"Report: {whole_line(self._report)}", "", *_NOT_PROMISED, ""]
        left_out = Outcome(
            "done", left_out=(*self._failed, *self._left_out), warnings=outcome.warnings
        )
        return "\n".join(known) + ("\n" if known else "") + details_of(left_out)

    def show_ended(self, outcome: Outcome) -> None:
        """Offer to look at the files, or to choose again."""
        if outcome.result == "done":
            self._show_page(self._outcome, self._close, self._open, self._folder, self._save)
        else:
            self._show_page(self._outcome, self._back, self._save, self._close)

    def reject(self) -> None:
        """Stop what runs; close where nothing does."""
        if self._looking is not None:
            self._choose_again()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close from each page."""
        self._end_preview()
        super().closeEvent(event)

    def _add_buttons(self) -> None:
        role = QDialogButtonBox.ButtonRole
        self._look = self._button(
            "&Preview", "previewDeidentified", self._start_preview, role.AcceptRole
        )
        self._write = self._button("&Write", "writeDeidentified", self._start, role.AcceptRole)
        self._back = self._button("&Back", "changeDeidentify", self._choose_again)
        self._open = self._button("&Open in a New Window", "openDeidentified", self._open_result)
        self._add_common_buttons("Deidentified")

    def _arrange(self) -> None:
        what = QHBoxLayout()
        label = PlainLabel("De-identify:", self)
        label.setBuddy(self._scope)
        what.addWidget(label)
        what.addWidget(self._scope, 1)
        choices = QTabWidget(self)
        choices.addTab(self._options, "What &Remains")
        choices.addTab(self._rectangles, "Black &Out")
        choices.currentChanged.connect(self._show_picture)
        no_promise = PlainLabel(" ".join(_NOT_PROMISED), self)
        no_promise.setWordWrap(True)
        layout = QVBoxLayout(self._choices)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(what)
        layout.addWidget(choices, 1)
        for widget in (self._place, no_promise, self._problem):
            layout.addWidget(widget)
        self._tabs.addTab(self._changes, "")
        self._tabs.addTab(self._held, "")
        preview = QVBoxLayout(self._preview)
        preview.setContentsMargins(0, 0, 0, 0)
        preview.addWidget(self._bar)
        preview.addWidget(self._tabs, 1)
        preview.addWidget(self._state)
        self._fit(980, 640)

    def _choose_again(self) -> None:
        self._end_preview()
        self._show_page(self._choices, self._look, self._cancel)
        self._cancel.setText("Cancel")
        self._place.look_again()
        self._show_picture()
        self._follow()

    def _show_picture(self) -> None:
        self._rectangles.set_picture(self._workspace.picture())

    def _follow(self) -> None:
        """Say whether it can be done so."""
        problem = self._rectangles.problem
        if self._scope.scope is None:
            problem = "Nothing is open that could be de-identified."
        self._look.setEnabled(not problem)
        self._problem.setText(problem or self._place_problem())
        self._follow_held()

    def _place_problem(self) -> str:
        if not self._place.folder:
            return _NO_FOLDER
        return self._place.target.problem if self._place.target is not None else ""

    def _start_preview(self) -> None:
        scope = self._scope.scope
        if scope is None:
            return
        key, rules = self._options.key.path, self._options.rules.path
        rectangles = self._rectangles.rectangles
        self._order = DeidentifyOrder(scope, self._options.options(), key, rules, rectangles)
        self._changes.clear()
        self._held.clear()
        self._left_out, self._failed = [], []
        arguments = ["anonymize", "--dry-run", *self._order.arguments(), *self._limits()]
        job = self._looking = WritingJob(
            arguments, self._order.order(), "the preview", "", self._window
        )
        job.told.connect(self._hear)
        job.progressed.connect(self._show_progress)
        job.ended.connect(self._preview_ended)
        job.ended.connect(job.deleteLater)
        self._bar.setRange(0, 0)
        self._bar.show()
        self._state.setText("Reading the files…")
        self._tabs.setCurrentIndex(0)
        self._show_page(self._preview, self._write, self._back, self._cancel)
        self._changes.setFocus()
        self._cancel.setText("Stop")
        self._follow_held()
        job.start()

    def _end_preview(self) -> None:
        job, self._looking = self._looking, None
        if job is not None:
            job.leave()

    def _hear(self, lines: list[Told]) -> None:
        self._changes.take(lines)
        held = [one["held"] for one in lines if isinstance(one.get("held"), dict)]
        self._held.add(Held(text(one, "path"), text(one, "reason")) for one in held)
        self._keep_left_out(lines)
        self._follow_held()

    def _keep_left_out(self, lines: list[Told]) -> None:
        for line in lines:
            for kind in ("held", "failed"):
                one = line.get(kind)
                if isinstance(one, dict):
                    known = self._left_out if kind == "held" else self._failed
                    known.append((text(one, "path"), text(one, "reason")))

    def _show_progress(self, progress: Progress) -> None:
        self._bar.setRange(0, min(progress.of, 1 << 30))
        self._bar.setValue(min(progress.done, progress.of))

    def _preview_ended(self, outcome: Outcome) -> None:
        self._looking = None
        self._bar.hide()
        if outcome.result != "done":
            self._state.setText(whole_line(outcome.message) or "The preview was not made.")
        else:
            assert self._order is not None
            failed = number(outcome.told, "failed")
            sentences = [whole_line(warning) for warning in outcome.warnings]
            if len(self._held):
                held = files_text(len(self._held))
                sentences.append(f"{held} held back, with changes that are not listed here.")
            if failed:
                path, reason = self._failed[0]
                name = whole_line(os.path.basename(path))
                said = f"{files_text(failed)} cannot be taken, and will be left out"
                sentences.append(f"{said}; the first is {name}: {whole_line(reason)}")
            if not self._order.key_file:
                sentences.append(_RANDOM)
            if not self._is_anything_left():
                sentences.append(_NOTHING_LEFT)
            if not self._place.folder:
                sentences.append(_NO_PLACE)
            self._state.setText(" ".join(sentences))
        self._cancel.setText("Cancel")
        if outcome.result != "done":
            self._order = None  # nothing is written that could not be looked at
        self._follow_held()

    def _follow_held(self) -> None:
        """Count, and let write where the preview is whole, something is left, and a place known."""
        held = len(self._held)
        self._tabs.setTabText(0, "&Changes")
        self._tabs.setTabText(1, f"&Held Back ({held:,})")
        self._tabs.setTabVisible(1, held > 0)
        target = self._place.target
        ready = target is not None and not target.problem and self._looking is None
        self._write.setEnabled(ready and self._is_anything_left())
        self._write.setToolTip(tooltip("" if ready else self._place_problem()))

    def _is_anything_left(self) -> bool:
        order = self._order
        left_out = len(self._held.left_out()) + len(self._failed)
        return order is not None and left_out < len(order.scope.paths)

    def _show_held(self, path: str) -> None:
        document = self._workspace.document
        key = FrameKey(path, 0)
        found = find_frame(document.catalogue, key) if document is not None else None
        if found is None:
            self._workspace.messages.post("That file is not open any more.", "warning")
        else:
            self._workspace.show(*found)

    def _start(self) -> None:
        target, order = self._place.target, self._order
        assert target is not None
        assert order is not None
        self._workspace.settings.set_picture_folder(self._place.folder)
        arguments = ["anonymize", "-o", target.path, *order.arguments()]
        self._report = _report_of(target.path)
        arguments += ["--report", self._report, *self._limits()]
        left_out = self._held.left_out()
        if len(self._held) > len(left_out):
            arguments += ["--confirm", "burned-in,structured-content"]
        self._left_out = [one for one in self._left_out if one[0] in left_out]
        self._failed = []
        job = WritingJob(arguments, order.order(left_out), "the files", target.path, self._window)
        job.told.connect(self._keep_left_out)
        self._run(job, target.path)

    def _limits(self) -> list[str]:
        return limit_arguments(self._workspace.limits())

    def _open_result(self) -> None:
        if not open_window(self._target):
            self._workspace.messages.post("A window for it could not be opened.", "error")

    def _close_down(self) -> None:
        self._end_preview()
        self._scope.close_down()
        self._place.close_down()


def _report_of(target: str) -> str:
    """Give a free path for the report: beside the files, which it is not to be given away with."""
    names = (f"{target.rstrip(os.sep)}-report{number}.json" for number in ("", *range(2, 1000)))
    return next(name for name in names if not os.path.lexists(name))
