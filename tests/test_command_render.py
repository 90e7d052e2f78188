"""`negato render`: the picture and the values of a frame, from the command line."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from tests.dicom.states import CT, a_drawn_state, a_state, write
from viewer.cli import main

STORED = np.arange(12, dtype=np.int16).reshape(3, 4) * 100


@pytest.fixture
def ct(tmp_path, monkeypatch) -> Path:
    """A two-frame CT-like file with two windows, in the current folder."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = CTImageStorage
    uid = generate_uid()
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = uid
    dataset.Modality = "CT"
    dataset.Rows, dataset.Columns, dataset.NumberOfFrames = 3, 4, 2
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit, dataset.PixelRepresentation = 15, 1
    dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType = 1, -500, "HU"
    dataset.WindowCenter, dataset.WindowWidth = [40, 300], [400, 2000]
    dataset.PixelData = STORED.tobytes() + (STORED + 50).astype(np.int16).tobytes()
    path = tmp_path / "slice.dcm"
    dataset.save_as(path, enforce_file_format=True)
    monkeypatch.chdir(tmp_path)
    return path


def read_png(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.asarray(image)


def linear(values: np.ndarray, center: float, width: float) -> np.ndarray:
    return np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0, 1) * 255


def complaint_of(capsys, *arguments: object) -> str:
    assert main(["render", *map(str, arguments)]) == 1
    message = capsys.readouterr().err
    assert message.startswith("negato: ")
    assert message.count("\n") == 1
    return message


@pytest.mark.parametrize(
    ("options", "center", "width"),
    [
        ([], 40, 400),
        (["--voi", "2"], 300, 2000),
        (["--window", "-100", "600"], -100, 600),
        (["--preset", "lung"], -600, 1500),
    ],
)
def test_the_picture_has_the_window_asked_for(ct, options, center, width):
    assert main(["render", str(ct), *options]) == 0
    picture = read_png(ct.with_suffix(".png"))
    assert np.abs(picture - linear(STORED - 500.0, center, width)).max() <= 0.5 + 1e-6


def test_frames_count_from_1_and_values_are_modality_values(ct):
    assert main(["render", str(ct), "--frame", "2", "--npy", "values.npy"]) == 0
    values = np.load("values.npy")
    assert values.dtype.kind == "f"
    assert (values == STORED - 450).all()
    assert sorted(os.listdir()) == ["slice.dcm", "values.npy"]  # no picture unless asked for


def test_a_file_that_claims_less_than_one_frame_is_rendered_with_a_warning(ct, capsys):
    dataset = dcmread(ct)
    dataset.NumberOfFrames = -1
    dataset.save_as(ct)
    assert main(["render", str(ct), "-o", "out.png"]) == 0
    assert "NumberOfFrames -1 is impossible" in capsys.readouterr().err
    assert Path("out.png").is_file()


def test_values_without_rescale_stay_as_stored(tmp_path):
    source = get_testdata_file("MR_small.dcm", download=False)
    target = tmp_path / "values.npy"
    assert main(["render", source, "--npy", str(target), "-o", str(tmp_path / "a.png")]) == 0
    values = np.load(target)
    assert values.dtype == np.int16
    assert read_png(tmp_path / "a.png").shape == values.shape == (64, 64)


def test_colour_is_written_as_rgb(tmp_path):
    source = get_testdata_file("ExplVR_BigEnd.dcm", download=False)
    picture, values = tmp_path / "a.png", tmp_path / "a.npy"
    assert main(["render", source, "-o", str(picture), "--npy", str(values)]) == 0
    assert (read_png(picture) == np.load(values)).all()
    assert (np.load(values) == dcmread(source).pixel_array).all()


def test_a_window_on_colour_is_refused(capsys):
    source = get_testdata_file("examples_rgb_color.dcm", download=False)
    assert "in colour" in complaint_of(capsys, source, "--window", 40, 400, "-o", os.devnull)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--frame", "3"], "There is no frame 3; the file has frames 1 to 2."),
        (["--frame", "0"], "There is no frame 0"),
        (["--voi", "3"], "The file has no window 3; it has 1 to 2."),
        (["--preset", "Moon"], "There is no preset 'Moon'. There are: Brain, "),
        (["--window", "40", "0"], "A window needs a finite centre and a width above 0."),
        (["--window", "nan", "400"], "A window needs a finite centre and a width above 0."),
        (["-o", "nowhere/a.png"], "a.png: It cannot be written"),
        (["--npy", "nowhere/a.npy"], "a.npy: It cannot be written"),
    ],
)
def test_a_wish_that_cannot_be_met_is_explained(ct, capsys, options, sentence):
    assert sentence in complaint_of(capsys, ct, *options)
    assert os.listdir() == ["slice.dcm"]


def test_a_preset_for_another_modality_is_explained(capsys, tmp_path):
    source = get_testdata_file("MR_small.dcm", download=False)
    message = complaint_of(capsys, source, "--preset", "Lung", "-o", tmp_path / "a.png")
    assert "There are no presets for modality MR; use --window." in message


def test_the_file_itself_is_never_overwritten(ct, capsys):
    before = ct.read_bytes()
    assert "would replace the file itself" in complaint_of(capsys, ct, "-o", ct)
    assert ct.read_bytes() == before


