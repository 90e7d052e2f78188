"""The windows on offer for a frame: automatic, the file's own, the presets."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.dicom.presets import window_presets
from viewer.imaging.frame import FrameDescription
from viewer.imaging.voi import Voi, VoiWindow
from viewer.session.viewport import FileVoi, FixedVoi, VoiChoice


@dataclass(frozen=True, slots=True)
class WindowOption:
    """One entry of the preset list. ``choice`` is None for the automatic window."""

    name: str
    choice: VoiChoice | None


def window_options(description: FrameDescription, modality: str) -> list[WindowOption]:
    """Give what the digits and the preset list choose: 0 automatic, then file, then presets."""
    options = [WindowOption("Automatic", None)]
    options += [
        WindowOption(_file_name(voi, number), FileVoi(number))
        for number, voi in enumerate(description.vois)
    ]
    options += [
        WindowOption(f"{preset.explanation}  {preset.center:g} / {preset.width:g}", FixedVoi(preset))
        for preset in window_presets(modality)
    ]
    return options


def _file_name(voi: Voi, number: int) -> str:
    name = voi.explanation or f"File {number + 1}"
    if isinstance(voi, VoiWindow):
        return f"{name}  {voi.center:g} / {voi.width:g}"
    return f"{name}  (table)"
