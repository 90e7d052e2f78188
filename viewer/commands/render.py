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
from viewer.dicom.errors import SourceError
from viewer.imaging import display, modality
from viewer.imaging.colour import unpack_rgb
from viewer.imaging.composition import compose
from viewer.imaging.files import write_whole
from viewer.imaging.frame import FrameDescription
from viewer.imaging.png import encode_png
from viewer.imaging.turning import turned_pixels
from viewer.plain_text import plain_line


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    configure_frame(parser)
    parser.add_argument("--no-overlays", action="store_true", help="leave out the file's overlays")
    parser.add_argument(
        "--no-shutter", action="store_true", help="show what the file's display shutter hides"
    )
    parser.add_argument(
        "-o",
        dest="output",
        metavar="OUT.png",
        help="the picture, one pixel for each of the image's; replaced if it exists. "
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
    for warning in description.warnings:
        sys.stderr.write(f"negato: {plain_line(path)}: {plain_line(warning)}\n")
    if output is not None:
        composed = compose(
            display.to_rgb32(pixels, description, seen.voi),
            description,
            shutter=not arguments.no_shutter,
            overlays=not arguments.no_overlays,
        )
        if seen.state is not None:
            composed = turned_pixels(composed, seen.state.turn)
        _write(output, encode_png(_picture(composed, is_colour=display.is_colour(description))))
    if arguments.npy is not None:
        buffer = io.BytesIO()
        np.save(buffer, _values(pixels, description), allow_pickle=False)
        _write(arguments.npy, buffer.getvalue())
    return 0


def _keep_source(path: str, target: str | None) -> None:
    if target is None or not (os.path.exists(path) and os.path.exists(target)):
        return
    if os.path.samefile(path, target):
        raise SourceError("The result would replace the file itself; name another with -o.", path)


def _picture(composed: np.ndarray, *, is_colour: bool) -> np.ndarray:
    """Give 8-bit RGB, or grey where the frame and all that lies over it is grey."""
    grey = composed.astype(np.uint8)
    if not is_colour and np.array_equal(grey * np.uint32(0x010101) | display.BLACK, composed):
        return grey
    return unpack_rgb(composed)


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
