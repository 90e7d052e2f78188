"""What the system asks the application to open: before there is a window, and after."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="where no such events come")

_ROOT = Path(__file__).parents[2]

# An application is one for a process: that of these tests is another. The window ends itself once
# it was asked to open something as often as wanted; what it is asked then is printed.
_PROGRAM = """
import json, os
from PySide6.QtCore import QCoreApplication, QTimer, QUrl
from PySide6.QtGui import QFileOpenEvent
from viewer.cli import main
from viewer.ui import app
from viewer.ui.main_window import MainWindow

told = json.loads(os.environ["TOLD"])
asked = []

def send(urls):
    for url in urls:
        QCoreApplication.sendEvent(QCoreApplication.instance(), QFileOpenEvent(QUrl(url)))

class Window(MainWindow):
    def __init__(self, *args):
        send(told["before"])
        super().__init__(*args)
        if told["minimized"]:
            self.showMinimized()

    def show(self):
        super().show()
        after, told["after"] = told["after"], ()  # it is shown again to come to the front
        QTimer.singleShot(0, lambda: send(after))

    def open(self, paths):
        super().open(paths)
        document = self.workspace.document
        asked.append([[os.fsencode(path).decode("latin-1") for path in paths],
                      document is not None, self.isMinimized()])
        if len(asked) == told["times"]:
            QTimer.singleShot(0, self.close)
        elif told["again"]:
            send([told["again"]])

app.MainWindow = Window
main(told["arguments"])
print(json.dumps(asked))
"""


def asked(
    tmp_path: Path,
    *,
    before: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    again: str = "",
    times: int = 1,
    arguments: tuple[str, ...] = (),
    minimized: bool = False,
) -> list[tuple[list[str], bool, bool]]:
    """Run Negato; give what its window is asked to open, whether it did, and was minimized."""
    told = {
        "before": before,
        "after": after,
        "again": again,
        "times": times,
        "arguments": arguments,
        "minimized": minimized,
    }
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "TOLD": json.dumps(told),
    }
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env=environment,
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [tuple(one) for one in json.loads(done.stdout)]


def url(path: Path) -> str:
    return "file://" + str(path)


def test_what_is_sent_before_there_is_a_window_is_opened_in_it(
    tmp_path: Path, sample: Path
) -> None:
    assert asked(tmp_path, before=(url(sample),)) == [([str(sample)], True, False)]


def test_what_is_sent_to_the_window_is_opened(tmp_path: Path, sample: Path) -> None:
    index = sample / "DICOMDIR"
    found = asked(tmp_path, after=(url(sample),), again=url(index), times=2)
    assert [paths for paths, _, _ in found] == [[str(sample)], [str(index)]]


def test_several_at_once_are_opened_together_and_each_once(tmp_path: Path, sample: Path) -> None:
    files = sorted(path for path in sample.rglob("IM*"))[:4]
    sent = tuple(url(path) for path in (*files, files[0]))
    found = asked(tmp_path, before=sent[:2], after=sent[2:])
    assert found == [([str(path) for path in files], True, False)]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="where names are bytes")
def test_names_keep_their_bytes(tmp_path: Path, sample: Path) -> None:
    name = b"IM \xff\xe4%20"
    target = os.path.join(os.fsencode(tmp_path), name)
    with open(target, "wb") as copy:
        copy.write(next(sample.rglob("IM000000")).read_bytes())
    sent = f"file://{tmp_path}/IM%20%FF%E4%2520"
    found = asked(tmp_path, before=(sent,))
    assert [paths for paths, _, _ in found] == [[target.decode("latin-1")]]


def test_what_is_no_file_here_is_left(tmp_path: Path, sample: Path) -> None:
    found = asked(tmp_path, before=("https://example.org/IM1", url(sample)))
    assert [paths for paths, _, _ in found] == [[str(sample)]]


def test_a_minimized_window_comes_back(tmp_path: Path, sample: Path) -> None:
    assert asked(tmp_path, after=(url(sample),), minimized=True) == [([str(sample)], True, False)]
