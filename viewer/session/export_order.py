"""What can be exported and how, as ``negato export`` takes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Literal

from viewer.dicom.stacks import Stack
from viewer.imaging.turning import Turn
from viewer.imaging.voi import VoiWindow
from viewer.imaging.voi_choice import AUTOMATIC, FileVoi, FixedVoi
from viewer.session.disc_contents import size_text
from viewer.session.scopes import Scope
from viewer.session.viewport import Picture, ViewportState

Values = Literal["seen", "stored", "modality", "screen", ""]
Kind = Literal["pictures", "pages", "movie", "volume", "copy"]

VALUES: dict[Values, str] = {
    "seen": "As seen, a pixel of the file each: 8 bit",
    "stored": "Stored values, unchanged",
    "modality": "Modality values (CT: HU), rescaled",
    "screen": "As on screen: zoom, annotations, texts",
    "": "The files as they are",
}


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of files. ``library`` is what it needs beside Negato, if anything."""

    name: str
    title: str
    kind: Kind
    values: tuple[Values, ...]
    library: str = ""

    @property
    def missing(self) -> str:
        """Say what is to be installed; "" where it can be written."""
        return f"needs pip install {self.library}" if self.library else ""


_SEEN: tuple[Values, ...] = ("seen",)
_OF_VOLUMES: tuple[Values, ...] = ("modality", "stored")
FORMATS = (
    Format("png", "PNG: a picture a frame", "pictures", ("seen", "stored", "screen")),
    Format("jpeg", "JPEG: a picture a frame", "pictures", _SEEN),
    Format("tiff", "TIFF: the pages of a stack", "pages", ("stored", "seen", "modality")),
    Format("gif", "GIF: an animation a stack", "movie", _SEEN),
    Format("webp", "WebP: an animation a stack", "movie", _SEEN),
    Format("mp4", "MP4: a movie a stack", "movie", _SEEN, "av"),
    Format("npy", "NumPy .npy: the values", "volume", _OF_VOLUMES),
    Format("npz", "NumPy .npz: values, affine, units", "volume", _OF_VOLUMES),
    Format("nifti", "NIfTI: a volume a stack", "volume", _OF_VOLUMES, "nibabel"),
    Format("nrrd", "NRRD: a volume a stack", "volume", _OF_VOLUMES),
    Format("dicom", "DICOM: copies of the files", "copy", ("",)),
)


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What is to be written and how. ``window`` is as the command takes it: "--voi", "2"."""

    scope: Scope
    form: Format
    values: Values
    frames: str = ""
    window: tuple[str, ...] = ()
    turn: Turn = field(default_factory=Turn)
    overlays: bool = True
    shutter: bool = True
    pattern: str = ""
    replace: bool = False
    steps: tuple[str, ...] = ()  # of a pipeline, as TOML
    more: tuple[str, ...] = ()  # further arguments

    def arguments(self, target: str) -> list[str]:
        """Give the arguments of the command."""
        arguments = ["export", "-o", target, "--format", self.form.name]
        if self.values and not self.steps:
            arguments += ["--values", self.values]
        if self.values == "seen":
            arguments += [*self.window, "--turn", str(90 * self.turn.quarters)]
            for asked, option in (
                (self.turn.mirrored, "--mirror"),
                (not self.overlays, "--no-overlays"),
                (not self.shutter, "--no-shutter"),
            ):
                if asked:
                    arguments.append(option)
        if self.pattern:
            arguments += ["--name", self.pattern]
        if self.replace:
            arguments.append("--replace")
        for step in self.steps:
            arguments += ["--step", step]
        return [*arguments, *self.more]

    def order(self) -> dict[str, object]:
        """Give what the command reads."""
        return self.scope.order(self.frames)


def frames_of(text: str, count: int) -> list[int]:
    """Read frames as they are typed, "1-20,33,40-"; give them from 0, of ``count``.

    Raises
    ------
    ValueError
        With a sentence.
    """
    frames: dict[int, None] = {}
    for part in text.split(",") if text.strip() else ():
        first, dash, last = part.strip().partition("-")
        try:
            start = int(first)
            end = (int(last) if last.strip() else count) if dash else start
        except ValueError:
            start = end = 0
        if not 1 <= start <= end:
            raise ValueError("Write frames as 1-20,33, from 1 on.")
        if end > count:
            raise ValueError(f"There is no frame {end:,}; there are {count:,}.")
        frames.update(dict.fromkeys(range(start - 1, end)))
    return list(frames)


def missing_libraries() -> frozenset[str]:
    """Tell which optional libraries are not there; none is loaded for that."""
    return frozenset(
        form.library for form in FORMATS if form.library and not find_spec(form.library)
    )


def window_arguments(viewport: ViewportState, picture: Picture) -> tuple[str, ...] | None:
    """Give the window on screen as the command takes it; None where it cannot be told so.

    The automatic window is chosen by the same rule there: it needs no argument.
    """
    choice = viewport.appearance.choice
    if picture.state is not None:
        return None
    if isinstance(choice, FileVoi):
        return ("--voi", str(choice.index + 1))
    if isinstance(choice, FixedVoi) and choice.name != AUTOMATIC:
        voi = choice.voi
        if not isinstance(voi, VoiWindow) or voi.function != "LINEAR":
            return None
        return ("--window", repr(voi.center), repr(voi.width))
    return ()


def facts_of(scope: Scope, stack: Stack | None, form: Format, values: Values) -> str:
    """Say what comes out of it: shape, spacing, and the size where that can be told."""
    if form.kind == "copy":
        return f"About {size_text(scope.bytes)}."
    if scope.kind not in ("frame", "stack") or stack is None or not len(stack):
        what = {"pictures": "a file an image"}.get(form.kind, "a file a stack")
        return f"{scope.images:,} images; {what}."
    header = stack.header(0)
    rows, columns = header.rows or 0, header.columns or 0
    if form.kind != "volume":
        size = f"{rows:,} × {columns:,} pixels"
        count = "1 picture" if scope.images == 1 else f"{scope.images:,} pictures"
        return f"{count} of {size}, rows × columns."
    sample = 4 if values == "modality" else (header.bits_allocated or 16) // 8
    bytes_ = scope.images * rows * columns * sample * (header.samples_per_pixel or 1)
    shape = f"{scope.images:,} × {rows:,} × {columns:,} (slices, rows, columns)"
    parts = [f"Shape {shape}"]
    if stack.spacing_zyx_mm is not None:
        spacing = " × ".join(f"{one:.4g}" for one in stack.spacing_zyx_mm)
        parts.append(f"spacing {spacing} mm")
    units = "units as stored" if values == "stored" else "units of the modality"
    parts.append(f"{units}{' (HU)' if values == 'modality' and header.modality == 'CT' else ''}")
    parts.append(f"up to {size_text(bytes_)} before compression")
    return "; ".join(parts) + "." + _geometry_note(stack)


def _geometry_note(stack: Stack) -> str:
    if stack.regular or len(stack) < 2:
        return ""
    notes = "; ".join(stack.geometry_notes[:2])
    told = f" ({notes})" if notes else ""
    return f" Its slices are not evenly spaced in a box{told}: NIfTI and NRRD may be refused."
