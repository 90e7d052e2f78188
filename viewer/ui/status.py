"""The status bar: read-out, messages, scan progress, the ledger, memory."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStatusBar,
    QToolButton,
    QWidget,
)

from viewer.plain_text import plain_line
from viewer.session.catalogue_feed import ScanProgress
from viewer.ui.literal import menu_title
from viewer.ui.plain_label import PlainLabel

_MESSAGE_MS = 8000
_MESSAGE_LEAST_PX = 160
_LONGEST_MESSAGE = 500  # characters


class StatusBar(QStatusBar):
    """Shows what goes on.

    Signals
    -------
    cancelRequested
        The user wants the scan to stop.
    ledgerRequested
        The user wants to see every file and its fate.
    """

    cancelRequested = Signal()
    ledgerRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._message = PlainLabel(parent=self)
        self._message.setObjectName("statusMessage")
        self._readout = PlainLabel(parent=self)
        self._readout.setObjectName("pixelReadout")
        self._progress = _ProgressStrip(self)
        self._progress.cancel.clicked.connect(self.cancelRequested)
        self._ledger = QPushButton(self)
        self._ledger.setObjectName("ledgerButton")
        self._ledger.setAccessibleName("Files seen")
        self._ledger.setFlat(True)
        self._ledger.clicked.connect(self.ledgerRequested)
        self._memory = PlainLabel(parent=self)
        self._memory.setObjectName("memoryLabel")
        # the read-out has the room that it needs, a message what is left: at the right, where
        # it stays while the read-out follows the pointer
        self._message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._message.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(self._readout)
        self.addWidget(self._message, 1)
        for permanent in (self._progress, self._ledger, self._memory):
            self.addPermanentWidget(permanent)
        self._progress.hide()
        self._ledger.hide()
        self._fade = QTimer(self, singleShot=True, interval=_MESSAGE_MS)
        self._fade.timeout.connect(self.clear_message)

    def show_message(self, level: str, sentence: str) -> None:
        """Show a message for a while; an error until the next one."""
        self._message.setText(plain_line(sentence, _LONGEST_MESSAGE))
        self._message.setMinimumWidth(min(self._message.sizeHint().width(), _MESSAGE_LEAST_PX))
        self._fade.stop()
        if level != "error":
            self._fade.start()

    def clear_message(self, sentence: str = "") -> None:
        """Take the message back; with ``sentence``, only where it is this one."""
        if plain_line(sentence, _LONGEST_MESSAGE) in ("", self._message.text()):
            self._fade.stop()
            self._message.setText("")
            self._message.setMinimumWidth(0)

    def show_readout(self, text: str) -> None:
        """Show what lies under the pointer."""
        self._readout.setText(text)

    def show_progress(self, progress: ScanProgress | None) -> None:
        """Show how far the scan is; hide it where none runs."""
        running = progress is not None and progress.running
        self._progress.setVisible(running)
        if progress is not None and running:
            text = f"{progress.seen:,} files, {progress.rate:,.0f}/s"
            self._progress.text.setText(text)

    def show_ledger(self, sentence: str) -> None:
        """Show the ledger's sentence; empty hides it."""
        self._ledger.setText(menu_title(sentence, _LONGEST_MESSAGE))
        self._ledger.setVisible(bool(sentence))

    def show_memory(self, bytes_used: int, budget: int) -> None:
        """Show how much memory the cached frames take."""
        self._memory.setText(f"{bytes_used / 2**20:,.0f} of {budget / 2**20:,.0f} MB")


class _ProgressStrip(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = PlainLabel(parent=self)
        bar = QProgressBar(self)
        bar.setObjectName("loadProgress")
        bar.setAccessibleName("Loading")
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedSize(110, 12)
        self.cancel = QToolButton(self)
        self.cancel.setObjectName("cancelScan")
        self.cancel.setAccessibleName("Stop loading")
        self.cancel.setText("Stop")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        for widget in (self.text, bar, self.cancel):
            layout.addWidget(widget)
