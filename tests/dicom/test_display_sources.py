"""Each step to the picture says which attribute it comes from, and what could not be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from tests.dicom import synthetic
from viewer.dicom.frames import read_frame
from viewer.dicom.plain_description import description_from_header
from viewer.dicom.reading import read_header
from viewer.imaging import display, voi
from viewer.imaging.frame import FrameDescription
from viewer.imaging.voi import VoiWindow

VALUES = synthetic.grey(4, 6)
RESCALE = "RescaleSlope (0028,1053) and RescaleIntercept (0028,1052)"
WINDOW = "WindowCenter (0028,1050) and WindowWidth (0028,1051)"


def described(tmp_path: Path, values: np.ndarray = VALUES, **attributes: Any) -> FrameDescription:
    """Describe a file both ways where both apply; they must agree, in words too."""
    path = synthetic.write(tmp_path / "a", values, **attributes)
    _, description = read_frame(path, 0)
    quick = description_from_header(read_header(path))
    if quick is not None:
        assert quick == description
        assert quick.modality.source == description.modality.source
        assert [found.source for found in quick.vois] == [v.source for v in description.vois]
    return description


def item(**attributes: Any) -> Dataset:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def floating(path: str, values: np.ndarray, **attributes: Any) -> str:
    """Turn a file into one with Float or Double Float Pixel Data."""
    dataset = dcmread(path)
    del dataset.PixelData, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation
    dataset.BitsAllocated = values.itemsize * 8
    dataset.Rows, dataset.Columns = values.shape
    keyword = "FloatPixelData" if values.itemsize == 4 else "DoubleFloatPixelData"
    setattr(dataset, keyword, values.tobytes())
    for name, value in attributes.items():
        setattr(dataset, name, value)
    dataset.save_as(path)
    return path


def test_a_plain_file_says_where_each_step_comes_from(tmp_path: Path) -> None:
    found = described(
        tmp_path,
        VALUES.astype(np.int16),
        PhotometricInterpretation="MONOCHROME1",
        RescaleSlope="2",
        RescaleIntercept="-1024",
        WindowCenter=["40", "-600"],
        WindowWidth=["400", "1500"],
        PixelPaddingValue=-2000,
        PixelPaddingRangeLimit=-1990,
        BitsStored=12,
    )
    assert found.modality.source == RESCALE
    assert [v.source for v in found.vois] == [
        f"{WINDOW}, value 1 of 2",
        f"{WINDOW}, value 2 of 2",
    ]
    assert found.inversion_source == "PhotometricInterpretation (0028,0004) is MONOCHROME1"
    assert found.padding_range == (-2000, -1990)
    assert found.padding_source == (
        "PixelPaddingValue (0028,0120) and PixelPaddingRangeLimit (0028,0121)"
    )
    assert found.transfer_syntax == "Explicit VR Little Endian (1.2.840.10008.1.2.1)"
    assert found.stored_as == "12 of 16 bits, high bit 11, signed"


def test_what_a_file_does_not_say_is_said(tmp_path: Path) -> None:
    found = described(tmp_path)
    assert found.modality.source == "no rescale in the file: stored values are used"
    assert (found.inversion_source, found.padding_source) == ("", "")
    half = described(tmp_path, RescaleIntercept="-3").modality
    assert half.source.endswith("RescaleSlope is not there, 1 is used")
    assert (half.slope, half.intercept) == (1, -3)


def test_functional_groups_are_named_with_whether_they_are_the_frames_own(tmp_path: Path) -> None:
    path = synthetic.write(
        tmp_path / "a",
        np.stack([VALUES, VALUES]),
        NumberOfFrames=2,
        SharedFunctionalGroupsSequence=[
            item(
                FrameVOILUTSequence=[item(WindowCenter="50", WindowWidth="10")],
                PixelValueTransformationSequence=[item(RescaleSlope="5", RescaleIntercept="0")],
            )
        ],
        PerFrameFunctionalGroupsSequence=[
            item(PixelValueTransformationSequence=[item(RescaleSlope="2", RescaleIntercept="1")]),
            item(PixelValueTransformationSequence=[]),
        ],
    )
    macro = "PixelValueTransformationSequence"
    first, second = (read_frame(path, index)[1] for index in (0, 1))
    assert first.modality.source == f"{RESCALE} in {macro} of this frame (5200,9230)"
    assert second.modality.source == f"{RESCALE} in {macro} of all frames (5200,9229)"
    assert (first.modality.slope, second.modality.slope) == (2, 5)
    assert first.vois[0].source == f"{WINDOW} in FrameVOILUTSequence of all frames (5200,9229)"


@pytest.mark.parametrize(("slope", "warned"), [(2.0, False), (0.5, True), (None, True)])
def test_real_world_values_that_are_others_are_warned_of(
    tmp_path: Path, slope: float | None, warned: bool
) -> None:
    mapping = item(RealWorldValueIntercept=1.0)
    if slope is not None:  # else a table
        mapping.RealWorldValueSlope = slope
    found = described(
        tmp_path,
        SharedFunctionalGroupsSequence=[
            item(
                PixelValueTransformationSequence=[item(RescaleSlope="2", RescaleIntercept="1")],
                RealWorldValueMappingSequence=[mapping],
            )
        ],
    )
    assert found.modality.slope == 2
    assert any("RealWorldValueMapping" in warning for warning in found.warnings) == warned


@pytest.mark.parametrize(
    ("photometric", "shape", "contradicts"),
    [
        ("MONOCHROME1", "IDENTITY", True),
        ("MONOCHROME2", "INVERSE", True),
        ("MONOCHROME1", "INVERSE", False),
    ],
)
def test_what_is_said_once_or_twice_is_inverted_once_and_contradictions_are_named(
    tmp_path: Path, photometric: str, shape: str, contradicts: bool
) -> None:
    found = described(tmp_path, PhotometricInterpretation=photometric, PresentationLUTShape=shape)
    assert found.inverted
    assert ("is MONOCHROME1" in found.inversion_source) is (photometric == "MONOCHROME1")
    assert ("is INVERSE" in found.inversion_source) is (shape == "INVERSE")
    assert any("contradicts" in text for text in found.warnings) is contradicts


@pytest.mark.parametrize(
    ("slope", "intercept"), [("1e308", "0"), ("-1e306", "1e308"), ("1e300", "1e307")]
)
def test_a_rescale_beyond_double_precision_is_left_out_with_a_warning(
    tmp_path: Path, slope: str, intercept: str
) -> None:
    found = described(tmp_path, RescaleSlope=slope, RescaleIntercept=intercept)
    fits = slope == "1e300"
    assert found.modality.is_identity is not fits
    assert bool(found.warnings) is not fits
    if not fits:
        assert "too large" in found.warnings[0]


def test_a_window_narrower_than_linear_can_be_says_what_is_done(tmp_path: Path) -> None:
    found = described(tmp_path, WindowCenter="40", WindowWidth="0.5")
    assert found.vois == (VoiWindow(40, 0.5, "LINEAR_EXACT"),)
    assert "needs a width of at least 1" in found.warnings[0]


@pytest.mark.parametrize("width", ["0", "-3"])
def test_a_window_without_width_leaves_an_automatic_one(tmp_path: Path, width: str) -> None:
    found = described(tmp_path, WindowCenter="40", WindowWidth=width)
    assert found.vois == ()
    assert found.warnings == (f"A window of the file has width {width} and is left out.",)


def test_a_width_of_1_is_a_threshold_of_whole_numbers_alone(tmp_path: Path) -> None:
    whole = described(tmp_path, WindowCenter="40", WindowWidth="1")
    assert whole.vois == (VoiWindow(40, 1, "LINEAR"),)
    assert whole.warnings == ()
    fractions = described(
        tmp_path,
        WindowCenter="0.5",
        WindowWidth="1",
        RescaleSlope="0.0000152590",
        RescaleIntercept="0",
    )
    assert fractions.vois == (VoiWindow(0.5, 1, "LINEAR_EXACT"),)
    assert "threshold over fractions" in fractions.warnings[0]


@pytest.mark.parametrize("name", ["parametric_map_float", "parametric_map_double_float"])
def test_a_parametric_map_from_0_to_1_is_not_all_white(corpus: Path, name: str) -> None:
    pixels, description = read_frame(str(corpus / "depth_sign" / f"{name}.dcm"), 0)
    shown = display.to_rgb32(pixels, description, voi.default_voi(description, pixels)) & 0xFF
    assert np.abs(shown.astype(float) - pixels * 255).max() <= 0.5 + 1e-4
    assert any("LINEAR_EXACT is used" in warning for warning in description.warnings)


@pytest.mark.parametrize(
    ("dtype", "stored", "high", "said", "meant", "warned"),
    [
        (np.uint16, 12, 11, 4095, 4095, False),
        (np.int16, 12, 11, -2000, -2000, False),
        (np.uint16, 12, 11, 63536, 2096, True),  # only its low 12 bits are in a pixel
        (np.uint16, 12, 15, 32768, 2048, True),  # a whole word, its value in the upper bits
        (np.int16, 12, 11, -4000, 96, True),
    ],
)
def test_padding_is_what_pixels_that_hold_it_are_read_as(
    tmp_path: Path, dtype: type, stored: int, high: int, said: int, meant: int, warned: bool
) -> None:
    found = described(
        tmp_path, VALUES.astype(dtype), BitsStored=stored, HighBit=high, PixelPaddingValue=said
    )
    assert found.padding_range == (meant, meant)
    assert any("does not fit BitsStored 12" in text for text in found.warnings) is warned


@pytest.mark.parametrize(("dtype", "prefix"), [(np.float32, "Float"), (np.float64, "DoubleFloat")])
def test_padding_of_floating_point_pixels_is_background(
    tmp_path: Path, dtype: type, prefix: str
) -> None:
    values = np.linspace(0, 1, 64, dtype=dtype).reshape(8, 8)
    values[0] = -1e30
    path = floating(
        synthetic.write(tmp_path / "a", VALUES),
        values,
        **{f"{prefix}PixelPaddingValue": -1e30, f"{prefix}PixelPaddingRangeLimit": -2e30},
    )
    pixels, description = read_frame(path, 0)
    assert description.padding_range == pytest.approx((-2e30, -1e30))
    assert description.padding_source.startswith(f"{prefix}PixelPaddingValue (0028,012")
    window = voi.default_voi(description, pixels)
    assert isinstance(window, VoiWindow)
    assert 0 < window.center < 1
    shown = display.to_rgb32(pixels, description, window) & 0xFF
    assert (shown[0] == 0).all()
    assert shown[7, 7] == 255


def test_an_icc_profile_is_noted_with_its_name_and_size(corpus: Path, tmp_path: Path) -> None:
    path = corpus / "objects/seg/seg_image_sm_control_labelmap_palette_color.dcm"
    assert read_frame(str(path), 0)[1].icc_profile == (
        "ICC profile sRGB v4 ICC preference perceptual intent beta, 60960 bytes, not applied"
    )
    broken = described(tmp_path, ICCProfile=b"not a profile ")
    assert broken.icc_profile == "ICC profile, 14 bytes, not applied"


def test_an_icc_profile_of_the_older_version_has_its_name_read(tmp_path: Path) -> None:
    text = b"desc" + bytes(4) + (8).to_bytes(4, "big") + b"A\x1b[31mB\0"
    head = bytes(36) + b"acsp" + bytes(88)
    table = (
        (1).to_bytes(4, "big") + b"desc" + (144).to_bytes(4, "big") + len(text).to_bytes(4, "big")
    )
    found = described(tmp_path, ICCProfile=head + table + text + b"\0" * (len(text) % 2))
    assert found.icc_profile.startswith("ICC profile A")
    assert "\x1b" not in found.icc_profile
