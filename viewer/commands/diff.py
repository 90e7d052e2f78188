"""``negato diff``: two headers side by side, for people, or as JSON lines.

What was asked for and how it is told. The comparing is `workers.difference`'s.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from viewer.commands.chosen_stack import chosen_stack, stacks_in
from viewer.commands.controlled import (
    INTERRUPTED,
    WRONG_USE,
    Cancelled,
    Progress,
    configure_control,
    counted,
    paths_of,
    read_order,
    signals_set,
    write_line,
)
from viewer.dicom.errors import NegatoError
from viewer.dicom.inspection.difference import (
    DIFFERING,
    SUBJECTS,
    Comparison,
    DifferenceRow,
    Tolerance,
    frames_note,
)
from viewer.dicom.inspection.difference_pairs import Pairs, paired_frames
from viewer.dicom.inspection.frame_places import WHOLE, FramePlace, from_order, headers_of
from viewer.dicom.regular_files import is_missing
from viewer.dicom.tags import tag_text
from viewer.plain_text import plain_line, whole_line
from viewer.standard_streams import say
from viewer.workers.difference import StoppedError, compare_pairs

_STAGES = {"search": "searched", "compare": "compared"}
_SIGNS = {"added": "+", "removed": "-", "changed": "~", "near": "≈", "unknown": "?"}
_COLOURS = {"added": "\x1b[32m", "removed": "\x1b[31m", "changed": "\x1b[33m"}
_PLAIN = "\x1b[0m"
_LONGEST = 200  # characters of a value for people
_MOST_ALONE = 5  # frames of one side that are named one by one


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("paths", nargs="*", metavar="A B", help="two files, or folders of a series")
    parser.add_argument(
        "--frames",
        nargs=2,
        type=_frame,
        metavar=("N", "M"),
        help="compare frame N of A with frame M of B, from 1 on, by their functional groups",
    )
    parser.add_argument(
        "--stack",
        nargs=2,
        metavar=("UID", "UID"),
        help="which stack or series of A, and of B, where there are several",
    )
    parser.add_argument(
        "--tolerance",
        type=_tolerance,
        default=Tolerance(),
        metavar="X",
        help="numbers that differ by no more are equal: 0.001, or 0.1%% of the larger",
    )
    parser.add_argument(
        "--ignore",
        type=_subjects,
        default=(),
        metavar="WHAT",
        help=f"differences that do not count, with commas: {', '.join(SUBJECTS)}",
    )
    parser.add_argument("--all", action="store_true", help="show what is equal as well")
    configure_control(parser)


def run(arguments: argparse.Namespace) -> int:
    """Compare. 0 where nothing differs, 1 where something does, 2 where that cannot be told."""
    stop = threading.Event()
    teller = _Teller(arguments)
    try:
        order = read_order(stop) if arguments.control else {"paths": arguments.paths}
        with signals_set(stop):
            pairs = _pairs(arguments, order, stop, teller.progress)
            found, problems = compare_pairs(
                pairs,
                arguments.tolerance,
                arguments.limits,
                stop.is_set,
                lambda done, of: teller.progress.tell("compare", done, of),
            )
    except (Cancelled, StoppedError):
        teller.end("cancelled", "Stopped.")
        return INTERRUPTED
    except NegatoError as error:
        teller.end("failed", str(error))
        return WRONG_USE
    counted_rows = teller.tell(found, pairs)
    differs = bool(counted_rows or pairs.only_a or pairs.only_b)
    teller.end("done", _message(counted_rows, found, pairs, problems), differs=differs)
    for problem in problems:
        say(f"negato: {whole_line(str(problem))}")
    return WRONG_USE if problems else int(differs)


def _pairs(
    arguments: argparse.Namespace, order: Mapping[str, Any], stop: threading.Event, told: Progress
) -> Pairs:
    """Give what is compared with what: as the order says, else as the paths do."""
    if "a" in order or "b" in order:
        try:
            return paired_frames(from_order(order.get("a")), from_order(order.get("b")))
        except ValueError as error:
            raise NegatoError(str(error)) from error
    paths = paths_of(order)
    if len(paths) != 2:
        raise NegatoError("Name two files, or two folders, to compare.")
    for path in paths:
        if is_missing(path):
            raise NegatoError("There is no such file or folder; check the path.", path)
    frames: Sequence[int] = arguments.frames or (0, 0)
    stacks: Sequence[str | None] = arguments.stack or (None, None)
    sides = []
    for path, frame, stack in zip(paths, frames, stacks, strict=True):
        absolute = os.path.abspath(path)
        if stack is None and not os.path.isdir(absolute):
            sides.append([FramePlace(absolute, frame - 1 if frame else WHOLE)])
            continue
        found = stacks_in(
            [absolute], arguments.limits, stop.is_set, lambda n: told.tell("search", n, 0)
        )
        places = headers_of(chosen_stack(found, stack))
        if frame and frame > len(places):
            raise NegatoError(f"It has no frame {frame}; it has {len(places)}.", path)
        sides.append([places[frame - 1]] if frame else places)
    return paired_frames(*sides)


class _Teller:
    """Tells of the work while it is done, of the differences, and of what came of it."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._as_json: bool = arguments.json
        self._all: bool = arguments.all
        self._ignored = frozenset(arguments.ignore)
        self.progress = Progress(_STAGES, as_json=arguments.json)

    def tell(self, found: Comparison, pairs: Pairs) -> int:
        """Tell the rows; give how many differ."""
        self.progress.clear()
        count = 0
        for note in found.notes:
            self._note(note)
        for letter, alone in (("A", pairs.only_a), ("B", pairs.only_b)):
            named = alone if self._as_json or len(alone) <= _MOST_ALONE else alone[:1]
            for place in named:
                frame = f", frame {place.frame + 1}" if place.frame >= 0 else ""
                others = f" and {len(alone) - 1:,} others" if len(named) < len(alone) else ""
                self._note(f"Only in {letter}: {place.path}{frame}{others}")
        colours = not self._as_json and sys.stdout.isatty() and "NO_COLOR" not in os.environ
        for row in found.told():
            counts = row.counts(self._ignored)
            count += counts
            shown = counts or (row.is_leaf and row.state in ("near", "unknown"))
            if self._as_json and (self._all or shown):
                write_line({"row": _as_json(row, found.pairs)})
            elif not self._as_json and (self._all or shown) and row.is_leaf:
                sys.stdout.write(_line(row, found.pairs, colours=colours))
        return count

    def _note(self, text: str) -> None:
        if self._as_json:
            write_line({"note": text})
        else:
            sys.stdout.write(f"! {whole_line(text)}\n")

    def end(self, result: str, message: str, *, differs: bool = False) -> None:
        """Tell what came of it."""
        self.progress.clear()
        if self._as_json:
            write_line({"result": result, "message": message, "differs": differs})
        elif result == "done":
            sys.stdout.write(f"{whole_line(message)}\n")
        else:
            first, *rest = message.split("\n")
            say("\n".join([f"negato: {whole_line(first)}", *map(whole_line, rest)]))


