"""The command line: argv to a headless command, or to a request for the window.

Qt is imported only when a window is wanted.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn

from viewer import __version__
from viewer.file_urls import is_file_url, path_of
from viewer.handover import hand_over
from viewer.plain_text import whole_line
from viewer.program import disc_root, has_screen, is_application
from viewer.resources import resource
from viewer.standard_streams import discard, say

_COMMANDS = {
    "list": "show the catalogue and the ledger of files, folders or discs",
    "dump": "show the tags of a file",
    "check": "decode the images of files, folders or discs and report a line each",
    "render": "write a frame as a picture or an array",
    "explain": "say why a frame looks as it does, step by step",
    "table": "write the headers of many files as a table: CSV, JSON, Parquet or XLSX",
    "matrix": "show which attributes of a series vary from frame to frame, and how",
    "diff": "compare the headers of two files, frames or series",
    "validate": "say where files depart from the standard",
    "export": "write pictures, movies, arrays or copies of images",
    "disc": "write a disc: a folder with a DICOMDIR, to be burnt or copied",
    "anonymize": "write files without what tells who the patient is",
    "doctor": "say what Negato runs on and whether it works, for a report of a fault",
}
# likewise without a window, and written as an option
_OPTIONS = {
    "--licences": "print what Negato is made of, with the text of each licence",
    "--install-desktop": "have Negato in your menu, and offered for DICOM files and discs (Linux)",
    "--uninstall-desktop": "remove from there what --install-desktop put there",
}

INTERRUPTED = 130  # as shells have it: 128 + SIGINT


@dataclass(frozen=True, slots=True)
class LaunchRequest:
    """What a window is to open, and how."""

    paths: tuple[str, ...] = ()
    limits: tuple[tuple[str, str], ...] = ()  # names and values, as given
    new_window: bool = False


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with arguments in printable words: they may hold names of files."""

    def error(self, message: str) -> NoReturn:
        super().error(whole_line(message))


class _StandsAlone(argparse.Action):
    """An option that is a command, and so comes first; here it came later."""

    def __init__(self, option_strings: Sequence[str], dest: str, **given: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, **given)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        parser.error(f"{self.option_strings[0]} stands alone")


def main(argv: Sequence[str] | None = None) -> int:
    """Run Negato and give the exit code: 0, 1 for a failure, 2 for wrong use, 130 for Ctrl+C."""
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        arguments = [path_of(one) if is_file_url(one) else one for one in given]
    except ValueError as error:
        say(f"negato: {whole_line(str(error))}")
        return 1
    if arguments and (arguments[0] in _COMMANDS or arguments[0] in _OPTIONS):
        return _run_command(arguments[0], arguments[1:])
    return _open_window(_parse_window(arguments))


def _run_command(name: str, arguments: list[str]) -> int:
    from viewer.dicom.errors import NegatoError
    from viewer.dicom.limits import DEFAULT_LIMITS, with_limits

    module = import_module("viewer.commands." + name.lstrip("-").replace("-", "_"))
    text = (_COMMANDS | _OPTIONS)[name]
    parser = _Parser(f"negato {name}", description=f"{text[0].upper()}{text[1:]}.")
    module.configure(parser)
    _add_limits(parser)
    parsed = parser.parse_args(arguments)
    parsed.limits = with_limits(DEFAULT_LIMITS, parsed.limits)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that is not UTF-8
    try:
        code = int(module.run(parsed))
        sys.stdout.flush()  # here, where a failure can still be said
    except NegatoError as error:
        say(f"negato: {whole_line(str(error))}")
    except BrokenPipeError:  # who reads the output has seen enough
        discard(sys.stdout)
    except OSError as error:
        say(f"negato: The system refuses: {error.strerror or whole_line(str(error))}.")
        discard(sys.stdout)
    except KeyboardInterrupt:
        return INTERRUPTED
    else:
        return code
    return 1


