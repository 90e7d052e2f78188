"""What the view does to a picture: shutter, overlays, turn, shape of pixels; and millimetres.

The picture before that is `explain_values`' matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from viewer.imaging import composition, display
from viewer.imaging.explain_values import Step, rgb_words, unpacked
from viewer.imaging.lengths import MANUAL, scale_at, source_words
from viewer.imaging.pixel_shape import sides_of
from viewer.imaging.presentation import state_words
from viewer.imaging.turning import Turn
from viewer.imaging.voi import Voi

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription
    from viewer.imaging.overlays import OverlayPlane
    from viewer.imaging.presentation import Annotation, DisplayedArea, PresentationState

_OFF = "switched off in the view"
_BY_HAND = "set by hand"


@dataclass(frozen=True, slots=True)
class View:
    """How a frame is looked at, besides its window.

    ``turn`` is all of it, ``turn_by_hand`` what the user did after the turn of
    ``state``; annotations and area are those that the state has for the frame.
    """

    shutter: bool = True
    overlays: bool = True
    graphics: bool = True
    hidden_groups: frozenset[int] = frozenset()  # overlays (6000, ...) left out
    turn: Turn = field(default_factory=Turn)
    turn_by_hand: Turn = field(default_factory=Turn)
    state: PresentationState | None = None
    annotations: tuple[Annotation, ...] = ()
    area: DisplayedArea | None = None


def count_objects(annotations: tuple[Annotation, ...]) -> tuple[int, int]:
    """Give how many graphics and how many texts there are in annotations."""
    return sum(len(a.graphics) for a in annotations), sum(len(a.texts) for a in annotations)


def layer_steps(
    pixels: np.ndarray,
    description: FrameDescription,
    chosen: Voi,
    view: View,
    pixel: tuple[int, int] | None,
) -> list[Step]:
    """Tell what lies over the picture, and what is on screen in the end at 1:1.

    It is what `composition.compose` gives at that pixel.
    """
    steps = []
    covered = ""
    shown = None if pixel is None else _plain_rgb(pixels, description, chosen, pixel)
    shutter = description.shutter
    if shutter is not None:
        text, value = "hides what lies outside it", ""
        if not view.shutter:
            text = _OFF
        elif pixel is not None and composition.is_in_sight(description, *pixel):
            value = "in sight"
        elif pixel is not None:
            shown, covered = composition.shutter_rgb(shutter), "hidden by the shutter"
            value = f"hidden: {rgb_words(shown)}"
        steps.append(Step("Shutter", text, shutter.source, value))
    for plane in description.overlays:
        title = f"Overlay {plane.group:04X}"
        text, drawn = _overlay(plane, description, view)
        value = ""
        if drawn and pixel is not None:
            value = "not set"
            if plane.is_set(*pixel):
                shown, covered = composition.overlay_rgb(plane), f"covered by {title.lower()}"
                value = f"set: {rgb_words(shown)}"
        steps.append(Step(title, text, plane.source, value))
    text = covered or "0 (black) to 255 (white)"
    steps.append(Step("Screen value", text, "", "" if shown is None else rgb_words(shown)))
    return steps


def _plain_rgb(
    pixels: np.ndarray, description: FrameDescription, chosen: Voi, pixel: tuple[int, int]
) -> tuple[int, int, int]:
    row, column = pixel
    part = pixels[row : row + 1, column : column + 1]
    return unpacked(int(display.to_rgb32(part, description, chosen)[0, 0]))


def _overlay(plane: OverlayPlane, description: FrameDescription, view: View) -> tuple[str, bool]:
    """Say what an overlay is, and whether it is drawn."""
    if description.shutter is not None and plane.group == description.shutter.bitmap_group:
        return "the bitmap of the shutter, not drawn itself", False
    if not view.overlays or plane.group in view.hidden_groups:
        return _OFF, False
    kind = "region of interest" if plane.kind == "R" else "graphics"
    return plane.label or kind, True


def placing_steps(
    description: FrameDescription, view: View, point_rc: tuple[float, float] | None
) -> list[Step]:
    """Tell how the picture is placed on screen, what is drawn there, and the millimetres.

    ``point_rc`` is the position that the millimetres are asked for, None for the frame's.
    """
    steps = [*_pixel_shape(description, view), *_turn(view)]
    area, state = view.area, _state_words(view)
    if area is not None:
        (top, left), (bottom, right) = area.top_left_rc, area.bottom_right_rc
        text = f"rows {top + 1:g} to {bottom + 1:g}, columns {left + 1:g} to {right + 1:g}"
        mode = f"{area.mode} {area.magnification:g}" if area.magnification else area.mode
        source = f"{state}: DisplayedAreaSelectionSequence (0070,005A)"
        steps.append(Step("Displayed area", f"{mode}: {text}", source))
    if view.annotations:
        graphics, texts = count_objects(view.annotations)
        text = f"{_count(graphics, 'graphic')}, {_count(texts, 'text')}" if view.graphics else _OFF
        source = f"{state}: GraphicAnnotationSequence (0070,0001)"
        steps.append(Step("Annotations", text, source))
    return [*steps, _millimetres(description, point_rc)]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _state_words(view: View) -> str:
    return state_words(view.state.label) if view.state is not None else ""


def _pixel_shape(description: FrameDescription, view: View) -> list[Step]:
    """Tell that pixels are not square on screen: of the spacing, else of the aspect ratio."""
    (down, across), of_spacing = sides_of(description)
    if f"{down / across:.4g}" == "1":
        return []
    source = description.spacing_source if of_spacing else _aspect_source(description, view)
    if source == MANUAL:
        source = _BY_HAND
    if down > across:
        text = f"drawn {down / across:.4g} times as high as wide"
    else:
        text = f"drawn {across / down:.4g} times as wide as high"
    return [Step("Pixel shape", text, source)]


def _aspect_source(description: FrameDescription, view: View) -> str:
    if description.regions:
        return "SequenceOfUltrasoundRegions (0018,6011)"
    if view.area is not None and view.area.aspect_rc is not None:
        return f"{_state_words(view)}: PresentationPixelAspectRatio (0070,0102)"
    return "PixelAspectRatio (0028,0034)"


def _turn(view: View) -> list[Step]:
    if view.turn.is_none:
        return []
    sources = []
    if view.state is not None and not view.state.turn.is_none:
        turn = view.state.turn
        flip = "Y" if turn.mirrored else "N"
        sources.append(
            f"{_state_words(view)}: ImageRotation (0070,0042) {turn.quarters * 90}, "
            f"ImageHorizontalFlip (0070,0041) {flip}"
        )
    if not view.turn_by_hand.is_none:
        sources.append("by hand" if not sources else f"by hand: {_turn_words(view.turn_by_hand)}")
    return [Step("Turn", _turn_words(view.turn), ", then ".join(sources))]


def _turn_words(turn: Turn) -> str:
    if turn == Turn(2, mirrored=True):
        return "mirrored top to bottom"
    quarters = ("", "turned 90° clockwise", "turned 180°", "turned 90° counterclockwise")
    words = (quarters[turn.quarters], "mirrored left to right" if turn.mirrored else "")
    return ", ".join(word for word in words if word)


def _millimetres(description: FrameDescription, point_rc: tuple[float, float] | None) -> Step:
    scale = scale_at(description, point_rc)
    if scale is None:
        return Step("Lengths", "in pixels: no attribute gives millimetres here")
    down, across = scale.spacing_rc_mm
    text = f"{down:.6g} mm between rows, {across:.6g} mm between columns"
    return Step("Lengths", text, _BY_HAND if scale.source == MANUAL else source_words(scale))
