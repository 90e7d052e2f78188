"""The settings: privacy, limits, memory. Nothing but "Clear Now" takes effect before OK.

What the settings are, and how they are kept, is `session.settings`' matter.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.dicom.limits import DEFAULT_LIMITS, LIMIT_TITLES
from viewer.session.settings import DEFAULT_BUDGET_MB, LEAST_BUDGET_MB, MOST_BUDGET_MB, Settings
from viewer.ui.literal import tooltip
from viewer.ui.plain_label import PlainLabel

_MIB = 1 << 20
_VALUE_WIDTH_PX = 170
_LIMITS_HINT = (
    "What a file may cost before it is refused. A change holds for what is opened next; "
    "limits given on the command line go before these."
)
_MEMORY_HINT = (
    "Decoded frames are kept for scrolling. Beyond this, the ones not seen for the longest "
    "time are decoded again when they are needed."
)
_PRIVACY_HINT = (
    "Paths and names of files may hold names of patients. Without the name, the title says "
    "the series alone, also in the system's list of windows."
)


class SettingsDialog(QDialog):
    """Edits the user's settings, and keeps them on OK."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setObjectName("settingsDialog")
        self.setWindowTitle("Settings")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._privacy = _PrivacyPage(settings, self)
        self._limits = _LimitsPage(settings, self)
        self._memory = _MemoryPage(settings, self)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("settingsPages")
        self.tabs.addTab(self._privacy, "&Privacy")
        self.tabs.addTab(self._limits, "&Limits")
        self.tabs.addTab(self._memory, "&Memory")
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel | kinds.RestoreDefaults, parent=self)
        buttons.setObjectName("settingsButtons")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        buttons.button(kinds.RestoreDefaults).clicked.connect(self.restore_defaults)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tabs)
        layout.addWidget(buttons)
        self.resize(780, 600)

    def restore_defaults(self) -> None:
        """Show the defaults on every page; OK keeps them."""
        for page in (self._privacy, self._limits, self._memory):
            page.restore_defaults()

    def accept(self) -> None:
        """Keep what was changed."""
        for page in (self._privacy, self._limits, self._memory):
            page.keep(self._settings)
        super().accept()


class _PrivacyPage(QWidget):
    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._recent = QCheckBox("&Remember what was opened and where pictures were saved", self)
        self._recent.setObjectName("rememberRecent")
        self._recent.setChecked(settings.remembers_recent())
        self._clear = QPushButton("Clear Now", self)
        self._clear.setObjectName("clearRecent")
        self._clear.setAutoDefault(False)
        self._clear.setEnabled(bool(settings.recent()))
        self._clear.clicked.connect(lambda: self._forget(settings))
        self._title = QCheckBox("Show the patient's &name in the window's title", self)
        self._title.setObjectName("patientInTitle")
        self._title.setChecked(settings.names_patient_in_title())
        row = QHBoxLayout()
        row.addWidget(self._recent)
        row.addStretch()
        row.addWidget(self._clear)
        layout = QVBoxLayout(self)
        layout.addWidget(_hint(_PRIVACY_HINT, self))
        layout.addLayout(row)
        layout.addWidget(self._title)
        layout.addStretch()

    def restore_defaults(self) -> None:
        self._recent.setChecked(True)
        self._title.setChecked(True)

    def keep(self, settings: Settings) -> None:
        settings.set_remembers_recent(self._recent.isChecked())
        settings.set_names_patient_in_title(self._title.isChecked())

    def _forget(self, settings: Settings) -> None:
        settings.clear_recent()
        self._clear.setEnabled(False)


class _LimitsPage(QWidget):
    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        limits = settings.limits()
        self._rows = [_LimitRow(name, getattr(limits, name), self) for name in LIMIT_TITLES]
        table = QWidget(self)
        grid = QGridLayout(table)
        grid.setColumnStretch(0, 1)
        for number, row in enumerate(self._rows):
            for column, widget in enumerate(row.widgets()):
                grid.addWidget(widget, number, column)
        area = QScrollArea(self)
        area.setObjectName("limitsArea")
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(table)
        for widget in (area.viewport(), table):  # as the page behind it
            widget.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.addWidget(_hint(_LIMITS_HINT, self))
        layout.addWidget(area)

    def restore_defaults(self) -> None:
        for row in self._rows:
            row.reset()

    def keep(self, settings: Settings) -> None:
        for row in self._rows:
            row.keep(settings)


class _LimitRow:
    """Title, value and default of one limit, and what puts that back."""

    def __init__(self, name: str, value: float, parent: QWidget) -> None:
        title, unit, most = LIMIT_TITLES[name]
        self._name = name
        self._scale = _MIB if unit == "bytes" else 1
        self._default = getattr(DEFAULT_LIMITS, name) / self._scale
        self._label = PlainLabel(title, parent)
        self._spin = QDoubleSpinBox(parent)
        self._spin.setObjectName(f"limit_{name}")
        self._spin.setAccessibleName(title)
        self._spin.setToolTip(tooltip(name))
        self._spin.setDecimals(1 if unit == "s" else 0)
        self._spin.setRange(0.1 if unit == "s" else 1, min(most / self._scale, 1e12))
        self._spin.setGroupSeparatorShown(True)
        self._spin.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        self._spin.setSuffix({"bytes": " MiB", "s": " s"}.get(unit, ""))
        self._spin.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._spin.setFixedWidth(_VALUE_WIDTH_PX)
        self._spin.setValue(value / self._scale)
        self._shown = self._spin.value()  # rounded: what is not touched is kept as it is
        self._label.setBuddy(self._spin)
        self._of_default = PlainLabel(f"default {DEFAULT_LIMITS.shown(name)}", parent)
        self._reset = QPushButton("Reset", parent)
        self._reset.setObjectName(f"reset_{name}")
        self._reset.setAccessibleName(f"Reset: {title}")
        self._reset.setAutoDefault(False)
        self._reset.clicked.connect(self.reset)
        self._spin.valueChanged.connect(self._follow)
        self._follow()

    def widgets(self) -> tuple[QWidget, ...]:
        return self._label, self._spin, self._of_default, self._reset

    def reset(self) -> None:
        self._spin.setValue(self._default)

    def keep(self, settings: Settings) -> None:
        if self._spin.value() != self._shown:
            settings.set_limit(self._name, self._spin.value() * self._scale)

    def _follow(self) -> None:
        self._reset.setEnabled(self._spin.value() != self._default)


class _MemoryPage(QWidget):
    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._budget = QSpinBox(self)
        self._budget.setObjectName("memoryBudget")
        self._budget.setRange(LEAST_BUDGET_MB, MOST_BUDGET_MB)
        self._budget.setSingleStep(256)
        self._budget.setGroupSeparatorShown(True)
        self._budget.setSuffix(" MB")
        self._budget.setValue(settings.memory_budget_bytes() >> 20)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        form.addRow(PlainLabel("Memory for decoded frames:", self), self._budget)
        self._budget.setAccessibleName("Memory for decoded frames")
        layout = QVBoxLayout(self)
        layout.addWidget(_hint(_MEMORY_HINT, self))
        layout.addLayout(form)
        layout.addStretch()

    def restore_defaults(self) -> None:
        self._budget.setValue(DEFAULT_BUDGET_MB)

    def keep(self, settings: Settings) -> None:
        settings.set_memory_budget_mb(self._budget.value())


def _hint(text: str, parent: QWidget) -> PlainLabel:
    label = PlainLabel(text, parent)
    label.setWordWrap(True)
    return label
