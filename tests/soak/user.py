"""A hurried user: opens, adds, scrolls, windows, searches, changes his mind; takes discs out,
and a child process dies now and then. Seeded, and driven by the window's own event loop.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from tests.soak.processes import descendants
from tests.soak.series import copy_to_vanish
from viewer.ui.main_window import MainWindow

Wait = Callable[[], bool]
Holder = Qt.KeyboardModifier

_ACTIONS_PER_SERIES = (8, 25)
_CLICK = 120  # of a wheel, in eighths of a degree
_WORDS = ("patient", "7fe0", "\u202e", "<b>", "0x", "uid", "zzzz")
_KEYS = "FTOUACWRHV0123"
_PATIENT = 0.7  # share of series that are waited for until they have been scanned


class User:
    """Does one thing after the other to a window.

    Parameters
    ----------
    sources : mapping of str to Path
        What may be opened, by name.
    scratch : Path
        A folder of his own, for copies that vanish while they are open.
    """

    def __init__(
        self, window: MainWindow, sources: Mapping[str, Path], scratch: Path, seed: int
    ) -> None:
        self.done: Counter[str] = Counter()
        self._window = window
        self._sources = sources
        self._scratch = scratch
        self._random = random.Random(seed)
        self._new = self._random.sample(sorted(sources), len(sources))  # each kind once, at first

    def everything(self) -> Iterator[Wait]:
        """Open each kind beside the others: no later heap is as large as that."""
        for name in sorted(self._sources):
            self._count(f"add {name}")
            self._window.open([str(self._sources[name])])
            yield self._settled()
        yield self._is_scanned
        yield self._has_picture

    def one_series(self) -> Iterator[Wait]:
        """Open something, play with it, close it; yields what is to be waited for."""
        name = self._new.pop() if self._new else self._random.choice(sorted(self._sources))
        self._count(f"open {name}")
        path = self._sources[name]
        vanishing = path.is_dir() and self._random.random() < 0.1
        if vanishing:
            path = copy_to_vanish(path, self._scratch)
        self._window.open([str(path)])
        if self._random.random() < _PATIENT:
            yield self._is_scanned
        for number in range(self._random.randint(*_ACTIONS_PER_SERIES)):
            if vanishing and number == 3:
                self._count("take the disc out")
                shutil.rmtree(path)
            self._act()
            yield self._settled()
        if self._random.random() < 0.9:
            self._count("close all")
            self._window.workspace.close_all()
            yield lambda: self._window.workspace.document is None

    def _act(self) -> None:
        acts = (
            (12, self._wheel),
            (6, self._window_drag),
            (6, self._key),
            (3, self._zoom),
            (2, self._jump),
            (2, self._next_series),
            (2, self._find_tag),
            (1, self._filter),
            (1, self._resize),
            (1, self._toggle_dock),
            (1, self._cancel_scan),
            (1, self._kill_child),
            (1, self._close_study),
            (1, self._add),
        )
        weights, choices = zip(*acts, strict=True)
        act = self._random.choices(choices, weights)[0]
        self._count(act.__name__.strip("_"))
        act()

    def _wheel(self) -> None:
        for _ in range(self._random.randint(1, 30)):
            self._post_wheel(self._random.choice((-_CLICK, _CLICK)), Holder.NoModifier)

    def _zoom(self) -> None:
        self._post_wheel(self._random.choice((-3, 2, 5)) * _CLICK, Holder.ControlModifier)

    def _post_wheel(self, angle: int, held: Holder) -> None:
        view = self._viewport()
        at = QPointF(view.rect().center())
        QApplication.postEvent(
            view,
            QWheelEvent(
                at,
                QPointF(view.mapToGlobal(at)),
                QPoint(),
                QPoint(0, angle),
                Qt.MouseButton.NoButton,
                held,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            ),
        )

    def _window_drag(self) -> None:
        button = self._random.choice((Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton))
        held = self._random.choice((Holder.NoModifier, Holder.NoModifier, Holder.ShiftModifier))
        view = self._viewport()
        at = QPointF(view.rect().center())
        self._mouse(QEvent.Type.MouseButtonPress, at, button, button, held)
        for _ in range(self._random.randint(2, 15)):
            at += QPointF(self._random.randint(-30, 30), self._random.randint(-30, 30))
            self._mouse(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, button, held)
        self._mouse(QEvent.Type.MouseButtonRelease, at, button, Qt.MouseButton.NoButton, held)

    def _mouse(
        self,
        kind: QEvent.Type,
        at: QPointF,
        button: Qt.MouseButton,
        buttons: Qt.MouseButton,
        held: Holder,
    ) -> None:
        view = self._viewport()
        event = QMouseEvent(kind, at, QPointF(view.mapToGlobal(at)), button, buttons, held)
        QApplication.postEvent(view, event)

    def _key(self) -> None:
        letter = self._random.choice(_KEYS)
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, ord(letter), Holder.NoModifier, letter.lower())
            QApplication.postEvent(self._window.view.canvas, event)

    def _jump(self) -> None:
        stack = self._window.workspace.viewport.stack
        if stack is not None and len(stack):
            self._window.workspace.go_to(self._random.randrange(len(stack)))

    def _next_series(self) -> None:
        self._window.workspace.step_stack(self._random.choice((-1, 1)))

    def _find_tag(self) -> None:
        self._window.tag_panel.search.setText(self._random.choice(_WORDS))

    def _filter(self) -> None:
        self._window.findChild(QLineEdit, "browserFilter").setText(
            self._random.choice(("", "", *_WORDS))
        )

    def _resize(self) -> None:
        self._window.resize(self._random.randint(700, 1366), self._random.randint(500, 768))

    def _toggle_dock(self) -> None:
        name = self._random.choice(("browserDock", "windowDock", "tagDock", "explainDock"))
        dock = self._window.findChild(QWidget, name)
        dock.setVisible(not dock.isVisible())

    def _cancel_scan(self) -> None:
        self._window.workspace.cancel_scan()

    def _add(self) -> None:
        """Open one or two more at once, beside what is open; it may be open already."""
        for _ in range(self._random.randint(1, 2)):
            self._window.open([str(self._random.choice(sorted(self._sources.values())))])

    def _close_study(self) -> None:
        stack = self._window.workspace.viewport.stack
        if stack is not None:
            self._window.workspace.close_study(stack.headers[0].study_instance_uid)

    def _kill_child(self) -> None:
        children = sorted(descendants())
        if children:
            try:
                os.kill(self._random.choice(children), signal.SIGKILL)
            except ProcessLookupError:
                self._count("kill too late")

    def _settled(self) -> Wait:
        """Mostly go on at once; sometimes look at the picture first."""
        if self._random.random() < 0.6:
            return lambda: True
        return self._has_picture

    def _has_picture(self) -> bool:
        workspace = self._window.workspace
        if workspace.document is None or not workspace.document.progress.running:
            stack = workspace.viewport.stack
            if stack is None or not len(stack):
                return True
        picture = workspace.picture()
        return picture.pixels is not None or bool(picture.message)

    def _is_scanned(self) -> bool:
        document = self._window.workspace.document
        return document is None or not document.progress.running

    def _viewport(self) -> QWidget:
        return self._window.view.canvas.viewport()

    def _count(self, what: str) -> None:
        self.done[what] += 1
