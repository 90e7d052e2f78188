from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dicom.slices import AXIAL, CORONAL, SAGITTAL, a_slice
from viewer.dicom.stacks import Stack, build_stacks

ENHANCED_SR = "1.2.840.10008.5.1.4.1.1.88.22"


def stacks_of(headers) -> tuple[Stack, ...]:
    stacks = build_stacks("1.4", headers)
    shown = {header.path for stack in stacks for header in stack.headers}
    assert shown == {header.path for header in headers}
    assert len({stack.uid for stack in stacks}) == len(stacks)
    keys = [stack.key(i) for stack in stacks for i in range(len(stack))]
    assert len(keys) == len(set(keys))
    return stacks


def reasons(headers) -> list[str]:
    return [stack.split_reason for stack in stacks_of(headers)]


def numbers(stack: Stack) -> list[int | None]:
    return [stack.header(i).instance_number for i in range(len(stack))]


def heights(stack: Stack) -> list[float]:
    return [stack.header(i).image_position_patient[2] for i in range(len(stack))]


def test_slices_sort_along_the_normal_when_instance_numbers_lie():
    order = (3, 1, 5, 2, 6, 4)
    (stack,) = stacks_of([a_slice(number, float(z)) for z, number in enumerate(order)][::-1])
    assert heights(stack) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_stack_runs_in_the_direction_in_which_instance_numbers_rise():
    (stack,) = stacks_of([a_slice(number, -2.0 * number) for number in range(1, 9)])
    assert numbers(stack) == list(range(1, 9))
    assert stack.regular
    assert stack.spacing_zyx_mm == (2.0, 1.2, 1.2)


@given(st.permutations(range(1, 9)), st.booleans())
def test_order_does_not_depend_on_the_order_of_files(order, falling):
    step = -2.5 if falling else 2.5
    (stack,) = stacks_of([a_slice(number, step * number) for number in order])
    assert numbers(stack) == list(range(1, 9))


def test_without_positions_instance_number_then_natural_file_name_decides():
    bare = {"image_position_patient": (), "image_orientation_patient": ()}
    headers = [
        a_slice(10, instance_number=None, **bare),
        a_slice(9, instance_number=None, **bare),
        a_slice(2, **bare),
        a_slice(1, **bare),
    ]
    (stack,) = stacks_of(headers)
    assert [stack.header(i).path for i in range(4)] == [f"/study/IM{n}" for n in (1, 2, 9, 10)]
    assert "positions are not known" in stack.geometry_notes[0]


def test_slice_thickness_is_not_taken_for_spacing():
    (stack,) = stacks_of([a_slice(n, 2.0 * n, slice_thickness=5.0) for n in range(4)])
    assert stack.spacing_zyx_mm == (2.0, 1.2, 1.2)


def test_a_single_slice_has_no_measured_spacing():
    (stack,) = stacks_of([a_slice(1)])
    assert (stack.regular, stack.spacing_zyx_mm, stack.split_reason) == (False, None, "")


@pytest.mark.parametrize(
    ("attribute", "values", "expected"),
    [
        ("echo_time", (4.6, 9.2), ["EchoTime 4.6 ms", "EchoTime 9.2 ms"]),
        ("b_value", (0.0, 1000.0), ["DiffusionBValue 0 s/mm²", "DiffusionBValue 1000 s/mm²"]),
        ("b_value", (None, 800.0), ["no DiffusionBValue", "DiffusionBValue 800 s/mm²"]),
        (
            "temporal_position_identifier",
            (1, 2),
            ["TemporalPositionIdentifier 1", "TemporalPositionIdentifier 2"],
        ),
        ("convolution_kernel", (("B30f",), ("B70f",)), ["kernel B30f", "kernel B70f"]),
        ("contrast_bolus_agent", ("", "Iomeron"), ["no contrast", "contrast Iomeron"]),
        ("acquisition_number", (4, 5), ["AcquisitionNumber 4", "AcquisitionNumber 5"]),
        ("trigger_time", (0.0, 40.5), ["TriggerTime 0 ms", "TriggerTime 40.5 ms"]),
    ],
)
def test_a_split_over_the_same_positions_says_why(attribute, values, expected):
    headers = [
        a_slice(10 * i + j, float(i), **{attribute: value})
        for i in range(4)
        for j, value in enumerate(values)
    ]
    assert reasons(headers) == expected
    assert all(stack.regular and len(stack) == 4 for stack in stacks_of(headers))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"rows": 32, "columns": 64}, ["48 × 48", "64 × 32"]),
        ({"image_orientation_patient": SAGITTAL}, ["axial", "sagittal"]),
        ({"image_type": ("ORIGINAL", "PRIMARY", "LOCALIZER")}, ["original", "localizer"]),
        ({"image_type": ("DERIVED", "SECONDARY", "MPR")}, ["original", "MPR"]),
        ({"samples_per_pixel": 3, "photometric_interpretation": "RGB"}, ["grey", "colour"]),
        (
            {"sop_class_uid": "1.2.840.10008.5.1.4.1.1.7"},
            ["CT Image", "Secondary Capture Image"],
        ),
        ({"image_position_patient": ()}, ["axial", "no position"]),
    ],
)
def test_images_of_another_nature_are_a_stack_of_their_own(changed, expected):
    headers = [a_slice(n) for n in range(4)] + [a_slice(9, **changed)]
    assert reasons(headers) == expected


