"""Frames of multi-frame objects get what shared and per-frame groups say."""

from __future__ import annotations

from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from viewer.dicom.dimensions import dimensions_of
from viewer.dicom.functional_groups import TooManyFramesError, frame_groups
from viewer.dicom.headers import FrameGroup
from viewer.dicom.reading import read_header

_ECHO_TIME = Tag("EchoTime")


def macro(keyword: str, **attributes: object) -> Dataset:
    item = Dataset()
    for name, value in attributes.items():
        setattr(item, name, value)
    group = Dataset()
    setattr(group, keyword, [item])
    return group


def test_objects_without_functional_groups_have_none() -> None:
    assert frame_groups(Dataset()) == ()


def test_per_frame_values_win_over_shared_ones() -> None:
    dataset = Dataset()
    dataset.NumberOfFrames = 2
    shared = macro("PixelMeasuresSequence", PixelSpacing=[0.5, 0.5], SliceThickness=3)
    shared.update(macro("PlanePositionSequence", ImagePositionPatient=[9, 9, 9]))
    dataset.SharedFunctionalGroupsSequence = [shared]
    dataset.PerFrameFunctionalGroupsSequence = [
        macro("PlanePositionSequence", ImagePositionPatient=[0, 0, z]) for z in (1, 2)
    ]
    first, second = frame_groups(dataset)
    assert first.image_position_patient == (0, 0, 1)
    assert second.image_position_patient == (0, 0, 2)
    assert first.pixel_spacing == second.pixel_spacing == (0.5, 0.5)
    assert first.slice_thickness == 3


def test_frame_content_echo_and_diffusion_are_read() -> None:
    dataset = Dataset()
    group = macro(
        "FrameContentSequence",
        StackID="A",
        InStackPositionNumber=4,
        DimensionIndexValues=[1, 4],
        TemporalPositionIndex=2,
    )
    group.update(macro("MREchoSequence", EffectiveEchoTime=4.6))
    group.update(macro("MRDiffusionSequence", DiffusionBValue=1000.0))
    dataset.PerFrameFunctionalGroupsSequence = [group]
    assert frame_groups(dataset) == (
        FrameGroup(
            stack_id="A",
            in_stack_position=4,
            dimension_index_values=(1, 4),
            temporal_position=2,
            echo_time=4.6,
            b_value=1000.0,
        ),
    )


def dimension(pointer: str, macro_keyword: str, **more: object) -> Dataset:
    item = Dataset()
    item.DimensionIndexPointer = tag_for_keyword(pointer) or 0x00091001
    item.FunctionalGroupPointer = tag_for_keyword(macro_keyword)
    for name, value in more.items():
        setattr(item, name, value)
    return item


def test_dimensions_say_their_values_with_units() -> None:
    dataset = Dataset()
    dataset.DimensionIndexSequence = [
        dimension("ImagePositionPatient", "PlanePositionSequence"),
        dimension("EffectiveEchoTime", "MREchoSequence"),
        dimension("DiffusionGradientOrientation", "MRDiffusionSequence"),
        dimension("NominalCardiacTriggerDelayTime", "CardiacSynchronizationSequence"),
        dimension("RescaleType", "PixelValueTransformationSequence"),
    ]
    group = macro("MREchoSequence", EffectiveEchoTime=4.6)
    direction = Dataset()
    direction.DiffusionGradientOrientation = [0.0, 0.5, -0.866]
    group.update(macro("MRDiffusionSequence", DiffusionGradientDirectionSequence=[direction]))
    group.update(macro("CardiacSynchronizationSequence", NominalCardiacTriggerDelayTime=120.0))
    group.update(macro("PixelValueTransformationSequence", RescaleType="US"))
    dataset.SharedFunctionalGroupsSequence = [
        macro("PlanePositionSequence", ImagePositionPatient=[0, 0, 1])
    ]
    dataset.PerFrameFunctionalGroupsSequence = [group]
    (found,) = frame_groups(dataset)
    assert found.dimension_values == ("", "4.6 ms", "(0 0.5 -0.866)", "120 ms", "US")
    assert found.nominal_cardiac_trigger_delay_time == 120.0
    assert found.diffusion_gradient_orientation == (0.0, 0.5, -0.866)


