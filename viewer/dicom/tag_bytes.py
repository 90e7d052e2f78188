"""The bytes of one value: where they are in a file, and pieces of them. For a child process.

A value is found by its row in the file's `TagTable`: rows and elements come in the same order.
Encapsulated pixel data count as their fragments, one after the other, without the offset table
and the heads of the items.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO

import numpy as np

from viewer.dicom.byte_reader import ByteReader
from viewer.dicom.errors import HeaderError
from viewer.dicom.inflating import InflateLimitError, InflatingStream
from viewer.dicom.limits import Limits
from viewer.dicom.regular_files import open_regular, system_error
from viewer.dicom.tag_reader import walk_elements
from viewer.dicom.tag_walk import Element
from viewer.dicom.tags import Kind
from viewer.dicom.text_column import IntArray
from viewer.dicom.value_place import ValueBegin, ValuePlace, part_of

_CHANGED = "The file has changed since its tags were read; open it again."
_NO_VALUE = "This row has no bytes of its own: it holds items, or is a note."


def find_value(path: str, row: int, tag: int, limits: Limits) -> ValuePlace:
    """Find the bytes of the value in a row of the file's table.

    Raises
    ------
    SourceError
        The file cannot be opened, has no such element there by now, or that has no value.
    """
    starts: list[int] = []

    def read(source: Any, size: int | None) -> ByteReader:
        inflates = isinstance(source, InflatingStream)
        starts.append(file.tell() if inflates else -1)
        return ByteReader(source, size)

    with _opened(path, limits) as file:
        element = _element_at(walk_elements(file, path, limits, read), row)
    if element is None or element.tag != tag:
        raise HeaderError(_CHANGED, path)
    if element.kind != Kind.ELEMENT:
        raise HeaderError(_NO_VALUE, path)
    if element.fragments:
        extents = np.array(element.fragments[1:], np.int64).reshape(-1, 2)
        return ValuePlace(element.vr, extents, starts[-1], len(extents))
    extents = np.array([[element.offset, max(element.length, 0)]], np.int64)
    return ValuePlace(element.vr, extents, starts[-1])


def read_extents(
    path: str, extents: IntArray, inflated_from: int, limits: Limits
) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Read pieces of a file, one after the other.

    Raises
    ------
    SourceError
        The file cannot be opened, or ends before.
    """
    pieces = []
    with _opened(path, limits) as file:
        source: BinaryIO | InflatingStream = file
        if inflated_from >= 0:
            file.seek(inflated_from)
            source = InflatingStream(file, limits.inflate_bytes)
        for offset, length in extents.tolist():
            source.seek(offset)
            piece = source.read(length)
            if len(piece) < length:
                raise HeaderError("The file ends inside this value.", path)
            pieces.append(piece)
    return np.frombuffer(b"".join(pieces), np.uint8)


def read_begin(path: str, row: int, tag: int, count: int, limits: Limits) -> ValueBegin:
    """Read the first ``count`` bytes of the value in a row of the file's table."""
    place = find_value(path, row, tag, limits)
    data = read_extents(path, part_of(place, 0, count), place.inflated_from, limits)
    return ValueBegin(data.tobytes(), place.size, place.fragments)


@contextmanager
def _opened(path: str, limits: Limits) -> Iterator[BinaryIO]:
    """Open a file, with what is wrong with it said as everywhere."""
    try:
        # pydicom's remarks on names and character sets stand in the table already
        with warnings.catch_warnings(), open_regular(path, limits) as file:
            warnings.simplefilter("ignore")
            yield file
    except InflateLimitError:
        found = "The value is not read: the data set inflates to more"
        raise HeaderError(limits.refusal("inflate_bytes", found), path, "limit") from None
    except zlib.error as error:
        raise HeaderError(
            "The compressed data set is damaged; copy the file again.", path
        ) from error
    except OSError as error:
        raise system_error(path, error) from error


def _element_at(elements: Iterator[Element], row: int) -> Element | None:
    return next(islice(elements, row, None), None)
