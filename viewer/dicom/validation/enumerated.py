"""Values that the standard enumerates, and attributes that go together. PS3.3.

The few that decide how an image is shown or found; defined terms, which anybody may add to, are
not checked.
"""

from __future__ import annotations

from collections.abc import Iterable

from viewer.dicom.validation.elements import (
    PER_FRAME_GROUPS,
    SHARED_GROUPS,
    DataSet,
    Element,
    name_of,
    tag_of,
)
from viewer.dicom.validation.findings import Collector, quoted

# keyword: values, section, and which of several values is meant (0: all)
_ENUMERATED: dict[str, tuple[frozenset[str], str, int]] = {
    keyword: (frozenset(values.split()), section, which)
    for keyword, values, section, which in (
        ("PatientSex", "M F O", "PS3.3 C.7.1.1", 0),
        ("Laterality", "R L", "PS3.3 C.7.3.1", 0),
        ("ImageLaterality", "R L U B", "PS3.3 C.7.6.1", 0),
        ("FrameLaterality", "R L U B", "PS3.3 C.7.6.16.2.8", 0),
        ("BurnedInAnnotation", "YES NO", "PS3.3 C.7.6.1", 0),
        ("RecognizableVisualFeatures", "YES NO", "PS3.3 C.7.6.1", 0),
        ("LossyImageCompression", "00 01", "PS3.3 C.7.6.1.1.5", 0),
        ("PatientIdentityRemoved", "YES NO", "PS3.3 C.7.1.1", 0),
        ("VOILUTFunction", "LINEAR LINEAR_EXACT SIGMOID", "PS3.3 C.11.2.1.3", 0),
        ("PresentationLUTShape", "IDENTITY INVERSE", "PS3.3 C.11.6", 0),
        ("QualityControlImage", "YES NO BOTH", "PS3.3 C.7.6.1", 0),
        ("ContinuityOfContent", "SEPARATE CONTINUOUS", "PS3.3 C.17.3", 0),
        ("CompletionFlag", "PARTIAL COMPLETE", "PS3.3 C.17.2", 0),
        ("VerificationFlag", "UNVERIFIED VERIFIED", "PS3.3 C.17.2", 0),
        ("OverlayType", "G R", "PS3.3 C.9.2", 0),
        ("MRAcquisitionType", "2D 3D", "PS3.3 C.8.3.1", 0),
        ("CountsSource", "EMISSION TRANSMISSION", "PS3.3 C.8.9.1", 0),
        ("DecayCorrection", "NONE START ADMIN", "PS3.3 C.8.9.1", 0),
        ("DoseUnits", "GY RELATIVE", "PS3.3 C.8.8.3", 0),
        ("DoseType", "PHYSICAL EFFECTIVE ERROR", "PS3.3 C.8.8.3", 0),
        ("SegmentationType", "BINARY FRACTIONAL LABELMAP", "PS3.3 C.8.20.2", 0),
        ("ImageType", "ORIGINAL DERIVED", "PS3.3 C.7.6.1.1.2", 1),
    )
}
_SECONDARY_VALUES = frozenset(("PRIMARY", "SECONDARY"))  # of ImageType, the second
_NUMBERS = {
    "PixelRepresentation": ((0, 1), "PS3.3 C.7.6.3.1"),
    "PlanarConfiguration": ((0, 1), "PS3.3 C.7.6.3.1.3"),
}
_CLASS = "1.2.840.10008.5.1.4.1.1."
_GREY = frozenset(("MONOCHROME1", "MONOCHROME2"))
# SOP class: photometrics, BitsAllocated, section
_OF_CLASS: dict[str, tuple[frozenset[str], tuple[int, ...], str]] = {
    f"{_CLASS}1": (_GREY, (), "PS3.3 C.8.1.2"),
    f"{_CLASS}2": (_GREY, (16,), "PS3.3 C.8.2.1"),
    f"{_CLASS}4": (_GREY, (16,), "PS3.3 C.8.3.1"),
    f"{_CLASS}128": (frozenset(("MONOCHROME2",)), (16,), "PS3.3 C.8.9.4"),
    f"{_CLASS}20": (frozenset(("MONOCHROME2", "PALETTE COLOR")), (8, 16), "PS3.3 C.8.4.8"),
    f"{_CLASS}1.1": (_GREY, (8, 16), "PS3.3 C.8.11.3"),
    f"{_CLASS}1.1.1": (_GREY, (8, 16), "PS3.3 C.8.11.3"),
    f"{_CLASS}1.2": (_GREY, (8, 16), "PS3.3 C.8.11.3"),
    f"{_CLASS}1.2.1": (_GREY, (8, 16), "PS3.3 C.8.11.3"),
    f"{_CLASS}481.2": (frozenset(("MONOCHROME2",)), (16, 32), "PS3.3 C.8.8.3"),
}
# SOP class: section on the third value of ImageType, which CT and MR must have
_THREE_VALUES = {f"{_CLASS}2": "PS3.3 C.8.2.1.1.1", f"{_CLASS}4": "PS3.3 C.8.3.1.1.1"}
_PAIRS = (("WindowCenter", "WindowWidth", "PS3.3 C.11.2.1.2"),)
_FRAME_CONTENT = 0x00209111


