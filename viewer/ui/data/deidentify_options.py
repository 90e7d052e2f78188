"""The choice of what remains in files that are de-identified, with the key and the rules."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer.session.deidentify_order import DATES, OPTIONS
from viewer.session.settings import Settings
from viewer.ui.dialogs.file_dialogs import ask_file
from viewer.ui.literal import tooltip
from viewer.ui.plain_label import PlainLabel

_BASIC = (
    "The Basic Profile of DICOM (PS3.15 Annex E) takes out what identifies the patient. "
    "What is checked remains beside it:"
)
_KEY = "A secret, made where it is not there: with it, two runs give the same names."


class OptionsPage(QWidget):
    """Asks for the options of the profile.

    Signals
    -------
    changed
        Something else is chosen.
    """

    changed = Signal()

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._boxes = {option.name: QCheckBox(option.title, self) for option in OPTIONS}
        self._dates = QComboBox(self)
        self._dates.setObjectName("deidentifyDates")
        self._dates.setAccessibleName("Dates and times")
        self._dates.addItems([option.title for option in DATES])
        self._of_dates = PlainLabel(DATES[0].remains, self)
        self._dates.currentIndexChanged.connect(self._say_dates)
        self.key = FileLine(settings, "deidentifyKey", "Choose a key file", self)
        self.key.setToolTip(tooltip(_KEY))
        self.rules = FileLine(settings, "deidentifyRules", "Choose a file of rules", self)
        self._arrange()
        self.key.changed.connect(self.changed)
        self.rules.changed.connect(self.changed)

    def options(self) -> tuple[str, ...]:
        """Give the options that are chosen."""
        chosen = [name for name, box in self._boxes.items() if box.isChecked()]
        dates = DATES[self._dates.currentIndex()].name
        return (*chosen, dates) if dates else tuple(chosen)

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        for row, option in enumerate(OPTIONS):
            box = self._boxes[option.name]
            box.setObjectName(option.name)
            box.setAccessibleDescription(option.remains)
            box.toggled.connect(self.changed)
            grid.addWidget(box, row, 0)
            grid.addWidget(PlainLabel(option.remains, self), row, 1)
        dates = QHBoxLayout()
        label = PlainLabel("Dates are", self)
        label.setBuddy(self._dates)
        dates.addWidget(label)
        dates.addWidget(self._dates, 1)
        grid.addLayout(dates, len(OPTIONS), 0)
        grid.addWidget(self._of_dates, len(OPTIONS), 1)
        for row, (title, line, told) in enumerate(
            (
                ("Key file (optional):", self.key, _KEY),
                ("Rules (optional):", self.rules, "What to black out on the pictures of a device."),
            ),
            len(OPTIONS) + 1,
        ):
            grid.addWidget(PlainLabel(title, self), row, 0)
            right = QHBoxLayout()
            right.addWidget(line, 1)
            label = PlainLabel(told, self)
            label.setWordWrap(True)
            right.addWidget(label, 1)
            grid.addLayout(right, row, 1)
        layout = QVBoxLayout(self)
        basic = PlainLabel(_BASIC, self)
        basic.setWordWrap(True)
        layout.addWidget(basic)
        layout.addLayout(grid)
        layout.addStretch()

    def _say_dates(self, place: int) -> None:
        self._of_dates.setText(DATES[place].remains)
        self.changed.emit()


class FileLine(QWidget):
    """A line for the path of a file, with a button to choose one.

    Signals
    -------
    changed
        ``path`` is another one.
    """

    changed = Signal()

    def __init__(self, settings: Settings, name: str, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings, self._title = settings, title
        self._path = QLineEdit(self)
        self._path.setObjectName(name)
        self._path.setAccessibleName(title)
        self._path.textChanged.connect(self.changed)
        choose = QPushButton("Choose…", self)
        choose.setAccessibleName(title)
        choose.setAutoDefault(False)
        choose.clicked.connect(self._ask)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._path, 1)
        layout.addWidget(choose)

    @property
    def path(self) -> str:
        """What is chosen; "" for none."""
        return self._path.text().strip()

    def _ask(self) -> None:
        path = ask_file(self._settings, self, self._title)
        if path:
            self._path.setText(path)
