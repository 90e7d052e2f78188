"""Paths of what is dropped on the window, whatever bytes their names are of."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

from viewer.file_urls import path_of


def local_paths(data: QMimeData) -> list[str]:
    """Give the files and folders of this machine that are dropped."""
    return _paths_and_refusals(data)[0]


def refusals(data: QMimeData) -> list[str]:
    """Say of what is dropped and lies elsewhere why it is not opened."""
    return _paths_and_refusals(data)[1]


def _paths_and_refusals(data: QMimeData) -> tuple[list[str], list[str]]:
    paths, refused = [], []
    for url in data.urls():
        if url.isLocalFile():
            try:
                paths.append(path_of(bytes(url.toEncoded().data()).decode()))
            except ValueError as error:
                refused.append(str(error))
    return paths, refused
