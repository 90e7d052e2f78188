"""What the Data menu does: headers looked at and compared, data taken out.

Each window is loaded when it is asked for: no first picture waits for them.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from viewer.session.workspace import Workspace


class DataActions:
    """Carries out the actions of the Data menu.

    Parameters
    ----------
    current_study : callable
        Gives the StudyInstanceUID of the study that the user is at; "" for none.
    """

    def __init__(
        self, workspace: Workspace, current_study: Callable[[], str], window: QWidget
    ) -> None:
        self._workspace = workspace
        self._current_study = current_study
        self._window = window

    def callbacks(self) -> dict[str, Callable[[], object]]:
        """Give what each action id does."""
        return {
            "showTable": self._table,
            "showMatrix": self._matrix,
            "compareHeaders": self._compare,
            "validate": self._validate,
            "export": lambda: self.export(self._current_study()),
            "deidentify": lambda: self.deidentify(self._current_study()),
        }

    def _table(self) -> None:
        from viewer.ui.data.table_window import show_table

        show_table(self._workspace, self._current_study(), self._window)

    def _matrix(self) -> None:
        from viewer.ui.data.matrix_window import show_matrix

        show_matrix(self._workspace, self._current_study(), self._window)

    def _compare(self) -> None:
        from viewer.ui.data.compare_window import show_comparison

        show_comparison(self._workspace, self._current_study(), self._window)

    def _validate(self) -> None:
        from viewer.ui.data.validation_panel import show_validation

        show_validation(self._workspace, self._current_study(), self._window)

    def export(self, study_uid: str) -> None:
        """Ask what of a study is to be exported."""
        from viewer.ui.data.export_dialog import show_export

        show_export(self._workspace, study_uid, self._window)

    def deidentify(self, study_uid: str) -> None:
        """Ask what is to be taken out of a study."""
        from viewer.ui.data.deidentify_dialog import show_deidentification

        show_deidentification(self._workspace, study_uid, self._window)
