"""Each rule, by a file with one defect: what is found is that rule, and nothing without it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from tests.dicom import synthetic
from viewer.dicom.errors import HeaderError
from viewer.dicom.limits import Limits
from viewer.dicom.validation.findings import Checked, Finding
from viewer.dicom.validation.rules import RULES
from viewer.dicom.validation.scanning import check_file
from viewer.dicom.validation.tables import iod_of, modules_of

CT = "1.2.840.10008.5.1.4.1.1.2"
Change = Callable[[Dataset], object]
Patch = Callable[[bytes], bytes]


def a_ct() -> Dataset:
    """Give a CT image in which nothing is wrong."""
    ct = Dataset()
    ct.file_meta = FileMetaDataset()
    ct.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ct.file_meta.MediaStorageSOPClassUID = ct.SOPClassUID = CT
    ct.file_meta.MediaStorageSOPInstanceUID = ct.SOPInstanceUID = "1.2.3.4.5"
    ct.SpecificCharacterSet = "ISO_IR 100"
    ct.StudyInstanceUID, ct.SeriesInstanceUID = "1.2.3", "1.2.3.4"
    ct.FrameOfReferenceUID = "1.2.3.9"
    for keyword in (
        *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime"),
        *("ReferringPhysicianName", "StudyID", "AccessionNumber", "SeriesNumber", "Manufacturer"),
        *("PositionReferenceIndicator", "InstanceNumber", "KVP", "AcquisitionNumber"),
        "SliceThickness",
    ):
        setattr(ct, keyword, None)
    ct.PatientAge = "040Y"
    ct.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ct.Modality, ct.PatientPosition = "CT", "HFS"
    ct.ImagePositionPatient = ["0", "0", "0"]
    ct.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ct.PixelSpacing = [1, 1]
    ct.RescaleIntercept, ct.RescaleSlope, ct.RescaleType = 0, 1, "HU"
    ct.SamplesPerPixel, ct.PhotometricInterpretation = 1, "MONOCHROME2"
    ct.Rows, ct.Columns = 24, 20
    ct.BitsAllocated, ct.BitsStored, ct.HighBit, ct.PixelRepresentation = 16, 12, 11, 0
    ct.PixelData = synthetic.grey().tobytes()
    ct["PixelData"].VR = "OW"
    return ct


def written(dataset: Dataset) -> bytes:
    """Give the bytes of a file."""
    file = BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def checked(path: Path, data: bytes, limits: Limits = Limits()) -> Checked:  # noqa: B008
    """Check bytes as a file."""
    path.write_bytes(data)
    return check_file(str(path), limits)


def found(path: Path, data: bytes) -> list[Finding]:
    return list(checked(path, data).findings)


def raw(tag: int, vr: bytes, value: bytes, order: str = "<") -> bytes:
    """Give an element of the short kind as it is written."""
    return struct.pack(f"{order}HH2sH", tag >> 16, tag & 0xFFFF, vr, len(value)) + value


def swap(old: bytes, new: bytes) -> Patch:
    """Replace bytes that are there once."""

    def patch(data: bytes) -> bytes:
        assert data.count(old) == 1, data.count(old)
        return data.replace(old, new)

    return patch


def test_a_file_in_which_nothing_is_wrong_has_no_finding(tmp_path: Path) -> None:
    assert found(tmp_path / "ct", written(a_ct())) == []


AGE = raw(0x00101010, b"AS", b"040Y")
TYPE = raw(0x00080008, b"CS", b"ORIGINAL\\PRIMARY\\AXIAL")
POSITION = raw(0x00200032, b"DS", b"0\\0\\0 ")
SEX = raw(0x00100040, b"CS", b"")
NAME = raw(0x00100010, b"PN", b"")


def before_age(element: bytes) -> Patch:
    return swap(AGE, element + AGE)


def instead_of_age(element: bytes) -> Patch:
    return swap(AGE, element)


def end(more: bytes) -> Patch:
    return lambda data: data + more


BYTES: list[tuple[str, Patch]] = [
    ("file-prefix", lambda data: data[132:]),
    ("file-preamble-program", lambda data: b"MZ" + data[2:]),
    ("meta-group-length", lambda data: data[:140] + b"\x08\0\0\0" + data[144:]),
    ("meta-version", swap(b"OB\0\0\2\0\0\0\0\1", b"OB\0\0\2\0\0\0\1\0")),
    ("meta-sop-class", lambda data: data.replace(CT.encode(), b"1.2.840.10008.5.1.4.1.1.4", 1)),
    ("meta-sop-instance", lambda data: data.replace(b"1.2.3.4.5", b"1.2.3.4.6", 1)),
    ("transfer-syntax-unknown", swap(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.77")),
    ("transfer-syntax-encoding", swap(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2\0\0\0")),
    ("transfer-syntax-pixels", swap(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0")),
    ("transfer-syntax-retired", swap(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.2\0")),
    ("structure-cut", lambda data: data[:-10]),
    ("structure-trailing", end(bytes(64))),
    ("structure-order", end(raw(0x00100020, b"LO", b"ID")[:0] + raw(0x00104000, b"LT", b"x "))),
    ("structure-duplicate", before_age(AGE)),
    ("structure-delimiter", before_age(b"\xfe\xff\x0d\xe0\0\0\0\0")),
    (
        "structure-item",
        before_age(raw(0x00081140, b"SQ", b"")[:6] + b"\0\0\x08\0\0\0" + b"\x08\0\1\0UI\0\0"),
    ),
    (
        "length-odd",
        instead_of_age(raw(0x00101010, b"AS", b"040Y") + raw(0x00101020, b"DS", b"1.8")),
    ),
    ("length-undefined", before_age(b"\x09\0\x10\0UT\0\0\xff\xff\xff\xff\xfe\xff\xdd\xe0\0\0\0\0")),
    ("group-length", before_age(raw(0x00100000, b"UL", b"\x08\0\0\0"))),
    ("group-invalid", before_age(raw(0x00030010, b"LO", b"x "))),
    ("private-creator", swap(TYPE, TYPE + raw(0x00091001, b"LO", b"x "))),
    ("vr-missing", instead_of_age(b"\x10\0\x10\x10\4\0\0\x00040Y")),
    ("vr-unknown", instead_of_age(raw(0x00101010, b"ZZ", b"040Y"))),
    ("vr-dictionary", instead_of_age(raw(0x00101010, b"LO", b"040Y"))),
    ("vr-un", instead_of_age(b"\x10\0\x10\x10UN\0\0\4\0\0\x00040Y")),
    ("tag-unknown", before_age(raw(0x00100FFF, b"LO", b"x "))),
    ("vm-dictionary", swap(POSITION, raw(0x00200032, b"DS", b"0\\0 "))),
    ("value-length", before_age(raw(0x00100FF0, b"UL", b"ab"))),
    ("value-padding", swap(SEX, raw(0x00100040, b"CS", b"F\0"))),
    ("value-padding", lambda data: data.replace(b"1.2.3.9\0", b"1.2.3.9 ")),
    ("vr-as-form", instead_of_age(raw(0x00101010, b"AS", b"40  "))),
    ("vr-as-repertoire", instead_of_age(raw(0x00101010, b"AS", b"040y"))),
    ("vr-cs-repertoire", swap(SEX, raw(0x00100040, b"CS", b"f "))),
    ("vr-cs-length", swap(b"CS\x04\0HFS ", b"CS\x12\0HFSHFSHFSHFSHFSHFS")),
    ("vr-ae-length", before_age(raw(0x00080054, b"AE", b"ABCDEFGHIJKLMNOPQR"))),
    (
        "vr-da-form",
        swap(raw(0x00100030, b"DA", b""), raw(0x00100030, b"DA", b"20240230"[:6] + b"32")),
    ),
    ("vr-da-form", swap(raw(0x00080020, b"DA", b""), raw(0x00080020, b"DA", b"2024.01.01"))),
    ("vr-da-form", swap(raw(0x00080020, b"DA", b""), raw(0x00080020, b"DA", b"20230229"))),
    ("vr-da-repertoire", swap(raw(0x00080020, b"DA", b""), raw(0x00080020, b"DA", b"2024-1-1"))),
    ("vr-tm-form", swap(raw(0x00080030, b"TM", b""), raw(0x00080030, b"TM", b"250000"))),
    ("vr-tm-repertoire", swap(raw(0x00080030, b"TM", b""), raw(0x00080030, b"TM", b"12:30:00"))),
    (
        "vr-ds-length",
        swap(raw(0x00180050, b"DS", b""), raw(0x00180050, b"DS", b"2.77999999306413642 ")),
    ),
    ("vr-ds-form", swap(raw(0x00180050, b"DS", b""), raw(0x00180050, b"DS", b"1.2.3 "))),
    ("vr-ds-repertoire", swap(raw(0x00180050, b"DS", b""), raw(0x00180050, b"DS", b"1,5 "))),
    ("vr-is-form", swap(raw(0x00200012, b"IS", b""), raw(0x00200012, b"IS", b"1-"))),
    ("vr-is-range", swap(raw(0x00200012, b"IS", b""), raw(0x00200012, b"IS", b"2147483648"))),
    ("vr-is-repertoire", swap(raw(0x00200012, b"IS", b""), raw(0x00200012, b"IS", b"1.0 "))),
    ("vr-lo-length", swap(raw(0x00080070, b"LO", b""), raw(0x00080070, b"LO", b"x" * 66))),
    ("vr-lo-repertoire", swap(raw(0x00080070, b"LO", b""), raw(0x00080070, b"LO", b"a\nb "))),
    ("vr-sh-length", swap(raw(0x00200010, b"SH", b""), raw(0x00200010, b"SH", b"x" * 18))),
    ("vr-pn-form", swap(NAME, raw(0x00100010, b"PN", b"A^B^C^D^E^F "))),
    ("vr-pn-form", swap(NAME, raw(0x00100010, b"PN", b"A=B=C=D "))),
    ("vr-pn-length", swap(NAME, raw(0x00100010, b"PN", b"x" * 66))),
    ("vr-ui-form", lambda data: data.replace(b"1.2.3.9\0", b"1.02.39\0")),
    ("vr-ui-repertoire", lambda data: data.replace(b"1.2.3.9\0", b"1.2.A.9\0")),
    ("charset-unknown", swap(b"CS\x0a\0ISO_IR 100", b"CS\x0a\0ISO_IR 999")),
    (
        "charset-missing",
        lambda data: swap(NAME, raw(0x00100010, b"PN", b"M\xfcller"))(
            swap(raw(0x00080005, b"CS", b"ISO_IR 100"), b"")(data)
        ),
    ),
    (
        "charset-text",
        lambda data: swap(NAME, raw(0x00100010, b"PN", b"M\xfcller"))(
            swap(b"ISO_IR 100", b"ISO_IR 192")(data)
        ),
    ),
    ("charset-escape", swap(NAME, raw(0x00100010, b"PN", b"A\x1b$BX "))),
    (
        "charset-combination",
        swap(
            raw(0x00080005, b"CS", b"ISO_IR 100"),
            raw(0x00080005, b"CS", b"ISO_IR 100\\ISO_IR 192 "),
        ),
    ),
]


@pytest.mark.parametrize(("rule", "patch"), BYTES, ids=[f"{n}-{b[0]}" for n, b in enumerate(BYTES)])
def test_a_defect_of_the_bytes_breaks_its_rule(tmp_path: Path, rule: str, patch: Patch) -> None:
    assert rule in {one.rule for one in found(tmp_path / "ct", patch(written(a_ct())))}


def without(keyword: str) -> Change:
    return lambda ct: ct.pop(keyword)


def value(keyword: str, new: Any) -> Change:
    return lambda ct: setattr(ct, keyword, new)


def _coded(ct: Dataset) -> None:
    item = Dataset()
    item.CodeMeaning = "without a value"
    ct.ProcedureCodeSequence = Sequence([item])


def _palette(ct: Dataset) -> None:
    ct.PhotometricInterpretation = "PALETTE COLOR"
    for colour in ("Red", "Green", "Blue"):
        setattr(ct, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(ct, f"{colour}PaletteColorLookupTableData", bytes(200))


def _windows(ct: Dataset) -> None:
    ct.WindowCenter, ct.WindowWidth = [40, 50], 400


def _no_width(ct: Dataset) -> None:
    ct.WindowCenter, ct.WindowWidth, ct.VOILUTFunction = 40, 0, "SIGMOID"


CHANGES: list[tuple[str, str, Change]] = [
    ("sop-class-missing", "SOPClassUID", without("SOPClassUID")),
    ("sop-class-unknown", "SOPClassUID", value("SOPClassUID", "1.2.3.77")),
    ("attribute-missing", "Modality", without("Modality")),
    ("attribute-missing", "PatientName", without("PatientName")),
    ("attribute-empty", "FrameOfReferenceUID", value("FrameOfReferenceUID", "")),
    ("attribute-conditional", "PatientPosition", without("PatientPosition")),
    ("attribute-conditional", "Laterality", value("BodyPartExamined", "KNEE")),
    ("attribute-conditional", "WindowWidth", value("WindowCenter", 40)),
    ("attribute-conditional", "DeidentificationMethod", value("PatientIdentityRemoved", "YES")),
    ("attribute-pair", "WindowCenter", _windows),
    ("value-enumerated", "WindowWidth", _no_width),
    ("code-incomplete", "ProcedureCodeSequence[0].CodeValue", _coded),
    ("value-enumerated", "PatientSex", value("PatientSex", "W")),
    ("value-enumerated", "ImageType", value("ImageType", ["ORIGINAL", "TERTIARY", "AXIAL"])),
    ("value-enumerated", "PixelRepresentation", value("PixelRepresentation", 2)),
    ("value-iod", "PhotometricInterpretation", _palette),
    ("pixel-lut", "RedPaletteColorLookupTableData", _palette),
    ("value-enumerated", "RescaleSlope", value("RescaleSlope", 0)),
    ("value-iod", "ImageType", value("ImageType", ["ORIGINAL", "PRIMARY"])),
    ("pixel-size", "Rows", value("Rows", 0)),
    ("overlay-plane", "OverlayData", lambda ct: ct.add_new(0x60000010, "US", 5)),
    ("uid-series-study", "FrameOfReferenceUID", value("FrameOfReferenceUID", "1.2.3")),
    ("pixel-bits", "HighBit", value("HighBit", 15)),
    ("pixel-bits", "BitsStored", value("BitsStored", 17)),
    ("pixel-samples", "SamplesPerPixel", value("SamplesPerPixel", 3)),
    ("pixel-length", "PixelData", value("Rows", 25)),
    ("pixel-padding", "PixelData", value("Rows", 23)),
    ("pixel-vr", "PixelData", lambda ct: setattr(ct["PixelData"], "VR", "OB")),
    ("uid-series-study", "SeriesInstanceUID", value("SeriesInstanceUID", "1.2.3")),
    ("uid-root", "StudyInstanceUID", value("StudyInstanceUID", "1.2.840.10008.1.2.3")),
    (
        "geometry-orientation",
        "ImageOrientationPatient",
        value("ImageOrientationPatient", [1, 0, 0, 0.1, 0.99, 0]),
    ),
    ("geometry-pixel-spacing", "PixelSpacing", value("PixelSpacing", [0, 1])),
]


@pytest.mark.parametrize(
    ("rule", "where", "change"), CHANGES, ids=[f"{c[0]}-{c[1]}" for c in CHANGES]
)
def test_a_defect_of_the_attributes_breaks_its_rule(
    tmp_path: Path, rule: str, where: str, change: Change
) -> None:
    ct = a_ct()
    change(ct)
    assert (rule, where) in {(one.rule, one.where) for one in found(tmp_path / "ct", written(ct))}


def a_compressed(syntax: str, frames: list[bytes], **changes: Any) -> Dataset:
    ct = a_ct()
    ct.file_meta.TransferSyntaxUID = syntax
    ct.PixelData = encapsulate(frames)
    ct["PixelData"].VR = "OB"
    ct["PixelData"].is_undefined_length = True
    ct.BitsStored, ct.HighBit = 16, 15
    for keyword, changed in changes.items():
        setattr(ct, keyword, changed)
    return ct


def streams() -> Iterator[tuple[str, Dataset]]:
    lossless = synthetic.streams(synthetic.grey())
    whole = lossless[synthetic.JPEG_LOSSLESS]
    jpeg = synthetic.JPEG_LOSSLESS
    yield "", a_compressed(jpeg, [whole])
    yield "stream-size", a_compressed(jpeg, [whole], Rows=25)
    yield "stream-samples", a_compressed(jpeg, [whole], SamplesPerPixel=3)
    yield "stream-precision", a_compressed(jpeg, [whole], BitsStored=12, HighBit=11)
    yield "stream-damaged", a_compressed(jpeg, [whole[: len(whole) // 2]])
    yield "stream-kind", a_compressed(synthetic.JPEG_2000, [whole])
    yield "fragments-frames", a_compressed(jpeg, [whole, whole])
    yield "", a_compressed(synthetic.RLE, [lossless[synthetic.RLE]])
    yield (
        "stream-damaged",
        a_compressed(synthetic.RLE, [lossless[synthetic.RLE]], SamplesPerPixel=3),
    )


STREAMS = list(streams())


@pytest.mark.parametrize(
    ("rule", "dataset"), STREAMS, ids=[f"{n}-{s[0]}" for n, s in enumerate(STREAMS)]
)
def test_a_compressed_stream_is_held_against_its_header(
    tmp_path: Path, rule: str, dataset: Dataset
) -> None:
    rules = {one.rule for one in found(tmp_path / "ct", written(dataset))}
    assert rule in rules if rule else not rules


def test_a_lossy_stream_must_say_so(tmp_path: Path) -> None:
    import imagecodecs

    lossy = imagecodecs.jpeg8_encode((synthetic.grey() >> 4).astype(np.uint8), level=80)
    changes = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    silent = a_compressed(synthetic.JPEG, [lossy], **changes)
    rules = {one.rule for one in found(tmp_path / "1", written(silent))}
    assert "lossy-unsaid" in rules
    said = a_compressed(synthetic.JPEG, [lossy], **changes, LossyImageCompression="01")
    assert "lossy-unsaid" not in {one.rule for one in found(tmp_path / "2", written(said))}


def test_functional_groups_are_as_many_as_frames(tmp_path: Path) -> None:
    ct = a_ct()
    ct.SOPClassUID = ct.file_meta.MediaStorageSOPClassUID = f"{CT}.1"
    ct.NumberOfFrames = 3
    both = Dataset()
    both.FrameVOILUTSequence = Sequence([])
    ct.SharedFunctionalGroupsSequence = Sequence([both])
    ct.PerFrameFunctionalGroupsSequence = Sequence([both, Dataset()])
    rules = {one.rule for one in found(tmp_path / "ct", written(ct))}
    assert {"frames-number", "frames-shared"} <= rules


def test_creators_of_private_blocks_may_stand_in_shared_and_single_groups(tmp_path: Path) -> None:
    ct = a_ct()
    ct.SOPClassUID = ct.file_meta.MediaStorageSOPClassUID = f"{CT}.1"
    ct.NumberOfFrames = 1
    shared, single = Dataset(), Dataset()
    for item, number in ((shared, 1), (single, 2)):
        block = item.private_block(0x2005, "MAKER", create=True)
        block.add_new(number, "SQ", Sequence([]))
    ct.SharedFunctionalGroupsSequence = Sequence([shared])
    ct.PerFrameFunctionalGroupsSequence = Sequence([single])
    rules = {one.rule for one in found(tmp_path / "ct", written(ct))}
    assert "frames-shared" not in rules


def test_frames_have_groups_unless_their_places_follow_from_their_order(tmp_path: Path) -> None:
    ct = a_ct()
    ct.SOPClassUID = ct.file_meta.MediaStorageSOPClassUID = f"{CT}.1"
    ct.NumberOfFrames = 1
    told = [one.sentence for one in found(tmp_path / "ct", written(ct))]
    assert any(one.startswith("PerFrameFunctionalGroupsSequence") for one in told)


def test_nobody_has_no_role(tmp_path: Path) -> None:
    ct = a_ct()
    ct.ResponsiblePerson = None
    assert found(tmp_path / "ct", written(ct)) == []


def test_frames_have_an_index_for_each_dimension(tmp_path: Path) -> None:
    ct = a_ct()
    content, frame = Dataset(), Dataset()
    content.DimensionIndexValues = [1, 2]
    frame.FrameContentSequence = Sequence([content])
    ct.DimensionIndexSequence = Sequence([Dataset()])
    ct.PerFrameFunctionalGroupsSequence = Sequence([frame])
    rules = {one.rule for one in found(tmp_path / "ct", written(ct))}
    assert "frames-dimensions" in rules


def test_many_findings_of_a_rule_are_counted(tmp_path: Path) -> None:
    ct = a_ct()
    items = [Dataset() for _ in range(150)]
    ct.ProcedureCodeSequence = Sequence(items)
    findings = [
        one for one in found(tmp_path / "ct", written(ct)) if one.rule == "attribute-missing"
    ]
    assert len(findings) == 101
    assert findings[-1].sentence == "50 more of this kind in the file."


def test_what_is_no_dicom_and_what_is_over_a_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HeaderError) as refused:
        checked(tmp_path / "text", b"no DICOM at all" * 50)
    assert refused.value.kind == "not-dicom"
    with pytest.raises(HeaderError) as refused:
        checked(tmp_path / "ct", written(a_ct()), Limits(elements_per_file=10))
    assert refused.value.kind == "limit"


@pytest.mark.parametrize("length", range(132, 1500, 7))
def test_a_file_cut_anywhere_is_told_and_never_fails(tmp_path: Path, length: int) -> None:
    data = written(a_ct())
    assert {one.severity for one in found(tmp_path / "ct", data[:length])} >= {"error"}


def test_every_rule_has_its_words() -> None:
    for name, rule in RULES.items():
        assert name == name.lower()
        assert rule.title
        assert rule.section or name == "file-not-checked"


def test_findings_name_the_section_of_the_module_or_the_module_and_its_iod() -> None:
    every = {
        module.key: module.section
        for uid in ("1.3.10", "5.1.4.1.1.2", "5.1.4.1.1.7", "5.1.4.1.1.12.1", "5.1.4.1.1.77.1.5.1")
        for module in modules_of(iod_of(f"1.2.840.10008.{uid}") or "")
    }
    assert every["ct-image"] == "PS3.3 C.8.2.1"
    assert every["directory-information"] == "PS3.3 F.3.2.2"
    unknown = every["ophthalmic-photography-series"]
    assert unknown.startswith("PS3.3, Ophthalmic Photography Series Module of the Ophthalmic")
    assert all(
        section.startswith(("PS3.3 C.", "PS3.3 F.", "PS3.3, ")) for section in every.values()
    )
