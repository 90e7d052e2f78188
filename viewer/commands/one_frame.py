"""One frame and how it is seen, as the commands' arguments say.

The file is read and decoded in a child process, as everywhere.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import Any

import numpy as np

from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.presets import suv_presets, window_presets
from viewer.imaging import display, voi
from viewer.imaging.explain_view import View
from viewer.imaging.frame import FrameDescription
from viewer.imaging.presentation import PresentationState, presented
from viewer.imaging.voi import Voi, VoiWindow
from viewer.plain_text import plain_line
from viewer.workers.child_pool import ChildPool


@dataclass(frozen=True, slots=True, eq=False)
class OneFrame:
    """A frame, its file's header, its window and who chose that, and how it is looked at.

    ``description`` is what the state makes of it; the pixels are as stored.
    ``view`` says what is laid over them, and what else the state asks for.
    """

    header: InstanceHeader
    pixels: np.ndarray
    description: FrameDescription
    voi: Voi
    voi_by: str  # "" where the VOI's own source says it
    view: View


def configure_frame(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that `read_frame_as_asked` needs."""
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
    parser.add_argument(
        "--state", metavar="STATE", help="a presentation state (GSPS) to see the frame through"
    )
    parser.add_argument("--no-overlays", action="store_true", help="leave out the file's overlays")
    parser.add_argument(
        "--no-shutter", action="store_true", help="show what the file's display shutter hides"
    )


def read_frame_as_asked(arguments: argparse.Namespace) -> OneFrame:
    """Read a frame and choose its window.

    Raises
    ------
    NegatoError
        The file, frame, window or state asked for is not there or not usable.
    """
    path: str = arguments.file
    state: PresentationState | None = None
    limits = arguments.limits
    with closing(ChildPool(1, limits)) as pool:
        pool.start()
        header, pixels, description = _read(pool, path, arguments.frame)
        if arguments.state is not None:
            state = _ask(pool, "state", (arguments.state, limits), limits.header_seconds)
    view = View(shutter=not arguments.no_shutter, overlays=not arguments.no_overlays)
    if state is not None:
        uid, frame = header.sop_instance_uid, arguments.frame - 1
        if not state.is_for(uid, frame):
            raise NegatoError("The presentation state is not for this image.", arguments.state)
        description = presented(description, state, uid, frame)
        view = replace(
            view,
            turn=state.turn,
            state=state,
            annotations=state.annotations_for(uid, frame),
            area=state.area_for(uid, frame),
        )
    chosen = _voi(arguments, header, pixels, description)
    by = "" if chosen.source else "chosen on the command line"
    return OneFrame(header, pixels, description, chosen, by, view)


def _read(
    pool: ChildPool, path: str, number: int
) -> tuple[InstanceHeader, np.ndarray, FrameDescription]:
    """Read the header and frame ``number`` (from 1 on)."""
    limits = pool.limits
    header: InstanceHeader = _ask(
        pool, "viewer.dicom.reading:read_header", (path, limits), limits.header_seconds
    )
    frames = max(header.number_of_frames or 1, 1)  # as frames are counted when they are read
    if not 1 <= number <= frames:
        known = "only frame 1" if frames == 1 else f"frames 1 to {frames}"
        raise PixelError(f"There is no frame {number}; the file has {known}.", path)
    decoded = _ask(pool, "decode", (path, (number - 1,), limits), limits.decode_seconds)
    [(_, pixels, description)] = decoded
    if isinstance(pixels, PixelError):
        raise pixels
    return header, pixels, description


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
        return _preset(arguments.preset, header.modality, description, path)
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


def _preset(name: str, modality_name: str, description: FrameDescription, path: str) -> VoiWindow:
    presets = (*window_presets(modality_name), *suv_presets(modality_name, description.suv))
    if not presets:
        kind = plain_line(modality_name) or "unknown"
        raise PixelError(f"There are no presets for modality {kind}; use --window.", path)
    for preset in presets:
        if preset.explanation.casefold() == name.casefold():
            return preset
    known = ", ".join(preset.explanation for preset in presets)
    raise NegatoError(f"There is no preset {name!r}. There are: {known}.")
