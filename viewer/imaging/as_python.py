"""The picture on screen as lines of Python: what NumPy does to the stored values of a frame.

The steps are those of `display`, in the same precision, for grey frames with a rescale and a
window, and for colours of 8 bits. What a table does (palettes, modality, VOI and presentation LUTs)
has no lines: a comment says so, and where the lines end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from viewer.imaging.display import is_colour
from viewer.imaging.turning import Turn
from viewer.imaging.voi import Voi, VoiLut, VoiWindow

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription

_COLOUR_BITS = 8
_PLAIN = ("Endian",)  # in the names of transfer syntaxes
_EXACT = (*_PLAIN, "Lossless", "RLE", "Deflated", "Uncompressed")
_OTHER = "pydicom reads other values than Negato"


@dataclass(frozen=True, slots=True)
class Shown:
    """A frame as it is shown.

    ``source`` is a Python expression that gives its pydicom Dataset, ``index`` the number of the
    frame in that, from 0. ``is_float`` is of its stored values, ``ends`` are the least and the
    greatest of integers; ``drawn`` names what lies over the picture: "overlays".
    """

    source: str
    index: int
    description: FrameDescription
    voi: Voi
    turn: Turn = field(default_factory=Turn)
    is_float: bool = False
    ends: tuple[int, int] | None = None
    drawn: tuple[str, ...] = ()


def python_of(shown: Shown) -> str:
    """Give the lines that reproduce a picture: `stored`, `values` and `picture` are arrays.

    ``stored`` are stored values, ``values`` modality values (float64), ``picture`` grey values or
    RGB as on screen, turned as there (uint8).
    """
    description = shown.description
    modules = "import zipfile\n\n" if "zipfile." in shown.source else ""
    lines = [
        f"{modules}import numpy as np",
        "import pydicom",
        "from pydicom.pixels import pixel_array",
        "",
        f"dataset = {shown.source}",
        f"stored = pixel_array(dataset, index={shown.index})",
    ]
    lines += _remarks(shown)
    if description.rows_there is not None:
        lines.append("# The file ends within this frame: pydicom may refuse to read it.")
    missing = _not_covered(shown)
    if is_colour(description):
        lines += [] if missing else ["picture = stored.copy()"]
    elif description.modality.lut is None:
        lines += _values(description)
        lines += [] if missing else _grey(shown)
    if missing:
        lines.append(f"# No lines for what follows, so no picture: {missing}.")
        return "\n".join(lines) + "\n"
    lines += _turned(shown.turn)
    if shown.drawn:
        lines.append(f"# On screen but not in this array: {', '.join(shown.drawn)}.")
    return "\n".join(lines) + "\n"


def _remarks(shown: Shown) -> list[str]:
    """Say what keeps pydicom from the same stored values; where none differ, have that checked."""
    syntax = shown.description.transfer_syntax
    lines = []
    if not any(name in syntax for name in _PLAIN):
        lines.append("# Compressed: pydicom needs one of its decoders for it to be installed.")
    if not any(name in syntax for name in _EXACT):
        lines.append("# Lossy: decoders differ in how they round, and in how they convert colours.")
    elif shown.ends is not None:
        least, greatest = shown.ends
        lines.append(f'assert (stored.min(), stored.max()) == ({least}, {greatest}), "{_OTHER}"')
    return lines


def _not_covered(shown: Shown) -> str:
    """Name what the frame passes through that has no lines here; "" for nothing."""
    description = shown.description
    if description.palette_rgb is not None:
        return "the colours of its palette"
    if is_colour(description):
        deep = description.bits_stored != _COLOUR_BITS
        return "colours of more or fewer than 8 bits" if deep else ""
    if description.modality.lut is not None:
        return "its Modality LUT"
    if isinstance(shown.voi, VoiLut):
        return "its VOI LUT"
    return "its Presentation LUT" if description.presentation_lut is not None else ""


def _values(description: FrameDescription) -> list[str]:
    modality = description.modality
    if modality.is_identity:
        return ["values = stored.astype(np.float64)"]
    unit = f"  # {modality.unit}" if modality.unit.isascii() and modality.unit.isalnum() else ""
    scaled = f"stored.astype(np.float64) * {modality.slope!r} + {modality.intercept!r}"
    return [f"values = {scaled}{unit}"]


def _grey(shown: Shown) -> list[str]:
    description = shown.description
    assert isinstance(shown.voi, VoiWindow)
    lines = [
        f"center, width = {shown.voi.center!r}, {shown.voi.width!r}  # {shown.voi.function}",
        f"brightness = {_windowed(shown.voi)}",
    ]
    if description.inverted:
        lines.append(f"brightness = 1 - brightness{_reason(description)}")
    if shown.is_float:
        lines.append("brightness = np.nan_to_num(brightness, nan=0)")
    lines.append("picture = (brightness * 255 + 0.5).astype(np.uint8)")
    if description.padding_range is not None:
        low, high = description.padding_range
        lines.append(f"picture[(stored >= {low!r}) & (stored <= {high!r})] = 0  # padding")
    return lines


def _windowed(voi: VoiWindow) -> str:
    """Give the formula of a window, PS3.3 C.11.2.1.2.1 to C.11.2.1.3.2, as `voi.apply` has it."""
    center, width, left = "center", "width", voi.width
    if voi.function == "LINEAR" and voi.width >= 1:
        center, width, left = "(center - 0.5)", "(width - 1)", voi.width - 1
    if left <= 0:
        return f"(values > {center}).astype(np.float64)"
    scaled = f"(values - {center}) / {width}"
    if voi.function == "SIGMOID":
        return f"1 / (1 + np.exp(-4 * np.clip({scaled}, -20, 20)))"
    return f"np.clip({scaled} + 0.5, 0, 1)"


def _reason(description: FrameDescription) -> str:
    is_mono1 = description.photometric_interpretation == "MONOCHROME1"
    return "  # MONOCHROME1" if is_mono1 else "  # shown inverted"


def _turned(turn: Turn) -> list[str]:
    lines = []
    if turn.quarters:
        lines.append(f"picture = np.rot90(picture, -{turn.quarters})  # clockwise")
    if turn.mirrored:
        lines.append("picture = np.fliplr(picture)")
    return lines
