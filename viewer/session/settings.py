"""What Negato remembers between runs: layout, recent paths, presets, folders, memory, limits.

The file it is kept in is the user's alone: paths may name patients.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from PySide6.QtCore import QByteArray, QSettings

from viewer.dicom.limits import DEFAULT_LIMITS, LIMIT_TITLES, Limits, with_limit
from viewer.imaging.voi import VoiFunction, VoiWindow, is_usable
from viewer.program import disc_root
from viewer.session.guest_store import GuestStore, Store
from viewer.workers.frame_cache import DEFAULT_BYTES

_log = logging.getLogger(__name__)

_RECENT_MAX = 10
DEFAULT_BUDGET_MB = DEFAULT_BYTES >> 20
LEAST_BUDGET_MB, MOST_BUDGET_MB = 64, 1 << 20


class Settings:
    """Typed access to the user's settings.

    Parameters
    ----------
    store : Store, optional
        Where they are kept; the user's own by default, of a guest on the machine nowhere.
    """

    def __init__(self, store: Store | None = None) -> None:
        if store is None:
            guest = disc_root() is not None
            store = GuestStore() if guest else QSettings("Negato", "Negato")
        self._store: Store = store
        if isinstance(store, QSettings):
            _keep_private(store.fileName())

    def recent(self) -> list[str]:
        """Give the recently opened paths, newest first."""
        value = self._store.value("recent", [])
        # QSettings gives a list of one back as its item
        kept = value if isinstance(value, list) else [value]
        paths = (
            os.fsdecode(bytes(one.data())) if isinstance(one, QByteArray) else one for one in kept
        )
        return [path for path in paths if isinstance(path, str)]

    def add_recent(self, path: str) -> None:
        """Put ``path`` first among the recent ones, if they are remembered."""
        if not self.remembers_recent():
            return
        path = os.path.abspath(path)
        paths = [path, *(other for other in self.recent() if other != path)]
        self._store.setValue("recent", [_kept(path) for path in paths[:_RECENT_MAX]])

    def clear_recent(self) -> None:
        """Forget all paths that were opened, saved to, or looked at in a dialog for files."""
        for key in ("recent", "picture_folder"):
            self._store.remove(key)
        dialogs = QSettings(QSettings.Scope.UserScope, "QtProject")  # where Qt keeps them
        for key in ("FileDialog/history", "FileDialog/lastVisited"):
            dialogs.remove(key)

    def remembers_recent(self) -> bool:
        """Tell whether paths that were opened or saved to are remembered."""
        return self._flag("privacy/remember_recent")

    def set_remembers_recent(self, remembers: bool) -> None:
        """Remember paths, or not: then those of before are forgotten too."""
        self._store.setValue("privacy/remember_recent", remembers)
        if not remembers:
            self.clear_recent()

    def names_patient_in_title(self) -> bool:
        """Tell whether the window's title says the patient's name."""
        return self._flag("privacy/patient_in_title")

    def set_names_patient_in_title(self, names: bool) -> None:
        """Say the patient's name in the window's title, or not."""
        self._store.setValue("privacy/patient_in_title", names)

    def limits(self) -> Limits:
        """Give the limits on what a file may cost; what makes no sense is the default."""
        limits = DEFAULT_LIMITS
        for name in LIMIT_TITLES:
            value = self._store.value(f"limits/{name}")
            if value is not None:
                try:
                    limits = with_limit(limits, name, str(value))
                except ValueError:  # edited by hand
                    _log.warning("The limit %s in the settings is not usable", name)
        return limits

    def set_limit(self, name: str, value: float) -> None:
        """Keep one limit; the default is not kept, so that it may change with the program.

        Raises
        ------
        ValueError
            With a sentence: no such limit, or no such value.
        """
        text = f"{value:.3f}".removesuffix(".000")
        changed = with_limit(DEFAULT_LIMITS, name, text)
        if changed == DEFAULT_LIMITS:
            self._store.remove(f"limits/{name}")
        else:
            self._store.setValue(f"limits/{name}", text)

    def presets(self, modality: str) -> tuple[VoiWindow, ...]:
        """Give the user's own windows for a modality, in the order of their saving."""
        try:
            found = json.loads(str(self._store.value(f"presets/{modality}", "[]")))
            windows = [
                VoiWindow(float(center), float(width), function, str(name))
                for name, center, width, function in found
                if function in get_args(VoiFunction)
            ]
        except (ValueError, TypeError, OverflowError):  # edited by hand
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
        """Give the folder that pictures or files were last written to; empty where it is gone."""
        folder = self._store.value("picture_folder", "")
        return folder if isinstance(folder, str) and os.path.isdir(folder) else ""

    def set_picture_folder(self, folder: str) -> None:
        """Keep the folder that pictures or files were written to, if such are remembered."""
        if self.remembers_recent():
            self._store.setValue("picture_folder", folder)

    def memory_budget_bytes(self) -> int:
        """Give the bound on cached frames, in bytes."""
        megabytes = self._store.value("memory_budget_mb", DEFAULT_BUDGET_MB)
        try:
            wished = int(str(megabytes))
        except ValueError:  # edited by hand
            wished = DEFAULT_BUDGET_MB
        return min(max(wished, LEAST_BUDGET_MB), MOST_BUDGET_MB) << 20

    def set_memory_budget_mb(self, megabytes: int) -> None:
        """Bound the cached frames."""
        self._store.setValue("memory_budget_mb", megabytes)

    def layout(self) -> tuple[QByteArray, QByteArray]:
        """Give the window's saved geometry and dock state; empty where none."""
        return self._bytes("window/geometry"), self._bytes("window/state")

    def save_layout(self, geometry: QByteArray, state: QByteArray) -> None:
        """Keep the window's geometry and dock state."""
        self._store.setValue("window/geometry", geometry)
        self._store.setValue("window/state", state)

    def window_geometry(self, name: str) -> QByteArray:
        """Give the saved geometry of a window beside the main one; empty where none."""
        return self._bytes(f"{name}/geometry")

    def save_window_geometry(self, name: str, geometry: QByteArray) -> None:
        """Keep the geometry of a window beside the main one."""
        self._store.setValue(f"{name}/geometry", geometry)

    def _bytes(self, key: str) -> QByteArray:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def _flag(self, key: str) -> bool:
        """Give a switch that is on unless it was turned off; QSettings gives it back as text."""
        return str(self._store.value(key, True)).lower() != "false"


def _keep_private(path: str) -> None:
    """Have the file, which QSettings writes over, readable for its owner alone."""
    if sys.platform in ("win32", "darwin"):  # there is none, or one of the system's making
        return
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
    except OSError as error:  # it is not writable: nothing will be kept
        _log.warning("The settings cannot be kept: %s", error.strerror)


def _kept(path: str) -> str | QByteArray:
    """Give a path as it can be kept: QSettings loses what is no character."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return QByteArray(os.fsencode(path))
    return path
