"""The bytes of a value saved to a file, by `negato dump` in a process of its own."""

from __future__ import annotations

import os

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressDialog, QWidget

from viewer.dicom.tags import TagTable, tag_text
from viewer.session.command_job import limit_arguments
from viewer.session.workspace import Workspace
from viewer.session.writing_job import Outcome, Progress, WritingJob
from viewer.ui.dialogs.file_dialogs import ask_target

_SHARES = 1000  # the dialog counts in these: a value may have more bytes than it can count


def save_value(table: TagTable, row: int, workspace: Workspace, window: QWidget) -> None:
    """Ask where to, and write the value of a row there; what came of it is told."""
    tag = int(table.tags[row])
    name = table.keywords[row] or tag_text(tag).strip("()").replace(",", "")
    settings = workspace.settings
    proposed = os.path.join(settings.picture_folder(), f"{name}.bin")
    path = ask_target(settings, window, "Save the value", proposed)
    if not path:
        return
    order = {"paths": [table.path], "row": row, "tag": tag, "output": path}
    arguments = ["dump", *limit_arguments(workspace.limits())]
    job = WritingJob(arguments, order, "the value", path, window)
    shown = QProgressDialog("Saving the value…", "Cancel", 0, _SHARES, window)
    shown.setObjectName("tagSaving")
    shown.setWindowTitle("Save the value")
    shown.setWindowModality(Qt.WindowModality.NonModal)
    shown.setAutoClose(False)
    shown.setAutoReset(False)
    shown.canceled.connect(job.stop)

    def progressed(progress: Progress) -> None:
        shown.setValue(progress.done * _SHARES // max(progress.of, 1))

    def ended(outcome: Outcome) -> None:
        shown.close()
        shown.deleteLater()
        job.deleteLater()
        failed = outcome.result == "failed"
        workspace.messages.post(outcome.message, "error" if failed else "info")

    job.progressed.connect(progressed)
    job.ended.connect(ended)
    job.start()
