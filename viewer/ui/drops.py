"""Paths of what is dropped on the window, whatever bytes their names are of."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

from viewer.file_urls import path_of


def dropped_files(data: QMimeData) -> tuple[list[str], list[str]]:
    """Give the files and folders of this machine, and of others why they are not opened."""
    paths, refusals = [], []
    for url in data.urls():
        if url.isLocalFile():
            try:
                paths.append(path_of(bytes(url.toEncoded().data()).decode()))
            except ValueError as error:
                refusals.append(str(error))
    return paths, refusals
