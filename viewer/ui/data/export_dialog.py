"""The dialog that exports: choose what and how, see what it will be, write, see what came.

The files are written by the command; pictures as on screen, which it cannot draw, by
`screen_pictures`.
"""

from __future__ import annotations

import os

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from viewer.plain_text import whole_line
from viewer.session.command_job import Told, entries, limit_arguments, number, text
from viewer.session.export_order import ExportOrder, facts_of
from viewer.session.workspace import Workspace
from viewer.session.writing_job import Job, Outcome, WritingJob
from viewer.ui.data.export_choices import ExportChoices
from viewer.ui.data.export_preview import ExportPreview
from viewer.ui.data.screen_pictures import ScreenPictures
from viewer.ui.dialogs.target_place import TargetPlace
from viewer.ui.dialogs.writing_dialog import WritingDialog, show_one, wrapped_label
from viewer.ui.dialogs.writing_pages import details_of, left_out_sentence
from viewer.ui.export import file_name
from viewer.ui.pace import Pace
from viewer.ui.view_area import ViewArea

_STAGES = {
    "search": "Reading the files…",
    "write": "Writing…",
    "stopping": "Stopping; what is complete stays…",
}
_NAMES_MS = 500  # after the last change
_NO_FOLDER = "Choose a folder to write to."
_NOWHERE = os.path.join(os.sep, "not chosen yet")  # names are told, nothing is written


def show_export(workspace: Workspace, study_uid: str, window: QWidget) -> None:
    """Ask what of a study is to be exported; one such dialog at a time."""
    show_one(window, ExportDialog, lambda: ExportDialog(workspace, study_uid, window))


