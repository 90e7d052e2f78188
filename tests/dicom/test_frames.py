"""Frames of whole files: the right values, or one sentence."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian

from tests.dicom import synthetic
from viewer.dicom import pixel_files
from viewer.dicom.errors import HeaderError, LimitError, NoPixelDataError, PixelError
from viewer.dicom.frames import native_frame, read_frame, read_frames, read_native
from viewer.dicom.limits import Limits
from viewer.dicom.reading import read_header

VALUES = synthetic.grey()


def test_unused_bits_go_and_the_sign_comes_from_bits_stored(tmp_path: Path) -> None:
    raw = np.array([[0x8FF0, 0x7FFF], [0x800F, 0x0010]], np.uint16)  # 12 bits at the top
    path = synthetic.write(tmp_path / "a", raw, BitsStored=12, HighBit=15, PixelRepresentation=1)
    pixels, _ = read_frame(path, 0)
    np.testing.assert_array_equal(pixels, [[-1793, 2047], [-2048, 1]])
    assert pixels.dtype == np.int16


def test_the_fast_path_gives_the_same_values(tmp_path: Path) -> None:
    raw = np.random.default_rng(0).integers(0, 1 << 16, (6, 8)).astype(np.uint16)
    for bits, high, signed in ((12, 15, 1), (12, 11, 1), (12, 13, 0), (16, 15, 1), (9, 8, 0)):
        path = synthetic.write(
            tmp_path / f"{bits}-{high}",
            raw,
            BitsStored=bits,
            HighBit=high,
            PixelRepresentation=signed,
        )
        native = native_frame(read_header(path))
        assert native is not None
        out = np.empty((native.plain.rows, native.plain.columns), native.plain.dtype)
        read_native(path, native, out)
        np.testing.assert_array_equal(out, read_frame(path, 0)[0])


def test_each_frame_of_a_native_file_is_its_own(tmp_path: Path) -> None:
    stack = np.stack([VALUES, VALUES // 2, VALUES // 3])
    path = synthetic.write(tmp_path / "a", stack, NumberOfFrames=3)
    for index, pixels, _ in read_frames(path, [2, 0]):
        np.testing.assert_array_equal(pixels, stack[index])


@pytest.mark.parametrize("syntax", synthetic.streams(VALUES))
def test_compressed_frames_of_a_file_decode(tmp_path: Path, syntax: str) -> None:
    stack = np.stack([VALUES, VALUES // 2])
    frames = [synthetic.streams(frame)[syntax] for frame in stack]
    path = synthetic.write(
        tmp_path / "a",
        stack,
        transfer_syntax=syntax,
        frames=frames,
        NumberOfFrames=2,
        BitsStored=12,
    )
    for index, pixels, _ in read_frames(path, range(2)):
        np.testing.assert_array_equal(pixels, stack[index])


@pytest.mark.parametrize("syntax", [ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
def test_other_byte_orders_and_deflated_files_read(tmp_path: Path, syntax: str) -> None:
    values = VALUES.byteswap() if syntax == ExplicitVRBigEndian else VALUES
    path = synthetic.write(tmp_path / "a", values, transfer_syntax=syntax)
    np.testing.assert_array_equal(read_frame(path, 0)[0], VALUES)


def test_one_bit_frames_that_share_a_byte_are_told_apart(tmp_path: Path) -> None:
    bits = np.random.default_rng(0).integers(0, 2, (3, 3, 5)).astype(np.uint8)
    packed = np.packbits(bits.ravel(), bitorder="little")
    path = synthetic.write(
        tmp_path / "a",
        packed.reshape(1, -1),
        Rows=3,
        Columns=5,
        NumberOfFrames=3,
        BitsAllocated=1,
        BitsStored=1,
    )
    for index, pixels, _ in read_frames(path, range(3)):
        np.testing.assert_array_equal(pixels, bits[index])


@pytest.mark.parametrize("planar", [0, 1])
def test_colour_planes_and_pixels_give_the_same_picture(tmp_path: Path, planar: int) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (4, 6, 3)).astype(np.uint8)
    path = synthetic.write(tmp_path / "a", rgb, PlanarConfiguration=planar)
    if planar:
        data = Path(path).read_bytes().replace(rgb.tobytes(), rgb.transpose(2, 0, 1).tobytes())
        Path(path).write_bytes(data)
    np.testing.assert_array_equal(read_frame(path, 0)[0], rgb)


def test_wide_colours_show_their_high_byte(tmp_path: Path) -> None:
    rgb = np.arange(36, dtype=np.uint16).reshape(3, 4, 3) * 1000
    path = synthetic.write(tmp_path / "a", rgb)
    np.testing.assert_array_equal(read_frame(path, 0)[0], (rgb >> 8).astype(np.uint8))


def test_a_truncated_file_keeps_its_whole_frames_and_says_how_much_is_there(
    tmp_path: Path,
) -> None:
    stack = np.stack([VALUES, VALUES])
    path = synthetic.write(tmp_path / "a", stack, NumberOfFrames=2)
    os.truncate(path, os.path.getsize(path) - 100)
    (_, first, _), (_, second, description) = read_frames(path, [0, 1])
    np.testing.assert_array_equal(first, VALUES)
    rows = 1820 // VALUES[0].nbytes - len(VALUES)
    assert description.rows_there == rows
    np.testing.assert_array_equal(second[:rows], VALUES[:rows])


def test_a_truncated_deflated_file_keeps_its_whole_frames(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (4, 40, 40)).astype(np.uint8)
    path = synthetic.write(
        tmp_path / "a", noise, NumberOfFrames=4, transfer_syntax=DeflatedExplicitVRLittleEndian
    )
    data = Path(path).read_bytes()
    Path(path).write_bytes(data[: len(data) - 1000])
    results = [(pixels, description) for _, pixels, description in read_frames(path, range(4))]
    np.testing.assert_array_equal(results[0][0], noise[0])
    pixels, description = results[3]
    np.testing.assert_array_equal(
        pixels[: description.rows_there], noise[3, : description.rows_there]
    )
    assert 0 < description.rows_there < 40


def test_pixels_of_ge_s_private_syntax_are_big_endian(tmp_path: Path) -> None:
    """And the rest of the file is implicit little-endian."""
    path = synthetic.write(tmp_path / "a", VALUES.byteswap(), transfer_syntax="1.2.840.10008.1.2")
    data = Path(path).read_bytes()
    Path(path).write_bytes(data.replace(b"1.2.840.10008.1.2\0", b"1.2.840.113619.5.2", 1))
    pixels, description = read_frame(path, 0)
    np.testing.assert_array_equal(pixels, VALUES)
    assert description.transfer_syntax.startswith("GE private")


def test_the_fast_path_says_how_much_is_there(tmp_path: Path) -> None:
    path = synthetic.write(tmp_path / "a", VALUES)
    native = native_frame(read_header(path))
    assert native is not None
    os.truncate(path, os.path.getsize(path) - 100)
    with pytest.raises(PixelError, match="860 of 960 bytes"):
        read_native(path, native, np.empty(VALUES.shape, native.plain.dtype))


def test_the_fast_path_refuses_a_file_that_has_become_another(tmp_path: Path) -> None:
    path = synthetic.write(tmp_path / "a", VALUES, PatientName="A^B")
    native = native_frame(read_header(path))
    assert native is not None
    synthetic.write(tmp_path / "a", VALUES, PatientName="Somebody^Else^Of^A^Longer^Name")
    with pytest.raises(PixelError, match="has changed"):
        read_native(path, native, np.empty(VALUES.shape, native.plain.dtype))


def test_the_fast_path_reads_a_file_that_was_only_touched(tmp_path: Path) -> None:
    path = synthetic.write(tmp_path / "a", VALUES)
    native = native_frame(read_header(path))
    assert native is not None
    os.utime(path, ns=(1, 1))
    out = np.empty(VALUES.shape, native.plain.dtype)
    read_native(path, native, out)
    np.testing.assert_array_equal(out, VALUES)


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ({"PhotometricInterpretation": "FOO"}, "FOO"),
        ({"BitsStored": 20, "HighBit": 19}, "BitsStored 20"),
        ({"Rows": 0}, "Rows 0"),
        ({"SamplesPerPixel": 3}, "SamplesPerPixel 3"),
        ({"BitsAllocated": 13}, "BitsAllocated 13"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "palette"),
        ({"PhotometricInterpretation": ""}, "PhotometricInterpretation"),
    ],
)
def test_what_cannot_be_shown_rightly_is_not_shown(
    tmp_path: Path, attributes: dict[str, object], sentence: str
) -> None:
    path = synthetic.write(tmp_path / "a", VALUES, **attributes)
    with pytest.raises(PixelError, match=sentence):
        read_frame(path, 0)


def test_a_frame_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = synthetic.write(tmp_path / "a", VALUES, Rows=65535, Columns=65535)
    with pytest.raises(LimitError, match="limit"):
        read_frame(path, 0)
    small = synthetic.write(tmp_path / "b", VALUES)
    with pytest.raises(LimitError, match=r"takes \d+ bytes; the limit is 1 bytes"):
        read_frame(small, 0, Limits(frame_bytes=1))


def test_objects_without_pixels_and_other_files_say_so(tmp_path: Path) -> None:
    report = get_testdata_file("reportsi.dcm", download=False)
    with pytest.raises(NoPixelDataError):
        read_frame(str(report), 0)
    (tmp_path / "text").write_text("no DICOM")
    with pytest.raises(HeaderError, match="not a DICOM file"):
        read_frame(str(tmp_path / "text"), 0)
    with pytest.raises(HeaderError, match="no such file"):
        read_frame(str(tmp_path / "absent"), 0)
    ((_, error, _),) = read_frames(str(tmp_path / "text"), [0])
    assert isinstance(error, PixelError)


def test_a_frame_beyond_the_last_is_an_error(tmp_path: Path) -> None:
    path = synthetic.write(tmp_path / "a", VALUES)
    with pytest.raises(PixelError, match="no frame 2"):
        read_frame(path, 1)


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = synthetic.write(tmp_path / "a", VALUES)
    read_frame(path, 0)
    synthetic.write(tmp_path / "a", VALUES // 2)
    os.utime(path, ns=(1, 1))
    np.testing.assert_array_equal(read_frame(path, 0)[0], VALUES // 2)


def test_a_disc_that_fails_among_the_compressed_frames_is_named_as_the_cause(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "disc"
    path.write_bytes(Path(get_testdata_file("JPEG2000.dcm", download=False)).read_bytes())

    def broken(*_arguments: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(pixel_files, "walk", broken)
    with pytest.raises(HeaderError, match=r"cannot be read \(Input/output error\)"):
        read_frame(str(path), 0)


def test_each_syntax_says_what_it_is_and_what_decoded_it(corpus: Path) -> None:
    """One CT in all syntaxes: what is lossless is the same, how it came about is said."""
    names = {"80": "CharLS", "90": "OpenJPEG", "57": "libjpeg", "70": "libjpeg", "5": "PackBits"}
    lossless = []
    for path in sorted((corpus / "tsyntax/one_ct_in_all_syntaxes").iterdir()):
        pixels, description = read_frame(str(path), 0)
        uid = read_header(str(path)).transfer_syntax_uid
        assert f"({uid})" in description.transfer_syntax, path.name
        assert not description.transfer_syntax.startswith("unknown"), path.name
        assert "bits, high bit" in description.stored_as
        assert description.decoder, path.name
        name = names.get(uid.rpartition(".")[2])
        if name:
            assert name in description.decoder, path.name
            lossless.append(pixels)
    assert len(lossless) == len(names)
    assert all(np.array_equal(lossless[0], other) for other in lossless)


@pytest.mark.parametrize("syntax", synthetic.streams(VALUES))
def test_a_file_cut_within_a_compressed_frame_shows_the_frames_before(
    tmp_path: Path, syntax: str
) -> None:
    frames = [synthetic.streams(VALUES // factor)[syntax] for factor in (1, 2, 3)]
    path = synthetic.write(
        tmp_path / "a", VALUES, transfer_syntax=syntax, frames=frames, NumberOfFrames=3
    )
    data = Path(path).read_bytes()
    Path(path).write_bytes(data[: len(data) - 8 - len(frames[2]) // 2])
    results = [pixels for _, pixels, _ in read_frames(path, range(3))]
    np.testing.assert_array_equal(results[0], VALUES)
    np.testing.assert_array_equal(results[1], VALUES // 2)
    assert isinstance(results[2], PixelError)


def test_more_compressed_frames_than_the_header_says_are_warned_of(tmp_path: Path) -> None:
    syntax = synthetic.JPEG_2000
    frames = [synthetic.streams(VALUES // factor)[syntax] for factor in (1, 2, 3)]
    path = synthetic.write(
        tmp_path / "a", VALUES, transfer_syntax=syntax, frames=frames, NumberOfFrames=2
    )
    pixels, description = read_frame(path, 1)
    np.testing.assert_array_equal(pixels, VALUES // 2)
    assert any("2 frames" in warning and "holds 3" in warning for warning in description.warnings)


def test_an_image_on_a_server_says_so(corpus: Path) -> None:
    with pytest.raises(PixelError, match=r"on a server \(JPIP Referenced"):
        read_frame(str(corpus / "derived/tsyntax/jpip_referenced.dcm"), 0)
