"""When an attribute of type 1C or 2C is required: the conditions that a file itself can answer.

Each says whether the attribute must be there. One that is not here is not checked: most depend
on what the examination was, which no file says.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from viewer.dicom.validation.elements import DataSet, tag_of

_PAIRED = frozenset(
    "ANKLE ARM BREAST CALF CLAVICLE EAR ELBOW EYE FEMUR FINGER FOOT FOREARM HAND HIP HUMERUS "
    "KIDNEY KNEE LEG OPTICCANAL ORBIT SCAPULA SHOULDER THIGH THUMB TOE WRIST ZYGOMA".split()
)
_SUPINE_CLASSES = frozenset(  # PS3.3 C.7.3.1.1.2: those of which PatientPosition is required
    f"1.2.840.10008.5.1.4.1.1.{part}" for part in ("2", "4", "2.1", "4.1", "4.2", "4.3")
)
_MULTI_FRAME_VECTORS = (
    "EnergyWindowVector DetectorVector PhaseVector RotationVector RRIntervalVector TimeSlotVector "
    "SliceVector AngularViewVector TimeSliceVector"
).split()


# the attributes of content items, each with the value types that have it: PS3.3 C.17.3, C.18, 10.2
_OF_VALUE_TYPES = {
    "ConceptCodeSequence": ("CODE",),
    "ContinuityOfContent": ("CONTAINER",),
    "DateTime": ("DATETIME",),
    "Date": ("DATE",),
    "GraphicData": ("SCOORD", "SCOORD3D"),
    "GraphicType": ("SCOORD", "SCOORD3D"),
    "MeasuredValueSequence": ("NUM",),
    "MeasurementUnitsCodeSequence": ("NUMERIC",),
    "NumericValue": ("NUMERIC",),
    "PersonName": ("PNAME",),
    "ReferencedFrameOfReferenceUID": ("SCOORD3D",),
    "ReferencedSOPSequence": ("COMPOSITE", "IMAGE", "WAVEFORM"),
    "TabulatedValuesSequence": ("TABLE",),
    "TemporalRangeType": ("TCOORD",),
    "TextValue": ("TEXT",),
    "Time": ("TIME",),
    "UID": ("UIDREF",),
}


@dataclass(frozen=True, slots=True)
class Context:
    """Where a condition is asked: the item, or data set, and the whole."""

    here: DataSet
    root: DataSet
    module: str
    has_planes: bool  # the IOD requires an orientation, in the patient or of a slide


Condition = Callable[[Context], bool]


def can_apply(keyword: str, context: Context) -> bool:
    """Tell whether an attribute has a place here: of a content item, by its value type."""
    if context.here.has("ReferencedContentItemIdentifier"):
        return False  # it stands for another item
    kinds = _OF_VALUE_TYPES.get(keyword)
    if kinds is None or not context.here.has("ValueType"):
        return True
    return context.here.text("ValueType") in kinds


def is_required(keyword: str, context: Context) -> bool:
    """Tell whether the condition of an attribute is met, as far as that is known."""
    if keyword in _OF_VALUE_TYPES and context.here.has("ValueType"):
        return True
    condition = _CONDITIONS.get((context.module, keyword)) or _CONDITIONS.get(("", keyword))
    return condition is not None and condition(context)


def _has(*keywords: str) -> Condition:
    return lambda context: any(context.here.has(keyword) for keyword in keywords)


def _says(keyword: str) -> Condition:
    return lambda context: bool(context.here.texts(keyword))


def _lacks(*keywords: str) -> Condition:
    return lambda context: not any(context.here.has(keyword) for keyword in keywords)


def _is(keyword: str, *values: str) -> Condition:
    return lambda context: not set(values).isdisjoint(context.here.texts(keyword))


def _all(*conditions: Condition) -> Condition:
    return lambda context: all(condition(context) for condition in conditions)


def _many_samples(context: Context) -> bool:
    return (context.here.number("SamplesPerPixel") or 1) > 1


def _points_to(keyword: str) -> Condition:
    def points(context: Context) -> bool:
        element = context.root.get("FrameIncrementPointer")
        value = (element.value if element is not None else b"") or b""
        tag = tag_of(keyword)
        words = [
            one for (one,) in struct.iter_unpack(context.root.order + "H", value[: len(value) & ~1])
        ]
        return any(
            words[at : at + 2] == [tag >> 16, tag & 0xFFFF] for at in range(0, len(words), 2)
        )

    return points


def _is_unlateralised(context: Context) -> bool:
    part = context.here.text("BodyPartExamined").replace(" ", "").upper()
    return part in _PAIRED and not context.here.has("ImageLaterality")


def _is_supine_class(context: Context) -> bool:
    return context.root.text("SOPClassUID") in _SUPINE_CLASSES and not context.root.has(
        "PatientOrientationCodeSequence"
    )


def _without_planes(context: Context) -> bool:
    return not context.has_planes


def _is_not_plain_echo_planar(context: Context) -> bool:
    is_planar = "EP" in context.here.texts("ScanningSequence")
    return not (is_planar and "SK" not in context.here.texts("SequenceVariant"))


def _is_not_tiled_full(context: Context) -> bool:
    return context.here.text("DimensionOrganizationType") != "TILED_FULL"


def _has_value_code(context: Context) -> bool:
    return context.here.has("CodeValue") or context.here.has("LongCodeValue")


_PALETTES = ("Red", "Green", "Blue")
_PALETTE = _is("PhotometricInterpretation", "PALETTE COLOR")

# by module ("" for any) and keyword
_CONDITIONS: dict[tuple[str, str], Condition] = {
    ("", "PlanarConfiguration"): _many_samples,
    **{("", f"{name}PaletteColorLookupTableDescriptor"): _PALETTE for name in _PALETTES},
    **{
        ("", f"{name}PaletteColorLookupTableData"): _all(
            _PALETTE, _lacks(f"Segmented{name}PaletteColorLookupTableData")
        )
        for name in _PALETTES
    },
    ("image-pixel", "PixelData"): _lacks(
        "PixelDataProviderURL", "FloatPixelData", "DoubleFloatPixelData"
    ),
    ("", "ExtendedOffsetTableLengths"): _has("ExtendedOffsetTable"),
    ("general-image", "PatientOrientation"): _without_planes,
    ("general-series", "PatientPosition"): _is_supine_class,
    ("general-series", "Laterality"): _is_unlateralised,
    ("", "WindowWidth"): _has("WindowCenter"),
    ("", "WindowCenter"): _has("WindowWidth"),
    ("", "RescaleSlope"): _has("RescaleIntercept"),
    ("", "RescaleIntercept"): _has("RescaleSlope"),
    ("modality-lut", "RescaleType"): _has("RescaleIntercept"),
    ("", "PixelPaddingValue"): _has("PixelPaddingRangeLimit"),
    ("", "DeidentificationMethod"): _all(
        _is("PatientIdentityRemoved", "YES"), _lacks("DeidentificationMethodCodeSequence")
    ),
    ("", "ResponsiblePersonRole"): _says("ResponsiblePerson"),
    ("", "PerFrameFunctionalGroupsSequence"): _is_not_tiled_full,
    ("", "PatientAlternativeCalendar"): _has(
        "PatientBirthDateInAlternativeCalendar", "PatientDeathDateInAlternativeCalendar"
    ),
    ("cine", "FrameTime"): _points_to("FrameTime"),
    ("cine", "FrameTimeVector"): _points_to("FrameTimeVector"),
    **{("", keyword): _points_to(keyword) for keyword in _MULTI_FRAME_VECTORS},
    ("us-image", "FrameIncrementPointer"): lambda context: (
        (context.here.number("NumberOfFrames") or 1) > 1
    ),
    **{
        ("", keyword): _is("ShutterShape", "RECTANGULAR")
        for keyword in (
            "ShutterLeftVerticalEdge",
            "ShutterRightVerticalEdge",
            "ShutterUpperHorizontalEdge",
            "ShutterLowerHorizontalEdge",
        )
    },
    ("", "CenterOfCircularShutter"): _is("ShutterShape", "CIRCULAR"),
    ("", "RadiusOfCircularShutter"): _is("ShutterShape", "CIRCULAR"),
    ("", "VerticesOfThePolygonalShutter"): _is("ShutterShape", "POLYGONAL"),
    **{
        ("", keyword): _is("CollimatorShape", "RECTANGULAR")
        for keyword in (
            "CollimatorLeftVerticalEdge",
            "CollimatorRightVerticalEdge",
            "CollimatorUpperHorizontalEdge",
            "CollimatorLowerHorizontalEdge",
        )
    },
    ("", "CenterOfCircularCollimator"): _is("CollimatorShape", "CIRCULAR"),
    ("", "RadiusOfCircularCollimator"): _is("CollimatorShape", "CIRCULAR"),
    ("", "VerticesOfThePolygonalCollimator"): _is("CollimatorShape", "POLYGONAL"),
    ("", "PixelSpacingCalibrationDescription"): _has("PixelSpacingCalibrationType"),
    ("", "LossyImageCompressionRatio"): _is("LossyImageCompression", "01"),
    ("mr-image", "RepetitionTime"): _is_not_plain_echo_planar,
    ("mr-image", "InversionTime"): _is("ScanningSequence", "IR"),
    ("pet-series", "NumberOfRRIntervals"): _is("SeriesType", "GATED"),
    ("pet-series", "NumberOfTimeSlots"): _is("SeriesType", "GATED"),
    ("pet-series", "NumberOfTimeSlices"): _is("SeriesType", "DYNAMIC"),
    ("pet-series", "ReprojectionMethod"): _is("SeriesType", "REPROJECTION"),
    ("pet-image", "TriggerTime"): _is("SeriesType", "GATED"),
    ("pet-image", "FrameTime"): _is("SeriesType", "GATED"),
    ("pet-image", "LowRRValue"): _is("BeatRejectionFlag", "Y"),
    ("pet-image", "HighRRValue"): _is("BeatRejectionFlag", "Y"),
    ("pet-image", "DecayFactor"): _is("DecayCorrection", "START", "ADMIN"),
    ("", "SOPInstanceUIDOfConcatenationSource"): _has("ConcatenationUID"),
    ("", "InConcatenationNumber"): _has("ConcatenationUID"),
    ("", "ConcatenationFrameOffsetNumber"): _has("ConcatenationUID"),
    ("", "CodeValue"): _all(_has("CodeMeaning"), _lacks("LongCodeValue", "URNCodeValue")),
    ("", "CodingSchemeDesignator"): _has_value_code,
    ("", "MappingResource"): _has("ContextIdentifier"),
    ("", "ContextGroupVersion"): _has("ContextIdentifier"),
    ("", "ContextGroupLocalVersion"): _is("ContextGroupExtensionFlag", "Y"),
    ("", "ContextGroupExtensionCreatorUID"): _is("ContextGroupExtensionFlag", "Y"),
    ("multi-frame-dimension", "DimensionIndexSequence"): lambda context: (
        context.here.text("DimensionOrganizationType") != "TILED_FULL"
    ),
}
