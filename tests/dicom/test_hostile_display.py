"""Display attributes with values that no file should have still end in a picture or a sentence."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import config, dcmread
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from tests.dicom import synthetic
from viewer.dicom.errors import PixelError
from viewer.dicom.frames import read_frame
from viewer.dicom.plain_description import description_from_header
from viewer.dicom.reading import read_header
from viewer.imaging import display, histogram, voi

VALUES = synthetic.grey(4, 6)
HOSTILE: list[tuple[str, Any]] = [
    ("DS", ""),
    ("DS", ["1e308", "-1e308"]),
    ("DS", "-1e308"),
    ("DS", "0"),
    ("DS", "1e-320"),
    ("LO", "NaN"),
    ("LO", "inf"),
    ("LO", "not a number"),
    ("LO", ["a"] * 300),
    ("UN", b"\xff\xfe\xfd\xfc"),
    ("OB", bytes(6)),
    ("FD", [float("nan"), float("inf")]),
    ("US", [0, 0, 0]),
    ("US", [1, 65535, 65535]),
    ("SS", [-32768, -1, -1]),
    ("UL", 0xFFFFFFFF),
    ("AT", 0x00280010),
    ("SQ", Sequence([Dataset()])),
]
PLAIN = [
    "RescaleSlope",
    "RescaleIntercept",
    "RescaleType",
    "WindowCenter",
    "WindowWidth",
    "WindowCenterWidthExplanation",
    "VOILUTFunction",
    "PresentationLUTShape",
    "PixelPaddingValue",
    "PixelPaddingRangeLimit",
    "PixelPresentation",
    "ICCProfile",
    "OpticalPathSequence",
]
SEQUENCES = [
    "ModalityLUTSequence",
    "VOILUTSequence",
    "PresentationLUTSequence",
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
]


def element(keyword: str, vr: str, value: Any) -> DataElement:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return DataElement(Tag(keyword), vr, value, validation_mode=config.IGNORE)


def with_element(path: str, keyword: str, vr: str, value: Any) -> bool:
    """Put an element into a file; say whether pydicom would write it."""
    dataset = dcmread(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset[keyword] = element(keyword, vr, value)
            dataset.save_as(path)
    except (ValueError, TypeError, OSError, AttributeError):
        return False
    return True


def assert_shown(path: str) -> None:
    pixels, description = read_frame(path, 0)
    chosen = voi.default_voi(description, pixels)
    assert voi.is_usable(chosen)
    shown = display.to_rgb32(pixels, description, chosen)
    assert shown.shape == pixels.shape
    histogram.histogram(pixels, description.modality, description.padding_range)
    for sentence in description.warnings:
        assert sentence.endswith(".")
    quick = description_from_header(read_header(path))
    assert quick is None or quick == description


@pytest.mark.parametrize("keyword", PLAIN + SEQUENCES)
def test_an_attribute_with_a_hostile_value_never_stops_the_picture(
    tmp_path: Path, keyword: str
) -> None:
    written = 0
    for vr, value in HOSTILE:
        path = synthetic.write(
            tmp_path / "a", VALUES, RescaleSlope="1", RescaleIntercept="0", WindowWidth="9"
        )
        if with_element(path, keyword, vr, value):
            assert_shown(path)
            written += 1
    assert written > 10


@pytest.mark.parametrize(
    "pair", [("WindowCenter", "WindowWidth"), ("RescaleSlope", "RescaleIntercept")]
)
def test_a_pair_that_cannot_be_read_is_said_to_be_left_out(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    path = synthetic.write(tmp_path / "a", VALUES)
    assert all(with_element(path, keyword, "LO", "NaN") for keyword in pair)
    assert_shown(path)
    warnings_ = read_frame(path, 0)[1].warnings
    assert any(pair[0] in sentence and "left out" in sentence for sentence in warnings_)


@pytest.mark.parametrize("sequence", ["ModalityLUTSequence", "VOILUTSequence"])
@pytest.mark.parametrize("keyword", ["LUTDescriptor", "LUTData"])
def test_a_lut_with_a_hostile_part_never_stops_the_picture(
    tmp_path: Path, sequence: str, keyword: str
) -> None:
    for vr, value in HOSTILE:
        item = Dataset()
        item.add_new("LUTDescriptor", "US", [4, 0, 16])
        item.add_new("LUTData", "OW", np.arange(4, dtype="<u2").tobytes())
        item[keyword] = element(keyword, vr, value)
        path = synthetic.write(tmp_path / "a", VALUES)
        if with_element(path, sequence, "SQ", Sequence([item])):
            assert_shown(path)


@pytest.mark.parametrize(
    "keyword", ["RedPaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData"]
)
def test_a_hostile_palette_ends_in_a_picture_or_a_sentence(tmp_path: Path, keyword: str) -> None:
    for vr, value in HOSTILE:
        attributes: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
        for colour in ("Red", "Green", "Blue"):
            attributes[f"{colour}PaletteColorLookupTableDescriptor"] = [4, 0, 16]
            attributes[f"{colour}PaletteColorLookupTableData"] = bytes(8)
        path = synthetic.write(tmp_path / "a", VALUES, **attributes)
        if not with_element(path, keyword, vr, value):
            continue
        reason = ""
        try:
            assert_shown(path)
        except PixelError as error:
            reason = error.message
        assert not reason or "palette" in reason


@pytest.mark.parametrize(
    "keyword",
    [
        "PixelSpacing",
        "ImagerPixelSpacing",
        "NominalScannedPixelSpacing",
        "PixelPaddingValue",
        "PixelPaddingRangeLimit",
    ],
)
def test_what_cannot_be_read_is_left_out_with_a_sentence(tmp_path: Path, keyword: str) -> None:
    path = synthetic.write(tmp_path / "a.dcm", VALUES)
    dataset = dcmread(path)
    dataset[keyword] = DataElement(Tag(keyword), "LO", "half\\a")
    dataset.save_as(path)
    assert description_from_header(read_header(path)) is None
    _, description = read_frame(path, 0)
    assert f"{keyword} cannot be read and is left out." in description.warnings
    assert description.spacing_rc_mm is None
    assert description.padding_range is None


def test_thousands_of_windows_are_a_menu_of_a_hundred_and_one_sentence(tmp_path: Path) -> None:
    path = synthetic.write(
        tmp_path / "a.dcm", VALUES, WindowCenter=["40"] * 9000, WindowWidth=["0", "400"] * 4500
    )
    for description in (description_from_header(read_header(path)), read_frame(path, 0)[1]):
        assert description is not None
        assert len(description.vois) == 50
        assert description.warnings == (
            "The file has 9000 windows; the first 100 are taken.",
            "A window of the file has width 0 and is left out.",
        )
