"""Which stack of what was named a command is about: the only one, or the one that was asked for.

The headers are read in a child process, as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from viewer.commands.controlled import Cancelled, counted
from viewer.dicom.catalogue import CatalogueBuilder
from viewer.dicom.errors import NegatoError, SourceError
from viewer.dicom.ledger import Skipped
from viewer.dicom.limits import Limits
from viewer.dicom.stacks import Stack
from viewer.plain_text import plain_line, whole_line
from viewer.standard_streams import say
from viewer.workers.scan import Stopped, scan_in_child

_MOST_NAMED = 20
_HARMLESS = frozenset(("not-dicom", "index", "viewer", "not-a-file", "duplicate", "archive"))


def stacks_in(
    paths: Sequence[str],
    limits: Limits,
    is_stopped: Callable[[], bool] = lambda: False,
    tell: Callable[[int], None] = lambda _count: None,
) -> list[Stack]:
    """Find the stacks of files, folders, archives or discs; say which files could not be read.

    Parameters
    ----------
    tell : callable
        Gets how many files were looked at, now and then.

    Raises
    ------
    NegatoError
        There is none, or not all could be searched.
    Cancelled
        ``is_stopped`` became true.
    """
    builder = CatalogueBuilder(limits)
    count = 0
    for batch in scan_in_child(paths, limits, is_stopped):
        for item in batch:
            if isinstance(item, Stopped):
                raise NegatoError(item.text)
            builder.add(item)
        count += len(batch)
        tell(count)
    if is_stopped():
        raise Cancelled
    catalogue = builder.snapshot()
    stacks = catalogue.stacks()
    unread = [one for one in catalogue.ledger.skipped if one.kind not in _HARMLESS]
    for one in unread[:_MOST_NAMED] if stacks else ():
        say(f"negato: {whole_line(one.path)}: {whole_line(one.reason)}")
    if len(unread) > _MOST_NAMED:
        say(f"negato: {len(unread) - _MOST_NAMED:,} more files could not be read.")
    if not stacks:
        raise SourceError(_why_nothing(catalogue.ledger.skipped), ", ".join(paths))
    return stacks


def chosen_stack(stacks: Sequence[Stack], uid: str | None, option: str = "--stack") -> Stack:
    """Give the stack with a UID of its own or of its series, or the only one.

    Raises
    ------
    NegatoError
        There is no such stack, or several.
    """
    fitting = list(stacks)
    if uid is not None:
        fitting = [one for one in stacks if uid in (one.uid, one.headers[0].series_instance_uid)]
    if len(fitting) == 1:
        return fitting[0]
    pictures = [one for one in fitting if len(one)]
    if len(pictures) == 1:
        return pictures[0]
    named = "\n".join(f"  {stack_words(one)}" for one in (fitting or stacks)[:_MOST_NAMED])
    if not fitting:
        raise NegatoError(f"There is no stack {uid}. There are:\n{named}")
    raise NegatoError(
        f"There are {len(fitting)} stacks; choose one with {option} and its UID:\n{named}"
    )


def stack_words(stack: Stack) -> str:
    """Say on one line what a stack is, its UID first."""
    header = stack.headers[0]
    what = header.series_description or stack.label or header.modality
    frames = counted(len(stack), "frame", "frames")
    reason = f", {stack.split_reason}" if stack.split_reason else ""
    return plain_line(f"{stack.uid}  ({what}{reason}, {frames})", 4096)


def _why_nothing(skipped: Sequence[Skipped]) -> str:
    if len(skipped) == 1:
        return skipped[0].reason
    return "Nothing that can be shown was found; choose what holds DICOM files."
