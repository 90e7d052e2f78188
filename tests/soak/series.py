"""What the soak opens: folders of every kind, small ones of our own making, seeded."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import numpy as np
from pydicom.uid import (
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.benchmarks import data, pixel_data
from tests.benchmarks.tags import huge_header
from tests.hostile import hostile_files
from viewer.resources import resource

_COMPRESSED = {
    "JPEG lossless": JPEGLosslessSV1,
    "JPEG-LS": JPEGLSLossless,
    "JPEG 2000": JPEG2000Lossless,
    "HTJ2K": HTJ2KLossless,
    "RLE": RLELossless,
}


def make_sources(folder: Path) -> dict[str, Path]:
    """Make what is opened, each in a folder or file of its own; by a name to tell it by."""
    sources = {
        "sample": resource("sample"),
        "native": data.slices(folder, 120, 256)[0].parent,
        "large": _large(folder),
        "mammogram": pixel_data.mammogram(folder, 1024, 832),
        "multi-frame": pixel_data.multiframe(folder, 40, 256),
        "header": huge_header(folder, 60),
        "disc": data.disc(folder, 60).parent,
        "hostile": data.made(folder / "soak-hostile", hostile_files),
    }
    for name, syntax in _COMPRESSED.items():
        sources[name] = pixel_data.slices(folder, 24, 256, syntax)[0].parent
    sources["archive"] = _archive(folder, sources["native"])
    return sources


def _large(folder: Path) -> Path:
    values = np.random.default_rng(data.SEED).integers(0, 4000, (2048, 2048), np.int16)
    return data.image(folder, "large", values)


def _archive(folder: Path, native: Path) -> Path:
    def make(into: Path) -> None:
        with zipfile.ZipFile(into / "study.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(native.iterdir())[:30]:
                archive.write(path, f"DICOM/{path.name}")

    return data.made(folder / "soak-archive", make) / "study.zip"


def copy_to_vanish(source: Path, folder: Path) -> Path:
    """Copy a folder, for a user who takes the disc out while it is read."""
    target = folder / "vanishing"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    return target
