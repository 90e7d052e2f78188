"""Named windows by modality, from ``resources/window_presets.json``."""

from __future__ import annotations

import json
from functools import cache

from viewer.imaging.voi import VoiWindow
from viewer.resources import resource


@cache
def window_presets(modality: str) -> tuple[VoiWindow, ...]:
    """Give the windows that have a name for a modality.

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
    presets = json.loads(resource("window_presets.json").read_text(encoding="utf-8"))
    return tuple(
        VoiWindow(float(preset["center"]), float(preset["width"]), "LINEAR", preset["name"])
        for preset in presets.get(modality, ())
    )
