"""LUTs and palettes of files are read as they are, or said to be damaged."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

from tests.dicom import synthetic
from viewer.dicom.errors import PixelError
from viewer.dicom.frames import read_frame
from viewer.dicom.palettes import expand_segments
from viewer.imaging import display, voi
from viewer.imaging.frame import FrameDescription
from viewer.imaging.voi import VoiLut, VoiWindow

VALUES = synthetic.grey(4, 6)
ANY_WINDOW = VoiWindow(0, 1)


def lut(data: Any, descriptor: list[int], vr: str = "OW") -> Dataset:
    made = Dataset()
    made.add_new("LUTDescriptor", "US", descriptor)
    made.add_new("LUTData", vr, data)
    return made


def words(*entries: int) -> bytes:
    return np.array(entries, "<u2").tobytes()


def described(tmp_path: Path, values: np.ndarray = VALUES, **attributes: Any) -> FrameDescription:
    return read_frame(synthetic.write(tmp_path / "a", values, **attributes), 0)[1]


def voi_lut(tmp_path: Path, table: Dataset) -> tuple[VoiLut, FrameDescription]:
    found = described(tmp_path, VOILUTSequence=[table])
    [only] = found.vois
    assert isinstance(only, VoiLut)
    return only, found


def test_luts_are_named_by_item(tmp_path: Path) -> None:
    damaged = lut(words(1), [4, 0, 16])
    found = described(
        tmp_path,
        VOILUTSequence=[lut(words(0, 255), [2, 0, 8]), damaged, lut(words(255, 0), [2, 0, 8])],
    )
    assert [v.source for v in found.vois] == [
        "VOILUTSequence (0028,3010), item 1",
        "VOILUTSequence (0028,3010), item 3",
    ]
    assert found.warnings == ("Item 2 of VOILUTSequence is damaged and left out.",)


def test_a_voi_lut_in_a_functional_group_is_used(tmp_path: Path) -> None:
    macro, group = Dataset(), Dataset()
    macro.VOILUTSequence = [lut(words(0, 255), [2, 0, 8])]
    group.FrameVOILUTSequence = [macro]
    found = described(tmp_path, SharedFunctionalGroupsSequence=[group])
    assert [v.source for v in found.vois] == [
        "VOILUTSequence (0028,3010), item 1 in FrameVOILUTSequence of all frames (5200,9229)"
    ]


def test_zero_entries_mean_65536(tmp_path: Path) -> None:
    data = np.arange(65536, dtype="<u2").tobytes()
    table, _ = voi_lut(tmp_path, lut(data, [0, 0, 16]))
    assert len(table.table.entries) == 65536


@pytest.mark.parametrize(
    ("data", "bits", "true_bits", "warned"),
    [
        (words(0, 4095), 12, 12, False),
        (words(0, 4095), 16, 16, False),  # dark, but that is what the file says
        (words(0, 4095), 8, 12, True),
        (words(0, 4095), 0, 12, True),
        (bytes([0, 100, 200, 255]), 16, 8, True),  # four entries of one byte
        (bytes([0, 100, 200, 255]), 8, 8, False),
    ],
)
def test_full_brightness_is_what_the_entries_can_hold(
    tmp_path: Path, data: bytes, bits: int, true_bits: int, warned: bool
) -> None:
    count = 4 if data[1] == 100 else 2
    table, found = voi_lut(tmp_path, lut(data, [count, 0, bits]))
    assert table.table.bits == true_bits
    assert table.table.entries[-1] == (255 if count == 4 else 4095)
    assert any("taken for full brightness" in text for text in found.warnings) is warned


def test_a_table_that_stays_dark_says_so(tmp_path: Path) -> None:
    _, found = voi_lut(tmp_path, lut(words(0, 4095), [2, 0, 16]))
    assert found.warnings == (
        "The entries of VOILUTSequence, item 1, take 12 of the 16 bits that LUTDescriptor says; "
        "the picture is as dark as that makes it.",
    )
    assert voi_lut(tmp_path, lut(words(0, 40000), [2, 0, 16]))[1].warnings == ()


def test_a_rescale_beside_a_modality_lut_is_left_out_with_a_warning(tmp_path: Path) -> None:
    found = described(
        tmp_path,
        RescaleSlope="2",
        RescaleIntercept="0",
        ModalityLUTSequence=[lut(words(5, 6, 7), [3, 0, 16])],
    )
    assert found.modality.source == "ModalityLUTSequence (0028,3000)"
    assert any("RescaleSlope" in text for text in found.warnings)


def test_a_damaged_modality_lut_leaves_values_uncalibrated_with_a_warning(tmp_path: Path) -> None:
    found = described(tmp_path, ModalityLUTSequence=[lut(words(5), [3, 0, 16])])
    assert found.modality.is_identity
    assert "not calibrated" in found.warnings[0]


def test_a_presentation_lut_of_an_image_is_applied(tmp_path: Path) -> None:
    values = np.arange(24, dtype=np.uint16).reshape(4, 6)
    path = synthetic.write(
        tmp_path / "a",
        values,
        WindowCenter="12",
        WindowWidth="24",
        PresentationLUTSequence=[lut(words(1023, 0), [2, 0, 10])],
    )
    pixels, description = read_frame(path, 0)
    assert description.presentation_lut is not None
    shown = display.to_rgb32(pixels, description, voi.default_voi(description, pixels)) & 0xFF
    assert (shown[0] == 255).all()  # the lower half takes the first entry
    assert (shown[3] == 0).all()


def palette_file(tmp_path: Path, values: np.ndarray, **attributes: Any) -> str:
    return synthetic.write(
        tmp_path / "a", values, **{"PhotometricInterpretation": "PALETTE COLOR", **attributes}
    )


def palette_of(*channels: bytes, descriptor: list[int], segmented: bool = False) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for colour, data in zip(("Red", "Green", "Blue"), channels, strict=True):
        name = f"{colour}PaletteColorLookupTable"
        made[f"{name}Descriptor"] = descriptor
        made[f"{'Segmented' if segmented else ''}{name}Data"] = data
    return made


def colours(path: str) -> list[int]:
    pixels, description = read_frame(path, 0)
    found: list[int] = display.to_rgb32(pixels, description, ANY_WINDOW)[0].tolist()
    return found


def test_a_nearly_black_part_of_a_16_bit_palette_stays_nearly_black(tmp_path: Path) -> None:
    table = palette_of(words(0, 200), words(0, 65535), words(0, 65535), descriptor=[2, 0, 16])
    path = palette_file(tmp_path, np.array([[0, 1]], np.uint8), **table)
    assert colours(path) == [0xFF000000, 0xFF00FFFF]


@pytest.mark.parametrize("bits", [8, 16])
def test_8_bit_colours_in_words_are_shown_as_they_are(tmp_path: Path, bits: int) -> None:
    table = palette_of(*[words(0, 255)] * 3, descriptor=[2, 0, bits])
    path = palette_file(tmp_path, np.array([[0, 1]], np.uint8), **table)
    assert colours(path) == [0xFF000000, 0xFFFFFFFF]


def test_signed_indices_may_start_below_zero(tmp_path: Path) -> None:
    table = palette_of(*[bytes([10, 20, 30, 40])] * 3, descriptor=[4, -2, 8])
    path = palette_file(tmp_path, np.array([[-3, -2, -1, 5]], np.int16), **table)
    assert colours(path) == [0xFF0A0A0A, 0xFF0A0A0A, 0xFF141414, 0xFF282828]


def test_a_palette_that_is_too_short_is_black_where_it_ends_with_a_warning(tmp_path: Path) -> None:
    table = palette_of(*[words(65535, 65535, 65535)] * 3, descriptor=[4, 0, 16])
    path = palette_file(tmp_path, np.array([[0, 1, 2, 3]], np.uint8), **table)
    assert colours(path) == [0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFF000000]
    warnings = read_frame(path, 0)[1].warnings
    assert any("has 3 of 4 entries" in text for text in warnings)


def test_parts_of_a_palette_that_start_apart_are_used_as_they_say(tmp_path: Path) -> None:
    table = palette_of(*[bytes([0, 255])] * 3, descriptor=[2, 0, 8])
    table["BluePaletteColorLookupTableDescriptor"] = [2, 1, 8]
    path = palette_file(tmp_path, np.array([[0, 1, 2, 2]], np.uint8), **table)
    assert colours(path) == [0xFF000000, 0xFFFFFF00, 0xFFFFFFFF, 0xFFFFFFFF]
    assert any("differ" in text for text in read_frame(path, 0)[1].warnings)


def test_a_palette_image_without_its_palette_says_so(tmp_path: Path) -> None:
    path = palette_file(tmp_path, np.array([[0, 1]], np.uint8))
    with pytest.raises(PixelError, match="RedPaletteColorLookupTableDescriptor"):
        read_frame(path, 0)


def test_a_segmented_palette_of_bytes_expands(tmp_path: Path) -> None:
    ramp = bytes([0, 1, 0, 1, 3, 255])  # one entry 0, then a ramp of three to 255
    table = palette_of(ramp, ramp, ramp, descriptor=[4, 0, 8], segmented=True)
    path = palette_file(tmp_path, np.array([[0, 1, 2, 3]], np.uint8), **table)
    assert colours(path) == [0xFF000000, 0xFF555555, 0xFFAAAAAA, 0xFFFFFFFF]


def test_segmented_palettes_expand() -> None:
    # three as they are, a ramp of four to 11, then the first segment and the ramp's shape again
    stream = [0, 3, 1, 2, 3, 1, 4, 11, 2, 1, 0, 0]
    table = expand_segments(np.array(stream, np.uint16), 10)
    assert table is not None
    assert table.tolist() == [1, 2, 3, 5, 7, 9, 11, 1, 2, 3]


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_entries_of_one_byte_lie_in_words_of_the_file_s_byte_order(
    tmp_path: Path, syntax: str
) -> None:
    entries = np.array([10, 20, 30, 40], np.uint8).tobytes()
    if syntax == ExplicitVRBigEndian:
        entries = np.frombuffer(entries, "<u2").astype(">u2").tobytes()
    found = described(
        tmp_path,
        np.arange(4, dtype=np.uint8).reshape(2, 2),
        transfer_syntax=syntax,
        PhotometricInterpretation="PALETTE COLOR",
        **palette_of(entries, entries, entries, descriptor=[4, 0, 8]),
    )
    assert found.palette_rgb is not None
    assert found.palette_rgb[:, 0].tolist() == [10, 20, 30, 40]


@pytest.mark.parametrize(
    "stream",
    [[1, 4, 9], [0, 9, 1], [0, 1, 5, 2, 1, 99, 0], [7, 1, 1], [0, 1, 5]],
)
def test_broken_segmented_palettes_give_none(stream: list[int]) -> None:
    assert expand_segments(np.array(stream, np.uint16), 8) is None


def test_empty_segments_are_not_copied_without_end() -> None:
    stream = [0, 0] * 40_000 + [2, 40_000, 0, 0] * 10_000  # an hour's work
    start = time.process_time()
    assert expand_segments(np.array(stream, np.uint16), 8) is None
    assert time.process_time() - start < 5


def test_a_supplemental_palette_leaves_what_is_below_it_grey(corpus: Path) -> None:
    pixels, description = read_frame(str(corpus / "lut_overlay/eCT_Supplemental.dcm"), 0)
    assert description.palette_first == 1024
    shown = display.to_rgb32(pixels, description, voi.default_voi(description, pixels))
    red, blue = shown >> 16 & 0xFF, shown & 0xFF
    assert (red == blue)[pixels < 1024].all()
    assert (red != blue)[pixels >= 1024].mean() > 0.9


@pytest.mark.parametrize("presentation", ["COLOR", "MONOCHROME"])
def test_a_supplemental_palette_is_used_where_the_frame_is_to_be_in_colour(
    tmp_path: Path, presentation: str
) -> None:
    table = palette_of(*[bytes([255, 0])] * 3, descriptor=[2, 100, 8])
    frame_type, group = Dataset(), Dataset()
    frame_type.PixelPresentation = presentation
    group.MRImageFrameTypeSequence = [frame_type]
    found = described(
        tmp_path, PixelPresentation="MIXED", PerFrameFunctionalGroupsSequence=[group], **table
    )
    assert (found.palette_rgb is not None) is (presentation == "COLOR")


def test_a_damaged_supplemental_palette_leaves_a_grey_picture_with_a_warning(
    tmp_path: Path,
) -> None:
    table = palette_of(*[b""] * 3, descriptor=[2, 100, 8])
    found = described(tmp_path, PixelPresentation="COLOR", **table)
    assert found.palette_rgb is None
    assert any("in grey alone" in text for text in found.warnings)
