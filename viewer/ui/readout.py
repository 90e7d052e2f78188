"""The words around a picture: corner texts and the pixel under the pointer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from viewer.dicom.stacks import Stack
from viewer.imaging import modality as modality_values
from viewer.imaging.display import is_colour
from viewer.imaging.frame import FrameDescription
from viewer.imaging.geometry import frame_point_to_lps
from viewer.imaging.lengths import region_at, value_at
from viewer.imaging.turning import Turn
from viewer.imaging.voi import Voi, VoiWindow
from viewer.plain_text import date, person_name, plain_line
from viewer.session.viewport import Picture

_LONGEST_UNIT = 16  # characters
_MOST_NOTES = 3
LOADING = "Loading full resolution…"
_PATIENT_AXES = (("L", "R"), ("P", "A"), ("H", "F"))  # positive, negative: LPS


@dataclass(frozen=True, slots=True)
class CornerTexts:
    """Lines of plain text for the four corners of a viewport."""

    top_left: tuple[str, ...] = ()
    top_right: tuple[str, ...] = ()
    bottom_left: tuple[str, ...] = ()
    bottom_right: tuple[str, ...] = ()


def corner_texts(stack: Stack, index: int, picture: Picture, zoom: float) -> CornerTexts:
    """Say whose picture this is, where it lies and how it is shown."""
    header, description = stack.header(index), picture.description
    if description is None:
        return CornerTexts()
    state = picture.state
    series = f"{header.series_number}  " if header.series_number is not None else ""
    return CornerTexts(
        _lines(
            person_name(header.patient_name),
            plain_line(header.patient_id, 64),
            date(header.patient_birth_date),
        ),
        _lines(
            f"{date(header.study_date)}  {plain_line(header.study_description, 80)}",
            series + plain_line(header.series_description, 80),
            plain_line(stack.split_reason, 80),
            f"State {plain_line(state.label, 60) or 'without label'}" if state is not None else "",
        ),
        _lines(
            window_text(picture.voi, description),
            f"Zoom {zoom * 100:.0f} %",
            _turn_text(picture.turn),
            *what_is_missing(picture),
        ),
        _lines(
            f"{index + 1} / {len(stack)}",
            _position(description),
            *_notes((*description.warnings, *stack.geometry_notes)),
        ),
    )


def _notes(notes: Sequence[str]) -> tuple[str, ...]:
    """Give the first notes, those on the pixels before those on the geometry; count the others."""
    first = tuple(plain_line(note, 120) for note in notes[:_MOST_NOTES])
    left = len(notes) - _MOST_NOTES
    return (*first, f"and {left:,} more: press W") if left > 0 else first


def what_is_missing(picture: Picture) -> tuple[str, ...]:
    """Say in what a picture is not the whole one: to be seen even where other texts are hidden."""
    lines = [LOADING] if picture.preview is not None else []
    description = picture.description
    if description is not None and description.rows_there is not None:
        lines.append(
            f"Rows {description.rows_there + 1:,} to {description.rows:,} are not in the file"
        )
    return tuple(lines)


def window_text(voi: Voi | None, description: FrameDescription) -> str:
    """Say which window is applied."""
    if is_colour(description):
        return "Colour"
    if isinstance(voi, VoiWindow):
        return f"C {voi.center:g}  W {voi.width:g}" + _with_space(description.modality.unit)
    return f"VOI LUT {plain_line(voi.explanation, 40)}" if voi is not None else ""


def pixel_text(pixels: np.ndarray, description: FrameDescription, row: float, column: float) -> str:
    """Say what lies under the pointer; ``row`` and ``column`` in frame space.

    Stored value, modality value with its unit, patient position in mm. Empty
    outside the frame.
    """
    r, c = math.floor(row + 0.5), math.floor(column + 0.5)
    if not (0 <= r < pixels.shape[0] and 0 <= c < pixels.shape[1]):
        return ""
    if description.rows_there is not None and r >= description.rows_there:
        return f"row {r + 1}, column {c + 1}    not in the file"
    parts = [f"row {r + 1}, column {c + 1}", _values(pixels[r, c], description)]
    parts += [uptake_text(description, pixels[r, c]), region_text(description, (row, column))]
    if description.plane is not None:
        x, y, z = frame_point_to_lps(description.plane, (r, c))
        parts.append(f"x {x:.1f}  y {y:.1f}  z {z:.1f} mm")
    return "    ".join(part for part in parts if part)


def region_text(description: FrameDescription, point_rc: tuple[float, float]) -> str:
    """Say what a position means in an ultrasound region that shows no lengths."""
    region = region_at(description.regions, point_rc)
    if region is None or region.unit_x == region.unit_y == "cm":
        return ""
    return "  ".join(text for text in value_at(region, point_rc) if text)


def uptake_text(description: FrameDescription, stored: np.ndarray) -> str:
    """Say the SUV of a stored value of PET; why there is none is left to the explanation."""
    suv = description.suv
    if suv is None:
        return ""
    value = modality_values.value_of(description.modality, stored.item())
    known = (("SUVbw", suv.bw, "g/ml"), ("SUVlbm", suv.lbm, "g/ml"), ("SUVbsa", suv.bsa, "cm²/ml"))
    return (
        "  ".join(
            f"{name} {value * factor:.3g} {unit}"
            for name, factor, unit in known
            if factor is not None
        )
        or "no SUV"
    )


def _values(stored: np.ndarray, description: FrameDescription) -> str:
    if description.samples_per_pixel > 1:
        return "RGB " + ", ".join(str(int(value)) for value in stored)
    if is_colour(description):
        return f"index {stored}"
    value = modality_values.value_of(description.modality, stored.item())
    unit = _with_space(description.modality.unit)
    if not unit and value == stored.item():
        return f"value {_number(value)}"
    return f"value {_number(value)}{unit}  (stored {_number(stored.item())})"


def _number(value: float) -> str:
    """Write whole numbers in full, others to the seven digits of single precision."""
    return f"{value:.0f}" if abs(value) < 1e15 and value == math.floor(value) else f"{value:.7g}"


def _turn_text(turn: Turn) -> str:
    """Say that the picture is not as stored: who looks must know."""
    if turn == Turn(2, mirrored=True):
        return "Mirrored top to bottom"
    turns = ("", "turned right", "turned 180°", "turned left")
    words = (turns[turn.quarters], "mirrored left to right" if turn.mirrored else "")
    return ", ".join(word for word in words if word).capitalize()


def _position(description: FrameDescription) -> str:
    if description.plane is None:
        return ""
    plane = description.plane
    normal = plane.normal_lps
    axis = max(range(3), key=lambda number: abs(normal[number]))
    height, width = description.rows, description.columns
    centre = frame_point_to_lps(plane, ((height - 1) / 2, (width - 1) / 2))[axis]
    letter = _PATIENT_AXES[axis][0 if centre >= 0 else 1]
    return f"{letter} {abs(centre):.1f} mm"


def _with_space(unit: str) -> str:
    return f" {plain_line(unit, _LONGEST_UNIT)}" if unit else ""


def _lines(*lines: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line.strip())
