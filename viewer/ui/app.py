"""The window's process: application, theme, main window, event loop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from viewer.resources import resource
from viewer.session.settings import Settings
from viewer.ui import theme
from viewer.ui.collector import Collector
from viewer.ui.main_window import MainWindow
from viewer.workers.scan_children import ScanChildren

_SWITCH_INTERVAL_S = 0.0005  # worker threads give the GIL back to the window this often


def run(
    paths: Sequence[str],
    scan_children: ScanChildren,
    *,
    sample: bool = False,
    limits: Sequence[tuple[str, str]] = (),
) -> int:
    """Open the window and run until it is closed; give the exit code.

    ``scan_children`` are the window's from now on, to close as well; ``limits`` are names
    and values as the command line gave them, in the place of the settings'.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("negato")
    app.setDesktopFileName("negato")
    app.setWindowIcon(QIcon(str(resource("icons/negato.svg"))))
    theme.apply(app)
    opened = [str(resource("sample"))] if sample else paths
    window = MainWindow(Settings(), scan_children, opened, limits)
    window.show()
    collector = Collector(app)
    window.workspace.documentChanged.connect(collector.collect_all)
    return app.exec()
