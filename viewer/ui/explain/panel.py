"""Why does it look like this? The steps of the frame on screen, one below the other."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from viewer.imaging.explain import Explanation, explain
from viewer.imaging.explain_values import Step
from viewer.imaging.explain_view import View
from viewer.imaging.voi_choice import AUTOMATIC
from viewer.plain_text import plain_line
from viewer.session.viewport import Picture
from viewer.ui.plain_label import PlainLabel

_NOTHING = "Point at a picture to follow a pixel from the file to the screen."
_LONGEST = 400  # characters of one line
_BY_HAND = {"Manual": "set by hand"}  # as the list of windows says it


class ExplainPanel(QWidget):
    """Explains a picture, and the pixel that was pointed at last.

    It works only while it is visible.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = Picture()
        self._point_rc: tuple[float, float] | None = None
        self._rows: list[_StepRow] = []
        self._explanation: Explanation | None = None
        self._title = PlainLabel(_NOTHING, self)
        self._title.setObjectName("explainTitle")
        self._title.setWordWrap(True)
        self._warnings = PlainLabel(parent=self)
        self._warnings.setObjectName("explainWarnings")
        self._warnings.setWordWrap(True)
        self._copy = QPushButton("Copy as Text", self)
        self._copy.setObjectName("explainCopy")
        self._copy.clicked.connect(self._copy_text)
        self._steps = QVBoxLayout()
        self._steps.setSpacing(6)
        content = QWidget(self)
        inner = QVBoxLayout(content)
        inner.addWidget(self._title)
        inner.addLayout(self._steps)
        inner.addWidget(self._warnings)
        inner.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignLeft)
        inner.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self._show(None)

    def set_picture(self, picture: Picture) -> None:
        """Explain ``picture`` from now on."""
        self._picture = picture
        self._refresh()

    def point_at(self, point_rc: tuple[float, float] | None) -> None:
        """Follow the pixel at a frame position (as stored); None leaves the last one."""
        if point_rc is not None and point_rc != self._point_rc:
            self._point_rc = point_rc
            self._refresh()

    def text(self) -> str:
        """Give what is shown, as plain text."""
        return _text(self._explanation) if self._explanation is not None else ""

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what has changed while it was hidden."""
        super().showEvent(event)
        self._refresh()

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        picture = self._picture
        if picture.pixels is None or picture.description is None or picture.voi is None:
            self._show(None)
            return
        by = "" if picture.voi_name in ("", AUTOMATIC) else picture.voi_name
        explanation = explain(
            picture.pixels,
            picture.description,
            picture.voi,
            _BY_HAND.get(by, by) or "chosen from the presets",
            self._point_rc,
            _view(picture),
        )
        warnings = picture.geometry_notes + explanation.warnings
        self._show(replace(explanation, warnings=warnings))

    def _show(self, explanation: Explanation | None) -> None:
        self._explanation = explanation
        steps = explanation.steps if explanation is not None else ()
        while len(self._rows) < len(steps):
            row = _StepRow(self)
            self._rows.append(row)
            self._steps.addWidget(row)
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(steps))
            if number < len(steps):
                row.show_step(steps[number])
        message = self._picture.message
        self._title.setText(
            f"No picture: {plain_line(message, _LONGEST)}" if message else _heading(explanation)
        )
        warnings = explanation.warnings if explanation is not None else ()
        self._warnings.setText("\n".join(f"⚠ {plain_line(w, _LONGEST)}" for w in warnings))
        self._warnings.setVisible(bool(warnings))
        self._copy.setVisible(explanation is not None)

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.text())


class _StepRow(QFrame):
    """One step: title and value, what is done, which attribute says so."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._title, self._value, self._text, self._source = (
            PlainLabel(parent=self) for _ in range(4)
        )
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._value.setFont(font)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._source.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        for label in (self._title, self._value, self._text, self._source):
            label.hide()
            label.setWordWrap(label is not self._title)
        self._value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._title, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._value, 0, 1)
        grid.addWidget(self._text, 1, 0, 1, 2)
        grid.addWidget(self._source, 2, 0, 1, 2)

    def show_step(self, step: Step) -> None:
        """Show one step in place of the last."""
        _set(self._title, step.title)
        _set(self._value, step.value)
        _set(self._text, step.text)
        _set(self._source, step.source)


def _view(picture: Picture) -> View:
    layers = picture.layers
    return View(
        layers.shutter,
        layers.overlays,
        layers.graphics,
        picture.hidden_groups,
        picture.turn,
        picture.turn_by_hand,
        picture.state,
        picture.annotations,
        picture.area,
    )


def _set(label: PlainLabel, text: str) -> None:
    text = plain_line(text, _LONGEST)
    if label.text() != text:
        label.setText(text)
        label.setVisible(bool(text))


def _heading(explanation: Explanation | None) -> str:
    if explanation is None or explanation.pixel_rc is None:
        return _NOTHING
    row, column = explanation.pixel_rc
    return f"Row {row + 1}, column {column + 1}"


def _text(explanation: Explanation) -> str:
    lines = [_heading(explanation)]
    for step in explanation.steps:
        parts = (step.title, step.value, step.text, step.source)
        lines.append("\t".join(plain_line(part, _LONGEST) for part in parts))
    return "\n".join([*lines, *(plain_line(w, _LONGEST) for w in explanation.warnings)])
