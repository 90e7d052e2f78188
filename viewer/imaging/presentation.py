"""Softcopy presentation states: how somebody wanted an image to be seen. PS3.3 A.33.

Plain values, and what a state makes of a frame's description. Reading a state
from its file is left to `viewer.dicom.presentation_states`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from viewer.imaging.display import is_colour
from viewer.imaging.modality import LookupTable, ModalityTransform, value_of
from viewer.imaging.overlays import OverlayPlane
from viewer.imaging.shutters import Shutter
from viewer.imaging.turning import Turn
from viewer.imaging.voi import Voi, VoiLut, VoiWindow

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription

_WIDEST_INTEGER = 16  # bits

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ImageReference:
    """An image, or some frames of it. No ``frames`` (from 1): all of them."""

    sop_instance_uid: str
    frames: tuple[int, ...] = ()

    def covers(self, sop_instance_uid: str, frame: int) -> bool:
        """Say whether frame ``frame`` (from 0) of an image is meant."""
        return self.sop_instance_uid == sop_instance_uid and (
            not self.frames or frame + 1 in self.frames
        )


def covers(references: tuple[ImageReference, ...], sop_instance_uid: str, frame: int) -> bool:
    """Say whether a frame is meant; no references mean every image of the state."""
    return not references or any(r.covers(sop_instance_uid, frame) for r in references)


@dataclass(frozen=True, slots=True)
class Graphic:
    """One drawn object. PS3.3 C.10.5.1.2.

    ``points`` are frame positions [row, column] from 0 at the centre of the
    first pixel, or, where ``on_display``, shares (0 to 1) of the displayed
    area [down, across]. CIRCLE: centre, a point on it. ELLIPSE: both ends of
    the major axis, both of the minor.
    """

    kind: Literal["POINT", "POLYLINE", "INTERPOLATED", "CIRCLE", "ELLIPSE"]
    points: tuple[Point, ...]
    filled: bool = False
    on_display: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """One text. ``box`` is two corners, ``anchor`` a point it speaks of; as in `Graphic`."""

    text: str
    box: tuple[Point, Point] | None = None
    box_on_display: bool = False
    anchor: Point | None = None
    anchor_visible: bool = False
    anchor_on_display: bool = False
    alignment: Literal["LEFT", "CENTER", "RIGHT"] = "LEFT"


@dataclass(frozen=True, slots=True)
class Annotation:
    """What one graphic layer draws over the images it is for."""

    layer: str
    order: int
    graphics: tuple[Graphic, ...] = ()
    texts: tuple[Text, ...] = ()
    rgb: tuple[int, int, int] | None = None  # recommended, 0 to 255 each
    references: tuple[ImageReference, ...] = ()


@dataclass(frozen=True, slots=True)
class DisplayedArea:
    """What part of the images fills the viewport. PS3.3 C.10.4.

    Corners are frame positions [row, column] from 0, in the image before it is
    turned: the centres of its upper left and lower right pixels, which are
    shown whole. They may lie outside the image.
    """

    top_left_rc: Point
    bottom_right_rc: Point
    mode: Literal["SCALE TO FIT", "TRUE SIZE", "MAGNIFY"] = "SCALE TO FIT"
    magnification: float | None = None  # screen pixels per image pixel, for MAGNIFY
    spacing_rc_mm: tuple[float, float] | None = None  # PresentationPixelSpacing
    aspect_rc: tuple[float, float] | None = None  # PresentationPixelAspectRatio
    references: tuple[ImageReference, ...] = ()


@dataclass(frozen=True, slots=True)
class StateVois:
    """VOI transforms, for the images they are for."""

    vois: tuple[Voi, ...]
    references: tuple[ImageReference, ...] = ()


@dataclass(frozen=True, slots=True)
class PresentationState:
    """One presentation state, as read.

    ``modality`` None: none is applied, whatever the images say (PS3.4
    N.2.1.1). ``vois`` may be empty: then modality values go on unchanged.
    """

    sop_instance_uid: str
    label: str = ""  # plain text, as the two below
    description: str = ""
    creator: str = ""
    of_colour: bool = False  # then it says nothing of grey values
    images: tuple[ImageReference, ...] = ()
    modality: ModalityTransform | None = None
    vois: tuple[StateVois, ...] = ()
    inverted: bool = False  # PresentationLUTShape INVERSE
    presentation_lut: LookupTable | None = None
    shutter: Shutter | None = None
    overlays: tuple[OverlayPlane, ...] = ()  # the state's own, bitmap shutters among them
    overlay_groups: tuple[int, ...] = ()  # of the images, activated by the state
    turn: Turn = field(default_factory=Turn)
    areas: tuple[DisplayedArea, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    warnings: tuple[str, ...] = ()

    def is_for(self, sop_instance_uid: str, frame: int) -> bool:
        """Say whether frame ``frame`` (from 0) of an image is one of the state's."""
        return covers(self.images, sop_instance_uid, frame)

    def area_for(self, sop_instance_uid: str, frame: int) -> DisplayedArea | None:
        """Give the displayed area of a frame, None where the state names none."""
        return next(
            (area for area in self.areas if covers(area.references, sop_instance_uid, frame)), None
        )

    def annotations_for(self, sop_instance_uid: str, frame: int) -> tuple[Annotation, ...]:
        """Give what is drawn over a frame, the lowest layer first."""
        found = [a for a in self.annotations if covers(a.references, sop_instance_uid, frame)]
        return tuple(sorted(found, key=lambda annotation: annotation.order))


