"""The windows on offer for a frame: automatic, the file's own, the presets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from viewer.dicom.presets import suv_presets, window_presets
from viewer.imaging.frame import FrameDescription
from viewer.imaging.voi import Voi, VoiWindow
from viewer.imaging.voi_choice import AUTOMATIC, FileVoi, FixedVoi, VoiChoice
from viewer.plain_text import plain_line


@dataclass(frozen=True, slots=True)
class WindowOption:
    """One entry of the preset list. ``choice`` is None for the automatic window."""

    name: str
    choice: VoiChoice | None


def window_options(
    description: FrameDescription, modality: str, user_presets: Sequence[VoiWindow] = ()
) -> list[WindowOption]:
    """Give what the digits and the preset list choose: 0 automatic, then file, then presets.

    Parameters
    ----------
    modality : str
        As in the Modality attribute (0008,0060).
    user_presets : sequence of VoiWindow
        The user's own, with their names in ``explanation``; listed last.
    """
    options = [WindowOption(AUTOMATIC, None)]
    options += [
        WindowOption(_file_name(voi, number), FileVoi(number))
        for number, voi in enumerate(description.vois)
    ]
    options += [
        WindowOption(_window_name(preset.explanation, preset), FixedVoi(preset))
        for preset in window_presets(modality)
    ]
    options += [
        WindowOption(preset.explanation, FixedVoi(preset))  # in SUV: the name says it all
        for preset in suv_presets(modality, description.suv)
    ]
    options += [
        WindowOption(_window_name(plain_line(preset.explanation, 40), preset), FixedVoi(preset))
        for preset in user_presets
    ]
    return options


def _file_name(voi: Voi, number: int) -> str:
    name = plain_line(voi.explanation, 40) or f"File {number + 1}"
    if isinstance(voi, VoiWindow):
        return _window_name(name, voi)
    return f"{name}  (table)"


def _window_name(name: str, window: VoiWindow) -> str:
    return f"{name}  {window.center:g} / {window.width:g}"
