"""The parts of pyqtgraph that canvas and plots are made of, loaded without all of Qt's names.

pyqtgraph keeps mirrors of QtCore, QtGui and QtWidgets and fills them name by
name while it is imported. PySide makes a Python class when its name is first
asked for: the copy makes some 1,500 classes that nobody uses, 70 ms of the
start. The mirrors made here ask Qt for a name when they are asked for it.
"""

from __future__ import annotations

import sys
from functools import partial
from types import ModuleType

from PySide6 import QtCore, QtGui, QtWidgets

__all__ = ["GraphicsObject", "GraphicsView", "InfiniteLine", "PlotWidget", "ViewBox", "make_pen"]

_MIRRORED = (QtCore, QtGui, QtWidgets)


def _load() -> ModuleType:
    if "pyqtgraph" not in sys.modules:
        for module in _MIRRORED:
            name = module.__name__.replace("PySide6", "pyqtgraph.Qt")
            mirror = sys.modules[name] = ModuleType(name)
            mirror.__dict__["__getattr__"] = partial(getattr, module)
            module.__dict__["__dir__"] = list  # `dir` finds nothing to copy
    try:
        import pyqtgraph
    finally:
        for module in _MIRRORED:
            module.__dict__.pop("__dir__", None)
    return pyqtgraph


_pyqtgraph = _load()
GraphicsObject = _pyqtgraph.GraphicsObject
GraphicsView = _pyqtgraph.GraphicsView
InfiniteLine = _pyqtgraph.InfiniteLine
PlotWidget = _pyqtgraph.PlotWidget
make_pen = _pyqtgraph.mkPen
ViewBox = _pyqtgraph.ViewBox
