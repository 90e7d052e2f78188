"""Making a disc: ``negato disc`` as a process of its own, told what to write and listened to.

What is written, and taken away again, is that command's business; how it is run, `writing_job`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from viewer.session.writing_job import WritingJob


@dataclass(frozen=True, slots=True)
class DiscOrder:
    """What is to be written and where: a folder that is new or empty."""

    paths: tuple[str, ...]
    target: str
    viewer: str | None = None  # the folder of the program bundle that goes with it


class DiscJob(WritingJob):
    """One run of the command."""

    def __init__(self, order: DiscOrder, parent: QObject | None = None) -> None:
        arguments = ["disc", "-o", order.target]
        if order.viewer is not None:
            arguments += ["--with-viewer", order.viewer]
        super().__init__(arguments, {"paths": order.paths}, "the disc", order.target, parent)
