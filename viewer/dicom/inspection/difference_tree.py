"""A header as a tree of nodes that can be compared: what `tag_walk` meets, values whole.

What is too large to keep is hashed while it is passed over. Comparing is `difference_reader`'s
matter, which items belong together `difference_items`'.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass, replace
from typing import BinaryIO

from viewer.dicom.byte_reader import ByteReader
from viewer.dicom.errors import HeaderError
from viewer.dicom.inspection.frame_pieces import FRAME_GROUPS, PIXEL_DATA
from viewer.dicom.limits import Limits
from viewer.dicom.regular_files import open_regular, system_error
from viewer.dicom.tag_names import look_up
from viewer.dicom.tag_reader import walk_elements
from viewer.dicom.tag_values import value_text
from viewer.dicom.tag_walk import Element
from viewer.dicom.tags import BINARY_VRS, Kind, tag_text

_CHUNK = 256 << 10
_TRANSFER_SYNTAX = 0x00020010
_SHORT_HASH = 12  # digits of one that is shown

Key = tuple[int, str, int, int]  # group, creator, element, how many of these came before


@dataclass(slots=True)
class Node:
    """An element. ``content`` tells it from all others, with what is in it.

    Attributes
    ----------
    items : list of list of Node, or None
        None for what is no sequence.
    """

    key: Key
    tag: int
    label: str  # keyword, or the tag
    name: str
    vr: str  # as written, else as the dictionary has it
    is_written: bool
    text: str
    content: int
    items: list[list[Node]] | None = None
    is_binary: bool = False
    little_endian: bool = True

    @property
    def is_pixels(self) -> bool:
        """Whether it holds pixels."""
        return self.tag in PIXEL_DATA


@dataclass(slots=True)
class Header:
    """The tree of a file, its transfer syntax, and what was odd on the way."""

    nodes: list[Node]
    transfer_syntax: str
    notes: tuple[str, ...] = ()

    def of_frame(self, frame: int, path: str) -> Header:
        """Give the header of one frame (from 0): of the items of all frames, its own alone.

        Raises
        ------
        HeaderError
            There is no such frame.
        """
        nodes = []
        for node in self.nodes:
            if node.tag == FRAME_GROUPS and node.items is not None:
                if frame >= len(node.items):
                    told = f"It has no frame {frame + 1}; it has {len(node.items)}."
                    raise HeaderError(told, path)
                item = node.items[frame]
                nodes.append(replace(node, items=[item], content=content_of(item), text="1 item"))
            else:
                nodes.append(node)
        return replace(self, nodes=nodes)


def content_of(nodes: list[Node]) -> int:
    """Give what tells the elements of an item from others."""
    return hash(tuple(node.content for node in nodes))


def read_header_tree(path: str, limits: Limits) -> Header:
    """Read a file's header, and hash what is bulk in it.

    Raises
    ------
    HeaderError
        It cannot be read.
    """
    readers: list[_HashingReader] = []

    def make_reader(file: BinaryIO | io.RawIOBase, size: int | None) -> ByteReader:
        readers.append(_HashingReader(file, size))
        return readers[-1]

    builder = _Builder()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")  # of character sets that are not known
        try:
            with open_regular(path, limits) as file:
                for element in walk_elements(file, path, limits, make_reader):
                    builder.add(element, readers[-1].taken())
        except OSError as error:
            raise system_error(path, error) from error
    notes = (*builder.notes, *dict.fromkeys(f"{one.message}." for one in caught))
    return Header(builder.finished(), builder.transfer_syntax, notes)


class _HashingReader(ByteReader):
    """Hashes what is passed over, but for the preamble."""

    def __init__(self, file: BinaryIO | io.RawIOBase, size: int | None) -> None:
        super().__init__(file, size)
        self._digest: hashlib._Hash | None = None

    def skip(self, count: int) -> int:
        if self.position == 0:
            return super().skip(count)
        if self._digest is None:
            self._digest = hashlib.sha256()
        left = count
        while left and (piece := self.take(min(left, _CHUNK))):
            self._digest.update(piece)
            left -= len(piece)
        return count - left

    def taken(self) -> str:
        """Give the hash of what was passed over since the last time; "" of nothing."""
        digest, self._digest = self._digest, None
        return digest.hexdigest() if digest is not None else ""


class _Builder:
    """Makes nodes of elements; a sequence's content is known once it is over."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.transfer_syntax = ""
        self._top: list[Node] = []
        self._seen: list[dict[Key, int]] = [{}]  # of each data set that is open
        self._sets: list[list[Node]] = [self._top]  # the same
        self._sequences: list[Node] = []

    def add(self, element: Element, digest: str) -> None:
        """Take an element, in the order of the walk."""
        level = (element.depth + 1) // 2 if element.kind == Kind.ITEM else element.depth // 2
        if element.kind == Kind.NOTE:
            self.notes.append(element.text)
            return
        if element.kind == Kind.ITEM:
            self._close(level - 1)
            if len(self._sequences) < level:
                return
            items = self._sequences[level - 1].items
            assert items is not None
            items.append([])
            self._sets.append(items[-1])
            self._seen.append({})
            return
        self._close(level)
        while len(self._sequences) > level:
            self._end_sequence()
        if element.tag == _TRANSFER_SYNTAX:
            self.transfer_syntax = element.value.decode("latin-1").strip(" \0")
        node = _node(element, digest, self._seen[-1])
        self._sets[-1].append(node)
        if element.kind == Kind.SEQUENCE:
            self._sequences.append(node)

    def finished(self) -> list[Node]:
        """Give the nodes at the top, once all have come."""
        self._close(0)
        while self._sequences:
            self._end_sequence()
        return self._top

    def _close(self, level: int) -> None:
        """End the items that are open below ``level``."""
        while len(self._sets) > level + 1:
            del self._sets[-1], self._seen[-1]
            while len(self._sequences) > len(self._sets):
                self._end_sequence()

    def _end_sequence(self) -> None:
        node = self._sequences.pop()
        assert node.items is not None
        node.text = "1 item" if len(node.items) == 1 else f"{len(node.items):,} items"
        node.content = hash((node.key, tuple(map(content_of, node.items))))


def _node(element: Element, digest: str, seen: dict[Key, int]) -> Node:
    tag, vr = element.tag, element.stored_vr or element.vr
    creator = element.context.creator(tag)
    entry = look_up(tag, creator)
    is_sequence = element.kind == Kind.SEQUENCE
    text = "" if is_sequence else value_text(element)
    key: Key = (tag, "", 0, 0)
    if tag >> 16 & 1 and 0x10 <= tag & 0xFFFF <= 0xFF:
        key = (tag >> 16, f"\0{text}", 0, 0)  # a creator is the same in whatever block
    elif creator:
        key = (tag >> 16, creator, tag & 0xFF, 0)
    ordinal = seen.get(key, 0)
    seen[key] = ordinal + 1
    key = (*key[:3], ordinal)
    is_binary = element.vr in BINARY_VRS or bool(element.text)
    content = 0
    if not is_sequence:
        content = hash((key, text.strip(), element.value if is_binary else b"", digest))
    if digest and is_binary:
        text = f"{text} SHA-256 {digest[:_SHORT_HASH]}…"
    label = entry.keyword or tag_text(tag)
    return Node(
        key,
        tag,
        label,
        entry.name,
        vr,
        bool(element.stored_vr),
        text,
        content,
        [] if is_sequence else None,
        is_binary,
        element.little_endian,
    )
