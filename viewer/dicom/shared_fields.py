"""Frozen data classes of many fields, most of which are the same in thousands of objects.

A header has some hundred attributes, of which ten differ between the files of
a series. Kept in each object, the others would be most of the memory of a
large catalogue, and of what crosses from the process that reads it. Which
attributes there are, and which of them differ, is the matter of the classes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import lru_cache
from operator import attrgetter
from typing import Any, ClassVar, NoReturn, TypeVar, cast

T = TypeVar("T")

_REMEMBERED = 256  # groups of values, the latest


class _Group(tuple[Any, ...]):
    """Values that objects share: the same object for equal values."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return group_of, (tuple(self),)


@lru_cache(_REMEMBERED)
def group_of(values: tuple[Any, ...]) -> _Group:
    """Give the one object for these values, made here or come from another process."""
    return _Group(values)


def sharing(*, own: tuple[str, ...], varying: tuple[str, ...]) -> Callable[[type[T]], type[T]]:
    """Have the objects of a frozen data class share the fields that they have in common.

    The class is used as before: built with keywords, compared, hashed,
    pickled, given to `dataclasses.replace`. Shared values must be hashable;
    those that are equal are taken for the same.

    Parameters
    ----------
    own : tuple of str
        Fields that differ from object to object, and are not shared.
    varying : tuple of str
        Fields that take a few values where most others take one: shared apart
        from those.
    """

    def divide(cls: type[T]) -> type[T]:
        every = {field.name: field.default for field in fields(cast(Any, cls))}
        steady = tuple(name for name in every if name not in own + varying)
        left_out = {"__dict__", "__weakref__", "__init__", "__eq__", "__hash__", *every}
        members = {name: value for name, value in vars(cls).items() if name not in left_out}
        members.update((name, _varying_value(place)) for place, name in enumerate(varying))
        members.update((name, _steady_value(place)) for place, name in enumerate(steady))
        members.update(__slots__=own, own_names=own, varying_names=varying, steady_names=steady)
        members.update(defaults=every)
        return cast(type[T], type(cls.__name__, (Sharing,), members))

    return divide


def changing_values(given: object) -> dict[str, Any]:
    """Give the own and the varying fields of an object."""
    shared = cast(Sharing, given)
    names = shared.own_names + shared.varying_names
    return dict(zip(names, shared.own(shared) + shared.varying, strict=True))


def alike(model: T, values: Mapping[str, Any]) -> T:
    """Give an object that is as ``model`` but for ``values``, all that `changing_values` gives."""
    shared = cast(Sharing, model)
    changing = tuple(values.values())
    count = len(shared.own_names)
    made = made_of(type(shared), shared.steady, group_of(changing[count:]), *changing[:count])
    return cast(T, made)


def _varying_value(place: int) -> property:
    return property(lambda self: self.varying[place])


def _steady_value(place: int) -> property:
    return property(lambda self: self.steady[place])


class Sharing:
    """What all such classes do; a frozen data class's other methods go by the fields' names."""

    __slots__ = ("steady", "varying")
    steady: _Group
    varying: _Group
    own_names: ClassVar[tuple[str, ...]]
    varying_names: ClassVar[tuple[str, ...]]
    steady_names: ClassVar[tuple[str, ...]]
    defaults: ClassVar[Mapping[str, Any]]
    own: ClassVar[attrgetter[tuple[Any, ...]]]
    setters: ClassVar[tuple[Callable[[object, object], None], ...]]

    def __init_subclass__(cls) -> None:
        cls.own = attrgetter(*cls.own_names)
        cls.setters = tuple(vars(cls)[name].__set__ for name in cls.own_names)

    def __init__(self, *positional: object, **named: object) -> None:
        values = {**self.defaults, **dict(zip(self.defaults, positional, strict=False)), **named}
        if len(values) > len(self.defaults) or len(positional) > len(self.defaults):
            raise TypeError(f"{type(self).__name__} has no field for one of these values")
        if MISSING in values.values():
            raise TypeError(f"{type(self).__name__} needs a value for each field without default")
        _set_steady(self, group_of(tuple(map(values.__getitem__, self.steady_names))))
        _set_varying(self, group_of(tuple(map(values.__getitem__, self.varying_names))))
        for name, put in zip(self.own_names, self.setters, strict=True):
            put(self, values[name])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sharing):
            return NotImplemented
        if self is other:
            return True
        same = type(self) is type(other) and self.steady == other.steady
        return same and self.varying == other.varying and self.own(self) == other.own(other)

    def __hash__(self) -> int:
        return hash((self.own(self), self.varying, self.steady))

    def __setstate__(self, state: object) -> NoReturn:
        # or a pickle that gives a state to the class itself would set its attributes
        raise TypeError("made of its values, and has no state")

    def __reduce__(self) -> tuple[Any, ...]:
        return made_of, (type(self), self.steady, self.varying, *self.own(self))


def made_of(cls: type[Sharing], steady: _Group, varying: _Group, *own: Any) -> Sharing:
    """Make an object of its values, as pickles do."""
    made = object.__new__(cls)
    _set_steady(made, steady)
    _set_varying(made, varying)
    for put, value in zip(cls.setters, own, strict=True):
        put(made, value)
    return made


_set_steady = vars(Sharing)["steady"].__set__
_set_varying = vars(Sharing)["varying"].__set__
