"""Single values out of a pydicom data set, whatever the file put there.

An attribute that is absent, empty or cannot be parsed is None (or an empty
tuple): broken values are common and must not stop a picture. What an absent
value means is left to the caller.
"""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterable, Sized
from typing import Any

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.hooks import hooks, raw_element_vr
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.valuerep import PersonName

_log = logging.getLogger(__name__)
_CHARACTER_SET = 0x00080005


def raw_value(dataset: Dataset, keyword: str) -> Any:
    """Give the value of an attribute, or None where it is absent or cannot be parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return dataset.get(keyword)
    except Exception as error:  # pydicom parses lazily and raises what its parsers raise
        _log.debug("%s cannot be parsed: %s", keyword, type(error).__name__)
        return None


def values(dataset: Dataset, keyword: str) -> tuple[Any, ...]:
    """Give the values of an attribute as a tuple, empty where there is none."""
    value = raw_value(dataset, keyword)
    if value is None or value == "" or isinstance(value, Sequence):
        return ()
    if isinstance(value, MultiValue | list | tuple):
        return tuple(value)
    return (value,)


def integer(dataset: Dataset, keyword: str) -> int | None:
    """Give the first value as an integer; None for absent, fractional or unreadable ones."""
    number = _number(next(iter(values(dataset, keyword)), None))
    return int(number) if number is not None and number.is_integer() else None


def number(dataset: Dataset, keyword: str) -> float | None:
    """Give the first value as a finite number."""
    return _number(next(iter(values(dataset, keyword)), None))


def numbers(dataset: Dataset, keyword: str) -> tuple[float, ...]:
    """Give all values as finite numbers; empty where one of them is not."""
    return finite_numbers(values(dataset, keyword))


def finite_numbers(found: Iterable[Any]) -> tuple[float, ...]:
    """Give values as finite numbers; empty where one of them is not."""
    result = []
    for value in found:
        parsed = _number(value)
        if parsed is None:
            return ()
        result.append(parsed)
    return tuple(result)


def texts(dataset: Dataset, keyword: str) -> tuple[str, ...]:
    """Give all values as text without padding; empty for bytes of a VR that is none."""
    found = values(dataset, keyword)
    if any(isinstance(value, bytes) for value in found):
        return ()
    return tuple(str(value).strip(" \0") for value in found)


def text(dataset: Dataset, keyword: str) -> str:
    """Give the first value as text without padding, "" where there is none."""
    return next(iter(texts(dataset, keyword)), "")


def items(dataset: Dataset, keyword: str, which: slice = slice(None)) -> tuple[Dataset, ...]:
    """Give the items of a sequence, or ``which`` of them, at no cost for the others."""
    value = raw_value(dataset, keyword)
    if value is None or isinstance(value, str | bytes):
        return ()
    try:
        return tuple(item for item in value[which] if isinstance(item, Dataset))
    except TypeError:
        return ()


def is_stated(dataset: Dataset, keyword: str) -> bool:
    """Whether an attribute is there with a value, readable or not."""
    if keyword not in dataset:
        return False
    value = raw_value(dataset, keyword)
    if value is None:  # empty, or beyond parsing
        element = dataset.get_item(keyword, keep_deferred=True)
        value = None if element is None else element.value
    if isinstance(value, bytes):
        value = value.strip(b" \0")
    return len(value) > 0 if isinstance(value, Sized) else value is not None


def _number(value: Any) -> float | None:
    if value is None or isinstance(value, Dataset | BaseTag):
        return None
    try:
        parsed = float(str(value) if isinstance(value, PersonName) else value)
    except (TypeError, ValueError, OverflowError):
        return None
    return parsed if math.isfinite(parsed) else None


def _vr_of(raw: RawDataElement, data: dict[str, Any], **context: Any) -> None:
    """Take SpecificCharacterSet for text whatever its VR: pydicom reads no file without it."""
    if raw.tag == _CHARACTER_SET:
        data["VR"] = "CS"
    else:
        raw_element_vr(raw, data, **context)


hooks.register_callback("raw_element_vr", _vr_of)
