"""Reports of Negato's own defects: exceptions that nobody was to see.

A report says which program it was, what kind of error, and where in the code. It never says what
the error is about: messages, values, and names of files may be a patient's. Telling the user is the
business of whoever installs this; crashes of native code are `native_crashes`' matter.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType

from viewer import __version__
from viewer.program import disc_root

EXIT_CODE = 70  # EX_SOFTWARE of sysexits.h
_KEPT = 10
_MOST_ERRORS, _MOST_FRAMES = 8, 40
_LIBRARIES = ("PySide6", "numpy", "pyqtgraph", "pydicom", "imagecodecs")


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a defect: its text, and where that was written ("": it could not be)."""

    title: str
    text: str
    path: str


class DefectLog:
    """Takes exceptions from any thread, and tells of each defect once.

    Parameters
    ----------
    tell : callable
        Is given each new `Report`, in the thread where the defect was met.
    folder : str
        Where reports are kept; "" for nowhere.
    """

    def __init__(self, tell: Callable[[Report], None], folder: str) -> None:
        self.tell = tell
        self.counts: dict[str, int] = {}  # how often each defect was met, by its stack
        self._folder = folder
        self._lock = threading.RLock()  # a finaliser may fail while it is held

    def take(self, error: BaseException, where: str = "") -> None:
        """Report ``error``, the first time that it is met; ``where`` names the thread."""
        stack = describe(error)
        with self._lock:
            self.counts[stack] = self.counts.get(stack, 0) + 1
            if self.counts[stack] > 1:
                return
        title = _class_name(error)
        thread = where or threading.current_thread().name
        text = f"{versions()}\nThread: {thread}\n\n{stack}\n"
        self.tell(Report(title, text, keep(text, self._folder)))


def install(tell: Callable[[Report], None], folder: str = "") -> DefectLog:
    """Have all exceptions that nobody catches reported; once more only changes who is told."""
    global _log  # noqa: PLW0603  # the interpreter's hooks are the process's, and so is this
    if _log is None:
        _log = DefectLog(tell, folder or reports_folder())
        sys.excepthook = _uncaught
        threading.excepthook = _uncaught_in_thread
        sys.unraisablehook = _unraisable
    _log.tell = tell
    return _log


def uninstall() -> None:
    """Give the interpreter its own hooks back."""
    global _log  # noqa: PLW0603  # see `install`
    _log = None
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__
    sys.unraisablehook = sys.__unraisablehook__


def handle(error: BaseException) -> None:
    """Report a defect that was caught so that other work goes on."""
    if _log is not None:
        _log.take(error)


def reports_folder() -> str:
    """Give the user's folder of reports; nothing is made. "" for a guest, who keeps none."""
    if disc_root() is not None:
        return ""
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
        return os.path.join(local, "Negato", "Reports")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Logs", "Negato")
    state = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(state):  # as the XDG Base Directory Specification has it
        state = os.path.join(home, ".local", "state")
    return os.path.join(state, "negato", "reports")


def kept_reports(folder: str) -> list[str]:
    """Give the paths of the kept reports, newest first."""
    if not folder:
        return []
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    found = sorted((name for name in names if name.startswith("report-")), reverse=True)
    return [os.path.join(folder, name) for name in found]


def keep(text: str, folder: str) -> str:
    """Write a report that the user alone can read, let the oldest go; "" where that fails."""
    if not folder:
        return ""
    stamp = f"{time.strftime('%Y%m%d-%H%M%S')}-{time.monotonic_ns() % 10**9:09}"
    path = os.path.join(folder, f"report-{stamp}-{os.getpid()}.txt")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:  # a read-only home: the report is told of all the same
        return ""
    try:
        with open(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:  # a full disc
        _remove(path)
        return ""
    for old in kept_reports(folder)[_KEPT:]:
        _remove(old)
    return path


def whereabouts(report: Report) -> str:
    """Say where a report is, and that it went nowhere else."""
    if disc_root() is not None:
        return "Run from a disc, Negato keeps no reports; nothing was sent."
    if not report.path:
        return "Its report could not be written to a file; nothing was sent."
    return f"Its report was written to {shortened(report.path)}; nothing was sent."


def shortened(path: str) -> str:
    """Give ``path`` with ~ for the user's folder, whose name may be that of a person."""
    home = os.path.expanduser("~")
    inside = home not in ("", os.sep) and path.startswith(home.rstrip(os.sep) + os.sep)
    return "~" + path[len(home.rstrip(os.sep)) :] if inside else path


def versions() -> str:
    """Say which program this is and what it runs on, a line each; nothing is loaded for that."""
    import platform  # takes 2 ms, which no start is to pay for

    loaded = (name for name in _LIBRARIES if name in sys.modules)
    libraries = [f"{name} {getattr(sys.modules[name], '__version__', '?')}" for name in loaded]
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    lines = [f"Negato {__version__}", f"Python {platform.python_version()}", *libraries, system]
    return "\n".join(lines)


def describe(error: BaseException) -> str:
    """Give the classes of an exception and of those before it, each with its stack."""
    parts = []
    for reason, one in _chain(error):
        frames = list(_frames(one.__traceback__))
        if len(frames) > _MOST_FRAMES:
            half = _MOST_FRAMES // 2
            frames[half:-half] = [f"  … {len(frames) - _MOST_FRAMES:,} more"]
        parts.append("\n".join([reason + _class_name(one), *frames]))
    return "\n".join(parts)


def _chain(error: BaseException) -> list[tuple[str, BaseException]]:
    found: list[tuple[str, BaseException]] = []
    waiting: list[tuple[str, BaseException]] = [("", error)]
    while waiting and len(found) < _MOST_ERRORS:
        reason, one = waiting.pop(0)
        if any(one is other for _, other in found):
            continue
        found.append((reason, one))
        if isinstance(one, BaseExceptionGroup):
            waiting += [("one of which: ", part) for part in one.exceptions]
        if one.__cause__ is not None:
            waiting.append(("caused by: ", one.__cause__))
        elif one.__context__ is not None and not one.__suppress_context__:
            waiting.append(("met while handling: ", one.__context__))
    return found


def _frames(traceback: TracebackType | None) -> Iterator[str]:
    """Give the stack, outermost call first: module:function:line."""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        module = traceback.tb_frame.f_globals.get("__name__", "?")
        yield f"  {module}:{code.co_qualname}:{traceback.tb_lineno}"
        traceback = traceback.tb_next


def _class_name(error: BaseException) -> str:
    kind = type(error)
    package = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return package + kind.__qualname__


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:  # another process was first, or it stays
        return


_log: DefectLog | None = None


def _uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
    else:
        handle(error.with_traceback(traceback))


def _uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    error = arguments.exc_value
    if error is not None and not isinstance(error, SystemExit) and _log is not None:
        _log.take(error, arguments.thread.name if arguments.thread is not None else "")


def _unraisable(arguments: sys.UnraisableHookArgs) -> None:
    if arguments.exc_value is not None:
        handle(arguments.exc_value)
