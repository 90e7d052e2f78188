"""A series matrix saved as CSV by the command, while the window goes on."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.dicom.inspection.frame_places import FramePlace, as_order
from viewer.session.command_job import CommandEnd, CommandJob, Told, limit_arguments, text
from viewer.session.workspace import Workspace


def save_matrix(workspace: Workspace, places: Sequence[FramePlace], path: str) -> None:
    """Write the matrix of frames over a file of that name, and say what came of it.

    It goes on to its end where the window of the matrix is closed.
    """
    order = {"paths": [places[0].path], "frames": as_order(places)}
    arguments = ["matrix", "-o", path, "--replace", *limit_arguments(workspace.limits())]
    job = CommandJob(arguments, order, workspace)
    results: list[Told] = []
    messages = workspace.messages

    def hear(lines: list[Told]) -> None:
        results.extend(line for line in lines if "result" in line)

    def end(end: CommandEnd) -> None:
        told = results[-1] if results else {}
        if told.get("result") == "done":
            messages.post("The matrix was saved.")
        else:
            why = text(told, "message") or end.problem
            messages.post(f"The matrix was not saved. {why}", "error")
        job.deleteLater()

    job.told.connect(hear)
    job.ended.connect(end)
    job.start()
