"""Values of interest: windows and VOI LUTs, automatic windows. PS3.3 C.11.2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from viewer.imaging.modality import LookupTable

VoiFunction = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]


@dataclass(frozen=True, slots=True)
class VoiWindow:
    """A window in modality units. PS3.3 C.11.2.1.2."""

    center: float
    width: float
    function: VoiFunction = "LINEAR"
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class VoiLut:
    """A VOI LUT over modality values. PS3.3 C.11.2.1.1."""

    table: LookupTable
    explanation: str = ""


Voi = VoiWindow | VoiLut
