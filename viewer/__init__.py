"""Negato, a desktop DICOM viewer.

For programs: `open_catalogue` and `show`, see `viewer.public`. That is loaded once one of its
names is asked for, so that a start of the window does not wait for it; ``__init__.pyi`` beside
this says the names to those who check types.
"""

__version__ = "0.1.0"

__all__ = [
    "Catalogue",
    "NegatoError",
    "Patient",
    "Series",
    "ShownWindow",
    "Skipped",
    "Stack",
    "Study",
    "Volume",
    "VolumeStopped",
    "open_catalogue",
    "show",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'viewer' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("viewer.public"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
