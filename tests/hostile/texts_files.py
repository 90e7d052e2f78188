"""Files of which every text is hostile: an image with all that a window names, and its state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydicom.datadict import dictionary_VR, tag_for_keyword

from tests.hostile.building import (
    IMPLICIT,
    PIXELS,
    As,
    attributes_of,
    data_set,
    file_of,
    item,
    pixel_element,
    uid_of,
)

# By what they are made to be taken for; in UTF-8 where that is said
TEXTS: dict[str, bytes] = {
    "markup": b"<b>DOE</b><img src='file:///etc/passwd'><a href='x'>^y</a>&amp;",
    "script": b"<script>alert(1)</script>",
    "document": b"<html><body><h1>Negato</h1>",
    "bidi": "DOE\u202egpj.exe\u2066\u200b\ufeff\u200d".encode(),
    "nul": b"DOE\0JANE\0",
    "escape": b"\x1b[31mDOE\x1b]0;owned\x07\x08\x08",
    "c1": "DOE\x9b31m\x85".encode(),
    "lines": "DOE\nJANE\r\nJIM\u2028\u2029\x0b\x0c".encode(),
    "tabs": b"DOE\tJANE\tJIM",
    "formula": b"=cmd|' /C calc'!A0",
    "at": b"@SUM(1+1)*cmd|' /C calc'!A0",
    "plus": b"+1+1",
    "minus": b"-1+1",
    "tab_formula": b"\t=1+1",
    "return_formula": b"\r=1+1",
    "wide_formula": "＝1+1".encode(),
    "keys": b"&File &&Quit [*] %1 %n %s {0}",
    "private_use": "DOE\ue000\U000f0000\U0010ffff".encode(),
    "not_unicode": b"DOE\xff\xfe\xc3",
    "surrogate": b"DOE\xed\xb2\x80",
    "combining": b"D" + "\u0301\u0489".encode() * 60,
    "quotes": b"DOE\"JANE'JIM,ONE;TWO",
    "long": b"DOE " * 64_000,
    "longest": b"W" * 1_000_000,
    "longest_bidi": "\u202e".encode() * 340_000,
}
TEXTS["mixed"] = b"".join(
    TEXTS[name] for name in ("escape", "c1", "lines", "bidi", "nul", "markup")
)
_NAMED = (
    "PatientName PatientID IssuerOfPatientID PatientBirthDate PatientSex PatientComments "
    "StudyDescription StudyDate StudyTime StudyID AccessionNumber SeriesDescription ProtocolName "
    "Modality Manufacturer InstitutionName ImageComments BodyPartExamined ConvolutionKernel "
    "ContrastBolusAgent RescaleType PixelSpacingCalibrationDescription ImageType "
    "WindowCenterWidthExplanation PatientOrientation SeriesDate AcquisitionTime ContentDate"
).split()
_UIDS = "StudyInstanceUID SeriesInstanceUID FrameOfReferenceUID"
_OF_PIXELS = (
    "Rows Columns BitsAllocated BitsStored HighBit PixelRepresentation PhotometricInterpretation "
    "SamplesPerPixel"
).split()
_UTF_8 = "ISO_IR 192"


def hostile_image(text: bytes, *, name: str = "image", uids: bool = True, **changed: Any) -> bytes:
    """Give a small grey image with ``text`` wherever it can say something."""
    named = (*_NAMED, *(_UIDS.split() if uids else ()))
    attributes: dict[str, Any] = {
        "SpecificCharacterSet": _UTF_8,
        **{keyword: As(_vr(keyword), text) for keyword in named},
        "WindowCenter": "20",
        "WindowWidth": "40",
        "RescaleSlope": "1",
        "RescaleIntercept": "0",
        **changed,
    }
    found = attributes_of(name, **attributes)
    found[0x00090010] = As("LO", text[:60_000])
    found[0x00091001] = As("LT", text)
    overlay = {
        0x60000010: As("US", 6),
        0x60000011: As("US", 8),
        0x60000022: As("LO", text),
        0x60000040: As("CS", "G"),
        0x60000050: As("SS", [1, 1]),
        0x60000100: As("US", 1),
        0x60000102: As("US", 0),
        0x60001500: As("LO", text),
        0x60003000: As("OW", b"\xaa" * 6),
    }
    table = {
        0x00283002: As("US", [2, 0, 16]),
        0x00283003: As("LO", text),
        0x00283006: As("US", [0, 65535]),
    }
    found[0x00283010] = As("SQ", item(data_set(table, IMPLICIT)))
    content = data_set(found | overlay, IMPLICIT) + pixel_element(PIXELS, IMPLICIT)
    return file_of(content, IMPLICIT)


def hostile_state(text: bytes, image: str) -> bytes:
    """Give a presentation state for the image of that name, its layers and annotations named so."""

    def inner(**values: Any) -> bytes:
        tags = {keyword: tag_for_keyword(keyword) for keyword in values}
        return item(data_set({tags[k]: As(_vr(k), value) for k, value in values.items()}, IMPLICIT))

    referenced = inner(
        ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.7", ReferencedSOPInstanceUID=uid_of(image)
    )
    words = inner(
        BoundingBoxAnnotationUnits="PIXEL",
        UnformattedTextValue=text,
        BoundingBoxTopLeftHandCorner=[1.0, 1.0],
        BoundingBoxBottomRightHandCorner=[6.0, 4.0],
        BoundingBoxTextHorizontalJustification="LEFT",
    )
    layer = text[:60]
    attributes = {
        "SpecificCharacterSet": _UTF_8,
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.11.1",
        "SOPInstanceUID": uid_of("state"),
        "SeriesInstanceUID": uid_of("states"),
        "StudyInstanceUID": uid_of("study"),
        "Modality": "PR",
        **{key: As(_vr(key), text) for key in ("PatientName", "PatientID", "ContentCreatorName")},
        "ContentLabel": As("CS", text),
        "ContentDescription": As("LO", text),
        "PresentationLUTShape": "IDENTITY",
        "ReferencedSeriesSequence": inner(
            SeriesInstanceUID=uid_of("series"), ReferencedImageSequence=referenced
        ),
        "DisplayedAreaSelectionSequence": inner(
            DisplayedAreaTopLeftHandCorner=[1, 1],
            DisplayedAreaBottomRightHandCorner=[8, 6],
            PresentationSizeMode="SCALE TO FIT",
            PresentationPixelAspectRatio=["1", "1"],
        ),
        "GraphicLayerSequence": inner(GraphicLayer=layer, GraphicLayerOrder="1"),
        "GraphicAnnotationSequence": inner(GraphicLayer=layer, TextObjectSequence=words),
        **dict.fromkeys(_OF_PIXELS),
    }
    return file_of(data_set(attributes_of("state", **attributes), IMPLICIT), IMPLICIT)


def hostile_folder(folder: Path, text: bytes) -> Path:
    """Write an image, a state for it, an image with hostile UIDs, and a damaged file."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = hostile_image(text, uids=False, SeriesInstanceUID=uid_of("series"))
    (folder / "image").write_bytes(whole)
    (folder / "state").write_bytes(hostile_state(text, "image"))
    (folder / "other").write_bytes(hostile_image(text, name="other"))
    (folder / "damaged").write_bytes(whole[:170])
    return folder


def _vr(keyword: str) -> str:
    tag = tag_for_keyword(keyword)
    assert tag is not None
    return dictionary_VR(tag).split(" or ")[0]
