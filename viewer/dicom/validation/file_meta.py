"""Whether a file is one of PS3.10: preamble, prefix, file meta information, its transfer syntax."""

from __future__ import annotations

from viewer.dicom.elements import IMPLICIT_LITTLE
from viewer.dicom.surroundings import start_note
from viewer.dicom.transfer_syntaxes import transfer_syntax_name
from viewer.dicom.validation.elements import PIXELS, DataSet, entry_of, name_of
from viewer.dicom.validation.findings import Collector, quoted

_LENGTH, _VERSION, _CLASS, _INSTANCE, _SYNTAX, _IMPLEMENTATION, _VERSION_NAME = (
    0x00020000,
    0x00020001,
    0x00020002,
    0x00020003,
    0x00020010,
    0x00020012,
    0x00020013,
)
_TYPE_1 = (_LENGTH, _VERSION, _CLASS, _INSTANCE, _SYNTAX, _IMPLEMENTATION)
_RETIRED = frozenset(
    (
        "1.2.840.10008.1.2.2",
        *(f"1.2.840.10008.1.2.4.{number}" for number in (*range(52, 57), *range(58, 67))),
    )
)
_NATIVE = frozenset(f"1.2.840.10008.1.2{part}" for part in ("", ".1", ".2", ".1.99"))
_PAPYRUS_AND_GE = frozenset(("1.2.840.10008.1.20", "1.2.840.113619.5.2"))


def check_start(first: bytes, collector: Collector) -> None:
    """Check the preamble and the prefix."""
    if first[128:132] != b"DICM":
        told = "The file begins without preamble and DICM: it is no file of PS3.10."
        collector.add("file-prefix", told)
    elif note := start_note(first):
        collector.add("file-preamble-program", note)


def check_meta(meta: DataSet, end: int, collector: Collector) -> None:
    """Check the elements of group 0002.

    Parameters
    ----------
    end : int
        Where they end.
    """
    for tag in _TYPE_1:
        element = meta.by_tag.get(tag)
        if element is None or not element.length:
            how = "is not there" if element is None else "is empty"
            told = f"{name_of(tag)} {how} in the file meta information."
            collector.add("meta-missing", told, tag=tag, where=name_of(tag))
    stated = meta.by_tag.get(_LENGTH)
    length = meta.whole("FileMetaInformationGroupLength")
    if stated is not None and stated.length == 4 and length is not None:
        measured = end - stated.offset - 4
        if length != measured:
            told = f"The group length says {length:,} bytes, and {measured:,} follow."
            collector.add(
                "meta-group-length", told, tag=_LENGTH, where="FileMetaInformationGroupLength"
            )
    version = meta.by_tag.get(_VERSION)
    if version is not None and version.value and not version.value[-1] & 1:  # a bit each version
        shown = version.value.hex(" ")
        told = f"FileMetaInformationVersion is {shown}, which does not name version 1 (00 01)."
        collector.add("meta-version", told, tag=_VERSION, where="FileMetaInformationVersion")
    name = meta.by_tag.get(_VERSION_NAME)
    if name is not None and not name.length:
        told = "ImplementationVersionName is empty."
        where = "ImplementationVersionName"
        collector.add("meta-implementation", told, tag=_VERSION_NAME, where=where)
    for element in meta.elements:
        entry = entry_of(element.tag)
        if entry is None:
            told = f"{name_of(element.tag)} is no element of the file meta information."
            collector.add("meta-element", told, tag=element.tag, where=name_of(element.tag))


def check_agreement(meta: DataSet, root: DataSet, collector: Collector) -> None:
    """Check that the file meta information says what the data set says."""
    for tag, stated, actual, rule in (
        (_CLASS, "MediaStorageSOPClassUID", "SOPClassUID", "meta-sop-class"),
        (_INSTANCE, "MediaStorageSOPInstanceUID", "SOPInstanceUID", "meta-sop-instance"),
    ):
        first, second = meta.text(stated), root.text(actual)
        if first and second and first != second:
            told = f"{stated} is {quoted(first)}, {actual} {quoted(second)}."
            collector.add(rule, told, tag=tag, where=stated)


def check_transfer_syntax(
    uid: str, root: DataSet, explicit: bool | None, collector: Collector
) -> None:
    """Check that the transfer syntax is one, and that the data set is encoded by it.

    Parameters
    ----------
    explicit : bool or None
        How the data set is written; None where it is empty.
    """
    where = "TransferSyntaxUID"
    if not uid:
        return
    name = transfer_syntax_name(uid)
    if name.startswith("unknown") or uid in _PAPYRUS_AND_GE:
        told = f"The transfer syntax {quoted(uid)} is none of the standard."
        collector.add("transfer-syntax-unknown", told, tag=_SYNTAX, where=where)
        return
    if uid in _RETIRED:
        told = f"{name} is retired; few programs read it."
        collector.add("transfer-syntax-retired", told, tag=_SYNTAX, where=where)
    if explicit is not None and explicit != (uid != IMPLICIT_LITTLE):
        is_so = "explicit" if explicit else "implicit"
        told = f"The transfer syntax is {name}, the data set is written with {is_so} VRs."
        collector.add("transfer-syntax-encoding", told, tag=_SYNTAX, where=where)
    for tag in PIXELS & root.by_tag.keys():
        element = root.by_tag[tag]
        compressed = element.length is None
        if compressed != (uid not in _NATIVE):
            how = "encapsulated" if compressed else "not encapsulated"
            told = f"The transfer syntax is {name}, and {name_of(tag)} is {how}."
            collector.add("transfer-syntax-pixels", told, tag=tag, where=name_of(tag))
