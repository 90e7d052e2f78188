"""Lines of Python for the picture on screen: run, they give its grey levels."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.data import get_testdata_file

from viewer.dicom.frames import read_frames
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.tag_paths import python_source
from viewer.imaging.as_python import Shown, python_of
from viewer.imaging.display import to_rgb32
from viewer.imaging.frame import FrameDescription
from viewer.imaging.modality import LookupTable, ModalityTransform
from viewer.imaging.turning import Turn, turned_pixels
from viewer.imaging.voi import Voi, VoiFunction, VoiLut, VoiWindow, default_voi


def frame(path: str, index: int = 0) -> tuple[np.ndarray, FrameDescription]:
    ((_, pixels, description),) = list(read_frames(path, (index,), DEFAULT_LIMITS))
    assert isinstance(pixels, np.ndarray)
    assert description is not None
    return pixels, description


def lines(
    path: str, index: int, pixels: np.ndarray, description: FrameDescription, voi: Voi, turn: Turn
) -> str:
    is_float = pixels.dtype.kind == "f"
    ends = None if is_float or pixels.ndim > 2 else (int(pixels.min()), int(pixels.max()))
    source = python_source(path)
    return python_of(Shown(source, index, description, voi, turn, is_float, ends))


def run(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(text, names)
    return names


def shown(pixels: np.ndarray, description: FrameDescription, voi: Voi, turn: Turn) -> np.ndarray:
    packed = to_rgb32(pixels, description, voi)
    rgb = np.stack([packed >> 16 & 255, packed >> 8 & 255, packed & 255], axis=-1)
    return turned_pixels(rgb.astype(np.uint8), turn)


def check(
    path: str, index: int = 0, voi: Voi | None = None, turn: Turn | None = None, **changed: Any
) -> None:
    pixels, description = frame(path, index)
    description = replace(description, **changed)
    turn = turn or Turn()
    if voi is None:
        voi = default_voi(description, pixels) if pixels.ndim == 2 else VoiWindow(1, 1)
    picture = run(lines(path, index, pixels, description, voi, turn))["picture"]
    assert picture.dtype == np.uint8
    if picture.ndim == 2:
        picture = np.repeat(picture[..., np.newaxis], 3, axis=-1)
    assert np.array_equal(picture, shown(pixels, description, voi, turn))


@pytest.mark.parametrize(
    "name",
    [
        "depth_sign/12bitSigned_0x0F0F.dcm",
        "depth_sign/12bitUnsigned_0x0F0F.dcm",
        "depth_sign/parametric_map_float.dcm",
        "lut_overlay/decimal_rescale.dcm",
        "lut_overlay/signed-raw-9bit.dcm",
        "multiframe/emri_small.dcm",
        "multiframe/emri_small_RLE.dcm",
        "series/ct_head_93_64x64/CTHead50.dcm",
        "series/mr_localizer_3plane/01_3_Plane_Localizer_FF/i18246584.MRDC.15",
        "series/pet_nema_iq_phantom_89/"
        "PT.1.2.826.0.1.3680043.9.7147.1047882525948938047456663851999535613.dcm",
        "derived/display/monochrome1.dcm",
        "photometric/SC_rgb_2frame.dcm",
        "photometric/SC_ybr_full_uncompressed.dcm",
    ],
)
def test_the_lines_give_the_picture_to_the_grey_level(name: str, corpus: Path) -> None:
    path = str(corpus / name)
    check(path)
    check(path, turn=Turn(3, mirrored=True))


def test_a_later_frame_is_that_frame(corpus: Path) -> None:
    check(str(corpus / "multiframe/emri_small.dcm"), index=5)


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize("width", [0.5, 1.0, 2.0, 400.0])
def test_each_function_and_width_of_a_window(function: VoiFunction, width: float) -> None:
    path = str(get_testdata_file("CT_small.dcm", download=False))
    check(path, voi=VoiWindow(40.5, width, function))


def test_inversion_padding_and_rescale() -> None:
    path = str(get_testdata_file("CT_small.dcm", download=False))
    check(
        path,
        voi=VoiWindow(40, 400),
        inverted=True,
        padding_range=(0, 300),
        modality=ModalityTransform(0.37, -11.25),
    )


def test_a_picture_in_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "study.zip", "w") as archive:
        archive.write(str(get_testdata_file("MR_small.dcm", download=False)), "IM1")
    check(str(tmp_path / "study.zip" / "IM1"))


def test_what_has_no_lines_is_said_instead_of_a_wrong_picture() -> None:
    path = str(get_testdata_file("CT_small.dcm", download=False))
    pixels, description = frame(path)
    table = LookupTable(0, np.arange(256, dtype=np.uint16), 8)
    window = VoiWindow(40, 400)
    palette = np.zeros((256, 3), np.uint8)
    for changed, voi, told in (
        (replace(description, modality=ModalityTransform(lut=table)), window, "Modality LUT"),
        (description, VoiLut(table), "VOI LUT"),
        (replace(description, presentation_lut=table), window, "Presentation LUT"),
        (replace(description, palette_rgb=palette), window, "palette"),
        (replace(description, samples_per_pixel=3, bits_stored=16), window, "8 bits"),
    ):
        text = lines(path, 0, pixels, changed, voi, Turn())
        assert "# No lines for what follows, so no picture: " in text
        assert told in text
        assert "picture" not in run(text)


def test_other_values_than_ours_stop_the_script() -> None:
    path = str(get_testdata_file("CT_small.dcm", download=False))
    pixels, description = frame(path)
    text = lines(path, 0, pixels + np.int16(1), description, VoiWindow(40, 400), Turn())
    with pytest.raises(AssertionError, match="other values"):
        run(text)


def test_what_is_drawn_over_the_picture_is_named() -> None:
    path = str(get_testdata_file("CT_small.dcm", download=False))
    _, description = frame(path)
    shown_ = Shown("x", 0, description, VoiWindow(1, 2), drawn=("overlays", "the shutter"))
    assert "# On screen but not in this array: overlays, the shutter." in python_of(shown_)
