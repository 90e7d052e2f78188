"""The directory records of a DICOMDIR: which one an instance gets, and which keys it has. PS3.3 F.

Tables alone. What is done where a file lacks a key is left to `file_set_tree`, how records are
written to `file_set_index`.
"""

from __future__ import annotations

from typing import NamedTuple

_STORAGE = "1.2.840.10008.5.1.4.1.1"

# By the SOP class, or by the beginning of its UID where that ends in a dot
_TYPES = {
    f"{_STORAGE}.4.2": "SPECTROSCOPY",
    f"{_STORAGE}.9.": "WAVEFORM",
    f"{_STORAGE}.11.": "PRESENTATION",
    f"{_STORAGE}.66": "RAW DATA",
    f"{_STORAGE}.66.1": "REGISTRATION",
    f"{_STORAGE}.66.2": "FIDUCIAL",
    f"{_STORAGE}.66.3": "REGISTRATION",
    f"{_STORAGE}.66.4": "IMAGE",  # Segmentation: of frames
    f"{_STORAGE}.66.5": "SURFACE",
    f"{_STORAGE}.66.6": "TRACT",
    f"{_STORAGE}.67": "VALUE MAP",
    f"{_STORAGE}.68.": "SURFACE SCAN",
    f"{_STORAGE}.77.1.5.3": "STEREOMETRIC",
    f"{_STORAGE}.78.": "MEASUREMENT",
    f"{_STORAGE}.78.6": "SR DOCUMENT",
    f"{_STORAGE}.79.1": "SR DOCUMENT",
    f"{_STORAGE}.80.1": "MEASUREMENT",
    f"{_STORAGE}.88.": "SR DOCUMENT",
    f"{_STORAGE}.88.59": "KEY OBJECT DOC",
    f"{_STORAGE}.90.1": "ASSESSMENT",
    f"{_STORAGE}.91.1": "ANNOTATION",
    f"{_STORAGE}.104.": "ENCAP DOC",
    f"{_STORAGE}.131": "PRESENTATION",
    f"{_STORAGE}.481.2": "RT DOSE",
    f"{_STORAGE}.481.3": "RT STRUCTURE SET",
    f"{_STORAGE}.481.4": "RT TREAT RECORD",
    f"{_STORAGE}.481.5": "RT PLAN",
    f"{_STORAGE}.481.6": "RT TREAT RECORD",
    f"{_STORAGE}.481.7": "RT TREAT RECORD",
    f"{_STORAGE}.481.8": "RT PLAN",
    f"{_STORAGE}.481.9": "RT TREAT RECORD",
    **{f"{_STORAGE}.481.{last}": "RADIOTHERAPY" for last in (*range(10, 23), 25)},
    "1.2.840.10008.5.1.4.34.1": "PLAN",
    "1.2.840.10008.5.1.4.34.7": "PLAN",
    "1.2.840.10008.5.1.4.34.10": "PLAN",
    "1.2.840.10008.5.1.4.38.1": "HANGING PROTOCOL",
    "1.2.840.10008.5.1.4.39.1": "PALETTE",
    "1.2.840.10008.5.1.4.43.1": "IMPLANT",
    "1.2.840.10008.5.1.4.44.1": "IMPLANT ASSY",
    "1.2.840.10008.5.1.4.45.1": "IMPLANT GROUP",
}
# They belong to no patient, and stand beside the patients. PS3.3 F.4
OF_NO_PATIENT = frozenset(
    ("HANGING PROTOCOL", "PALETTE", "IMPLANT", "IMPLANT ASSY", "IMPLANT GROUP")
)

