"""A DICOMDIR's records, walked from the raw bytes: which files, in which order. PS3.3 F.

Reads the index alone; whether the files that it names exist, and lie on the
disc, is judged by `sources`. What the records say of patients, studies and
series is put together by `outline`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from viewer.dicom import values
from viewer.dicom.elements import (
    DICOMDIR_SOP_CLASS,
    EXPLICIT_BIG,
    IMPLICIT_LITTLE,
    ITEM,
    ITEM_END,
    SEQUENCE_END,
    SHORT_VRS,
    UNDEFINED_LENGTH,
    EncodingError,
    TooDeepError,
    element_at,
    read_meta,
    skip_sequence,
)
from viewer.dicom.errors import HeaderError, SkipKind
from viewer.dicom.limits import DEFAULT_LIMITS, Limits, amount
from viewer.dicom.outline import CHARACTER_SET, OUTLINE_TAGS, Outline, OutlineBuilder
from viewer.dicom.regular_files import open_regular, system_error

_MEDIA_SOP_CLASS = 0x00020002
_TRANSFER_SYNTAX = 0x00020010
_FIRST_RECORD = 0x00041200
_RECORDS = 0x00041220
_NEXT = 0x00041400
_LOWER = 0x00041420
_TYPE = 0x00041430
_FILE_ID = 0x00041500
_SOP_INSTANCE = 0x00041511
_WANTED = OUTLINE_TAGS | {_NEXT, _LOWER, _TYPE, _FILE_ID, _SOP_INSTANCE}
# by the 4 bytes of the tag as one number, little endian
_WANTED_KEYS = {tag >> 16 | (tag & 0xFFFF) << 16: tag for tag in _WANTED}
_PLAIN_HEAD = struct.Struct("<L2sH")  # explicit VR, little endian, of the short kind
_OUTLINED = frozenset(("PATIENT", "STUDY", "SERIES"))
_RECORD_BYTES = 2560  # the usual record takes 400 to 800
_MOST_BYTES = 1 << 31


class DicomdirError(HeaderError):
    """A DICOMDIR that cannot serve as an index; the folder can still be scanned."""


@dataclass(frozen=True, slots=True)
class Record:
    """One directory record. PS3.3 F.3.2.2."""

    kind: str  # "PATIENT", "STUDY", "SERIES", "IMAGE", "SR DOCUMENT"…
    file_id: tuple[str, ...] = ()  # path components below the folder of the DICOMDIR
    sop_instance_uid: str = ""


@dataclass(frozen=True, slots=True)
class Dicomdir:
    """The records of a DICOMDIR, depth first: each patient, its studies, their series, files.

    ``outline`` is what they say of these; ``last_files`` are the UIDs of its
    series, each by the file of it that is named last.
    """

    path: str
    records: tuple[Record, ...] = ()
    outline: Outline = field(default_factory=Outline)
    last_files: Mapping[tuple[str, ...], str] = field(default_factory=dict)

    @property
    def file_ids(self) -> tuple[tuple[str, ...], ...]:
        """The files it names, in record order, each once."""
        return tuple(dict.fromkeys(r.file_id for r in self.records if r.file_id))


@dataclass(slots=True)
class _Raw:
    record: Record
    attributes: dict[int, bytes]  # of a patient, study or series
    next_offset: int
    lower_offset: int


@dataclass(slots=True)
class _Reader:
    """The bytes of a DICOMDIR with the encoding of its data set."""

    data: bytes
    explicit: bool
    order: str
    limits: Limits
    character_set: bytes = b""
    records: dict[int, _Raw] = field(default_factory=dict)


def read_dicomdir(path: str, limits: Limits = DEFAULT_LIMITS) -> Dicomdir:
    """Read the records of a DICOMDIR file.

    Raises
    ------
    DicomdirError
        Missing, unreadable, not a DICOMDIR, damaged (cut short, offsets that
        lead nowhere or round in circles), or over a limit.
    """
    most = min(limits.dicomdir_records * _RECORD_BYTES, _MOST_BYTES)
    try:
        with open_regular(path, limits) as stream:
            data = stream.read(most + 1)
    except HeaderError as error:
        raise DicomdirError(error.message, path, error.kind) from error
    except OSError as error:
        told = system_error(path, error)
        raise DicomdirError(told.message, path, told.kind) from error
    if len(data) > most:
        found = f"The DICOMDIR takes more than {amount(most, 'bytes')}"
        raise DicomdirError(limits.refusal("dicomdir_records", found), path, "limit")
    try:
        return _read(path, data, limits)
    except TooDeepError as error:
        found = f"The DICOMDIR nests {limits.sequence_depth + 1:,} sequences or more in one another"
        raise DicomdirError(limits.refusal("sequence_depth", found), path, "limit") from error
    except EncodingError as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: str, why: str, kind: SkipKind = "damaged") -> DicomdirError:
    return DicomdirError(f"The DICOMDIR is damaged: {why}.", path, kind)


def _read(path: str, data: bytes, limits: Limits) -> Dicomdir:
    meta: dict[int, tuple[bytes, bytes]] = {}
    position = 0
    if data[128:132] == b"DICM":
        meta, position = read_meta(data, frozenset((_MEDIA_SOP_CLASS, _TRANSFER_SYNTAX)))
    if values.text(meta.get(_MEDIA_SOP_CLASS, (b"", b""))[1]) != DICOMDIR_SOP_CLASS:
        raise DicomdirError("It is named like a DICOMDIR, but is none.", path, "not-dicom")
    syntax = values.text(meta.get(_TRANSFER_SYNTAX, (b"", b""))[1])
    order = ">" if syntax == EXPLICIT_BIG else "<"
    reader = _Reader(data, syntax != IMPLICIT_LITTLE, order, limits)
    first = 0
    while True:
        if position >= len(data):
            raise EncodingError("it has no records")
        tag, _, length, position = element_at(data, position, reader.explicit, order)
        if tag == _RECORDS:
            break
        if tag == _FIRST_RECORD:
            first = values.integer(data[position : position + length], b"UL", order) or 0
        if length == UNDEFINED_LENGTH:
            depth = limits.sequence_depth
            position = skip_sequence(data, position, reader.explicit, order, depth)
        else:
            position += length
    reader.character_set = _character_set(reader, _collect(reader, path, position, length))
    if any((first, *(raw.next_offset or raw.lower_offset for raw in reader.records.values()))):
        in_order = list(_walk(reader, first))
    else:  # written without offsets
        in_order = list(reader.records.values())
    outline = OutlineBuilder(reader.character_set)
    last_of: dict[str, tuple[str, ...]] = {}
    for raw in in_order:
        file_id = raw.record.file_id
        last_of[outline.add(raw.record.kind, raw.attributes, has_file=bool(file_id))] = file_id
    last_of.pop("", None)
    last_files = {file_id: uid for uid, file_id in last_of.items()}
    return Dicomdir(path, tuple(raw.record for raw in in_order), outline.outline(), last_files)


def _character_set(reader: _Reader, position: int) -> bytes:
    """Give (0008,0005) of the index, which comes after the records."""
    try:
        tag, _, length, position = element_at(reader.data, position, reader.explicit, reader.order)
    except EncodingError:
        return b""  # there is nothing, or nothing that matters
    return reader.data[position : position + length] if tag == CHARACTER_SET else b""


def _collect(reader: _Reader, path: str, position: int, length: int) -> int:
    """Read the items of the record sequence one after the other, whatever their offsets say.

    Gives the position after them.
    """
    end = len(reader.data) if length == UNDEFINED_LENGTH else position + length
    if end > len(reader.data) + 1:  # by one byte: unpadded odd values are met
        raise EncodingError("it ends within its records")
    while position < min(end, len(reader.data)):
        offset = position
        tag, _, length, position = element_at(reader.data, position, False, reader.order)
        if tag == SEQUENCE_END:
            break
        if tag != ITEM:
            raise EncodingError("a record does not start where it should")
        if len(reader.records) >= reader.limits.dicomdir_records:
            found = f"The DICOMDIR has {len(reader.records) + 1:,} records or more"
            raise DicomdirError(reader.limits.refusal("dicomdir_records", found), path, "limit")
        reader.records[offset], position = _record(reader, position, length)
    return position


def _record(reader: _Reader, position: int, length: int) -> tuple[_Raw, int]:
    """Read one record; give it and the position after it."""
    data, explicit, order = reader.data, reader.explicit, reader.order
    end = len(data) if length == UNDEFINED_LENGTH else position + length
    found: dict[int, bytes] = {}
    plain = explicit and order == "<"
    while position < end:
        if plain:
            position = _plain_values(data, position, end, found)
            if position >= end:
                break
        tag, _, size, position = element_at(data, position, explicit, order)
        if tag == ITEM_END:
            break
        if size == UNDEFINED_LENGTH:
            depth = reader.limits.sequence_depth
            position = skip_sequence(data, position, explicit, order, depth)
            continue
        if tag in _WANTED and size <= values.LONGEST_VALUE:
            found[tag] = data[position : position + size]
        position += size
    if position > len(data):
        raise EncodingError("it ends within a record")
    record = Record(
        kind=values.text(found.get(_TYPE, b"")),
        file_id=values.texts(found.get(_FILE_ID, b"")),
        sop_instance_uid=values.text(found.get(_SOP_INSTANCE, b"")),
    )
    next_offset, lower_offset = _offset(found.get(_NEXT), order), _offset(found.get(_LOWER), order)
    attributes = found if record.kind in _OUTLINED else {}
    return _Raw(record, attributes, next_offset, lower_offset), position


def _plain_values(data: bytes, position: int, end: int, found: dict[int, bytes]) -> int:
    """Walk elements as nearly all are; give where the first one is that is anything else."""
    last = min(end, len(data) - _PLAIN_HEAD.size + 1)
    head = _PLAIN_HEAD.unpack_from
    while position < last:
        key, vr, length = head(data, position)
        if vr not in SHORT_VRS:
            break
        value = position + _PLAIN_HEAD.size
        position = value + length
        if key in _WANTED_KEYS:
            found[_WANTED_KEYS[key]] = data[value:position]
    return position


def _offset(raw: bytes | None, order: str) -> int:
    if raw is not None and len(raw) == 4:
        return int.from_bytes(raw, "little" if order == "<" else "big")
    return values.integer(raw or b"", b"UL", order) or 0


def _walk(reader: _Reader, first: int) -> Iterator[_Raw]:
    """Follow the offsets, depth first; each record may be met once."""
    visited: set[int] = set()
    pending = [first]
    while pending:
        offset = pending.pop()
        if not offset:
            continue
        if offset in visited:
            raise EncodingError("its records lead round in a circle")
        visited.add(offset)
        raw = reader.records.get(offset)
        if raw is None:
            raise EncodingError("a record points to where none is")
        yield raw
        pending += (raw.next_offset, raw.lower_offset)
