"""Real and derived files look as PS3.3 says, by another library's arithmetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.pixels import apply_modality_lut, apply_voi_lut

from viewer.dicom.frames import read_frame
from viewer.imaging import display, modality, voi
from viewer.imaging.voi import VoiLut, VoiWindow


@pytest.fixture(scope="module")
def derived(corpus: Path) -> Path:
    return corpus / "derived" / "display"


def shown(path: Path) -> np.ndarray:
    """Grey levels of a file's first frame, as it opens."""
    pixels, description = read_frame(str(path), 0)
    rgb32 = display.to_rgb32(pixels, description, voi.default_voi(description, pixels))
    assert (rgb32 & 0xFF == rgb32 >> 8 & 0xFF).all()
    return (rgb32 & 0xFF).astype(int)


@pytest.mark.parametrize(
    "name", ["voi_linear", "voi_linear_exact", "voi_sigmoid", "three_windows", "window_width_1"]
)
def test_windows_of_files_look_as_pydicom_computes_them(derived, name):
    path = derived / f"{name}.dcm"
    pixels, description = read_frame(str(path), 0)
    every_value = np.arange(-32768, 32768).astype(np.int16)  # the files' own pixels are all white
    table = display.display_table(description, pixels.dtype, voi.default_voi(description, pixels))
    # pydicom spans the stored range with its brightness
    expected = (apply_voi_lut(every_value.astype(np.float64), dcmread(path)) + 32768) / 65535 * 255
    assert np.ptp(expected) == pytest.approx(255)
    shown_grey = (table.look_up(every_value) & 0xFF).astype(int)
    assert np.abs(shown_grey - expected).max() <= 0.5 + 1e-6


def test_a_voi_lut_clamps_outside_its_domain(derived):
    path = derived / "voi_lut_first_1000.dcm"
    dataset = dcmread(path)
    pixels, description = read_frame(str(path), 0)
    chosen = voi.default_voi(description, pixels)
    assert isinstance(chosen, VoiLut)
    entries = np.frombuffer(dataset.VOILUTSequence[0].LUTData, "<u2").astype(float)
    first, bits = chosen.table.first_mapped, dataset.VOILUTSequence[0].LUTDescriptor[2]
    assert first == 1000
    index = np.clip(dataset.pixel_array.astype(int) - 1000, 0, len(entries) - 1)
    expected = entries[index] / (2**bits - 1) * 255
    assert np.abs(shown(path) - expected).max() <= 0.5 + 1e-6


def test_a_modality_lut_gives_its_values(derived):
    path = derived / "modality_lut.dcm"
    dataset = dcmread(path)
    pixels, description = read_frame(str(path), 0)
    expected = apply_modality_lut(dataset.pixel_array, dataset)
    assert (modality.apply(description.modality, pixels) == expected).all()
    assert np.ptp(shown(path)) > 200


@pytest.mark.parametrize("name", ["monochrome1", "presentation_lut_inverse"])
def test_inverted_files_are_the_negative_of_the_plain_one(derived, name):
    path = derived / f"{name}.dcm"
    pixels, description = read_frame(str(path), 0)
    assert description.inverted
    plain = dcmread(derived / "monochrome2.dcm").pixel_array
    assert (pixels == plain).all()
    assert np.abs(shown(path) + shown(derived / "monochrome2.dcm") - 255).max() <= 1


@pytest.mark.parametrize("name", ["pixel_padding_signed", "pixel_padding_range"])
def test_padding_is_black_and_outside_the_automatic_window(derived, name):
    path = derived / f"{name}.dcm"
    pixels, description = read_frame(str(path), 0)
    assert description.padding_range is not None
    low, high = description.padding_range
    padding = (pixels >= low) & (pixels <= high)
    assert padding.any()
    assert (shown(path)[padding] == 0).all()
    automatic = voi.auto_window(pixels, description.modality, description.padding_range)
    assert (
        automatic.center - automatic.width / 2
        >= pixels[~padding].min() + description.modality.intercept
    )


def test_a_width_of_zero_falls_back_to_a_picture(derived):
    assert np.ptp(shown(derived / "window_width_0.dcm")) > 100


def test_a_file_without_a_window_gets_an_automatic_one(derived):
    pixels, description = read_frame(str(derived / "no_window.dcm"), 0)
    assert description.vois == ()
    assert isinstance(voi.default_voi(description, pixels), VoiWindow)
    assert np.ptp(shown(derived / "no_window.dcm")) == 255


def test_a_negative_slope_turns_brightness_round(derived):
    pixels, description = read_frame(str(derived / "negative_slope.dcm"), 0)
    assert description.modality.slope < 0
    grey = shown(derived / "negative_slope.dcm")
    assert grey.flat[pixels.argmax()] < grey.flat[pixels.argmin()]


def test_palette_colours_follow_the_first_mapped_value(derived):
    path = derived / "palette_first_mapped_100.dcm"
    pixels, description = read_frame(str(path), 0)
    assert description.palette_first == 100
    palette = description.palette_rgb
    rgb32 = display.to_rgb32(pixels, description, VoiWindow(0, 1))
    index = np.clip(pixels.astype(int) - 100, 0, 15)
    assert ((rgb32 >> 16 & 0xFF) == palette[index][..., 0]).all()
    assert ((rgb32 & 0xFF) == palette[index][..., 2]).all()