def _parse_window(arguments: list[str]) -> LaunchRequest:
    commands = "\n".join(f"  {name:10}{text}" for name, text in _COMMANDS.items())
    parser = _Parser(
        "negato",
        description="Open DICOM files, folders and discs. Not for diagnosis.",
        epilog=f"without a window (negato COMMAND --help):\n{commands}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="file, folder, ZIP or disc")
    parser.add_argument("--sample", action="store_true", help="open the sample study")
    parser.add_argument(
        "--new-window", action="store_true", help="open a window even where there is one already"
    )
    _add_limits(parser)
    for option, text in _OPTIONS.items():
        parser.add_argument(option, action=_StandsAlone, help=text)
    parser.add_argument("--version", action="version", version=f"negato {__version__}")
    parsed = parser.parse_args(arguments)
    paths = [str(resource("sample"))] if parsed.sample else [*map(_as_meant, parsed.paths)]
    disc = disc_root()
    if disc is not None:  # a viewer on a disc is there to show it
        paths = paths or [disc]
    return LaunchRequest(tuple(paths), tuple(parsed.limits), parsed.new_window)


def _as_meant(path: str) -> str:
    r"""Give a drive of Windows its backslash back: in "D:\" it has escaped the quote behind it."""
    return path[:-1] + "\\" if sys.platform == "win32" and path.endswith('"') else path


def _add_limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--limit",
        dest="limits",
        action="append",
        default=[],
        type=_limit,
        metavar="NAME=VALUE",
        help="change what a file may cost, such as frame_bytes=1GiB; may be repeated",
    )


def _limit(text: str) -> tuple[str, str]:
    from viewer.dicom.limits import DEFAULT_LIMITS, with_limit

    name, _, value = text.partition("=")
    try:
        with_limit(DEFAULT_LIMITS, name, value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return name, value


def _open_window(request: LaunchRequest) -> int:
    missing = _missing(request.paths)
    if request.paths and len(missing) == len(request.paths):
        return 1
    if not has_screen():
        say(
            "negato: a window needs a screen, and none is set (DISPLAY, WAYLAND_DISPLAY); "
            "the commands (negato --help) need none"
        )
        return 1
    there = [path for path in request.paths if path not in missing]
    # an application of macOS is told what to open once it runs; one that has left would lose that
    anew = request.new_window or (not there and is_application())
    # a window with limits of its own is for these paths alone
    listening = not request.limits and hand_over(there, anew=anew)
    if listening is True:
        return 0
    paths = tuple(map(os.path.abspath, request.paths))
    _leave_working_folder()
    gc.disable()  # of what is loaded now, nothing is garbage: `app.run` goes on with it
    from viewer.dicom.limits import DEFAULT_LIMITS, with_limits
    from viewer.workers.heap import share_one_heap
    from viewer.workers.scan_children import ScanChildren

    share_one_heap()  # before the first thread
    scan_children = ScanChildren(with_limits(DEFAULT_LIMITS, request.limits))
    scan_children.start()  # it gets ready on another processor while Qt is loaded here
    try:
        from viewer.ui.app import run
    except ImportError as error:  # a library that Qt needs of the system
        say(
            f"negato: The window cannot be loaded ({error}). README.md names the libraries that "
            "it needs; negato doctor says what was found."
        )
        scan_children.close()
        if listening:
            listening.close()
        return 1
    code = run(paths, scan_children, limits=request.limits, listening=listening or None)
    if listening:
        listening.clear()
    return code


def _leave_working_folder() -> None:
    """Go home from another disc: it could not be ejected while a program works there."""
    home = os.path.expanduser("~")
    try:
        if os.stat(".").st_dev != os.stat(home).st_dev:
            os.chdir(home)
    except OSError:  # one of them is no more, or was never there
        os.chdir(os.path.abspath(os.sep))


def _missing(paths: Sequence[str]) -> list[str]:
    """Give the paths where nothing is, each one said."""
    if all(map(os.path.exists, paths)):
        return []
    from viewer.dicom.regular_files import is_missing, system_error

    missing = [path for path in paths if is_missing(path)]
    for path in missing:
        say(f"negato: {whole_line(path)}: {system_error(path, FileNotFoundError()).message}")
    return missing
