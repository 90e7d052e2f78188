"""Overlay planes are read as they are packed, and left out with a sentence where they cannot be."""

from __future__ import annotations

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread, dcmwrite
from pydicom.data import get_testdata_file
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRBigEndian

from tests.dicom.synthetic import JPEG_2000, grey, write
from viewer.dicom.frames import read_frame
from viewer.dicom.layout import PixelLayout
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.overlays import embedded_overlays, overlays_of
from viewer.dicom.pixel_files import pixel_file
from viewer.imaging.overlays import OverlayPlane

# 7 × 5: rows that do not fill bytes, so that bits run on from row to row
MASK = np.random.default_rng(1).integers(0, 2, (7, 5)).astype(np.uint8)


def packed(mask: np.ndarray) -> bytes:
    data = np.packbits(mask.ravel(), bitorder="little").tobytes()
    return data + b"\0" * (len(data) % 2)


def group(
    mask: np.ndarray = MASK, number: int = 0x6000, **values: tuple[int, str, object]
) -> list[DataElement]:
    """The elements of an overlay; ``values`` name more, or others, as (element, VR, value)."""
    base: dict[str, tuple[int, str, object]] = {
        "rows": (0x0010, "US", mask.shape[-2]),
        "columns": (0x0011, "US", mask.shape[-1]),
        "kind": (0x0040, "CS", "G"),
        "origin": (0x0050, "SS", [1, 1]),
        "bits": (0x0100, "US", 1),
        "bit": (0x0102, "US", 0),
        "data": (0x3000, "OW", packed(mask)),
    }
    return [
        DataElement(number << 16 | element, vr, value)
        for element, vr, value in (base | values).values()
        if value is not None
    ]


def dataset_of(*elements: DataElement) -> Dataset:
    dataset = Dataset()
    for element in elements:
        dataset.add(element)
    dataset.set_original_encoding(False, True)
    return dataset


def read(*elements: DataElement, frame: int = 0) -> tuple[tuple[OverlayPlane, ...], list[str]]:
    notes: list[str] = []
    return overlays_of(dataset_of(*elements), frame, None, notes), notes


def overlays_in(path: str) -> tuple[tuple[OverlayPlane, ...], list[str]]:
    notes: list[str] = []
    file = pixel_file(path, DEFAULT_LIMITS)
    return overlays_of(file.dataset, 0, file.layout, notes), notes


def test_bits_run_on_from_row_to_row_lowest_first():
    (overlay,), notes = read(*group())
    assert not notes
    assert (overlay.mask() == MASK).all()
    assert overlay.origin_rc == (0, 0)
    assert overlay.source == "OverlayData (6000,3000)"


def test_groups_come_in_order_with_kind_and_label():
    planes, notes = read(
        *group(number=0x6004, kind=(0x0040, "CS", "R"), label=(0x1500, "LO", "Lesion")),
        *group(number=0x6000, description=(0x0022, "LO", "Marks")),
    )
    assert not notes
    assert [(p.group, p.kind, p.label) for p in planes] == [
        (0x6000, "G", "Marks"),
        (0x6004, "R", "Lesion"),
    ]


def test_origins_count_from_0_and_may_be_outside():
    (overlay,), _ = read(*group(origin=(0x0050, "SS", [-9, 300])))
    assert overlay.origin_rc == (-10, 299)


def test_an_overlay_without_a_number_of_frames_is_for_every_frame():
    for frame in (0, 3):
        (overlay,), _ = read(*group(), frame=frame)
        assert (overlay.mask() == MASK).all()


def test_frames_of_an_overlay_lie_over_the_frames_from_their_origin_on():
    masks = np.random.default_rng(2).integers(0, 2, (3, 7, 5)).astype(np.uint8)
    elements = group(
        masks, count=(0x0015, "IS", 3), first=(0x0051, "US", 2), data=(0x3000, "OW", packed(masks))
    )
    for frame in range(5):
        planes, notes = read(*elements, frame=frame)
        assert not notes
        assert len(planes) == (1 <= frame <= 3)
        for overlay in planes:
            assert (overlay.mask() == masks[frame - 1]).all()


def test_of_a_short_multi_frame_overlay_the_frames_that_are_there_are_shown():
    masks = np.ones((3, 7, 5), np.uint8)
    elements = group(masks, count=(0x0015, "IS", 3), data=(0x3000, "OW", packed(masks[:2])))
    assert len(read(*elements, frame=1)[0]) == 1
    planes, [note] = read(*elements, frame=2)
    assert not planes
    assert "OverlayData is cut short: 14 bytes are needed, 10 are there." in note


