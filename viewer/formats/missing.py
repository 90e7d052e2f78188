"""What is said where an optional part of the installation is missing."""

from __future__ import annotations


class MissingPartError(Exception):
    """A format that needs a library that is not installed. Its text is a sentence."""

    def __init__(self, what: str, library: str, package: str) -> None:
        super().__init__(f"{what} needs {library}: pip install {package}.")
