"""Multi-frame files whose frames stand in any order in the file."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file

from viewer.dicom.planes import group_of, plane_of
from viewer.dicom.reading import read_header
from viewer.dicom.stacks import Stack, build_stacks

REAL = [
    "multiframe/philips_enhanced__fmri__001__IM-0001-9600-0001.dcm",
    "multiframe/mr_brucker.dcm",
    "multiframe/hyperfine__anatomical__001__001.dcm",
    "multiframe/6_1.dcm",
    "multiframe/cine-test.dcm",
    "objects/seg/segmentations__partial_overlaps.dcm",
    "objects/seg/seg_image_ct_binary_overlap.dcm",
]


def stacks_of(path: Path) -> tuple[Stack, ...]:
    return build_stacks("1", [read_header(str(path))])


def contents(path: Path) -> list[tuple[str, list[object]]]:
    """What each stack of a file shows, whatever the place of the frames in it."""
    return [
        (
            stack.split_reason,
            [
                (plane_of(stack.header(i), frame), group_of(stack.header(i), frame))
                for i, (_, frame) in enumerate(stack.frames)
            ],
        )
        for stack in stacks_of(path)
    ]


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("order", ["reversed", "shuffled"])
def test_frames_are_shown_in_the_same_order_wherever_they_stand(
    corpus: Path, tmp_path: Path, name: str, order: str
) -> None:
    dataset = pydicom.dcmread(corpus / name)
    items = list(dataset.PerFrameFunctionalGroupsSequence)
    items = items[::-1] if order == "reversed" else random.Random(7).sample(items, len(items))
    dataset.PerFrameFunctionalGroupsSequence = items
    dataset.save_as(tmp_path / "other.dcm")
    assert contents(tmp_path / "other.dcm") == contents(corpus / name)


def test_every_segment_is_a_stack_where_segments_overlap(corpus: Path) -> None:
    stacks = stacks_of(corpus / "objects/seg/segmentations__partial_overlaps.dcm")
    assert [stack.split_reason for stack in stacks] == [
        f"ReferencedSegmentNumber {n}" for n in (1, 2, 3, 4, 5)
    ]


def test_time_points_of_one_object_are_stacks(corpus: Path) -> None:
    stacks = stacks_of(corpus / REAL[0])
    assert [stack.split_reason for stack in stacks] == [
        f"TemporalPositionIndex {n}" for n in (1, 2, 3, 4)
    ]
    assert all(stack.regular and len(stack) == 8 for stack in stacks)


def test_diffusion_objects_of_a_series_are_told_by_b_value_and_time(corpus: Path) -> None:
    series: dict[str, list] = {}
    for path in sorted((corpus / "cd/siemens_xa60/DICOM").rglob("*")):
        if path.is_file():
            header = read_header(str(path))
            series.setdefault(header.series_description, []).append(header)
    stacks = build_stacks("1", series["PRODUCT__ep2d_diff__p3_sms1"])
    assert [stack.split_reason for stack in stacks] == [
        f"DiffusionBValue {b} s/mm², TemporalPositionIndex {n}"
        for n, b in enumerate([0, *[1000] * 6], start=1)
    ]


def test_anisotropic_pixels_keep_rows_apart_from_columns(corpus: Path) -> None:
    (stack,) = stacks_of(corpus / "multiframe/hyperfine__anatomical__001__001.dcm")
    assert stack.spacing_zyx_mm == (5.0, 1.61, 1.59)
    plane = plane_of(stack.headers[0], 0)
    assert plane is not None
    assert plane.spacing_rc_mm == stack.spacing_zyx_mm[1:]


@pytest.mark.parametrize("name", ["rtdose.dcm", "rtdose_rle.dcm"])
def test_a_dose_is_a_volume(name: str) -> None:
    path = get_testdata_file(name, download=False)
    (stack,) = stacks_of(Path(path))
    assert (stack.kind, stack.regular, stack.geometry_notes) == ("image", True, ())
    assert stack.spacing_zyx_mm == (5.0, 10.0, 10.0)


def test_dose_planes_lie_on_the_slices_that_they_were_planned_on(corpus: Path) -> None:
    folder = corpus / "series/rt_phantom_case"
    headers = [read_header(str(path)) for path in folder.iterdir() if path.is_file()]
    slices = sorted(h.image_position_patient[2] for h in headers if h.modality == "CT")
    dose = next(h for h in headers if h.modality == "RTDOSE")
    planes = [plane_of(dose, i) for i in range(dose.number_of_frames or 0)]
    assert np.allclose([plane.position_lps[2] for plane in planes if plane], slices)


def nm_volume(path: Path, **changed: object) -> Path:
    """Write a reconstructed tomogram of four slices, without pixels of note."""
    dataset = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient"):
        delattr(dataset, keyword)
    dataset.Modality = "NM"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"]
    dataset.NumberOfFrames = 4
    dataset.FrameIncrementPointer = 0x00540080
    dataset.SliceVector = [1, 2, 3, 4]
    dataset.SpacingBetweenSlices = 4.0
    dataset.PixelData = dataset.PixelData * 4
    detector = pydicom.Dataset()
    detector.ImagePositionPatient = [-100.0, -90.0, 50.0]
    detector.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.DetectorInformationSequence = [detector]
    for keyword, value in changed.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path)
    return path


@pytest.mark.parametrize(("step", "heights"), [(4.0, (50, 54, 58, 62)), (-4.0, (50, 46, 42, 38))])
def test_slices_of_a_tomogram_stack_as_the_sign_of_their_spacing_says(
    tmp_path: Path, step: float, heights: tuple[int, ...]
) -> None:
    (stack,) = stacks_of(nm_volume(tmp_path / "nm.dcm", SpacingBetweenSlices=step))
    planes = [plane_of(stack.header(i), frame) for i, (_, frame) in enumerate(stack.frames)]
    assert tuple(plane.position_lps[2] for plane in planes if plane) == heights
    assert stack.regular
    assert stack.kind == "image"


@pytest.mark.parametrize(
    "changed",
    [
        {"ImageType": ["ORIGINAL", "PRIMARY", "TOMO", "EMISSION"]},
        {"FrameIncrementPointer": [0x00540010, 0x00540080]},
        {"SpacingBetweenSlices": None},
        {"SliceVector": [1, 1, 2, 2]},
        {"DetectorInformationSequence": [pydicom.Dataset(), pydicom.Dataset()]},
        {"DetectorInformationSequence": []},
    ],
)
def test_a_tomogram_that_leaves_a_doubt_has_no_positions(tmp_path: Path, changed: dict) -> None:
    (stack,) = stacks_of(nm_volume(tmp_path / "nm.dcm", **changed))
    assert stack.spacing_zyx_mm is None
    assert len(stack) == 4
    assert "positions are not known" in stack.geometry_notes[0]
