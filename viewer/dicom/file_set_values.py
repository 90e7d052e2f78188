"""The values of directory records that pydicom reads: of odd files, and of sequences.

As explicit VR little endian has them, whatever the file is encoded in.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import BinaryIO

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from viewer.dicom import header_fields
from viewer.dicom.dataset_values import items, text
from viewer.dicom.elements import LONG_VRS
from viewer.dicom.file_set_records import TAGS, Key
from viewer.dicom.fullread import header_elements, part_of, raw_values, telling
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import Limits

_TEXTS = frozenset(("CS", "DA", "DT", "IS", "LO", "PN", "SH", "ST", "TM", "UI"))
_LONGEST = 1 << 20  # of a sequence; states may refer to thousands of images


def values_of(
    stream: BinaryIO, keys: Sequence[Key], header: InstanceHeader, limits: Limits
) -> dict[int, bytes]:
    """Give the values of ``keys`` that an open file has, and of SpecificCharacterSet.

    Raises
    ------
    HeaderError
        'damaged' or 'limit'.
    """
    with telling(header.path, limits):
        read = header_elements(stream, header.path, header.size, limits)
        texts = {header_fields.CHARACTER_SET, *(key.tag for key in keys if key.vr in _TEXTS)}
        found = {
            tag: value.strip(b"\0 ")
            for tag, (_, value) in raw_values(read.dataset, read.stream, frozenset(texts)).items()
        }
        others = frozenset(key.tag for key in keys if key.vr not in _TEXTS)
        part = part_of(read.dataset, read.stream, others | {header_fields.CHARACTER_SET})
        for key in keys:
            if key.tag in others and key.tag in part:
                found[key.tag] = _encoded(part, key)
    return {tag: value for tag, value in found.items() if value}


def _encoded(part: Dataset, key: Key) -> bytes:
    """Write one element anew; b"" for one that cannot be."""
    if key.tag == TAGS["ContentSequence"]:
        modifiers = [item for item in items(part, key.keyword) if _modifies_concept(item)]
        if not modifiers:
            return b""
        part.ContentSequence = modifiers
    alone = Dataset()
    try:
        alone.add(part[key.tag])
        target = DicomBytesIO()
        target.is_little_endian, target.is_implicit_VR = True, False
        write_dataset(target, alone, part.get("SpecificCharacterSet", "iso8859"))
    except Exception:  # what pydicom cannot parse it raises anything on; the key counts as absent
        return b""
    written = BytesIO(target.getvalue())
    written.seek(12 if key.vr.encode() in LONG_VRS else 8)
    value = written.read()
    return value if len(value) <= _LONGEST else b""


def _modifies_concept(item: Dataset) -> bool:
    """PS3.3 F.5.17: of the content, a record has what modifies the title, and no findings."""
    return text(item, "RelationshipType") == "HAS CONCEPT MOD"
