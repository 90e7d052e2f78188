"""Pickles that name nothing forbidden, and would end or stop the window all the same."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from tests.dicom.slices import a_slice
from viewer.dicom.errors import PixelError
from viewer.dicom.ledger import Skipped
from viewer.workers import replies
from viewer.workers.decode_child import Filled
from viewer.workers.transfer import Beside

_START = pickle.PROTO + b"\x05"
_TWICE = pickle.MEMOIZE + pickle.BINGET + b"%c" + pickle.TUPLE2


def _loaded(value: object) -> object:
    return replies.load(replies.dump(value, None), ())


def test_what_children_say_comes_back() -> None:
    said = [
        [a_slice(number, window_center=(40.0, 50.0)) for number in range(400)],
        Skipped("/a/\udcff", "damaged", "Häßlich " * 100),
        [Filled(Beside(0, 4), "RLE", 0.5), Filled(PixelError("No.", "/a"), None, 1.0)],
        {"a": {1, 2}, "b": frozenset((3, 1 << 70)), "c": [[[]], ()], "d": (b"x" * 300, True, -1)},
        ((((None,),),),),
        bytearray(b"xyz"),
        list(range(100_000)),
    ]
    for one in said:
        assert _are_alike(_loaded(one), one)
    assert np.array_equal(_loaded(np.arange(12).reshape(3, 4)), np.arange(12).reshape(3, 4))  # type: ignore[arg-type]


def _are_alike(a: object, b: object) -> bool:
    if isinstance(a, PixelError) and isinstance(b, PixelError):
        return (a.message, a.path) == (b.message, b.path)
    if isinstance(a, Filled) and isinstance(b, Filled):
        return _are_alike(a.pixels, b.pixels) and a.seconds == b.seconds
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_are_alike, a, b))
    return a == b


def _deep() -> bytes:
    """Tuples in one another: hashing them overflows the stack."""
    return pickle.EMPTY_DICT + pickle.EMPTY_TUPLE + pickle.TUPLE1 * 1_000_000


def _wide() -> bytes:
    """Each tuple holds the one before it twice: hashing the last takes for ever."""
    doubled = b"".join(_TWICE % number for number in range(60))
    return pickle.EMPTY_DICT + pickle.NONE + doubled


def _wide_later() -> bytes:
    """The same of objects that are given their parts once they are held already."""
    named = _text("viewer.workers.transfer") + _text("Beside") + pickle.STACK_GLOBAL
    empty = named + pickle.EMPTY_TUPLE + pickle.NEWOBJ + pickle.MEMOIZE
    held = pickle.BINGET + b"\0" + pickle.TUPLE2
    return empty + held + pickle.BINGET + b"\0" + pickle.NONE + pickle.BUILD


def _text(text: str) -> bytes:
    return pickle.SHORT_BINUNICODE + bytes([len(text)]) + text.encode()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "operations",
    [
        pytest.param(pickle.NONE + pickle.LONG_BINPUT + b"\0\0\0\xff", id="far in the memo"),
        pytest.param(pickle.NONE + pickle.PUT + b"4000000000\n", id="far in the memo, as text"),
        pytest.param(_deep() + pickle.NONE + pickle.SETITEM, id="deep key"),
        pytest.param(_wide() + pickle.NONE + pickle.SETITEM, id="wide key"),
        pytest.param(_wide_later(), id="held, then made wide"),
        pytest.param(pickle.EMPTY_TUPLE + pickle.DUP * 1000 + pickle.TUPLE3, id="doubled"),
        pytest.param(pickle.LONG4 + b"\xff\xff\xff\x00", id="long number"),
        pytest.param(pickle.TUPLE2, id="nothing to hold"),
        pytest.param(pickle.SETITEMS, id="no mark"),
        pytest.param(pickle.NONE + pickle.NONE + pickle.APPEND, id="grown where nothing grows"),
        pytest.param(pickle.BINGET + b"\x05", id="nothing in the memo"),
        pytest.param(pickle.NONE + pickle.STOP + pickle.NONE, id="something behind the end"),
        pytest.param(pickle.BINUNICODE + b"\xff\xff\xff\xff", id="text beyond the end"),
    ],
)
def test_what_children_never_say_is_refused_before_it_is_done(operations: bytes) -> None:
    with pytest.raises((pickle.UnpicklingError, LookupError)):
        replies.load(_START + operations + pickle.STOP, ())
