"""The sample study that ships: complete, readable, and what its generator makes."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames
from pydicom.uid import UID

from viewer.resources import resource

GENERATOR = Path(__file__).resolve().parents[1] / "packaging" / "make_sample.py"


@pytest.fixture(scope="module")
def images() -> list[pydicom.FileDataset]:
    paths = sorted(path for path in resource("sample").rglob("IM*") if path.is_file())
    return [pydicom.dcmread(path) for path in paths]


def series(images: list[pydicom.FileDataset], number: int) -> list[pydicom.FileDataset]:
    return [image for image in images if image.SeriesNumber == number]


def hounsfield(image: pydicom.FileDataset) -> np.ndarray:
    return image.pixel_array * float(image.RescaleSlope) + float(image.RescaleIntercept)


def test_the_study_has_a_localizer_slices_a_reformat_and_a_cine(images) -> None:
    assert Counter(image.SeriesNumber for image in images) == {1: 2, 2: 48, 3: 38, 4: 1}
    assert {image.ImageType[2] for image in series(images, 1)} == {"LOCALIZER"}
    assert {image.ImageType[2] for image in series(images, 3)} == {"REFORMATTED"}
    (cine,) = series(images, 4)
    assert (cine.NumberOfFrames, cine.FrameTime) == (24, 40)


def test_the_dicomdir_names_every_file_and_only_those() -> None:
    folder = resource("sample")
    directory = pydicom.dcmread(folder / "DICOMDIR")
    named = [
        folder.joinpath(*record.ReferencedFileID)
        for record in directory.DirectoryRecordSequence
        if "ReferencedFileID" in record
    ]
    stored = [path for path in folder.rglob("*") if path.is_file() and path.name != "DICOMDIR"]
    assert sorted(named) == sorted(stored)
    for path in named:
        parts = path.relative_to(folder).parts
        assert len(parts) <= 8
        assert all(len(part) <= 8 and part == part.upper() for part in parts)  # PS3.10 8.2


def test_slices_hold_air_fat_soft_tissue_and_bone(images) -> None:
    values = np.stack([hounsfield(image) for image in series(images, 2)])
    assert values.min() >= -1024
    assert values.max() > 800
    for low, high in ((-1010, -980), (-900, -780), (-120, -80), (30, 70), (250, 350), (800, 1100)):
        share = np.mean((values >= low) & (values <= high))
        assert share > 0.001, f"nothing between {low} and {high} HU"


def test_slices_descend_evenly_and_the_reformat_lies_in_the_same_body(images) -> None:
    axial, coronal = series(images, 2), series(images, 3)
    heights = [image.ImagePositionPatient[2] for image in axial]
    assert np.allclose(np.diff(heights), -5.0)
    depths = [image.ImagePositionPatient[1] for image in coronal]
    assert np.allclose(np.diff(depths), np.diff(depths)[0])
    assert len({image.FrameOfReferenceUID for image in axial + coronal}) == 1

    # one point of the patient has one density in both
    level, place = axial[24], coronal[19]
    row = round((place.ImagePositionPatient[1] - level.ImagePositionPatient[1]) / 1.9)
    height = round((place.ImagePositionPatient[2] - level.ImagePositionPatient[2]) / 1.9)
    difference = np.abs(hounsfield(level)[row] - hounsfield(place)[height])
    assert np.median(difference) < 20


def test_the_cine_moves_in_colour(images) -> None:
    (cine,) = series(images, 4)
    frames = [
        imagecodecs.jpeg8_decode(frame)
        for frame in generate_frames(cine.PixelData, number_of_frames=cine.NumberOfFrames)
    ]
    assert len(frames) == 24
    assert all(frame.shape == (cine.Rows, cine.Columns, 3) for frame in frames)
    red, _, blue = np.moveaxis(np.stack(frames).astype(int), -1, 0)
    assert (red - blue).max() > 150
    assert (blue - red).max() > 150


def test_uids_are_valid_and_unique(images) -> None:
    assert len({image.SOPInstanceUID for image in images}) == len(images)
    for image in images:
        for uid in (image.SOPInstanceUID, image.SeriesInstanceUID, image.StudyInstanceUID):
            assert UID(uid).is_valid
            assert uid.startswith("2.25.")
        assert image.file_meta.MediaStorageSOPInstanceUID == image.SOPInstanceUID


def test_no_person_is_named(images) -> None:
    assert {str(image.PatientName) for image in images} == {"Negato^Sample"}


def test_the_generator_makes_what_is_stored(tmp_path: Path) -> None:
    subprocess.run([sys.executable, GENERATOR, tmp_path / "again"], check=True, timeout=60)
    stored = resource("sample")
    names = sorted(path.relative_to(stored) for path in stored.rglob("*") if path.is_file())
    again = tmp_path / "again"
    assert names == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    for name in names:
        if name.name == "DICOMDIR":  # signed by the pydicom that wrote it
            continue
        old, new = pydicom.dcmread(stored / name), pydicom.dcmread(again / name)
        if old.Modality == "US":  # another version of the JPEG encoder may round otherwise
            del old.PixelData, new.PixelData, old.LossyImageCompressionRatio
            del new.LossyImageCompressionRatio
        assert old == new, name


def test_the_sample_stays_small() -> None:
    size = sum(path.stat().st_size for path in resource("sample").rglob("*") if path.is_file())
    assert size < 4.5e6