def test_a_private_dimension_has_the_makers_name() -> None:
    dataset = Dataset()
    dataset.DimensionIndexSequence = [
        dimension("EffectiveEchoTime", "MREchoSequence", DimensionDescriptionLabel="Echo"),
        dimension("private", "MREchoSequence", DimensionDescriptionLabel="Chemical shift"),
        dimension("private", "MREchoSequence"),
    ]
    names = [one.name for one in dimensions_of(dataset)]
    assert names == ["EffectiveEchoTime", "Chemical shift", ""]


def test_damaged_dimensions_leave_the_frames_standing() -> None:
    dataset = Dataset()
    broken = Dataset()
    broken.add_new(0x00209165, "LO", "nonsense")
    dataset.DimensionIndexSequence = [broken, Dataset()]
    dataset.PerFrameFunctionalGroupsSequence = [macro("MREchoSequence", EffectiveEchoTime=4.6)]
    assert frame_groups(dataset)[0].echo_time == 4.6


def test_frame_type_and_complex_component_are_read() -> None:
    dataset = Dataset()
    dataset.PerFrameFunctionalGroupsSequence = [
        macro(
            "MRImageFrameTypeSequence",
            FrameType=["ORIGINAL", "PRIMARY", "FLOW", "NONE"],
            ComplexImageComponent="PHASE",
        )
    ]
    (group,) = frame_groups(dataset)
    assert group.frame_type == ("ORIGINAL", "PRIMARY", "FLOW", "NONE", "PHASE")


@pytest.mark.parametrize("frames", [1, 3])
def test_number_of_frames_decides_how_many(frames: int) -> None:
    dataset = Dataset()
    dataset.NumberOfFrames = frames
    dataset.PerFrameFunctionalGroupsSequence = [
        macro("PlanePositionSequence", ImagePositionPatient=[0, 0, z]) for z in (1, 2)
    ]
    groups = frame_groups(dataset)
    assert len(groups) == frames
    assert all(group == FrameGroup() for group in groups[2:])


def test_unreasonable_number_of_frames_is_refused() -> None:
    dataset = Dataset()
    dataset.NumberOfFrames = 2_000_000_000
    dataset.SharedFunctionalGroupsSequence = [Dataset()]
    with pytest.raises(TooManyFramesError):
        frame_groups(dataset)


def test_a_value_that_is_no_number_leaves_the_rest_standing() -> None:
    dataset = Dataset()
    group = macro("PixelMeasuresSequence", SliceThickness=2)
    group.update(macro("MREchoSequence", EffectiveEchoTime=float("nan")))
    dataset.PerFrameFunctionalGroupsSequence = [group]
    assert frame_groups(dataset) == (FrameGroup(slice_thickness=2),)


def test_groups_longer_than_what_is_read_at_once_are_complete(tmp_path: Path) -> None:
    dataset = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    dataset.NumberOfFrames = 40
    dataset.PerFrameFunctionalGroupsSequence = [
        macro("PlanePositionSequence", ImagePositionPatient=[0, 0, z]) for z in range(40)
    ]
    for group in dataset.PerFrameFunctionalGroupsSequence:
        group.add_new(0x00091001, "OB", bytes(4000))
    path = tmp_path / "long.dcm"
    dataset.save_as(path)
    header = read_header(str(path))
    assert [group.image_position_patient[2] for group in header.frame_groups] == list(range(40))
    assert header.needs_full_description
    assert header.pixel_data_tag == 0x7FE00010


def test_a_damaged_value_beside_a_dimension_is_passed_over() -> None:
    group = macro("MRDiffusionSequence")
    entry = group.MRDiffusionSequence[0]
    direction = Dataset()
    direction.DiffusionGradientOrientation = [1.0, 0.0, 0.0]
    entry.DiffusionGradientDirectionSequence = [direction]
    elements = {_ECHO_TIME: RawDataElement(_ECHO_TIME, "FD", 3, b"abc", 0, False, True)}
    group.MRDiffusionSequence = [Dataset({**elements, **dict(entry.items())})]
    dataset = Dataset()
    dataset.DimensionIndexSequence = [
        dimension("DiffusionGradientOrientation", "MRDiffusionSequence")
    ]
    dataset.PerFrameFunctionalGroupsSequence = [group]
    (found,) = frame_groups(dataset)
    assert found.dimension_values == ("(1 0 0)",)
