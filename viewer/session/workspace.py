"""What one window works on: the open document, its viewport, the background work behind it.

The one place where a wish ("this frame of this stack, now") becomes requests,
and where results become signals in the GUI thread.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.dicom.errors import NegatoError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import Limits, with_limits
from viewer.dicom.native_frames import native_frame
from viewer.dicom.stacks import Stack
from viewer.imaging.voi_choice import sampled_frames
from viewer.session.document import Document
from viewer.session.finding import (
    find_instance,
    first_image,
    nothing_found,
    place_of,
    samples_of,
)
from viewer.session.hop import Hop
from viewer.session.looks import Looks
from viewer.session.messages import Messages
from viewer.session.presentation import states_for
from viewer.session.settings import Settings
from viewer.session.state_feed import StateFeed
from viewer.session.tag_feed import TagFeed
from viewer.session.thumbnails import Thumbnails
from viewer.session.viewport import Picture, ViewportState, resolve
from viewer.workers.child_pool import ChildPool
from viewer.workers.decode_service import DecodeService
from viewer.workers.frame_cache import FrameCache
from viewer.workers.scan import ScanItem
from viewer.workers.scan_children import ScanChildren
from viewer.workers.shown_window import is_shown_array

if TYPE_CHECKING:
    import numpy as np

    from viewer.imaging.frame import FrameDescription
    from viewer.session.media_news import MediaNews
    from viewer.workers.environment import Environment

# After the start: a child that nobody waits for would slow the first picture down
_SPARE_CHILD_MS = 1000
_ASIDE = "aside"  # the viewport of what is not on screen


class Workspace(Looks):
    """Owns document, viewport, cache and decode service of one window.

    Signals
    -------
    documentChanged
        Another document (or none) is open.
    catalogueChanged, progressChanged
        The document's catalogue or scan progress is new.
    stackChanged
        The viewport shows another stack, or the same one grown.
    pictureChanged
        What `picture` gives may be new.
    framesChanged
        More frames of the shown stack are ready.
    framesArrived
        (stack uid, index) of each frame that is ready, or cannot be, of any stack: a list.
    thumbnailReady
        A `Stack` whose thumbnail frame is in the cache.
    """

    documentChanged = Signal()
    catalogueChanged = Signal()
    progressChanged = Signal()
    stackChanged = Signal()
    framesChanged = Signal()
    framesArrived = Signal(object)
    thumbnailReady = Signal(object)

    def __init__(
        self,
        settings: Settings,
        parent: QObject | None = None,
        scan_children: ScanChildren | None = None,
        given_limits: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self._given_limits = tuple(given_limits)
        self.messages = Messages(self)
        self.document: Document | None = None
        self._hop = Hop(self)
        self._awaits_first = False  # what was opened last is to be shown when it comes
        self._arrived: deque[tuple[str, int]] = deque()  # frames, by stack uid, not told of yet
        self.cache = FrameCache(settings.memory_budget_bytes())
        self._pool = ChildPool(processes=2, limits=self.limits())
        self._spare_child = QTimer(self, singleShot=True, interval=_SPARE_CHILD_MS)
        self._spare_child.timeout.connect(self._pool.start)
        self._spare_child.start()
        if scan_children is None:
            scan_children = ScanChildren()
            scan_children.start()
        self._scan_children = scan_children
        self.tag_feed = TagFeed(self._pool, self._hop, self)
        self._state_feed = StateFeed(self._pool, self._hop, self.messages, self.pictureChanged.emit)
        self._media: MediaNews | None = None
        self._decoder = DecodeService(self._pool, self.cache, self._frame_done)
        self._thumbnails = Thumbnails(self._decoder, self.cache, self.thumbnailReady.emit)

    def open(self, paths: Sequence[str]) -> None:
        """Open ``paths`` beside what is open; what came from them before is replaced."""
        limits = self._pool.limits = self.limits()
        self._scan_children.set_limits(limits)
        self._pool.try_again()
        absolute = [os.path.abspath(path) for path in paths]
        is_new = self.document is None
        if self.document is None:
            self.document = self._new_document()
        else:
            self.try_again(absolute)
        self._awaits_first = True
        self.document.add(absolute, limits)
        if is_new:
            self.documentChanged.emit()

    def limits(self) -> Limits:
        """Give the limits for what is opened next: the settings', the command line's on top."""
        return with_limits(self.settings.limits(), self._given_limits)

    def settings_changed(self) -> None:
        """Keep to the settings' memory from now on; their limits hold for what is opened next."""
        self.cache.budget_bytes = self.settings.memory_budget_bytes()

    def cancel_scan(self) -> None:
        """Stop looking for more files; what was found stays open."""
        if self.document is not None:
            self.document.cancel()

    def close_study(self, study_uid: str) -> None:
        """Close one study and free its frames; all, where it is the last one."""
        if self.document is not None:
            self.document.close_study(study_uid)

    def try_again(self, places: Sequence[str]) -> None:
        """Have what failed read again, of the files at or below ``places``."""
        if isinstance(self.tag_feed.tags, NegatoError):
            self.tag_feed.clear()
        self.cache.forget_errors(places)
        self._thumbnails.ask_again()
        self._look()

    def close_all(self) -> None:
        """Close everything and free its memory."""
        if self.document is None:
            return
        self.document.close()
        self.document.deleteLater()
        self.document = None
        self._decoder.clear()
        self.cache.clear()
        for appearance in self.viewport.appearances.values():
            appearance.state_asked = None
        self.viewport = ViewportState(layers=self.viewport.layers)
        self._thumbnails.clear()
        self._awaits_first = False
        self.tag_feed.clear()
        self._watch_media()
        self.documentChanged.emit()
        self.stackChanged.emit()
        self.pictureChanged.emit()

    def close(self) -> None:
        """End all background work at once."""
        self._hop.close()
        if self._media is not None:
            self._media.close()
        if self.document is not None:
            self.document.close()
        self._decoder.close()
        self._pool.close()
        self._scan_children.close()

    def picture(self) -> Picture:
        """Give what the viewport shows now."""
        return resolve(self.viewport, self.cache, self._decoder.previews)

    def show(self, stack: Stack, index: int = 0) -> None:
        """Show ``stack`` from frame ``index`` (from 0)."""
        self._awaits_first = False
        self._turn_to(stack, index)

    def step(self, frames: int) -> None:
        """Scroll by ``frames``."""
        if self.viewport.step(frames):
            self._look()

    def go_to(self, index: int) -> None:
        """Scroll to frame ``index`` (from 0)."""
        if self.viewport.go_to(index):
            self._look()

    def look_aside(self, stack: Stack, index: int) -> None:
        """Have frame ``index`` of ``stack`` decoded, and what follows it, beside what is shown."""
        self._decoder.look_at(stack, index, viewport=_ASIDE)

    def end_looking_aside(self) -> None:
        """Need no more frames beside those that are shown."""
        self._decoder.look_away(_ASIDE)

    def step_stack(self, by: int) -> None:
        """Turn to the next (1) or previous (-1) stack."""
        stacks = self.document.stacks() if self.document is not None else []
        uids = [stack.uid for stack in stacks]
        current = self.viewport.stack
        if current is None or current.uid not in uids:
            return
        place = uids.index(current.uid) + by
        if 0 <= place < len(stacks):
            self.show(stacks[place])

    def states(self) -> tuple[InstanceHeader, ...]:
        """Give the presentation states that are open for the shown stack, newest first."""
        if self.document is None or self.viewport.stack is None:
            return ()
        return states_for(self.document.catalogue, self.viewport.stack)

    def target_of(self, state: InstanceHeader) -> tuple[Stack, int] | None:
        """Give the first open image that a presentation state is for."""
        if self.document is None:
            return None
        uids = {reference.sop_instance_uid for reference in state.references}
        return find_instance(self.document.catalogue, uids) if uids else None

    def apply_state(self, header: InstanceHeader | None) -> None:
        """Show the stack through a presentation state; None: as its files say."""
        stack = self.viewport.stack
        if stack is None:
            return
        appearance = self.viewport.appearance
        if header is not None:
            self._state_feed.read(header, appearance)
        else:
            appearance.present(None)
            self.pictureChanged.emit()

    def want_thumbnail(self, stack: Stack, *, later: bool = False) -> None:
        """Have the middle frame of ``stack`` decoded, for its thumbnail."""
        self._thumbnails.want(stack, later=later)

    def thumbnail_frame(self, stack: Stack) -> tuple[np.ndarray, FrameDescription] | None:
        """Give the pixels that a thumbnail is made of, whole or reduced; None without any."""
        return self._thumbnails.frame(stack)

    def examine(self, tell: Callable[[Environment], None]) -> None:
        """Find out what Negato runs on; ``tell`` is called in another thread."""
        from viewer.workers.environment import examine_in  # not at the start, which needs none

        examine_in(self._pool, self.cache.budget_bytes, tell)

    def _prepare_for(self, found: Sequence[ScanItem]) -> None:
        """Have a child started as soon as a frame will need one; in the scan's thread."""
        headers = (item for item in found if isinstance(item, InstanceHeader))
        one_each = {header.series_instance_uid: header for header in headers}
        limits = self._pool.limits
        if not all(native_frame(header, limits) for header in one_each.values()):
            self._pool.start()

    def _turn_to(self, stack: Stack, index: int) -> None:
        before = self.viewport.stack
        if before is None or before.uid != stack.uid:
            self.tag_feed.clear()  # never the tags of another series beside the picture
        self.viewport.show(stack, index)
        self.stackChanged.emit()
        self._look()

    def _look(self) -> None:
        stack = self.viewport.stack
        if stack is None:
            return
        if len(stack):
            self._decoder.look_at(stack, self.viewport.index, self.viewport.direction)
        header = stack.header(self.viewport.index) if len(stack) else stack.headers[0]
        picture_first = bool(len(stack)) and self.cache.get(stack, self.viewport.index) is None
        self.tag_feed.read(header.path, header, pause_first=picture_first)
        self.pictureChanged.emit()

    def _frame_done(self, stack_uid: str, index: int) -> None:
        self._arrived.append((stack_uid, index))
        self._hop.post(self._frames_ready)

    def _frames_ready(self) -> None:
        """Tell once of all frames that have arrived: they may come faster than they are shown."""
        arrived = [self._arrived.popleft() for _ in range(len(self._arrived))]
        shown = self.viewport.stack
        indices = {index for uid, index in arrived if shown is not None and uid == shown.uid}
        if shown is not None and indices:
            telling = {self.viewport.index}
            if self.viewport.appearance.choice is None:
                telling.update(sampled_frames(len(shown)))
            if indices & telling:
                self.pictureChanged.emit()
            self.framesChanged.emit()
        self._thumbnails.arrived(arrived)
        self.framesArrived.emit(arrived)

    def _new_document(self) -> Document:
        document = Document(self._hop, self, self._scan_children, self._prepare_for)
        document.catalogueChanged.connect(self._catalogue_changed)
        document.progressChanged.connect(self.progressChanged)
        document.pathsFound.connect(self._remember)
        document.nothingFound.connect(self._say_nothing_found)
        return document

    def _remember(self, paths: Sequence[str]) -> None:
        for path in reversed(paths):
            if not is_shown_array(path):
                self.settings.add_recent(path)

    def _say_nothing_found(self, paths: Sequence[str]) -> None:
        """Say it where the picture of something else is seen; else it is said in its place."""
        if self.document is not None and self.viewport.stack is not None:
            self.messages.post(nothing_found(self.document.catalogue, paths), "error")

    def _catalogue_changed(self) -> None:
        assert self.document is not None
        if self.document.is_closed:
            self.close_all()
            return
        # the first picture waits for nothing; one that takes another's place has its row by then
        rows_first = self.viewport.stack is not None
        if rows_first:
            self.catalogueChanged.emit()
        self._follow_catalogue()
        self._forget_what_left()
        if not rows_first:
            self.catalogueChanged.emit()

    def _follow_catalogue(self) -> None:
        """Keep the frame on screen while its stack grows; show the first image when it comes."""
        assert self.document is not None
        catalogue, shown = self.document.catalogue, self.viewport.stack
        place = place_of(catalogue, shown, self.viewport.index) if shown is not None else None
        if shown is not None and place is not None and place[0] is not shown:
            self.viewport.take_over(shown, place[0])
        first = self.document.first if self._awaits_first else None
        if first is not None:
            self._awaits_first = False
            self._turn_to(*first)
        elif place is None:
            self._show_any(first_image(catalogue))
        elif place[0] is not shown:
            self._turn_to(*place)

    def _show_any(self, first: tuple[Stack, int] | None) -> None:
        """Show an image where there is none on screen, or the one that was has been closed."""
        if first is not None:
            self._turn_to(*first)
        elif self.viewport.stack is not None:
            self.viewport.stack, self.viewport.index = None, 0
            self.tag_feed.clear()
            self.stackChanged.emit()
            self.pictureChanged.emit()

    def _watch_media(self) -> None:
        """Look after the roots of what is open, once all of it is."""
        if self._media is None:
            from viewer.session.media_news import MediaNews  # not before the first picture

            self._media = MediaNews(self._hop, self.messages, self._is_back)
        document = self.document
        self._media.watch(samples_of(document.catalogue, document.roots) if document else {})

    def _is_back(self, roots: list[str]) -> None:
        """Have what failed meanwhile read again."""
        if self.document is not None:
            self._pool.try_again()
            self.try_again(roots)

    def _forget_what_left(self) -> None:
        """Free what is kept of stacks that are no more: closed, or changed since."""
        assert self.document is not None
        if self.document.progress.running:
            return
        self._watch_media()
        kept = {stack.uid for stack in self.document.stacks()}
        if self.cache.stack_uids() - kept:
            self._decoder.retain(kept)
            self._thumbnails.retain(kept)
        for uid in self.viewport.appearances.keys() - kept:
            self.viewport.appearances.pop(uid).state_asked = None