def state_words(label: str) -> str:
    """Name a state in the source of a transform: "presentation state LABEL"."""
    return f"presentation state {label}".rstrip()


def presented(
    description: FrameDescription, state: PresentationState, sop_instance_uid: str, frame: int
) -> FrameDescription:
    """Describe a frame as ``state`` wants it seen: its transforms, inversion, shutter, overlays.

    What the image says of these is overridden, also by what the state leaves
    out; PhotometricInterpretation is ignored: PS3.4 N.2.1. Frames in colour
    keep their colours, frames that are not the state's stay as they are.
    Turning and the displayed area are the viewport's to apply, but for the
    shape of the pixels: PresentationPixelAspectRatio, PS3.3 C.10.4.

    Parameters
    ----------
    description : FrameDescription
        Of the frame as its file has it, not turned.
    frame : int
        Counted from 0.
    """
    if not state.is_for(sop_instance_uid, frame):
        return description
    notes = [*description.warnings, *state.warnings]
    changed = replace(
        description,
        shutter=state.shutter,
        overlays=_overlays(description.overlays, state),
        pixel_aspect_rc=_aspect(description, state.area_for(sop_instance_uid, frame)),
    )
    if not is_colour(description):
        if state.of_colour:
            notes.append("The presentation state is for images in colour; grey stays as it was.")
        else:
            changed = _with_grey_transforms(changed, state, sop_instance_uid, frame, notes)
    return replace(changed, warnings=tuple(dict.fromkeys(notes)))


def _overlays(own: tuple[OverlayPlane, ...], state: PresentationState) -> tuple[OverlayPlane, ...]:
    """Give the overlays that are shown, or needed as a bitmap shutter. PS3.3 C.11.7."""
    groups = set(state.overlay_groups)
    if state.shutter is not None and state.shutter.bitmap_group is not None:
        groups.add(state.shutter.bitmap_group)
    replaced = {plane.group for plane in state.overlays}
    kept = [plane for plane in own if plane.group not in replaced]
    return tuple(plane for plane in (*kept, *state.overlays) if plane.group in groups)


def _aspect(description: FrameDescription, area: DisplayedArea | None) -> tuple[float, float]:
    """Give the shape of pixels that the displayed area asks for; measured ones keep theirs."""
    own = description.pixel_aspect_rc
    return own if area is None or description.regions else area.aspect_rc or own


