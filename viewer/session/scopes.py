"""How much of what is open something is done with: a frame, a stack, a series, a study, all.

Each scope has the files that it takes and their number. It may take a moment to find them: it is
for a thread beside the window's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from viewer.dicom.catalogue import Catalogue, Series
from viewer.dicom.stacks import Stack
from viewer.plain_text import plain_line

ScopeKind = Literal["frame", "stack", "series", "study", "all"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Some of what is open.

    Attributes
    ----------
    stacks : tuple of str
        Stack UIDs, where not all of what the files hold is meant.
    frame : int or None
        The only frame of the only stack that is meant, from 1.
    images, bytes : int
        Frames, and the size of the files.
    """

    kind: ScopeKind
    title: str
    paths: tuple[str, ...]
    images: int
    bytes: int
    stacks: tuple[str, ...] = ()
    frame: int | None = None

    def order(self, frames: str = "") -> dict[str, object]:
        """Give it as commands take it; ``frames``: those of a stack that are meant, "1-20,33"."""
        order: dict[str, object] = {"paths": list(self.paths)}
        if self.stacks:
            order["stacks"] = list(self.stacks)
        if self.frame is not None:
            order["frames"] = str(self.frame)
        elif frames:
            order["frames"] = frames
        return order


def scopes_of(
    catalogue: Catalogue, stack: Stack | None, index: int, study_uid: str
) -> tuple[Scope, ...]:
    """Give the scopes that there are, the smallest first.

    Parameters
    ----------
    stack, index
        What is on screen, the frame from 0; without one there are no frame, stack and series.
    study_uid : str
        Of the study that the user is at.
    """
    everything = [
        series
        for patient in catalogue.patients
        for study in patient.studies
        for series in study.series
    ]
    of_study = [
        series
        for patient in catalogue.patients
        for study in patient.studies
        if study.uid == study_uid
        for series in study.series
    ]
    own = next((s for s in everything if stack is not None and stack in s.stacks), None)
    scopes: list[Scope] = []
    if stack is not None and own is not None:
        if len(stack):
            scopes += _of_stack(own, stack, index)
        scopes.append(_scope("series", _named("This series", own), [own]))
    if of_study:
        scopes.append(_scope("study", "This study", of_study))
    scopes.append(_scope("all", "All that is open", everything))
    return tuple(scope for scope in scopes if scope.paths)


def at_frame(scope: Scope, stack: Stack, index: int) -> Scope:
    """Give the scope of a frame for another one (from 0) of the same stack."""
    return replace(scope, frame=index + 1, title=_frame_title(stack, index))


def _frame_title(stack: Stack, index: int) -> str:
    return f"This frame ({index + 1:,} of {len(stack):,})"


def _of_stack(series: Series, stack: Stack, index: int) -> list[Scope]:
    # the command finds the stack again from all files of its series, in their order
    paths, _ = _files([series])
    frame_bytes = stack.header(index).size // max(stack.header(index).number_of_frames or 1, 1)
    size = sum(header.size for header in stack.headers)
    frame = Scope(
        "frame",
        _frame_title(stack, index),
        paths,
        1,
        frame_bytes,
        (stack.uid,),
        index + 1,
    )
    words = plain_line(stack.split_reason, 60)
    title = f"This stack: {words}" if words else "This stack"
    return [
        frame,
        Scope("stack", _counted(title, len(stack)), paths, len(stack), size, (stack.uid,)),
    ]


def _scope(kind: ScopeKind, title: str, series: Sequence[Series]) -> Scope:
    paths, size = _files(series)
    images = sum(len(stack) for one in series for stack in one.stacks)
    return Scope(kind, _counted(title, images, len(paths)), paths, images, size)


def _files(series: Iterable[Series]) -> tuple[tuple[str, ...], int]:
    headers = {
        header.path: header.size
        for one in series
        for stack in one.stacks
        for header in stack.headers
    }
    return tuple(headers), sum(headers.values())


def _named(title: str, series: Series) -> str:
    words = plain_line(series.description, 60) or plain_line(series.modality, 16)
    return f"{title}: {words}" if words else title


def _counted(title: str, images: int, files: int | None = None) -> str:
    """Say how many there are: "This study (3 files, 500 images)"."""
    counts = [] if files is None else ["1 file" if files == 1 else f"{files:,} files"]
    counts.append("1 image" if images == 1 else f"{images:,} images")
    return f"{title} ({', '.join(counts)})"