def check_enumerated(root: DataSet, collector: Collector) -> None:
    """Check the values of a data set and of its items."""
    _walk(root, collector, "")
    _of_class(root, collector)
    _functional_groups(root, collector)


_BY_TAG = {tag_of(keyword): (keyword, *told) for keyword, told in _ENUMERATED.items()}
_BY_NUMBER_TAG = {tag_of(keyword): (keyword, *told) for keyword, told in _NUMBERS.items()}
_OVERLAY_TYPE = 0x60000040


def _walk(level: DataSet, collector: Collector, prefix: str) -> None:
    for element in level.elements:
        tag = _OVERLAY_TYPE if element.tag & 0xFF00FFFF == _OVERLAY_TYPE else element.tag
        if tag in _BY_TAG:
            _one_of(element, _BY_TAG[tag], level, collector, prefix)
        elif tag in _BY_NUMBER_TAG:
            keyword, allowed, section = _BY_NUMBER_TAG[tag]
            number = level.number(keyword)
            if number is not None and number not in allowed:
                told = f"{keyword} is {number:g}; it can be {_listed(allowed)}."
                where = prefix + keyword
                collector.add("value-enumerated", told, tag=tag, where=where, section=section)
        for number_of, item in enumerate(element.items or ()):
            _walk(item, collector, f"{prefix}{name_of(element.tag)}[{number_of}].")
    for first, second, section in _PAIRS:
        counts = [len(level.texts(keyword)) for keyword in (first, second)]
        if all(counts) and counts[0] != counts[1]:
            told = f"{first} has {counts[0]} values, {second} {counts[1]}."
            where = prefix + first
            collector.add("attribute-pair", told, tag=tag_of(first), where=where, section=section)
    if level.number("RescaleSlope") == 0:
        where, tag, section = f"{prefix}RescaleSlope", tag_of("RescaleSlope"), "PS3.3 C.11.1"
        told = "RescaleSlope is 0; all values would be the same."
        collector.add("value-enumerated", told, tag=tag, where=where, section=section)
    width = level.number("WindowWidth")
    if width is not None and (
        width <= 0 or (width < 1 and level.text("VOILUTFunction") in ("", "LINEAR"))
    ):
        told = f"WindowWidth is {width:g}; it must be at least 1, or above 0 where not LINEAR."
        where, section = f"{prefix}WindowWidth", "PS3.3 C.11.2.1.2"
        tag = tag_of("WindowWidth")
        collector.add("value-enumerated", told, tag=tag, where=where, section=section)


def _one_of(
    element: Element,
    known: tuple[str, frozenset[str], str, int],
    level: DataSet,
    collector: Collector,
    prefix: str,
) -> None:
    keyword, allowed, section, which = known
    text = (element.value or b"").decode("latin-1").rstrip("\0 ")
    values = [one.strip() for one in text.split("\\")] if text else []
    judged = [(one, allowed) for one in (values[:which] if which else values)]
    if keyword == "ImageType" and len(values) > 1:
        judged.append((values[1], _SECONDARY_VALUES))
    for value, those in judged:
        if value not in those:
            told = f"{keyword} is {quoted(value)}; it can be {_listed(sorted(those))}."
            where = prefix + name_of(element.tag)
            collector.add("value-enumerated", told, tag=element.tag, where=where, section=section)


