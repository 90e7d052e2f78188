"""What display is told of a frame, from the header alone or from the whole data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.dicom import synthetic
from viewer.dicom.errors import HeaderError
from viewer.dicom.frames import native_frame, read_frame
from viewer.dicom.plain_description import description_from_header
from viewer.dicom.reading import read_header
from viewer.imaging.frame import FrameDescription
from viewer.imaging.voi import VoiLut, VoiWindow

VALUES = synthetic.grey(4, 6)


def _described(tmp_path: Path, values: np.ndarray = VALUES, **attributes: Any) -> FrameDescription:
    """Describe a file both ways where both apply; they must agree."""
    path = synthetic.write(tmp_path / "a", values, **attributes)
    _, description = read_frame(path, 0)
    quick = description_from_header(read_header(path))
    if quick is not None:
        assert quick == description
    return description


def _item(**attributes: Any) -> Dataset:
    item = Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def _lut(*entries: int, first: int = 0, bits: int = 16) -> Dataset:
    item = _item(LUTExplanation="bright")
    item.add_new("LUTDescriptor", "US", [len(entries), first, bits])
    item.add_new("LUTData", "OW", np.array(entries, "<u2").tobytes())
    return item


def test_rescale_and_unit(tmp_path: Path) -> None:
    modality = _described(
        tmp_path, RescaleSlope="0.5", RescaleIntercept="-1024", Modality="CT"
    ).modality
    assert (modality.slope, modality.intercept, modality.unit) == (0.5, -1024, "HU")


@pytest.mark.parametrize(
    ("attributes", "unit"),
    [
        (
            {
                "Modality": "CT",
                "RescaleIntercept": "0",
                "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"],
            },
            "",
        ),
        ({"Modality": "CT", "RescaleIntercept": "0", "RescaleType": "US"}, ""),
        ({"Modality": "PT", "RescaleIntercept": "0", "Units": "BQML"}, "Bq/ml"),
        ({"Modality": "MR"}, ""),
    ],
)
def test_units_are_only_claimed_where_the_file_says_them(
    tmp_path: Path, attributes: dict[str, Any], unit: str
) -> None:
    assert _described(tmp_path, **attributes).modality.unit == unit


def test_dose_is_scaled_to_gray(tmp_path: Path) -> None:
    modality = _described(tmp_path, DoseGridScaling="0.00025", DoseUnits="GY").modality
    assert (modality.slope, modality.unit) == (0.00025, "Gy")
    assert "DoseGridScaling" in modality.source
    assert _described(tmp_path, DoseGridScaling="1", DoseUnits="RELATIVE").modality.unit == ""


def test_a_slope_of_zero_is_left_out_with_a_warning(tmp_path: Path) -> None:
    description = _described(tmp_path, RescaleSlope="0", RescaleIntercept="3")
    assert description.modality.slope == 1
    assert any("RescaleSlope" in warning for warning in description.warnings)


def test_all_windows_come_in_order_with_their_names(tmp_path: Path) -> None:
    description = _described(
        tmp_path,
        WindowCenter=["40", "-600"],
        WindowWidth=["400", "1500"],
        WindowCenterWidthExplanation=["SOFT", "LUNG"],
        VOILUTFunction="SIGMOID",
    )
    assert description.vois == (
        VoiWindow(40, 400, "SIGMOID", "SOFT"),
        VoiWindow(-600, 1500, "SIGMOID", "LUNG"),
    )


def test_a_window_without_width_is_left_out_with_a_warning(tmp_path: Path) -> None:
    description = _described(tmp_path, WindowCenter=["40", "50"], WindowWidth=["0", "10"])
    assert description.vois == (VoiWindow(50, 10),)
    assert "width 0" in description.warnings[0]


def test_lut_sequences_take_the_place_of_rescale_and_join_the_windows(tmp_path: Path) -> None:
    description = _described(
        tmp_path,
        RescaleSlope="2",
        ModalityLUTSequence=[_lut(5, 6, 7, first=3)],
        VOILUTSequence=[_lut(0, 100, first=65535, bits=8)],
        WindowCenter="40",
        WindowWidth="80",
    )
    lut = description.modality.lut
    assert lut is not None
    assert (lut.first_mapped, lut.entries.tolist(), lut.bits) == (3, [5, 6, 7], 16)
    window, table = description.vois
    assert window == VoiWindow(40, 80)
    assert isinstance(table, VoiLut)
    assert (table.explanation, table.table.first_mapped) == ("bright", 65535)


def test_the_first_value_of_a_lut_is_signed_where_the_pixels_are(tmp_path: Path) -> None:
    description = _described(
        tmp_path, VALUES.astype(np.int16), VOILUTSequence=[_lut(0, 100, first=65535)]
    )
    assert isinstance(description.vois[0], VoiLut)
    assert description.vois[0].table.first_mapped == -1


@pytest.mark.parametrize(
    ("photometric", "shape", "inverted"),
    [
        ("MONOCHROME2", None, False),
        ("MONOCHROME1", None, True),
        ("MONOCHROME1", "INVERSE", True),
        ("MONOCHROME2", "INVERSE", True),
        ("MONOCHROME1", "IDENTITY", True),
    ],
)
def test_pictures_are_inverted_exactly_once(
    tmp_path: Path, photometric: str, shape: str | None, inverted: bool
) -> None:
    attributes = {} if shape is None else {"PresentationLUTShape": shape}
    description = _described(tmp_path, PhotometricInterpretation=photometric, **attributes)
    assert description.inverted is inverted


@pytest.mark.parametrize(
    ("dtype", "attributes", "first"),
    [
        (np.uint16, {"RescaleSlope": "1", "RescaleIntercept": "-8"}, -8),
        (np.uint16, {"RescaleSlope": "-1", "RescaleIntercept": "0"}, -8),
        (np.int16, {"RescaleSlope": "1", "RescaleIntercept": "32768"}, 65528),
        (np.int16, {"ModalityLUTSequence": [(40000, 65535)]}, 65528),
    ],
)
def test_the_first_value_of_a_voi_lut_is_signed_where_modality_values_can_be(
    tmp_path: Path, dtype: type, attributes: dict[str, Any], first: int
) -> None:
    if "ModalityLUTSequence" in attributes:
        attributes = {"ModalityLUTSequence": [_lut(*attributes["ModalityLUTSequence"][0])]}
    found = _described(
        tmp_path, VALUES.astype(dtype), VOILUTSequence=[_lut(0, 100, first=65528)], **attributes
    )
    [table] = found.vois
    assert isinstance(table, VoiLut)
    assert table.table.first_mapped == first


def test_padding_is_a_range_of_stored_values(tmp_path: Path) -> None:
    signed = VALUES.astype(np.int16)
    assert _described(tmp_path, signed, PixelPaddingValue=-2000).padding_range == (-2000, -2000)
    description = _described(tmp_path, PixelPaddingValue=90, PixelPaddingRangeLimit=80)
    assert description.padding_range == (80, 90)


def test_functional_groups_of_the_frame_win_over_the_shared(tmp_path: Path) -> None:
    def group(slope: str, center: str) -> Dataset:
        return _item(
            PixelValueTransformationSequence=[
                _item(RescaleSlope=slope, RescaleIntercept="0", RescaleType="US")
            ],
            FrameVOILUTSequence=[_item(WindowCenter=center, WindowWidth="10")],
        )

    path = synthetic.write(
        tmp_path / "a",
        np.stack([VALUES, VALUES, VALUES]),
        NumberOfFrames=3,
        RescaleSlope="9",
        SharedFunctionalGroupsSequence=[group("5", "50")],
        PerFrameFunctionalGroupsSequence=[group("2", "20"), group("3", "30"), _item()],
    )
    described = [read_frame(path, index)[1] for index in range(3)]
    assert [description.modality.slope for description in described] == [2, 3, 5]
    assert [description.vois[0] for description in described] == [
        VoiWindow(20, 10),
        VoiWindow(30, 10),
        VoiWindow(50, 10),
    ]


def test_plane_spacing_and_pixel_shape(tmp_path: Path) -> None:
    description = _described(
        tmp_path,
        ImagePositionPatient=["1", "2", "3"],
        ImageOrientationPatient=["1", "0", "0", "0", "1", "0"],
        PixelSpacing=["0.5", "0.25"],
    )
    assert description.plane is not None
    assert description.plane.position_lps == (1, 2, 3)
    assert description.spacing_rc_mm == (0.5, 0.25)
    assert description.spacing_source == "PixelSpacing"
    assert _described(tmp_path, PixelAspectRatio=["2", "1"]).pixel_aspect_rc == (2, 1)


@pytest.mark.parametrize(
    "attributes",
    [
        {"NumberOfFrames": 2},
        {"VOILUTSequence": [_lut(1, 2)]},
        {"PhotometricInterpretation": "FOO"},
        {"HighBit": 3},
        {"BitsStored": 20},
    ],
)
def test_files_that_are_not_plain_are_left_to_the_whole_reader(
    tmp_path: Path, attributes: dict[str, Any]
) -> None:
    header = read_header(synthetic.write(tmp_path / "a", VALUES, **attributes))
    assert native_frame(header) is None
    assert description_from_header(header) is None


def test_plain_corpus_files_are_described_alike_both_ways(corpus: Path) -> None:
    compared = 0
    for folder in ("derived/display", "derived/broken", "series/ct_head_93_64x64", "depth_sign"):
        for file in sorted((corpus / folder).iterdir())[:80]:
            if file.name in ("deflate_bomb_512MiB.dcm", "nested_sequences.dcm"):
                continue
            try:
                header = read_header(str(file))
            except HeaderError:
                continue
            quick = description_from_header(header)
            native = native_frame(header)
            if native is None or header.size < native.offset + native.plain.byte_count:
                continue
            whole = read_frame(str(file), 0)[1]
            assert quick == whole, file
            compared += 1
    assert compared > 100