def test_several_differences_are_all_said():
    changed = {"rows": 24, "image_type": ("ORIGINAL", "PRIMARY", "LOCALIZER")}
    headers = [a_slice(n) for n in range(4)]
    headers.append(a_slice(9, image_orientation_patient=SAGITTAL, **changed))
    assert reasons(headers) == ["original, axial, 48 × 48", "localizer, sagittal, 48 × 24"]


def test_magnitude_and_phase_are_two_stacks():
    headers = [
        a_slice(10 * i + j, float(i), image_type=("ORIGINAL", "PRIMARY", letter, "ND"))
        for i in range(3)
        for j, letter in enumerate("MP")
    ]
    assert reasons(headers) == ["magnitude", "phase"]


@pytest.mark.parametrize(
    "vary",
    [
        lambda n: {"echo_time": 4.6 + 0.001 * n},
        lambda n: {"echo_time": 4.0 + n},
        lambda n: {"trigger_time": 17.0 * n},
        lambda n: {"acquisition_number": n // 2},
        lambda n: {"acquisition_time": f"12{n:02}00"},
        lambda n: {"temporal_position_identifier": n},
        lambda n: {"image_type": ("ORIGINAL", "PRIMARY", "AXIAL", *["ADD"] * (n % 2))},
        lambda n: {"image_orientation_patient": (1.0, 1e-4 * n, 0.0, -1e-4 * n, 1.0, 0.0)},
        lambda n: {"photometric_interpretation": f"MONOCHROME{1 + n % 2}"},
    ],
)
def test_what_varies_freely_from_slice_to_slice_does_not_split(vary):
    assert reasons([a_slice(n, **vary(n)) for n in range(12)]) == [""]


def test_phases_whose_times_differ_by_slice_are_told_by_their_rank():
    headers = [
        a_slice(10 * i + j, float(i), trigger_time=100.0 * j + i)
        for i in range(4)
        for j in range(3)
    ]
    assert reasons(headers) == [f"pass {n} of 3, by TriggerTime" for n in (1, 2, 3)]


def test_passes_that_nothing_tells_apart_follow_instance_number():
    headers = [a_slice(n, float(n % 4)) for n in range(8)]
    first, second = stacks_of(headers)
    assert (first.split_reason, second.split_reason) == ("pass 1 of 2", "pass 2 of 2")
    assert (numbers(first), numbers(second)) == ([0, 1, 2, 3], [4, 5, 6, 7])


def test_a_series_at_one_position_is_scrolled_in_time():
    (stack,) = stacks_of([a_slice(n, 5.0) for n in range(9)])
    assert numbers(stack) == list(range(9))
    assert stack.geometry_notes == ("all 9 frames lie at one position",)


def test_three_planes_of_one_image_each_are_three_stacks():
    planes = (AXIAL, SAGITTAL, CORONAL)
    headers = [a_slice(n, image_orientation_patient=plane) for n, plane in enumerate(planes)]
    assert reasons(headers) == ["axial", "sagittal", "coronal"]


@pytest.mark.parametrize("modality", ["CR", "DX", "MG", "IO", "PX", "RG"])
def test_projection_images_are_read_one_by_one(modality):
    bare = {
        "modality": modality,
        "sop_class_uid": "",
        "image_position_patient": (),
        "image_orientation_patient": (),
    }
    assert reasons([a_slice(n, **bare) for n in (1, 2)]) == ["InstanceNumber 1", "InstanceNumber 2"]


def test_an_object_without_pixels_is_a_document_with_a_name():
    report = replace(
        a_slice(5), sop_class_uid=ENHANCED_SR, pixel_data_tag=None, rows=None, columns=None
    )
    image, document = stacks_of([report, a_slice(1)])
    assert image.kind == "image"
    assert (document.kind, document.label, len(document)) == ("document", "Enhanced SR", 0)
    assert "Enhanced SR" in document.split_reason


def test_an_image_without_its_pixels_says_so():
    (stack,) = stacks_of([a_slice(1, pixel_data_tag=None)])
    assert stack.label == "CT Image without pixel data"


def test_a_damaged_frame_count_does_not_become_as_many_frames():
    (stack,) = stacks_of([a_slice(1, number_of_frames=2_000_000_000)])
    assert len(stack) == 10_000 // 8  # bytes of the file, and of the smallest frame
    assert "NumberOfFrames says 2000000000" in stack.geometry_notes[0]


def test_stack_keeps_its_uid_while_the_series_grows():
    headers = [a_slice(n, float(n // 2), echo_time=4.0 + n % 2) for n in range(8)]
    (alone,) = stacks_of(headers[:1])
    first, _ = stacks_of(headers)
    assert first.uid == alone.uid
