"""The choice of what is exported, in which format, with which look and names."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from viewer.imaging.turning import Turn
from viewer.session.aside import Aside
from viewer.session.export_order import (
    FORMATS,
    VALUES,
    ExportOrder,
    Format,
    Values,
    frames_of,
    missing_libraries,
    window_arguments,
)
from viewer.session.scopes import ScopeKind
from viewer.session.workspace import Workspace
from viewer.ui.data.export_more import MorePage
from viewer.ui.data.scope_box import ScopeBox
from viewer.ui.literal import tooltip
from viewer.ui.plain_label import PlainLabel

_NO_WINDOW = (
    "What is on screen is no plain window, or a presentation state: choose “as on screen” for it"
)


class ExportChoices(QWidget):
    """Asks for them.

    Signals
    -------
    changed
        Something else is chosen.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, study_uid: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace
        kinds: tuple[ScopeKind, ...] = ("frame", "stack", "series", "study", "all")
        self.scopes = ScopeBox(workspace, study_uid, kinds, "stack", self)
        self.scopes.setObjectName("exportScope")
        self._missing: frozenset[str] = frozenset()
        self._frames = QLineEdit(self)
        self._frames.setObjectName("exportFrames")
        self._frames.setPlaceholderText("all; 1-20,33")
        self._formats = QComboBox(self)
        self._formats.setObjectName("exportFormat")
        self._formats.addItems([form.title for form in FORMATS])
        self._values = QComboBox(self)
        self._values.setObjectName("exportValues")
        self._pattern = QLineEdit(self)
        self._pattern.setObjectName("exportPattern")
        self._pattern.setToolTip(
            "Fields: {modality} {series_number} {stack} {frame} {instance} {series_description} "
            "{body_part} {study_date} {file} {sop_uid}; nothing of the patient is in a name "
            "unless you ask for it: {patient_id}"
        )
        self._window = QCheckBox("Window and turn as on screen", self)
        self._overlays = QCheckBox("Overlays", self)
        self._shutter = QCheckBox("Shutter", self)
        self._replace = QCheckBox("Replace files that are there", self)
        self._replace.setObjectName("exportReplace")
        self._more_box = QGroupBox("More", self)
        self.more = MorePage(self._more_box)
        self._arrange()
        self._connect()
        layers = workspace.viewport.layers
        self._window.setChecked(True)
        self._overlays.setChecked(layers.overlays)
        self._shutter.setChecked(layers.shutter)
        self._follow_format()
        self._aside = Aside(self)
        self._aside.ask(missing_libraries, self._set_missing)

    @property
    def form(self) -> Format:
        """The format that is chosen."""
        return FORMATS[self._formats.currentIndex()]

    @property
    def values(self) -> Values:
        """Which values are written."""
        value: Values = self._values.currentData()
        return value

    def problem(self) -> str:
        """Say why nothing can be written so; "" where it can."""
        scope, form = self.scopes.scope, self.form
        if scope is None:
            return "Nothing is open that could be exported."
        if form.library in self._missing:
            return f"{form.title.split(':', maxsplit=1)[0]} {form.missing}."
        if not scope.images and form.kind != "copy":
            return "There are no pictures in it; its files can be copied as DICOM."
        if self.values == "screen" and scope.kind not in ("frame", "stack"):
            return "As on screen, a frame or a stack can be written. Choose one of them."
        try:
            frames_of(self._frames.text(), max(scope.images, 1))
        except ValueError as error:
            return str(error)
        return self.more.problem

    def order(self) -> ExportOrder | None:
        """Give what is chosen; None while nothing is open."""
        scope = self.scopes.scope
        if scope is None:
            return None
        form, values = self.form, self.values
        as_shown = self._window.isEnabled() and self._window.isChecked()
        viewport, picture = self._workspace.viewport, self._workspace.picture()
        return ExportOrder(
            scope,
            form,
            values,
            frames=self._frames.text().strip() if self._frames.isEnabled() else "",
            window=(window_arguments(viewport, picture) or ()) if as_shown else (),
            turn=picture.turn if as_shown else Turn(),
            overlays=self._overlays.isChecked(),
            shutter=self._shutter.isChecked(),
            pattern=self._pattern.text().strip(),
            replace=self._replace.isChecked(),
            steps=self.more.steps(values),
            more=self.more.arguments(form),
        )

    def chosen_frames(self, count: int) -> list[int]:
        """Give the frames (from 0) of a stack that are chosen; all where none are named."""
        return frames_of(self._frames.text(), count) or list(range(count))

    def close_down(self) -> None:
        """Follow nothing more."""
        self._aside.close()
        self.scopes.close_down()

    def _arrange(self) -> None:
        form = QFormLayout()
        for title, widget in (
            ("What", self.scopes),
            ("Frames", self._frames),
            ("Format", self._formats),
            ("Values", self._values),
            ("Names", self._pattern),
        ):
            form.addRow(PlainLabel(f"{title}:", self), widget)
            widget.setAccessibleName(title)
        layers = QHBoxLayout()
        for box in (self._window, self._overlays, self._shutter):
            layers.addWidget(box)
        layers.addStretch()
        inner = QVBoxLayout(self._more_box)
        inner.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addLayout(layers)
        layout.addWidget(self._replace)
        layout.addWidget(self._more_box)
        layout.addStretch()

    def _connect(self) -> None:
        self.scopes.chosenChanged.connect(self._follow)
        self._formats.currentIndexChanged.connect(self._follow_format)
        self._values.currentIndexChanged.connect(self._follow)
        for line in (self._frames, self._pattern):
            line.textChanged.connect(self.changed)
        for box in (self._window, self._overlays, self._shutter, self._replace):
            box.toggled.connect(self.changed)
        self.more.changed.connect(self.changed)

    def _set_missing(self, missing: frozenset[str]) -> None:
        """Say of formats that cannot be written what is to be installed."""
        self._missing = missing
        for place, form in enumerate(FORMATS):
            if form.library in missing:
                self._formats.setItemText(place, f"{form.title} ({form.missing})")
        self.changed.emit()

    def _follow_format(self) -> None:
        with QSignalBlocker(self._values):
            self._values.clear()
            for value in self.form.values:
                self._values.addItem(VALUES[value], value)
        self._values.setEnabled(len(self.form.values) > 1)
        of_frames = self.form.kind in ("pictures", "copy")
        usual = "{modality}_{series_number:03}"
        self._pattern.setPlaceholderText(f"{usual}_{{frame:04}}" if of_frames else usual)
        self.more.set_format(self.form)
        self._more_box.setVisible(self.form.kind in ("movie", "volume") or self.form.name == "jpeg")
        self._follow()

    def _follow(self) -> None:
        """Enable what means something for what is chosen."""
        scope, values = self.scopes.scope, self.values
        kind = scope.kind if scope is not None else ""
        self._frames.setEnabled(kind not in ("frame", ""))
        of_stack = kind in ("frame", "stack", "series")
        can = window_arguments(self._workspace.viewport, self._workspace.picture()) is not None
        self._window.setEnabled(values == "seen" and of_stack and can)
        self._window.setToolTip(tooltip("" if can else _NO_WINDOW))
        for box in (self._overlays, self._shutter):
            box.setEnabled(values == "seen")
        self._pattern.setEnabled(values != "screen")
        self.changed.emit()