def _with_grey_transforms(
    description: FrameDescription,
    state: PresentationState,
    sop_instance_uid: str,
    frame: int,
    notes: list[str],
) -> FrameDescription:
    """Apply the state's Modality LUT, VOI LUT and Presentation LUT. PS3.4 N.2.1.1 to N.2.1.4."""
    modality = _modality(description, state, notes)
    same = _same_values(modality, description.modality)
    if description.suv is not None and not same:
        notes.append(
            "The Modality LUT of the presentation state is not the image's; SUV is left out."
        )
    return replace(
        description,
        modality=modality,
        suv=description.suv if same else None,
        vois=_vois(description, modality, state, sop_instance_uid, frame, notes),
        inverted=state.inverted,
        inversion_source=(
            f"{state_words(state.label)}: PresentationLUTShape INVERSE (2050,0020)"
            if state.inverted
            else ""
        ),
        presentation_lut=state.presentation_lut,
    )


def _modality(
    description: FrameDescription, state: PresentationState, notes: list[str]
) -> ModalityTransform:
    """Give the state's transform: none where it has none. PS3.4 N.2.1.1."""
    own = description.modality
    if state.modality is None:
        if not own.is_identity:
            notes.append(
                "The presentation state has no Modality LUT, so that of the image is not applied: "
                "values are as stored."
            )
        return ModalityTransform(source=f"{state_words(state.label)}: no Modality LUT")
    modality = state.modality
    if modality.lut is not None:
        ends = _modality_range(description, ModalityTransform())
        modality = replace(modality, lut=_signed(modality.lut, ends))
    if not modality.unit and _same_values(modality, own):
        return replace(modality, unit=own.unit)
    return modality


def _same_values(a: ModalityTransform, b: ModalityTransform) -> bool:
    return (a.slope, a.intercept, a.lut) == (b.slope, b.intercept, b.lut)


def _vois(
    description: FrameDescription,
    modality: ModalityTransform,
    state: PresentationState,
    sop_instance_uid: str,
    frame: int,
    notes: list[str],
) -> tuple[Voi, ...]:
    """Give the state's transforms for a frame; identity where it has none. PS3.4 N.2.1.3."""
    covering = [v for v in state.vois if covers(v.references, sop_instance_uid, frame)]
    ends = _modality_range(description, modality)
    if covering:
        return tuple(
            replace(voi, table=_signed(voi.table, ends)) if isinstance(voi, VoiLut) else voi
            for group in covering
            for voi in group.vois
        )
    if ends is None:
        notes.append(
            "The presentation state has no VOI LUT for this image; "
            "its values have no range of their own and are windowed automatically."
        )
        return ()
    low, high = ends
    source = f"{state_words(state.label)}: no VOI LUT, all values"
    center, width = low + (high - low) / 2, high - low
    return (VoiWindow(center, width, "LINEAR_EXACT", "identity", source),)


def _signed(table: LookupTable, ends: tuple[float, float] | None) -> LookupTable:
    """Take the first value of a table for negative where it was written as US.

    A state does not know the sign of its images' values: PS3.3 C.11.1.1.1, C.11.2.1.1.
    """
    unsigned = ends is None or ends[0] >= 0 or table.first_mapped <= max(ends[1], 0x7FFF)
    return table if unsigned else replace(table, first_mapped=table.first_mapped - 0x10000)


def _modality_range(
    description: FrameDescription, modality: ModalityTransform
) -> tuple[float, float] | None:
    """Give the range that modality values can take; None for wide and floating values."""
    if modality.lut is not None:
        return 0.0, float((1 << modality.lut.bits) - 1)
    bits = description.bits_stored
    if bits > _WIDEST_INTEGER:
        return None
    first = -(1 << bits - 1) if description.signed else 0
    ends = [value_of(modality, stored) for stored in (first, first + (1 << bits) - 1)]
    return min(ends), max(ends)
