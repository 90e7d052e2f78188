"""The typed errors of Negato: a sentence for the user, the file, the cause.

Everything else that is raised is a defect, not a user error.
"""

from __future__ import annotations

from typing import Literal

SkipKind = Literal[
    "not-dicom",  # content is no DICOM
    "damaged",  # DICOM, but cannot be read
    "duplicate",  # SOPInstanceUID already shown
    "missing",  # named (by a DICOMDIR, or by the user) but absent
    "unreadable",  # the operating system refuses, or it is packed in a way not supported
    "not-a-file",  # symlinked folder, device, socket, pipe
    "outside",  # a reference that leaves the opened folder
    "limit",  # over one of the documented limits
    "index",  # a DICOMDIR: read as the disc's index, not an image
    "archive",  # read as a folder: its files are seen for themselves
    "viewer",  # the program that a disc brings along
]

MORE_MEMORY = "Reading it takes more memory than one file may"  # a refusal's begin


class NegatoError(Exception):
    """A failure that the user can understand and act upon.

    Parameters
    ----------
    message : str
        One plain sentence, without the file's name: what is wrong, what to do.
    path : str
        The file it is about; empty where there is none.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class SourceError(NegatoError):
    """A path that cannot be opened: missing, empty, refused, vanished."""

    def __init__(self, message: str, path: str = "", kind: SkipKind = "unreadable") -> None:
        super().__init__(message, path)
        self.kind: SkipKind = kind

    def __reduce__(self) -> tuple[type[SourceError], tuple[str, str, SkipKind]]:
        return type(self), (self.message, self.path, self.kind)


class HeaderError(SourceError):
    """A file whose header cannot be read; `kind` says which of the ledger's kinds it is."""

    def __init__(self, message: str, path: str = "", kind: SkipKind = "damaged") -> None:
        super().__init__(message, path, kind)


class PixelError(NegatoError):
    """A frame that cannot be decoded or displayed."""


class NoPixelDataError(PixelError):
    """An object without pixels (report, plan, presentation state...): not a fault."""


class PresentationStateError(NegatoError):
    """A presentation state that cannot be applied, or a file that is none."""


class LimitError(PixelError):
    """A frame or header over a documented limit."""


def told_of_defect(failure: BaseException) -> str:
    """Say of what is no error of ours what failed and where, and none of the values it names."""
    where, step = "", failure.__traceback__
    while step is not None:  # from the outermost call to the innermost
        module = step.tb_frame.f_globals.get("__name__", "")
        if module.startswith("viewer."):
            where = f" in {module}, line {step.tb_lineno}"
        step = step.tb_next
    return (
        f"Negato failed on this file ({type(failure).__name__}{where}). "
        "It may be damaged; if other viewers show it, please report this."
    )
