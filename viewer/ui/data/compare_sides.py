"""What is compared: a stack that is open, or one of its frames, or a file."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QSpinBox, QWidget

from viewer.dicom.inspection.frame_places import WHOLE, FramePlace, headers_of, places_of
from viewer.dicom.stacks import Stack
from viewer.plain_text import person_name, plain_line
from viewer.session.workspace import Workspace
from viewer.ui.dialogs.file_dialogs import ask_file
from viewer.ui.drops import dropped_files
from viewer.ui.plain_label import PlainLabel

_ALL = "all frames"


class CompareSide(QWidget):
    """Chooses one side.

    Signals
    -------
    changed
        `places` gives something else.
    dropped
        The paths of files that were dropped here.
    """

    changed = Signal()
    dropped = Signal(object)

    def __init__(self, letter: str, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._letter = letter
        self._choices: list[Stack | str] = []  # a file by its path
        self.setAcceptDrops(True)
        self.combo = QComboBox(self)
        self.combo.setObjectName(f"compare{letter}")
        self.combo.setAccessibleName(f"What {letter} is")
        self.combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.combo.setMinimumContentsLength(16)
        self.combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.frame = QSpinBox(self)
        self.frame.setObjectName(f"compareFrame{letter}")
        self.frame.setAccessibleName(f"Frame of {letter}")
        self.frame.setSpecialValueText(_ALL)
        self.frame.setKeyboardTracking(False)
        file = QPushButton("File…", self)
        file.setObjectName(f"compareFile{letter}")
        file.setAccessibleName(f"Choose a file for {letter}")
        file.setAutoDefault(False)
        file.clicked.connect(self._ask)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(PlainLabel(letter, self))
        line.addWidget(self.combo, 1)
        line.addWidget(self.frame)
        line.addWidget(file)
        self.combo.currentIndexChanged.connect(self._turn)
        self.frame.valueChanged.connect(self.changed)

    @property
    def stack(self) -> Stack | None:
        """The stack that is chosen; None where it is a file."""
        chosen = self._chosen()
        return chosen if isinstance(chosen, Stack) else None

    def offer(self, stacks: Sequence[Stack]) -> None:
        """Offer the stacks that are open, and the files of before; keep what is chosen."""
        before, frame = self._chosen(), self.frame.value()
        files = [one for one in self._choices if isinstance(one, str)]
        with QSignalBlocker(self.combo):
            self._choices = [*stacks, *files]
            self.combo.clear()
            self.combo.addItems([_words(one) for one in self._choices])
        same = [at for at, one in enumerate(self._choices) if _key(one) == _key(before)]
        with QSignalBlocker(self.combo):
            self.combo.setCurrentIndex(same[0] if same else (0 if self._choices else -1))
        self._set_frames(frame if same else 0)
        if before is not None and not same:
            self.changed.emit()

    def choose(self, stack: Stack, frame: int) -> None:
        """Choose a stack and one of its frames, from 1 on; 0 for all."""
        for at, one in enumerate(self._choices):
            if isinstance(one, Stack) and one.uid == stack.uid:
                with QSignalBlocker(self.combo):
                    self.combo.setCurrentIndex(at)
                self._set_frames(frame)

    def choose_file(self, path: str) -> None:
        """Choose a file, whether it is open or not."""
        if path not in self._choices:
            self._choices.append(path)
            with QSignalBlocker(self.combo):
                self.combo.addItem(_words(path))
        with QSignalBlocker(self.combo):
            self.combo.setCurrentIndex(self._choices.index(path))
        self._turn()

    def state(self) -> tuple[Stack | str | None, int]:
        """Give what is chosen, for the other side."""
        return self._chosen(), self.frame.value()

    def restore(self, state: tuple[Stack | str | None, int]) -> None:
        """Choose what the other side had."""
        chosen, frame = state
        if isinstance(chosen, Stack):
            self.choose(chosen, frame)
        elif chosen is not None:
            self.choose_file(chosen)

    def places(self) -> list[FramePlace]:
        """Give what is to be compared; empty where nothing is chosen."""
        chosen = self._chosen()
        if isinstance(chosen, Stack):
            number = self.frame.value()
            if number and chosen.frames:
                place = places_of(chosen)[number - 1]
                return [place] if _has_groups(chosen, place) else [_whole(place)]
            return headers_of(chosen)
        return [FramePlace(chosen, WHOLE)] if chosen is not None else []

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt: files may be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt: files were dropped."""
        paths, _ = dropped_files(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def _chosen(self) -> Stack | str | None:
        at = self.combo.currentIndex()
        return self._choices[at] if 0 <= at < len(self._choices) else None

    def _turn(self) -> None:
        self._set_frames(0)
        self.changed.emit()

    def _set_frames(self, frame: int) -> None:
        stack = self.stack
        count = len(stack) if stack is not None else 0
        with QSignalBlocker(self.frame):
            self.frame.setRange(0 if count != 1 else 1, count)
            self.frame.setValue(frame)
        self.frame.setEnabled(count > 1)

    def _ask(self) -> None:
        path = ask_file(self._workspace.settings, self, f"Choose a file for {self._letter}")
        if path:
            self.choose_file(os.path.abspath(path))


def _has_groups(stack: Stack, place: FramePlace) -> bool:
    return any(one.path == place.path and one.frame_groups for one in stack.headers)


def _whole(place: FramePlace) -> FramePlace:
    return FramePlace(place.path, WHOLE, place.position_mm, place.instance_number)


def _key(choice: Stack | str | None) -> str | None:
    return choice.uid if isinstance(choice, Stack) else choice


def _words(choice: Stack | str) -> str:
    if isinstance(choice, str):
        return plain_line(choice)
    header = choice.headers[0]
    number = "" if header.series_number is None else f"{header.series_number} "
    what = header.series_description or choice.label or header.modality
    reason = f", {choice.split_reason}" if choice.split_reason else ""
    return plain_line(f"{number}{what}{reason} – {person_name(header.patient_name)}".rstrip(" –"))
