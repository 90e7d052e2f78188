"""A decoded frame drawn as the window draws it, without the window."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from viewer.imaging.composition import compose
from viewer.imaging.display import display_table, has_means, has_table, to_rgb32
from viewer.imaging.explain import explain
from viewer.imaging.frame import FrameDescription
from viewer.imaging.geometry import frame_point_to_lps
from viewer.imaging.histogram import histogram
from viewer.imaging.lengths import length_words, region_at, scale_at, value_at
from viewer.imaging.mips import Mips
from viewer.imaging.presentation import PresentationState, presented
from viewer.imaging.resample import sample
from viewer.imaging.turned_graphics import turned_annotation, turned_area
from viewer.imaging.turning import Turn, turned_description, turned_pixels
from viewer.imaging.voi import VoiWindow, default_voi

_TURN = Turn(1, mirrored=True)
_SCREEN = (30, 40)


def draw(pixels: np.ndarray, description: FrameDescription) -> None:
    """Draw a frame through its own window and through a narrow one, whole, turned and sampled."""
    voi = default_voi(description, pixels)
    for chosen in (voi, VoiWindow(40.0, 0.5)):
        picture = to_rgb32(pixels, description, chosen)
        if has_table(pixels.dtype) and pixels.ndim == 2:
            display_table(description, pixels.dtype, chosen)
        if picture.shape != pixels.shape[:2]:
            raise AssertionError(f"a picture of {picture.shape} of a frame of {pixels.shape}")
        compose(picture, description)
        explain(pixels, description, chosen, "", (0.0, 0.0))
        has_means(description, chosen)
    compose(
        to_rgb32(
            turned_pixels(pixels, _TURN), turned := turned_description(description, _TURN), voi
        ),
        turned,
    )
    _measure(description)
    mips = Mips(pixels, description.padding_range)
    for step in (0.3, 1.0, 5.0):
        sample(mips, (-3.0, 2.5), (step, step), _SCREEN)
    if pixels.ndim == 2:
        edges = histogram(pixels, description.modality, description.padding_range).edges
        if any(low > high for low, high in pairwise(edges.tolist())):
            raise AssertionError("the bins of a histogram are not in order")


def _measure(description: FrameDescription) -> None:
    """Say what lies where, as the read-out and the ruler do."""
    for point in ((0.0, 0.0), (description.rows - 1.0, description.columns - 1.0)):
        length_words(12.3, scale_at(description, point))
        region = region_at(description.regions, point)
        if region is not None:
            value_at(region, point)
        if description.plane is not None:
            frame_point_to_lps(description.plane, point)
    if not all(isinstance(letters, str) for letters in description.edge_letters):
        raise AssertionError("letters at the edges that are no text")


def draw_state(state: PresentationState) -> None:
    """Draw a grey frame through a presentation state, turned as it says."""
    pixels = (np.arange(128 * 128, dtype=np.uint16) % 4096).reshape(128, 128)
    description = FrameDescription(128, 128, bits_stored=12)
    size = pixels.shape[0], pixels.shape[1]
    for reference in state.images[:2]:
        uid, frame = reference.sop_instance_uid, min(reference.frames, default=1) - 1
        seen = presented(description, state, uid, frame)
        draw(pixels, seen)
        turned_description(seen, state.turn)
        area = state.area_for(uid, frame)
        if area is not None:
            turned_area(area, state.turn, size)
        for annotation in state.annotations_for(uid, frame):
            turned_annotation(annotation, state.turn, size)
