"""Whether a child's pickle can be loaded and its values be hashed: what no unpickler bounds.

A child that was taken over need not name anything forbidden to end its parent. A memo
entry of number 4,000,000,000 takes 64 GiB. Tuples in one another, a million deep, overflow
the stack where they are hashed, and ones that hold the same tuple twice, forty deep, take
hours, with Python's lock held. So the operations are gone through before they are done:
only those that `replies.dump` writes, no value nested deeper than ours ever are, none that
has too many parts when what it holds several times is counted each time. What a pickle may
name is left to `replies`.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable

_MOST_DEPTH = 200
_MOST_PARTS = 1 << 25  # some tenths of a second to hash

_SIZES = [0] * 256  # of operations that push a plain value, where it is the same for all
_COUNTED = [0] * 256  # where a count of so many bytes comes first
for _operation, _size in (
    *((pickle.NONE, 1), (pickle.NEWTRUE, 1), (pickle.NEWFALSE, 1), (pickle.EMPTY_TUPLE, 1)),
    *((pickle.BININT1, 2), (pickle.BININT2, 3), (pickle.BININT, 5), (pickle.BINFLOAT, 9)),
    (pickle.NEXT_BUFFER, 1),
):
    _SIZES[_operation[0]] = _size
for _operation, _size in (
    *((pickle.SHORT_BINUNICODE, 1), (pickle.BINUNICODE, 4), (pickle.LONG1, 1)),
    *((pickle.SHORT_BINBYTES, 1), (pickle.BINBYTES, 4), (pickle.BYTEARRAY8, 8)),
):
    _COUNTED[_operation[0]] = _size
_BINGET, _MEMOIZE, _STOP = pickle.BINGET[0], pickle.MEMOIZE[0], pickle.STOP[0]
_SHORT_TEXT = pickle.SHORT_BINUNICODE[0]
_LONG = struct.Struct("<L")

# How deep a value is, how many parts it has, and whether it is fetched a second time; nothing
# of a plain one. One object for one value: it may grow until it is fetched.
_Shape = list[int]
_PLAIN: _Shape = []
_Operation = Callable[["_Shapes", bytes | bytearray, int], int]  # pickle and place; gives its size


def check(pickled: bytes | bytearray) -> None:
    """Go through the operations of a pickle.

    Raises
    ------
    Exception
        Of any kind, where it is not one that `replies.dump` would write.
    """
    shapes = _Shapes()
    stack, memo = shapes.stack, shapes.memo
    push, keep, sizes, counted = stack.append, memo.append, _SIZES, _COUNTED
    at = 0
    while True:  # the usual operations first: there are forty of them to a header
        operation = pickled[at]
        if operation == _BINGET:
            shape = memo[pickled[at + 1]]
            push(shape)
            at += 2
            if shape:
                shape[2] = 1
        elif size := sizes[operation]:
            push(_PLAIN)
            at += size
        elif operation == _MEMOIZE:
            keep(stack[-1])
            at += 1
        elif operation == _SHORT_TEXT:
            push(_PLAIN)
            at += 2 + pickled[at + 1]
        elif size := counted[operation]:
            push(_PLAIN)
            at += 1 + size
            at += int.from_bytes(pickled[at - size : at], "little")
        elif operation == _STOP and at == len(pickled) - 1:
            return
        else:  # a KeyError where children never say that
            at += _OTHERS[operation](shapes, pickled, at)


class _Shapes:
    """The stack, marks and memo of an unpickler, with the shape of each value in its place."""

    def __init__(self) -> None:
        self.stack: list[_Shape] = []
        self.memo: list[_Shape] = []
        self._marks: list[int] = []

    def mark(self) -> None:
        """Remember how high the stack is."""
        self._marks.append(len(self.stack))

    def to_mark(self) -> int:
        """Say how many values there are above the last mark, and forget that."""
        return len(self.stack) - self._marks.pop()

    def hold(self, count: int) -> None:
        """Put one value that holds them in the place of the last ``count``."""
        depth, parts = self._measured(count)
        self.stack[len(self.stack) - count :] = [[depth + 1, parts + 1, 0]]

    def grow(self, count: int) -> None:
        """Put the last ``count`` into the value before them, which nothing else holds as yet."""
        depth, parts = self._measured(count)
        del self.stack[len(self.stack) - count :]
        grown = self.stack[-1]
        if not grown or grown[2]:
            raise pickle.UnpicklingError("what is shared does not grow")
        grown[0] = max(grown[0], depth + 1)
        grown[1] = min(grown[1] + parts, _MOST_PARTS)

    def _measured(self, count: int) -> tuple[int, int]:
        depth, parts = 0, count
        for shape in filter(None, self.stack[len(self.stack) - count :]):
            parts += shape[1]
            if shape[0] > depth:
                depth = shape[0]
        if not 0 <= count <= len(self.stack) or depth >= _MOST_DEPTH or parts > _MOST_PARTS:
            raise pickle.UnpicklingError("too deep, or too many parts")
        return depth, parts


def _skip(size: int) -> _Operation:
    return lambda _shapes, _pickled, _at: size


def _hold(count: int) -> _Operation:
    def run(shapes: _Shapes, _pickled: bytes | bytearray, _at: int) -> int:
        shapes.hold(count)
        return 1

    return run


def _grow(count: int) -> _Operation:
    def run(shapes: _Shapes, _pickled: bytes | bytearray, _at: int) -> int:
        shapes.grow(count)
        return 1

    return run


def _hold_to_mark(shapes: _Shapes, _pickled: bytes | bytearray, _at: int) -> int:
    shapes.hold(shapes.to_mark())
    return 1


def _grow_by_marked(shapes: _Shapes, _pickled: bytes | bytearray, _at: int) -> int:
    shapes.grow(shapes.to_mark())
    return 1


def _mark(shapes: _Shapes, _pickled: bytes | bytearray, _at: int) -> int:
    shapes.mark()
    return 1


def _fetch(shapes: _Shapes, pickled: bytes | bytearray, at: int) -> int:
    shape = shapes.memo[_LONG.unpack_from(pickled, at + 1)[0]]
    if shape:
        shape[2] = 1
    shapes.stack.append(shape)
    return 5


def _name(shapes: _Shapes, _pickled: bytes | bytearray, _at: int) -> int:
    shapes.stack[-2:] = [_PLAIN]
    return 1


_OTHERS: dict[int, _Operation] = {
    pickle.PROTO[0]: _skip(2),
    pickle.FRAME[0]: _skip(9),
    pickle.READONLY_BUFFER[0]: _skip(1),
    pickle.MARK[0]: _mark,
    pickle.LONG_BINGET[0]: _fetch,
    pickle.STACK_GLOBAL[0]: _name,
    pickle.EMPTY_LIST[0]: _hold(0),
    pickle.EMPTY_DICT[0]: _hold(0),
    pickle.EMPTY_SET[0]: _hold(0),
    pickle.TUPLE1[0]: _hold(1),
    pickle.TUPLE2[0]: _hold(2),
    pickle.TUPLE3[0]: _hold(3),
    pickle.TUPLE[0]: _hold_to_mark,
    pickle.FROZENSET[0]: _hold_to_mark,
    pickle.REDUCE[0]: _hold(2),
    pickle.NEWOBJ[0]: _hold(2),
    pickle.NEWOBJ_EX[0]: _hold(3),
    pickle.APPEND[0]: _grow(1),
    pickle.SETITEM[0]: _grow(2),
    pickle.BUILD[0]: _grow(1),
    pickle.APPENDS[0]: _grow_by_marked,
    pickle.SETITEMS[0]: _grow_by_marked,
    pickle.ADDITEMS[0]: _grow_by_marked,
}