_ATTRIBUTES = {
    "ImageType": (0x00080008, "CS"),
    "InstanceCreationDate": (0x00080012, "DA"),
    "InstanceCreationTime": (0x00080013, "TM"),
    "StudyDate": (0x00080020, "DA"),
    "SeriesDate": (0x00080021, "DA"),
    "ContentDate": (0x00080023, "DA"),
    "StudyTime": (0x00080030, "TM"),
    "SeriesTime": (0x00080031, "TM"),
    "ContentTime": (0x00080033, "TM"),
    "AccessionNumber": (0x00080050, "SH"),
    "Modality": (0x00080060, "CS"),
    "Manufacturer": (0x00080070, "LO"),
    "StudyDescription": (0x00081030, "LO"),
    "SeriesDescription": (0x0008103E, "LO"),
    "ReferencedSeriesSequence": (0x00081115, "SQ"),
    "ReferencedImageEvidenceSequence": (0x00089092, "SQ"),
    "PatientName": (0x00100010, "PN"),
    "PatientID": (0x00100020, "LO"),
    "IssuerOfPatientID": (0x00100021, "LO"),
    "PatientBirthDate": (0x00100030, "DA"),
    "PatientSex": (0x00100040, "CS"),
    "StudyInstanceUID": (0x0020000D, "UI"),
    "SeriesInstanceUID": (0x0020000E, "UI"),
    "StudyID": (0x00200010, "SH"),
    "SeriesNumber": (0x00200011, "IS"),
    "InstanceNumber": (0x00200013, "IS"),
    "ImplantSize": (0x00686210, "LO"),
    "ImplantName": (0x00221095, "LO"),
    "ImplantPartNumber": (0x00221097, "LO"),
    "NumberOfFrames": (0x00280008, "IS"),
    "Rows": (0x00280010, "US"),
    "Columns": (0x00280011, "US"),
    "DataPointRows": (0x00289001, "UL"),
    "DataPointColumns": (0x00289002, "UL"),
    "VerificationDateTime": (0x0040A030, "DT"),
    "ConceptNameCodeSequence": (0x0040A043, "SQ"),
    "CompletionFlag": (0x0040A491, "CS"),
    "VerificationFlag": (0x0040A493, "CS"),
    "ContentSequence": (0x0040A730, "SQ"),
    "HL7InstanceIdentifier": (0x0040E001, "ST"),
    "DocumentTitle": (0x00420010, "ST"),
    "MIMETypeOfEncapsulatedDocument": (0x00420012, "LO"),
    "ContentLabel": (0x00700080, "CS"),
    "ContentDescription": (0x00700081, "LO"),
    "PresentationCreationDate": (0x00700082, "DA"),
    "PresentationCreationTime": (0x00700083, "TM"),
    "ContentCreatorName": (0x00700084, "PN"),
    "BlendingSequence": (0x00700402, "SQ"),
    "HangingProtocolCreator": (0x00720008, "LO"),
    "HangingProtocolCreationDateTime": (0x0072000A, "DT"),
    "HangingProtocolDefinitionSequence": (0x0072000C, "SQ"),
    "HangingProtocolUserIdentificationCodeSequence": (0x0072000E, "SQ"),
    "NumberOfPriorsReferenced": (0x00720014, "US"),
    "ImplantAssemblyTemplateName": (0x00760001, "LO"),
    "ProcedureTypeCodeSequence": (0x00760020, "SQ"),
    "ImplantTemplateGroupName": (0x00780001, "LO"),
    "ImplantTemplateGroupIssuer": (0x00780020, "LO"),
    "DoseSummationType": (0x3004000A, "CS"),
    "StructureSetLabel": (0x30060002, "SH"),
    "StructureSetDate": (0x30060008, "DA"),
    "StructureSetTime": (0x30060009, "TM"),
    "TreatmentDate": (0x30080250, "DA"),
    "TreatmentTime": (0x30080251, "TM"),
    "RTPlanLabel": (0x300A0002, "SH"),
    "RTPlanDate": (0x300A0006, "DA"),
    "RTPlanTime": (0x300A0007, "TM"),
    "UserContentLabel": (0x30100033, "SH"),
    "UserContentLongLabel": (0x30100034, "LO"),
}
_CONTENT = "InstanceNumber:1 ContentDate:1 ContentTime:1"
_IDENTIFICATION = f"{_CONTENT} ContentLabel:1 ContentDescription:2 ContentCreatorName:2"
# By type of record: keys, each with its type of PS3.3 7.4; 3 stands for 1C and 3, written where
# the file has it
_KEYS = {
    "PATIENT": "PatientName:2 PatientID:1 IssuerOfPatientID:3 PatientBirthDate:3 PatientSex:3",
    "STUDY": "StudyDate:1 StudyTime:1 StudyDescription:2 StudyInstanceUID:1 StudyID:1 "
    "AccessionNumber:2",
    "SERIES": "Modality:1 SeriesInstanceUID:1 SeriesNumber:1 SeriesDescription:3 "
    "SeriesDate:3 SeriesTime:3",
    "IMAGE": "InstanceNumber:1",
    "RT DOSE": "InstanceNumber:1 DoseSummationType:1",
    "RT STRUCTURE SET": "InstanceNumber:1 StructureSetLabel:1 StructureSetDate:2 "
    "StructureSetTime:2",
    "RT PLAN": "InstanceNumber:1 RTPlanLabel:1 RTPlanDate:2 RTPlanTime:2",
    "RT TREAT RECORD": "InstanceNumber:1 TreatmentDate:2 TreatmentTime:2",
    "PRESENTATION": "PresentationCreationDate:1 PresentationCreationTime:1 InstanceNumber:1 "
    "ContentLabel:1 ContentDescription:2 ContentCreatorName:2 ReferencedSeriesSequence:3 "
    "BlendingSequence:3",
    "WAVEFORM": _CONTENT,
    "SR DOCUMENT": f"{_CONTENT} CompletionFlag:1 VerificationFlag:1 VerificationDateTime:3 "
    "ConceptNameCodeSequence:1 ContentSequence:3",
    "KEY OBJECT DOC": f"{_CONTENT} ConceptNameCodeSequence:1 ContentSequence:3",
    "SPECTROSCOPY": f"{_CONTENT} ImageType:1 ReferencedImageEvidenceSequence:3 NumberOfFrames:1 "
    "Rows:1 Columns:1 DataPointRows:1 DataPointColumns:1",
    "RAW DATA": _CONTENT,
    "REGISTRATION": _IDENTIFICATION,
    "FIDUCIAL": _IDENTIFICATION,
    "HANGING PROTOCOL": "HangingProtocolCreator:1 HangingProtocolCreationDateTime:1 "
    "HangingProtocolDefinitionSequence:1 NumberOfPriorsReferenced:1 "
    "HangingProtocolUserIdentificationCodeSequence:2",
    "ENCAP DOC": "ContentDate:2 ContentTime:2 InstanceNumber:1 DocumentTitle:2 "
    "HL7InstanceIdentifier:3 ConceptNameCodeSequence:2 MIMETypeOfEncapsulatedDocument:1",
    "VALUE MAP": _IDENTIFICATION,
    "STEREOMETRIC": "",
    "PALETTE": "ContentLabel:1 ContentDescription:2",
    "IMPLANT": "Manufacturer:1 ImplantName:1 ImplantSize:3 ImplantPartNumber:1",
    "IMPLANT ASSY": "ImplantAssemblyTemplateName:1 Manufacturer:1 ProcedureTypeCodeSequence:1",
    "IMPLANT GROUP": "ImplantTemplateGroupName:1 ImplantTemplateGroupIssuer:1",
    "PLAN": "",
    "MEASUREMENT": _IDENTIFICATION,
    "SURFACE": _IDENTIFICATION,
    "SURFACE SCAN": "ContentDate:1 ContentTime:1",
    "TRACT": _IDENTIFICATION,
    "ASSESSMENT": "InstanceNumber:1 InstanceCreationDate:1 InstanceCreationTime:2",
    "ANNOTATION": _IDENTIFICATION,
    "RADIOTHERAPY": "InstanceNumber:1 UserContentLabel:3 UserContentLongLabel:3 "
    "ContentDescription:2 ContentCreatorName:2",
}


