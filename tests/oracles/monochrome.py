"""The corpus's monochrome frames and their windows, as pydicom alone reads them.

What is to be compared is listed without our own readers: a window that they
lose fails a test instead of going uncompared. The judges are the modules'
matter.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.errors import InvalidDicomError
from pydicom.multival import MultiValue
from pydicom.uid import ExplicitVRLittleEndian

from tests.conftest import CORPUS
from viewer.imaging import modality
from viewer.imaging.display import to_rgb32
from viewer.imaging.frame import FrameDescription
from viewer.imaging.voi import Voi, VoiLut, VoiWindow

_FILES_A_TEST = 48
# files that ask for gigabytes, beyond our limits and others' patience, and what is no DICOM file
_LEFT_OUT = {"deflate_bomb_512MiB.dcm", "huge_dims.dcm", ".gitattributes"}
_NOT_DICOM = {".csv", ".json", ".md"}
_PIXEL_DATA = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
# functional groups with what display asks of a frame, PS3.3 C.7.6.16.2.9 and .10
_MACROS = ("PixelValueTransformationSequence", "FrameVOILUTSequence")


@dataclass(frozen=True, slots=True)
class FileVoi:
    """One VOI transform as the file states it.

    ``number`` counts from 1 within its kind; 0 is the range of the frame's
    values, in the place of what the file does not state.
    """

    number: int
    is_lut: bool = False
    center: float = math.nan
    width: float = math.nan
    function: str = "LINEAR"

    def __str__(self) -> str:
        if not self.number:
            return "full range"
        return f"{'VOILUTSequence' if self.is_lut else 'WindowCenter'} {self.number}"

    def is_meant_by(self, voi: Voi) -> bool:
        """Say whether one of our VOIs is this one."""
        if isinstance(voi, VoiLut) or self.is_lut:
            return isinstance(voi, VoiLut) and self.is_lut
        same = math.isclose(voi.center, self.center) and math.isclose(voi.width, self.width)
        # a narrow LINEAR window has no meaning over fractions, and below 1 none at all
        return same and (voi.function == self.function or self.width <= 1)


_UNREADABLE = (InvalidDicomError, OSError, ValueError, EOFError, KeyError, RecursionError)


def corpus_parts() -> list[pytest.param]:
    """Give parameters (folder, paths) that cover the corpus, large folders in several parts.

    Listed while tests are collected; one parameter without files where the
    corpus is absent, so that the tests are there and skip.
    """
    parameters = []
    for folder, _, names in sorted(os.walk(CORPUS.resolve())):
        kept = sorted(n for n in names if n not in _LEFT_OUT and Path(n).suffix not in _NOT_DICOM)
        relative = os.path.relpath(folder, CORPUS.resolve())
        for part, start in enumerate(range(0, len(kept), _FILES_A_TEST), 1):
            paths = tuple(f"{relative}/{n}" for n in kept[start : start + _FILES_A_TEST])
            parameters.append(pytest.param(paths, id=f"{relative}:{part}"))
    return parameters or [pytest.param((), id="absent")]


def monochrome_headers(corpus: Path, paths: Iterable[str]) -> Iterator[tuple[str, Dataset]]:
    """Read what stands before the pixel data of each monochrome file among ``paths``."""
    for path in paths:
        try:
            header = pydicom.dcmread(corpus / path, force=True)
        except _UNREADABLE:
            continue  # damaged: what we say of it is tested elsewhere
        monochrome = header.get("PhotometricInterpretation", "").startswith("MONOCHROME")
        if monochrome and any(keyword in header for keyword in _PIXEL_DATA):
            yield path, header


def frames_to_compare(header: Dataset) -> list[int]:
    """Give the first, the middle and the last frame, counted from 0."""
    count = max(1, int(header.get("NumberOfFrames") or 1))
    return sorted({0, count // 2, count - 1})


def laid_flat(header: Dataset, frame: int) -> Dataset:
    """Give a copy with the transforms of one frame's functional groups at its top level."""
    flat = Dataset()
    flat.update(header)
    flat.file_meta = getattr(header, "file_meta", FileMetaDataset())
    flat.set_original_encoding(*header.original_encoding, header.original_character_set)
    per_frame = header.get("PerFrameFunctionalGroupsSequence") or []
    shared = header.get("SharedFunctionalGroupsSequence") or []
    for group in (*shared[:1], *per_frame[frame : frame + 1]):
        for macro in _MACROS:
            for item in (group.get(macro) or [])[:1]:
                flat.update(item)
    return flat


def file_vois(flat: Dataset) -> list[FileVoi]:
    """Give the VOI transforms that the file states for a frame, windows first, as we do."""
    centers, widths = _decimals(flat, "WindowCenter"), _decimals(flat, "WindowWidth")
    function = flat.get("VOILUTFunction") or "LINEAR"
    windows = [
        FileVoi(number, False, center, width, function)
        for number, (center, width) in enumerate(zip(centers, widths, strict=False), 1)
    ]
    # an item without any value stands for no LUT: an empty sequence, written with one empty item
    tables = [item for item in flat.get("VOILUTSequence") or [] if item.get("LUTDescriptor")]
    return windows + [FileVoi(number, is_lut=True) for number, _ in enumerate(tables, 1)]


