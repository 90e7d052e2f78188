"""Find a file of ``resources/``, in an editable checkout or an installed wheel."""

from __future__ import annotations

from pathlib import Path

_INSTALLED = Path(__file__).parent / "_resources"
_CHECKOUT = Path(__file__).parent.parent / "resources"


def resource(name: str) -> Path:
    """Give the path of a resource.

    Parameters
    ----------
    name : str
        Path below ``resources/``, with forward slashes.

    Raises
    ------
    FileNotFoundError
        If the resource was not delivered: a fault of the installation.
    """
    for root in (_INSTALLED, _CHECKOUT):
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(f"resource {name!r} is missing from the installation")
