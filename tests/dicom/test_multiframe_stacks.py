"""Multi-frame objects become stacks by what their frames say of themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dicom.slices import AXIAL, a_slice
from tests.dicom.test_stacks import reasons, stacks_of
from viewer.dicom.headers import FrameGroup


def test_multi_frame_objects_are_stacks_of_their_own():
    headers = [
        a_slice(n, number_of_frames=6, image_position_patient=(), modality="US") for n in (1, 2)
    ]
    first, second = stacks_of(headers)
    assert (first.kind, second.kind, len(first), len(second)) == ("cine", "cine", 6, 6)
    assert first.split_reason == "InstanceNumber 1"


def test_frames_of_an_enhanced_object_are_ordered_by_their_positions_and_split():
    groups = tuple(
        FrameGroup((0.0, 0.0, float(z)), AXIAL, (1.0, 1.0), echo_time=echo, in_stack_position=z + 1)
        for z in (2, 0, 3, 1)
        for echo in (5.0, 10.0)
    )
    header = a_slice(1, number_of_frames=8, frame_groups=groups, image_orientation_patient=())
    short, long = stacks_of([header])
    assert (short.split_reason, long.split_reason) == ("EchoTime 5 ms", "EchoTime 10 ms")
    assert short.frames == ((0, 2), (0, 6), (0, 0), (0, 4))
    assert short.kind == "image"
    assert short.regular


def an_object(groups, **changed):
    return a_slice(1, number_of_frames=len(groups), frame_groups=tuple(groups), **changed)


def at_height(z, **changed) -> FrameGroup:
    return FrameGroup((0.0, 0.0, float(z)), AXIAL, (1.0, 1.0), **changed)


SEGMENTS = [
    at_height(z, dimension_index_values=(segment, z), dimension_values=(str(segment), ""))
    for segment, heights in ((1, (1, 2, 3)), (2, (2, 3, 4, 5)), (7, (4,)))
    for z in heights
]


def test_segments_over_the_same_frames_are_split_by_their_dimension():
    names = ("ReferencedSegmentNumber", "ImagePositionPatient")
    header = an_object(SEGMENTS, modality="SEG", dimensions=names)
    assert reasons([header]) == [f"ReferencedSegmentNumber {n}" for n in (1, 2, 7)]
    assert [len(stack) for stack in stacks_of([header])] == [3, 4, 1]


def test_a_dimension_without_a_name_is_said_by_its_index():
    header = an_object(SEGMENTS[:-1], modality="SEG")
    assert reasons([header]) == ["dimension 1 index 1", "dimension 1 index 2"]


def test_dimensions_that_part_the_frames_together_are_all_said():
    groups = [
        at_height(
            z,
            dimension_index_values=(phase, flow, z),
            dimension_values=(f"{40 * phase} ms", str(flow), ""),
        )
        for phase in (1, 2, 12)
        for flow in (1, 2)
        for z in (1, 2, 3)
    ]
    names = ("NominalCardiacTriggerDelayTime", "PhaseContrast", "ImagePositionPatient")
    header = an_object(groups, modality="MR", dimensions=names)
    assert reasons([header]) == [
        f"NominalCardiacTriggerDelayTime {delay} ms, PhaseContrast {flow}"
        for delay in (40, 80, 480)
        for flow in (1, 2)
    ]


def test_an_index_of_the_position_is_no_reason_to_split():
    groups = [
        at_height(z, dimension_index_values=(1, z, time), temporal_position=time)
        for time in (1, 2)
        for z in (1, 2, 3)
    ]
    assert reasons([an_object(groups)]) == ["TemporalPositionIndex 1", "TemporalPositionIndex 2"]


@pytest.mark.parametrize("in_groups", [True, False])
def test_diffusion_directions_are_stacks_in_the_order_of_acquisition(in_groups):
    directions = [(0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.577, 0.577, -0.577)]
    frames = [(z, b) for z in range(4) for b in [(0.0, ()), *((1000.0, d) for d in directions)]]
    if in_groups:
        groups = [
            at_height(z, b_value=b, diffusion_gradient_orientation=direction)
            for z, (b, direction) in frames
        ]
        headers = [an_object(groups, modality="MR")]
    else:
        headers = [
            a_slice(i, float(z), b_value=b, diffusion_gradient_orientation=direction)
            for i, (z, (b, direction)) in enumerate(frames)
        ]
    assert reasons(headers) == [
        "DiffusionBValue 0 s/mm²",
        "DiffusionBValue 1000 s/mm², DiffusionGradientOrientation (0 0 1)",
        "DiffusionBValue 1000 s/mm², DiffusionGradientOrientation (1 0 0)",
        "DiffusionBValue 1000 s/mm², DiffusionGradientOrientation (0.577 0.577 -0.577)",
    ]


def test_diffusion_images_of_uneven_number_are_all_kept():
    headers = [
        a_slice(10 * z + i, float(z), b_value=b)
        for z in range(4)
        for i, b in enumerate([0.0, 1000.0, 1000.0, 1000.0][: 3 + z % 2])
    ]
    stacks = stacks_of(headers)
    assert sum(len(stack) for stack in stacks) == len(headers)
    assert stacks[0].split_reason == "DiffusionBValue 0 s/mm²"


def test_a_trace_among_directions_and_a_lost_slice_do_not_jumble_diffusion_images():
    directions = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), ()]
    headers = [
        a_slice(10 * z + i, float(z), b_value=1000.0, diffusion_gradient_orientation=direction)
        for z in range(5)
        for i, direction in enumerate(directions)
    ]
    stacks = stacks_of(headers[:-3] + headers[-2:])
    assert [(stack.split_reason, len(stack)) for stack in stacks] == [
        ("DiffusionGradientOrientation (1 0 0)", 4),
        ("DiffusionGradientOrientation (0 1 0)", 5),
        ("no DiffusionGradientOrientation", 5),
    ]


def test_cardiac_phases_are_told_by_their_delay():
    groups = [
        at_height(z, nominal_cardiac_trigger_delay_time=delay)
        for z in range(3)
        for delay in (0.0, 120.0, 40.5)
    ]
    keyword = "NominalCardiacTriggerDelayTime"
    expected = [f"{keyword} {delay} ms" for delay in ("0", "40.5", "120")]
    assert reasons([an_object(groups, modality="MR")]) == expected


def test_dose_offsets_that_do_not_fit_are_said():
    offsets = (7.0, 9.0, 11.0)
    dose = a_slice(1, number_of_frames=3, modality="RTDOSE", grid_frame_offset_vector=offsets)
    (stack,) = stacks_of([dose])
    note = "GridFrameOffsetVector does not say where the frames lie; ordered as in the file"
    assert stack.geometry_notes == (note,)


def test_magnitude_and_phase_within_one_object_are_two_stacks():
    groups = [
        at_height(z, frame_type=("ORIGINAL", "PRIMARY", "FLOW", "NONE", component))
        for z in range(4)
        for component in ("MAGNITUDE", "PHASE")
    ]
    assert reasons([an_object(groups, modality="MR")]) == ["magnitude", "phase"]


def test_stacks_that_an_object_names_are_kept_apart():
    groups = [
        at_height(z, stack_id=name, in_stack_position=i + 1)
        for name, heights in (("1", (0, 1, 2)), ("2", (20, 21, 22)))
        for i, z in enumerate(heights)
    ]
    assert reasons([an_object(groups)]) == ["StackID 1", "StackID 2"]
    assert all(stack.regular for stack in stacks_of([an_object(groups)]))


def test_objects_of_a_series_are_named_by_what_differs():
    headers = [
        replace(
            an_object([at_height(z, b_value=b, temporal_position=time) for z in range(3)]),
            path=f"/study/IM{time}",
            sop_instance_uid=f"1.2.{time}",
            instance_number=time,
        )
        for time, b in ((1, 0.0), (2, 1000.0), (3, 1000.0))
    ]
    assert reasons(headers) == [
        "DiffusionBValue 0 s/mm², TemporalPositionIndex 1",
        "DiffusionBValue 1000 s/mm², TemporalPositionIndex 2",
        "DiffusionBValue 1000 s/mm², TemporalPositionIndex 3",
    ]


def test_frames_without_positions_follow_their_dimension_index():
    groups = [FrameGroup(dimension_index_values=(1, n)) for n in (3, 1, 4, 2)]
    (stack,) = stacks_of([an_object(groups, modality="MR", image_position_patient=())])
    assert [frame for _, frame in stack.frames] == [1, 3, 0, 2]
    assert stack.geometry_notes[0].endswith("ordered by DimensionIndexValues")


def test_frames_at_one_position_follow_their_time():
    groups = [at_height(0, temporal_position=time) for time in (3, 1, 4, 2)]
    (stack,) = stacks_of([an_object(groups, modality="MR")])
    assert [frame for _, frame in stack.frames] == [1, 3, 0, 2]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_the_place_in_the_file_does_not_decide_where_a_stack_starts(order):
    (stack,) = stacks_of([an_object([at_height(z) for z in order])])
    assert [order[frame] for _, frame in stack.frames] == [0, 1, 2, 3]


def test_an_ultrasound_volume_is_no_cine_and_has_no_patient_position():
    volume = "1.2.840.10008.5.1.4.1.1.6.2"
    groups = [FrameGroup(dimension_index_values=(n,)) for n in (1, 2, 3)]
    bare = {"image_position_patient": (), "image_orientation_patient": ()}
    (stack,) = stacks_of([an_object(groups, modality="US", sop_class_uid=volume, **bare)])
    assert (stack.kind, stack.spacing_zyx_mm) == ("image", None)