def is_lawful(voi: FileVoi) -> bool:
    """Whether the standard gives a VOI a meaning. PS3.3 C.11.2.1.2.1, C.11.2.1.3."""
    return voi.is_lut or (voi.width > 0 and math.isfinite(voi.center + voi.width))


def full_range(pixels: np.ndarray, description: FrameDescription) -> VoiWindow:
    """Give the window from the lowest to the highest value of a frame without padding."""
    stored = pixels
    if description.padding_range is not None:
        low, high = description.padding_range
        stored = pixels[(pixels < low) | (pixels > high)]
    values = modality.apply(description.modality, stored)
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    return VoiWindow((low + high) / 2, high - low or 1.0, "LINEAR_EXACT")


def in_colour(flat: Dataset, pixels: np.ndarray) -> np.ndarray:
    """Say which pixels take a supplemental palette. PS3.3 C.8.16.2.1.1.1."""
    palette = flat.get("RedPaletteColorLookupTableDescriptor")
    if palette is None or flat.get("PixelPresentation") != "COLOR":
        return np.zeros(pixels.shape, bool)
    found: np.ndarray = pixels >= palette[1]
    return found


def padding(flat: Dataset, pixels: np.ndarray) -> np.ndarray:
    """Say which pixels are padding, as the file states it. PS3.3 C.7.5.1.1.2."""
    value = flat.get("PixelPaddingValue")
    if value is None or pixels.dtype.kind == "f":
        return np.zeros(pixels.shape, bool)
    limit = flat.get("PixelPaddingRangeLimit", value)
    low, high = sorted((_as_pixels(value, pixels.dtype), _as_pixels(limit, pixels.dtype)))
    return (pixels >= low) & (pixels <= high)


def our_grey(pixels: np.ndarray, description: FrameDescription, voi: Voi) -> np.ndarray:
    """Give the grey levels that we show, (rows, columns) uint8; of colour the blue."""
    return (to_rgb32(pixels, description, voi) & 0xFF).astype(np.uint8)


def levels_apart(ours: np.ndarray, theirs: np.ndarray, left_out: np.ndarray) -> int:
    """Give the largest difference in grey levels outside the pixels left out."""
    if ours.shape != theirs.shape:
        return 255
    apart = np.abs(ours.astype(np.float32) - theirs)[~left_out]
    return 255 if np.isnan(apart).any() else int(apart.max(initial=0))


def _decimals(flat: Dataset, keyword: str) -> list[float]:
    try:
        value = flat.get(keyword)
        values = value if isinstance(value, MultiValue) else [value]
        return [float(v) for v in values if v not in (None, "")]
    except (ValueError, TypeError):
        return []  # not a number: nothing is stated


def _as_pixels(value: int, dtype: np.dtype) -> int:
    """Read a value whose VR, US or SS, is not that of the pixels."""
    return int(np.int64(value).astype(dtype))


def pairs(
    flat: Dataset, pixels: np.ndarray, description: FrameDescription
) -> list[tuple[FileVoi, Voi | None]]:
    """Give each VOI of the file with ours, which is None where we lack it.

    A file without any has the frame's full range; one of ours that the file
    does not state fails.
    """
    stated = [voi for voi in file_vois(flat) if is_lawful(voi)]
    ours = list(description.vois)
    found: list[tuple[FileVoi, Voi | None]] = []
    for voi in stated:
        same = bool(ours) and voi.is_meant_by(ours[0])
        found.append((voi, ours.pop(0) if same else None))
    assert not ours, f"the file does not state {ours}"
    return found or [(FileVoi(0), full_range(pixels, description))]


def with_our_pixels(header: Dataset, frames: Mapping[int, np.ndarray]) -> Dataset:
    """Give a file whose pixels are stored values of ours, uncompressed.

    For judges of what follows decoding. Frames that are not given are zero.
    """
    first = next(iter(frames.values()))
    count = max(1, int(header.get("NumberOfFrames") or 1))
    pixels = np.zeros((count, *first.shape), first.dtype)
    for index, frame in frames.items():
        pixels[index] = frame
    found = Dataset()
    found.update(header)
    for keyword in _PIXEL_DATA:
        if keyword in found:
            del found[keyword]
    if first.dtype.kind == "f":
        keyword = "FloatPixelData" if first.itemsize == 4 else "DoubleFloatPixelData"
        setattr(found, keyword, pixels.tobytes())
    else:
        found.add_new("PixelData", "OW", pixels.tobytes())
        found.BitsAllocated = 8 * first.itemsize
        found.PixelRepresentation = int(first.dtype.kind == "i")
    if "DoseGridScaling" in found:  # a rescale by another name, which nobody else knows: C.8.8.3
        found.RescaleSlope, found.RescaleIntercept = found.DoseGridScaling, "0"
    found.file_meta = FileMetaDataset()
    found.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    found.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    return found
