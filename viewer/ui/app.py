"""The window's process: application, theme, main window, event loop; what follows once it is up."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QObject, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon

from viewer import defects
from viewer.handover import Listening
from viewer.native_crashes import CrashFile, collect
from viewer.resources import resource
from viewer.session.settings import Settings
from viewer.ui import theme
from viewer.ui.collector import Collector
from viewer.ui.defect_notices import DefectNotices
from viewer.ui.end_signals import quit_on_signals
from viewer.ui.main_window import MainWindow
from viewer.ui.open_events import Application
from viewer.ui.opener import Opener
from viewer.workers.restraint import leave_no_core
from viewer.workers.scan_children import ScanChildren

if TYPE_CHECKING:
    from viewer.ui.single_instance import PathServer

_SWITCH_INTERVAL_S = 0.0005  # worker threads give the GIL back to the window this often
_LATER_MS = 1000  # by then, the first picture is there: what follows must not slow it down
_CRASHED = "Negato crashed when it last ran: Help > Crash Reports. Nothing was sent."

_log = logging.getLogger(__name__)


def run(
    paths: Sequence[str],
    scan_children: ScanChildren,
    *,
    limits: Sequence[tuple[str, str]] = (),
    listening: Listening | None = None,
) -> int:
    """Open the window and run until it is closed; give the exit code.

    ``scan_children`` are the window's from now on, to close as well; so is ``listening``, where
    other starts hand over their paths. ``limits`` are names and values as the command line gave
    them, in the place of the settings'; a window with such takes no paths from others.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    leave_no_core()
    crash_file = CrashFile(defects.reports_folder())
    app = Application(sys.argv[:1])  # from here on it keeps what the system asks to open
    qInstallMessageHandler(_log_message)
    app.setApplicationName("negato")
    app.setDesktopFileName("negato")
    app.setWindowIcon(QIcon(str(resource("icons/negato.svg"))))
    theme.apply(app)
    window = MainWindow(Settings(), scan_children, paths, limits)
    quit_on_signals(app)
    window.show()
    opener = Opener(window, window.open)
    app.give_to(opener.take)
    notices = DefectNotices(window)
    defects.install(notices.tell)
    collector = Collector(app)
    workspace = window.workspace
    workspace.documentChanged.connect(
        lambda: collector.collect_all(nothing_open=workspace.document is None)
    )
    later = _Later(window, opener, listening)
    code = app.exec()
    later.end()
    notices.close()
    qInstallMessageHandler(None)
    crash_file.close()
    return code


class _Later(QObject):
    """What is done for the window once its first picture is there."""

    def __init__(
        self,
        window: MainWindow,
        opener: Opener,
        listening: Listening | None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._opener = opener
        self._listening = listening
        self._server: PathServer | None = None
        QTimer.singleShot(_LATER_MS, self._begin)

    def end(self) -> None:
        """Take no more paths."""
        if self._server is not None:
            self._server.close()
        elif self._listening is not None:
            self._listening.close()

    def _begin(self) -> None:
        if collect(defects.reports_folder()):
            self._window.workspace.messages.post(_CRASHED, "warning")
        if self._listening is not None:
            self._take_paths(self._listening)

    def _take_paths(self, listening: Listening) -> None:
        try:
            from viewer.ui.single_instance import PathServer
        except ImportError:  # QtNetwork needs more of the system than a window: each start has one
            listening.close()
            self._listening = None
            return
        self._server = PathServer(lambda asked: self._opener.take(*asked), listening, self)


def _log_message(kind: QtMsgType, context: QMessageLogContext, _message: str) -> None:
    """Log what Qt says by its kind alone: its text may name a file."""
    grave = kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
    _log.log(logging.ERROR if grave else logging.DEBUG, "Qt: %s, %s", kind.name, context.category)