def test_a_missing_file_and_one_that_is_no_dicom_are_named(tmp_path, capsys):
    assert "absent.dcm" in complaint_of(capsys, tmp_path / "absent.dcm", "-o", tmp_path / "a.png")
    text = tmp_path / "letter.txt"
    text.write_text("Dear colleague, " * 50)
    assert "letter.txt" in complaint_of(capsys, text, "-o", tmp_path / "a.png")
    assert os.listdir(tmp_path) == ["letter.txt"]


@pytest.fixture
def drawn_over(ct) -> Path:
    """The CT-like file with a shutter around its last two columns and one overlay pixel."""
    dataset = dcmread(ct)
    dataset.ShutterShape = "RECTANGULAR"
    dataset.ShutterUpperHorizontalEdge, dataset.ShutterLowerHorizontalEdge = 1, 3
    dataset.ShutterLeftVerticalEdge, dataset.ShutterRightVerticalEdge = 3, 4
    dataset.ShutterPresentationValue = 0xFFFF
    dataset.add_new(0x60000010, "US", 1)
    dataset.add_new(0x60000011, "US", 1)
    dataset.add_new(0x60000040, "CS", "G")
    dataset.add_new(0x60000050, "SS", [2, 4])
    dataset.add_new(0x60000100, "US", 1)
    dataset.add_new(0x60003000, "OW", b"\1\0")
    dataset.save_as(ct)
    return ct


def rendered(path: Path, *options: str) -> np.ndarray:
    assert main(["render", str(path), *options]) == 0
    return read_png(path.with_suffix(".png"))


def test_shutter_and_overlays_are_in_the_picture(drawn_over):
    picture = rendered(drawn_over)
    assert picture.shape == (3, 4, 3)
    assert (picture[:, :2] == 255).all()
    assert np.ptp(picture[1, 3]) > 100  # a colour
    grey = linear(STORED - 500.0, 40, 400)
    assert np.abs(picture[2, 2:] - grey[2, 2:, None]).max() <= 0.5 + 1e-6


def test_shutter_and_overlays_can_be_left_out(drawn_over):
    plain = rendered(drawn_over, "--no-overlays", "--no-shutter")
    assert np.abs(plain - linear(STORED - 500.0, 40, 400)).max() <= 0.5 + 1e-6
    shuttered = rendered(drawn_over, "--no-overlays")
    assert shuttered.shape == (3, 4)  # grey, as nothing in it is coloured
    assert (shuttered[:, :2] == 255).all()
    assert (shuttered[:, 2:] == plain[:, 2:]).all()
    coloured = rendered(drawn_over, "--no-shutter")
    assert (coloured[:, :2] == plain[:, :2, None]).all()


def test_the_values_are_those_below_shutter_and_overlays(drawn_over):
    assert main(["render", str(drawn_over), "--npy", "values.npy"]) == 0
    assert (np.load("values.npy") == STORED - 500).all()


def test_a_real_overlay_is_drawn_and_can_be_left_out(tmp_path):
    source = get_testdata_file("examples_overlay.dcm", download=False)
    target = tmp_path / "a.png"
    assert main(["render", source, "-o", str(target)]) == 0
    drawn = read_png(target)
    assert main(["render", source, "-o", str(target), "--no-overlays"]) == 0
    plain = read_png(target)
    mask = dcmread(source).overlay_array(0x6000).astype(bool)
    assert mask.any()
    assert (np.ptp(drawn, axis=-1)[mask] > 100).all()
    assert (drawn[~mask] == plain[~mask][:, None]).all()


def test_a_compressed_frame_is_rendered(tmp_path):
    source = get_testdata_file("JPEG2000.dcm", download=False)
    assert main(["render", source, "-o", str(tmp_path / "a.png")]) == 0
    assert np.ptp(read_png(tmp_path / "a.png")) > 100


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ({}, "The state's annotations (3) and displayed area are not drawn."),
        ({"DisplayedAreaSelectionSequence": []}, "The state's annotations (3) are not drawn."),
        ({"GraphicAnnotationSequence": []}, "The state's displayed area is not drawn."),
    ],
)
def test_what_a_state_asks_for_and_is_not_drawn_is_said(tmp_path, capsys, attributes, sentence):
    state = write(a_drawn_state(**attributes), tmp_path / "state.dcm")
    assert main(["render", CT, "--state", state, "-o", str(tmp_path / "a.png")]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "not drawn" in line]
    assert told == [f"negato: {state}: {sentence}"]


def test_a_state_that_asks_for_nothing_but_the_whole_image_is_followed_without_a_word(
    tmp_path, capsys
):
    state = write(a_state(CT, ImageRotation=90, ImageHorizontalFlip="N"), tmp_path / "state.dcm")
    assert main(["render", CT, "--state", state, "-o", str(tmp_path / "a.png")]) == 0
    assert "not drawn" not in capsys.readouterr().err


def test_the_help_says_what_of_a_state_is_not_drawn(capsys):
    with pytest.raises(SystemExit):
        main(["render", "--help"])
    words = " ".join(capsys.readouterr().out.split())
    assert "without a state's annotations and displayed area" in words
