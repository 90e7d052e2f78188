"""What the dialog shows while a disc is made, and what became of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from viewer.plain_text import whole_line
from viewer.session.disc_contents import size_text
from viewer.session.disc_job import DiscOrder, DiscOutcome, DiscProgress
from viewer.ui.dialogs.fixed_text import FixedText
from viewer.ui.plain_label import PlainLabel

_STAGES = {
    "search": "Reading the files…",
    "copy": "Writing the files…",
    "viewer": "Copying the viewer…",
    "check": "Reading each file back from the disc…",
}
_STOPPING = "Stopping, and taking away what was written…"
_CANCELLED = "No disc was made. What was written was taken away again."
_MOST_SHOWN = 200_000  # characters; all of them are saved
_STEPS = 1000  # of the bar: Qt counts in 32 bits


class ProgressPage(QWidget):
    """How far the making of a disc is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._stage = PlainLabel("", self)
        self._stage.setObjectName("discStage")
        self._bar = QProgressBar(self)
        self._bar.setObjectName("discProgress")
        self._bar.setAccessibleName("How far the disc is")
        self._count = PlainLabel("", self)
        self._count.setObjectName("discCount")
        layout = QVBoxLayout(self)
        layout.addStretch()
        for widget in (self._stage, self._bar, self._count):
            layout.addWidget(widget)
        layout.addStretch()

    def begin(self) -> None:
        """Show that the work begins."""
        self._say(_STAGES["search"])

    def stopping(self) -> None:
        """Show that it is being ended."""
        self._say(_STOPPING)

    def show_progress(self, progress: DiscProgress) -> None:
        """Show a stage and how far it is."""
        self._stage.setText(_STAGES[progress.stage])
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
    """What became of a disc."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = ""  # all that is said, to be saved
        self._heading = PlainLabel("", self)
        self._heading.setObjectName("discOutcome")
        self._heading.setWordWrap(True)
        self._heading.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._heading.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._details = FixedText("", "What was left out, and why", self)
        self._details.setObjectName("discDetails")
        layout = QVBoxLayout(self)
        layout.addWidget(self._heading)
        layout.addWidget(self._details, 1)

    def show_outcome(self, outcome: DiscOutcome, order: DiscOrder) -> None:
        """Say in a sentence what became of it, and list what was left out."""
        heading, details = heading_of(outcome, order), details_of(outcome)
        self.text = f"{heading}\n\n{details}" if details else f"{heading}\n"
        self._heading.setText(heading)
        self._details.setPlainText(details[:_MOST_SHOWN])
        self._details.setVisible(bool(details))


def heading_of(outcome: DiscOutcome, order: DiscOrder) -> str:
    """Say in sentences what became of a disc."""
    if outcome.result == "cancelled":
        return _CANCELLED
    if outcome.result == "failed":
        return whole_line(outcome.message) or "The disc could not be made, and no reason was given."
    files = "1 file" if outcome.written == 1 else f"{outcome.written:,} files"
    were = "It was" if outcome.written == 1 else "Each was"
    parts = [
        f"The disc is ready: {files} ({size_text(outcome.bytes)}) in {whole_line(order.target)}.",
        f"{were} read back and found identical.",
    ]
    if outcome.left_out:
        number = len(outcome.left_out)
        parts.append(f"{'1 file was' if number == 1 else f'{number:,} files were'} left out.")
    return " ".join(parts)


def details_of(outcome: DiscOutcome) -> str:
    """List the warnings, and the files that were left out with their reasons; "" for none."""
    lines = []
    if outcome.warnings:
        lines += ["Notes:", *(f"  {whole_line(text)}" for text in outcome.warnings), ""]
    if outcome.left_out:
        lines.append(f"Left out ({len(outcome.left_out):,}):")
        lines += [f"  {whole_line(p)}: {whole_line(reason)}" for p, reason in outcome.left_out]
    return "\n".join(lines).rstrip() + "\n" if lines else ""
