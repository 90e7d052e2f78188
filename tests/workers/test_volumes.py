"""Stacks as volumes: values in one unit, in place in the patient, or a refusal."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.dicom.synthetic import JPEG_LS, grey, streams, write
from tests.oracles.volumes import volumes as planes_of_folder
from tests.workers.stacks import plain_header, plain_stack, stack_of
from viewer.dicom.catalogue import CatalogueBuilder
from viewer.dicom.errors import NegatoError
from viewer.dicom.limits import Limits
from viewer.dicom.scanning import scan
from viewer.dicom.stacks import Stack
from viewer.imaging.geometry import plane_name
from viewer.workers.child_pool import ChildPool
from viewer.workers.decode_child import Filled, decode_files
from viewer.workers.volumes import VolumeStopped, read_volume

with warnings.catch_warnings():
    # from Python 3.12 on, of the classes that SWIG makes
    warnings.simplefilter("ignore", DeprecationWarning)
    try:
        import SimpleITK as sitk  # noqa: N813 - as everyone calls it
    except ImportError:
        sitk = None


def stacks_of(*paths: Path) -> list[Stack]:
    builder = CatalogueBuilder()
    for item in scan([str(path) for path in paths]):
        builder.add(item)
    return builder.snapshot().stacks()


def placed(folder: Path, heights: Sequence[float], **changes: Any) -> Stack:
    """Axial frames at these heights, each of which holds its number (from 1)."""
    plain = plain_stack(folder, len(heights))
    where = {"pixel_spacing": (0.5, 0.25), "image_orientation_patient": (1, 0, 0, 0, 1, 0)}
    headers = [
        plain_header(header.path, image_position_patient=(1.0, 2.0, height), **where | changes)
        for header, height in zip(plain.headers, heights, strict=True)
    ]
    return stack_of(headers)


def test_slices_rise_along_the_normal_and_know_their_frame(tmp_path: Path) -> None:
    volume = read_volume(placed(tmp_path, (9.0, 6.0, 3.0)))
    assert volume.values.shape == (3, 8, 10)
    assert volume.values[:, 0, 0].tolist() == [3, 2, 1]
    assert volume.frames == (2, 1, 0)
    assert volume.affine is not None
    expected = [[0, 0, 0.25, 1], [0, 0.5, 0, 2], [3, 0, 0, 3], [0, 0, 0, 1]]
    assert volume.affine.tolist() == expected
    assert volume.spacing_zyx_mm == (3.0, 0.5, 0.25)


def test_frames_that_lie_unevenly_have_no_affine_but_a_reason(tmp_path: Path) -> None:
    volume = read_volume(placed(tmp_path, (0.0, 1.0, 2.0, 9.0)))
    assert volume.affine is None
    assert volume.spacing_zyx_mm is None
    assert "gap" in volume.why_no_affine or "uneven" in volume.why_no_affine
    assert volume.frames == (0, 1, 2, 3)


def test_some_frames_of_an_uneven_stack_are_a_volume(tmp_path: Path) -> None:
    volume = read_volume(placed(tmp_path, (0.0, 1.0, 2.0, 9.0)), frames=(2, 0, 1))
    assert volume.affine is not None
    assert volume.values[:, 0, 0].tolist() == [1, 2, 3]


def test_frames_at_one_position_have_no_affine(tmp_path: Path) -> None:
    assert "one position" in read_volume(placed(tmp_path, (4.0, 4.0))).why_no_affine


def test_a_single_frame_is_as_thick_as_its_slice(tmp_path: Path) -> None:
    volume = read_volume(placed(tmp_path, (4.0,), slice_thickness=2.5))
    assert volume.spacing_zyx_mm == (2.5, 0.5, 0.25)


def test_each_frame_has_its_own_rescale(tmp_path: Path) -> None:
    plain = plain_stack(tmp_path, 2)
    headers = [
        plain_header(one.path, rescale_slope=slope, rescale_intercept=0.0, rescale_type="BQML")
        for one, slope in zip(plain.headers, (0.5, 0.25), strict=True)
    ]
    volume = read_volume(stack_of(headers))
    assert volume.values.dtype == np.float32
    assert volume.values[:, 0, 0].tolist() == [0.5, 0.5]
    stored = read_volume(stack_of(headers), values="stored")
    assert stored.values[:, 0, 0].tolist() == [1, 2]
    assert stored.values.dtype == np.int16
    assert stored.units == "stored values"


def test_whole_values_stay_whole(tmp_path: Path) -> None:
    stack = placed(
        tmp_path, (0.0, 1.0), modality="CT", rescale_slope=1.0, rescale_intercept=-1024.0
    )
    volume = read_volume(stack)
    assert volume.values.dtype == np.int16
    assert volume.values[:, 0, 0].tolist() == [-1023, -1022]
    assert volume.units == "HU"


@pytest.mark.parametrize("dtype", ["uint8", "bool", "float32"])
def test_a_type_is_taken_only_if_it_holds_the_values(tmp_path: Path, dtype: str) -> None:
    stack = placed(tmp_path, (0.0, 1.0), rescale_slope=1.0, rescale_intercept=-1024.0)
    if dtype == "float32":
        assert read_volume(stack, dtype=dtype).values.dtype == np.float32
        return
    with pytest.raises(NegatoError, match=dtype):
        read_volume(stack, dtype=dtype)


def test_frames_in_different_units_are_refused_by_name(tmp_path: Path) -> None:
    plain = plain_stack(tmp_path, 2)
    units = [
        plain_header(one.path, rescale_slope=2.0, rescale_intercept=0.0, rescale_type=unit)
        for one, unit in zip(plain.headers, ("HU", "US"), strict=True)
    ]
    with pytest.raises(NegatoError, match="make no volume") as caught:
        read_volume(stack_of(units))
    assert caught.value.path == plain.headers[1].path


def test_frames_of_different_size_are_refused_by_name(tmp_path: Path) -> None:
    plain = plain_stack(tmp_path, 2)
    small = plain_header(plain.headers[1].path, rows=4, pixel_data_length=80)
    with pytest.raises(NegatoError, match="4 x 10, others of the stack 8 x 10") as caught:
        read_volume(stack_of([plain.headers[0], small]))
    assert caught.value.path == small.path


def test_a_volume_nobody_wants_any_more_is_not_read_on(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    stopped = threading.Event()

    def progress(done: int, of: int) -> None:
        told.append((done, of))
        stopped.set()

    with pytest.raises(VolumeStopped):
        read_volume(placed(tmp_path, (0.0, 1.0, 2.0)), progress=progress, is_stopped=stopped.is_set)
    assert told == [(1, 3)]


def test_no_frames_and_frames_that_are_not_there_are_refused(tmp_path: Path) -> None:
    stack = placed(tmp_path, (0.0, 1.0))
    for frames in ((), (2,), (0, 0), (-1,)):
        with pytest.raises(NegatoError):
            read_volume(stack, frames=frames)


# axial, sagittal, coronal, oblique, tilted, read from feet to head, frames of unlike slope
_FOLDERS = [
    "series/ct_head_93_64x64",
    "series/ct_sphere_32",
    "series/mr_localizer_3plane",
    "series/pet_nema_iq_phantom_89",
    "derived/series_traps/oblique",
    "derived/series_traps/tilt",
    "derived/series_traps/reversed",
    "derived/series_traps/per_slice_slope",
]


@pytest.mark.parametrize("folder", _FOLDERS)
def test_volumes_lie_and_are_as_simpleitk_reads_them(corpus: Path, folder: str) -> None:
    compared = 0
    for known in planes_of_folder(corpus / folder):
        ours = read_volume(known.stack)
        theirs = _read_by_itk([known.stack.key(i).path for i in ours.frames])
        np.testing.assert_allclose(ours.affine, _itk_affine(theirs), atol=1e-4, rtol=0)
        compared += 1
        if ours.descriptions[0].photometric_interpretation == "MONOCHROME1":
            continue  # ITK inverts these, though that is a matter of display
        # file by file: of a series, ITK takes the type of the first and cuts all others to that
        one_by_one = [
            sitk.GetArrayFromImage(sitk.ReadImage(known.stack.key(i).path))[0] for i in ours.frames
        ]
        np.testing.assert_allclose(ours.values, np.stack(one_by_one), rtol=1e-6, atol=1e-3)
    assert compared


def test_a_tilted_series_whose_steps_differ_has_no_affine(corpus: Path) -> None:
    (stack,) = stacks_of(corpus / "series/ct_ge_gantry_tilt_28")
    volume = read_volume(stack, frames=range(0, 28, 9))
    assert volume.affine is None
    assert "uneven spacing" in volume.why_no_affine
    assert volume.units == "HU"


def test_a_frame_that_is_cut_short_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "cut.dcm"
    whole = write(path, grey(64, 64))
    path.write_bytes(path.read_bytes()[:-1000])
    (stack,) = stacks_of(path)
    with pytest.raises(NegatoError, match="rows are there") as caught:
        read_volume(stack)
    assert caught.value.path == whole


@pytest.mark.parametrize("count", [1, 2, 19])
def test_compressed_frames_are_decoded_by_children(tmp_path: Path, count: int) -> None:
    values = [grey() + number for number in range(count)]
    for number, one in enumerate(values):
        syntax, stream = list(streams(one).items())[number % 2]
        write(
            tmp_path / f"{number:02}.dcm",
            one,
            transfer_syntax=syntax,
            frames=[stream],
            SeriesInstanceUID="1.2.3",
            InstanceNumber=number,
            BitsStored=12,
        )
    (stack,) = stacks_of(tmp_path)
    told: list[tuple[int, int]] = []
    volume = read_volume(stack, progress=lambda done, of: told.append((done, of)))
    np.testing.assert_array_equal(volume.values, values)
    assert told == [(number, count) for number in range(1, count + 1)]


def test_the_file_to_blame_among_many_is_named(tmp_path: Path) -> None:
    for number in range(5):
        stream = bytearray(streams(grey())[JPEG_LS])
        if number == 3:
            stream[len(stream) // 2 :] = b""
        write(
            tmp_path / f"{number}.dcm",
            grey(),
            transfer_syntax=JPEG_LS,
            frames=[bytes(stream)],
            SeriesInstanceUID="1.2.3",
            InstanceNumber=number,
            BitsStored=12,
        )
    (stack,) = stacks_of(tmp_path)
    with pytest.raises(NegatoError) as caught:
        read_volume(stack)
    assert caught.value.path == str(tmp_path / "3.dcm")


def test_a_child_that_dies_of_several_files_leaves_the_one_to_blame(tmp_path: Path) -> None:
    for number in range(5):
        write(
            tmp_path / f"{number}.dcm",
            grey(),
            transfer_syntax=JPEG_LS,
            frames=[streams(grey())[JPEG_LS]],
            SeriesInstanceUID="1.2.3",
            InstanceNumber=number,
            BitsStored=12,
        )
    (stack,) = stacks_of(tmp_path)
    with closing(PoolThatDies(1)) as pool, pytest.raises(NegatoError, match="crashed") as caught:
        read_volume(stack, pool=pool)
    assert caught.value.path == str(tmp_path / "3.dcm")


def die_of_the_third(beside: Any, is_awaited: Any, wanted: Any, limits: Limits) -> list[Filled]:
    """Take the place of `decode_files`, in a child."""
    if any(one.path.endswith("3.dcm") for one in wanted):
        os._exit(1)
    return decode_files(beside, is_awaited, wanted, limits)


class PoolThatDies(ChildPool):
    """Has children do `die_of_the_third`."""

    def submit(self, task: str, args: tuple[Any, ...], **more: Any) -> Any:
        """Have a child do it."""
        deadly = "tests.workers.test_volumes:die_of_the_third"
        return super().submit(deadly if task == "decode_files" else task, args, **more)


def test_enhanced_frames_lie_as_simpleitk_places_them(corpus: Path) -> None:
    names: set[str] = set()
    with closing(ChildPool(2)) as pool:
        for known in planes_of_folder(corpus / "cd/siemens_xa60")[:8]:
            ours = read_volume(known.stack, pool=pool)
            theirs = _read_by_itk([known.stack.key(i).path for i in ours.frames])
            np.testing.assert_allclose(ours.affine, _itk_affine(theirs), atol=1e-4, rtol=0)
            np.testing.assert_allclose(ours.values, sitk.GetArrayFromImage(theirs), rtol=1e-6)
            names.add(plane_name(known.planes[0].normal_lps))
    assert names


def _read_by_itk(paths: list[str]) -> Any:
    if sitk is None:
        pytest.skip("SimpleITK is not installed (extra test)")
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    if len(set(paths)) == 1:
        return sitk.ReadImage(paths[0])
    reader = sitk.ImageSeriesReader()
    reader.ForceOrthogonalDirectionOff()  # a tilted stack is sheared, as it is
    reader.SetFileNames(paths)
    return reader.Execute()


def _itk_affine(image: Any) -> np.ndarray:
    affine = np.eye(4)
    columns = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    affine[:3, :3] = columns[:, ::-1]
    affine[:3, 3] = image.GetOrigin()
    return affine
