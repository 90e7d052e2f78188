"""What a dialog shows while files are written, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from viewer.plain_text import whole_line
from viewer.session.writing_job import Outcome, Progress
from viewer.ui.dialogs.fixed_text import FixedText
from viewer.ui.plain_label import PlainLabel

_STOPPING = "Stopping, and taking away what was written…"  # "stopping" of the stages, else
_MOST_SHOWN = 200_000  # characters; all of them are saved
_STEPS = 1000  # of the bar: Qt counts in 32 bits


class ProgressPage(QWidget):
    """How far the work is.

    Parameters
    ----------
    name : str
        Of the dialog, which begins the names of the widgets.
    stages : mapping
        What is said of each stage, the first one to begin with.
    """

    def __init__(self, name: str, stages: Mapping[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self._stages = stages
        self._stage = PlainLabel("", self)
        self._stage.setObjectName(f"{name}Stage")
        self._bar = QProgressBar(self)
        self._bar.setObjectName(f"{name}Progress")
        self._bar.setAccessibleName("How far it is")
        self._count = PlainLabel("", self)
        self._count.setObjectName(f"{name}Count")
        layout = QVBoxLayout(self)
        layout.addStretch()
        for widget in (self._stage, self._bar, self._count):
            layout.addWidget(widget)
        layout.addStretch()

    def begin(self) -> None:
        """Show that the work begins."""
        self._say(next(iter(self._stages.values())))

    def stopping(self) -> None:
        """Show that it is being ended."""
        self._say(self._stages.get("stopping", _STOPPING))

    def show_progress(self, progress: Progress) -> None:
        """Show a stage and how far it is."""
        self._stage.setText(self._stages.get(progress.stage, "Working…"))
        counted = progress.of > 0
        self._bar.setRange(0, _STEPS if counted else 0)  # to 0: it is on its way, who knows where
        done = min(progress.done, progress.of)
        if counted:
            self._bar.setValue(done * _STEPS // progress.of)
        self._count.setText(f"{done:,} of {progress.of:,}" if counted else "")

    def _say(self, text: str) -> None:
        self._stage.setText(text)
        self._bar.setRange(0, 0)
        self._count.setText("")


class OutcomePage(QWidget):
    """What became of it."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = ""  # all that is said, to be saved
        self._heading = PlainLabel("", self)
        self._heading.setObjectName(f"{name}Outcome")
        self._heading.setWordWrap(True)
        self._heading.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._heading.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._details = FixedText("", "What was left out, and why", self)
        self._details.setObjectName(f"{name}Details")
        layout = QVBoxLayout(self)
        layout.addWidget(self._heading)
        layout.addWidget(self._details, 1)

    def show_outcome(self, heading: str, details: str) -> None:
        """Say in a sentence what became of it, and list what was left out."""
        self.text = f"{heading}\n\n{details}" if details else f"{heading}\n"
        self._heading.setText(heading)
        self._details.setPlainText(details[:_MOST_SHOWN])
        self._details.setVisible(bool(details))


def details_of(outcome: Outcome) -> str:
    """List the warnings, and the files that were left out with their reasons; "" for none."""
    lines = []
    if outcome.warnings:
        lines += ["Notes:", *(f"  {whole_line(text)}" for text in outcome.warnings), ""]
    if outcome.left_out:
        lines.append(f"Left out ({len(outcome.left_out):,}):")
        lines += [f"  {whole_line(p)}: {whole_line(reason)}" for p, reason in outcome.left_out]
    return "\n".join(lines).rstrip() + "\n" if lines else ""


def files_text(number: int) -> str:
    """Write a number of files: "1 file", "1,200 files"."""
    return "1 file" if number == 1 else f"{number:,} files"


def left_out_sentence(outcome: Outcome) -> str:
    """Say how many files were left out; "" for none."""
    number = len(outcome.left_out)
    if not number:
        return ""
    return f"{files_text(number)} {'was' if number == 1 else 'were'} left out."