class Key(NamedTuple):
    """An attribute of a directory record. ``type`` is 1 or 2, or 3 where it may be absent."""

    keyword: str
    tag: int
    vr: str
    type: int


def _keys(text: str) -> tuple[Key, ...]:
    keys = []
    for word in text.split():
        keyword, _, of_type = word.partition(":")
        keys.append(Key(keyword, *_ATTRIBUTES[keyword], int(of_type)))
    return tuple(sorted(keys, key=lambda key: key.tag))


KEYS = {record_type: _keys(text) for record_type, text in _KEYS.items()}
ABOVE = (*KEYS["PATIENT"], *KEYS["STUDY"], *KEYS["SERIES"])  # of the records above an instance's
TAGS = {keyword: tag for keyword, (tag, _) in _ATTRIBUTES.items()}


def record_type(sop_class_uid: str) -> str:
    """Give the type of record for an instance; IMAGE for all that have none of their own.

    Private SOP classes are among these: a PRIVATE record (PS3.3 F.6.1) would be read by nobody
    but who defines it.
    """
    exact = _TYPES.get(sop_class_uid)
    return exact or _TYPES.get(sop_class_uid.rpartition(".")[0] + ".") or _of_family(sop_class_uid)


def _of_family(sop_class_uid: str) -> str:
    """Waveforms have one level more: of ECG, of sound, and so on."""
    family = sop_class_uid.rpartition(".")[0].rpartition(".")[0] + "."
    return "WAVEFORM" if _TYPES.get(family) == "WAVEFORM" else "IMAGE"
