"""A part of the series matrix read from files, in a child process.

Elements are compared as bytes and decoded once: most are the same in all files of a series.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from viewer.dicom.errors import MORE_MEMORY, NegatoError, told_of_defect
from viewer.dicom.inspection.frame_pieces import GROUPED, OddError, Pieces, read_pieces
from viewer.dicom.inspection.matrix import Column, MatrixPart, Values
from viewer.dicom.inspection.matrix_cells import Cell, CellReader, cells_of
from viewer.dicom.limits import Limits
from viewer.dicom.regular_files import open_regular, system_error
from viewer.dicom.tag_reader import walk_elements

_CONTEXT = (0x00080005, 0x00280103)  # what the others are read by
_FRAME_GROUPS = "PerFrameFunctionalGroupsSequence["
_SHARED_GROUPS = "SharedFunctionalGroupsSequence["
_Decoded = tuple[Cell, ...]
_Frame = dict[int, bytes | _Decoded]
_PIXELS = "PixelData"
_Attribute = tuple[str, bool]  # path, and whether it is of functional groups


def read_part(files: Sequence[tuple[str, tuple[int, ...]]], limits: Limits) -> MatrixPart:
    """Read the attributes of frames.

    Parameters
    ----------
    files : sequence of str and tuple of int
        Each file with frames of it, from 0; the part has them in this order.
    """
    part = _Part(limits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of character sets; the values show what became of them
        for path, frames in files:
            try:
                part.add(path, frames)
            except NegatoError as error:
                part.add_unread(len(frames), error.message)
            except OSError as error:
                part.add_unread(len(frames), system_error(path, error).message)
            except MemoryError:
                told = limits.refusal("child_memory_bytes", MORE_MEMORY)
                part.add_unread(len(frames), told)
            except Exception as error:  # a defect of ours on one file must not end the others
                part.add_unread(len(frames), told_of_defect(error))
        return part.result()


class _Part:
    """Columns of pieces while they grow; those that never differed have one piece alone."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._count = 0
        self._unread: list[tuple[int, str]] = []
        self._reader: CellReader | None = None
        self._context: object = None
        self._first: _Frame = {}
        self._varying: dict[int, list[bytes | _Decoded | None]] = {}
        self._has_pixels = False

    def add(self, path: str, frames: Sequence[int]) -> None:
        """Add frames of a file."""
        try:
            header = read_pieces(path, frames, self._limits)
        except OddError:
            for cells in _odd_frames(path, frames, self._limits):
                self._add_frame(cells)
            return
        self._has_pixels |= header.has_pixels
        for pieces in header.frames:
            self._add_frame(self._fitting(pieces, header.explicit))

    def add_unread(self, frames: int, reason: str) -> None:
        """Add frames of which nothing is known."""
        self._unread += [(self._count + at, reason) for at in range(frames)]
        for column in self._varying.values():
            column.extend([None] * frames)
        self._count += frames

    def _fitting(self, pieces: Pieces, explicit: bool) -> _Frame:
        """Give pieces as they are where they are read as those of the first file, else decoded."""
        context = explicit, *(pieces.get(tag) for tag in _CONTEXT)
        if self._reader is None:
            self._reader = CellReader(pieces, explicit=explicit, limits=self._limits)
            self._context = context
        if context == self._context and self._reader.takes(pieces):
            return dict(pieces)
        reader = CellReader(pieces, explicit=explicit, limits=self._limits)
        return {key: reader.cells(key, piece) for key, piece in pieces.items()}

    def _add_frame(self, frame: _Frame) -> None:
        before = self._count
        if before == len(self._unread):  # the first that could be read
            self._first = frame
        else:
            missing = {at for at, _ in self._unread}
            for key in {key for key, _ in frame.items() ^ self._first.items()}:
                if key not in self._varying:
                    first = self._first.get(key)
                    self._varying[key] = [None if at in missing else first for at in range(before)]
        for key, column in self._varying.items():
            column.append(frame.get(key))
        self._count += 1

    def result(self) -> MatrixPart:
        """Give what was found."""
        attributes: dict[_Attribute, Cell] = {}
        columns: dict[_Attribute, Values] = {}
        missing = {at for at, _ in self._unread}
        for key in sorted({*self._first, *self._varying}):
            grouped = key >= GROUPED
            if key not in self._varying:
                for cell in self._cells(key, self._first[key]):
                    attributes[cell.path, grouped] = cell
                    columns[cell.path, grouped] = (cell.text,)
                continue
            found: dict[_Attribute, list[str | None]] = {}
            for at, piece in enumerate(self._varying[key]):
                for cell in self._cells(key, piece):
                    name = cell.path, grouped
                    if name not in found:
                        attributes.setdefault(name, cell)
                        found[name] = [None] * self._count
                    found[name][at] = cell.text
            for name, values in found.items():
                known = {value for at, value in enumerate(values) if at not in missing}
                columns[name] = tuple(values) if len(known) > 1 else tuple(known)
        return self._part(attributes, columns)

    def _cells(self, key: int, piece: bytes | _Decoded | None) -> _Decoded:
        if isinstance(piece, bytes):
            assert self._reader is not None
            return self._reader.cells(key, piece)
        return piece or ()

    def _part(
        self, attributes: dict[_Attribute, Cell], columns: dict[_Attribute, Values]
    ) -> MatrixPart:
        bulk = [cell.path for cell in attributes.values() if cell.text is None]
        if self._has_pixels and _PIXELS not in bulk:
            bulk.append(_PIXELS)
        return MatrixPart(
            self._count,
            tuple(
                Column(cell.path, cell.tag, cell.vr, cell.name, name[1], columns[name])
                for name, cell in attributes.items()
                if cell.text is not None
            ),
            tuple(dict.fromkeys(bulk)),
            tuple(self._unread),
        )


def _odd_frames(path: str, frames: Sequence[int], limits: Limits) -> list[_Frame]:
    """Walk a file that is not plain; give the cells of each frame."""
    common: dict[int, list[Cell]] = {}
    own: dict[int, dict[int, list[Cell]]] = {}
    with open_regular(path, limits) as stream:
        cells = cells_of(walk_elements(stream, path, limits))
    for cell in cells:
        group, key, name = common, cell.root | GROUPED, cell.path.partition("].")[2]
        if cell.path.startswith(_FRAME_GROUPS):
            number = cell.path.removeprefix(_FRAME_GROUPS).partition("]")[0]
            group = own.setdefault(int(number), {})
        elif not cell.path.startswith(_SHARED_GROUPS):
            key, name = cell.root, cell.path
        group.setdefault(key, []).append(cell._replace(path=name))
    return [
        {key: tuple(found) for key, found in {**common, **own.get(frame, {})}.items()}
        for frame in frames
    ]
