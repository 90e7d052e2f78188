"""The rules: their short names, how much each matters, where the standard says so.

Names are for good: people write them into ``--ignore``. What breaks a rule is found elsewhere.
Conditions of attributes of type 1C and 2C that are not in `conditions` are not checked, nor are
defined terms, context groups, templates of structured reports, and retired attributes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: an error breaks the standard, a warning hinders readers, a note is worth knowing."""

    severity: Severity
    section: str
    title: str


_E, _W, _N = SEVERITIES

RULES: dict[str, Rule] = {
    # the file: PS3.10
    "file-unreadable": Rule(_E, "PS3.10 7", "The file can be read"),
    "file-not-checked": Rule(_W, "", "The file was checked, being within the limits"),
    "file-prefix": Rule(_E, "PS3.10 7.1", "A file begins with a preamble and DICM"),
    "file-preamble-program": Rule(_E, "PS3.10 7.1", "The preamble is no program"),
    "meta-missing": Rule(_E, "PS3.10 7.1", "The file meta information has its type 1 elements"),
    "meta-group-length": Rule(_E, "PS3.10 7.1", "The length of group 0002 is right"),
    "meta-version": Rule(_E, "PS3.10 7.1", "FileMetaInformationVersion is 00 01"),
    "meta-element": Rule(_E, "PS3.10 7.1", "Group 0002 holds its own elements only"),
    "meta-sop-class": Rule(_E, "PS3.10 7.1", "MediaStorageSOPClassUID is the SOPClassUID"),
    "meta-sop-instance": Rule(_E, "PS3.10 7.1", "MediaStorageSOPInstanceUID is SOPInstanceUID"),
    "meta-implementation": Rule(_W, "PS3.7 D.3.3.2", "ImplementationVersionName has 1 to 16"),
    "transfer-syntax-unknown": Rule(_E, "PS3.5 A", "The transfer syntax is one of the standard"),
    "transfer-syntax-retired": Rule(_W, "PS3.6 A", "The transfer syntax is not retired"),
    "transfer-syntax-encoding": Rule(_E, "PS3.5 A", "The data set is encoded as it says"),
    "transfer-syntax-pixels": Rule(_E, "PS3.5 A.4", "Pixels are compressed where it says so"),
    # the structure: PS3.5 7
    "structure-cut": Rule(_E, "PS3.5 7.1", "The file does not end within an element"),
    "structure-damaged": Rule(_E, "PS3.5 7", "The bytes are data elements"),
    "structure-trailing": Rule(_W, "PS3.10 7.2", "Nothing but padding follows the data set"),
    "structure-order": Rule(_E, "PS3.5 7.1", "Tags rise"),
    "structure-duplicate": Rule(_E, "PS3.5 7.1", "A data set holds a tag once"),
    "structure-delimiter": Rule(_E, "PS3.5 7.5", "Delimiters stand where they belong"),
    "structure-item": Rule(_E, "PS3.5 7.5", "A sequence holds items, within its length"),
    "length-odd": Rule(_E, "PS3.5 7.1.1", "Values have an even length"),
    "length-undefined": Rule(_E, "PS3.5 7.1.2", "Only sequences and the like have no length"),
    "group-invalid": Rule(_E, "PS3.5 7.1", "No group 0000 to 0003, 0005, 0007, FFFF"),
    "group-length": Rule(_N, "PS3.5 7.2", "No retired group lengths"),
    "private-creator": Rule(_E, "PS3.5 7.8.1", "Private elements have a creator"),
    # values: PS3.5 6
    "vr-missing": Rule(_E, "PS3.5 7.1.2", "An explicit element has a VR"),
    "vr-unknown": Rule(_E, "PS3.5 6.2", "The VR is one of the standard"),
    "vr-dictionary": Rule(_E, "PS3.6 6", "The VR is that of the dictionary"),
    "vr-un": Rule(_W, "PS3.5 6.2.2", "A known element is not written as UN"),
    "tag-unknown": Rule(_W, "PS3.6 6", "Elements of even groups are in the dictionary"),
    "vm-dictionary": Rule(_E, "PS3.6 6", "As many values as the dictionary allows"),
    "value-length": Rule(_E, "PS3.5 6.2", "A binary value fills whole words"),
    "value-padding": Rule(_E, "PS3.5 6.2", "Text is padded with a space, a UID with a null"),
    **{
        f"vr-{vr}-{what}": Rule(_E, "PS3.5 6.2", title)
        for what, title, vrs in (
            (
                "length",
                "A value is no longer than its VR allows",
                "ae as cs da ds dt is lo lt pn sh st tm ui",
            ),
            (
                "repertoire",
                "A value has characters of its VR only",
                "ae as cs da ds dt is lo lt pn sh st tm uc ui ur ut",
            ),
            ("form", "A value has the form of its VR", "as da ds dt is pn tm ui ur"),
        )
        for vr in vrs.split()
    },
    "vr-is-range": Rule(_E, "PS3.5 6.2", "An integer string fits into 32 bits"),
    "charset-unknown": Rule(_E, "PS3.3 C.12.1.1.2", "SpecificCharacterSet has defined terms"),
    "charset-combination": Rule(_E, "PS3.3 C.12.1.1.2", "Its terms can stand together"),
    "charset-missing": Rule(_E, "PS3.3 C.12.1.1.2", "Text beyond ASCII says its character set"),
    "charset-text": Rule(_E, "PS3.5 6.1", "Text can be decoded"),
    "charset-escape": Rule(_E, "PS3.5 6.1.2.5", "Escape sequences belong to the character sets"),
    # attributes: PS3.3
    "sop-class-missing": Rule(_E, "PS3.3 C.12.1", "There is a SOPClassUID"),
    "sop-class-unknown": Rule(_N, "PS3.4 B.5", "The SOP Class is one whose IOD is known"),
    "attribute-missing": Rule(_E, "PS3.5 7.4", "Attributes of type 1 and 2 are there"),
    "attribute-empty": Rule(_E, "PS3.5 7.4.1", "Attributes of type 1 have a value"),
    "attribute-conditional": Rule(_E, "PS3.5 7.4", "Attributes of type 1C and 2C are there"),
    "attribute-pair": Rule(_E, "PS3.3 C.11.2", "Attributes that go together have as many values"),
    "value-enumerated": Rule(_E, "PS3.3 C", "A value is one of those enumerated"),
    "value-iod": Rule(_E, "PS3.3 C.8", "A value is one that the IOD allows"),
    "code-incomplete": Rule(_E, "PS3.3 8.8", "A code has value, scheme and meaning"),
    "frames-number": Rule(_E, "PS3.3 C.7.6.16", "As many functional groups as frames"),
    "frames-shared": Rule(_E, "PS3.3 C.7.6.16", "A functional group is shared or per frame"),
    "frames-dimensions": Rule(_E, "PS3.3 C.7.6.17", "Frames have an index for each dimension"),
    # pixels
    "pixel-bits": Rule(_E, "PS3.5 8.1.1", "BitsAllocated, BitsStored and HighBit agree"),
    "pixel-size": Rule(_E, "PS3.3 C.7.6.3.1", "An image has rows and columns"),
    "pixel-samples": Rule(_E, "PS3.3 C.7.6.3.1.2", "Samples are those of the photometric"),
    "pixel-length": Rule(_E, "PS3.5 8.1", "Pixel data holds what the header says"),
    "pixel-padding": Rule(_W, "PS3.5 8.1", "Pixel data holds no more than the header says"),
    "pixel-vr": Rule(_E, "PS3.5 A.2", "The VR of pixel data suits BitsAllocated"),
    "overlay-plane": Rule(_E, "PS3.3 C.9.2", "An overlay has what describes it"),
    "pixel-lut": Rule(_E, "PS3.3 C.7.6.3.1.6", "Lookup tables hold what they describe"),
    "fragments-offsets": Rule(_E, "PS3.5 A.4", "The offset table leads to the frames"),
    "fragments-frames": Rule(_E, "PS3.5 A.4", "There are as many streams as frames"),
    "fragments-delimiter": Rule(_E, "PS3.5 A.4", "Fragments end with their delimiter"),
    "stream-damaged": Rule(_E, "PS3.5 8.2", "The compressed stream is whole"),
    "stream-kind": Rule(_E, "PS3.5 8.2", "The stream is of the transfer syntax"),
    "stream-size": Rule(_E, "PS3.5 8.2", "Rows and Columns are the stream's"),
    "stream-samples": Rule(_E, "PS3.5 8.2", "SamplesPerPixel is the stream's"),
    "stream-precision": Rule(_W, "PS3.5 8.2", "BitsStored is the stream's precision"),
    "stream-sign": Rule(_W, "PS3.5 8.2.4", "PixelRepresentation is the stream's sign"),
    "stream-colour": Rule(_W, "PS3.5 8.2", "The photometric is that of the stream"),
    "lossy-unsaid": Rule(_E, "PS3.3 C.7.6.1.1.5", "Lossy streams are said to be lossy"),
    # UIDs
    "uid-series-study": Rule(_E, "PS3.5 9", "Study, series and instance have UIDs of their own"),
    "uid-root": Rule(_W, "PS3.5 9", "A UID of an instance is not under the root of the standard"),
    "uid-repeated": Rule(_E, "PS3.5 9", "A SOPInstanceUID stands for one instance"),
    "uid-two-studies": Rule(_E, "PS3.3 A.1.2", "A series is part of one study"),
    "uid-two-patients": Rule(_E, "PS3.3 A.1.2", "A study is of one patient"),
    "series-modality": Rule(_E, "PS3.3 C.7.3.1", "A series has one modality"),
    # geometry
    "geometry-orientation": Rule(_E, "PS3.3 C.7.6.2.1.1", "Directions are orthogonal units"),
    "geometry-pixel-spacing": Rule(_E, "PS3.3 10.7.1.3", "Pixels have a size above 0"),
    "geometry-frame-of-reference": Rule(_E, "PS3.3 A.1.2.5", "A series has one frame of reference"),
    "geometry-same-position": Rule(_N, "PS3.3 C.7.6.2", "Slices do not lie at one place"),
    "geometry-gap": Rule(_W, "PS3.3 C.7.6.2", "Slices lie evenly"),
    "geometry-tilt": Rule(_N, "PS3.3 C.7.6.2", "Slices lie along their normal"),
    "geometry-spacing": Rule(_W, "PS3.3 C.7.6.2", "SpacingBetweenSlices is as measured"),
    # discs
    "disc-damaged": Rule(_E, "PS3.3 F", "The records of a DICOMDIR can be followed"),
    "disc-file-id": Rule(_E, "PS3.10 8.2", "File IDs have up to 8 components of up to 8"),
    "disc-missing": Rule(_E, "PS3.10 8.6", "The files that a DICOMDIR names are there"),
    "disc-unnamed": Rule(_W, "PS3.10 8.6", "A DICOMDIR names the DICOM files of the disc"),
    "disc-record": Rule(_E, "PS3.3 F.3", "A record says what its file says"),
}
