"""Where header and stream contradict each other, the stream decides, and it is said."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy as np
import pytest

from tests.dicom import synthetic
from viewer.dicom.errors import PixelError
from viewer.dicom.frames import read_frame

SIGNED = np.array([[-2048, -1, 0, 5], [1, 100, 1717, -9]], np.int16)
RGB = np.random.default_rng(0).integers(0, 255, (6, 8, 3)).astype(np.uint8)


def _jpeg2000(values: np.ndarray) -> bytes:
    return imagecodecs.jpeg2k_encode(values, level=0, codecformat="j2k")


def test_a_signed_stream_under_an_unsigned_header_keeps_its_sign(corpus: Path) -> None:
    """Read as the header says, air at -2048 would be the brightest of all."""
    folder = corpus / "tsyntax/jpeg2000"
    wrong, description = read_frame(str(folder / "TOSHIBA_J2K_SIZ1_PixRep0.dcm"), 0)
    right, _ = read_frame(str(folder / "TOSHIBA_J2K_SIZ0_PixRep1.dcm"), 0)
    assert wrong.dtype == right.dtype == np.int16
    np.testing.assert_array_equal(wrong, right)
    assert any("PixelRepresentation" in warning for warning in description.warnings)
    assert description.stored_as.endswith("signed")
    assert not description.stored_as.endswith("unsigned")


@pytest.mark.parametrize("representation", [0, 1])
def test_the_sign_of_12_bit_samples_comes_from_the_stream(
    tmp_path: Path, representation: int
) -> None:
    path = synthetic.write(
        tmp_path / "a",
        SIGNED,
        transfer_syntax=synthetic.JPEG_2000,
        frames=[_jpeg2000(SIGNED)],
        BitsStored=12,
        PixelRepresentation=representation,
    )
    pixels, description = read_frame(path, 0)
    np.testing.assert_array_equal(pixels, SIGNED)
    assert bool(description.warnings) == (representation == 0)


def test_an_unsigned_stream_may_hold_the_words_of_signed_values(tmp_path: Path) -> None:
    path = synthetic.write(
        tmp_path / "a",
        SIGNED,
        transfer_syntax=synthetic.JPEG_2000,
        frames=[_jpeg2000(SIGNED.view(np.uint16))],
    )
    np.testing.assert_array_equal(read_frame(path, 0)[0], SIGNED)


def test_colours_under_a_grey_label_are_shown_as_colours(tmp_path: Path) -> None:
    path = synthetic.write(
        tmp_path / "a",
        RGB[..., 0],
        transfer_syntax=synthetic.JPEG_2000,
        frames=[_jpeg2000(RGB)],
    )
    pixels, description = read_frame(path, 0)
    np.testing.assert_array_equal(pixels, RGB)
    assert description.samples_per_pixel == 3
    assert any("MONOCHROME2" in warning for warning in description.warnings)


def test_grey_under_a_label_of_colours_is_shown_as_grey(tmp_path: Path) -> None:
    path = synthetic.write(
        tmp_path / "a", RGB, transfer_syntax=synthetic.JPEG_2000, frames=[_jpeg2000(RGB[..., 0])]
    )
    pixels, description = read_frame(path, 0)
    np.testing.assert_array_equal(pixels, RGB[..., 0])
    assert description.photometric_interpretation == "MONOCHROME2"
    assert any("RGB" in warning for warning in description.warnings)


@pytest.mark.parametrize("photometric", ["RGB", "YBR_FULL"])
@pytest.mark.parametrize("stored", [8, 10, 16])
def test_colours_have_the_depth_of_their_stream(
    tmp_path: Path, photometric: str, stored: int
) -> None:
    def seen(bits: int) -> tuple[np.ndarray, tuple[str, ...]]:
        path = synthetic.write(
            tmp_path / "a",
            RGB,
            transfer_syntax=synthetic.JPEG_LS,
            frames=[imagecodecs.jpegls_encode(RGB)],
            PhotometricInterpretation=photometric,
            BitsAllocated=8 if bits == 8 else 16,
            BitsStored=bits,
        )
        pixels, description = read_frame(path, 0)
        return pixels, description.warnings

    right, _ = seen(8)
    pixels, warnings = seen(stored)
    np.testing.assert_array_equal(pixels, right)
    assert any("8-bit: it decided" in warning for warning in warnings) == (stored > 8)


def test_another_size_is_no_matter_of_belief(tmp_path: Path) -> None:
    path = synthetic.write(
        tmp_path / "a", RGB[:3], transfer_syntax=synthetic.JPEG_2000, frames=[_jpeg2000(RGB)]
    )
    with pytest.raises(PixelError, match=r"8 × 6 pixels.*8 × 3"):
        read_frame(path, 0)
