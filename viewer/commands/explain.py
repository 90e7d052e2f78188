"""`negato explain`: why a frame looks as it does, step by step, and a pixel's numbers."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from viewer.commands.one_frame import configure_frame, read_frame_as_asked
from viewer.dicom.errors import NegatoError
from viewer.imaging.explain import Explanation, explain
from viewer.plain_text import json_text, plain_line

_LONGEST = 1000  # characters of one text


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    configure_frame(parser)
    parser.add_argument(
        "--at",
        type=_position,
        metavar="ROW,COL",
        help="follow this pixel; 1,1 is the upper left one",
    )
    parser.add_argument("--json", action="store_true", help="write one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Explain the frame."""
    seen = read_frame_as_asked(arguments)
    point_rc = arguments.at
    rows, columns = seen.pixels.shape[:2]
    if point_rc is not None and not (0 <= point_rc[0] < rows and 0 <= point_rc[1] < columns):
        raise NegatoError(f"There is no such pixel; the frame has {rows} rows, {columns} columns.")
    found = explain(seen.pixels, seen.description, seen.voi, seen.voi_by, point_rc, seen.view)
    if arguments.json:
        sys.stdout.write(json_text(_as_json(found, arguments), indent=2) + "\n")
    else:
        sys.stdout.write(_as_text(found))
    return 0


def _position(text: str) -> tuple[int, int]:
    row, _, column = text.partition(",")
    try:
        return int(row) - 1, int(column) - 1
    except ValueError:
        raise argparse.ArgumentTypeError("give a row and a column, such as 120,64") from None


def _as_json(found: Explanation, arguments: argparse.Namespace) -> dict[str, object]:
    pixel = found.pixel_rc
    return {
        "file": arguments.file,
        "frame": arguments.frame,
        "at": None if pixel is None else [pixel[0] + 1, pixel[1] + 1],
        "steps": [asdict(step) for step in found.steps],
        "warnings": list(found.warnings),
    }


def _as_text(found: Explanation) -> str:
    width = max(len(step.title) for step in found.steps)
    lines = []
    for step in found.steps:
        first = step.value or step.text
        rest = [step.text if step.value else "", step.source]
        lines.append(f"{step.title:{width}}  {plain_line(first, _LONGEST)}")
        lines += [f"{'':{width}}  {plain_line(text, _LONGEST)}" for text in rest if text]
    lines += [f"warning: {plain_line(warning, _LONGEST)}" for warning in found.warnings]
    return "\n".join(lines) + "\n"
