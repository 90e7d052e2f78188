"""Words of an identity, and texts without them: what Clean Descriptors leaves of a description.

Best effort: a word is taken out where it is one of the identity, looks like a number, a date, an
address or a name behind a title. A name that stands nowhere else in the study is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_PIECE = re.compile(r"\S+")
# four digits or more, dates, times, addresses, telephone numbers
_NUMBER = re.compile(
    r"\d{4,}|\d{1,4}([./:-])\d{1,2}\1\d{1,4}|\d{1,2}[./]\d{1,2}[./]|@|\+\d|\d{3}-\d"
)
_TITLES = frozenset(("dr", "prof", "mr", "mrs", "ms", "miss", "herr", "frau", "mme"))
_SHORTEST_OF_NAME, _SHORTEST_OF_IDENTIFIER = 3, 4


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """Give the words of what identifies, of two characters or more, without case."""
    found = (word.casefold() for text in texts for word in _WORD.findall(text))
    return frozenset(word for word in found if len(word) > 1)


def without_identity(text: str, words: frozenset[str]) -> str:
    """Give a description without what may identify."""
    kept: list[str] = []
    after_title = False
    for piece in _PIECE.findall(text):
        parts = [part.casefold() for part in _WORD.findall(piece)]
        if after_title or _NUMBER.search(piece) or not words.isdisjoint(parts):
            after_title = after_title and piece.endswith(".")
            continue
        after_title = parts[-1:] != [] and parts[-1] in _TITLES
        if not after_title:
            kept.append(piece)
    return " ".join(kept)


def telling(names: Iterable[str], identifiers: Iterable[str]) -> frozenset[str]:
    """Give the words that are looked for in any text: long enough to mean nothing else."""
    return frozenset(
        word
        for texts, shortest in ((names, _SHORTEST_OF_NAME), (identifiers, _SHORTEST_OF_IDENTIFIER))
        for word in words_of(texts)
        if len(word) >= shortest
    )


def bare(text: str) -> str:
    """Give a name or identifier as it is compared: without case, and blanks for what joins."""
    return " ".join(_WORD.findall(text)).casefold()


def whole_ones(texts: Iterable[str]) -> frozenset[str]:
    """Give those that mean nothing else even as a code: names of several words, numbers."""
    return frozenset(
        one
        for text in texts
        if len(one := bare(text)) >= _SHORTEST_OF_IDENTIFIER
        and (" " in one or any(map(str.isdigit, one)))
    )


def names_one(text: str, words: frozenset[str]) -> bool:
    """Tell whether a text holds one of the words."""
    return not words.isdisjoint(word.casefold() for word in _WORD.findall(text))


def without_words(text: str, words: frozenset[str]) -> str:
    """Give a text without these words alone."""
    kept = (p for p in _PIECE.findall(text) if not names_one(p, words))
    return " ".join(kept)
