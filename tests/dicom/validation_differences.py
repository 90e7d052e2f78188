"""What ``dciodvfy`` finds in the corpus and Negato does not, by kind, and why; and the reverse."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """Kinds of errors of the tool: what it says, of which attributes, how often, why not here."""

    says: str
    of: str
    count: int
    why: str

    def kinds(self) -> set[str]:
        """Give them as the test names them."""
        return {f"{self.says} {one}".strip() for one in self.of.split(", ")}


KINDS = (
    Known(
        "Missing attribute Type 2C Conditional",
        "Laterality",
        857,
        (
            "It asks for Laterality wherever the body part is not known to be unpaired. "
            "Negato asks where BodyPartExamined names a paired one: of others no file "
            "says whether they are."
        ),
    ),
    Known(
        "Missing attribute Type 1C Conditional",
        (
            "AcquisitionContrast, AcquisitionDateTime, AcquisitionDuration, "
            "AnatomicRegionSequence, ApplicableSafetyStandardAgency, "
            "BluePaletteColorLookupTableData, BluePaletteColorLookupTableDescriptor, "
            "BurnedInAnnotation, CodeValue, ComplexImageComponent, ContentQualification, "
            "CoverageOfKSpace, DeidentificationMethodCodeSequence, DimensionIndexValues, "
            "DoubleFloatRealWorldValueFirstValueMapped, "
            "DoubleFloatRealWorldValueLastValueMapped, EchoPlanarPulseSequence, "
            "EchoPulseSequence, FrameAcquisitionDateTime, FrameAcquisitionDuration, "
            "FrameReferenceDateTime, GeometryOfKSpaceTraversal, GradientEchoTrainLength, "
            "GreenPaletteColorLookupTableData, GreenPaletteColorLookupTableDescriptor, "
            "InstitutionCodeSequence, InstitutionName, InversionTimes, KSpaceFiltering, "
            "LongCodeValue, LossyImageCompression, MRAcquisitionType, "
            "MagneticFieldStrength, MultiPlanarExcitation, MultipleSpinEcho, "
            "NumberOfKSpaceTrajectories, OperatingModeSequence, OversamplingPhase, "
            "ParallelReductionFactorSecondInPlane, PhaseContrast, PixelData, "
            "PresentationLUTShape, PresentationPixelAspectRatio, "
            "PresentationPixelSpacing, PulseSequenceName, RealWorldValueFirstValueMapped,"
            " RealWorldValueLastValueMapped, RectilinearPhaseEncodeReordering, "
            "RedPaletteColorLookupTableData, RedPaletteColorLookupTableDescriptor, "
            "ReferencedImageEvidenceSequence, ReferencedSOPClassUIDInFile, "
            "ReferencedSOPInstanceUIDInFile, ReferencedTransferSyntaxUIDInFile, "
            "RescaleIntercept, RescaleSlope, ResonantNucleus, SaturationRecovery, "
            "SegmentedKSpaceTraversal, SpecificAbsorptionRateSequence, "
            "SpectrallySelectedSuppression, SteadyStatePulseSequence, "
            "TimeOfFlightContrast, URNCodeValue"
        ),
        229,
        (
            "The condition is about the examination, the kind of acquisition or of frame,"
            " or another attribute, and is none of those in `conditions`; or the tool "
            "stopped reading before it."
        ),
    ),
    Known(
        "Missing attribute Type 2C Conditional",
        "PatientOrientation, PatientPosition, PatientSexNeutered, TriggerTime",
        8,
        "As with type 1C.",
    ),
    Known(
        "Missing attribute Type 1 Required",
        (
            "BitsAllocated, BitsStored, BluePaletteColorLookupTableData, "
            "BluePaletteColorLookupTableDescriptor, CTImageFrameTypeSequence, Columns, "
            "ConceptNameCodeSequence, FrameAnatomySequence, FrameOfReferenceUID, "
            "GreenPaletteColorLookupTableData, GreenPaletteColorLookupTableDescriptor, "
            "HighBit, ImageOrientationPatient, ImagePositionPatient, InstanceNumber, "
            "IrradiationEventIdentificationSequence, MRAveragesSequence, MREchoSequence, "
            "MRImagingModifierSequence, MRModifierSequence, MRReceiveCoilSequence, "
            "MRTimingAndRelatedParametersSequence, MRTransmitCoilSequence, "
            "OverlayBitPosition, OverlayBitsAllocated, OverlayColumns, OverlayData, "
            "OverlayOrigin, OverlayRows, OverlayType, PerFrameFunctionalGroupsSequence, "
            "PhotometricInterpretation, PixelRepresentation, PixelSpacing, "
            "PlaneOrientationSequence, PlanePositionSequence, PlanePositionSlideSequence,"
            " PresentationLUTShape, RedPaletteColorLookupTableData, "
            "RedPaletteColorLookupTableDescriptor, RescaleIntercept, RescaleSlope, Rows, "
            "SamplesPerPixel, SegmentIdentificationSequence, SeriesInstanceUID, "
            "StudyInstanceUID"
        ),
        77,
        (
            "Of older editions (type 1C now), of macros that the tables do not say to be "
            "mandatory, or in files that the tool reads no further, or another way "
            "(implicit VR within big endian)."
        ),
    ),
    Known(
        "Missing attribute Type 2 Required",
        (
            "AcquisitionNumber, InstanceNumber, KVP, MeasuredValueSequence, "
            "PatientBirthDate, PatientID, PatientName, PatientSex, "
            "PositionReferenceIndicator, SeriesNumber, SliceThickness, StudyID"
        ),
        19,
        "As with type 1.",
    ),
    Known(
        "Empty attribute (no value) Type 1 Required",
        "ReferencedSOPClassUID",
        1,
        "In one file, of content items that stand for others, or of an empty overlay.",
    ),
    Known(
        "Empty attribute (no value) Type 1C Conditional",
        "TextValue",
        1,
        "As with type 1.",
    ),
    Known(
        (
            "Attribute present when condition unsatisfied (which may not be present "
            "otherwise) Type 2C Conditional"
        ),
        "InversionTime, Laterality, TriggerTime",
        175,
        ("That an attribute stands where it has no place is not checked: it misleads nobody."),
    ),
    Known(
        (
            "Attribute present when condition unsatisfied (which may not be present "
            "otherwise) Type 1C Conditional"
        ),
        (
            "AnnotationAppliesToAllZPlanes, BitsAllocated, BitsStored, "
            "ConceptCodeSequence, DimensionIndexValues, FrameTime, HighBit, "
            "MaskFrameNumbers, ModalityLUTSequence, MultipleSpinEcho, NumberOfTimeSlices,"
            " PhotometricInterpretation, PixelRepresentation, PlanarConfiguration, "
            "SamplesPerPixel, TriggerTime"
        ),
        31,
        ("That an attribute stands where it has no place is not checked: it misleads nobody."),
    ),
    Known(
        "Unrecognized enumerated value  for value N of attribute |",
        (
            "Bits Stored, High Bit, Image Type, LUT Descriptor, Number of Frames, Overlay"
            " Bit Position, Overlay Bits Allocated, Parallel Acquisition Technique, "
            "Photometric Interpretation, Planar Configuration, Presentation LUT Shape, "
            "Rescale Type, Value Type"
        ),
        110,
        (
            "Enumerated for one IOD or module alone; Negato checks those that decide how "
            "an image is shown."
        ),
    ),
    Known(
        "Value invalid for this VR",
        "0004,1500, 0009,1030, 0029,0005",
        25,
        (
            "Private elements whose VR is in no dictionary, or after the place where the "
            "bytes make no sense."
        ),
    ),
    Known(
        "Illegal root for UID",
        ("0002,0003, 0002,0012, 0008,0018, 0008,1150, 0020,000d, 0020,000e, 0020,0052, 0028,1199"),
        23,
        ("Whether the root of a UID is registered is not checked: there is no list of them."),
    ),
    Known(
        "Bad Sequence number of Items 0 (1-n Required by Module definition)",
        (
            "PerformingPhysicianIdentificationSequence, RequestAttributesSequence, "
            "ScheduledProtocolCodeSequence"
        ),
        3,
        "An empty sequence of type 3 says as much as none.",
    ),
    Known(
        "Bad attribute Value Multiplicity Type 3 Optional",
        (
            "PerformingPhysicianIdentificationSequence, RequestAttributesSequence, "
            "ScheduledProtocolCodeSequence"
        ),
        3,
        "An empty sequence of type 3, as above.",
    ),
    Known(
        "Value is zero for value N of attribute |",
        "Slice Thickness",
        11,
        "A thickness of 0 is said of doses and plans, and the standard allows it.",
    ),
    Known(
        (
            "AnatomicRegionSequence is only permitted to be empty when actually unknown, "
            "but BodyPartExamined has a value, therefore it is known | "
            "AnatomicRegionSequence"
        ),
        "",
        1,
        "A rule of one IOD or module alone, without weight for who reads the file.",
    ),
    Known(
        ("Attribute with an even group number is not a recognized standard attribute 1000,5515"),
        "",
        1,
        (
            "It reads no deflated, and no newer, transfer syntaxes and stops; or Negato "
            "tells the same damage under another rule."
        ),
    ),
    Known(
        ("Bad attribute Value Multiplicity 2 (4 Required by Module definition) ImageType"),
        "",
        2,
        "A rule of one IOD or module alone, without weight for who reads the file.",
    ),
    Known(
        "Bad attribute Value Multiplicity Type 1 Required ImageType",
        "",
        2,
        "A rule of one IOD or module alone, without weight for who reads the file.",
    ),
    Known(
        "Bad attribute value - Bits Stored = N exceeds High Bit N + N",
        "",
        1,
        "Where Rows, Columns or BitsStored are missing, which is told itself.",
    ),
    Known(
        (
            "ConceptNameCodeSequence is required for root content item (in top level "
            "dataset) | ConceptNameCodeSequence"
        ),
        "",
        13,
        ("Relations and templates of structured reports and references are not checked."),
    ),
    Known(
        (
            "Coordinates Content Item has missing or incorrect required child Content "
            "Item for SCOORD got no child expected IMAGE"
        ),
        "",
        1,
        ("Relations and templates of structured reports and references are not checked."),
    ),
    Known(
        (
            "CoordinatesContentItemHasIncorrectRelationshipChildContentItem for SCOORD "
            "got HAS PROPERTIES - expected SELECTED FROM"
        ),
        "",
        1,
        ("Relations and templates of structured reports and references are not checked."),
    ),
    Known(
        "Dicom dataset contains invalid data values for Value Representations",
        "",
        1,
        (
            "It reads no deflated, and no newer, transfer syntaxes and stops; or Negato "
            "tells the same damage under another rule."
        ),
    ),
    Known(
        "Dicom dataset read failed",
        "",
        24,
        (
            "It reads no deflated, and no newer, transfer syntaxes and stops; or Negato "
            "tells the same damage under another rule."
        ),
    ),
    Known(
        (
            "If RescaleType is present and not multiNenergy acquisition, must be HU for "
            "ORIGINAL nonNLOCALIZER images | RescaleType"
        ),
        "",
        6,
        "A rule of one IOD or module alone, without weight for who reads the file.",
    ),
    Known(
        "Information Object Not found",
        "",
        8,
        (
            "It reads no deflated, and no newer, transfer syntaxes and stops; or Negato "
            "tells the same damage under another rule."
        ),
    ),
    Known(
        (
            "LookupTableData has wrong length - Modality LUT - LUT Descriptor number of "
            "entries = N but number of N bit values = N packed into N N bit words"
        ),
        "",
        1,
        "Of tables in items Negato checks what it shows when it shows them.",
    ),
    Known(
        (
            "LookupTableData has wrong length - Presentation LUT - LUT Descriptor number "
            "of entries = N but number of N bit values = N packed into N N bit words"
        ),
        "",
        1,
        "Of tables in items Negato checks what it shows when it shows them.",
    ),
    Known(
        (
            "LookupTableData has wrong length - Softcopy VOI LUT - LUT Descriptor number "
            "of entries = N but number of N bit values = N packed into N N bit words"
        ),
        "",
        1,
        "Of tables in items Negato checks what it shows when it shows them.",
    ),
    Known(
        "MediaStorageSOPClassUID but missing SOPClassUID and not a directory",
        "",
        4,
        (
            "It reads no deflated, and no newer, transfer syntaxes and stops; or Negato "
            "tells the same damage under another rule."
        ),
    ),
    Known(
        "MediaStorageSOPInstanceUID but missing SOPInstanceUID and not a directory",
        "",
        4,
        (
            "It reads no deflated, and no newer, transfer syntaxes and stops; or Negato "
            "tells the same damage under another rule."
        ),
    ),
    Known(
        "Metaheader present but doesn't contain Transfer Syntax UID",
        "",
        1,
        (
            "It reads no deflated, and no newer, transfer syntaxes and stops; or Negato "
            "tells the same damage under another rule."
        ),
    ),
    Known(
        (
            "Number of values of DimensionIndexValues does not match number of items in "
            "DimensionIndexSequence for frame N got N - expected N"
        ),
        "",
        64,
        "A rule of one IOD or module alone, without weight for who reads the file.",
    ),
    Known(
        "Only valid for AnnotationCoordinateType of 3D | CommonZCoordinateValue",
        "",
        1,
        ("Relations and templates of structured reports and references are not checked."),
    ),
    Known(
        (
            "Orientation vector is not unit vector for  vector of "
            "VelocityEncodingDirection - values are N"
        ),
        "",
        7,
        "Directions of velocities are not checked.",
    ),
    Known(
        (
            "Orientation vectors are not orthogonal for row vector of "
            "ImageOrientationPatient (N) and column vector of ImageOrientationPatient (N)"
        ),
        "",
        1,
        "Told as a length other than 1, which comes first.",
    ),
    Known(
        ("PixelAspectRatio may not be present when it has a ratio of N:N - values are N"),
        "",
        2,
        "A rule of one IOD or module alone, without weight for who reads the file.",
    ),
    Known(
        "PixelData has incorrect value length - expected N dec - got N dec",
        "",
        5,
        "Where Rows, Columns or BitsStored are missing, which is told itself.",
    ),
    Known(
        (
            "Referenced SOP Instance is not listed in "
            "CurrentRequestedProcedureEvidenceSequence or PertinentOtherEvidenceSequence "
            "but have IMAGE ReferencedSOPInstanceUID N"
        ),
        "",
        1,
        ("Relations and templates of structured reports and references are not checked."),
    ),
    Known(
        (
            "ReferencedSeriesSequence present but Instance does not reference Instances |"
            " ReferencedSeriesSequence"
        ),
        "",
        2,
        ("Relations and templates of structured reports and references are not checked."),
    ),
    Known(
        "Seek failed - While skipping",
        "",
        1,
        (
            "It reads no deflated, and no newer, transfer syntaxes and stops; or Negato "
            "tells the same damage under another rule."
        ),
    ),
    Known(
        ("Seek failed - while skipping remainder of Unrecognized or unsupported tag - skipping"),
        "",
        1,
        (
            "It reads no deflated, and no newer, transfer syntaxes and stops; or Negato "
            "tells the same damage under another rule."
        ),
    ),
    Known(
        (
            "SegmentNumber not monotonically increasing from one by one - have "
            "SegmentSequence item number N (from one) with SegmentNumber of N"
        ),
        "",
        4,
        "A rule of one IOD or module alone, without weight for who reads the file.",
    ),
    Known(
        ("Shall not be present when PatientOrientationCodeSequence is present | PatientPosition"),
        "",
        2,
        "A rule of one IOD or module alone, without weight for who reads the file.",
    ),
    Known(
        "Shall not be present when PixelSpacing is present | PixelAspectRatio",
        "",
        1,
        "A rule of one IOD or module alone, without weight for who reads the file.",
    ),
    Known(
        ("Shall not be present when not an integer pixel data image | PixelPaddingValue"),
        "",
        1,
        "A rule of one IOD or module alone, without weight for who reads the file.",
    ),
    Known(
        "Tag read failed",
        "",
        3,
        (
            "It reads no deflated, and no newer, transfer syntaxes and stops; or Negato "
            "tells the same damage under another rule."
        ),
    ),
    Known(
        ("Tags out of order - trailing garbage, wrong transfer syntax, or not valid DICOM"),
        "",
        1,
        (
            "It reads no deflated, and no newer, transfer syntaxes and stops; or Negato "
            "tells the same damage under another rule."
        ),
    ),
    Known(
        (
            "Undefined value length of other byte/word element is illegal in "
            "nonNencapsulated transfer syntax"
        ),
        "",
        18,
        (
            "It reads no deflated, and no newer, transfer syntaxes and stops; or Negato "
            "tells the same damage under another rule."
        ),
    ),
    Known(
        "Value length read failed",
        "",
        1,
        (
            "It reads no deflated, and no newer, transfer syntaxes and stops; or Negato "
            "tells the same damage under another rule."
        ),
    ),
)

# rules and places of errors on files that the tool calls clean
OURS_ALONE = {
    r"disc-(damaged|missing) .*": "It does not look at the files of a disc, nor follow links.",
    "pixel-vr PixelData": "OB with 32 bits allocated: PS3.5 8.1.2 and A.2 ask for OW.",
    "attribute-missing PositionReferenceIndicator": "A capture with a frame of reference.",
    "attribute-missing SliceThickness": "A secondary capture with a position in the patient.",
    "attribute-conditional PatientOrientation": "Its IOD requires no directions: type 2C applies.",
}
