"""The main window: docks, menus and status bar around the canvas.

It places widgets and passes intents on; what is open lives in `Workspace`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPixmap,
)
from PySide6.QtWidgets import QMainWindow, QMenu

from viewer.dicom.catalogue import ledger_sentence
from viewer.dicom.errors import NegatoError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.stacks import Stack
from viewer.imaging.display import is_colour
from viewer.plain_text import person_name, plain_line
from viewer.resources import resource
from viewer.session.actions import Need
from viewer.session.settings import Settings
from viewer.session.workspace import Workspace
from viewer.ui.browser.model import STACK_MIME
from viewer.ui.browser.panel import SeriesBrowser
from viewer.ui.browser.thumbnails import thumbnail
from viewer.ui.canvas.window_controls import WindowControls
from viewer.ui.data_actions import DataActions
from viewer.ui.docks import Docks
from viewer.ui.drops import dropped_files
from viewer.ui.explain.panel import ExplainPanel
from viewer.ui.file_actions import FileActions
from viewer.ui.image_actions import ImageActions
from viewer.ui.literal import window_title
from viewer.ui.menus import Menus
from viewer.ui.program_actions import ProgramActions
from viewer.ui.status import StatusBar
from viewer.ui.tags.panel import TagPanel
from viewer.ui.view_area import ViewArea
from viewer.ui.window_link import WindowLink
from viewer.workers.scan_children import ScanChildren

_MEMORY_PERIOD_MS = 1000
_BEING_READ = "This is still being read; it can be shown once its first file has been."


class MainWindow(QMainWindow):
    """Browser on the left, canvas in the centre, tags on the right.

    ``opened`` are paths to open: they are scanned while the widgets are made.
    ``limits`` go before those of the settings.
    """

    def __init__(
        self,
        settings: Settings,
        scan_children: ScanChildren | None = None,
        opened: Sequence[str] = (),
        limits: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setAccessibleName("Negato")
        self.setAcceptDrops(True)
        self._fit_to_screen()
        self.setDockNestingEnabled(True)
        self.workspace = Workspace(settings, self, scan_children, limits)
        if opened:
            self.workspace.open(opened)
        self.browser = SeriesBrowser(self)
        self.view = ViewArea(self.workspace, self)
        self.window_controls = WindowControls(self)
        self.tag_panel = TagPanel(self, self.workspace.tag_feed.ask)
        self.explain_panel = ExplainPanel(self)
        self._link = WindowLink(self.workspace, self.window_controls)
        self._files = FileActions(self.workspace, self.view, self.open, self)
        self._image = ImageActions(self.workspace, self.view, self)
        self._data = DataActions(self.workspace, self._current_study, self)
        self._program = ProgramActions(self.workspace, self._settings_changed, self)
        self._status = StatusBar(self)
        self._memory = QTimer(self, interval=_MEMORY_PERIOD_MS)
        self.setCentralWidget(self.view)
        self.setStatusBar(self._status)
        self._docks = Docks(
            self, self.browser, self.window_controls, self.tag_panel, self.explain_panel
        )
        self.menus = Menus(self, self._callbacks())
        self._finish_menus()
        self._connect()
        self._restore_layout()
        self._document_changed()
        if opened:
            self.view.canvas.setFocus()

    def open(self, paths: Sequence[str]) -> None:
        """Open files, folders or discs beside what is open."""
        if paths:
            self.workspace.open(paths)
            self.view.canvas.setFocus()

    def open_sample(self) -> None:
        """Open the study that ships with Negato."""
        self.open([str(resource("sample"))])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the layout and end all background work."""
        self.workspace.settings.save_layout(self.saveGeometry(), self.saveState())
        self._memory.stop()
        self.workspace.close()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files, folders and rows of the browser."""
        data = event.mimeData()
        if data.hasFormat(STACK_MIME) or any(url.isLocalFile() for url in data.urls()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Go on taking what was taken on entry."""
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        data = event.mimeData()
        if data.hasFormat(STACK_MIME):
            self._show_uid(os.fsdecode(bytes(data.data(STACK_MIME).data())))
        else:
            paths, refusals = dropped_files(data)
            self.open(paths)
            for sentence in refusals:
                self.workspace.messages.post(sentence, "error")
        event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave full screen on Escape."""
        if event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self._full_screen()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Keep the menu's check mark true to the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.menus.action("fullScreen").setChecked(self.isFullScreen())

    def _fit_to_screen(self) -> None:
        """Take the size of the first start: within the screen, with room for the frame."""
        room = self.screen().availableGeometry()
        self.resize(min(1366, room.width() * 95 // 100), min(768, room.height() * 9 // 10))
        self.move(room.center() - self.rect().center())

    def _callbacks(self) -> dict[str, Callable[[], object]]:
        return {
            **self._files.callbacks(),
            "openSample": self.open_sample,
            "closeStudy": lambda: self.workspace.close_study(self._current_study()),
            "makeDisc": lambda: self._files.make_disc(self._current_study()),
            "quit": self.close,
            "findTag": self._find_tag,
            "nextMatch": lambda: self.tag_panel.step_match(1),
            "previousMatch": lambda: self.tag_panel.step_match(-1),
            "filterBrowser": self._filter_browser,
            "fit": self.view.canvas.fit,
            "smooth": self._set_smooth,
            "texts": self._set_texts,
            "nextStack": lambda: self.workspace.step_stack(1),
            "previousStack": lambda: self.workspace.step_stack(-1),
            "fullScreen": self._full_screen,
            "explain": self._docks.switch_explanation,
            **self._image.callbacks(),
            **self._data.callbacks(),
            **self._program.callbacks(),
        }

    def _finish_menus(self) -> None:
        for name in ("smooth", "texts"):
            self.menus.action(name).setChecked(True)
        self._files.fill_menus(self.menus)
        self._image.fill_menus(self.menus)
        view = self.menus.menu("&View")
        view.addSeparator()
        self._docks.fill_menu(view)

    def _connect(self) -> None:
        workspace = self.workspace
        workspace.documentChanged.connect(self._document_changed)
        workspace.catalogueChanged.connect(self._catalogue_changed)
        workspace.progressChanged.connect(self._progress_changed)
        workspace.stackChanged.connect(self._stack_changed)
        workspace.pictureChanged.connect(self._enable_actions)
        workspace.thumbnailReady.connect(self._show_thumbnail)
        workspace.tag_feed.changed.connect(self._show_tags)
        self.tag_panel.saveRequested.connect(self._files.save_value)
        self.tag_panel.failed.connect(lambda told: workspace.messages.post(told, "error"))
        self._docks.tags.visibilityChanged.connect(workspace.tag_feed.set_wanted)
        workspace.messages.posted.connect(self._status.show_message)
        workspace.messages.withdrawn.connect(self._status.clear_message)
        self.browser.stackChosen.connect(self._choose_stack)
        self.browser.stateChosen.connect(self._choose_state)
        self.browser.announcedChosen.connect(lambda: workspace.messages.post(_BEING_READ))
        self.window_controls.done.connect(self.view.canvas.setFocus)
        self.view.cine_bar.rate.lineEdit().returnPressed.connect(self.view.canvas.setFocus)
        self.browser.thumbnailWanted.connect(
            lambda stack, later: workspace.want_thumbnail(stack, later=later)
        )
        self.browser.studyMenuRequested.connect(self._study_menu)
        self.view.readoutChanged.connect(self._status.show_readout)
        self.view.menuRequested.connect(self._canvas_menu)
        self.view.pictureShown.connect(self.explain_panel.set_picture)
        self.view.pointed.connect(self.explain_panel.point_at)
        self._status.cancelRequested.connect(workspace.cancel_scan)
        self._status.ledgerRequested.connect(self._files.show_ledger)
        self._memory.timeout.connect(self._show_memory)
        self._memory.start()

    def _restore_layout(self) -> None:
        geometry, state = self.workspace.settings.layout()
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)
        if not state.isEmpty():
            self.restoreState(state)

    def _document_changed(self) -> None:
        self.browser.clear()
        self._status.clear_message()  # it is of what was open before
        self._show_title()
        self._progress_changed()
        self._enable_actions()
        self._show_memory()

    def _catalogue_changed(self) -> None:
        document = self.workspace.document
        if document is not None:
            self.browser.set_catalogue(document.catalogue, complete=not document.progress.running)
            if not self.browser.has_current():  # else the keyboard is on its way there
                self._select_shown()

    def _progress_changed(self) -> None:
        document = self.workspace.document
        self._status.show_progress(document.progress if document is not None else None)
        self._status.show_ledger(ledger_sentence(document.catalogue) if document else "")
        if document is not None and not document.progress.running:
            for notice in document.catalogue.ledger.notices:
                self.workspace.messages.post(notice, "warning")

    def _stack_changed(self) -> None:
        self._select_shown()
        self._show_title()
        self._enable_actions()
        if self.workspace.tag_feed.tags is None:
            self._show_tags()

    def _select_shown(self) -> None:
        stack = self.workspace.viewport.stack
        self.browser.select_stack(stack.uid if stack is not None else "")

    def _show_title(self) -> None:
        stack = self.workspace.viewport.stack
        if stack is None:
            self.setWindowTitle("Negato")
            return
        header = stack.headers[0]
        named = self.workspace.settings.names_patient_in_title()
        name = person_name(header.patient_name) or "No name" if named else ""
        series = plain_line(header.series_description, 80)
        parts = (name, series, "Negato")
        self.setWindowTitle(window_title(" – ".join(part for part in parts if part)))

    def _enable_actions(self) -> None:
        present: set[Need] = set()
        if self.workspace.document is not None:
            present.add("document")
            if self.workspace.document.catalogue.patients:
                present.add("study")
        picture = self.workspace.picture()
        if picture.pixels is not None and picture.description is not None:
            present.add("picture")
            if not is_colour(picture.description):
                present.add("window")
        stack = self.workspace.viewport.stack
        if stack is not None and len(stack) > 1:
            present.add("stack")
        self.menus.enable(present)

    def _choose_stack(self, stack: Stack) -> None:
        if len(stack) or not self._choose_state(stack.headers[0]):
            shown = self.workspace.viewport
            again = shown.stack is not None and shown.stack.uid == stack.uid
            self.workspace.show(stack, shown.index if again else 0)
        self.view.canvas.setFocus()

    def _choose_state(self, state: InstanceHeader) -> bool:
        """Show the images that a presentation state is for; False where none is open."""
        target = self.workspace.target_of(state)
        if target is not None:
            self.workspace.show(*target)
            self.workspace.apply_state(state)
            self.view.canvas.setFocus()
        return target is not None

    def _show_uid(self, uid: str) -> None:
        document = self.workspace.document
        for stack in document.stacks() if document is not None else ():
            if stack.uid == uid:
                self._choose_stack(stack)
                return

    def _show_thumbnail(self, stack: Stack) -> None:
        frame = self.workspace.thumbnail_frame(stack)
        picture = thumbnail(*frame) if frame is not None else QPixmap()
        self.browser.set_thumbnail(stack.uid, picture)

    def _show_tags(self) -> None:
        tags = self.workspace.tag_feed.tags
        if isinstance(tags, NegatoError):
            self.tag_panel.set_message(tags.message)
        elif tags is None and self.workspace.viewport.stack is not None:
            self.tag_panel.set_message("Reading the tags…")
        else:
            self.tag_panel.set_table(tags)

    def _show_memory(self) -> None:
        settings = self.workspace.settings
        self._status.show_memory(self.workspace.cache.bytes_used, settings.memory_budget_bytes())

    def _current_study(self) -> str:
        """Give the UID of the study of the browser's current row, else of what is shown."""
        stack = self.workspace.viewport.stack
        uid = self.browser.selected_study()
        return uid or (stack.headers[0].study_instance_uid if stack is not None else "")

    def _study_menu(self, study_uid: str, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Close Study", lambda: self.workspace.close_study(study_uid))
        menu.addAction("Make a Disc…", lambda: self._files.make_disc(study_uid))
        menu.addAction("Export…", lambda: self._data.export(study_uid))
        menu.addAction("De-identify…", lambda: self._data.deidentify(study_uid))
        menu.popup(at)

    def _canvas_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown = (
            "fit",
            "smooth",
            "texts",
            "explain",
            "copyImage",
            "copyPython",
            "savePng",
            "export",
        )
        for name in (*shown, "showKeys"):
            menu.addAction(self.menus.action(name))
        menu.popup(at)

    def _settings_changed(self) -> None:
        self.workspace.settings_changed()
        self._show_title()
        self._show_memory()

    def _find_tag(self) -> None:
        self._docks.show_tags()
        self.tag_panel.focus_search()

    def _filter_browser(self) -> None:
        self._docks.show_browser()
        self.browser.focus_filter()

    def _set_smooth(self) -> None:
        smooth = self.menus.action("smooth").isChecked()
        self.view.canvas.set_interpolation("smooth" if smooth else "nearest")

    def _set_texts(self) -> None:
        self.view.show_texts(self.menus.action("texts").isChecked())

    def _full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
