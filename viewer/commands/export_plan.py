"""Which files an export makes: their names and places, checked before anything is written.

Names come from `export_names`, what goes into the files is `export_writing`'s.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from viewer.commands.export_names import NamePattern, default_pattern
from viewer.commands.export_selection import Selected
from viewer.dicom.errors import NegatoError

SUFFIXES = {
    "png": (".png",),
    "jpeg": (".jpg", ".jpeg"),
    "tiff": (".tif", ".tiff"),
    "gif": (".gif",),
    "webp": (".webp",),
    "mp4": (".mp4",),
    "npy": (".npy",),
    "npz": (".npz",),
    "nifti": (".nii.gz", ".nii"),
    "nrrd": (".nrrd",),
    "dicom": (".dcm",),
}
A_FILE_A_FRAME = frozenset(("png", "jpeg"))
SEEN_FORMATS = frozenset(("png", "jpeg", "gif", "webp", "mp4"))  # as seen, unless asked otherwise
VOLUME_FORMATS = frozenset(("npy", "npz", "nifti", "nrrd"))


@dataclass(frozen=True, slots=True)
class Target:
    """A file that is to be written, and of which frames (from 0) of what."""

    path: str
    selected: Selected
    number: int  # of the stack in the selection, from 1 on
    frames: tuple[int, ...]


def plan(
    selected: Sequence[Selected],
    out: str,
    form: str,
    suffix: str,
    pattern: NamePattern | None,
    *,
    replace: bool,
) -> list[Target]:
    """Give every file to be written.

    Parameters
    ----------
    out : str
        A folder; or a file, where no more than one is to be written.
    suffix : str
        Of the names of files in a folder.

    Raises
    ------
    NegatoError
        There is nothing to write, two files would have one name, or one is there already.
    """
    units = list(_units(selected, form))
    if not units:
        raise NegatoError("There is nothing to export: no pictures are in what was chosen.")
    if _is_file(out, form, len(units)):
        one, number, frames = units[0]
        targets = [Target(os.path.abspath(out), one, number, frames)]
    else:
        name = pattern or default_pattern(
            several_stacks=len(selected) > 1, a_file_a_frame=form in (*A_FILE_A_FRAME, "dicom")
        )
        targets = _in_folder(units, os.path.abspath(out), suffix, name)
    _refuse_sources(targets, refuse_existing([one.path for one in targets], replace=replace))
    return targets


def _units(
    selected: Sequence[Selected], form: str
) -> Iterator[tuple[Selected, int, tuple[int, ...]]]:
    """Give what goes into a file each."""
    seen: set[str] = set()
    for number, one in enumerate(selected, 1):
        if form == "dicom":
            for frame in one.frames or (0,):
                header = one.stack.header(frame) if one.frames else one.stack.headers[0]
                if header.path not in seen:
                    seen.add(header.path)
                    yield one, number, (frame,)
        elif form in A_FILE_A_FRAME:
            for frame in one.frames:
                yield one, number, (frame,)
        elif one.frames:
            yield one, number, one.frames


def _is_file(out: str, form: str, count: int) -> bool:
    """Tell whether ``out`` names a file, and not the folder of files."""
    if os.path.isdir(out) or out.endswith(("/", os.sep)):
        return False
    name = os.path.basename(out).lower()
    if name.endswith(SUFFIXES[form]):
        if count == 1:
            return True
        raise NegatoError(f"{count:,} files are to be written; name a folder for them.", out)
    others = tuple(ending for endings in SUFFIXES.values() for ending in endings)
    if name.endswith(others):
        raise NegatoError(f"The name does not end as {form} files do: {SUFFIXES[form][0]}.", out)
    if os.path.lexists(out):
        raise NegatoError("This is a file; name a folder.", out)
    return False


def _in_folder(
    units: Sequence[tuple[Selected, int, tuple[int, ...]]],
    folder: str,
    suffix: str,
    pattern: NamePattern,
) -> list[Target]:
    taken: dict[str, str] = {}
    targets = []
    for one, number, frames in units:
        name = pattern.name(one, number, frames[0]) + suffix
        if name.casefold() in taken:
            raise NegatoError(
                f"Two files would have the name {name}; add a field that tells them apart, such as "
                "{stack} or {frame}, with --name."
            )
        taken[name.casefold()] = name
        targets.append(Target(os.path.join(folder, name), one, number, frames))
    return targets


def refuse_existing(paths: Sequence[str], *, replace: bool) -> list[str]:
    """Say why files cannot be written that are there already; give those to be replaced.

    Raises
    ------
    NegatoError
        There are some and they are not to be replaced, or cannot be.
    """
    there = [path for path in paths if os.path.lexists(path)]
    if there and not replace:
        others = f", and {len(there) - 1:,} more" if len(there) > 1 else ""
        raise NegatoError(
            f"There is a file of that name already{others}; choose another place, or replace "
            "what is there with --replace.",
            there[0],
        )
    for path in there:
        if os.path.isdir(path):
            raise NegatoError("There is a folder of that name; choose another place.", path)
    return there


def _refuse_sources(targets: Sequence[Target], there: Sequence[str]) -> None:
    if not there:
        return
    sources = {os.path.realpath(path) for target in targets for path in _sources(target)}
    for path in there:
        if os.path.realpath(path) in sources:
            raise NegatoError("This file is one of those to be exported; name another place.", path)


def _sources(target: Target) -> set[str]:
    return {header.path for header in target.selected.stack.headers}


def refuse_out(out: str, paths: Sequence[str], form: str) -> None:
    """Say why nothing can go there: nothing is named, or it would be read with what is named.

    Raises
    ------
    NegatoError
        With the folder, where it is its fault.
    """
    if not paths:
        raise NegatoError("Name what is to be exported: files, folders, archives or discs.")
    if form != "dicom":
        return
    inner = os.path.join(os.path.normcase(os.path.realpath(out)), "")
    for path in paths:
        outer = os.path.join(os.path.normcase(os.path.realpath(path)), "")
        if inner.startswith(outer):
            told = "It lies in what is to be exported and would be read with it; name another."
            raise NegatoError(told, out)


def ensure_folders(targets: Sequence[Target]) -> Callable[[], None]:
    """Make the folder of the targets; give what takes it away again where nothing is in it."""
    folder = os.path.dirname(targets[0].path)
    missing = []
    while not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for path in reversed(missing):
        os.mkdir(path)

    def take_away() -> None:
        for path in missing:
            try:
                os.rmdir(path)
            except OSError:  # something is in it, of ours or of others
                return

    return take_away
