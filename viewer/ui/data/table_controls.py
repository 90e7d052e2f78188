"""What stands above the metadata table: what is read, what a row is, filter, columns, groups.

Widgets alone; what is done with what they say is `table_window`'s matter.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer.session.workspace import Workspace
from viewer.ui.data.scope_box import ScopeBox
from viewer.ui.literal import menu_title, tooltip

_LEVELS = (("file", "instance"), ("series", "series"), ("study", "study"))
_COLUMNS = (
    "PatientID; 0010,0020; RequestAttributesSequence[0].ScheduledProcedureStepID; "
    '(0019,"SIEMENS MR HEADER",0C); path, file, size, transfer_syntax, frames'
)


class TableControls(QWidget):
    """Two rows of controls."""

    def __init__(self, workspace: Workspace, study_uid: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.scope = ScopeBox(workspace, study_uid, ("series", "study", "all"), "study", self)
        self.folder = QPushButton("F&older…", self)
        self.folder.setToolTip(tooltip("Read a folder that is not open"))
        self.level = QComboBox(self)
        self.level.setAccessibleName("What a row is")
        for words, level in _LEVELS:
            self.level.addItem(f"A row for each {words}", level)
        self.again = QPushButton("&Read Again", self)
        for button in (self.folder, self.again):
            button.setAutoDefault(False)
        self.filter = _edit(self, "tableFilter", "Filter: text, or Column:text")
        self.adder = _edit(self, "tableColumns", "Add a column: keyword, tag or path")
        self.adder.setToolTip(tooltip(_COLUMNS))
        self.group = QComboBox(self)
        self.group.setAccessibleName("Group by")
        self.group.setMinimumContentsLength(16)
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.group.setSizeAdjustPolicy(policy)
        self._words = QStringListModel(self)
        completer = QCompleter(self._words, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.adder.setCompleter(completer)
        self._arrange()
        self.list_groups((), "")

    def name_folder(self, folder: str) -> None:
        """Say which folder is read in place of what is open; "" for none."""
        name = os.path.basename(folder) or folder
        self.folder.setText(menu_title(f"Folder: {name}…", 40) if folder else "F&older…")

    def know_columns(self, columns: Sequence[object]) -> None:
        """Take the columns that there are: lists, the titles first."""
        words = [str(one[0]) for one in columns if isinstance(one, list) and one]
        self._words.setStringList(words)

    def list_groups(self, titles: Sequence[str], chosen: str) -> None:
        """Offer columns to group by."""
        self.group.clear()
        self.group.addItem("No groups", "")
        for title in titles:
            self.group.addItem(menu_title(f"Group by {title}"), title)
        self.choose_group(chosen)

    def choose_group(self, title: str) -> None:
        """Show what is grouped by; "" for nothing."""
        self.group.setCurrentIndex(max(self.group.findData(title), 0))

    def _arrange(self) -> None:
        above, below = QHBoxLayout(), QHBoxLayout()
        for widget in (self.scope, self.folder, self.level):
            above.addWidget(widget)
        above.addStretch(1)
        above.addWidget(self.again)
        below.addWidget(self.filter, 2)
        below.addWidget(self.adder, 2)
        below.addWidget(self.group, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(above)
        layout.addLayout(below)


def _edit(parent: QWidget, name: str, words: str) -> QLineEdit:
    edit = QLineEdit(parent)
    edit.setObjectName(name)
    edit.setAccessibleName(words)
    edit.setPlaceholderText(words)
    edit.setClearButtonEnabled(True)
    return edit
