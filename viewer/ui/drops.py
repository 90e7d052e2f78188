"""Paths of what is dropped on the window, whatever bytes their names are of."""

from __future__ import annotations

import os
import sys
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl


def local_paths(data: QMimeData) -> list[str]:
    """Give the files and folders of this machine that are dropped."""
    return [local_path(url) for url in data.urls() if url.isLocalFile()]


def local_path(url: QUrl) -> str:
    """Give the path of a URL, on systems where names are bytes with those that are no UTF-8."""
    if sys.platform == "win32":
        return url.toLocalFile()
    return os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded)))
