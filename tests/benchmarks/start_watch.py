"""``python -m tests.benchmarks.start_watch PATH...``: Negato, ended once it has painted an image.

Prints the moment of that paint by the system's monotonic clock, which the
process that started this one reads too. Nothing of Negato is imported before
it imports it itself, so that its start is as it always is.
"""

from __future__ import annotations

import os
import sys
import time
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

_PAINTER = "viewer.ui.canvas.frame_item"


class _Watcher(MetaPathFinder):
    """Has the item that paints the frame report its first paint."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != _PAINTER:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def watched(module: Any) -> None:
                execute(module)
                _report_first_paint(module.FrameItem)

            spec.loader.exec_module = watched  # type: ignore[method-assign]
        return spec


def _report_first_paint(item: Any) -> None:
    paint = item.paint

    def painted(self: Any, painter: Any, option: Any, widget: Any = None) -> None:
        shown: list[object] = []
        render = self._render

        def rendered() -> object:
            shown.append(render())
            return shown[-1]

        self._render = rendered
        paint(self, painter, option, widget)
        self._render = render
        if shown[0] is not None:
            item.paint = paint
            _end(time.monotonic())

    item.paint = painted


def _end(moment: float) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    sys.stdout.write(f"{moment!r}\n")
    sys.stdout.flush()
    QTimer.singleShot(0, QApplication.closeAllWindows)


if __name__ == "__main__":
    sys.path[0] = os.getcwd()
    sys.meta_path.insert(0, _Watcher())
    from viewer.__main__ import main

    main()
