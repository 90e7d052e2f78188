"""pyqtgraph loaded for the canvas is pyqtgraph as everybody knows it, only quicker there."""

from __future__ import annotations

import subprocess
import sys


def _run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_its_mirrors_of_qt_give_the_names_of_qt() -> None:
    _run(
        "import viewer.ui.canvas.pyqtgraph_parts, pyqtgraph\n"
        "from PySide6 import QtCore, QtWidgets\n"
        "from pyqtgraph.Qt.QtGui import QPen\n"
        "assert pyqtgraph.Qt.QtWidgets.QSpinBox is QtWidgets.QSpinBox\n"
        "assert pyqtgraph.QtCore.QObject is QtCore.QObject\n"
        "assert not hasattr(pyqtgraph.QtCore, 'NoSuchName')\n"
        "assert 'QObject' in dir(QtCore)\n"
    )


def test_qts_classes_are_not_all_made() -> None:
    _run(
        "import viewer.ui.canvas.pyqtgraph_parts, pyqtgraph\n"
        "assert 'QWizard' not in vars(pyqtgraph.QtWidgets)\n"
    )


def test_its_plots_can_be_drawn() -> None:
    _run(
        "import os\n"
        "os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "import viewer.ui.canvas.pyqtgraph_parts, pyqtgraph\n"
        "application = pyqtgraph.mkQApp()\n"
        "plot = pyqtgraph.plot([1, 3, 2])\n"
        "assert not plot.grab().isNull()\n"
        "plot.close()\n"
    )