def _as_json(row: DifferenceRow, pairs: int) -> dict[str, Any]:
    return {
        "path": row.path,
        "depth": row.depth,
        "tag": tag_text(row.tag) if row.tag else "",
        "name": row.name,
        "vr": row.vr,
        "a": row.a,
        "b": row.b,
        "state": row.state,
        "subject": row.subject,
        "note": "; ".join(filter(None, (row.note, frames_note(row, pairs)))),
        "leaf": row.is_leaf,
        "frames": row.differing,
    }


def _line(row: DifferenceRow, pairs: int, *, colours: bool) -> str:
    sign = _SIGNS.get(row.state, " ")
    a, b = (plain_line(text, _LONGEST) for text in (row.a, row.b))
    values = {"added": b, "removed": a, "equal": a}.get(row.state, f"{a}  →  {b}")
    note = "; ".join(filter(None, (row.note, frames_note(row, pairs))))
    tag = f"{tag_text(row.tag)} {row.vr:2} " if row.tag else ""
    path = f"{row.path} {row.name}" if row.tag >> 16 & 1 else row.path  # which has no keyword
    line = f"{sign} {tag}{plain_line(path, 1024)}: {values}"
    line = f"{line.rstrip()}{f'  ({note})' if note else ''}"
    colour = _COLOURS.get(row.state, "") if colours else ""
    return f"{colour}{line}{_PLAIN if colour else ''}\n"


def _message(count: int, found: Comparison, pairs: Pairs, problems: Sequence[NegatoError]) -> str:
    rows = found.told()
    states = [row.state for row in rows if row.is_leaf]
    if count:
        told = counted(count, "difference", "differences")
    else:
        told = "No differences"
    extra = []
    ignored = sum(state in DIFFERING for state in states) - count
    near, unknown = states.count("near"), states.count("unknown")
    if ignored:
        extra.append(f"{ignored:,} ignored")
    if near:
        extra.append(f"{near:,} equal as numbers")
    if unknown:
        extra.append(f"{unknown:,} not compared")
    told += f" ({', '.join(extra)})" if extra else ""
    told += f" among {counted(len(states), 'element', 'elements')}"
    if found.pairs > 1 or pairs.by:
        told += f" of {counted(found.pairs, 'pair', 'pairs')} of frames, paired by {pairs.by}"
    alone = [
        f"{len(one):,} only in {name}"
        for name, one in (("A", pairs.only_a), ("B", pairs.only_b))
        if one
    ]
    told += f"; {' and '.join(alone)}" if alone else ""
    told += f"; {counted(len(problems), 'pair', 'pairs')} could not be compared" if problems else ""
    return f"{told}."


def _frame(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"frames are counted from 1 on, not {text!r}")
    return int(text)


def _tolerance(text: str) -> Tolerance:
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = -1.0
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(
            f"a tolerance is a number such as 0.001 or 0.1%, not {text!r}"
        )
    return Tolerance(relative=value / 100) if text.endswith("%") else Tolerance(absolute=value)


def _subjects(text: str) -> tuple[str, ...]:
    chosen = tuple(filter(None, (part.strip() for part in text.split(","))))
    unknown = [one for one in chosen if one not in SUBJECTS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"there is no {unknown[0]!r} to ignore; there are {', '.join(SUBJECTS)}"
        )
    return chosen
