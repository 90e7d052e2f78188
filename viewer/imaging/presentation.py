"""Softcopy presentation states: how somebody wanted an image to be seen. PS3.3 A.33.

Plain values, and what a state makes of a frame's description. Reading a state
from its file is left to `viewer.dicom.presentation_states`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from viewer.imaging.modality import LookupTable, ModalityTransform
from viewer.imaging.overlays import OverlayPlane
from viewer.imaging.shutters import Shutter
from viewer.imaging.turning import Turn
from viewer.imaging.voi import Voi

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription

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
    turned; they may lie outside it.
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
    label: str = ""
    description: str = ""
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


def presented(
    description: FrameDescription, state: PresentationState, sop_instance_uid: str, frame: int
) -> FrameDescription:
    """Describe a frame as ``state`` wants it seen: its transforms, inversion, shutter, overlays.

    Turning and the displayed area are the viewport's to apply.
    """
    raise NotImplementedError
