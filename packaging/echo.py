"""The moving picture of the sample study: a beating ventricle with colour flow.

Owns the drawing; what is written to files is make_sample.py's.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FRAMES, ROWS, COLUMNS = 24, 128, 160
FRAME_TIME_MS = 40
PIXEL_MM = 1.2

_APEX_RC = (6.0, (COLUMNS - 1) / 2)
_DEPTH = 116.0
_HALF_ANGLE = np.deg2rad(38.0)


def beating_heart(seed: int = 1954) -> npt.NDArray[np.uint8]:
    """Draw one beat.

    Returns
    -------
    ndarray of uint8, shape (FRAMES, ROWS, COLUMNS, 3)
        RGB.
    """
    row, column = np.meshgrid(np.arange(ROWS), np.arange(COLUMNS), indexing="ij")
    depth = np.hypot(row - _APEX_RC[0], column - _APEX_RC[1])
    angle = np.arctan2(column - _APEX_RC[1], row - _APEX_RC[0])
    sector = (depth < _DEPTH) & (depth > 8) & (np.abs(angle) < _HALF_ANGLE)
    speckle = np.random.default_rng(seed).rayleigh(0.6, (ROWS, COLUMNS))
    frames = np.zeros((FRAMES, ROWS, COLUMNS, 3), np.float64)
    for index in range(FRAMES):
        phase = index / FRAMES * 2 * np.pi
        squeeze = 1 - 0.24 * max(np.sin(phase), 0.0)
        wall = np.hypot((column - 80) / (30 * squeeze), (row - 62) / (40 * squeeze))
        echo = np.where(wall < 1, 8.0, np.where(wall < 1 + 0.32 / squeeze, 120.0, 55.0)) * speckle
        grey = np.where(sector, echo * (1.1 - depth / 260), 0.0)
        frames[index] = grey[..., np.newaxis]
        _paint_flow(frames[index], (wall < 0.9) & sector, row, column, phase)
        _paint_trace(frames[index], index)
    return np.clip(np.rint(frames), 0, 255).astype(np.uint8)


def _paint_flow(
    picture: npt.NDArray[np.float64],
    chamber: npt.NDArray[np.bool_],
    row: npt.NDArray[np.int_],
    column: npt.NDArray[np.int_],
    phase: float,
) -> None:
    """Colour the jet: red towards the probe while filling, blue away while emptying."""
    emptying = np.sin(phase) > 0
    centre = 72 if emptying else 88
    speed = abs(np.sin(phase)) * np.exp(
        -(((column - centre) / 9.0) ** 2) - ((row - 80) / 26.0) ** 2
    )
    jet = chamber & (speed > 0.15)
    colour = np.array([40, 90, 255] if emptying else [255, 70, 30], np.float64)
    picture[jet] = speed[jet, np.newaxis] * colour


def _paint_trace(picture: npt.NDArray[np.float64], index: int) -> None:
    """Draw a heart trace along the lower edge, up to the moment of this frame."""
    for column in range(int((index + 1) / FRAMES * COLUMNS)):
        beat = np.exp(-(((column - 18) / 2.5) ** 2)) + 0.25 * np.exp(-(((column - 62) / 8) ** 2))
        picture[round(ROWS - 3 - 10 * beat), column] = (90, 230, 120)
