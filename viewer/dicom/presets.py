"""Named windows by modality, from ``resources/presets.json``.

Those of CT are in Hounsfield units, those of PET in standardised uptake
values. The user's own are `session.settings`' matter.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from viewer.imaging.suv import Suv
from viewer.imaging.voi import VoiWindow
from viewer.resources import resource


def window_presets(modality: str) -> tuple[VoiWindow, ...]:
    """Give the windows in modality values that have a name for a modality.

    Parameters
    ----------
    modality : str
        As in the Modality attribute (0008,0060).

    Returns
    -------
    tuple of VoiWindow
        Their names are in ``explanation``; empty for all but CT, the only
        modality whose values mean the same on every scanner.
    """
    return tuple(
        VoiWindow(
            float(preset["center"]),
            float(preset["width"]),
            "LINEAR",
            preset["name"],
            f"preset {preset['name']}",
        )
        for preset in _presets().get(modality, ())
        if "unit" not in preset
    )


def suv_presets(modality: str, suv: Suv | None) -> tuple[VoiWindow, ...]:
    """Give the windows in SUV that have a name for a modality, turned into modality values.

    Empty where the file has no such SUV: ``suv`` as in `FrameDescription`.
    """
    if suv is None:
        return ()
    factors = {"SUVbw": suv.bw, "SUVlbm": suv.lbm, "SUVbsa": suv.bsa}
    found = []
    for preset in _presets().get(modality, ()):
        factor = factors.get(preset.get("unit", ""))
        if factor:
            low, high = preset["low"] / factor, preset["high"] / factor
            name = preset["name"]
            found.append(
                VoiWindow((low + high) / 2, high - low, "LINEAR_EXACT", name, f"preset {name}")
            )
    return tuple(found)


@cache
def _presets() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = json.loads(
        resource("presets.json").read_text(encoding="utf-8")
    )
    return found
