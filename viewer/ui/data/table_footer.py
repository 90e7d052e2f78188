"""What stands below the metadata table: how far it is, what a column comes to, the way out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from viewer.ui.data.table_model import TableModel
from viewer.ui.literal import tooltip
from viewer.ui.plain_label import PlainLabel


class TableFooter(QWidget):
    """A sentence, totals and a button."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.status = PlainLabel("", self)
        self.totals = PlainLabel("", self)
        self.totals.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.export = QPushButton("&Export…", self)
        self.export.setAutoDefault(False)
        self.export.setEnabled(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.status, 1)
        layout.addWidget(self.totals)
        layout.addWidget(self.export)

    def say(self, sentence: str) -> None:
        """Say how far it is, or what came of it."""
        self.status.setText(sentence)
        self.status.setToolTip(tooltip(sentence))

    def total(self, model: TableModel, column: int) -> None:
        """Tell the number of rows, and what the numbers of a column come to."""
        shown, every = model.rowCount(), model.count
        rows = "1 row" if every == 1 else f"{every:,} rows"
        words = rows if shown == every else f"{shown:,} of {rows}"
        totals = model.totals(column)
        if totals is not None:
            words += (
                f"   {model.fields[column].title}: sum {totals.sum:,.6g}, mean {totals.mean:,.6g}, "
                f"min {totals.least:,.6g}, max {totals.greatest:,.6g}"
            )
        self.totals.setText(words)
        self.totals.setToolTip(tooltip(words))
