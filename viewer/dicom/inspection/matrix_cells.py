"""What pieces of a header say: cells of text, each with the keyword path of its attribute.

Knows no files and no frames. Sequences of few items are unfolded, of others the number of items is
told; bulk is left out.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable
from typing import NamedTuple

from viewer.dicom import elements
from viewer.dicom.byte_reader import ByteReader
from viewer.dicom.inspection.frame_pieces import FRAME_GROUPS, GROUPED, SHARED_GROUPS, Pieces
from viewer.dicom.limits import Limits
from viewer.dicom.tag_context import DatasetContext
from viewer.dicom.tag_names import look_up
from viewer.dicom.tag_values import value_text
from viewer.dicom.tag_walk import Element, Walk
from viewer.dicom.tags import BINARY_VRS, Kind, tag_text

MOST_ITEMS = 16  # of a sequence that is unfolded
MOST_CHARACTERS = 1024
_MOST_BINARY = 64  # bytes that are shown; more is bulk
_CHARACTER_SET, _PIXEL_REPRESENTATION = 0x00080005, 0x00280103


class Cell(NamedTuple):
    """A value of one frame; ``text`` is None where it is bulk and left out."""

    path: str
    tag: int
    vr: str
    name: str
    text: str | None
    root: int  # tag of the element at the top, or of the macro, that it is within


class CellReader:
    """Reads pieces of data sets that have character set, signedness and creators in common."""

    def __init__(self, pieces: Pieces, *, explicit: bool, limits: Limits) -> None:
        self._explicit, self._limits = explicit, limits
        self._contexts = (DatasetContext(), DatasetContext())  # of the top; of functional groups
        self._before = b"".join(
            pieces[tag] for tag in (_CHARACTER_SET, _PIXEL_REPRESENTATION) if tag in pieces
        )
        self._known: dict[tuple[int, bytes], tuple[Cell, ...]] = {}
        self._creators: Pieces = {}
        for key, piece in pieces.items():
            if key in (_CHARACTER_SET, _PIXEL_REPRESENTATION):
                for context in self._contexts:
                    context.learn(key, _value_of(piece, explicit))
        self.takes(pieces)

    def takes(self, pieces: Pieces) -> bool:
        """Tell whether pieces have no other private creators than those before; learn new ones."""
        creators = {key: piece for key, piece in pieces.items() if _is_creator(key & 0xFFFFFFFF)}
        if any(self._creators.get(key, piece) != piece for key, piece in creators.items()):
            return False
        for key in creators.keys() - self._creators.keys():
            self._creators[key] = creators[key]
            value = _value_of(creators[key], self._explicit)
            self._contexts[key >= GROUPED].learn(key & 0xFFFFFFFF, value)
        return True

    def cells(self, key: int, piece: bytes) -> tuple[Cell, ...]:
        """Give the cells of a piece."""
        found = self._known.get((key, piece))
        if found is None:
            found = self._known[key, piece] = self._read(key, piece)
        return found

    def _read(self, key: int, piece: bytes) -> tuple[Cell, ...]:
        explicit = self._explicit or key >> 16 == 2
        context = self._contexts[key >= GROUPED]
        tag, written, length, at = elements.element_at(piece, 0, explicit)
        stored_vr = written.decode("ascii") if written else ""
        vr = context.reading_vr(tag, stored_vr, length)
        undefined = length == elements.UNDEFINED_LENGTH
        if vr == "SQ" or undefined or elements.holds_items(piece, at, written):
            creator = self._creator(tag, context)
            reader = ByteReader(io.BytesIO(creator + self._before + piece), None)
            walk = Walk(reader, self._limits, len(piece))
            met = walk.dataset(implicit=not explicit, little_endian=True)
            return tuple(cell for cell in cells_of(met) if cell.root == tag)
        element = Element(Kind.ELEMENT, 0, tag, stored_vr, vr, length, piece[at:], context=context)
        return (_cell(element, _name(tag), tag),)

    def _creator(self, tag: int, context: DatasetContext) -> bytes:
        """Give the element that names the creator of a private tag, for a walk that needs it."""
        name = context.creator(tag).encode("latin-1", "replace")
        if not name or len(name) > 64:
            return b""
        group, block = tag >> 16, tag >> 8 & 0xFF
        head = group.to_bytes(2, "little") + block.to_bytes(2, "little")
        name += b" " * (len(name) % 2)
        if self._explicit:
            return head + b"LO" + len(name).to_bytes(2, "little") + name
        return head + len(name).to_bytes(4, "little") + name


def cells_of(met: Iterable[Element]) -> list[Cell]:
    """Give the cells of elements, met in the order of a walk."""
    found: list[Cell] = []
    names: list[str] = []  # of what is open, by depth
    tags: list[int] = []
    sequences: dict[str, Cell] = {}
    items: dict[str, int] = {}
    for element in met:
        depth = element.depth
        if element.kind == Kind.NOTE:
            continue
        del names[depth:], tags[depth:]
        tags.append(element.tag)
        if element.kind == Kind.ITEM:
            count = items[names[-1]]
            items[names[-1]] = count + 1
            names.append(f"{names[-1]}[{count}]")
            continue
        name = _name(element.tag)
        names.append(f"{names[-1]}.{name}" if names else name)
        is_grouped = tags[0] in (SHARED_GROUPS, FRAME_GROUPS) and depth > 1
        cell = _cell(element, names[-1], tags[2] if is_grouped else tags[0])
        if element.kind == Kind.SEQUENCE:
            sequences[names[-1]] = cell
            items[names[-1]] = 0
        else:
            found.append(cell)
    folded = {
        path: cell
        for path, cell in sequences.items()
        if not items[path] or (items[path] > MOST_ITEMS and cell.tag != FRAME_GROUPS)
    }
    if not folded:
        return found
    inside = tuple(f"{path}[" for path in folded)
    counted = [
        cell._replace(text=f"{items[path]:,} items", vr="SQ") for path, cell in folded.items()
    ]
    return [cell for cell in [*found, *counted] if not cell.path.startswith(inside)]


def _cell(element: Element, path: str, root: int) -> Cell:
    entry = look_up(element.tag, element.context.creator(element.tag))
    vr = element.vr if element.stored_vr in ("", "UN") else element.stored_vr
    text = None if element.kind == Kind.SEQUENCE else _text(element)
    return Cell(path, element.tag, vr, entry.name, text, root)


def _text(element: Element) -> str | None:
    if element.text or (element.vr in BINARY_VRS and element.length > _MOST_BINARY):
        return None
    if element.vr == "UI":  # the numbers alone: their names would be in the way of comparing
        text = "\\".join(uid.strip(" \0") for uid in element.value.decode("latin-1").split("\\"))
    else:
        text = value_text(element)
    if len(text) <= MOST_CHARACTERS:
        return text
    # what is cut off may be what differs
    return f"{text[:MOST_CHARACTERS]}… (CRC-32 {zlib.crc32(text.encode('utf-8', 'replace')):08X})"


def _name(tag: int) -> str:
    return look_up(tag).keyword or tag_text(tag)


def _is_creator(tag: int) -> bool:
    return bool(tag >> 16 & 1) and 0x10 <= tag & 0xFFFF <= 0xFF


def _value_of(piece: bytes, explicit: bool) -> bytes:
    return piece[elements.element_at(piece, 0, explicit)[3] :]
