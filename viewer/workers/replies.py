"""What a parent takes from a child: values of our own kinds, and nothing that could run.

A child may have been taken over by what it reads. Its replies are pickled, and
a pickle can name any function there is; here it can name value classes of
`viewer.dicom` and `viewer.imaging`, and two functions that make headers.
Arrays come as their type, their shape and as many bytes as these need: NumPy's
own way would let a reply write into the description of a type. What else a pickle
can do is the matter of `reply_shape`, how replies travel that of `transfer`.
"""

from __future__ import annotations

import io
import math
import pickle
import sys
from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from viewer.dicom import shared_fields
from viewer.dicom.errors import NegatoError
from viewer.workers import reply_shape

if TYPE_CHECKING:
    import numpy as np

_MODULES = frozenset(
    (
        "viewer.dicom.checking",
        "viewer.dicom.codec_probes",
        "viewer.dicom.deidentification.results",
        "viewer.dicom.errors",
        "viewer.dicom.file_set_instances",
        "viewer.dicom.headers",
        "viewer.dicom.inspection.difference",
        "viewer.dicom.inspection.matrix",
        "viewer.dicom.inspection.table_rows",
        "viewer.dicom.ledger",
        "viewer.dicom.outline",
        "viewer.dicom.patients",
        "viewer.dicom.rendering",
        "viewer.dicom.source_files",
        "viewer.dicom.tags",
        "viewer.dicom.text_column",
        "viewer.dicom.validation.findings",
        "viewer.dicom.value_place",
        "viewer.workers.decode_child",
        "viewer.workers.transfer",
    )
)
_KINDS = frozenset("biufc")  # of arrays: numbers
_BYTES = (1, 2, 4, 8, 16)  # of one of them
_MOST_DIMENSIONS = 4


def dump(value: object, buffer_callback: Callable[[pickle.PickleBuffer], Any] | None) -> bytes:
    """Pickle a value in a child, for `load`."""
    out = io.BytesIO()
    pickler = pickle.Pickler(out, pickle.HIGHEST_PROTOCOL, buffer_callback=buffer_callback)
    if "numpy" in sys.modules:  # or there is no array, and it is not loaded for that
        import numpy as np

        pickler.dispatch_table = {np.ndarray: _reduced}
    pickler.dump(value)
    return out.getvalue()


def load(pickled: bytes | bytearray, buffers: Iterable[object]) -> object:
    """Give the value of `dump` back, in the parent.

    Raises
    ------
    Exception
        Of any kind, where the pickle is none or names what it may not.
    """
    reply_shape.check(pickled)
    return _Unpickler(io.BytesIO(pickled), buffers=buffers).load()


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> Any:
        return _allowed(module, name)


def made_array(kind: str, shape: tuple[int, ...], buffer: bytes) -> np.ndarray:
    """Give the array of numbers that a buffer holds, exactly."""
    import numpy as np

    order, letter, size = kind[:1], kind[1:2], int(kind[2:])
    if order not in "<>|" or letter not in _KINDS or size not in _BYTES:
        raise pickle.UnpicklingError("no array of numbers")
    if len(shape) > _MOST_DIMENSIONS or min(shape, default=0) < 0:
        raise pickle.UnpicklingError("no shape")
    count = math.prod(shape)
    if count * size != memoryview(buffer).nbytes:
        raise pickle.UnpicklingError("not the bytes of this array")
    if not count:
        return np.empty(shape, kind)
    return np.frombuffer(buffer, kind).reshape(shape)


def _reduced(array: np.ndarray) -> tuple[Any, ...]:
    if not array.flags.c_contiguous:
        array = array.copy(order="C")
    return made_array, (array.dtype.str, array.shape, pickle.PickleBuffer(array.data))


class _Function:
    """A function that a reply can call, and can set no attributes of."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        return self._function(*arguments)

    def __setstate__(self, state: object) -> NoReturn:
        raise pickle.UnpicklingError("a function has no state")


_FUNCTIONS = {
    (__name__, "made_array"): _Function(made_array),
    (shared_fields.__name__, "made_of"): _Function(shared_fields.made_of),
    (shared_fields.__name__, "group_of"): _Function(shared_fields.group_of),
}


@cache
def _allowed(module: str, name: str) -> Any:
    """Give what a reply names.

    Raises
    ------
    UnpicklingError
        It is nothing that replies are made of.
    """
    function = _FUNCTIONS.get((module, name))
    if function is not None:
        return function
    if module in _MODULES or module.startswith("viewer.imaging."):
        kind = vars(import_module(module)).get(name)
        if isinstance(kind, type) and kind.__module__ == module and _is_value(kind):
            return kind
    raise pickle.UnpicklingError("replies hold no such thing")


def _is_value(kind: type) -> bool:
    """Tell whether a class is one of plain values, or an error of ours.

    Each has a ``__setstate__``: without one, a reply could give the class
    itself a state, which is to set its attributes.
    """
    is_frozen = is_dataclass(kind) and vars(kind)["__dataclass_params__"].frozen
    is_ours = is_frozen or issubclass(kind, (NegatoError, shared_fields.Sharing))
    return is_ours and hasattr(kind, "__setstate__")
