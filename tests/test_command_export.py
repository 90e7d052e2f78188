"""`negato export`: what is chosen goes out whole, named, as it is seen or as it is stored."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageSequence
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid

from tests.dicom.synthetic import write
from viewer.cli import main
from viewer.commands import export_writing
from viewer.commands.controlled import Cancelled
from viewer.commands.export_names import fit_name, name_pattern
from viewer.dicom.errors import NegatoError

ROWS, COLUMNS = 12, 16
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"


def values_of(number: int) -> np.ndarray:
    ramp = np.arange(ROWS * COLUMNS, dtype=np.int16).reshape(ROWS, COLUMNS)
    return (ramp * 5 + number * 40).astype(np.int16)


def a_series(folder: Path, count: int = 4, series_number: int = 3, **changed: Any) -> list[Path]:
    """Write axial CT slices of 2 mm, HU = stored - 1024."""
    folder.mkdir(parents=True, exist_ok=True)
    series, study = generate_uid(), changed.pop("StudyInstanceUID", generate_uid())
    paths = []
    for number in range(count):
        path = folder / f"IM{number:03d}"
        attributes: dict[str, Any] = {
            "SOPClassUID": CT_IMAGE,
            "Modality": "CT",
            "PatientName": "Roe^Richard",
            "PatientID": "secret-7",
            "StudyInstanceUID": study,
            "SeriesInstanceUID": series,
            "SeriesNumber": series_number,
            "InstanceNumber": number + 11,
            "ImagePositionPatient": [-10, -20, 2.0 * number],
            "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
            "PixelSpacing": [0.75, 0.75],
            "RescaleSlope": 1,
            "RescaleIntercept": -1024,
            "RescaleType": "HU",
            "WindowCenter": -500,
            "WindowWidth": 800,
        }
        write(path, values_of(number), **(attributes | changed))
        paths.append(path)
    return paths


@pytest.fixture
def series(tmp_path: Path) -> Path:
    a_series(tmp_path / "series")
    return tmp_path / "series"


class Ended:
    """What the command told."""

    def __init__(self, code: int, out: str) -> None:
        self.code = code
        self.lines = [json.loads(line) for line in out.splitlines()]
        self.end = self.lines[-1]
        self.written = [line["written"] for line in self.lines if "written" in line]
        ones = (line["failed"] for line in self.lines[:-1] if "failed" in line)
        self.failed = list(ones)


@pytest.fixture
def export(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: object) -> Ended:
        code = main(["export", *map(str, arguments), "--json"])
        captured = capsys.readouterr()
        assert captured.err == ""
        return Ended(code, captured.out)

    return run


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def seen(number: int, center: float, width: float) -> np.ndarray:
    values = values_of(number) - 1024.0
    return np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0, 1) * 255


def read_picture(path: Path | str) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_a_stack_becomes_a_picture_a_frame_through_its_own_window(series, tmp_path, export):
    ended = export(series, "-o", tmp_path / "out", "--format", "png")
    assert (ended.code, ended.end["result"], ended.end["files"]) == (0, "done", 4)
    assert files_in(tmp_path / "out") == [f"CT_003_000{n}.png" for n in range(1, 5)]
    for number, one in enumerate(ended.written):
        assert np.abs(read_picture(one["path"]) - seen(number, -500, 800)).max() <= 0.51


@pytest.mark.parametrize(
    ("options", "center", "width"),
    [(["--window", "-400", "300"], -400, 300), (["--preset", "lung"], -600, 1500)],
)
def test_pictures_have_the_window_asked_for(series, tmp_path, export, options, center, width):
    out = tmp_path / "a.png"
    ended = export(series, "-o", out, "--format", "png", "--frames", "2", *options)
    assert ended.code == 0
    assert np.abs(read_picture(out) - seen(1, center, width)).max() <= 0.51


def test_pictures_are_turned_mirrored_and_inverted_as_asked(series, tmp_path, export):
    out = tmp_path / "a.png"
    look = ["--turn", 90, "--mirror", "--invert"]
    assert export(series, "-o", out, "--format", "png", "--frames", "1", *look).code == 0
    expected = np.rot90(255 - seen(0, -500, 800), -1)[:, ::-1]
    assert np.abs(read_picture(out) - expected).max() <= 0.51


@pytest.mark.parametrize(
    ("changed", "turn", "size"),
    [
        ({"PixelSpacing": [1.5, 0.5]}, 0, (3 * ROWS, COLUMNS)),
        ({"PixelSpacing": [1.5, 0.5]}, 90, (COLUMNS, 3 * ROWS)),
        ({"PixelSpacing": [1, 2]}, 0, (ROWS, 2 * COLUMNS)),
        ({"PixelSpacing": None, "PixelAspectRatio": [2, 1]}, 0, (2 * ROWS, COLUMNS)),
    ],
)
def test_shapes_are_true_where_pixels_are_not_square(tmp_path, export, changed, turn, size):
    (path,) = a_series(tmp_path / "series", 1, **changed)
    options = ("--turn", turn, "--window", -400, 300)
    assert export(path, "-o", tmp_path / "a.png", "--format", "png", *options).code == 0
    picture = read_picture(tmp_path / "a.png")
    assert picture.shape == size
    corners = np.rot90(seen(0, -400, 300), -turn // 90)[:: ROWS - 1, :: COLUMNS - 1]
    assert picture[0, 0] == pytest.approx(corners[0, 0], abs=1)
    stored = ("-o", tmp_path / "b.png", "--format", "png", "--values", "stored")
    assert export(path, *stored).code == 0
    assert read_picture(tmp_path / "b.png").shape == (ROWS, COLUMNS)


def test_pixels_that_no_screen_shows_true_are_refused(tmp_path, export):
    (path,) = a_series(tmp_path / "series", 1, PixelSpacing=[5000, 0.001])
    ended = export(path, "-o", tmp_path / "a.png", "--format", "png")
    assert ended.code == 1
    assert "write its values instead" in ended.failed[0]["reason"]


def test_a_stack_without_a_window_has_one_for_all_its_frames(tmp_path, export):
    bare = {"WindowCenter": None, "WindowWidth": None}
    a_series(tmp_path / "series", 6, **bare)
    ended = export(tmp_path / "series", "-o", tmp_path / "out", "--format", "png")
    means = [read_picture(one["path"]).mean() for one in ended.written]
    assert means == sorted(means)  # later frames are brighter, and would each be the same alone
    assert means[-1] - means[0] > 20


def test_stored_values_go_out_in_16_bits(series, tmp_path, export):
    ended = export(series, "-o", tmp_path / "a.png", "--format", "png", "--frames", "3", "--raw")
    assert (read_picture(tmp_path / "a.png").astype(int) - 32768 == values_of(2)).all()
    assert "32,768 was added" in ended.end["notes"][0]
    assert export(series, "-o", tmp_path / "a.tif", "--format", "tiff").code == 0
    pages = tifffile.imread(tmp_path / "a.tif")
    assert pages.dtype == np.int16
    assert (pages == [values_of(n) for n in range(4)]).all()


def test_indices_of_a_palette_are_called_that(tmp_path, export):
    ramp = bytes(range(256))
    palettes: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for name, data in (("Red", ramp), ("Green", ramp[::-1]), ("Blue", bytes(256))):
        palettes[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, 8]
        palettes[f"{name}PaletteColorLookupTableData"] = data
    stored = np.arange(48, dtype=np.uint8).reshape(6, 8)
    source = write(tmp_path / "palette", stored, **palettes)
    ended = export(source, "-o", tmp_path / "a.tif", "--format", "tiff")
    assert (tifffile.imread(tmp_path / "a.tif") == stored).all()
    assert "indices of a palette" in ended.end["notes"][0]
    assert export(source, "-o", tmp_path / "a.png", "--format", "png").end["notes"] == []
    assert read_picture(tmp_path / "a.png")[1, 2].tolist() == [10, 245, 0]


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_movies_hold_the_frames_at_the_rate_of_the_file(tmp_path, export, form):
    pixels = np.stack([values_of(n) // 8 for n in range(5)]).astype(np.uint8)
    source = write(tmp_path / "cine", pixels, NumberOfFrames=5, FrameTime=50.0)
    out = tmp_path / f"a.{form}"
    assert export(source, "-o", out, "--format", form, "--quality", 100).code == 0
    with Image.open(out) as image:
        frames = ImageSequence.Iterator(image)
        shown = [(np.asarray(one.convert("L")), one.info["duration"]) for one in frames]
    assert [ms for _, ms in shown] == [50] * 5
    still = tmp_path / "still.png"
    assert export(source, "-o", still, "--format", "png", "--frames", "4").code == 0
    assert (shown[3][0] == read_picture(still)).all()
    assert export(source, "-o", out, "--format", form, "--fps", 10, "--replace").code == 0
    with Image.open(out) as image:
        image.load()
        assert image.info["duration"] == 100


def test_mp4_holds_the_frames(tmp_path, export):
    av = pytest.importorskip("av")
    pixels = np.stack([values_of(n) for n in range(5)])
    source = write(tmp_path / "cine", pixels, NumberOfFrames=5, FrameTime=40.0)
    assert export(source, "-o", tmp_path / "a.mp4", "--format", "mp4").code == 0
    with av.open(str(tmp_path / "a.mp4")) as file:
        assert [round(f.time * 1000) for f in file.decode(video=0)] == [0, 40, 80, 120, 160]


def test_arrays_hold_modality_values_with_their_place(tmp_path, export):
    a_series(tmp_path / "series", PixelSpacing=[0.5, 0.75])
    assert export(tmp_path / "series", "-o", tmp_path / "a.npz", "--format", "npz").code == 0
    with np.load(tmp_path / "a.npz") as read:
        assert (read["values"] == [values_of(n) - 1024 for n in range(4)]).all()
        assert read["affine"] @ (3, 2, 1, 1) == pytest.approx((-10 + 0.75, -20 + 1, 6, 1))
        assert str(read["units"]) == "HU"
        assert "secret" not in str(read["facts"])
        assert "Roe" not in str(read["facts"])


@pytest.mark.parametrize("name", ["a.nii.gz", "a.nii", "a.nrrd"])
def test_volumes_lie_where_simpleitk_puts_the_series(tmp_path, export, name):
    sitk = pytest.importorskip("SimpleITK")
    series = tmp_path / "series"
    a_series(series, PixelSpacing=[0.5, 0.75])
    form = "nrrd" if name.endswith("nrrd") else "nifti"
    assert export(series, "-o", tmp_path / name, "--format", form).code == 0
    read = sitk.ReadImage(str(tmp_path / name))
    theirs = sitk.ReadImage(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(series)))
    assert read.GetOrigin() == pytest.approx(theirs.GetOrigin(), abs=1e-4)
    assert read.GetDirection() == pytest.approx(theirs.GetDirection(), abs=1e-4)
    assert read.GetSpacing() == pytest.approx(theirs.GetSpacing(), abs=1e-4)
    assert (sitk.GetArrayFromImage(read) == sitk.GetArrayFromImage(theirs)).all()


def test_uneven_slices_make_no_nifti_and_the_sentence_says_what_to_do(series, tmp_path, export):
    (series / "IM001").unlink()
    ended = export(series, "-o", tmp_path / "a.nii.gz", "--format", "nifti")
    assert (ended.code, ended.end["result"]) == (1, "failed")
    assert "write npz" in ended.failed[0]["reason"]
    assert not (tmp_path / "a.nii.gz").exists()


def test_copies_are_the_files_byte_for_byte(series, tmp_path, export):
    ended = export(series, "-o", tmp_path / "out", "--format", "dicom", "--frames", "2-3")
    assert ended.end["files"] == 2
    copies = sorted((tmp_path / "out").iterdir())
    sources = [series / "IM001", series / "IM002"]
    assert [path.read_bytes() for path in copies] == [path.read_bytes() for path in sources]


def test_documents_are_copied_and_pictures_pass_them_over(tmp_path, export):
    shutil.copy(str(get_testdata_file("reportsi.dcm", download=False)), tmp_path / "report")
    report = tmp_path / "report"
    assert export(report, "-o", tmp_path / "out", "--format", "dicom").end["files"] == 1
    ended = export(report, "-o", tmp_path / "pictures", "--format", "png")
    assert (ended.code, ended.end["result"]) == (1, "failed")
    assert "no pictures" in ended.end["message"]
    assert not (tmp_path / "pictures").exists()


def test_stacks_and_series_are_chosen_by_their_uids(tmp_path, export, capsys):
    study = generate_uid()
    first = a_series(tmp_path / "all" / "a", 2, 1, StudyInstanceUID=study)
    second = a_series(tmp_path / "all" / "b", 3, 2, StudyInstanceUID=study)
    uid = str(dcmread(second[0]).SeriesInstanceUID)
    ended = export(tmp_path / "all", "-o", tmp_path / "x", "--format", "png", "--series", uid)
    assert files_in(tmp_path / "x") == [f"CT_002_000{n}.png" for n in (1, 2, 3)]
    series_uid = str(dcmread(first[0]).SeriesInstanceUID)
    # what comes before the path may be of another opening of the same files
    stack = f"{series_uid}~1/{first[1]}/0"
    ended = export(tmp_path / "all", "-o", tmp_path / "y", "--format", "png", "--stack", stack)
    assert ended.end["files"] == 2
    ended = export(tmp_path / "all", "-o", tmp_path / "z", "--format", "png", "--stack", "1.2/3/0")
    assert ended.code == 1
    assert "no stack 1.2/3/0" in ended.end["message"]
    ended = export(tmp_path / "all", "-o", tmp_path / "z", "--format", "png", "--stack", uid)
    assert "is a series, not a stack; choose it with --series" in ended.end["message"]
    ended = export(tmp_path / "all", "-o", tmp_path / "z", "--format", "png", "--frames", "3")
    assert "There is no frame 3: this stack has frames 1 to 2" in ended.end["message"]
    assert str(first[0]) in ended.end["message"]


@pytest.mark.parametrize(
    ("frames", "sentence"),
    [("5", "no frame 5"), ("0", "names no frames"), ("3-2", "names no frames"), ("x", "no frames")],
)
def test_frames_that_are_not_there_are_told(series, tmp_path, export, frames, sentence):
    out = tmp_path / "out"
    ended = export(series, "-o", out, "--format", "png", "--frames", frames)
    assert ended.code in (1, 2)
    assert sentence in ended.end["message"]
    assert not out.exists()


def test_names_follow_the_pattern_and_name_no_patient_unless_asked(series, tmp_path, export):
    export(series, "-o", tmp_path / "a", "--format", "png", "--name", "{modality}_{instance:05}")
    assert files_in(tmp_path / "a")[0] == "CT_00011.png"
    export(series, "-o", tmp_path / "b", "--format", "png", "--name", "{patient_id}_{frame}")
    assert files_in(tmp_path / "b")[0] == "secret-7_1.png"
    data = b"".join(path.read_bytes() for path in (tmp_path / "b").iterdir())
    assert b"Roe" not in data
    assert b"secret" not in data


def test_names_that_collide_are_told_before_anything_is_written(series, tmp_path, export):
    ended = export(series, "-o", tmp_path / "out", "--format", "png", "--name", "{modality}")
    assert ended.code == 1
    assert "Two files would have the name CT.png" in ended.end["message"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("pattern", ["{nobody}", "{modality", "a/b", "..\\{frame}", "", " "])
def test_patterns_that_are_none_are_refused(pattern):
    with pytest.raises(NegatoError):
        name_pattern(pattern)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc", "_.._etc"),
        ("CON", "_CON"),
        ("nul.tar", "_nul.tar"),
        ("a\0b/c\\d:e*?", "a_b_c_d_e_"),
        (" . ", "unnamed"),
        ("tail. ", "tail"),
        ("é" * 400, "é" * 90),
    ],
)
def test_names_fit_every_system(text, name):
    assert fit_name(text) == name


def test_nothing_is_replaced_unless_asked(series, tmp_path, export):
    out = tmp_path / "out"
    out.mkdir()
    kept = out / "CT_003_0002.png"
    kept.write_bytes(b"mine")
    ended = export(series, "-o", out, "--format", "png")
    assert ended.code == 1
    assert "--replace" in ended.end["message"]
    assert (files_in(out), kept.read_bytes()) == (["CT_003_0002.png"], b"mine")
    assert export(series, "-o", out, "--format", "png", "--replace").code == 0
    assert read_picture(kept).shape == (ROWS, COLUMNS)


def test_the_sources_are_never_replaced(series, tmp_path, export):
    source = series / "IM000"
    before = source.read_bytes()
    for path in series.iterdir():
        path.rename(path.with_suffix(".dcm"))
    ended = export(
        *(series / "IM000.dcm", "-o", series, "--format", "dicom"),
        *("--name", "{file}", "--replace"),
    )
    assert ended.code == 1
    assert "one of those to be exported" in ended.end["message"]
    assert (series / "IM000.dcm").read_bytes() == before


def test_copies_do_not_go_into_what_is_read(series, export):
    ended = export(series, "-o", series / "out", "--format", "dicom")
    assert ended.code == 2
    assert "would be read with it" in ended.end["message"]
    assert not (series / "out").exists()


def test_a_file_that_cannot_be_read_is_told_and_the_rest_written(series, tmp_path, export):
    data = (series / "IM002").read_bytes()
    (series / "IM002").write_bytes(data[: len(data) - ROWS * COLUMNS * 2])
    (series / "IM009").write_bytes(data[:200])
    ended = export(series, "-o", tmp_path / "out", "--format", "png")
    assert (ended.code, ended.end["result"]) == (1, "done")
    assert (ended.end["files"], ended.end["failed"]) == (3, 2)
    assert {Path(one["path"]).name for one in ended.failed} == {"IM002", "IM009"}
    assert all(one["reason"].endswith(".") for one in ended.failed)


def test_a_movie_without_one_of_its_frames_is_not_written(series, tmp_path, export):
    data = (series / "IM002").read_bytes()
    (series / "IM002").write_bytes(data[: len(data) - ROWS * COLUMNS * 2])
    ended = export(series, "-o", tmp_path / "out", "--format", "gif")
    assert (ended.code, ended.end["result"]) == (1, "failed")
    assert "Frame 3" in ended.failed[0]["reason"]
    assert not (tmp_path / "out").exists()
    assert export(series, "-o", tmp_path / "out", "--format", "gif", "--frames", "1-2,4").code == 0


def test_a_file_that_changed_meanwhile_is_not_passed_off(series, tmp_path, export, monkeypatch):
    plan = export_writing.ensure_folders

    def change_first(targets):
        write(series / "IM001", np.zeros((ROWS + 40, COLUMNS), np.int16))
        return plan(targets)

    monkeypatch.setattr(export_writing, "ensure_folders", change_first)
    for form in ("png", "dicom"):
        a_series(series)
        ended = export(series, "-o", tmp_path / form, "--format", form)
        assert (ended.code, ended.end["files"]) == (1, 3)
        assert "hanged" in ended.failed[0]["reason"]


def test_cancelling_keeps_what_is_complete_and_nothing_half(series, tmp_path, export, monkeypatch):
    count = export_writing.Exporter._count

    def stop_after_two(self, *arguments):
        count(self, *arguments)
        if self.written.files == 2:
            raise Cancelled

    monkeypatch.setattr(export_writing.Exporter, "_count", stop_after_two)
    ended = export(series, "-o", tmp_path / "out", "--format", "png")
    assert (ended.code, ended.end["result"], ended.end["files"]) == (130, "cancelled", 2)
    assert files_in(tmp_path / "out") == ["CT_003_0001.png", "CT_003_0002.png"]


def test_a_full_disc_ends_it_with_a_sentence(series, tmp_path, export, monkeypatch):
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(os, "replace", full)
    ended = export(series, "-o", tmp_path / "out", "--format", "png")
    assert (ended.code, ended.end["result"]) == (1, "failed")
    assert "no room left" in ended.end["message"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--format", "jpeg", "--raw"], "8 bit"),
        (["--format", "npy", "--values", "seen"], "not pictures"),
        (["--format", "png", "--quality", "0"], "from 1 to 100"),
        (["--format", "gif", "--fps", "nan"], "Frames a second"),
        (["--format", "png", "--window", "1", "0"], "width above 0"),
        (["--format", "png", "--step", "clip=[0,1]"], "holds no volumes"),
        ([], "Say in which format"),
    ],
)
def test_options_that_do_not_fit_are_wrong_use(series, tmp_path, export, options, sentence):
    ended = export(series, "-o", tmp_path / "out", *options)
    assert ended.code == 2
    assert sentence in ended.end["message"]


def test_a_window_that_the_file_lacks_is_told_once(series, tmp_path, export):
    ended = export(series, "-o", tmp_path / "out", "--format", "png", "--voi", 2)
    assert (ended.code, len(ended.failed)) == (1, 1)
    assert "it has 1 alone" in ended.failed[0]["reason"]


def test_a_dry_run_tells_the_files_and_writes_none(series, tmp_path, export):
    ended = export(series, "-o", tmp_path / "out", "--format", "png", "--dry-run")
    planned = [line["planned"] for line in ended.lines if "planned" in line]
    assert Path(planned[0]["path"]).name == "CT_003_0001.png"
    assert (ended.code, len(planned), ended.end["files"]) == (0, 4, 0)
    assert not (tmp_path / "out").exists()


def controlled(
    order: object, *options: object, lines: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "viewer", "export", "--control", "--json", *map(str, options)],
        input=f"{json.dumps(order)}\n{lines}",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_window_orders_by_standard_input(series, tmp_path):
    order = {"paths": [str(series)], "stacks": [], "frames": "2-3"}
    ended = controlled(order, "-o", tmp_path / "out", "--format", "png")
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {"stage": "write", "done": 2, "of": 2} in lines
    assert (lines[-1]["result"], lines[-1]["files"]) == ("done", 2)
    ended = controlled(order, "-o", tmp_path / "other", "--format", "png", lines="stop\n")
    assert ended.returncode == 130
    assert not (tmp_path / "other").exists()
    wrong = controlled(order | {"stacks": 3}, "-o", tmp_path / "other", "--format", "png")
    assert wrong.returncode == 2


def test_the_same_from_an_archive(series, tmp_path, export):
    archive = shutil.make_archive(str(tmp_path / "study"), "zip", series)
    a = export(archive, "-o", tmp_path / "a", "--format", "png")
    b = export(series, "-o", tmp_path / "b", "--format", "png")
    assert (a.code, b.code) == (0, 0)
    for name in files_in(tmp_path / "b"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert export(archive, "-o", tmp_path / "c", "--format", "dicom").end["files"] == 4


@pytest.fixture
def pipeline(tmp_path: Path) -> Any:
    def written(text: str) -> Path:
        path = tmp_path / "pipeline.toml"
        path.write_text(text)
        return path

    return written


def test_a_pipeline_does_its_steps_in_order_and_tells_of_them(series, tmp_path, export, pipeline):
    steps = pipeline(
        """
