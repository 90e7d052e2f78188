"""The soak: many series opened, used and closed in one real window; is all given back?

``xvfb-run -a python -m tests.soak [--series 200] [--seed 1] [--curve FILE.png]``. Exits with 1
where the window raised an exception, hung, grew, or left a process, thread, handle or
shared-memory segment behind.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from tests.soak.processes import Holdings, descendants, holdings, segments_and_files
from tests.soak.series import make_sources
from tests.soak.user import User, Wait
from viewer.session.settings import Settings
from viewer.ui import theme
from viewer.ui.collector import Collector
from viewer.ui.main_window import MainWindow
from viewer.workers.heap import share_one_heap

_STEP_MS = 15
_LONGEST_WAIT_S = 60.0
_MEASURED_EVERY = 5  # series
_SETTLE_S = 1.3  # the window gives memory back a second after all was closed
_FIRST_SHARE, _LAST_SHARE = 0.3, 0.8  # of the series: what counts as the start and the end
_GROWTH = 1.1


class Soak(QObject):
    """Drives a user through a number of series, and measures between them."""

    def __init__(self, window: MainWindow, user: User, series: int) -> None:
        super().__init__()
        self.measured: list[tuple[int, Holdings]] = []
        self.failures: list[str] = []
        self._window = window
        self._user = user
        self._script = self._run(series)
        self._wait: Wait = lambda: True
        self._waiting_since = time.monotonic()
        self._timer = QTimer(self, interval=_STEP_MS)
        self._timer.timeout.connect(self._step)
        self._timer.start()

    def _run(self, series: int) -> Iterator[Wait]:
        yield from self._user.everything()
        yield from self._measure(0)
        for number in range(1, series + 1):
            yield from self._user.one_series()
            if number % _MEASURED_EVERY == 0 or number == series:
                yield from self._measure(number)

    def _measure(self, number: int) -> Iterator[Wait]:
        self._window.workspace.close_all()
        until = time.monotonic() + _SETTLE_S
        yield lambda: time.monotonic() > until
        self.measured.append((number, holdings()))
        sys.stdout.write(json.dumps({"series": number, **asdict(self.measured[-1][1])}) + "\n")
        sys.stdout.flush()

    def _step(self) -> None:
        if not self._wait():
            if time.monotonic() - self._waiting_since > _LONGEST_WAIT_S:
                self._end("what was waited for did not come")
            return
        try:
            self._wait = next(self._script)
        except StopIteration:
            self._end()
        self._waiting_since = time.monotonic()

    def _end(self, failure: str = "") -> None:
        if failure:
            self.failures.append(failure)
        self._timer.stop()
        self._window.close()


def main() -> int:
    """Run, and say what was not given back."""
    arguments = _parser().parse_args()
    share_one_heap()
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app)
    with tempfile.TemporaryDirectory(prefix="soak-") as temporary:
        sources = make_sources(arguments.data or Path(temporary))
        before = _with_own_temporary_files(Path(temporary))
        store = QSettings(str(Path(temporary) / "soak.ini"), QSettings.Format.IniFormat)
        window = MainWindow(Settings(store))
        user = User(window, sources, Path(temporary), arguments.seed)
        soak = Soak(window, user, arguments.series)
        _hear_defects(soak.failures)
        collector = Collector()
        workspace = window.workspace
        workspace.documentChanged.connect(
            lambda: collector.collect_all(nothing_open=workspace.document is None)
        )
        window.show()
        began = time.monotonic()
        app.exec()
        collector.stop()
        failures = soak.failures + _left(before) + _grown(soak.measured, len(sources))
    if arguments.curve is not None:
        from tests.soak.curve import draw

        draw(soak.measured, arguments.curve)
    took = time.monotonic() - began
    counts = dict(user.done.most_common())
    sys.stdout.write(json.dumps({"seconds": round(took), "seed": arguments.seed, "did": counts}))
    sys.stdout.write("\n" + "".join(f"FAILED: {failure}\n" for failure in failures))
    return int(bool(failures))


def _with_own_temporary_files(folder: Path) -> set[str]:
    """Have temporary files made in a folder of ours; give what is there already."""
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder / "tmp")
    Path(tempfile.tempdir).mkdir()
    return segments_and_files()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.soak", description=__doc__)
    parser.add_argument("--series", type=int, default=200, help="how many are opened (200)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--curve", type=Path, help="draw the memory curve into this PNG")
    parser.add_argument("--data", type=Path, help="where what is opened is made and kept")
    return parser


def _hear_defects(failures: list[str]) -> None:
    """Count what would reach the crash handler as a failure."""

    def hear(kind: type[BaseException], error: BaseException, trace: object) -> None:
        failures.append(f"an exception: {kind.__name__}")
        sys.__excepthook__(kind, error, trace)  # type: ignore[arg-type]

    sys.excepthook = hear
    threading.excepthook = lambda told: hear(
        told.exc_type, told.exc_value or BaseException(), told.exc_traceback
    )


def _left(before: set[str]) -> list[str]:
    """Say which processes, threads and segments outlive the window."""
    left = []
    if children := descendants():
        left.append(f"{len(children)} processes are left")
    if (threads := threading.active_count()) > 1:
        left.append(f"{threads - 1} threads are left")
    if segments := segments_and_files() - before:
        left.append(f"{len(segments)} shared-memory segments or temporary files are left")
    return left


def _grown(measured: list[tuple[int, Holdings]], kinds: int) -> list[str]:
    """Hold the memory at the end against that of the start, once each kind has been open."""
    series = measured[-1][0]
    warm = [one for number, one in measured if kinds <= number <= series * _FIRST_SHARE]
    last = [one for number, one in measured if number > series * _LAST_SHARE]
    if not warm or not last:
        return []
    grown = []
    for name in ("window_mb", "handles", "threads"):
        first, end = (statistics.median(getattr(h, name) for h in some) for some in (warm, last))
        sys.stdout.write(f"{name}: {first:.0f} at the start, {end:.0f} at the end\n")
        if end > first * _GROWTH:
            grown.append(f"{name} grew from {first:.0f} to {end:.0f}")
    return grown


if __name__ == "__main__":
    sys.exit(main())
