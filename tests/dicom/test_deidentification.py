"""A file without its identity: each action, each option, by what pydicom reads afterwards."""

from __future__ import annotations

import io
import shutil

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.dicom.identities import (
    FRAME,
    KEY,
    NAME,
    PATIENT_ID,
    STUDY,
    cleaned,
    named_ct,
    read_back,
    written,
)
from viewer.dicom.deidentification.profile import OPTIONS, profile_of
from viewer.dicom.deidentification.results import Refused, Rule
from viewer.dicom.errors import NegatoError

IDENTITY = (
    *(b"Jane", b"Doe", b"PID-471100", b"ACC99881", b"RQ-8877", b"SN-55443", b"Klinik", b"Who"),
    *(b"20240119", b"20240120", b"20240121", b"19700203", STUDY.encode(), FRAME.encode()),
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "named.dcm"


def test_nothing_of_the_identity_is_left_in_any_byte(path):
    named_ct(path)
    data = written(path, cleaned(path))
    assert [value for value in IDENTITY if value in data] == []
    assert data[:128] == bytes(128)


@pytest.mark.parametrize(
    ("tag", "vr", "profile", "left"),
    [
        (0x0040A160, "UT", "basic", "REMOVED"),
        (0x00081030, "UT", "basic,clean-descriptors", ""),
        (0x00080050, "UC", "basic", ""),
    ],
)
def test_a_value_too_long_to_be_read_does_not_stay(path, tag, vr, profile, left):
    ds = named_ct(path)
    ds.add_new(tag, vr, "who knows what " * 80_000)
    ds.save_as(path)
    assert (read_back(path, profile)[tag].value or "") == left


def test_what_is_done_is_stated_in_the_file(path):
    named_ct(path)
    ds = read_back(path, "basic,clean-descriptors,retain-device")
    assert ds.PatientIdentityRemoved == "YES"
    assert [item.CodeValue for item in ds.DeidentificationMethodCodeSequence] == [
        *("113100", "113109", "113105")
    ]
    assert {item.CodingSchemeDesignator for item in ds.DeidentificationMethodCodeSequence} == {
        "DCM"
    }
    assert ds.LongitudinalTemporalInformationModified == "REMOVED"
    assert any("Basic" in line for line in ds.DeidentificationMethod)


def test_the_file_stays_what_it_is(path):
    before = named_ct(path)
    ds = read_back(path)
    assert ds.PixelData == before.PixelData
    assert (ds.BodyPartExamined, ds.ConvolutionKernel, ds.Manufacturer) == (
        "CHEST",
        "B30f",
        "Maker",
    )
    assert ds.file_meta.MediaStorageSOPInstanceUID == ds.SOPInstanceUID != before.SOPInstanceUID
    assert "SourceApplicationEntityTitle" not in ds.file_meta
    assert ds.PatientName == ds.PatientID
    assert str(ds.PatientID).startswith("N-")
    assert ds.StudyDate == ""  # of type 2
    assert "StudyDescription" not in ds


def test_references_lead_to_the_same_new_uid_everywhere(path, tmp_path):
    named_ct(path)
    other = tmp_path / "other.dcm"
    named_ct(other)
    first, second = read_back(path), read_back(other)
    assert first.StudyInstanceUID == second.StudyInstanceUID != STUDY
    assert first.FrameOfReferenceUID == second.FrameOfReferenceUID
    assert first.SOPInstanceUID != second.SOPInstanceUID
    item = first.ReferencedImageSequence[0]
    assert item.ReferencedSOPInstanceUID == first.StudyInstanceUID
    assert item.ReferencedSOPClassUID == first.SOPClassUID  # a class of the standard
    assert len(first.StudyInstanceUID) <= 64
    assert first.StudyInstanceUID.startswith("2.25.")


def test_uids_stay_with_their_option(path):
    named_ct(path)
    assert read_back(path, "basic,retain-uids").StudyInstanceUID == STUDY


def test_dates_shift_by_the_same_days_in_all_attributes_of_a_patient(path):
    named_ct(path)
    ds = read_back(path, "basic,retain-modified-dates")
    shift = np.datetime64("2024-01-19") - np.datetime64(
        f"{ds.StudyDate[:4]}-{ds.StudyDate[4:6]}-{ds.StudyDate[6:]}"
    )
    assert shift == np.timedelta64(KEY.days((PATIENT_ID, "", NAME)), "D")
    assert int(ds.AcquisitionDate) - int(ds.SeriesDate) in (1, 70 + 1, 73, 74)  # or a new month
    assert ds.AcquisitionDateTime[:8] == ds.AcquisitionDate
    assert ds.AcquisitionDateTime[8:] == "101530.25+0100"
    assert ds.StudyTime == "101530"
    assert ds.LongitudinalTemporalInformationModified == "MODIFIED"
    assert ds.PatientBirthDate == ""  # of no option


def test_dates_stay_with_their_option(path):
    named_ct(path)
    ds = read_back(path, "basic,retain-full-dates")
    assert (ds.StudyDate, ds.StudyTime) == ("20240119", "101530")
    assert ds.LongitudinalTemporalInformationModified == "UNMODIFIED"
    named_ct(path, LongitudinalTemporalInformationModified="MODIFIED")
    ds = read_back(path, "basic,retain-full-dates")
    assert ds.LongitudinalTemporalInformationModified == "MODIFIED"  # before


def test_shifted_dates_keep_their_zone(path):
    named_ct(path, TimezoneOffsetFromUTC="-0500")
    assert "TimezoneOffsetFromUTC" not in read_back(path)
    ds = read_back(path, "basic,retain-modified-dates")
    assert ds.TimezoneOffsetFromUTC == "-0500"


def test_names_of_regions_stay_with_clean_descriptors_and_labels_keep_a_value(path):
    region = Dataset()
    region.ROINumber, region.ROIName = 1, "GTV of Jane"
    named_ct(path, StructureSetROISequence=Sequence([region]), StructureSetLabel="Jane Doe")
    assert read_back(path).StructureSetROISequence[0].ROIName == ""
    ds = read_back(path, "basic,clean-descriptors")
    assert ds.StructureSetROISequence[0].ROIName == "GTV of"
    assert ds.StructureSetLabel == "REMOVED"  # of type 1


@pytest.mark.parametrize(
    ("option", "keyword", "value"),
    [
        ("retain-patient-characteristics", "PatientAge", "053Y"),
        ("retain-patient-characteristics", "PatientSex", "F"),
        ("retain-device", "DeviceSerialNumber", "SN-55443"),
        ("retain-institution", "InstitutionName", "Sankt Höhe Klinik"),
    ],
)
def test_an_option_keeps_its_attributes(path, option, keyword, value):
    named_ct(path)
    assert read_back(path, f"basic,{option}")[keyword].value == value
    without = read_back(path)
    assert str(without.get(keyword, "")) != value


def test_descriptions_lose_names_numbers_and_dates(path):
    named_ct(path)
    assert read_back(path, "basic,clean-descriptors").StudyDescription == "Chest CT of asked by on"


def test_what_other_files_of_the_study_know_is_taken_out_of_descriptions(path):
    named_ct(path, StudyDescription="Chest of Mueller")
    ds = read_back(path, "basic,clean-descriptors", known=("Mueller^Karl",))
    assert ds.StudyDescription == "Chest of"


def test_a_name_in_a_text_that_the_profile_keeps_is_taken_out(path):
    named_ct(path, ConvolutionKernel="DOE B30")
    result = cleaned(path)
    assert b"DOE" not in written(path, result)
    assert any("taken out" in told for told in result.warnings)


def test_private_attributes_are_told_by_their_creators_and_reports_name_known_ones_alone(path):
    ds = named_ct(path)
    ds.private_block(0x0021, "Of Jane Doe", create=True).add_new(0x01, "LO", "x")
    ds.save_as(path)
    told, reported = (
        {change.name for change in cleaned(path, tells=tells).changes if change.tag >> 16 & 1}
        for tells in ("values", "actions")
    )
    assert told == {
        "Private Creator",
        "[SIEMENS MR HEADER] B_value",
        "[SIEMENS MR HEADER]",
        "[Of Jane Doe]",
    }
    assert reported == {"Private Creator", "[SIEMENS MR HEADER] B_value", "Private"}


def test_private_attributes_go_but_for_safe_ones(path):
    named_ct(path)
    assert not any(element.tag.is_private for element in read_back(path))
    ds = read_back(path, "basic,retain-safe-private")
    assert ds[0x0019, 0x100C].value == 1000
    assert ds[0x0019, 0x0010].value == "SIEMENS MR HEADER"
    assert (0x0019, 0x1010) not in ds


def test_overlays_and_curves_go_and_regions_stay_with_their_option(path):
    before = named_ct(path)
    for group, kind in ((0x6000, "G"), (0x6002, "R")):
        before.add_new((group, 0x0010), "US", 16)
        before.add_new((group, 0x0011), "US", 12)
        before.add_new((group, 0x0022), "LO", "Jane")
        before.add_new((group, 0x0040), "CS", kind)
        before.add_new((group, 0x0050), "SS", [1, 1])
        before.add_new((group, 0x0100), "US", 1)
        before.add_new((group, 0x0102), "US", 0)
        before.add_new((group, 0x3000), "OW", bytes(24))
    before.add_new((0x5000, 0x3000), "OW", b"Jane")
    before.save_as(path)
    assert not [
        one for one in read_back(path) if one.tag.group >= 0x5000 and one.tag.group < 0x7FE0
    ]
    ds = read_back(path, "basic,clean-graphics")
    assert {one.tag.group for one in ds if 0x5000 <= one.tag.group < 0x7FE0} == {0x6002}
    assert (0x6002, 0x0022) not in ds


def test_items_of_sequences_that_stay_are_cleaned_too(path):
    item, code = Dataset(), Dataset()
    item.PatientName, item.StudyDate = "Doe^Jane", "20240119"
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "T-D1100", "SRT", "Head"
    item.AnatomicRegionSequence = Sequence([code])
    named_ct(path, SharedFunctionalGroupsSequence=Sequence([item]))
    kept = read_back(path).SharedFunctionalGroupsSequence[0]
    assert str(kept.PatientName).startswith("N-")
    assert kept.StudyDate == ""
    assert kept.AnatomicRegionSequence[0].CodeMeaning == "Head"


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_other_encodings_are_cleaned_as_well(path, syntax):
    before = named_ct(path)
    before.file_meta.TransferSyntaxUID = syntax
    before.save_as(
        path,
        implicit_vr=syntax.is_implicit_VR,
        little_endian=syntax.is_little_endian,
        enforce_file_format=True,
    )
    data = written(path, cleaned(path))
    assert [value for value in IDENTITY if value in data] == []
    ds = dcmread(io.BytesIO(data))
    assert ds.file_meta.TransferSyntaxUID == syntax
    assert ds.Rows == 16
    assert ds.StudyInstanceUID == KEY.uid(STUDY)


def test_what_cannot_be_read_to_its_end_is_not_taken(path):
    named_ct(path)
    path.write_bytes(path.read_bytes()[:-100])
    result = cleaned(path)
    assert isinstance(result, Refused)
    assert not result.is_held


@pytest.mark.parametrize(
    "changed",
    [
        {"BurnedInAnnotation": "YES"},
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"},
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.6.1", "Modality": "US"},
        {"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]},
        {"ImageType": ["DERIVED", "SECONDARY"], "BurnedInAnnotation": ""},
        {"BurnedInAnnotation": "UNKNOWN"},
        {"Modality": "HC", "BurnedInAnnotation": ""},
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.12.1", "BurnedInAnnotation": ""},
    ],
)
def test_pictures_that_may_name_the_patient_are_held_back_unless_confirmed(path, changed):
    named_ct(path, **changed)
    result = cleaned(path)
    assert isinstance(result, Refused)
    assert result.is_held
    assert read_back(path, confirmed=frozenset(("burned-in",))).PatientIdentityRemoved == "YES"


def test_an_original_picture_of_another_kind_is_not_taken_for_a_derived_one(path):
    named_ct(path, ImageType=["ORIGINAL", "PRIMARY", "OTHER"], BurnedInAnnotation="")
    assert not isinstance(cleaned(path), Refused)


def test_documents_are_held_back(path):
    named_ct(path, SOPClassUID="1.2.840.10008.5.1.4.1.1.104.1")
    assert cleaned(path, confirmed=frozenset(("burned-in", "structured-content"))).is_held
    named_ct(path, SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11", Modality="SR")
    assert cleaned(path, confirmed=frozenset(("burned-in",))).is_held


def test_a_report_that_is_confirmed_loses_its_texts(path):
    name, text = Dataset(), Dataset()
    name.ValueType, name.PersonName = "PNAME", "Doe^Jane"
    text.ValueType, text.TextValue = "TEXT", "A finding of Jane Doe, 53"
    named_ct(
        path,
        SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11",
        Modality="SR",
        ContentSequence=Sequence([name, text]),
    )
    ds = read_back(path, confirmed=frozenset(("structured-content",)))
    assert [item.get("TextValue", "") for item in ds.ContentSequence] == ["", "REMOVED"]
    assert str(ds.ContentSequence[0].PersonName) == "REMOVED"


def test_a_rectangle_is_black_and_the_rest_as_it_was(path):
    named_ct(path, BurnedInAnnotation="YES")
    assert cleaned(path, rectangles=((2, 3, 4, 5),)).is_held
    ds = read_back(path, rectangles=((2, 3, 4, 5),), confirmed=frozenset(("burned-in",)))
    wanted = np.full((16, 12), 700)
    wanted[2:6, 3:8] = 0
    assert np.array_equal(ds.pixel_array, wanted)
    assert ds.BurnedInAnnotation == "NO"
    assert "113101" in [item.CodeValue for item in ds.DeidentificationMethodCodeSequence]


def test_black_is_what_is_shown_black(path):
    named_ct(path, PhotometricInterpretation="MONOCHROME1")
    assert read_back(path, rectangles=((0, 0, 1, 1),)).pixel_array[0, 0] == 4095


def test_compressed_pictures_are_blacked_out_and_written_native(path):
    source = get_testdata_file("SC_rgb_jpeg_dcmtk.dcm", download=False)
    shutil.copy(source, path)
    ds = read_back(path, rectangles=((0, 0, 10, 100),), confirmed=frozenset(("burned-in",)))
    assert not ds.file_meta.TransferSyntaxUID.is_compressed
    assert ds.PhotometricInterpretation == "RGB"
    assert not ds.pixel_array[:10].any()
    assert ds.pixel_array[10:].any()


def test_rectangles_of_a_rule_are_for_its_device_alone(path):
    named_ct(path, BurnedInAnnotation="YES")
    fits = Rule((("Manufacturer", "maker"), ("Rows", "16")), ((0, 0, 1, 12),), confirms=True)
    other = Rule((("Manufacturer", "maker"), ("Rows", "17")), ((0, 0, 1, 12),), confirms=True)
    ds = read_back(path, rules=(fits,))
    assert not ds.pixel_array[0].any()
    assert ds.BurnedInAnnotation == "NO"
    assert cleaned(path, rules=(other,)).is_held


def test_rectangles_confirm_nothing_by_themselves(path):
    rule = Rule((("Manufacturer", "maker"),), ((0, 0, 1, 12),))
    named_ct(path, BurnedInAnnotation="YES")
    assert cleaned(path, rules=(rule,)).is_held
    assert cleaned(path, rectangles=((0, 0, 1, 12),)).is_held
    named_ct(path, BurnedInAnnotation="")
    ds = read_back(path, rectangles=((0, 0, 1, 12),))
    assert not ds.pixel_array[0].any()
    assert ds.BurnedInAnnotation == ""
    assert "113101" not in [item.CodeValue for item in ds.DeidentificationMethodCodeSequence]


def test_bits_of_overlays_beside_the_values_are_cleared(path):
    before = named_ct(path)
    before.add_new((0x6000, 0x0010), "US", 16)
    before.add_new((0x6000, 0x0011), "US", 12)
    before.add_new((0x6000, 0x0040), "CS", "G")
    before.add_new((0x6000, 0x0050), "SS", [1, 1])
    before.add_new((0x6000, 0x0100), "US", 16)
    before.add_new((0x6000, 0x0102), "US", 12)
    before.PixelData = np.full((16, 12), 700 | 0x1000, "<u2").tobytes()
    before.save_as(path)
    assert set(np.frombuffer(read_back(path).PixelData, "<u2")) == {700}


def test_pseudonyms_need_the_key():
    patient = (PATIENT_ID, "", NAME)
    assert KEY.pseudonym(patient) == KEY.pseudonym(patient)
    assert KEY.pseudonym(patient) != KEY.pseudonym((PATIENT_ID, "other", NAME))
    assert KEY.pseudonym(patient) != type(KEY)(bytes(32), "").pseudonym(patient)
    assert KEY.secret.hex() not in repr(KEY)


def test_an_unknown_option_is_one_sentence_that_lists_all():
    with pytest.raises(NegatoError) as told:
        profile_of("basic,retain-everything")
    assert all(option in told.value.message for option in OPTIONS)
    with pytest.raises(NegatoError, match="one of the two"):
        profile_of("basic,retain-full-dates,retain-modified-dates")
