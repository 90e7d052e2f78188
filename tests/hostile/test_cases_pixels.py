"""Cases 20 to 31: pixels that are not there, streams that lie, attributes that make no sense."""

from __future__ import annotations

import pytest

from tests.hostile.test_cases_headers import Found, assert_letters, keys_of
from viewer.dicom.errors import PixelError


def test_case_20_frames_beyond_measure_without_data_are_refused_at_once(found: Found) -> None:
    for outcome in assert_letters(found, 20):
        assert outcome.header is not None
        assert all(isinstance(shown, PixelError) for shown in outcome.frames.values())


@pytest.mark.parametrize("case", [21, 22, 23, 24, 25])
def test_case_21_to_25_streams_that_lie_give_the_reason_in_place_of_the_picture(
    found: Found, case: int
) -> None:
    for outcome in assert_letters(found, case):
        assert outcome.header is not None


def test_case_27_an_impossible_image_module_gives_the_reason(found: Found) -> None:
    assert_letters(found, 27)
    for name, word in (
        ("rows_0", "Rows 0"),
        ("stored_over_allocated", "BitsStored 20"),
        ("samples_2", "SamplesPerPixel 2"),
        ("planar_7", ""),
        ("rgb_planar_7", "PlanarConfiguration 7"),
        ("representation_2", "PixelRepresentation 2"),
        ("allocated_3", "BitsAllocated 3"),
        ("allocated_4096", "BitsAllocated 4096"),
        ("high_bit_40000", "HighBit 40000"),
        ("photometric_odd", "NEGATIVE"),
    ):
        said = " ".join(found[f"27_{name}"].sentences)
        assert word in said, name


def test_case_28_counts_of_frames_that_cannot_be_are_said(found: Found) -> None:
    assert_letters(found, 28)
    for name in ("minus_5", "text", "rle_minus_5", "rle_text"):
        assert any("NumberOfFrames" in sentence for sentence in found[f"28_{name}"].sentences)


def test_case_29_rescale_windows_and_tables_that_cannot_be_used_are_left_out(found: Found) -> None:
    for outcome in assert_letters(found, 29):
        assert not isinstance(outcome.frames[0], PixelError)


def test_case_30_palettes_that_are_not_whole(found: Found) -> None:
    assert_letters(found, 30)
    short = found["30_short"].frames[0]
    assert not isinstance(short, PixelError)
    assert any("10 of 48 entries" in sentence for sentence in short[1].warnings)


def test_case_31_spacings_that_cannot_be_give_no_millimetres_and_a_reason(found: Found) -> None:
    assert_letters(found, 31)
    for key in keys_of(31):
        shown = found[key].frames[0]
        assert not isinstance(shown, PixelError), key
        if key.startswith(("31_pixel", "31_imager", "31_scanned")):
            assert shown[1].spacing_rc_mm is None, key
        assert not shown[1].regions, key
        if key.startswith("31_plane"):
            assert shown[1].plane is None, key