name = "small"
[[step]]
values = "hu"
[[step]]
resample = {spacing_mm = [2.0, 1.0, 1.5]}
[[step]]
fit = {shape = [6, 6, 6], fill = -1024}
[[step]]
clip = [-1000, -100]
[[step]]
normalise = "unit"
[[step]]
dtype = "float16"
"""
    )
    ended = export(series, "-o", tmp_path / "out", "--pipeline", steps)
    assert (ended.code, files_in(tmp_path / "out")) == (
        0,
        ["CT_003.npz", "manifest.csv", "manifest.json"],
    )
    with np.load(tmp_path / "out" / "CT_003.npz") as read:
        values, affine = read["values"], read["affine"]
        assert str(read["units"]) == "0 to 1"
    assert (values.shape, values.dtype) == ((6, 6, 6), np.float16)
    assert (values.min(), values.max() <= 1) == (0, True)
    assert (values[[0, 5]] == 0).all()  # what was added on both sides
    assert np.linalg.norm(affine[:3, :3], axis=0) == pytest.approx((2, 1, 1.5))
    (row,) = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (row["file"], row["shape"], row["pipeline"]) == ("CT_003.npz", [6, 6, 6], "small")
    assert row["steps"][3] == "clip = [-1000, -100]"
    import hashlib

    digest = hashlib.sha256((tmp_path / "out" / "CT_003.npz").read_bytes()).hexdigest()
    assert row["sha256"] == digest
    for name in ("manifest.csv", "manifest.json"):
        text = (tmp_path / "out" / name).read_text()
        assert digest in text
        assert "Roe" not in text
        assert "secret" not in text


def test_steps_can_be_options(series, tmp_path, export):
    ended = export(
        *(series, "-o", tmp_path / "a.npy", "--format", "npy"),
        *("--step", "values='stored'", "--step", "normalise='zscore'"),
    )
    assert ended.code == 0
    values = np.load(tmp_path / "a.npy")
    assert values.mean() == pytest.approx(0, abs=1e-5)
    assert values.std() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[step]]\nclip = [3, 1]\n", "Line 2: clip is [low, high]"),
        ("[[step]]\nclip=[0, 1]\n\n[[step]]\nclop = 3\n", "Line 5: there is no step clop"),
        ("[[step]]\nclip=[0, 1]\n[[step]]\nvalues = 'hu'\n", "Line 4: values is the first"),
        ("[[step]]\nresample = {spacing_mm=[1,1]}\n", "Line 2: resample has a spacing_mm"),
        ("[[step]]\nclip=[0,1]\ndtype='int16'\n", "Line 2: a step has one key"),
        ("format = 'png'\n[[step]]\nclip=[0,1]", "Line 1: format is one of"),
        ("name = 'x'\n", "no steps"),
        ("step = 3\n", "Line 1: there are no steps"),
        ("[[step]]\nclip = [0\n", "This is no TOML"),
    ],
)
def test_what_is_wrong_in_a_pipeline_is_told_with_key_and_line(
    series, tmp_path, export, pipeline, text, sentence
):
    ended = export(series, "-o", tmp_path / "out", "--pipeline", pipeline(text))
    assert ended.code == 2
    assert sentence in ended.end["message"]


def test_the_pipeline_of_the_help_is_one(capsys, pipeline):
    from viewer.commands.export_pipeline import read_pipeline

    with pytest.raises(SystemExit):
        main(["export", "--help"])
    text = capsys.readouterr().out.split("manifest.json:\n")[1].split("Linear")[0]
    assert len(read_pipeline(str(pipeline(text))).steps) == 7


def test_a_series_that_a_step_cannot_take_is_told(tmp_path, export):
    a_series(tmp_path / "series", 3, Modality="MR", RescaleType="US")
    ended = export(tmp_path / "series", "-o", tmp_path / "a.npz", "--step", "values='hu'")
    assert ended.code == 1
    assert "not HU" in ended.failed[0]["reason"]
    too_large = export(tmp_path / "series", "-o", tmp_path / "a.npz", "--step", "dtype='uint8'")
    assert "cannot hold them" in too_large.failed[0]["reason"]


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ("resample={spacing_mm=[1e-4, 1e-4, 1e-4]}", "choose fewer"),
        ("resample={spacing_mm=[5e-324, 1, 1]}", "choose fewer"),
        ("fit={shape=[4096, 4096, 4096]}", "choose fewer"),
    ],
)
def test_steps_that_make_too_much_are_told_before(series, tmp_path, export, step, sentence):
    ended = export(series, "-o", tmp_path / "a.npz", "--step", step)
    assert (ended.code, len(ended.failed)) == (1, 1)
    assert sentence in ended.failed[0]["reason"]


def test_half_floats_hold_no_more_than_they_can(tmp_path, export):
    a_series(tmp_path / "series", 3, RescaleSlope=1000)
    ended = export(tmp_path / "series", "-o", tmp_path / "a.npz", "--step", "dtype='float16'")
    assert "float16 cannot hold them" in ended.failed[0]["reason"]


def test_a_fill_beyond_the_type_of_the_values_stays_what_it_is(tmp_path, export):
    a_series(tmp_path / "series", 2, RescaleIntercept=0)
    ended = export(
        *(tmp_path / "series", "-o", tmp_path / "a.npz", "--step", "values='stored'"),
        *("--step", "fit={shape=[4, 30, 30], fill=-70000}"),
    )
    assert ended.code == 0
    with np.load(tmp_path / "a.npz") as file:
        assert file["values"].min() == -70000


def test_slopes_of_each_slice_are_applied(tmp_path, export):
    for number in range(3):
        folder = tmp_path / "series"
        same = {"SeriesInstanceUID": "1.2.3", "StudyInstanceUID": "1.2", "Modality": "PT"}
        (path,) = a_series(tmp_path / "one", 1, **same)
        dataset = dcmread(path)
        dataset.RescaleSlope, dataset.RescaleIntercept = number + 1.5, 0
        dataset.ImagePositionPatient = [0, 0, number]
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        folder.mkdir(exist_ok=True)
        dataset.save_as(folder / str(number))
    assert export(tmp_path / "series", "-o", tmp_path / "a.npy", "--format", "npy").code == 0
    values = np.load(tmp_path / "a.npy")
    assert values == pytest.approx(np.array([values_of(0) * (n + 1.5) for n in range(3)]))