def _of_class(root: DataSet, collector: Collector) -> None:
    uid, kinds = root.text("SOPClassUID"), root.texts("ImageType")
    if uid in _THREE_VALUES and 0 < len(kinds) < 3:
        told = f"ImageType has {len(kinds)} values; the third must say what kind of image it is."
        tag, section = tag_of("ImageType"), _THREE_VALUES[uid]
        collector.add("value-iod", told, tag=tag, where="ImageType", section=section)
    known = _OF_CLASS.get(root.text("SOPClassUID"))
    if known is None or not root.has("Rows"):
        return
    photometrics, bits, section = known
    photometric, allocated = root.text("PhotometricInterpretation"), root.number("BitsAllocated")
    if photometric and photometric not in photometrics:
        told = (
            f"PhotometricInterpretation is {quoted(photometric)}; images of this class are "
            f"{_listed(sorted(photometrics))}."
        )
        keyword = "PhotometricInterpretation"
        collector.add("value-iod", told, tag=tag_of(keyword), where=keyword, section=section)
    if bits and allocated is not None and allocated not in bits:
        told = f"BitsAllocated is {allocated:g}; images of this class have {_listed(bits)}."
        keyword = "BitsAllocated"
        collector.add("value-iod", told, tag=tag_of(keyword), where=keyword, section=section)


def _functional_groups(root: DataSet, collector: Collector) -> None:
    shared, frames = root.by_tag.get(SHARED_GROUPS), root.by_tag.get(PER_FRAME_GROUPS)
    if shared is not None and len(shared.items or ()) > 1:
        told = f"SharedFunctionalGroupsSequence has {len(shared.items or ())} items; it has one."
        where = "SharedFunctionalGroupsSequence"
        collector.add("frames-number", told, tag=SHARED_GROUPS, where=where)
    if frames is None or not frames.items:
        return
    where, stated = "PerFrameFunctionalGroupsSequence", root.whole("NumberOfFrames")
    if stated is not None and stated != len(frames.items):
        told = (
            f"NumberOfFrames is {stated:,}; there are functional groups of {len(frames.items):,}."
        )
        collector.add("frames-number", told, tag=PER_FRAME_GROUPS, where=where)
    _dimensions(root, frames.items, collector)
    of_all = shared.items[0].by_tag if shared is not None and shared.items else {}
    if _FRAME_CONTENT in of_all:
        told = "FrameContentSequence is of each frame, and cannot be shared."
        place = "SharedFunctionalGroupsSequence[0].FrameContentSequence"
        collector.add("frames-shared", told, tag=_FRAME_CONTENT, where=place)
    both = {  # creators of private blocks stand in each item that has one
        tag
        for item in frames.items
        for tag, element in item.by_tag.items()
        if tag in of_all and element.items is not None
    }
    for tag in sorted(both):
        told = f"{name_of(tag)} is both shared and of single frames."
        collector.add("frames-shared", told, tag=tag, where=f"{where}[0].{name_of(tag)}")


def _dimensions(root: DataSet, frames: list[DataSet], collector: Collector) -> None:
    dimensions = len(root.items("DimensionIndexSequence"))
    for number, frame in enumerate(frames if dimensions else ()):
        for content in frame.items("FrameContentSequence"):
            count = len(content.numbers("DimensionIndexValues"))
            if count and count != dimensions:
                told = f"DimensionIndexValues has {count} values for {dimensions} dimensions."
                place = f"[{number}].FrameContentSequence[0].DimensionIndexValues"
                where = f"PerFrameFunctionalGroupsSequence{place}"
                tag = tag_of("DimensionIndexValues")
                collector.add("frames-dimensions", told, tag=tag, where=where)


def _listed(values: Iterable[object]) -> str:
    words = [f"{one}" for one in values]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
