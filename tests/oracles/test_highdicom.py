"""Modality values and grey levels equal highdicom's: every monochrome file, window and VOI LUT.

highdicom reads the transforms from the file itself. Decoding is judged by
`tests.dicom.test_reference`, so it is given our stored values: it cannot
decode every syntax, and does not remove unused bits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.oracles import monochrome as mono
from tests.oracles.monochrome import FileVoi
from tests.oracles.tally import Tally
from viewer.dicom.errors import NegatoError
from viewer.dicom.frames import read_frame
from viewer.imaging import modality
from viewer.imaging.frame import FrameDescription
from viewer.imaging.voi import Voi, VoiWindow

highdicom = pytest.importorskip("highdicom", reason="highdicom is not installed (extra test)")

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
_VALUES = "modality values"
# what highdicom raises for files that it does not take
_REFUSALS = (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError)
Frames = dict[int, tuple[np.ndarray, FrameDescription]]


@pytest.fixture(autouse=True)
def _quiet_highdicom() -> Iterator[None]:
    logging.getLogger("highdicom").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("highdicom").setLevel(logging.NOTSET)


@pytest.mark.parametrize("paths", mono.corpus_parts())
def test_values_and_grey_levels_are_those_of_highdicom(
    corpus: Path, paths: tuple[str, ...], record_property: Callable[[str, object], None]
) -> None:
    tally = Tally("highdicom", paths)
    for path, header in mono.monochrome_headers(corpus, paths):
        frames: Frames = {}
        for frame in mono.frames_to_compare(header):
            try:
                pixels, description = read_frame(str(corpus / path), frame)
            except NegatoError:
                tally.skipped("frames that we refuse")  # judged by DCMTK
                continue
            if description.rows_there is None:
                frames[frame] = pixels, description
        if frames:
            _compare(tally, path, header, frames)
    tally.check(record_property, same_version=highdicom.__version__.startswith("0.28."))


def _compare(tally: Tally, path: str, header: Dataset, frames: Frames) -> None:
    stored = {frame: pixels for frame, (pixels, _) in frames.items()}
    try:
        image = highdicom.Image.from_dataset(mono.with_our_pixels(header, stored), copy=False)
        values = {frame: _values(image, frame) for frame in frames}
    except _REFUSALS as error:
        tally.not_read(path, repr(error))
        return
    for frame, (pixels, description) in frames.items():
        ours = modality.apply(description.modality, pixels)
        tally.compared(path)
        if not np.allclose(ours, values[frame], rtol=1e-6, atol=0, equal_nan=True):
            tally.differs(path, _VALUES, f"frame {frame + 1}: {description.modality}")
        _compare_vois(tally, path, image, mono.laid_flat(header, frame), frame, frames[frame])


def _compare_vois(
    tally: Tally,
    path: str,
    image: highdicom.Image,
    flat: Dataset,
    frame: int,
    ours: tuple[np.ndarray, FrameDescription],
) -> None:
    pixels, description = ours
    left_out = mono.padding(flat, pixels) | mono.in_colour(flat, pixels)
    has_lut = any(voi.is_lut for voi in mono.file_vois(flat))
    for stated, voi in mono.pairs(flat, pixels, description):
        if voi is None:
            tally.differs(path, stated, f"we do not offer it: {description.vois}")
            continue
        try:
            theirs = _grey(image, frame, _selector(stated, voi, description, has_lut=has_lut))
        except _REFUSALS as error:
            tally.differs(path, stated, repr(error))
            continue
        tally.compared(path)
        apart = mono.levels_apart(mono.our_grey(pixels, description, voi), theirs, left_out)
        if apart > 1:
            tally.differs(path, stated, f"frame {frame + 1} is up to {apart} levels apart ({voi})")


def _selector(
    stated: FileVoi, ours: Voi, description: FrameDescription, *, has_lut: bool
) -> int | highdicom.VOILUTTransformation:
    """Say which VOI highdicom shall apply.

    One that it finds itself wherever it can: not a window beside a LUT, and
    not what the file does not state. A window that it is given it takes as
    LINEAR, in stored units.
    """
    if not stated.number:
        assert isinstance(ours, VoiWindow)
        step = description.modality.slope
        return highdicom.VOILUTTransformation(ours.center + step / 2, ours.width + step)
    if has_lut and not stated.is_lut:
        return highdicom.VOILUTTransformation(stated.center, stated.width)
    return stated.number - 1


def _values(image: highdicom.Image, frame: int) -> np.ndarray:
    return image.get_frame(
        frame + 1,
        apply_real_world_transform=False,
        apply_modality_transform=None,
        apply_presentation_lut=False,
    )


def _grey(
    image: highdicom.Image, frame: int, selector: int | highdicom.VOILUTTransformation
) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):  # a width of 1
        brightness = image.get_frame(
            frame + 1,
            apply_real_world_transform=False,
            apply_modality_transform=None,
            apply_voi_transform=True,
            voi_transform_selector=selector,
            voi_output_range=(0.0, 255.0),
        )
    return np.rint(brightness)
