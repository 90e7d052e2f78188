"""The catalogue on real and derived files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from viewer.dicom.catalogue import Catalogue, CatalogueBuilder, Series
from viewer.dicom.listing import catalogue_json
from viewer.dicom.planes import plane_of
from viewer.dicom.scanning import scan
from viewer.dicom.stacks import Stack
from viewer.imaging.geometry import FramePlane, volume_affine, volume_order
from viewer.imaging.spacing import FrameMark


def catalogue_of(*paths: Path) -> Catalogue:
    builder = CatalogueBuilder()
    for item in scan([str(path) for path in paths]):
        builder.add(item)
    return builder.snapshot()


def series_of(*paths: Path) -> list[Series]:
    patients = catalogue_of(*paths).patients
    return [series for p in patients for study in p.studies for series in study.series]


@pytest.fixture(scope="module")
def traps(corpus: Path):
    truth = json.loads((corpus / "derived/series_traps/truth.json").read_text())

    def stacks(name: str) -> tuple[Stack, ...]:
        (series,) = series_of(corpus / "derived/series_traps" / name)
        return series.stacks

    return truth, stacks


def planes_of(stack: Stack) -> list[FramePlane]:
    planes = [plane_of(stack.header(i), stack.key(i).index) for i in range(len(stack))]
    assert None not in planes
    return planes


@pytest.mark.parametrize("name", ["regular", "shuffled", "reversed", "enhanced", "oblique"])
def test_volume_has_the_true_size_and_spacing(traps, name):
    truth, stacks = traps
    (stack,) = stacks(name)
    assert len(stack) == truth["slices"]
    assert stack.regular
    assert stack.spacing_zyx_mm == pytest.approx(truth["spacing_zyx"], abs=1e-4)
    assert stack.geometry_notes == ()
    assert stack.marks == ()


def test_the_same_volume_comes_of_every_order_of_files(traps):
    _, stacks = traps
    affines = []
    for name in ("regular", "shuffled", "reversed", "enhanced"):
        planes = planes_of(stacks(name)[0])
        affines.append(volume_affine([planes[i] for i in volume_order(planes)]))
    assert all(np.allclose(affine, affines[0]) for affine in affines)


@pytest.mark.parametrize("name", ["regular", "shuffled", "enhanced"])
def test_reading_order_is_along_the_normal_where_numbers_rise_or_mean_nothing(traps, name):
    heights = [plane.position_lps[2] for plane in planes_of(traps[1](name)[0])]
    assert heights == pytest.approx([2.5 * i for i in range(24)])


def test_reading_order_follows_instance_numbers_from_head_to_feet(traps):
    (stack,) = traps[1]("reversed")
    assert [stack.header(i).instance_number for i in range(24)] == list(range(1, 25))
    assert planes_of(stack)[0].position_lps[2] == 57.5


def test_a_missing_slice_is_a_gap(traps):
    truth, stacks = traps
    (stack,) = stacks("missing_slice")
    assert not stack.regular
    after = truth["missing_index"]
    assert stack.geometry_notes == (f"gap of 5.0 mm after frame {after}; elsewhere 2.5 mm",)
    text = "gap of 5.0 mm after this frame; elsewhere 2.5 mm"
    assert stack.marks == (FrameMark(after - 1, text),)


def test_a_duplicate_position_is_noticed_and_both_are_shown(traps):
    truth, stacks = traps
    (stack,) = stacks("duplicate_position")
    first = truth["duplicate_index"] + 1
    assert len(stack) == 25
    assert not stack.regular
    assert stack.geometry_notes == (f"frames {first} and {first + 1} lie at the same position",)
    assert stack.marks == (FrameMark(first, "same position as the frame before"),)


@pytest.mark.parametrize(
    ("name", "frames", "words"),
    [
        ("localizer_inside", [24, 1], ["axial", "localizer"]),
        ("mixed_size", [21, 3], ["48 × 48", "32 × 32"]),
        (
            "two_timepoints",
            [12, 12],
            ["TemporalPositionIdentifier 1", "TemporalPositionIdentifier 2"],
        ),
    ],
)
def test_a_mixed_series_is_split_and_says_why(traps, name, frames, words):
    stacks = traps[1](name)
    assert [len(stack) for stack in stacks] == frames
    assert all(word in stack.split_reason for word, stack in zip(words, stacks, strict=True))


def test_tilt_is_measured(traps):
    truth, stacks = traps
    (stack,) = stacks("tilt")
    assert not stack.regular
    assert stack.geometry_notes[0].startswith(f"tilted by {truth['tilt_deg']:.1f}°")


def test_uneven_spacing_is_noticed(traps):
    (stack,) = traps[1]("nonuniform")
    assert not stack.regular
    assert stack.spacing_zyx_mm is None
    assert stack.geometry_notes[0].startswith("uneven spacing")


def test_without_geometry_instance_number_orders(traps):
    (stack,) = traps[1]("no_geometry")
    found = [stack.header(i).instance_number for i in range(len(stack))]
    assert found == sorted(found)
    assert not stack.regular


def test_three_plane_localizer_is_a_stack_a_plane(corpus):
    (series,) = series_of(corpus / "series/mr_localizer_3plane")
    assert [(s.split_reason, len(s)) for s in series.stacks] == [
        ("axial", 7),
        ("sagittal", 7),
        ("coronal", 7),
    ]


def test_projections_are_split_from_the_slices_they_are_made_of(corpus):
    slices, projections = series_of(corpus / "series/mr_tof_mra_145_plus_mip")
    assert [len(stack) for stack in slices.stacks] == [144, 1]
    assert slices.stacks[0].regular
    assert "projection" in slices.stacks[1].split_reason
    (rotation,) = projections.stacks
    assert len(rotation) == 19
    assert "18 orientations" in rotation.geometry_notes[0]


def test_gantry_tilt_of_a_real_scan_is_noticed_and_does_not_split(corpus):
    (series,) = series_of(corpus / "series/ct_ge_gantry_tilt_28")
    (stack,) = series.stacks
    assert len(stack) == 28
    assert not stack.regular
    assert any("tilted by 18.5°" in note for note in stack.geometry_notes)
    assert stack.marks == (
        FrameMark(13, "spacing changes here from 4.002 mm to 1.081 mm"),
        FrameMark(14, "spacing changes here from 1.081 mm to 6.999 mm"),
    )


def test_plans_and_structures_come_after_the_images_as_documents(corpus):
    series = series_of(corpus / "series/rt_phantom_case")
    modalities = [one.modality for one in series]
    assert set(modalities[-2:]) == {"RTPLAN", "RTSTRUCT"}
    assert [one.stacks[0].kind for one in series[-2:]] == ["document", "document"]
    assert {one.stacks[0].label for one in series[-2:]} == {"RT Plan", "RT Structure Set"}


def test_every_file_of_the_corpus_is_listed_or_skipped_exactly_once(corpus):
    folders = [corpus / name for name in ("series", "derived", "multiframe", "objects", "broken")]
    values = catalogue_json(catalogue_of(*folders))
    listed = [
        file
        for patient in values["patients"]
        for study in patient["studies"]
        for series in study["series"]
        for stack in series["stacks"]
        for file in stack["files"]
    ]
    skipped = [entry["path"] for entry in values["ledger"]["skipped"]]
    accounted = listed + skipped
    files = {str(path) for folder in folders for path in folder.rglob("*") if path.is_file()}
    assert len(accounted) == len(set(accounted)) == values["ledger"]["seen"]
    assert files <= set(accounted)