@pytest.mark.parametrize("vr", ["OB", "OW"])
def test_both_byte_orders_give_the_same_bits(tmp_path, vr):
    data = packed(MASK)
    if vr == "OW":  # words, whose bytes are swapped in the file
        data = np.frombuffer(data, "u2").byteswap().tobytes()
    little = dcmread(write(tmp_path / "little.dcm", grey().byteswap()))
    big = Dataset()
    big.update({tag: little[tag] for tag in little.keys()})
    for element in group(data=(0x3000, vr, data)):
        big.add(element)
    big.file_meta = little.file_meta
    big.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    path = tmp_path / "big.dcm"
    dcmwrite(path, big, implicit_vr=False, little_endian=False)
    (overlay,), notes = overlays_in(str(path))
    assert not notes
    assert (overlay.mask() == MASK).all()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"data": (0x3000, "OW", packed(MASK)[:4])}, "5 bytes are needed, 4 are there."),
        ({"data": (0x3000, "OW", None)}, "OverlayData is missing."),
        ({"rows": (0x0010, "US", 0)}, "OverlayRows and OverlayColumns give it no size."),
        ({"columns": (0x0011, "US", None)}, "OverlayRows and OverlayColumns give it no size."),
        ({"rows": (0x0010, "LO", "many")}, "OverlayRows and OverlayColumns give it no size."),
        ({"rows": (0x0010, "UL", 4_000_000)}, "is cut short"),
        (
            {"rows": (0x0010, "UL", 4_000_000), "columns": (0x0011, "UL", 4_000_000)},
            DEFAULT_LIMITS.refusal("frame_bytes", "It has 4,000,000 × 4,000,000 pixels"),
        ),
        (
            {"bits": (0x0100, "US", 8), "data": (0x3000, "OB", MASK.tobytes())},
            "OverlayBitsAllocated 8 in OverlayData is not supported (1 is).",
        ),
    ],
)
def test_a_damaged_overlay_is_left_out_and_said(values, sentence):
    planes, [note] = read(*group(**values), *group(number=0x6002))
    assert [overlay.group for overlay in planes] == [0x6002]
    assert note.startswith("The overlay of group 6000 is left out: ")
    assert sentence in note


@pytest.mark.parametrize(
    "origin", [("SS", None), ("SS", [1]), ("DS", ["0.5", "1"]), ("LO", "top\\left")]
)
def test_an_unreadable_origin_is_assumed_and_said(origin):
    (overlay,), [note] = read(*group(origin=(0x0050, *origin)))
    assert overlay.origin_rc == (0, 0)
    assert "OverlayOrigin of group 6000" in note


def test_an_empty_group_and_a_private_one_are_no_overlays():
    empty = [
        DataElement(0x60000010, "US", None),
        DataElement(0x60000011, "US", None),
        DataElement(0x60003000, "OW", None),
    ]
    assert read(*empty, *group(number=0x6001)) == ((), [])


def embedded(number: int, bit: int, **values: tuple[int, str, object]) -> list[DataElement]:
    return group(
        number=number,
        bits=(0x0100, "US", 16),
        bit=(0x0102, "US", bit),
        data=(0x3000, "OW", None),
        **values,
    )


def with_elements(path: str, *elements: DataElement) -> str:
    dataset = dcmread(path)
    for element in elements:
        dataset.add(element)
    dataset.save_as(path)
    return path


def test_overlays_in_bits_of_the_pixel_words_are_read_before_these_are_removed(tmp_path):
    values = grey()
    masks = np.random.default_rng(3).integers(0, 2, (2, *values.shape)).astype(np.uint16)
    words = values | masks[0] << 12 | masks[1] << 15
    path = write(tmp_path / "a.dcm", words, BitsStored=12)
    with_elements(path, *embedded(0x6000, 15), *embedded(0x6002, 12), *group(number=0x6004))
    pixels, description = read_frame(path, 0)
    assert (pixels == values).all()
    by_group = {overlay.group: overlay for overlay in description.overlays}
    assert (by_group[0x6000].mask() == masks[1]).all()
    assert (by_group[0x6002].mask() == masks[0]).all()
    assert by_group[0x6002].source == "bit 12 of PixelData"
    assert not [note for note in description.warnings if "verlay" in note]
    assert [overlay.group for overlay in description.overlays] == sorted(by_group)


def test_each_frame_has_its_own_bits(tmp_path):
    values = np.stack([grey(), grey()])
    words = values.copy()
    words[1] |= 1 << 12
    path = write(tmp_path / "a.dcm", words, BitsStored=12, NumberOfFrames=2)
    with_elements(path, *embedded(0x6000, 12))
    for index in (0, 1):
        _, description = read_frame(path, index)
        assert (description.overlays[0].mask() == index).all()


@pytest.mark.parametrize(
    ("bit", "sentence"),
    [
        (5, "OverlayBitPosition 5 is a bit of the pixel's value."),
        (16, "OverlayBitPosition 16 is no bit of the pixel's word."),
        (None, "it has neither OverlayData nor OverlayBitPosition."),
    ],
)
def test_bits_that_cannot_be_an_overlay_are_left_out_and_said(tmp_path, bit, sentence):
    path = write(tmp_path / "a.dcm", grey(), BitsStored=12)
    with_elements(path, *embedded(0x6000, bit))
    _, description = read_frame(path, 0)
    assert not description.overlays
    assert f"The overlay of group 6000 is left out: {sentence}" in description.warnings


