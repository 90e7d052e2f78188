"""`negato render`: one frame as a picture or an array, as the canvas would show it.

The file is read and decoded in a child process, as everywhere.
"""

from __future__ import annotations

import argparse
import io
import os
import sys

import numpy as np

from viewer.commands.one_frame import configure_frame, read_frame_as_asked
from viewer.dicom.errors import PixelError, SourceError
from viewer.formats.png import encode_png
from viewer.imaging import display, modality
from viewer.imaging.explain_view import View, count_objects
from viewer.imaging.files import write_whole
from viewer.imaging.frame import FrameDescription
from viewer.imaging.picture import picture_of
from viewer.imaging.presentation import DisplayedArea
from viewer.plain_text import plain_line


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    configure_frame(parser)
    parser.add_argument(
        "-o",
        dest="output",
        metavar="OUT.png",
        help="the picture, one pixel for each of the image's, without a state's annotations and "
        "displayed area; replaced if it exists. "
        "Without -o and --npy: FILE's name with .png, in the current folder",
    )
    parser.add_argument(
        "--npy",
        metavar="OUT.npy",
        help="the values instead, in NumPy's format: modality values (CT: HU) as floats, or "
        "stored values as they are where the file has no rescale; palette indices; "
        "for colour, RGB in 8 bits",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write what is asked for."""
    path: str = arguments.file
    output: str | None = arguments.output
    if output is None and arguments.npy is None:
        output = os.path.splitext(os.path.basename(path))[0] + ".png"
    for target in (output, arguments.npy):
        _keep_source(path, target)
    seen = read_frame_as_asked(arguments)
    pixels, description = seen.pixels, seen.description
    if arguments.npy is not None and description.rows_there is not None:
        raise PixelError("Rows of this frame are missing, so there is no array of it.", path)
    for warning in description.warnings:
        sys.stderr.write(f"negato: {plain_line(path)}: {plain_line(warning)}\n")
    if output is not None:
        picture = picture_of(
            pixels,
            description,
            seen.voi,
            turn=seen.view.turn,
            shutter=seen.view.shutter,
            overlays=seen.view.overlays,
        )
        left_out = _left_out(seen.view, description)
        if left_out:
            sys.stderr.write(f"negato: {plain_line(arguments.state)}: {left_out}\n")
        _write(output, encode_png(picture))
    if arguments.npy is not None:
        buffer = io.BytesIO()
        np.save(buffer, _values(pixels, description), allow_pickle=False)
        _write(arguments.npy, buffer.getvalue())
    return 0


def _keep_source(path: str, target: str | None) -> None:
    while path and not os.path.exists(path):  # of a file in an archive, that is to be kept
        path = os.path.dirname(path)
    if target is None or not (os.path.exists(path) and os.path.exists(target)):
        return
    if os.path.samefile(path, target):
        raise SourceError("The result would replace the file itself; name another with -o.", path)


def _left_out(view: View, description: FrameDescription) -> str:
    """Say what the state asks for and the picture does not have; "" where that is nothing."""
    parts = []
    count = sum(count_objects(view.annotations))
    if count:
        parts.append(f"annotations ({count:,})")
    if view.area is not None and not _is_whole(view.area, description):
        parts.append("displayed area")
    verb = "are" if count else "is"
    return f"The state's {' and '.join(parts)} {verb} not drawn." if parts else ""


def _is_whole(area: DisplayedArea, description: FrameDescription) -> bool:
    """Tell the area that every state must have and most have no use for: all of the image."""
    last = description.rows - 1, description.columns - 1
    corners = area.top_left_rc, area.bottom_right_rc
    down, across = area.aspect_rc or (1, 1)
    return area.mode == "SCALE TO FIT" and corners == ((0, 0), last) and down == across


def _values(pixels: np.ndarray, description: FrameDescription) -> np.ndarray:
    if display.is_colour(description) or description.modality.is_identity:
        return pixels
    return modality.apply(description.modality, pixels)


def _write(path: str, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as error:
        reason = error.strerror or "the system refuses"
        raise SourceError(f"It cannot be written: {reason}. Choose another place.", path) from error
