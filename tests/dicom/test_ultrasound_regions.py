"""Ultrasound regions of real files, and those that cannot be true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset

from viewer.dicom.frames import read_frame
from viewer.dicom.ultrasound_regions import regions_of
from viewer.imaging.frame import FrameDescription
from viewer.imaging.lengths import UltrasoundRegion, aspect_of, scale_at, value_at

SIZE = (480, 640)


def an_item(**changed: Any) -> Dataset:
    item = Dataset()
    values: dict[str, Any] = {
        "RegionSpatialFormat": 1,
        "RegionDataType": 1,
        "RegionFlags": 0,
        "RegionLocationMinX0": 10,
        "RegionLocationMinY0": 20,
        "RegionLocationMaxX1": 109,
        "RegionLocationMaxY1": 219,
        "ReferencePixelX0": 50,
        "ReferencePixelY0": -5,
        "PhysicalUnitsXDirection": 3,
        "PhysicalUnitsYDirection": 3,
        "ReferencePixelPhysicalValueX": 0.0,
        "ReferencePixelPhysicalValueY": 1.5,
        "PhysicalDeltaX": 0.03,
        "PhysicalDeltaY": 0.04,
    }
    for keyword, value in {**values, **changed}.items():
        if value is not None:
            setattr(item, keyword, value)
    return item


def read(*items: Dataset) -> tuple[tuple[UltrasoundRegion, ...], list[str]]:
    dataset = Dataset()
    dataset.SequenceOfUltrasoundRegions = list(items)
    notes: list[str] = []
    return regions_of(dataset, SIZE, notes), notes


def real(path: Path) -> tuple[FrameDescription, list[str]]:
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    notes: list[str] = []
    size = (dataset.Rows, dataset.Columns)
    return FrameDescription(*size, regions=regions_of(dataset, size, notes)), notes


def test_a_region_is_read_with_its_reference_pixel_in_the_frame() -> None:
    regions, notes = read(an_item())
    assert notes == []
    assert regions == (
        UltrasoundRegion(
            box_rc=(20, 10, 219, 109),
            delta_x=0.03,
            delta_y=0.04,
            unit_x="cm",
            unit_y="cm",
            reference_rc=(15.0, 60.0),
            reference_y=1.5,
            kind="2D",
        ),
    )
    assert value_at(regions[0], (20.0, 10.0)) == ("-1.5 cm", "1.7 cm")


def test_a_spectrum_keeps_the_signs_and_units_of_its_axes() -> None:
    regions, notes = read(
        an_item(
            RegionSpatialFormat=3,
            RegionDataType=3,
            PhysicalUnitsXDirection=4,
            PhysicalUnitsYDirection=7,
            PhysicalDeltaY=-0.8,
        )
    )
    assert notes == []
    assert (regions[0].unit_x, regions[0].unit_y, regions[0].kind) == ("s", "cm/s", "PW Doppler")
    assert regions[0].delta_y == -0.8


def test_high_priority_lies_on_top_then_the_smaller_one() -> None:
    low = an_item(RegionFlags=1, RegionLocationMaxX1=19, RegionLocationMaxY1=29)
    large, small = an_item(), an_item(RegionLocationMaxX1=50)
    regions, _ = read(low, large, small)
    assert [region.box_rc[3] for region in regions] == [50, 109, 19]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"PhysicalDeltaX": 0.0}, "PhysicalDeltaX"),
        ({"PhysicalDeltaY": None}, "PhysicalDeltaY"),
        ({"PhysicalDeltaY": float("nan")}, "PhysicalDeltaY"),
        ({"PhysicalUnitsXDirection": 99}, "PhysicalUnitsXDirection"),
        ({"RegionLocationMaxX1": 800}, "beyond the 480 x 640 image"),
        ({"RegionLocationMaxX1": 5}, "is empty"),
        ({"RegionLocationMinY0": None}, "RegionLocation"),
    ],
)
def test_a_region_that_cannot_be_true_is_left_out_with_a_sentence(
    changed: dict[str, Any], said: str
) -> None:
    regions, notes = read(an_item(), an_item(**changed))
    assert len(regions) == 1
    assert len(notes) == 1
    assert notes[0].startswith("Item 2 of SequenceOfUltrasoundRegions ")
    assert said in notes[0]


def test_an_end_written_as_a_size_is_taken_for_the_last_pixel() -> None:
    regions, notes = read(an_item(RegionLocationMaxX1=640, RegionLocationMaxY1=480))
    assert notes == []
    assert regions[0].box_rc == (20, 10, 479, 639)


@pytest.mark.parametrize("missing", ["ReferencePixelX0", "ReferencePixelPhysicalValueY"])
def test_half_a_reference_is_none(missing: str) -> None:
    regions, _ = read(an_item(**{missing: None}))
    assert regions[0].reference_rc is None
    assert value_at(regions[0], (20.0, 10.0)) == ("", "")


def test_no_regions_no_words() -> None:
    notes: list[str] = []
    assert regions_of(Dataset(), SIZE, notes) == ()
    assert notes == []


def test_real_tissue_has_millimetres_and_its_trace_has_seconds(corpus: Path) -> None:
    frame, notes = real(corpus / "photometric" / "OBXXXX1A.dcm")
    assert notes == []
    tissue = scale_at(frame, (300.0, 400.0))
    assert tissue is not None
    assert tissue.spacing_rc_mm == pytest.approx((0.2622878766, 0.2622878766))
    assert scale_at(frame, (550.0, 400.0)) is None
    assert scale_at(frame, (5.0, 5.0)) is None
    trace = next(region for region in frame.regions if region.kind == "ECG")
    # the file puts the reference at the corner of the image
    assert value_at(trace, (550.0, 400.0)) == (f"{400 * 0.009642736608649534:.3g} s", "")


def test_real_pixels_that_are_not_square_take_their_shape_from_the_region(corpus: Path) -> None:
    frame, notes = real(corpus / "multiframe" / "I_000001.dcm")
    assert notes == []
    down, across = aspect_of(frame.regions) or (0.0, 1.0)
    assert down / across == pytest.approx(536 / 670)
    _, shown = read_frame(str(corpus / "multiframe" / "I_000001.dcm"), 0)
    assert shown.regions == frame.regions
    assert shown.pixel_aspect_rc == (down, across)
    assert shown.spacing_rc_mm is None


def test_real_regions_without_units_hide_no_millimetres(corpus: Path) -> None:
    frame, notes = real(corpus / "multiframe" / "I_000007.dcm")
    assert notes == []
    scale = scale_at(frame, (100.0, 100.0))
    assert scale is not None
    assert scale.spacing_rc_mm == pytest.approx((0.3628118093, 0.3628118093))
