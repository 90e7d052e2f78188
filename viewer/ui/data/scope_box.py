"""The choice of how much of what is open something is done with."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from viewer.dicom.catalogue import Catalogue
from viewer.dicom.stacks import Stack
from viewer.session.aside import Aside
from viewer.session.scopes import Scope, ScopeKind, at_frame, scopes_of
from viewer.session.workspace import Workspace
from viewer.ui.pace import Pace


class ScopeBox(QComboBox):
    """Lists the scopes that there are, and follows what is open and on screen.

    Parameters
    ----------
    kinds : collection of str
        Those that may be chosen.
    first : str
        The one that is chosen at first, where there is one.

    Signals
    -------
    chosenChanged
        ``scope`` may be another one.
    """

    chosenChanged = Signal()

    def __init__(
        self,
        workspace: Workspace,
        study_uid: str,
        kinds: Collection[ScopeKind],
        first: ScopeKind,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._study_uid = study_uid
        self._kinds = kinds
        self._wanted: ScopeKind = first
        self._scopes: list[Scope] = []
        self._stack: Stack | None = None  # that the scopes are of
        self._aside = Aside(self)
        self._follows = Pace(self._follow_frame, self)
        self.setAccessibleName("What is taken")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(24)
        self.activated.connect(self._choose)
        workspace.catalogueChanged.connect(self._read)
        workspace.documentChanged.connect(self._read)
        workspace.stackChanged.connect(self._read)
        workspace.pictureChanged.connect(self._follows.ask)
        self._read()

    @property
    def scope(self) -> Scope | None:
        """What is chosen; None while that is not known, or nothing is open."""
        place = self.currentIndex()
        return self._scopes[place] if 0 <= place < len(self._scopes) else None

    @property
    def stack(self) -> Stack | None:
        """The stack that a frame and a stack are of."""
        return self._stack

    def choose(self, kind: ScopeKind) -> None:
        """Choose a scope, as soon as there is one of this kind."""
        self._wanted = kind
        self._list(self._stack, tuple(self._scopes))

    def close_down(self) -> None:
        """Follow nothing more."""
        self._aside.close()

    def _choose(self, place: int) -> None:
        self._wanted = self._scopes[place].kind
        self.chosenChanged.emit()

    def _read(self) -> None:
        document, viewport = self._workspace.document, self._workspace.viewport
        catalogue = document.catalogue if document is not None else Catalogue()
        stack = viewport.stack
        work = partial(scopes_of, catalogue, stack, viewport.index, self._study_uid)
        self._aside.ask(work, partial(self._list, stack))

    def _list(self, stack: Stack | None, scopes: tuple[Scope, ...]) -> None:
        self._stack = stack
        self._scopes = [scope for scope in scopes if scope.kind in self._kinds]
        kinds = [scope.kind for scope in self._scopes]
        with QSignalBlocker(self):
            self.clear()
            self.addItems([scope.title for scope in self._scopes])
            wanted = self._wanted if self._wanted in kinds else kinds[0] if kinds else None
            self.setCurrentIndex(kinds.index(wanted) if wanted is not None else -1)
        self._follow_frame()
        self.chosenChanged.emit()

    def _follow_frame(self) -> None:
        """Name the frame that is on screen now."""
        viewport, first = self._workspace.viewport, next(iter(self._scopes), None)
        if first is None or first.kind != "frame" or self._stack is not viewport.stack:
            return
        assert self._stack is not None
        if first.frame != viewport.index + 1:
            self._scopes[0] = at_frame(first, self._stack, viewport.index)
            self.setItemText(0, self._scopes[0].title)
            if self.currentIndex() == 0:
                self.chosenChanged.emit()
