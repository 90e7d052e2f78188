"""`negato render`: one frame as a picture or an array, as the canvas would show it.

The file is read and decoded in a child process, as everywhere.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable
from contextlib import closing
from queue import SimpleQueue
from typing import Any

import numpy as np

from viewer.dicom.errors import NegatoError, PixelError, SourceError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.presets import window_presets
from viewer.imaging import display, modality, voi
from viewer.imaging.colour import unpack_rgb
from viewer.imaging.composition import compose
from viewer.imaging.files import write_whole
from viewer.imaging.frame import FrameDescription
from viewer.imaging.png import encode_png
from viewer.imaging.voi import Voi, VoiWindow
from viewer.plain_text import plain_line
from viewer.workers.child_pool import ChildPool

Frame = tuple[np.ndarray, FrameDescription]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("file", metavar="FILE", help="a DICOM file")
    parser.add_argument("--frame", type=int, default=1, metavar="N", help="which frame, from 1 on")
    grey = parser.add_mutually_exclusive_group()
    grey.add_argument(
        "--window",
        nargs=2,
        type=float,
        metavar=("C", "W"),
        help="window centre and width in modality units (CT: HU), LINEAR as PS3.3 C.11.2.1.2",
    )
    grey.add_argument("--voi", type=int, metavar="N", help="the file's N-th window or VOI table")
    grey.add_argument(
        "--preset", metavar="NAME", help="a window by its name, for CT: Lung, Bone..."
    )
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
    header, (pixels, description) = _read(path, arguments.frame)
    for warning in description.warnings:
        sys.stderr.write(f"negato: {plain_line(path)}: {plain_line(warning)}\n")
    chosen = _voi(arguments, header, pixels, description)
    if output is not None:
        composed = compose(
            display.to_rgb32(pixels, description, chosen),
            description,
            shutter=not arguments.no_shutter,
            overlays=not arguments.no_overlays,
        )
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


def _read(path: str, number: int) -> tuple[InstanceHeader, Frame]:
    """Read the header and frame ``number`` (from 1 on) in a child process."""
    pool = ChildPool(processes=1)
    with closing(pool):
        pool.start()
        limits = DEFAULT_LIMITS
        header: InstanceHeader = _ask(
            pool, "viewer.dicom.reading:read_header", (path, limits), limits.header_seconds
        )
        frames = header.number_of_frames or 1
        if not 1 <= number <= frames:
            known = "only frame 1" if frames == 1 else f"frames 1 to {frames}"
            raise PixelError(f"There is no frame {number}; the file has {known}.", path)
        decoded = _ask(pool, "decode", (path, (number - 1,), limits), limits.decode_seconds)
    [(_, pixels, description)] = decoded
    if isinstance(pixels, PixelError):
        raise pixels
    return header, (pixels, description)


def _ask(pool: ChildPool, task: str, args: tuple[Any, ...], timeout_s: float) -> Any:
    answers: SimpleQueue[Any] = SimpleQueue()
    put: Callable[[Any], None] = answers.put
    pool.submit(task, args, timeout_s=timeout_s, on_done=put)
    answer = answers.get()
    if isinstance(answer, NegatoError):
        raise answer
    return answer


def _voi(
    arguments: argparse.Namespace,
    header: InstanceHeader,
    pixels: np.ndarray,
    description: FrameDescription,
) -> Voi:
    path: str = arguments.file
    asked = (arguments.window, arguments.voi, arguments.preset)
    if display.is_colour(description) and any(wish is not None for wish in asked):
        raise PixelError("This frame is in colour, windows do not apply to it.", path)
    if arguments.window is not None:
        window = VoiWindow(*arguments.window)
        if not voi.is_usable(window):
            raise NegatoError("A window needs a finite centre and a width above 0.")
        return window
    if arguments.voi is not None:
        return _file_voi(arguments.voi, description, path)
    if arguments.preset is not None:
        return _preset(arguments.preset, header.modality, path)
    return voi.default_voi(description, pixels)


def _file_voi(number: int, description: FrameDescription, path: str) -> Voi:
    count = len(description.vois)
    if not count:
        raise PixelError("The file has no window of its own; use --window.", path)
    if not 1 <= number <= count:
        known = "1 alone" if count == 1 else f"1 to {count}"
        raise PixelError(f"The file has no window {number}; it has {known}.", path)
    chosen = description.vois[number - 1]
    if not voi.is_usable(chosen):
        raise PixelError(f"Window {number} of the file is not usable; use --window.", path)
    return chosen


def _preset(name: str, modality_name: str, path: str) -> VoiWindow:
    presets = window_presets(modality_name)
    if not presets:
        kind = plain_line(modality_name) or "unknown"
        raise PixelError(f"There are no presets for modality {kind}; use --window.", path)
    for preset in presets:
        if preset.explanation.casefold() == name.casefold():
            return preset
    known = ", ".join(preset.explanation for preset in presets)
    raise NegatoError(f"There is no preset {name!r}. There are: {known}.")


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
