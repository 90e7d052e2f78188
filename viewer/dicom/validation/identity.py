"""UIDs and directions of one file, and what the files of a series are compared by."""

from __future__ import annotations

import math

from viewer.dicom.validation.elements import DataSet, name_of, tag_of
from viewer.dicom.validation.findings import Collector, Identity, Plane, quoted

_STANDARD_ROOT = "1.2.840.10008."
_TOLERANCE = 1e-3  # of the length of a direction, and of the cosine between two
_ORIENTATION, _SPACING = 0x00200037, 0x00280030
# what images of one place differ in
_ACQUISITION = (
    *("AcquisitionNumber", "TemporalPositionIdentifier", "EchoNumbers", "EchoTime", "TriggerTime"),
    *("InversionTime", "AcquisitionTime", "ContentTime", "ImageType", "DiffusionBValue"),
    *("NominalCardiacTriggerDelayTime", "FrameReferenceTime", "StackID", "FlipAngle"),
)


def check_uids(root: DataSet, collector: Collector) -> None:
    """Check that study, series and instance have UIDs of their own."""
    uids = {
        keyword: root.text(keyword)
        for keyword in (
            *("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"),
            "FrameOfReferenceUID",
        )
    }
    told = list(uids.items())
    for number, (keyword, uid) in enumerate(told):
        if (
            uid.startswith(_STANDARD_ROOT) and keyword != "FrameOfReferenceUID"
        ):  # has well-known ones
            said = f"{keyword} {quoted(uid)} is under the root of the standard itself."
            collector.add("uid-root", said, tag=tag_of(keyword), where=keyword)
        for other, same in told[:number]:
            if uid and uid == same:
                said = f"{keyword} and {other} are the same."
                collector.add("uid-series-study", said, tag=tag_of(keyword), where=keyword)


def check_directions(level: DataSet, collector: Collector, prefix: str = "") -> None:
    """Check directions and pixel sizes, wherever they are."""
    for element in level.elements:
        if element.tag == _ORIENTATION:
            _check_orientation(level.numbers("ImageOrientationPatient"), collector, prefix)
        elif element.tag == _SPACING:
            spacing = level.numbers("PixelSpacing")
            if any(not one > 0 for one in spacing):
                told = f"PixelSpacing is {_listed(spacing)}; both must be above 0."
                where = f"{prefix}PixelSpacing"
                collector.add("geometry-pixel-spacing", told, tag=_SPACING, where=where)
        for number, item in enumerate(element.items or ()):
            check_directions(item, collector, f"{prefix}{name_of(element.tag)}[{number}].")


def _check_orientation(values: tuple[float, ...], collector: Collector, prefix: str) -> None:
    if len(values) != 6:
        return
    row, column = values[:3], values[3:]
    lengths = math.hypot(*row), math.hypot(*column)
    cosine = sum(a * b for a, b in zip(row, column, strict=True))
    told = ""
    if not all(abs(length - 1) <= _TOLERANCE for length in lengths):
        told = f"The directions have the lengths {_listed(lengths)}; both must be 1."
    elif not abs(cosine) <= _TOLERANCE:
        angle = math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
        told = f"The directions stand at {angle:.3g}° to each other; it must be 90°."
    if told:
        where = f"{prefix}ImageOrientationPatient"
        collector.add("geometry-orientation", told, tag=_ORIENTATION, where=where)


def _listed(values: tuple[float, ...]) -> str:
    return " and ".join(f"{one:.6g}" for one in values)


def identity_of(root: DataSet, syntax: str) -> Identity:
    """Give what the file is compared by with the others."""
    return Identity(
        sop_class_uid=root.text("SOPClassUID"),
        sop_instance_uid=root.text("SOPInstanceUID"),
        study_uid=root.text("StudyInstanceUID"),
        series_uid=root.text("SeriesInstanceUID"),
        frame_of_reference_uid=root.text("FrameOfReferenceUID"),
        transfer_syntax_uid=syntax,
        patient_id=root.text("PatientID"),
        modality=root.text("Modality"),
        acquisition="|".join("\\".join(root.texts(keyword)) for keyword in _ACQUISITION),
        plane=_plane(root),
    )


def _plane(root: DataSet) -> Plane | None:
    orientation = root.numbers("ImageOrientationPatient")
    position = root.numbers("ImagePositionPatient")
    rows, columns = root.whole("Rows"), root.whole("Columns")
    is_whole = len(orientation) == 6 and len(position) == 3 and rows and columns
    if not is_whole or not all(map(math.isfinite, (*orientation, *position))):
        return None
    between = root.number("SpacingBetweenSlices")
    return Plane(orientation, position, rows or 0, columns or 0, between)