def test_a_compressed_frame_without_the_overlays_bit_is_said(tmp_path):
    values = grey()
    path = write(
        tmp_path / "a.dcm",
        values,
        transfer_syntax=JPEG_2000,
        frames=[imagecodecs.jpeg2k_encode(values, level=0, codecformat="j2k", bitspersample=12)],
        BitsStored=12,
    )
    with_elements(path, *embedded(0x6000, 15))
    pixels, description = read_frame(path, 0)
    assert (pixels == values).all()
    assert not description.overlays
    assert any("none for OverlayBitPosition 15" in note for note in description.warnings)


def same_as_pydicom(path: str) -> int:
    """Compare each packed overlay with pydicom's, and count them."""
    planes, notes = overlays_in(path)
    dataset = dcmread(path)
    assert not notes
    for overlay in planes:
        assert (overlay.mask() == dataset.overlay_array(overlay.group)).all()
    return len(planes)


def test_a_real_overlay_is_as_pydicom_reads_it():
    assert same_as_pydicom(get_testdata_file("examples_overlay.dcm", download=False)) == 1


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("lut_overlay/overlay.dcm", 2),
        ("lut_overlay/MR-SIEMENS-DICOM-WithOverlays.dcm", 1),
        ("lut_overlay/OutOfBoundsOverlay.dcm", 2),
        ("lut_overlay/slicethickness_empty_string.dcm", 1),
        ("derived/display/overlay_partly_outside.dcm", 1),
    ],
)
def test_real_overlays_are_as_pydicom_reads_them(corpus, name, count):
    assert same_as_pydicom(str(corpus / name)) == count


def test_real_overlays_outside_the_image_keep_their_place(corpus):
    (first, second), _ = overlays_in(str(corpus / "lut_overlay/OutOfBoundsOverlay.dcm"))
    assert (first.origin_rc, second.origin_rc) == ((703, 408), (-26, -26))


def test_a_real_file_with_four_overlays_two_of_them_in_the_pixel_words(corpus):
    path = corpus / "lut_overlay/overlay.dcm"
    pixels, description = read_frame(str(path), 0)
    words = np.frombuffer(dcmread(path).PixelData, "<u2").reshape(512, 512)
    sources = {overlay.group: overlay for overlay in description.overlays}
    assert (sources[0x6000].mask() == words >> 15).all()
    assert (sources[0x6002].mask() == (words >> 14 & 1)).all()
    assert (pixels == words & 0x0FFF).all()


def test_an_overlay_without_data_and_an_empty_group_of_real_files(corpus):
    planes, [note] = overlays_in(str(corpus / "lut_overlay/IM-0001-0001-0001.dcm"))
    assert not planes
    assert "OverlayData is missing" in note
    empty = corpus / "tsyntax/jpeg/JPEGLosslessP14SV1_1s_1f_u_16_16.dcm"
    assert overlays_in(str(empty)) == ((), [])


_ELEMENTS = (0x0010, 0x0011, 0x0015, 0x0022, 0x0040, 0x0050, 0x0051, 0x0100, 0x0102, 0x1500, 0x3000)


@given(
    st.dictionaries(
        st.sampled_from(_ELEMENTS),
        st.tuples(
            st.sampled_from(["US", "SS", "IS", "DS", "CS", "LO", "OB", "OW", "UN", "SQ", "??"]),
            st.binary(max_size=9) | st.sampled_from([b"1", b"8\\8", b"\4\0", b"\1\0\1\0"]),
        ),
    ),
    st.integers(0, 3),
)
def test_no_content_of_an_overlay_group_stops_a_picture(elements, frame):
    dataset = Dataset()
    for element, (vr, value) in elements.items():
        tag = Tag(0x6000, element)
        dataset[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)
    dataset.set_original_encoding(False, True)
    for overlay in overlays_of(dataset, frame, None, []):
        assert overlay.mask().shape == (overlay.rows, overlay.columns)
    layout = PixelLayout(24, 20, 1, "MONOCHROME2", 0, 16, 12, 11, False, 1)
    for overlay in embedded_overlays(dataset, grey(), layout, []):
        assert overlay.mask().shape == (24, 20)


def test_an_overlay_without_data_in_a_big_endian_file_is_left_out_with_a_sentence():
    dataset = dataset_of(*group(data=(0x3000, "OW", None)))
    dataset.set_original_encoding(False, False)
    notes: list[str] = []
    assert overlays_of(dataset, 0, None, notes) == ()
    assert notes == ["The overlay of group 6000 is left out: OverlayData is missing."]
