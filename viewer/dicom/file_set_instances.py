"""The instances that a file-set is to hold: what its DICOMDIR says of each, and how it is copied.

Reads in a child process, as all that interprets bytes of files; writes nothing. Values are the
bytes of the file, so that its character set goes with them. What becomes of them is the matter of
`file_set_tree`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from viewer.dicom import header_fields
from viewer.dicom.elements import EncodingError, read_meta
from viewer.dicom.errors import HeaderError
from viewer.dicom.file_set_records import ABOVE, KEYS, record_type
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.ledger import Notice, Skipped
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.outline import Outline, SeriesRead
from viewer.dicom.patients import plain_name
from viewer.dicom.quickread import quick_read
from viewer.dicom.regular_files import open_version, system_error
from viewer.dicom.scanning import read_or_skip
from viewer.dicom.scanning import scan as scan_headers
from viewer.dicom.values import text

_WINDOW = 16 << 10
_LONGEST_META = 1 << 20
_PREAMBLE = 132
_LONGEST_UID = 64  # PS3.5 9
_LONGEST_CHARACTER_SET = 1024
_CHARACTER_SET = header_fields.CHARACTER_SET


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance, as it is found.

    ``values`` are those of `file_set_records.KEYS` that the file has, by tag: the bytes of texts
    without padding, all else as explicit VR little endian has it.
    """

    path: str
    size: int
    mtime_ns: int
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    bare_from: int | None  # where the data set starts that has no usable meta information
    record_type: str
    patient: tuple[str, str, str]  # ID, issuer, name, as patients are told apart
    study_uid: str
    series_uid: str
    values: dict[int, bytes]


def scan(
    paths: Sequence[str],
    limits: Limits = DEFAULT_LIMITS,
    skip_paths: frozenset[str] = frozenset(),
    on_slow: Callable[[str], None] | None = None,
) -> Iterator[Instance | Skipped | Notice | Outline | SeriesRead]:
    """Find files as `scanning.scan` does, and give the instances in place of headers."""
    for item in scan_headers(paths, limits, skip_paths, on_slow):
        if isinstance(item, InstanceHeader):
            yield read_or_skip(partial(_instance, item, limits, on_slow), item.path, limits)
        else:
            yield item


def _instance(
    header: InstanceHeader,
    limits: Limits,
    on_slow: Callable[[str], None] | None,
    path: str,
) -> Instance:
    """Read what the header has not: values as they are written.

    Raises
    ------
    HeaderError
        It cannot be read, or cannot be part of a file-set.
    """
    try:
        stream, version = open_version(path, limits)
        with stream:
            if version != (header.size, header.mtime_ns):
                raise HeaderError("It changed while it was read; try again.", path, "unreadable")
            sop_class_uid, sop_instance_uid, bare_from = _identity(stream, header)
            kind = record_type(sop_class_uid)
            values = _values(stream, kind, header, limits, on_slow)
            if len(values.get(_CHARACTER_SET, b"")) > _LONGEST_CHARACTER_SET:
                del values[_CHARACTER_SET]
    except OSError as error:
        raise system_error(path, error) from error
    return Instance(
        path=path,
        size=header.size,
        mtime_ns=header.mtime_ns,
        sop_class_uid=sop_class_uid,
        sop_instance_uid=sop_instance_uid,
        transfer_syntax_uid=header.transfer_syntax_uid,
        bare_from=bare_from,
        record_type=kind,
        patient=(
            header.patient_id,
            header.issuer_of_patient_id,
            plain_name(header.patient_name),
        ),
        study_uid=header.study_instance_uid,
        series_uid=header.series_instance_uid,
        values=values,
    )


def _identity(stream: BinaryIO, header: InstanceHeader) -> tuple[str, str, int | None]:
    """Give the UIDs of SOP class and instance, and `Instance.bare_from`.

    Raises
    ------
    HeaderError
        It has no such UID; it is compressed, and nothing says how.
    """
    window = stream.read(_WINDOW)
    shift = 0 if window[128:_PREAMBLE] == b"DICM" else _PREAMBLE
    if shift or window[_PREAMBLE : _PREAMBLE + 2] == b"\x02\0":
        window += stream.read(_LONGEST_META)
    meta: dict[int, tuple[bytes, bytes]] = {}
    position = None  # of the data set; a Part 10 file with odd meta information is one all the same
    try:
        meta, position = read_meta(bytes(shift) + window, header_fields.META_TAGS)
    except EncodingError as error:
        if shift:
            raise HeaderError("Its file meta information is damaged.", header.path) from error

    def stated(tag: int) -> str:
        return text(meta.get(tag, (b"", b""))[1])

    sop_class_uid = header.sop_class_uid or stated(header_fields.MEDIA_SOP_CLASS)
    sop_instance_uid = header.sop_instance_uid or stated(header_fields.MEDIA_SOP_INSTANCE)
    for what, uid in (("SOPClassUID", sop_class_uid), ("SOPInstanceUID", sop_instance_uid)):
        if not 0 < len(uid) <= _LONGEST_UID:
            lacks = "no" if not uid else "too long a"
            told = f"It has {lacks} {what} for a disc to name it by; get it from its source again."
            raise HeaderError(told, header.path)
    if position is None or (not shift and stated(header_fields.TRANSFER_SYNTAX)):
        return sop_class_uid, sop_instance_uid, None
    is_compressed = header.pixel_data_tag is not None and header.pixel_data_length is None
    if is_compressed and not stated(header_fields.TRANSFER_SYNTAX):
        told = "Its pixels are compressed, and it does not say how; get it from its source again."
        raise HeaderError(told, header.path)
    return sop_class_uid, sop_instance_uid, position - shift


def _values(
    stream: BinaryIO,
    kind: str,
    header: InstanceHeader,
    limits: Limits,
    on_slow: Callable[[str], None] | None,
) -> dict[int, bytes]:
    keys = (*ABOVE, *KEYS[kind])
    if kind == "IMAGE":  # keys of which are all among those of headers
        stream.seek(0)
        read = quick_read(stream.read(_WINDOW), header.size, limits.sequence_depth)
        if read is not None:
            tags = {_CHARACTER_SET, *(key.tag for key in keys)}
            return {
                tag: value.strip(b"\0 ")
                for tag, (_, value) in read.found.items()
                if tag in tags and value.strip(b"\0 ")
            }
    if on_slow is not None:
        on_slow(header.path)
    from viewer.dicom.file_set_values import values_of  # with pydicom, which few files need

    stream.seek(0)
    return values_of(stream, keys, header, limits)
