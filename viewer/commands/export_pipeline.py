"""Pipelines: what is done to volumes on their way into files, as named steps that can be repeated.

Owns what a TOML file of steps may say; doing the steps is left to `export_steps`.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from viewer.dicom.errors import NegatoError
from viewer.workers.volumes import Values

FORMATS = ("npz", "npy", "nifti", "nrrd")
_DTYPES = ("uint8", "int16", "uint16", "int32", "float16", "float32", "float64")
LONGEST_SIDE = 4096
_FIRST = "values"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, and what it was given."""

    name: str
    given: Any

    def __str__(self) -> str:
        return f"{self.name} = {_toml(self.given)}"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Steps in their order. ``form`` is the format of the files, "" where nothing says it."""

    steps: tuple[Step, ...]
    form: str = ""
    name: str = ""

    @property
    def values(self) -> Values:
        """Which values are read: modality values unless the first step says stored ones."""
        stored = any(step.name == _FIRST and step.given == "stored" for step in self.steps)
        return "stored" if stored else "modality"


def read_pipeline(path: str) -> Pipeline:
    """Read a pipeline from a TOML file.

    Raises
    ------
    NegatoError
        It cannot be read, or says something that there is not; the sentence names key and line.
    """
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        content = tomllib.loads(text)
    except OSError as error:
        raise NegatoError(f"It cannot be read: {error.strerror}.", path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NegatoError(f"This is no TOML: {error}.", path) from error
    try:
        return _pipeline(content)
    except _WrongError as error:
        line = _line_of(text, error.key, error.step)
        raise NegatoError(f"Line {line}: {error}", path) from error


def pipeline_of_steps(steps: Sequence[str]) -> Pipeline:
    """Make a pipeline of steps that are written as TOML each: "clip=[-1000, 400]".

    Raises
    ------
    NegatoError
        One is none.
    """
    tables = []
    for text in steps:
        try:
            tables.append(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            told = f"{text!r} is no step; write one such as 'clip=[-1000, 400]'."
            raise NegatoError(told) from error
    try:
        return _pipeline({"step": tables})
    except _WrongError as error:
        raise NegatoError(str(error)) from error


class _WrongError(Exception):
    """A key that is wrong; ``step`` counts from 0, None for a key of the file."""

    def __init__(self, message: str, key: str, step: int | None = None) -> None:
        super().__init__(message)
        self.key, self.step = key, step


def _pipeline(content: dict[str, Any]) -> Pipeline:
    for key in content:
        if key not in ("name", "format", "step"):
            raise _WrongError(f"there is no key {key}; name, format and [[step]] are.", key)
    form, name, tables = content.get("format", ""), content.get("name", ""), content.get("step", [])
    if form and form not in FORMATS:
        raise _WrongError(f"format is one of {', '.join(FORMATS)}.", "format")
    if not isinstance(name, str):
        raise _WrongError("name is a text.", "name")
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        raise _WrongError("there are no steps; write each as [[step]] and a line.", "step")
    return Pipeline(tuple(_step(table, place) for place, table in enumerate(tables)), form, name)


def _step(table: dict[str, Any], place: int) -> Step:
    if len(table) != 1:
        told = f"a step has one key, this one {', '.join(table) or 'none'}."
        raise _WrongError(told, next(iter(table), "step"), place)
    ((key, given),) = table.items()
    if key not in _STEPS:
        raise _WrongError(f"there is no step {key}; {', '.join(_STEPS)} are.", key, place)
    if key == _FIRST and place:
        raise _WrongError("values is the first step.", key, place)
    told = _STEPS[key](given)
    if told:
        raise _WrongError(f"{key} {told}", key, place)
    return Step(key, given)


def _line_of(text: str, key: str, step: int | None) -> int:
    """Find the line of a key: of the file, or of the step of a number."""
    seen = -1
    for number, line in enumerate(text.splitlines(), 1):
        seen += bool(re.match(r"\s*\[\[\s*step\s*\]\]", line))
        if (step is None or seen == step) and re.match(rf"\s*\[*\s*[\"']?{re.escape(key)}\b", line):
            return number
    return 1


def _numbers(given: Any, count: int) -> bool:
    return (
        isinstance(given, list)
        and len(given) == count
        and all(isinstance(n, int | float) and not isinstance(n, bool) for n in given)
        and all(map(math.isfinite, given))
    )


def _one_of(*known: str) -> Callable[[Any], str]:
    return lambda given: "" if given in known else f"is one of {', '.join(known)}."


def _is_shape(given: Any) -> bool:
    return _numbers(given, 3) and all(isinstance(n, int) and 1 <= n <= LONGEST_SIDE for n in given)


def _resample_is_wrong(given: Any) -> str:
    told = "is {spacing_mm = [z, y, x]} or {shape = [slices, rows, columns]}, with a method."
    if not isinstance(given, dict) or not set(given) <= {"spacing_mm", "shape", "method"}:
        return told
    if ("spacing_mm" in given) == ("shape" in given):
        return told
    if "spacing_mm" in given and not (
        _numbers(given["spacing_mm"], 3) and min(given["spacing_mm"]) > 0
    ):
        return "has a spacing_mm of three numbers above 0: slices, rows, columns."
    if "shape" in given and not _is_shape(given["shape"]):
        return f"has a shape of three whole numbers from 1 to {LONGEST_SIDE:,}."
    if given.get("method", "linear") not in ("linear", "nearest"):
        return "has a method of linear or nearest."
    return ""


def _fit_is_wrong(given: Any) -> str:
    fits = isinstance(given, dict) and set(given) <= {"shape", "fill"}
    fits = fits and _is_shape(given.get("shape")) and _numbers([given.get("fill", 0)], 1)
    return "" if fits else "is {shape = [slices, rows, columns], fill = a number}."


def _straighten_is_wrong(given: Any) -> str:
    fits = isinstance(given, dict) and set(given) <= {"fill"}
    return "" if fits and _numbers([given.get("fill", 0)], 1) else "is {fill = a number}."


def _clip_is_wrong(given: Any) -> str:
    return "" if _numbers(given, 2) and given[0] < given[1] else "is [low, high], two numbers."


def _window_is_wrong(given: Any) -> str:
    return "" if _numbers(given, 2) and given[1] > 0 else "is [centre, width], the width above 0."


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


# What each step may be given: why not, or "".
_STEPS: dict[str, Callable[[Any], str]] = {
    "values": _one_of("hu", "modality", "stored"),
    "straighten": _straighten_is_wrong,
    "resample": _resample_is_wrong,
    "fit": _fit_is_wrong,
    "clip": _clip_is_wrong,
    "window": _window_is_wrong,
    "normalise": _one_of("unit", "zscore"),
    "dtype": _one_of(*_DTYPES),
}
