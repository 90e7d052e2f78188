"""What few need of an export: pictures a second, quality, and the steps of learning pipelines."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from viewer.session.export_order import Format, Values
from viewer.ui.plain_label import PlainLabel

_NORMALISE = (("", "no"), ("unit", "to 0 … 1"), ("zscore", "to mean 0, deviation 1"))
_DTYPES = ("as it comes", "float32", "float16", "float64", "int16", "uint16", "int32", "uint8")


class MorePage(QWidget):
    """Asks for them; what a format has no use for is hidden.

    Signals
    -------
    changed
        Something else is chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.problem = ""
        self._kind = ""
        self._form = QFormLayout(self)
        self._fps = QDoubleSpinBox(self, minimum=0, maximum=1000, value=0, decimals=1)
        self._fps.setSpecialValueText("as the file says")
        self._quality = QSpinBox(self, minimum=1, maximum=100, value=90)
        self._plain = QCheckBox("Without compression: quick, large", self)
        self._spacing = self._line(
            "exportSpacing", "as it is; 1 or 2.5,1,1 (slices, rows, columns)"
        )
        self._clip = self._line("exportClip", "none; -1000,400")
        self._normalise = QComboBox(self)
        self._normalise.setObjectName("exportNormalise")
        self._normalise.addItems([title for _, title in _NORMALISE])
        self._dtype = QComboBox(self)
        self._dtype.setObjectName("exportDtype")
        self._dtype.addItems(_DTYPES)
        for title, widget in (
            ("Pictures a second:", self._fps),
            ("Quality:", self._quality),
            ("", self._plain),
            ("Resample to spacing, mm:", self._spacing),
            ("Clip to range:", self._clip),
            ("Normalise:", self._normalise),
            ("Data type:", self._dtype),
        ):
            self._form.addRow(PlainLabel(title, self), widget)
            if title:
                widget.setAccessibleName(title.rstrip(":"))
        self._fps.valueChanged.connect(self.changed)
        self._quality.valueChanged.connect(self.changed)
        self._plain.toggled.connect(self.changed)
        for box in (self._normalise, self._dtype):
            box.currentIndexChanged.connect(self.changed)
        for line in (self._spacing, self._clip):
            line.textChanged.connect(self._check)

    def set_format(self, form: Format) -> None:
        """Show what this format has a use for."""
        is_volume = form.kind == "volume"
        self._kind = form.kind
        shown = {
            self._fps: form.kind == "movie",
            self._quality: form.name in ("jpeg", "webp"),
            self._plain: form.name in ("tiff", "npz", "nifti", "nrrd"),
            **dict.fromkeys((self._spacing, self._clip, self._normalise, self._dtype), is_volume),
        }
        for widget, is_shown in shown.items():
            self._form.setRowVisible(widget, is_shown)
        self._check()

    def arguments(self, form: Format) -> tuple[str, ...]:
        """Give what is chosen, as the command takes it."""
        arguments: list[str] = []
        if form.kind == "movie" and self._fps.value():
            arguments += ["--fps", f"{self._fps.value():g}"]
        if form.name in ("jpeg", "webp"):
            arguments += ["--quality", str(self._quality.value())]
        if form.name in ("tiff", "npz", "nifti", "nrrd") and self._plain.isChecked():
            arguments.append("--uncompressed")
        return tuple(arguments)

    def steps(self, values: Values) -> tuple[str, ...]:
        """Give the steps that the values of a volume take, in order; none where they stay."""
        if self._kind != "volume" or self.problem:
            return ()
        spacing, clip = _numbers(self._spacing.text()), _numbers(self._clip.text())
        steps = []
        if spacing:
            three = spacing * 3 if len(spacing) == 1 else spacing
            steps.append(f"resample = {{spacing_mm = [{_listed(three)}]}}")
        if clip:
            steps.append(f"clip = [{_listed(clip)}]")
        normalise = _NORMALISE[self._normalise.currentIndex()][0]
        if normalise:
            steps.append(f'normalise = "{normalise}"')
        if self._dtype.currentIndex():
            steps.append(f'dtype = "{_DTYPES[self._dtype.currentIndex()]}"')
        return (f'values = "{values}"', *steps) if steps else ()

    def _line(self, name: str, placeholder: str) -> QLineEdit:
        line = QLineEdit(self)
        line.setObjectName(name)
        line.setPlaceholderText(placeholder)
        return line

    def _check(self) -> None:
        self.problem = ""
        if self._kind == "volume":
            try:
                if len(_numbers(self._spacing.text())) not in (0, 1, 3):
                    self.problem = (
                        "The spacing is one number of mm, or three: slices, rows, columns."
                    )
                if len(_numbers(self._clip.text())) not in (0, 2):
                    self.problem = "The range is two numbers: -1000,400."
            except ValueError:
                self.problem = "Spacing and range are numbers with commas between: 2.5,1,1."
        self.changed.emit()


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")] if text.strip() else []


def _listed(numbers: list[float]) -> str:
    return ", ".join(f"{one:g}" for one in numbers)
