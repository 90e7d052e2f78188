"""Arrays become files that show every value as it is, or one sentence says why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from viewer.dicom.array_files import ArrayPlace, array_file, read_dataset, write_array_file
from viewer.dicom.catalogue import CatalogueBuilder
from viewer.dicom.errors import HeaderError, NegatoError
from viewer.dicom.frames import read_frame
from viewer.dicom.planes import plane_of
from viewer.dicom.scanning import scan
from viewer.dicom.stacks import Stack
from viewer.dicom.volume_geometry import volume_geometry

_EXTREMES = {
    "bool": [False, True],
    "int8": [-128, 127],
    "uint8": [0, 255],
    "int16": [-32768, 32767],
    "uint16": [0, 65535],
    "int32": [-(2**31), 2**31 - 1],
    "uint32": [0, 2**32 - 1],
    "int64": [-(2**53), 2**53],
    "float16": [-65504, 0.1],
    "float32": [1e-40, np.pi],
    "float64": [-1e300, np.pi],
}


def shown(path: Path, array: np.ndarray, place: ArrayPlace | None = None, **more: Any) -> Stack:
    """Write an array and give the one stack that the window makes of it."""
    write_array_file(array_file(array, place or ArrayPlace(), **more), str(path))
    builder = CatalogueBuilder()
    for item in scan([str(path)]):
        builder.add(item)
    (stack,) = builder.snapshot().stacks()
    return stack


@pytest.mark.parametrize("shape", [(4, 5), (3, 4, 5), (1, 1), (2, 3, 3)])
@pytest.mark.parametrize("dtype", _EXTREMES)
def test_every_value_is_shown_as_it_is(tmp_path: Path, dtype: str, shape: tuple[int, ...]) -> None:
    if shape[-1] == 3 and dtype == "uint8":
        pytest.skip("that is colour")
    array = np.resize(np.array(_EXTREMES[dtype], dtype), shape)
    stack = shown(tmp_path / "a.dcm", array)
    frames = [read_frame(*stack.key(i))[0] for i in range(len(stack))]
    np.testing.assert_array_equal(np.stack(frames), array.reshape(-1, *shape[-2:]))


@pytest.mark.parametrize("shape", [(4, 5, 3), (2, 4, 5, 3), (3, 3, 3)])
def test_bytes_with_a_last_axis_of_three_are_colour(tmp_path: Path, shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    stack = shown(tmp_path / "a.dcm", array)
    frames = [read_frame(*stack.key(i))[0] for i in range(len(stack))]
    np.testing.assert_array_equal(np.stack(frames), array.reshape(-1, *shape[-3:]))


def test_numbers_that_are_none_stay_so(tmp_path: Path) -> None:
    array = np.array([[np.nan, 1.0], [np.inf, -np.inf]])
    stack = shown(tmp_path / "a.dcm", array)
    np.testing.assert_array_equal(read_frame(*stack.key(0))[0], array)


@pytest.mark.parametrize("array", [np.asfortranarray(np.eye(5, 4)), np.eye(9)[::2, ::-1]])
def test_the_order_in_memory_does_not_matter(tmp_path: Path, array: np.ndarray) -> None:
    swapped = array.astype(">f4")
    stack = shown(tmp_path / "a.dcm", swapped)
    np.testing.assert_array_equal(read_frame(*stack.key(0))[0], array)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32"])
def test_an_affine_places_the_slices(tmp_path: Path, dtype: str) -> None:
    turn, _ = np.linalg.qr([[1.0, 2, 3], [0, 1, 4], [5, 6, 0]])
    affine = np.eye(4)
    affine[:3, :3] = turn * (2.5, 0.7, 0.5)
    affine[:3, 0] += 0.2 * affine[:3, 1]  # a shear, as of a tilted gantry
    affine[:3, 3] = -12.5, 3.25, 1000.125
    stack = shown(tmp_path / "a.dcm", np.zeros((4, 5, 6), dtype), ArrayPlace(affine=affine))
    found = volume_geometry(stack, range(4)).affine
    assert found is not None
    if found[:3, 0] @ affine[:3, 0] < 0:  # a volume's slices rise along its normal
        found[:3, 3] += 3 * found[:3, 0]
        found[:3, 0] *= -1
    np.testing.assert_allclose(found, affine, atol=1e-6)


def test_a_spacing_alone_claims_no_place_in_the_patient(tmp_path: Path) -> None:
    place = ArrayPlace(spacing_mm=(3.0, 0.7, 0.5))
    stack = shown(tmp_path / "a.dcm", np.zeros((2, 4, 5)), place)
    assert stack.headers[0].pixel_spacing == (0.7, 0.5)
    assert plane_of(stack.header(0), 0) is None


def test_window_unit_and_title_come_along(tmp_path: Path) -> None:
    array = np.zeros((2, 4, 5), np.int16)
    stack = shown(tmp_path / "a.dcm", array, window=(40, 400), title="Größe \\ 3", unit="HU")
    _, description = read_frame(*stack.key(0))
    (window,) = description.vois
    assert (window.center, window.width) == (40, 400)
    assert description.modality.unit == "HU"
    assert stack.headers[0].series_description == "Größe / 3"


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros(3), "no picture"),
        (np.zeros((2, 2, 2, 2)), "no picture"),
        (np.zeros((2, 0)), "empty"),
        (np.zeros((2, 2), complex), "complex128"),
        (np.array([["a"]]), "not shown"),
        (np.array([[None]]), "object"),
        (np.array([[2**53 + 1]]), "exactly"),
        (np.zeros((1, 70_000), np.uint8), "65,535"),
    ],
)
def test_what_is_no_picture_is_refused(array: np.ndarray, words: str) -> None:
    with pytest.raises(NegatoError, match=words):
        array_file(array, ArrayPlace())


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"place": ArrayPlace(spacing_mm=(1.0, 0.0))}, "spacing"),
        ({"place": ArrayPlace(spacing_mm=(1.0,))}, "spacing"),
        ({"place": ArrayPlace(affine=np.eye(3))}, "affine"),
        ({"place": ArrayPlace(affine=np.full((4, 4), np.nan))}, "affine"),
        ({"place": ArrayPlace(affine=np.ones((4, 4)))}, "right angle"),
        ({"window": (1, 0)}, "window"),
        ({"window": (np.nan, 1)}, "window"),
    ],
)
def test_what_says_nothing_of_an_array_is_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(NegatoError, match=words):
        array_file(np.zeros((2, 2, 2)), **{"place": ArrayPlace(), **more})


def test_a_data_set_ends_before_the_pixels(tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    write_array_file(array_file(np.zeros((4, 5)), ArrayPlace(), title="A"), str(path))
    dataset = read_dataset(str(path))
    assert dataset.SeriesDescription == "A"
    assert "DoubleFloatPixelData" not in dataset


def test_a_data_set_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone.dcm"
    with pytest.raises(HeaderError) as caught:
        read_dataset(str(path))
    assert caught.value.path == str(path)
