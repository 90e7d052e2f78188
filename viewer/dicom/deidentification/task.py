"""A child's task: a file read, cleaned, and given back as the bytes of a new one.

Nothing is written here. The parent writes the pieces, and has `searching` look into what it wrote.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Literal

from viewer.dicom import header_fields, values
from viewer.dicom.deidentification import holding
from viewer.dicom.deidentification.black_out import blacked_out, rectangles_for
from viewer.dicom.deidentification.cleaning import Cleaner, Identity
from viewer.dicom.deidentification.comments import comments_of
from viewer.dicom.deidentification.data_set import Element, Piece, Reader, Source, Writer
from viewer.dicom.deidentification.results import Cleaned, Job, Order, Rectangle, Refused
from viewer.dicom.deidentification.statements import replaced, state, text
from viewer.dicom.elements import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    EncodingError,
    read_meta,
)
from viewer.dicom.errors import HeaderError, NegatoError
from viewer.dicom.file_set_index import file_meta
from viewer.dicom.inflating import InflatingStream
from viewer.dicom.limits import Limits
from viewer.dicom.regular_files import open_version, system_error
from viewer.dicom.scanning import read_or_skip
from viewer.dicom.video import is_video

_GE_PRIVATE = "1.2.840.113619.5.2"  # implicit little endian, but for the pixels
_META_WINDOW = 64 << 10
_PREAMBLE = 132
_PIXELS = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))
_PIXEL_DATA, _OFFSET_TABLES = 0x7FE00010, frozenset((0x7FE00001, 0x7FE00002))
_OVERLAY_BITS, _OVERLAY_DATA = 0x60000100, 0x60003000
_FACTS = {
    0x00080016: "SOPClassUID",
    0x00080008: "ImageType",
    0x00080060: "Modality",
    0x00080070: "Manufacturer",
    0x00081090: "ManufacturerModelName",
    0x00180015: "BodyPartExamined",
    0x00280010: "Rows",
    0x00280011: "Columns",
    0x00280301: "BurnedInAnnotation",
    0x00280302: "RecognizableVisualFeatures",
    0x00280303: "LongitudinalTemporalInformationModified",
}
_SOP_INSTANCE = 0x00080018
_COMMENTS = "Comments within compressed pictures were blanked."
_VIDEO = "A video: what its stream tells beside the pictures is kept as it is, and was not read."
_CHANGED = "It changed meanwhile; try again once it is complete."


def deidentify(jobs: Sequence[Job], order: Order, limits: Limits) -> tuple[Cleaned | Refused, ...]:
    """De-identify files, one after the other."""
    results: list[Cleaned | Refused] = []
    for job in jobs:

        def read(_path: str, job: Job = job) -> Cleaned | Refused:
            return _deidentified(job, order, limits)

        done = read_or_skip(read, job.path, limits)
        if not isinstance(done, Cleaned | Refused):
            done = Refused(done.path, done.reason)
        results.append(done)
    return tuple(results)


def _deidentified(job: Job, order: Order, limits: Limits) -> Cleaned | Refused:
    try:
        stream, version = open_version(job.path, limits)
        with stream:
            if version == (job.size, job.mtime_ns):
                return _cleaned(stream, job, order, limits)
            return Refused(job.path, _CHANGED)
    except OSError as error:
        raise system_error(job.path, error) from error
    except EncodingError as error:
        told = f"Its elements cannot all be told apart ({error}), and so not be cleaned."
        raise HeaderError(told, job.path) from error
    except HeaderError:
        raise
    except NegatoError as error:  # of its pixels
        return Refused(job.path, error.message)


def _cleaned(stream: BinaryIO, job: Job, order: Order, limits: Limits) -> Cleaned | Refused:
    reader, elements, syntax = read_data_set(
        stream, job.size, job.bare_from, job.transfer_syntax_uid, limits
    )
    facts = _facts(reader, elements)
    has_pixels = any(element.tag in _PIXELS for element in elements)
    rectangles = rectangles_for(facts, order.rectangles, order.rules) if has_pixels else ()
    reason, taken_by = holding.held_back(facts, has_pixels=has_pixels)
    confirmed = order.confirmed
    if any(rule.confirms and rule.fits(facts) for rule in order.rules):
        confirmed |= {holding.BURNED_IN}
    if reason and taken_by not in confirmed:
        return Refused(job.path, reason, is_held=True)
    identity = Identity(
        order.key,
        order.key.pseudonym(job.patient),
        order.key.days(job.patient),
        job.known,
        job.gone,
    )
    cleaner = Cleaner(reader, order.profile, identity, tells=order.tells)
    tags = frozenset(element.tag for element in elements)
    kept = cleaner.clean(elements)
    is_embedded = has_pixels and any(
        _is_embedded(tag, tags, reader, elements)
        for tag in tags
        if tag & 0xFF00FFFF == _OVERLAY_BITS
    )
    if rectangles or is_embedded:
        kept, syntax = _with_pixels(kept, job, rectangles, reader, syntax, limits)
    # that no text is left is said where somebody who has looked says so
    is_clean = bool(rectangles) and holding.BURNED_IN in confirmed
    comments = _without_comments(kept, reader, syntax)
    former = facts["LongitudinalTemporalInformationModified"]
    kept = state(kept, order.profile, former_dates=former, is_blacked_out=is_clean)
    _sort_out(kept, elements)
    meta = _meta(kept, reader, facts["SOPClassUID"], syntax)
    is_inflated = isinstance(reader.source, _Inflated)
    pieces = (meta, *_joined(Writer(reader).pieces(kept), reader.source if is_inflated else None))
    warnings = cleaner.warnings.union(holding.warnings_of(facts, has_pixels=has_pixels), comments)
    if is_clean:
        warnings -= {one for one in warnings if one.startswith("BurnedIn")}
    return Cleaned(
        path=job.path,
        pieces=pieces,
        telling=tuple(cleaner.removed.telling),
        described=tuple(cleaner.removed.described),
        changes=tuple(cleaner.changes),
        count=cleaner.count,
        warnings=tuple(sorted(warnings)),
    )


class _Inflated(Source):
    """A data set that was deflated: its bytes stand in no file."""


def read_data_set(
    stream: BinaryIO, size: int, bare_from: int | None, syntax: str, limits: Limits
) -> tuple[Reader, list[Element], str]:
    """Read a data set as it is encoded, and say which transfer syntax it is to be written in.

    Raises
    ------
    EncodingError
        It cannot be read to its end.
    """
    position = bare_from
    if position is None:
        window = stream.read(_META_WINDOW)
        shift = 0 if window[128:_PREAMBLE] == b"DICM" else _PREAMBLE
        meta, position = read_meta(
            bytes(shift) + window, frozenset((header_fields.TRANSFER_SYNTAX,))
        )
        position -= shift
        stated = meta.get(header_fields.TRANSFER_SYNTAX)
        syntax = values.text(stated[1]) if stated else syntax
    source = Source(stream, size)
    if syntax in DEFLATED:
        stream.seek(position)
        data = InflatingStream(stream, limits.inflate_bytes).read()
        source, position, syntax = _Inflated(io.BytesIO(data), len(data)), 0, EXPLICIT_LITTLE
    order: Literal["<", ">"] = ">" if syntax == EXPLICIT_BIG else "<"
    explicit = syntax not in (IMPLICIT_LITTLE, _GE_PRIVATE)
    reader = Reader(source, explicit, order, limits)
    try:
        return reader, reader.read(position), syntax
    except EncodingError:  # some files are encoded otherwise than they say
        if syntax not in (IMPLICIT_LITTLE, EXPLICIT_LITTLE):
            raise
        other = Reader(source, not explicit, order, limits)
        try:
            elements = other.read(position)
        except EncodingError:
            elements = []
        if not elements:
            raise
        return other, elements, IMPLICIT_LITTLE if explicit else EXPLICIT_LITTLE


def _facts(reader: Reader, elements: Sequence[Element]) -> dict[str, str]:
    facts = dict.fromkeys(_FACTS.values(), "")
    for element in elements:
        name = _FACTS.get(element.tag)
        if name is None or element.items is not None:
            continue
        raw = reader.value(element)
        if element.vr == "US":
            facts[name] = str(int.from_bytes(raw[:2], "big" if reader.order == ">" else "little"))
        else:
            facts[name] = values.text(raw)
    return facts


def _is_embedded(
    tag: int, tags: frozenset[int], reader: Reader, elements: Sequence[Element]
) -> bool:
    """Tell an overlay whose bits stand in the words of the pixel data. PS3.5 8.1.2 (retired)."""
    if tag & 0x00FF0000 | _OVERLAY_DATA in tags:
        return False
    element = next(one for one in elements if one.tag == tag)
    return bool(reader.value(element).strip(b"\0"))


def _with_pixels(
    kept: list[Element],
    job: Job,
    rectangles: tuple[Rectangle, ...],
    reader: Reader,
    syntax: str,
    limits: Limits,
) -> tuple[list[Element], str]:
    """Put pixel data anew into a data set; give the transfer syntax that it has then."""
    if _PIXEL_DATA not in {one.tag for one in kept}:
        raise NegatoError("Its pixels are real numbers: not blacked out.")
    if syntax == _GE_PRIVATE:
        syntax = IMPLICIT_LITTLE
    elif syntax not in (IMPLICIT_LITTLE, EXPLICIT_BIG):
        syntax = EXPLICIT_LITTLE
    pixels = blacked_out(job.path, rectangles, reader.order, limits)
    vr = "OB" if pixels.bits_allocated == 8 and reader.explicit else "OW"

    def number(tag: int, value: int) -> Element:
        return Element(
            tag, "US", 0, 0, 0, new=struct.pack(f"{reader.order}H", value), is_changed=True
        )

    added = [
        number(0x00280002, pixels.samples),
        text(0x00280004, "CS", pixels.photometric),
        number(0x00280100, pixels.bits_allocated),
        number(0x00280101, pixels.bits_stored),
        number(0x00280102, pixels.bits_stored - 1),
        Element(_PIXEL_DATA, vr, 0, 0, 0, new=pixels.data, is_changed=True),
    ]
    if pixels.samples > 1:
        added.append(number(0x00280006, 0))
    left = [one for one in kept if one.tag not in _OFFSET_TABLES]
    return replaced(left, added), syntax


def _without_comments(kept: Sequence[Element], reader: Reader, syntax: str) -> list[str]:
    """Blank comments in compressed pictures; say that it was done, or that it cannot be."""
    if is_video(syntax):
        return [_VIDEO]
    for element in kept:
        if element.tag == _PIXEL_DATA and not element.is_changed and element.items is None:
            element.blanked = comments_of(reader.source, element, reader.order)
            if element.blanked:
                return [_COMMENTS]
    return []


def _sort_out(kept: list[Element], elements: Sequence[Element]) -> None:
    """Have each tag once, the first one, in order: PS3.5 7.1 allows nothing else."""
    first: dict[int, Element] = {}
    for one in kept:
        first.setdefault(one.tag, one)
    if len(first) < len(kept) or any(a > b for a, b in zip(first, list(first)[1:], strict=False)):
        kept[:] = [first[tag] for tag in sorted(first)]


def _meta(kept: Sequence[Element], reader: Reader, sop_class: str, syntax: str) -> bytes:
    instance = next((one for one in kept if one.tag == _SOP_INSTANCE), None)
    if instance is None or not sop_class:
        raise HeaderError("It has no SOPClassUID or SOPInstanceUID to be written with.")
    return file_meta(sop_class, values.text(reader.value(instance)), syntax)


def _joined(pieces: Iterable[Piece], source: Source | None) -> list[Piece]:
    """Join bytes that follow each other, and with ``source`` the places in it as well."""
    joined: list[Piece] = []
    run: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            run.append(piece)
        elif source is not None:
            run.append(source.bytes_at(*piece))
        else:
            joined += [b"".join(run), piece]
            run = []
    return [*joined, b"".join(run)]