class ExportDialog(WritingDialog):
    """Exports."""

    def __init__(self, workspace: Workspace, study_uid: str, window: QWidget) -> None:
        super().__init__(workspace, window, "export", _STAGES)
        self._failed: list[tuple[str, str]] = []
        self._naming: WritingJob | None = None  # what tells the names, while it runs
        self._named: tuple[list[str], dict[str, object]] | None = None  # what names are known of
        self._planned: list[str] = []
        self._number = 0  # of files planned
        self._refusal = ""
        self.setObjectName("exportDialog")
        self.setWindowTitle("Export")
        self._what = ExportChoices(workspace, study_uid, self)
        self._preview = ExportPreview(self)
        self._place = TargetPlace(
            workspace.settings, "export", "Export to", self, may_hold_files=True
        )
        self._problem = wrapped_label("exportProblem", self)
        self._ask_names = QTimer(self, singleShot=True, interval=_NAMES_MS)
        self._ask_names.timeout.connect(self._find_names)
        self._follows = Pace(self._follow, self)
        self._add_buttons()
        self._arrange()
        self._what.changed.connect(self._follows.ask)
        self._place.changed.connect(self._follows.ask)
        workspace.pictureChanged.connect(self._follows.ask)
        self.finished.connect(self._close_down)
        self._choose_again()
        remembered = workspace.settings.picture_folder()
        if remembered:
            self._place.set_folder(remembered)

    def heading_of(self, outcome: Outcome) -> str:
        """Say in sentences what became of it."""
        message = whole_line(outcome.message)
        if outcome.result == "done" and not message:
            pictures = "1 picture" if outcome.written == 1 else f"{outcome.written:,} pictures"
            message = f"{pictures} written to {whole_line(self._target)}."
            return " ".join(filter(None, (message, left_out_sentence(outcome))))
        return message or "Nothing was exported, and no reason was given."

    def details_of(self, outcome: Outcome) -> str:
        """List what was not written, with its reasons, and what is to be known of the rest."""
        notes = tuple(note for note in entries(outcome.told, "notes") if isinstance(note, str))
        left_out = (*self._failed, *outcome.left_out)
        return details_of(Outcome(outcome.result, left_out=left_out, warnings=notes))

    def show_ended(self, outcome: Outcome) -> None:
        """Offer to look at the files, or to choose again."""
        if outcome.result == "done":
            self._show_page(self._outcome, self._close, self._folder, self._back, self._save)
        else:
            self._show_page(self._outcome, self._back, self._save, self._close)

    def _add_buttons(self) -> None:
        role = QDialogButtonBox.ButtonRole
        self._write = self._button("&Export", "writeExport", self._start, role.AcceptRole)
        self._back = self._button("&Back", "changeExport", self._choose_again)
        self._add_common_buttons("Export")

    def _arrange(self) -> None:
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(self._what)
        above = QHBoxLayout()
        above.addWidget(scroll, 3)
        above.addWidget(self._preview, 2)
        layout = QVBoxLayout(self._choices)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(above, 1)
        layout.addWidget(self._place)
        layout.addWidget(self._problem)
        self._fit(980, 640)

    def _choose_again(self) -> None:
        self._show_page(self._choices, self._write, self._cancel)
        self._cancel.setText("Cancel")
        self._named = None
        self._place.look_again()
        self._follow()

    def _follow(self) -> None:
        """Show what will be written, and say whether it can be."""
        order = self._what.order()
        picture = self._workspace.picture()
        self._preview.show_picture(picture, order)
        stack = self._what.scopes.stack
        if order is not None:
            facts = facts_of(order.scope, stack, order.form, order.values)
            as_shown = order.scope.kind in ("frame", "stack", "series")
            self._preview.show_facts(facts, order, as_shown=as_shown)
        self._follow_names(order)
        problem = self._what.problem() or self._refusal or self._place_problem()
        self._problem.setText(problem)
        if self._job is None:
            self._write.setEnabled(not problem and self._place.target is not None)

    def _place_problem(self) -> str:
        if not self._place.folder:
            return _NO_FOLDER
        return self._place.target.problem if self._place.target is not None else ""

    def _follow_names(self, order: ExportOrder | None) -> None:
        """Have the names found of what is chosen now, where they are not known."""
        if order is None or self._what.problem():
            self._forget_names()
        elif order.values == "screen":
            self._forget_names()
            stack = self._what.scopes.stack
            if stack is not None:
                indices = self._indices(order, len(stack))
                names = [file_name(stack, index) for index in indices[:4]]
                self._preview.show_names(names, len(indices))
        elif (wanted := (order.arguments(self._out()), order.order())) != self._named:
            self._forget_names()
            self._named = wanted
            self._ask_names.start()

    def _forget_names(self) -> None:
        job, self._naming = self._naming, None
        self._named, self._planned, self._number, self._refusal = None, [], 0, ""
        self._ask_names.stop()
        if job is not None:
            job.leave()

    def _find_names(self) -> None:
        if self._named is None:
            return
        arguments, order = self._named
        arguments = [*arguments, *self._limits(), "--dry-run"]
        job = self._naming = WritingJob(arguments, order, "the names", "", self)
        job.told.connect(self._hear_names)
        job.ended.connect(self._show_names)
        job.ended.connect(job.deleteLater)
        job.start()

    def _hear_names(self, lines: list[Told]) -> None:
        for line in lines:
            planned = line.get("planned")
            if isinstance(planned, dict):
                self._number += 1
                if len(self._planned) < 4:
                    self._planned.append(whole_line(os.path.basename(text(planned, "path"))))

    def _show_names(self, outcome: Outcome) -> None:
        self._naming = None
        self._refusal = whole_line(outcome.message) if outcome.result == "failed" else ""
        self._preview.show_names(self._planned, self._number)
        self._follow()

    def _out(self) -> str:
        target = self._place.target
        return target.path if target is not None and not target.problem else _NOWHERE

    def _start(self) -> None:
        order, target = self._what.order(), self._place.target
        if order is None or target is None:
            return
        self._forget_names()
        self._failed = []
        self._workspace.settings.set_picture_folder(self._place.folder)
        job: Job
        if order.values == "screen":
            stack, view = self._what.scopes.stack, self._window.findChild(ViewArea)
            assert stack is not None
            assert view is not None
            job = ScreenPictures(
                self._workspace,
                view,
                stack,
                self._indices(order, len(stack)),
                target.path,
                replaces=order.replace,
                parent=self._window,
            )
        else:
            arguments = [*order.arguments(target.path), *self._limits()]
            job = WritingJob(arguments, order.order(), "it", target.path, self._window)
            job.told.connect(self._hear)
        self._run(job, target.path)

    def _limits(self) -> list[str]:
        return limit_arguments(self._workspace.limits())

    def _hear(self, lines: list[Told]) -> None:
        for line in lines:
            failed = line.get("failed")
            if isinstance(failed, dict):
                frame = number(failed, "frame")
                of_frame = f", frame {frame:,}" if frame else ""
                self._failed.append((f"{text(failed, 'path')}{of_frame}", text(failed, "reason")))

    def _indices(self, order: ExportOrder, count: int) -> list[int]:
        """Give the frames (from 0) that are meant."""
        if order.scope.frame is not None:
            return [order.scope.frame - 1]
        return self._what.chosen_frames(count)

    def _close_down(self) -> None:
        self._forget_names()
        self._what.close_down()
        self._place.close_down()
