"""Attributes of the image module and its relatives under every VR, through both header readers."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from pydicom.datadict import keyword_for_tag, tag_for_keyword

from tests.hostile.building import (
    EXPLICIT,
    IMPLICIT,
    As,
    Encoding,
    attributes_of,
    data_set,
    element,
    file_of,
    image,
    item,
    pixel_element,
)
from viewer.dicom import header_fields
from viewer.dicom.checking import check_file
from viewer.dicom.errors import HeaderError
from viewer.dicom.frames import read_frame
from viewer.dicom.fullread import full_header
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.native_frames import native_frame
from viewer.dicom.plain_description import description_from_header
from viewer.dicom.reading import read_header
from viewer.dicom.series_reader import SeriesReader
from viewer.dicom.tags import read_tags

VALUES: list[tuple[str, Any]] = [
    ("SQ", b""),
    ("SQ", item(b"")),
    ("SQ", b"\xff" * 20),
    ("OB", b""),
    ("OB", bytes(3)),
    ("OW", bytes(6)),
    ("AT", (0x0028, 0x0010)),
    ("AT", b"\1\2\3"),
    ("UN", b"\xff\xfe\xfd\xfc"),
    ("US", (1, 2, 3, 65535)),
    ("US", b"\1"),
    ("SS", (-1, -32768)),
    ("UL", 0xFFFFFFFF),
    ("SL", -1),
    ("FD", (float("nan"), float("-inf"))),
    ("FL", 1e30),
    ("IS", "99999999999999999999\\-1"),
    ("DS", "1e400\\x"),
    ("LO", "\x1b[31m\\" + "ä" * 70),
    ("UI", "1.2..3\\"),
    ("PN", "^^^===\\\xff"),
    ("DA", "20261399"),
    ("UT", "1\\2"),
    ("LO", "1\\" * 3000),
]
OF_DISPLAY = (
    *("PlanarConfiguration", "ModalityLUTSequence", "VOILUTSequence", "PresentationLUTSequence"),
    *("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"),
    *("SequenceOfUltrasoundRegions", "ShutterShape", "ShutterLeftVerticalEdge"),
    *("ICCProfile", "OpticalPathSequence", "DimensionIndexSequence", "ExtendedOffsetTable"),
    *("RedPaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData"),
    *("RadiopharmaceuticalInformationSequence", "DetectorInformationSequence"),
    *("FrameIncrementPointer", "DoseGridScaling", "PixelPresentation", "NumberOfSlices"),
)
# within the items of a sequence, of one within the other: attributes that are read there
NESTED = {
    "PerFrameFunctionalGroupsSequence/PixelMeasuresSequence": "PixelSpacing SliceThickness",
    "SharedFunctionalGroupsSequence/PlanePositionSequence": "ImagePositionPatient",
    "SharedFunctionalGroupsSequence/PlaneOrientationSequence": "ImageOrientationPatient",
    "PerFrameFunctionalGroupsSequence/FrameContentSequence": (
        "StackID InStackPositionNumber DimensionIndexValues TemporalPositionIndex"
    ),
    "PerFrameFunctionalGroupsSequence/FrameVOILUTSequence": (
        "WindowCenter WindowWidth VOILUTFunction"
    ),
    "PerFrameFunctionalGroupsSequence/PixelValueTransformationSequence": (
        "RescaleSlope RescaleIntercept RescaleType"
    ),
    "PerFrameFunctionalGroupsSequence/RealWorldValueMappingSequence": (
        "RealWorldValueSlope RealWorldValueIntercept"
    ),
    "PerFrameFunctionalGroupsSequence/FrameDisplayShutterSequence": (
        "ShutterShape CenterOfCircularShutter"
    ),
    "PerFrameFunctionalGroupsSequence/MRDiffusionSequence": (
        "DiffusionBValue DiffusionGradientDirectionSequence"
    ),
    "PerFrameFunctionalGroupsSequence/MRImageFrameTypeSequence": "FrameType PixelPresentation",
    "PerFrameFunctionalGroupsSequence/MREchoSequence": "EffectiveEchoTime",
    "SequenceOfUltrasoundRegions": (
        "RegionLocationMinX0 RegionLocationMaxY1 PhysicalDeltaX PhysicalUnitsXDirection "
        "RegionFlags ReferencePixelX0 ReferencePixelPhysicalValueX RegionSpatialFormat "
        "RegionDataType"
    ),
    "ModalityLUTSequence": "LUTDescriptor LUTData ModalityLUTType LUTExplanation",
    "VOILUTSequence": "LUTDescriptor LUTData LUTExplanation",
    "PresentationLUTSequence": "LUTDescriptor LUTData",
    "DimensionIndexSequence": (
        "DimensionIndexPointer FunctionalGroupPointer DimensionDescriptionLabel "
        "DimensionIndexPrivateCreator"
    ),
    "RadiopharmaceuticalInformationSequence": (
        "RadiopharmaceuticalStartTime RadionuclideTotalDose RadionuclideHalfLife"
    ),
    "DetectorInformationSequence": "ImagePositionPatient ImageOrientationPatient",
    "OpticalPathSequence": "ICCProfile",
}
KEYWORDS = sorted(
    {
        keyword
        for tag in header_fields.FIELDS
        if 0x00080000 <= tag < 0x7FE00010 and (keyword := keyword_for_tag(tag))
    }
    | set(OF_DISPLAY)
)


def readable(path: str) -> InstanceHeader | None:
    """Read the header in each way there is; None where it is refused with a sentence."""
    status = os.stat(path)
    data = Path(path).read_bytes()
    quick = SeriesReader().header(path, status.st_size, status.st_mtime_ns, data)
    try:
        full = full_header(
            io.BytesIO(data), path, status.st_size, status.st_mtime_ns, DEFAULT_LIMITS
        )
    except HeaderError:
        full = None
    if quick is not None and full is not None:
        for name in ("rows", "columns", "bits_stored", "photometric_interpretation"):
            assert getattr(quick, name) == getattr(full, name), name
    try:
        return read_header(path)
    except HeaderError:
        assert full is None
        return None


@pytest.mark.parametrize("keyword", KEYWORDS)
@pytest.mark.parametrize("encoding", [EXPLICIT, IMPLICIT])
def test_no_vr_and_no_number_of_values_is_more_than_a_reader_can_name(
    tmp_path: Path, keyword: str, encoding: Encoding
) -> None:
    assert tag_for_keyword(keyword) is not None
    for at, (vr, value) in enumerate(VALUES):
        path = tmp_path / f"{at}.dcm"
        path.write_bytes(image(f"{keyword} {at}", encoding, **{keyword: As(vr, value)}))
        header = readable(str(path))
        result = check_file(str(path))
        assert "failed (" not in result.message, (vr, value, result.message)
        assert result.status == "ok" or result.message.endswith((".", ")")), (vr, value)
        if header is None:
            continue
        assert len(read_tags(str(path))) > 10
        if native_frame(header) is not None:  # the window reads and describes it for itself
            assert description_from_header(header) == read_frame(str(path), 0)[1], (vr, value)


@pytest.mark.parametrize(
    ("place", "keyword"),
    [(place, keyword) for place, keywords in NESTED.items() for keyword in keywords.split()],
)
def test_nor_is_one_within_a_sequence(tmp_path: Path, place: str, keyword: str) -> None:
    top, *inner = place.split("/")
    for at, (vr, value) in enumerate(VALUES):
        content = element(tag_for_keyword(keyword) or 0, vr, value)
        for sequence in reversed(inner):
            content = element(tag_for_keyword(sequence) or 0, "SQ", item(content))
        more = {"Modality": "PT", "Units": "BQML"} if top.startswith("Radio") else {}
        path = tmp_path / f"{at}.dcm"
        path.write_bytes(image(f"{place} {at}", **{top: As("SQ", item(content))}, **more))
        header, result = readable(str(path)), check_file(str(path))
        assert "failed (" not in result.message, (vr, value, result.message)
        assert result.status == "ok" or result.message.endswith((".", ")")), (vr, value)
        assert header is None or len(read_tags(str(path))) > 10


@pytest.mark.parametrize("number", [0x10, 0x11, 0x15, 0x22, 0x40, 0x50, 0x51, 0x100, 0x102, 0x3000])
def test_nor_is_one_of_an_overlay(tmp_path: Path, number: int) -> None:
    usual = {0x10: 6, 0x11: 8, 0x100: 1, 0x102: 0}
    for at, (vr, value) in enumerate(VALUES):
        whole = {0x60000000 | key: As("US", word) for key, word in usual.items()}
        whole[0x60000050] = As("SS", (1, 1))
        whole[0x60003000] = As("OW", bytes(6))
        whole[0x60000000 | number] = As(vr, value)
        content = data_set(attributes_of(f"overlay {at}") | whole)
        path = tmp_path / f"{at}.dcm"
        path.write_bytes(file_of(content + pixel_element()))
        result = check_file(str(path))
        assert "failed (" not in result.message, (vr, value, result.message)
        assert result.status != "error" or readable(str(path)) is None, (vr, value, result.message)
