"""Millimetres that a header supports, and what they are true of."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from tests.dicom.slices import a_slice
from viewer.dicom.headers import FrameGroup, InstanceHeader
from viewer.dicom.lengths import scale_of, unusable_spacings
from viewer.dicom.planes import plane_of
from viewer.dicom.reading import read_header
from viewer.imaging.lengths import PixelScale

DX = "1.2.840.10008.5.1.4.1.1.1.1"
TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1.3"
ANGIOGRAPHIC = "1.2.840.10008.5.1.4.1.1.12.1"
CRANIOFACIAL = "1.2.840.10008.5.1.4.1.1.13.1.2"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
MULTI_FRAME_CAPTURE = "1.2.840.10008.5.1.4.1.1.7.2"


def a_projection(**changed: Any) -> InstanceHeader:
    plain = {
        "modality": "DX",
        "sop_class_uid": DX,
        "image_position_patient": (),
        "image_orientation_patient": (),
        "pixel_spacing": (),
    }
    return a_slice(1, **{**plain, **changed})


def test_slices_are_measured_in_the_patient() -> None:
    assert scale_of(a_slice(1), 0) == PixelScale((1.2, 1.2), "PixelSpacing")
    both = a_slice(1, imager_pixel_spacing=(0.4, 0.4))
    assert scale_of(both, 0) == PixelScale((1.2, 1.2), "PixelSpacing")


@pytest.mark.parametrize("modality", ["CR", "DX", "IO", "MG", "PX", "RF", "RG", "XA"])
def test_a_detector_s_spacing_is_never_one_in_the_patient(modality: str) -> None:
    alone = scale_of(a_projection(modality=modality, imager_pixel_spacing=(0.1, 0.2)), 0)
    assert alone == PixelScale(
        (0.1, 0.2),
        "ImagerPixelSpacing",
        "at the detector; structures in the patient are smaller",
    )
    repeated = a_projection(
        modality=modality, imager_pixel_spacing=(0.1, 0.2), pixel_spacing=(0.1, 0.2)
    )
    assert scale_of(repeated, 0) == PixelScale(
        (0.1, 0.2), "PixelSpacing", "at the detector: PixelSpacing repeats ImagerPixelSpacing"
    )


def test_the_class_tells_a_projection_and_slices_where_the_modality_does_not() -> None:
    nameless = scale_of(a_projection(modality="", pixel_spacing=(0.1, 0.1)), 0)
    assert nameless is not None
    assert nameless.note == "not said whether at the detector or in the patient"
    slices = a_slice(1, modality="XA")  # CT Image, of a rotating angiography system
    assert scale_of(slices, 0) == PixelScale((1.2, 1.2), "PixelSpacing")
    assert plane_of(slices, 0) is not None
    assert plane_of(a_slice(1, modality="XA", sop_class_uid=ANGIOGRAPHIC), 0) is None
    assert plane_of(a_slice(1, modality="PX", sop_class_uid=CRANIOFACIAL), 0) is not None


def test_a_portal_image_is_a_projection() -> None:
    portal = a_slice(1, modality="RTIMAGE", sop_class_uid="1.2.840.10008.5.1.4.1.1.481.1")
    scale = scale_of(portal, 0)
    assert scale is not None
    assert "not said whether at the detector" in scale.note
    assert plane_of(portal, 0) is None


def test_a_calibrated_projection_says_how() -> None:
    fiducial = a_projection(
        pixel_spacing=(0.09, 0.09),
        imager_pixel_spacing=(0.1, 0.1),
        pixel_spacing_calibration_type="FIDUCIAL",
        pixel_spacing_calibration_description="ball over the hip",
    )
    assert scale_of(fiducial, 0) == PixelScale(
        (0.09, 0.09), "PixelSpacing", "calibrated (FIDUCIAL): ball over the hip"
    )
    geometry = a_projection(
        pixel_spacing=(0.1, 0.1),
        imager_pixel_spacing=(0.1, 0.1),
        pixel_spacing_calibration_type="GEOMETRY",
    )
    assert scale_of(geometry, 0) == PixelScale((0.1, 0.1), "PixelSpacing", "calibrated (GEOMETRY)")
    unsaid = a_projection(pixel_spacing=(0.09, 0.09), imager_pixel_spacing=(0.1, 0.1))
    assert scale_of(unsaid, 0) == PixelScale(
        (0.09, 0.09), "PixelSpacing", "calibrated, method not stated"
    )


def test_pixel_spacing_alone_on_a_projection_is_doubtful() -> None:
    assert scale_of(a_projection(pixel_spacing=(0.2, 0.2)), 0) == PixelScale(
        (0.2, 0.2), "PixelSpacing", "not said whether at the detector or in the patient"
    )


@pytest.mark.parametrize("pixel_spacing", [(), (0.1, 0.1)])
def test_a_stated_magnification_brings_the_detector_into_the_patient(
    pixel_spacing: tuple[float, ...],
) -> None:
    scale = scale_of(
        a_projection(
            modality="MG",
            pixel_spacing=pixel_spacing,
            imager_pixel_spacing=(0.1, 0.1),
            estimated_radiographic_magnification_factor=1.25,
        ),
        0,
    )
    assert scale is not None
    assert scale.spacing_rc_mm == pytest.approx((0.08, 0.08))
    assert scale.source == "ImagerPixelSpacing / EstimatedRadiographicMagnificationFactor"
    assert scale.note == "estimated in the patient"


@pytest.mark.parametrize("factor", [0.0, -1.0, 0.9, 1e9, math.inf, math.nan])
def test_an_impossible_magnification_is_not_used(factor: float) -> None:
    header = a_projection(
        imager_pixel_spacing=(0.1, 0.1), estimated_radiographic_magnification_factor=factor
    )
    scale = scale_of(header, 0)
    assert scale is not None
    assert scale.spacing_rc_mm == (0.1, 0.1)
    assert "at the detector" in scale.note
    assert "is not used" in scale.note


def test_a_calibration_comes_before_the_stated_magnification() -> None:
    header = a_projection(
        pixel_spacing=(0.07, 0.07),
        imager_pixel_spacing=(0.1, 0.1),
        estimated_radiographic_magnification_factor=1.25,
    )
    assert scale_of(header, 0) == PixelScale(
        (0.07, 0.07), "PixelSpacing", "calibrated, method not stated"
    )


def test_slices_made_of_projections_are_measured_in_the_patient() -> None:
    slices = a_slice(
        1,
        modality="MG",
        sop_class_uid=TOMOSYNTHESIS,
        pixel_spacing=(),
        number_of_frames=1,
        frame_groups=(FrameGroup(pixel_spacing=(0.1, 0.1)),),
    )
    assert scale_of(slices, 0) == PixelScale((0.1, 0.1), "PixelSpacing")


def test_a_film_is_measured_on_the_film() -> None:
    film = a_projection(
        modality="OT", sop_class_uid=SECONDARY_CAPTURE, nominal_scanned_pixel_spacing=(0.17, 0.17)
    )
    assert scale_of(film, 0) == PixelScale(
        (0.17, 0.17), "NominalScannedPixelSpacing", "on the scanned film"
    )
    repeated = a_projection(
        modality="OT",
        sop_class_uid=MULTI_FRAME_CAPTURE,
        nominal_scanned_pixel_spacing=(0.17, 0.17),
        pixel_spacing=(0.17, 0.17),
    )
    assert scale_of(repeated, 0) == PixelScale(
        (0.17, 0.17),
        "PixelSpacing",
        "on the scanned film: PixelSpacing repeats NominalScannedPixelSpacing",
    )


def test_a_secondary_capture_s_own_spacing_is_its_word() -> None:
    capture = a_slice(1, modality="OT", sop_class_uid=SECONDARY_CAPTURE)
    assert scale_of(capture, 0) == PixelScale(
        (1.2, 1.2), "PixelSpacing", "as the secondary capture says"
    )


def test_functional_groups_come_first() -> None:
    header = a_slice(
        1,
        number_of_frames=2,
        frame_groups=(FrameGroup(), FrameGroup(pixel_spacing=(0.5, 0.6))),
    )
    assert scale_of(header, 0) == PixelScale((1.2, 1.2), "PixelSpacing")
    assert scale_of(header, 1) == PixelScale((0.5, 0.6), "PixelSpacing")


@pytest.mark.parametrize(
    "spacing",
    [(), (1.0,), (1.0, 1.0, 1.0), (0.0, 1.0), (-1.0, 1.0), (math.nan, 1.0), (1, math.inf)],
)
def test_a_spacing_that_is_none_gives_pixels(spacing: tuple[float, ...]) -> None:
    assert scale_of(a_slice(1, pixel_spacing=spacing), 0) is None
    assert scale_of(a_projection(imager_pixel_spacing=spacing), 0) is None
    fallen_back = scale_of(a_projection(pixel_spacing=spacing, imager_pixel_spacing=(1, 1)), 0)
    assert fallen_back is not None
    assert fallen_back.source == "ImagerPixelSpacing"


def test_a_spacing_that_is_none_is_said_to_be_left_out() -> None:
    header = a_projection(pixel_spacing=(0.0, 0.0), imager_pixel_spacing=(1e300, 1.0))
    assert unusable_spacings(header, 0) == [
        "PixelSpacing is not two usable positive numbers and is left out.",
        "ImagerPixelSpacing is not two usable positive numbers and is left out.",
    ]
    assert unusable_spacings(a_slice(1), 0) == []


def test_a_slide_is_no_secondary_capture() -> None:
    slide = a_slice(1, modality="SM", sop_class_uid="1.2.840.10008.5.1.4.1.1.77.1.6")
    assert scale_of(slide, 0) == PixelScale((1.2, 1.2), "PixelSpacing", "on the specimen")


def test_a_localizer_is_true_at_one_depth_alone() -> None:
    scale = scale_of(a_slice(1, image_type=("ORIGINAL", "PRIMARY", "LOCALIZER")), 0)
    assert scale is not None
    assert scale.note == "localizer: true at one depth alone"


@pytest.mark.parametrize(
    ("name", "spacing", "words"),
    [
        (
            "lut_overlay/OutOfBoundsOverlay.dcm",  # a mammogram
            (0.085 / 1.0433386837881, 0.085 / 1.0433386837881),
            "estimated in the patient",
        ),
        ("objects/misc/dx_image.dcm", (1.2, 1.2012), "at the detector"),
        ("broken/cr_image.dcm", (1.144, 1.43), "calibrated, method not stated"),
        ("tsyntax/jpeg/RG2_JPLY.dcm", (0.2, 0.2), "not said whether"),
        ("broken/1403-OB.dcm", (0.17638889, 0.17638889), "on the scanned film"),
        ("series/ct_head_93_64x64/CTHead1.dcm", (3.2, 3.2), ""),
    ],
)
def test_millimetres_of_real_files(
    corpus: Path, name: str, spacing: tuple[float, float], words: str
) -> None:
    scale = scale_of(read_header(str(corpus / name)), 0)
    assert scale is not None
    assert scale.spacing_rc_mm == pytest.approx(spacing)
    assert words in scale.note
    assert bool(words) == bool(scale.note)


def test_real_angiography_is_measured_at_the_detector(corpus: Path) -> None:
    name = "explicit_with_private_sequence_having_undefined_length_and_implicit_encoding.dcm"
    scale = scale_of(read_header(str(corpus / "broken" / name)), 0)
    assert scale is not None
    assert scale.source == "ImagerPixelSpacing"
    assert scale.note.startswith("at the detector")
