"""A window that a program has opened to show something: its own process, and what goes with it.

Between the program and the window stands a small guard process (this module, run by itself): it
starts the window, waits for its end and takes the folder of an array away then, however the
program or the window ended. ``close`` on its standard input ends the window; the end of that
input, which comes with the program's, does not.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import viewer
from viewer import program
from viewer.dicom.errors import NegatoError

_FOLDER = "negato-shown-"
_CLOSE = b"close\n"
_END_SECONDS = 10.0  # a window that does not end by then is made to


class ShownWindow:
    """A Negato window in a process of its own.

    It stays where this value, or the program, goes.
    """

    def __init__(self, path: str, folder: str = "") -> None:
        code = [sys.executable, "-P", "-m", "viewer.workers.shown_window", folder, path]
        self._guard = subprocess.Popen(
            code,
            stdin=subprocess.PIPE,
            bufsize=0,
            stdout=subprocess.DEVNULL,  # who waits for all that the program says
            stderr=subprocess.DEVNULL,  # would wait for the window as well
            env=_environment(),
            start_new_session=True,  # Ctrl+C in the program's terminal is not meant for it
        )
        self._lock = threading.Lock()
        # whoever drops this value leaves no child behind that nobody waits for
        self._waiting = threading.Thread(target=self._await, name="shown-window", daemon=True)
        self._waiting.start()

    def __repr__(self) -> str:
        return f"<Negato window, {'open' if self.is_open else 'closed'}>"

    @property
    def is_open(self) -> bool:
        """Whether the window is there, or about to be."""
        return self._waiting.is_alive()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the window is closed, at most ``timeout`` seconds; tell whether it is."""
        self._waiting.join(timeout)
        return not self.is_open

    def close(self) -> None:
        """Close the window, and wait until it is."""
        with self._lock:
            stream = self._guard.stdin
            if stream is not None and not stream.closed:
                try:
                    stream.write(_CLOSE)
                except OSError:  # it has just been closed
                    pass
        self._waiting.join()

    def _await(self) -> None:
        self._guard.wait()
        with self._lock:
            if self._guard.stdin is not None:
                self._guard.stdin.close()


def show_path(path: str) -> ShownWindow:
    """Open a file, folder, ZIP or disc in a window of its own.

    Raises
    ------
    NegatoError
        There is no such path, no screen, or no process to be had.
    """
    if not os.path.exists(path):
        raise NegatoError("There is no such file or folder.", path)
    _refuse_without_screen()
    return _started(os.path.abspath(path), "")


def show_written(write: Callable[[str], None], size: int) -> ShownWindow:
    """Open a file that ``write`` makes, of about ``size`` bytes, and that goes with the window.

    It lies in a folder that only this user can read: in memory where there is room, else among
    the temporary files.
    """
    _refuse_without_screen()
    folder = tempfile.mkdtemp(prefix=_FOLDER, dir=_parent(size))
    try:
        path = os.path.join(folder, "array.dcm")
        write(path)
        return _started(path, folder)
    except BaseException as error:  # an interrupt too must leave nothing behind
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise NegatoError(f"The array cannot be written: {error.strerror}.", folder) from error
        raise


def is_shown_array(path: str) -> bool:
    """Tell whether a path is that of an array's file, which is gone with its window."""
    return os.path.basename(os.path.dirname(path)).startswith(_FOLDER)


def _started(path: str, folder: str) -> ShownWindow:
    try:
        return ShownWindow(path, folder)
    except OSError as error:
        raise NegatoError(f"No window can be started: {error.strerror}.") from error


def _refuse_without_screen() -> None:
    if not program.has_screen():
        raise NegatoError(
            "A window needs a screen, and none is set (DISPLAY, WAYLAND_DISPLAY). "
            "Save pictures by `negato render` or `negato export` instead."
        )


def _parent(size: int) -> str | None:
    """Give the folder in memory, where there is one with room for ``size`` bytes."""
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    if sys.platform == "win32" or not os.path.isabs(folder) or not os.access(folder, os.W_OK):
        return None
    there = os.statvfs(folder)
    return folder if there.f_bavail * there.f_frsize > 2 * size else None


def _environment() -> dict[str, str]:
    """Have the guard and the window find this Negato, started from a folder of code or not."""
    root = str(Path(viewer.__file__).resolve().parents[1])
    paths = [root, os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def guard(folder: str, path: str) -> int:
    """Start the window, wait for its end, take ``folder`` away; give the window's exit code."""
    window: subprocess.Popen[bytes] | None = None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # by way of what follows
    try:
        window = subprocess.Popen(program.command("--new-window", path), stdin=subprocess.DEVNULL)
        threading.Thread(target=_listen, args=(window,), daemon=True).start()
        return window.wait()
    finally:
        if window is not None and window.poll() is None:
            window.kill()
            window.wait()
        if is_shown_array(os.path.join(folder, "array.dcm")):
            shutil.rmtree(folder, ignore_errors=True)


def _listen(window: subprocess.Popen[bytes]) -> None:
    """End the window where that is asked; by the descriptor, as `wait` must not be kept."""
    if os.read(0, len(_CLOSE)) != _CLOSE:
        return  # the program is gone: who looks at the window is not
    window.terminate()
    try:
        window.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        window.kill()


if __name__ == "__main__":
    sys.exit(guard(*sys.argv[1:3]))
