"""Texts of many rows, each different text kept once: cheap to send, to hold and to search.

A tag table of 50,000 rows has some hundred names and often equal values. What
the rows mean is left to `tags`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

_END = "\x00"  # nothing that is searched for has one

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn(Sequence[str]):
    """A text for each row. Make one with `of`.

    Attributes
    ----------
    codes : ndarray of int64, shape (rows,)
        Which text each row has.
    joined : str
        All texts, one after another.
    starts : ndarray of int64, shape (texts + 1,)
        Where each text begins in ``joined``, and the end.
    folded : str
        All texts in lower case, with an end mark between them.
    """

    codes: IntArray
    joined: str
    starts: IntArray
    folded: str

    @classmethod
    def of(cls, texts: Iterable[str]) -> TextColumn:
        """Make the column of ``texts``."""
        known: dict[str, int] = {}
        codes = np.array([known.setdefault(text, len(known)) for text in texts], np.int64)
        starts = np.zeros(len(known) + 1, np.int64)
        np.cumsum([len(text) for text in known], out=starts[1:])
        folded = _END.join(text.replace(_END, " ") for text in known).lower()
        return cls(codes, "".join(known), starts, folded)

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[str, ...]: ...
    def __getitem__(self, row: int | slice) -> str | tuple[str, ...]:
        if isinstance(row, slice):
            return tuple(self[at] for at in range(*row.indices(len(self))))
        code = self.codes[row]
        return self.joined[self.starts[code] : self.starts[code + 1]]

    def __iter__(self) -> Iterator[str]:
        return (self[row] for row in range(len(self)))

    def holds(self, wanted: str) -> npt.NDArray[np.bool_]:
        """Mark the rows, shape (rows,), whose text has ``wanted`` (lower case) in it."""
        if _END in wanted or wanted not in self.folded:
            return np.zeros(len(self.codes), np.bool_)
        known = np.array([wanted in text for text in self.folded.split(_END)], np.bool_)
        marked: npt.NDArray[np.bool_] = known[self.codes]
        return marked

    def passes(self, test: Callable[[str], bool]) -> npt.NDArray[np.bool_]:
        """Mark the rows, shape (rows,), whose text passes a test."""
        bounds = zip(self.starts[:-1].tolist(), self.starts[1:].tolist(), strict=True)
        known = np.array([test(self.joined[begin:end]) for begin, end in bounds], np.bool_)
        marked: npt.NDArray[np.bool_] = known[self.codes] if len(known) else np.zeros(0, np.bool_)
        return marked
