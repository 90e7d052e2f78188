"""Where a Negato that is run from a disc keeps its settings: in memory, until it ends.

The machine is not its own: it remembers nothing there, nor has Qt do so.
"""

from __future__ import annotations

import os
from typing import Protocol

from PySide6.QtCore import QSettings

_NOWHERE = os.path.join(os.devnull, "none")  # below what is no folder, nothing can be made


class Store(Protocol):
    """What settings are kept in, as `QSettings` has it."""

    def value(self, key: str, default: object = None, /) -> object:
        """Give what is kept under ``key``."""

    def setValue(self, key: str, value: object, /) -> None:
        """Keep ``value`` under ``key``."""

    def remove(self, key: str, /) -> None:
        """Forget what is kept under ``key``."""


class GuestStore:
    """Keeps settings in memory; paths that were opened are not remembered even there."""

    def __init__(self) -> None:
        self._kept: dict[str, object] = {"privacy/remember_recent": False}
        # what Qt's own dialogs for files remember is kept apart; in a registry it cannot be moved
        scope = QSettings.Scope.UserScope
        QSettings.setPath(QSettings.Format.NativeFormat, scope, _NOWHERE)

    def value(self, key: str, default: object = None, /) -> object:
        """Give what is kept under ``key``."""
        return self._kept.get(key, default)

    def setValue(self, key: str, value: object, /) -> None:
        """Keep ``value`` under ``key``."""
        self._kept[key] = value

    def remove(self, key: str, /) -> None:
        """Forget what is kept under ``key``."""
        self._kept.pop(key, None)
