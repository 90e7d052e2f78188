"""One decoded frame, as a decoder hands it on to `samples` and `frames`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from viewer.dicom.transfer_syntaxes import NO_DECODER

Colour = Literal["RGB", "YBR", ""]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Samples as the codec gives them.

    ``samples`` is (rows, columns) or (rows, columns, 3). ``colour`` says what
    three samples mean: RGB, YBR of full range, or "" for what the header's
    photometric says. ``precision`` is the number of bits that count, 0 for
    words as stored. ``lossy`` samples may lie a little beyond those that went in.
    """

    samples: np.ndarray[Any, np.dtype[Any]]
    colour: Colour = ""
    precision: int = 0
    signed: bool = False
    decoder: str = NO_DECODER  # and the library that brings it: "CharLS (imagecodecs)"
    warnings: tuple[str, ...] = ()
    lossy: bool = False
