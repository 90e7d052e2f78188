"""How a window tells of Negato's own defects: in one dialog at a time, and not for ever."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from viewer import defects
from viewer.session.hop import Hop

if TYPE_CHECKING:
    from viewer.ui.dialogs.defect_dialog import DefectDialog

_MOST_DIALOGS = 3


class DefectNotices(QObject):
    """Tells of defects in a window: in one dialog at a time, and no more than a few of them."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._hop = Hop(self)
        self._dialog: DefectDialog | None = None
        self._dialogs = 0

    def tell(self, report: defects.Report) -> None:
        """Show ``report`` soon; from any thread, and from the middle of a paint event."""
        self._hop.post(partial(self._show, report))

    def close(self) -> None:
        """Tell of nothing more: the window is gone, and reports are kept all the same."""
        self._hop.close()

    def _show(self, report: defects.Report) -> None:
        if self._dialog is None:
            if self._dialogs == _MOST_DIALOGS:  # the rest is in the folder of reports
                return
            self._dialogs += 1
            from viewer.ui.dialogs.defect_dialog import MET, DefectDialog  # not at the start

            self._dialog = DefectDialog(MET, self._window)
            self._dialog.finished.connect(self._closed)
        self._dialog.add(report.text, defects.whereabouts(report))
        self._dialog.show()

    def _closed(self) -> None:
        self._dialog = None
