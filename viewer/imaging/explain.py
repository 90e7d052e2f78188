"""Why a frame looks as it does: the steps from its file to the screen, with their numbers.

The steps are told by `explain_values` and `explain_view`; where a step's inputs
were read is told by the `FrameDescription`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from viewer.imaging.explain_values import Step, value_steps
from viewer.imaging.explain_view import View, layer_steps, placing_steps

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription
    from viewer.imaging.voi import Voi

_PLAIN = View()


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
    point_rc: tuple[float, float] | None = None,
    view: View = _PLAIN,
) -> Explanation:
    """Walk the chain of one frame.

    Parameters
    ----------
    pixels, description
        As `FrameDescription` says: as stored, the description what the view's
        presentation state makes of it.
    chosen : Voi
        What the frame is shown through; without meaning for colour.
    chosen_by : str
        Who chose it, where its ``source`` does not say: "set by hand", "preset Lung".
    point_rc : (float, float), optional
        A frame position, from 0. Off the frame, or in rows that are missing, it counts as none.
    view : View
        How it is looked at; without it, as the file says.
    """
    pixel = _pixel_at(pixels, description, point_rc)
    stored = pixels[pixel] if pixel is not None else None
    steps = (
        *value_steps(description, chosen, chosen_by, view.state, stored),
        *layer_steps(pixels, description, chosen, view, pixel),
        *placing_steps(description, view, point_rc if pixel is not None else None),
    )
    suv = description.suv
    warnings = description.warnings + (suv.warnings if suv is not None else ())
    return Explanation(steps, pixel, warnings)


def _pixel_at(
    pixels: np.ndarray, description: FrameDescription, point_rc: tuple[float, float] | None
) -> tuple[int, int] | None:
    if point_rc is None or not all(map(math.isfinite, point_rc)):
        return None
    row, column = (math.floor(position + 0.5) for position in point_rc)
    rows = pixels.shape[0] if description.rows_there is None else description.rows_there
    inside = 0 <= row < rows and 0 <= column < pixels.shape[1]
    return (row, column) if inside else None
