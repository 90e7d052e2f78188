"""Put Negato into the user's own menu and "Open with", and take it out again, on a free desktop.

Owns the copies of ``resources/desktop`` in the user's data folder: desktop file, icons and MIME
types. Which program opens what by default is the user's and stays untouched, after removal too:
where Negato is the only one for DICOM the desktop takes it, and a choice of what is gone counts for
nothing. Packages bring the same files by themselves.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from viewer import program
from viewer.dicom.errors import NegatoError
from viewer.resources import resource

ENTRY = "applications/negato.desktop"
_FOLDERS = ("applications", "icons", "mime")  # metainfo is for catalogues of packages
_ICONS = "icons/hicolor"
_EXEC = re.compile(r"^Exec=negato\b", re.MULTILINE)
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9_@+:,./%-]+")
_ESCAPED_IN_QUOTES = re.compile(r'(["`$\\])')
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"})
_TOOLS = (
    ("update-mime-database", "mime", "shared-mime-info", "discs are not recognized"),
    ("update-desktop-database", "applications", "desktop-file-utils", "it is not offered"),
)
_TOOL_S = 60.0  # for what takes a second


def install() -> str:
    """Put the desktop file, icons and MIME types there, in place of older ones; say so in a line.

    Raises
    ------
    NegatoError
        If this system has no such folders, if they cannot be written, or if this Negato cannot be
        started from a menu.
    """
    home = _data_home()
    if program.disc_root() is not None:
        raise NegatoError(
            "This Negato is on a disc, and a menu would lose it with the disc: install it first."
        )
    if _brought_by_a_package():
        return "The package that Negato is from has put it into the menu: there is nothing to do."
    entry = _entry(_starts())
    for name, source in _delivered():
        target = home / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)  # a link is not written through
            target.write_bytes(entry if name == ENTRY else source.read_bytes())
        except OSError as error:
            raise _refused(target, error) from None
    said = f"Negato is in the menu, and offered for DICOM files and discs: {home / ENTRY}"
    return said + _refresh(home)


def uninstall() -> str:
    """Remove what `install` put there and nothing else; say so in a line.

    Raises
    ------
    NegatoError
        If this system has no such folders, or they cannot be written.
    """
    home = _data_home()
    removed = 0
    for name, _ in _delivered():
        target = home / name
        try:
            target.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise _refused(target, error) from None
        removed += 1
        _remove_empty(target.parent, home / _ICONS)
    if not removed:
        return f"There is nothing of Negato in {home}."
    return (
        f"Negato is no longer in the menu: {removed} files were removed from {home}{_refresh(home)}"
    )


def exec_value(arguments: Sequence[str]) -> str:
    """Write a command line as the value of the key Exec.

    Quoted and escaped by the Desktop Entry Specification, "The Exec key": an argument in double
    quotes, in which a quote, backtick, dollar and backslash have a backslash before them, and that
    as every string is once more.
    """
    if "%" in arguments[0]:  # GLib looks for the program before it reads %% as %
        arguments = ("sh", "-c", 'exec "$0" "$@"', *arguments)
    return " ".join(map(_quoted, arguments)).translate(_ESCAPES)


def _quoted(argument: str) -> str:
    argument = argument.replace("%", "%%")  # a single one stands for what is opened
    if _NEEDS_NO_QUOTES.fullmatch(argument):
        return argument
    return '"' + _ESCAPED_IN_QUOTES.sub(r"\\\1", argument) + '"'


def _data_home() -> Path:
    if sys.platform in ("win32", "darwin"):
        raise NegatoError(
            "This is for Linux: on Windows and macOS the installed program brings its associations."
        )
    home = os.environ.get("XDG_DATA_HOME", "")
    if os.path.isabs(home):  # a relative one is to be ignored: XDG Base Directory Specification
        return Path(home)
    return Path(os.path.expanduser("~"), ".local", "share")


def _brought_by_a_package() -> bool:
    folder = program.bundle_folder()  # PREFIX/lib/negato
    return folder is not None and os.path.exists(os.path.join(folder, "../../share", ENTRY))


def _starts() -> list[str]:
    """Give the command line that will start this Negato from a menu, from any folder."""
    image, folder = os.environ.get("APPIMAGE"), os.environ.get("APPDIR")
    if program.is_bundle():
        # what an AppImage holds is mounted somewhere else each time; another's may have started us
        mounted = image and folder and Path(sys.executable).is_relative_to(folder)
        return [image] if image and mounted else program.command()
    try:
        metadata.distribution("negato")
    except metadata.PackageNotFoundError:
        raise NegatoError(
            "Negato is not installed here, and a menu starts programs from any folder: "
            "install it first, as README.md says."
        ) from None
    return program.command()


def _entry(command: list[str]) -> bytes:
    """Give the desktop file for a command line; with that program gone, it counts for nothing."""
    delivered = resource("desktop").joinpath(ENTRY).read_text("utf-8")
    started = exec_value(command)
    text = _EXEC.sub(lambda _: f"Exec={started}", delivered)
    text = text.replace("\nExec=", f"\nTryExec={command[0].translate(_ESCAPES)}\nExec=", 1)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise NegatoError(
            "Negato lies in a folder whose name is not UTF-8, which a menu cannot hold: "
            "install it elsewhere."
        ) from None


def _delivered() -> Iterator[tuple[str, Path]]:
    """Give each file's place in the data folder and where its content is; the desktop file last."""
    delivered = resource("desktop")
    for folder in reversed(_FOLDERS):
        for source in sorted(delivered.joinpath(folder).rglob("*")):
            if source.is_file():
                yield source.relative_to(delivered).as_posix(), source


def _refused(target: Path, error: OSError) -> NegatoError:
    return NegatoError(
        f"{error.strerror}: it must be yours to write, or XDG_DATA_HOME name another folder.",
        str(target),
    )


def _remove_empty(folder: Path, top: Path) -> None:
    while folder.is_relative_to(top) and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _refresh(home: Path) -> str:
    """Renew what the desktop keeps of the files; say what could not be, and what that means."""
    missed = ""
    for tool, folder, package, meaning in _TOOLS:
        if (home / folder).is_dir() and not _run(tool, str(home / folder)):
            missed += f"; but {tool} (package {package}) did not run: {meaning} until it has"
    icons = home / _ICONS
    if icons.is_dir():
        os.utime(icons)  # a desktop that is running looks again
    if (icons / "icon-theme.cache").exists():  # where there is none, the folder itself is read
        _run("gtk-update-icon-cache", "--quiet", "--force", "--ignore-theme-index", str(icons))
    return missed


def _run(tool: str, *arguments: str) -> bool:
    found = shutil.which(tool)
    if found is None:
        return False
    try:
        return not subprocess.run(
            [found, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TOOL_S,
            check=False,
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False
