"""The full header reader: pydicom, for every file that the quick one leaves.

The one place where pydicom meets headers of any kind, so the one place where
its exceptions become a `HeaderError`. Reads up to the pixels, never into them.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset, read_partial
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

from viewer.dicom import header_fields, radiopharmaceutical
from viewer.dicom.dataset_values import items
from viewer.dicom.dimensions import dimensions_of
from viewer.dicom.elements import DEFLATED, UNDEFINED_LENGTH, EncodingError, read_meta
from viewer.dicom.errors import MORE_MEMORY, HeaderError
from viewer.dicom.functional_groups import TooManyFramesError, frame_groups
from viewer.dicom.header_fields import PixelPlace
from viewer.dicom.headers import FrameGroup, InstanceHeader, Reference
from viewer.dicom.inflating import InflatingStream
from viewer.dicom.limits import Limits
from viewer.dicom.nm_planes import NM_TAGS, nm_frame_groups
from viewer.dicom.references import REFERENCE_TAGS, references_of
from viewer.dicom.sop_classes import is_presentation_state
from viewer.dicom.structure import bounded_reading, check_structure
from viewer.dicom.values import LONGEST_VALUE, beginning, text

_META_WINDOW = 16 << 10
_NUMBER_OF_FRAMES = 0x00280008
_DIMENSION_INDEX_SEQUENCE = 0x00209222


class _Watch:
    """Stops pydicom at the pixels, and where a value ends beyond the file."""

    def __init__(self, stream: BinaryIO, size: int | None) -> None:
        self.pixels = PixelPlace()
        self.cut_short = False
        self._stream = stream
        self._size = size

    def __call__(self, tag: BaseTag, _vr: str | None, length: int) -> bool:
        position = self._stream.tell()  # pydicom asks when it has read the element's head
        defined = length != UNDEFINED_LENGTH
        if tag in header_fields.PIXEL_TAGS:
            self.pixels = PixelPlace(int(tag), position, length if defined else None)
            return True
        self.cut_short = defined and self._size is not None and position + length > self._size
        return self.cut_short


@dataclass(slots=True)
class HeaderElements:
    """The elements before the pixels, as pydicom gives them, and what was seen on the way."""

    dataset: Dataset
    stream: BinaryIO  # that long values can be read from
    meta: dict[int, tuple[bytes | None, bytes]]
    pixels: PixelPlace
    repeated: frozenset[int]


def full_header(
    stream: BinaryIO, path: str, size: int, mtime_ns: int, limits: Limits
) -> InstanceHeader:
    """Read the header of an open file with pydicom.

    Parameters
    ----------
    stream : file
        Open for reading, at its start. Left open.
    path, size, mtime_ns
        Of the file; go into the header as they are.

    Raises
    ------
    HeaderError
        'damaged' or 'limit'.
    """
    with telling(path, limits):
        return _read(stream, path, size, mtime_ns, limits)


@contextmanager
def telling(path: str, limits: Limits) -> Iterator[None]:
    """Turn whatever pydicom raises on a header into a `HeaderError`."""
    try:
        with warnings.catch_warnings(), bounded_reading(path, limits):
            warnings.simplefilter("ignore")  # they quote values, which may name a patient
            yield
    except HeaderError:
        raise
    except OSError as error:
        if error.errno is None:  # pydicom's own, on content
            raise _damaged(path, error) from error
        raise HeaderError(
            "The file cannot be read to its end; the disc or the connection may be failing.",
            path,
            "unreadable",
        ) from error
    except MemoryError as error:
        refusal = limits.refusal("child_memory_bytes", MORE_MEMORY)
        raise HeaderError(refusal, path, "limit") from error
    except (
        Exception
    ) as error:  # whatever pydicom raises on damaged content: KeyError, struct.error…
        raise _damaged(path, error) from error


def _damaged(path: str, error: Exception) -> HeaderError:
    return HeaderError(
        "The header is damaged; get the file from its source again.",
        path,
        "damaged",
    )


def header_elements(stream: BinaryIO, path: str, size: int, limits: Limits) -> HeaderElements:
    """Read all elements before the pixels; within `telling`."""
    meta = _deflated_meta(stream, path)
    if meta is not None:
        stream = cast(BinaryIO, InflatingStream(stream, limits.inflate_bytes))
        repeated = check_structure(stream, path, limits, None)
        watch = _Watch(stream, None)
        dataset = read_dataset(stream, False, True, stop_when=watch, defer_size=LONGEST_VALUE)
        found: dict[int, tuple[bytes | None, bytes]] = dict(meta)
        watch.cut_short = not _is_whole(dataset, stream)
        watch.pixels = PixelPlace(watch.pixels.tag)
    else:
        repeated = check_structure(stream, path, limits, size)
        watch = _Watch(stream, size)
        dataset = read_partial(stream, stop_when=watch, defer_size=LONGEST_VALUE, force=True)
        found = raw_values(dataset.file_meta, stream, header_fields.META_TAGS)
    if watch.cut_short:
        raise HeaderError(
            "The file ends within its header; the copy is incomplete, copy it again.", path
        )
    if not len(dataset) and watch.pixels.tag is None:
        raise HeaderError("The file holds no DICOM data after its first bytes.", path)
    return HeaderElements(dataset, stream, found, watch.pixels, repeated)


def _read(stream: BinaryIO, path: str, size: int, mtime_ns: int, limits: Limits) -> InstanceHeader:
    read = header_elements(stream, path, size, limits)
    dataset, stream, found = read.dataset, read.stream, read.meta
    found.update(raw_values(dataset, stream, header_fields.WANTED_TAGS - header_fields.META_TAGS))
    found.update(_radiopharmaceutical(dataset, stream))
    implicit, little = dataset.original_encoding
    groups = _frame_groups(dataset, stream, path, limits)
    return header_fields.build_header(
        path,
        size,
        mtime_ns,
        found,
        implicit=bool(implicit),
        order=">" if little is False else "<",
        pixels=read.pixels,
        needs_full_description=not header_fields.DESCRIPTION_TAGS.isdisjoint(dataset.keys()),
        frame_groups=groups,
        # alone, they count nothing
        dimensions=tuple(one.name for one in dimensions_of(dataset)) if groups else (),
        references=_references(dataset, stream, found),
        repeated=read.repeated & header_fields.WANTED_TAGS,
    )


def _deflated_meta(stream: BinaryIO, path: str) -> dict[int, tuple[bytes, bytes]] | None:
    """Give the meta information of a file with a deflated data set, the stream where that starts.

    None, and the stream at its start, for all others.
    """
    window = stream.read(_META_WINDOW)
    stream.seek(0)
    if not any(syntax.encode() in window for syntax in DEFLATED):
        return None
    try:
        meta, position = read_meta(window, header_fields.META_TAGS)
    except EncodingError as error:
        raise HeaderError("The file meta information is damaged.", path) from error
    if text(meta.get(header_fields.TRANSFER_SYNTAX, (b"", b""))[1]) not in DEFLATED:
        return None
    stream.seek(position)
    return meta


def _is_whole(dataset: Dataset, stream: BinaryIO) -> bool:
    """Tell whether the last value that was read, or stepped over, is all there."""
    ends = [
        element.value_tell + element.length
        for element in dataset.values()
        if isinstance(element, RawDataElement) and element.length != UNDEFINED_LENGTH
    ]
    stream.seek(max(ends, default=1) - 1)
    return not ends or len(stream.read(1)) == 1


def raw_values(
    dataset: Dataset, stream: BinaryIO, wanted: frozenset[int]
) -> dict[int, tuple[bytes | None, bytes]]:
    """Give the VR and the bytes of elements that are no sequences."""
    found: dict[int, tuple[bytes | None, bytes]] = {}
    for tag, element in dataset.items():  # as they are in the file, unlike `elements()`
        if tag not in wanted:
            continue
        if isinstance(element, RawDataElement):
            vr = element.VR.encode() if element.VR else None
            if element.length <= LONGEST_VALUE:
                found[int(tag)] = vr, element.value or b""
            elif header_fields.is_text(int(tag)):
                stream.seek(element.value_tell)
                found[int(tag)] = vr, beginning(stream, element.length)
        elif element.VR != "SQ":  # pydicom has looked at it already: UIDs, character set
            several = element.value if isinstance(element.value, MultiValue) else [element.value]
            joined = "\\".join("" if value is None else str(value) for value in several)
            found[int(tag)] = (element.VR.encode(), joined.encode("latin-1", "replace"))
    return found


def _frame_groups(
    dataset: Dataset, stream: BinaryIO, path: str, limits: Limits
) -> tuple[FrameGroup, ...]:
    wanted = header_fields.FUNCTIONAL_GROUPS | {_NUMBER_OF_FRAMES, _DIMENSION_INDEX_SEQUENCE}
    try:
        groups = frame_groups(part_of(dataset, stream, wanted), limits.frames_per_file)
    except TooManyFramesError as error:
        found = f"Its header speaks of {error} frames"
        raise HeaderError(limits.refusal("frames_per_file", found), path, "limit") from error
    if not groups and header_fields.DETECTOR_INFORMATION in dataset:
        return nm_frame_groups(part_of(dataset, stream, NM_TAGS))
    return groups


def _references(
    dataset: Dataset, stream: BinaryIO, found: header_fields.RawValues
) -> tuple[Reference, ...]:
    sop_class = found.get(header_fields.SOP_CLASS) or found.get(header_fields.MEDIA_SOP_CLASS)
    if sop_class is None or not is_presentation_state(text(sop_class[1])):
        return ()
    return references_of(part_of(dataset, stream, REFERENCE_TAGS))


def _radiopharmaceutical(
    dataset: Dataset, stream: BinaryIO
) -> dict[int, tuple[bytes | None, bytes]]:
    part = part_of(dataset, stream, frozenset((radiopharmaceutical.SEQUENCE,)))
    for item in items(part, "RadiopharmaceuticalInformationSequence")[:1]:
        return radiopharmaceutical.in_item(raw_values(item, stream, radiopharmaceutical.ITEM_TAGS))
    return {}


def part_of(dataset: Dataset, stream: BinaryIO, tags: frozenset[int]) -> Dataset:
    """Give some elements of a data set, those too that pydicom has stepped over as long."""
    elements: dict[BaseTag, RawDataElement | DataElement] = {}
    for tag, element in dataset.items():
        if tag not in tags:
            continue
        if isinstance(element, RawDataElement) and element.value is None and element.length:
            stream.seek(element.value_tell)
            elements[tag] = element._replace(value=stream.read(element.length))
        else:
            elements[tag] = element
    part = Dataset(elements)
    part.set_original_encoding(*dataset.original_encoding)
    return part
