"""Why a frame looks as it does: the steps from its file to the screen, with their numbers.

Each value is computed by the function that the picture itself comes from; where
a step's inputs were read is told by the `FrameDescription`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from viewer.imaging import composition, display, modality, voi
from viewer.imaging.lengths import scale_at, source_words
from viewer.imaging.voi import Voi, VoiWindow

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the chain.

    ``text`` says what is done, ``source`` which attribute says so, ``value``
    what becomes of the pixel asked for ("" without one).
    """

    title: str
    text: str
    source: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The steps in their order, the pixel asked for (row, column; from 0), all warnings."""

    steps: tuple[Step, ...]
    pixel_rc: tuple[int, int] | None = None
    warnings: tuple[str, ...] = ()


def explain(
    pixels: np.ndarray,
    description: FrameDescription,
    chosen: Voi,
    chosen_by: str = "",
    point_rc: Point | None = None,
) -> Explanation:
    """Walk the chain of one frame.

    Parameters
    ----------
    pixels, description
        As `FrameDescription` says.
    chosen : Voi
        What the frame is shown through; without meaning for colour.
    chosen_by : str
        Who chose it, where its ``source`` does not say: "Manual", "preset Lung".
    point_rc : (float, float), optional
        A frame position, from 0. Off the frame it counts as none.
    """
    pixel = _pixel_at(pixels, point_rc)
    stored = pixels[pixel] if pixel is not None else None
    steps = [_decoding(description), _stored(description, stored)]
    if display.is_colour(description):
        steps += _colour_steps(description, stored)
    else:
        steps += _grey_steps(description, chosen, chosen_by, stored)
    steps.append(_screen(pixels, description, chosen, pixel))
    steps += _drawn_over(description, pixel)
    steps.append(_millimetres(description, point_rc if pixel is not None else None))
    suv = description.suv
    warnings = description.warnings + (suv.warnings if suv is not None else ())
    return Explanation(tuple(steps), pixel, warnings)


def _pixel_at(pixels: np.ndarray, point_rc: Point | None) -> tuple[int, int] | None:
    if point_rc is None or not all(map(math.isfinite, point_rc)):
        return None
    row, column = (math.floor(position + 0.5) for position in point_rc)
    inside = 0 <= row < pixels.shape[0] and 0 <= column < pixels.shape[1]
    return (row, column) if inside else None


def _decoding(description: FrameDescription) -> Step:
    return Step("Decoder", description.decoder or "not known", description.transfer_syntax)


def _stored(description: FrameDescription, stored: np.ndarray | None) -> Step:
    title = "Stored value"
    if description.samples_per_pixel > 1:
        title = "Red, green, blue"
    elif display.is_colour(description):
        title = "Palette index"
    text = f"{description.photometric_interpretation}, {description.stored_as}".strip(", ")
    return Step(title, text, "", _words(stored))


def _words(stored: np.ndarray | None) -> str:
    if stored is None:
        return ""
    return ", ".join(_number(value) for value in np.atleast_1d(stored).tolist())


def _colour_steps(description: FrameDescription, stored: np.ndarray | None) -> list[Step]:
    steps = []
    if description.palette_rgb is not None:
        steps.append(_palette("Palette", len(description.palette_rgb), description, stored))
    steps.append(Step("Window", "none: colours are shown as they are"))
    if description.icc_profile:
        steps.append(Step("Colour profile", description.icc_profile, "ICCProfile (0028,2000)"))
    return steps


def _palette(
    title: str, entries: int, description: FrameDescription, stored: np.ndarray | None
) -> Step:
    first = description.palette_first
    value = ""
    if stored is not None:
        place = int(np.clip(int(stored) - first, 0, entries - 1))
        in_grey = int(stored) < first and not display.is_colour(description)
        value = "not in it: grey" if in_grey else f"entry {place}"
    text = f"{entries:,} entries from value {first} on"
    return Step(title, text, "RedPaletteColorLookupTableData (0028,1201) ...", value)


def _grey_steps(
    description: FrameDescription, chosen: Voi, chosen_by: str, stored: np.ndarray | None
) -> list[Step]:
    steps = []
    if description.padding_range is not None:
        steps.append(_padding(description, description.padding_range, stored))
    value = modality.apply(description.modality, stored.reshape(1)) if stored is not None else None
    steps.append(_modality(description, value))
    if description.suv is not None:
        steps.append(_uptake(description, value))
    brightness = None if value is None else voi.apply(chosen, value)
    steps.append(_voi(chosen, chosen_by, description.modality.unit, brightness))
    steps += _presentation(description, brightness)
    if description.palette_rgb is not None:
        entries = len(description.palette_rgb)
        steps.append(_palette("Supplemental palette", entries, description, stored))
    return steps


def _padding(
    description: FrameDescription, ends: tuple[float, float], stored: np.ndarray | None
) -> Step:
    low, high = ends
    which = _number(low) if low == high else f"{_number(low)} to {_number(high)}"
    value = ""
    if stored is not None:
        value = "padding" if low <= stored <= high else "no padding"
    text = f"{which}: background, and not in automatic windows"
    return Step("Padding", text, description.padding_source, value)


def _modality(description: FrameDescription, value: np.ndarray | None) -> Step:
    transform = description.modality
    if transform.lut is not None:
        text = f"table of {len(transform.lut.entries):,} values from {transform.lut.first_mapped}"
    elif transform.is_identity:
        text = "the stored value itself"
    else:
        sign = "-" if transform.intercept < 0 else "+"
        text = f"stored × {transform.slope:.12g} {sign} {abs(transform.intercept):.12g}"
    unit = f" {transform.unit}" if transform.unit else ""
    said = "" if value is None else _number(value.item()) + unit
    return Step("Modality value", text, transform.source, said)


def _uptake(description: FrameDescription, value: np.ndarray | None) -> Step:
    suv = description.suv
    assert suv is not None
    if suv.reason:
        return Step("SUV", f"none: {suv.reason}")
    found = []
    if value is not None:
        for name, factor, unit in (
            ("SUVbw", suv.bw, "g/ml"),
            ("SUVlbm", suv.lbm, "g/ml"),
            ("SUVbsa", suv.bsa, "cm²/ml"),
        ):
            if factor is not None:
                found.append(f"{name} {value.item() * factor:.4g} {unit}")
    return Step("SUV", suv.formula, "; ".join(suv.inputs), ", ".join(found))


def _voi(chosen: Voi, chosen_by: str, unit: str, brightness: np.ndarray | None) -> Step:
    if isinstance(chosen, VoiWindow):
        text = f"{chosen.function}, centre {chosen.center:g}, width {chosen.width:g} {unit}".strip()
    else:
        text = f"table of {len(chosen.table.entries):,} values from {chosen.table.first_mapped}"
    if chosen.explanation:
        text += f" “{chosen.explanation}”"
    return Step("Window", text, chosen.source or chosen_by, _share(brightness))


def _presentation(description: FrameDescription, brightness: np.ndarray | None) -> list[Step]:
    steps = []
    if description.presentation_lut is not None:
        table = description.presentation_lut
        steps.append(Step("Presentation LUT", f"table of {len(table.entries):,} values"))
        brightness = None  # the table's answer is in the screen value
    text = "inverted: low values are bright" if description.inverted else "not inverted"
    if brightness is not None and description.inverted:
        brightness = 1 - brightness
    return [*steps, Step("Inversion", text, description.inversion_source, _share(brightness))]


def _screen(
    pixels: np.ndarray,
    description: FrameDescription,
    chosen: Voi,
    pixel: tuple[int, int] | None,
) -> Step:
    value = ""
    if pixel is not None:
        row, column = pixel
        shown = int(
            display.to_rgb32(pixels[row : row + 1, column : column + 1], description, chosen)[0, 0]
        )
        red, green, blue = (shown >> shift & 0xFF for shift in (16, 8, 0))
        value = str(red) if red == green == blue else f"{red}, {green}, {blue}"
    return Step("Screen value", "0 (black) to 255 (white)", "", value)


def _drawn_over(description: FrameDescription, pixel: tuple[int, int] | None) -> list[Step]:
    steps = []
    shutter = description.shutter
    if shutter is not None:
        value = ""
        if pixel is not None:
            seen = composition.is_in_sight(description, *pixel)
            value = "in sight" if seen else "hidden by the shutter"
        steps.append(Step("Shutter", "hides what lies outside it", shutter.source, value))
    for plane in description.overlays:
        value = ""
        if pixel is not None:
            value = "set" if plane.is_set(*pixel) else "not set"
        text = plane.label or ("region of interest" if plane.kind == "R" else "graphics")
        steps.append(Step(f"Overlay {plane.group:04X}", text, plane.source, value))
    return steps


def _millimetres(description: FrameDescription, point_rc: Point | None) -> Step:
    scale = scale_at(description, point_rc)
    if scale is None:
        return Step("Lengths", "in pixels: no attribute gives millimetres here")
    down, across = scale.spacing_rc_mm
    text = f"{down:.6g} mm between rows, {across:.6g} mm between columns"
    return Step("Lengths", text, source_words(scale))


def _share(brightness: np.ndarray | None) -> str:
    return "" if brightness is None else f"{brightness.item():.1%}"


def _number(value: float) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
