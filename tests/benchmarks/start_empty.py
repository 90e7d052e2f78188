"""``python -m tests.benchmarks.start_empty``: an empty view of pyqtgraph, ended once painted.

Prints the moment of that paint by the system's monotonic clock.
"""

from __future__ import annotations

import sys
import time

import pyqtgraph as pg
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication


class _View(pg.GraphicsView):
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        sys.stdout.write(f"{time.monotonic()!r}\n")
        sys.stdout.flush()
        QTimer.singleShot(0, QApplication.quit)


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    view = _View()
    view.show()
    application.exec()
