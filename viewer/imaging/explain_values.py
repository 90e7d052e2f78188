"""The numbers of a frame, step by step: from its file to the brightness that the window gives.

Each value is computed by the function that the picture itself comes from; what
is laid over the picture and how it is turned is `explain_view`'s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from viewer.imaging import colour, display, modality, voi
from viewer.imaging.presentation import state_words
from viewer.imaging.voi import Voi, VoiWindow

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription
    from viewer.imaging.presentation import PresentationState


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


def value_steps(
    description: FrameDescription,
    chosen: Voi,
    chosen_by: str,
    state: PresentationState | None,
    stored: np.ndarray | None,
) -> list[Step]:
    """Give the steps from the file to the picture before anything is laid over it.

    Parameters
    ----------
    description : FrameDescription
        What ``state`` makes of the frame.
    stored : ndarray of one value, or of three for colour
        None: the steps are told without numbers.
    """
    steps = [
        Step("Decoder", description.decoder or "not known", description.transfer_syntax),
        _stored(description, stored),
    ]
    if display.is_colour(description):
        return steps + _colour_steps(description, stored)
    return steps + _grey_steps(description, chosen, chosen_by, state, stored)


def rgb_words(rgb: tuple[int, int, int]) -> str:
    """Say a colour on screen, a grey one as one number: "136", "255, 190, 0"."""
    red, green, blue = rgb
    return str(red) if red == green == blue else f"{red}, {green}, {blue}"


def unpacked(pixel: int) -> tuple[int, int, int]:
    """Give red, green and blue of a 32-bit pixel, 0xffRRGGBB."""
    return pixel >> 16 & 0xFF, pixel >> 8 & 0xFF, pixel & 0xFF


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
        steps.append(_palette("Palette", description.palette_rgb, description, stored))
    steps.append(Step("Window", "none: colours are shown as they are"))
    if description.icc_profile:
        steps.append(Step("Colour profile", description.icc_profile, "ICCProfile (0028,2000)"))
    return steps


def _palette(
    title: str, palette: np.ndarray, description: FrameDescription, stored: np.ndarray | None
) -> Step:
    first, entries = description.palette_first, len(palette)
    value = ""
    if stored is not None and stored.item() < first and not display.is_colour(description):
        value = "not in it: grey"
    elif stored is not None:
        place = min(max(stored.item() - first, 0), entries - 1)
        shown = int(colour.palette_pixels(stored.reshape(1), palette, first)[0])
        value = f"entry {place}: {rgb_words(unpacked(shown))}"
    text = f"{entries:,} entries from value {first} on"
    return Step(title, text, "RedPaletteColorLookupTableData (0028,1201) ...", value)


def _grey_steps(
    description: FrameDescription,
    chosen: Voi,
    chosen_by: str,
    state: PresentationState | None,
    stored: np.ndarray | None,
) -> list[Step]:
    value = modality.apply(description.modality, stored.reshape(1)) if stored is not None else None
    steps = [_modality(description, value)]
    if description.suv is not None:
        steps.append(_uptake(description, value))
    brightness = None if value is None else voi.apply(chosen, value)
    steps.append(_voi(chosen, chosen_by, description.modality.unit, brightness))
    steps += _presentation(description, state, brightness)
    if description.palette_rgb is not None:
        palette = description.palette_rgb
        steps.append(_palette("Supplemental palette", palette, description, stored))
    if description.padding_range is not None:  # last, as in the picture: it is black in the end
        steps.append(_padding(description, description.padding_range, stored))
    return steps


def _padding(
    description: FrameDescription, ends: tuple[float, float], stored: np.ndarray | None
) -> Step:
    low, high = ends
    which = _number(low) if low == high else f"{_number(low)} to {_number(high)}"
    value = ""
    if stored is not None:
        value = "padding: black" if low <= stored <= high else "no padding"
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


def _presentation(
    description: FrameDescription, state: PresentationState | None, brightness: np.ndarray | None
) -> list[Step]:
    """Tell the Presentation LUT and the inversion, which `display.presented` applies."""
    # a state for colour leaves grey as the image has it
    prefix = "" if state is None or state.of_colour else state_words(state.label)
    steps = []
    if description.presentation_lut is not None:
        text = f"table of {len(description.presentation_lut.entries):,} values"
        source = "PresentationLUTSequence (2050,0010)"
        upright = replace(description, inverted=False)
        steps.append(
            Step(
                "Presentation LUT",
                text,
                f"{prefix}: {source}" if prefix else source,
                _share(
                    brightness if brightness is None else display.presented(brightness, upright)
                ),
            )
        )
    if brightness is not None:
        brightness = display.presented(brightness, description)
    text = "inverted: low values are bright" if description.inverted else "not inverted"
    source = description.inversion_source or prefix
    return [*steps, Step("Inversion", text, source, _share(brightness))]


def _share(brightness: np.ndarray | None) -> str:
    if brightness is None:
        return ""
    share = brightness.item()
    return "no number: black" if math.isnan(share) else f"{share:.1%}"


def _number(value: float) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
