"""What an attribute is in each frame: from files, and from functional groups."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset

from tests.dicom.enhanced_files import item, write_enhanced, write_series
from viewer.dicom.inspection.matrix import Column, MatrixPart, joined, numbers_of, summary
from viewer.dicom.inspection.matrix_reader import read_part
from viewer.dicom.limits import DEFAULT_LIMITS


def read(*files: tuple[Path, tuple[int, ...]]) -> MatrixPart:
    return read_part([(str(path), frames) for path, frames in files], DEFAULT_LIMITS)


def columns(part: MatrixPart) -> dict[str, Column]:
    return {column.path: column for column in part.columns}


def test_what_is_the_same_is_folded_and_what_varies_is_kept(tmp_path: Path) -> None:
    part = read(*((path, (0,)) for path in write_series(tmp_path)))
    found = columns(part)
    assert found["KVP"].values == ("120",)
    assert found["XRayTubeCurrent"].values == ("100", "110", "120", "130", "140")
    assert part.bulk == ("PixelData",)
    assert "PixelData" not in found


def test_values_are_those_that_pydicom_reads(tmp_path: Path) -> None:
    paths = write_series(tmp_path, SpecificCharacterSet="ISO_IR 100", StationName="Gerät")
    found = columns(read(*((path, (0,)) for path in paths)))
    for at, path in enumerate(paths):
        for element in pydicom.dcmread(path):
            if element.VR in ("OW", "SQ"):
                continue
            value = element.value
            many = isinstance(value, pydicom.multival.MultiValue)
            texts = [str(one) for one in value] if many else [str(value)]
            read_value = found[element.keyword].value(at)
            assert read_value is not None
            if element.VR in ("DS", "US"):
                assert [float(one) for one in read_value.split("\\")] == [*map(float, texts)]
            else:
                assert read_value == "\\".join(texts)


def test_a_frame_has_what_its_item_the_shared_one_and_the_top_say(tmp_path: Path) -> None:
    found = columns(read((write_enhanced(tmp_path / "e", KVP="100"), (0, 1, 2, 3))))
    assert found["KVP"].values == ("100",)
    assert found["PixelMeasuresSequence[0].SliceThickness"].values == ("3.0",)
    assert found["PixelMeasuresSequence[0].SliceThickness"].grouped
    exposure = found["CTExposureSequence[0].ExposureInmAs"]
    assert exposure.values == ("50.0", "51.0", "52.0", "53.0")


def test_frames_come_in_the_order_asked_for(tmp_path: Path) -> None:
    found = columns(read((write_enhanced(tmp_path / "e"), (2, 0))))
    assert found["FrameContentSequence[0].InStackPositionNumber"].values == ("3", "1")


def test_other_byte_order_gives_the_same(corpus: Path) -> None:
    names = ("emri_small.dcm", "emri_small_big_endian.dcm")
    plain, big = (columns(read((corpus / "multiframe" / n, tuple(range(10))))) for n in names)
    of_the_writer = {"TransferSyntaxUID", "ImplementationClassUID", "ImplementationVersionName"}
    for path in plain.keys() - of_the_writer:
        assert big[path].values == plain[path].values, path
    assert big.keys() == plain.keys()


def test_files_of_two_encodings_share_what_they_say(tmp_path: Path) -> None:
    first, second = write_series(tmp_path, 2)
    dataset = pydicom.dcmread(second)
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
    pydicom.dcmwrite(second, dataset, implicit_vr=True, little_endian=True)
    found = columns(read((first, (0,)), (second, (0,))))
    assert found["KVP"].values == ("120",)
    assert found["XRayTubeCurrent"].values == ("100", "110")


def test_an_attribute_that_some_frames_lack_varies(tmp_path: Path) -> None:
    first, second = write_series(tmp_path, 2)
    dataset = pydicom.dcmread(first)
    del dataset.KVP
    dataset.save_as(first)
    assert columns(read((first, (0,)), (second, (0,))))["KVP"].values == (None, "120")


def test_long_texts_that_differ_at_their_end_alone_vary(tmp_path: Path) -> None:
    paths = write_series(tmp_path, 2)
    for path in paths:
        dataset = pydicom.dcmread(path)
        coded = item(CodeValue="1", CodeMeaning="x", LongCodeValue="u" * 70_000 + path.name)
        dataset.ImageComments = "c" * 2000 + path.name
        dataset.ProcedureCodeSequence = [coded]
        dataset.save_as(path)
    found = columns(read(*((path, (0,)) for path in paths)))
    assert found["ImageComments"].varies
    assert found["ProcedureCodeSequence[0].LongCodeValue"].varies


def test_a_file_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    paths = write_series(tmp_path, 3)
    paths[1].write_bytes(b"no image")
    part = read(*((path, (0,)) for path in paths))
    assert part.unread == ((1, "The file is not a DICOM file."),)
    assert columns(part)["KVP"].values == ("120",)
    assert columns(part)["XRayTubeCurrent"].values == ("100", None, "120")


def test_sequences_of_many_items_are_counted_not_unfolded(tmp_path: Path) -> None:
    few = [item(CodeValue=str(n), CodingSchemeDesignator="99X") for n in range(2)]
    many = [item(CodeValue=str(n), CodingSchemeDesignator="99X") for n in range(40)]
    (path,) = write_series(
        tmp_path, 1, ProcedureCodeSequence=few, RequestedProcedureCodeSequence=many
    )
    found = columns(read((path, (0,))))
    assert found["ProcedureCodeSequence[1].CodeValue"].values == ("1",)
    assert found["RequestedProcedureCodeSequence"].values == ("40 items",)
    assert "RequestedProcedureCodeSequence[0].CodeValue" not in found


def test_private_names_are_known_where_a_later_file_has_their_creator(tmp_path: Path) -> None:
    first, second = write_series(tmp_path, 2)
    dataset = pydicom.dcmread(second)
    block = dataset.private_block(0x0043, "GEMS_PARM_01", create=True)
    block.add_new(0x39, "IS", ["1000", "8"])
    dataset.save_as(second)
    found = columns(read((first, (0,)), (second, (0,))))["(0043,1039)"]
    assert found.name.startswith("[GEMS_PARM_01]")
    assert found.values == (None, "1000\\8")


def test_parts_are_joined_as_if_read_at_once(tmp_path: Path) -> None:
    files = [(path, (0,)) for path in write_series(tmp_path, 6)]
    whole = read(*files)
    parts = joined([read(*files[:2]), read(*files[2:3]), read(*files[3:])])
    assert columns(parts) == columns(whole)
    assert parts.frames == 6


def test_numbers_of_several_components_are_a_table() -> None:
    found = numbers_of("DS", ("1\\2", None, "3\\4.5"))
    assert found is not None
    np.testing.assert_array_equal(found, [[1, 2], [np.nan, np.nan], [3, 4.5]])
    assert numbers_of("LO", ("1", "2")) is None
    assert numbers_of("DS", ("1", "much")) is None


def test_a_summary_says_from_where_to_where() -> None:
    assert summary("DS", ("-3", "4", None)) == "-3 to 4, 3 different, missing in 1"
    assert summary("LO", ("a", "b")) == "2 different"


def test_nested_frame_groups_of_real_kind_do_not_crash(tmp_path: Path) -> None:
    path = write_enhanced(tmp_path / "e", 2, PerFrameFunctionalGroupsSequence=[Dataset()])
    part = read((path, (0, 1)))
    assert part.frames == 2


def test_an_element_of_the_file_meta_within_the_data_set_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "stray.dcm"
    dataset = Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3"
    dataset.Modality = "OT"
    dataset.save_as(path, enforce_file_format=True)
    path.write_bytes(path.read_bytes() + b"\x02\x00\xff\x00\x04\x00\x00\x00abcd")
    part = read_part([(str(path), (0,))], DEFAULT_LIMITS)
    assert ("Modality", ("OT",)) in [(one.path, tuple(one.values)) for one in part.columns]
