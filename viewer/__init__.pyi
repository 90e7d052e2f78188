from viewer.public import (
    Catalogue,
    NegatoError,
    Patient,
    Series,
    ShownWindow,
    Skipped,
    Stack,
    Study,
    Volume,
    VolumeStopped,
    open_catalogue,
    show,
)

__version__: str
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
