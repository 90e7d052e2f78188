"""Conditions that rows of a table hold to: ``Modality=CT``, ``SliceThickness<=2``.

``=`` and ``!=`` look at the whole cell and at each of several values, ``~`` at a part of the text
in any case; ``<``, ``<=``, ``>``, ``>=`` hold where they do for each value. Numbers are compared as
numbers and all else as text, in which dates (ISO 8601, or 20240131) have their order. An empty
cell is less than nothing.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from viewer.dicom.inspection.columns import Column, ColumnError, parse_column
from viewer.plain_text import date

_CONDITION = re.compile(r"(.+?)(!=|<=|>=|=|~|<|>)(.*)", re.DOTALL)
_Compare = Callable[[Any, Any], bool]
_ORDERS: dict[str, _Compare] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What a cell of a column must be."""

    column: Column
    sign: str
    value: str

    def holds(self, cell: str) -> bool:
        """Tell whether it holds for a cell."""
        if self.sign == "~":
            return self.value.casefold() in cell.casefold()
        value = date(self.value) if self.column.vr == "DA" else self.value
        if self.sign in _ORDERS:
            return bool(cell) and all(_in_order(one, self.sign, value) for one in cell.split("\\"))
        is_equal = any(_is_equal(one, value) for one in (cell, *cell.split("\\")))
        return is_equal == (self.sign == "=")


def parse_condition(text: str) -> Condition:
    """Give the condition that a user writes.

    Raises
    ------
    ColumnError
        It is none, or its column is none.
    """
    matched = _CONDITION.fullmatch(text)
    if matched is None:
        raise ColumnError(f"{text} is no condition; write one such as Modality=CT or Rows>=512.")
    return Condition(parse_column(matched[1].strip()), matched[2], matched[3].strip())


def all_hold(conditions: Sequence[tuple[int, Condition]], cells: Sequence[str]) -> bool:
    """Tell whether all hold for a row; each comes with the place of its cell."""
    return all(condition.holds(cells[place]) for place, condition in conditions)


def _is_equal(cell: str, value: str) -> bool:
    return cell == value or _numbers(cell, value, operator.eq)


def _in_order(cell: str, sign: str, value: str) -> bool:
    compare = _ORDERS[sign]
    if _number(cell) is None or _number(value) is None:
        return compare(cell, value)
    return _numbers(cell, value, compare)


def _numbers(cell: str, value: str, compare: _Compare) -> bool:
    left, right = _number(cell), _number(value)
    return left is not None and right is not None and compare(left, right)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
