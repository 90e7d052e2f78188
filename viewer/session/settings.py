"""What Negato remembers between runs: window layout, recent paths, presets, folders, memory."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from PySide6.QtCore import QByteArray, QSettings

from viewer.imaging.voi import VoiFunction, VoiWindow, is_usable

_RECENT_MAX = 10
_DEFAULT_BUDGET_MB = 2048


class Settings:
    """Typed access to the user's settings.

    Parameters
    ----------
    store : QSettings, optional
        Where they are kept; the user's own by default.
    """

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store if store is not None else QSettings("Negato", "Negato")

    def recent(self) -> list[str]:
        """Give the recently opened paths, newest first."""
        value = self._store.value("recent", [])
        if isinstance(value, str):  # QSettings gives a list of one back as its item
            value = [value]
        return [path for path in value if isinstance(path, str)] if isinstance(value, list) else []

    def add_recent(self, path: str) -> None:
        """Put ``path`` first among the recent ones."""
        path = os.path.abspath(path)
        paths = [path, *(other for other in self.recent() if other != path)]
        self._store.setValue("recent", paths[:_RECENT_MAX])

    def clear_recent(self) -> None:
        """Forget all recent paths."""
        self._store.remove("recent")

    def presets(self, modality: str) -> tuple[VoiWindow, ...]:
        """Give the user's own windows for a modality, in the order of their saving."""
        try:
            found = json.loads(str(self._store.value(f"presets/{modality}", "[]")))
            windows = [
                VoiWindow(float(center), float(width), function, str(name))
                for name, center, width, function in found
                if function in get_args(VoiFunction)
            ]
        except (ValueError, TypeError):  # edited by hand
            return ()
        return tuple(window for window in windows if is_usable(window))

    def save_preset(self, modality: str, name: str, window: VoiWindow) -> None:
        """Keep a window under a name, in the place of one of the same name."""
        kept = [one for one in self.presets(modality) if one.explanation != name]
        self._keep_presets(modality, [*kept, replace(window, explanation=name)])

    def remove_preset(self, modality: str, name: str) -> None:
        """Forget one of the user's windows."""
        kept = [one for one in self.presets(modality) if one.explanation != name]
        self._keep_presets(modality, kept)

    def _keep_presets(self, modality: str, windows: Sequence[VoiWindow]) -> None:
        rows = [(one.explanation, one.center, one.width, one.function) for one in windows]
        self._store.setValue(f"presets/{modality}", json.dumps(rows))

    def picture_folder(self) -> str:
        """Give the folder that a picture was last saved to; empty where there is none now."""
        folder = self._store.value("picture_folder", "")
        return folder if isinstance(folder, str) and os.path.isdir(folder) else ""

    def set_picture_folder(self, folder: str) -> None:
        """Keep the folder that a picture was saved to."""
        self._store.setValue("picture_folder", folder)

    def memory_budget_bytes(self) -> int:
        """Give the bound on cached frames, in bytes."""
        megabytes = self._store.value("memory_budget_mb", _DEFAULT_BUDGET_MB)
        try:
            return max(int(str(megabytes)), 64) << 20
        except ValueError:  # edited by hand
            return _DEFAULT_BUDGET_MB << 20

    def layout(self) -> tuple[QByteArray, QByteArray]:
        """Give the window's saved geometry and dock state; empty where none."""
        return self._bytes("window/geometry"), self._bytes("window/state")

    def save_layout(self, geometry: QByteArray, state: QByteArray) -> None:
        """Keep the window's geometry and dock state."""
        self._store.setValue("window/geometry", geometry)
        self._store.setValue("window/state", state)

    def _bytes(self, key: str) -> QByteArray:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()
