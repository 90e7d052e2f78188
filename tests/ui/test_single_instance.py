"""One window for all starts: paths are handed over, and what else comes is ignored."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.images import an_image
from viewer import handover
from viewer.handover import HEAD, MAGIC, MOST_BYTES, Handed, Listening, hand_over
from viewer.ui.main_window import MainWindow
from viewer.ui.opener import Opener
from viewer.ui.single_instance import PathServer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs sockets that are files")

_CANNOT_RAISE = pytest.mark.qt_log_ignore("This plugin does not support raise")  # offscreen
_ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep away from a window that someone has open."""
    monkeypatch.setenv("NEGATO_RUNTIME_DIR", str(tmp_path))
    for name in ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "negato"


class Window:
    """The half of a window that takes paths, and what it was given."""

    def __init__(self) -> None:
        self.taken: list[Handed] = []
        listening = hand_over(())
        assert isinstance(listening, Listening)
        self.server = PathServer(self.taken.append, listening)

    def paths(self) -> list[str]:
        return [path for handed in self.taken for path in handed.paths]


@pytest.fixture
def served(qtbot: QtBot) -> Iterator[Window]:
    """Give a window that takes paths."""
    window = Window()
    yield window
    window.server.close()


def in_thread(call: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    return thread, found


def from_another_start(qtbot: QtBot, *paths: str, anew: bool = False) -> object:
    """Do what a second start does, while the event loop of the first goes on."""
    thread, found = in_thread(lambda: hand_over(paths, anew=anew))
    qtbot.waitUntil(lambda: not thread.is_alive(), timeout=40_000)
    return found[0]


def raw_client(folder: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.connect(handover.socket_path(str(folder)))
    return client


def has_left(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_a_second_start_hands_its_paths_over(qtbot: QtBot, served: Window) -> None:
    assert from_another_start(qtbot, "/a", "b c") is True
    assert served.paths() == ["/a", os.path.abspath("b c")]


def test_names_that_are_no_text_arrive_as_they_are(qtbot: QtBot, served: Window) -> None:
    names = [os.fsdecode(b"/disc/\xff\xfe\n"), "/disc/" + "x" * 255]
    assert from_another_start(qtbot, *names) is True
    assert served.paths() == names


def test_a_start_without_paths_only_asks_for_the_window(qtbot: QtBot, served: Window) -> None:
    assert from_another_start(qtbot) is True
    assert served.taken == [Handed(())]


def test_the_token_of_the_desktop_is_handed_over(
    qtbot: QtBot, served: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "token-1")
    from_another_start(qtbot, "/a")
    assert served.taken == [Handed(("/a",), "token-1")]


def test_a_new_window_that_is_asked_for_is_opened(qtbot: QtBot, served: Window) -> None:
    assert from_another_start(qtbot, "/a", anew=True) is False
    assert served.taken == []


def test_more_paths_than_a_message_holds_open_a_window_of_their_own(
    qtbot: QtBot, served: Window
) -> None:
    paths = [f"/{number:0>250}" for number in range(5000)]
    assert from_another_start(qtbot, *paths) is False
    assert served.taken == []


def test_a_window_that_does_not_answer_is_not_waited_for() -> None:
    listening = hand_over(())
    assert isinstance(listening, Listening)
    listening.started()
    assert hand_over(["/a"]) is False
    listening.close()


def test_paths_handed_over_while_the_window_is_made_arrive(qtbot: QtBot) -> None:
    listening = hand_over(())
    assert isinstance(listening, Listening)
    threads = [in_thread(lambda n=n: hand_over([f"/{n}"]))[0] for n in range(20)]
    threads[0].join(handover.ANSWER_S * 1.5)
    assert threads[0].is_alive()  # longer than it would wait for a window that is there
    taken: list[Handed] = []
    server = PathServer(taken.append, listening)
    qtbot.waitUntil(lambda: not any(thread.is_alive() for thread in threads), timeout=20_000)
    assert sorted(path for handed in taken for path in handed.paths) == sorted(
        f"/{n}" for n in range(20)
    )
    server.close()


def test_what_a_crashed_window_has_left_is_replaced(folder: Path) -> None:
    handover.own_folder()
    left = socket.socket(socket.AF_UNIX)
    left.bind(handover.socket_path(str(folder)))
    left.close()
    listening = hand_over(["/a"])
    assert isinstance(listening, Listening)
    listening.close()


def test_a_closed_window_leaves_the_place_to_the_next(qtbot: QtBot) -> None:
    Window().server.close()
    listening = hand_over(["/a"])
    assert isinstance(listening, Listening)
    listening.close()


def test_the_socket_is_the_users_alone(folder: Path, served: Window) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    assert os.stat(handover.socket_path(str(folder))).st_mode & 0o777 == 0o600


@pytest.mark.parametrize("how", ["link", "open to others", "a file"])
def test_a_folder_that_others_could_have_made_is_not_used(folder: Path, how: str) -> None:
    if how == "link":
        (folder.parent / "theirs").mkdir(0o700)
        folder.symlink_to(folder.parent / "theirs")
    elif how == "open to others":
        folder.mkdir()
        folder.chmod(0o770)
    else:
        folder.write_text("")
    assert hand_over(["/a"]) is False


def test_a_folder_of_another_user_is_not_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir(0o700)
    uid = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    assert hand_over(["/a"]) is False


def test_windows_on_other_screens_do_not_meet(
    qtbot: QtBot, served: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":63")
    listening = hand_over(["/a"])
    assert isinstance(listening, Listening)
    listening.close()


GARBAGE = {
    "no message": b"GET / HTTP/1.1\r\n\r\n",
    "zeros": bytes(4096),
    "another version": HEAD.pack(b"NGT9", 3) + b"\0/a",
    "a length beyond the cap": HEAD.pack(MAGIC, MOST_BYTES + 1),
    "the longest length": HEAD.pack(MAGIC, 0xFFFFFFFF) + b"\0/a",
    "more than was said": HEAD.pack(MAGIC, 3) + b"\0/a" + b"x",
    "a relative path": HEAD.pack(MAGIC, 2) + b"\0a",
    "an empty path": HEAD.pack(MAGIC, 1) + b"\0",
    "a token without end": HEAD.pack(MAGIC, 1000) + b"t" * 1000,
}
HALVES = {
    "nothing": b"",
    "half a head": MAGIC + struct.pack(">H", 0),
    "half a body": HEAD.pack(MAGIC, 100) + b"\0/a",
}


@pytest.mark.parametrize("garbage", GARBAGE)
def test_case_46_garbage_on_the_socket_is_ignored(
    qtbot: QtBot, folder: Path, served: Window, garbage: str
) -> None:
    with raw_client(folder) as client:
        client.sendall(GARBAGE[garbage])
        qtbot.waitUntil(lambda: has_left(client), timeout=10_000)
    assert served.taken == []
    assert from_another_start(qtbot, "/a") is True


@pytest.mark.parametrize("half", HALVES)
def test_case_46_half_a_message_is_dropped_after_a_while(
    qtbot: QtBot, folder: Path, served: Window, half: str
) -> None:
    with raw_client(folder) as client:
        client.sendall(HALVES[half])
        qtbot.waitUntil(lambda: has_left(client), timeout=10_000)
    with raw_client(folder) as client:
        client.sendall(HALVES[half])
    assert from_another_start(qtbot, "/a") is True
    assert served.paths() == ["/a"]


def test_case_46_a_message_that_comes_in_pieces_is_taken(
    qtbot: QtBot, folder: Path, served: Window
) -> None:
    with raw_client(folder) as client:
        for byte in handover.encode(["/a"]):
            client.sendall(bytes([byte]))
            qtbot.wait(1)
        qtbot.waitUntil(lambda: served.paths() == ["/a"])


def test_case_46_who_left_before_the_answer_is_not_heard(
    qtbot: QtBot, folder: Path, served: Window
) -> None:
    with raw_client(folder) as client:  # it has opened a window of its own by now
        client.sendall(handover.encode(["/a"]))
    assert from_another_start(qtbot, "/b") is True
    assert served.paths() == ["/b"]


def test_case_46_many_silent_connections_keep_nobody_out(
    qtbot: QtBot, folder: Path, served: Window
) -> None:
    silent = []
    for _ in range(200):
        silent.append(raw_client(folder))
        qtbot.wait(1)
    assert from_another_start(qtbot, "/a") is True
    assert served.paths() == ["/a"]
    for client in silent:
        client.close()


@_CANNOT_RAISE
def test_handed_paths_are_opened_and_the_window_comes_forward(
    qtbot: QtBot, window: MainWindow, sample: Path
) -> None:
    opener = Opener(window, window.open)
    window.showMinimized()
    with qtbot.waitSignal(window.workspace.documentChanged):
        opener.take((str(sample),))
    assert list(window.workspace.document.paths) == [str(sample)]
    assert not window.windowState() & Qt.WindowState.WindowMinimized
    assert window.isVisible()


@_CANNOT_RAISE
def test_what_is_handed_over_at_once_is_opened_together(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    opened: list[list[str]] = []
    opener = Opener(widget, lambda paths: opened.append(list(paths)))
    opener.take(("/a", "/b"))
    opener.take(())
    opener.take(("/b", "/c"))
    qtbot.waitUntil(lambda: bool(opened))
    opener.take(("/d",))
    qtbot.waitUntil(lambda: len(opened) == 2)
    assert opened == [["/a", "/b", "/c"], ["/d"]]


def test_the_client_loads_neither_qt_nor_what_reads_files(qtbot: QtBot, served: Window) -> None:
    program = (
        "import sys, viewer.cli as cli\ncode = cli.main(['/'])\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "print(code, sorted(names & {'PySide6', 'numpy', 'pydicom', 'pickle'}))"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    thread, found = in_thread(
        lambda: subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            cwd=_ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    )
    qtbot.waitUntil(lambda: not thread.is_alive(), timeout=60_000)
    assert (found[0].stdout, found[0].stderr) == ("0 []\n", "")
    assert served.paths() == ["/"]


# a window that tells what is open once it is all there, and ends
_PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from viewer.ui.main_window import MainWindow
made = MainWindow.__init__
def make(self, *arguments):
    made(self, *arguments)
    self.asked = QTimer(self, interval=50)
    self.asked.timeout.connect(lambda: tell(self))
    self.asked.start()
def tell(window):
    document = window.workspace.document
    if document is not None and not document.progress.running:
        patients = document.catalogue.patients
        if len(patients) >= int(sys.argv[0]):
            window.asked.stop()
            names = (patient.name for patient in patients)
            print(*names, document.catalogue.ledger.seen, flush=True)
            window.close()
MainWindow.__init__ = make
sys.argv = sys.argv[1:]
from viewer.__main__ import main
main()
"""


@pytest.mark.parametrize("count", [2, 20])
def test_starts_at_once_end_in_one_window_with_all_studies(tmp_path: Path, count: int) -> None:
    """Double-clicks on files in folders of their own: each a study of its own."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    for number in range(count):
        (tmp_path / f"{number:02}").mkdir()
        an_image(tmp_path / f"{number:02}" / "IM1", f"P{number:02}")
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(count), str(tmp_path / f"{number:02}" / "IM1")],
            env=environment,
            cwd=_ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(count)
    ]
    said = [start.communicate(timeout=120)[0] for start in starts]
    assert [start.returncode for start in starts] == [0] * count
    (line,) = "".join(said).splitlines()
    assert line.split() == [*(f"P{number:02}" for number in range(count)), str(count)]
