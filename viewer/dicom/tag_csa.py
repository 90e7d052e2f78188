"""Siemens' CSA headers in words: private data elements that hold a table of their own.

They are read by nibabel, where it is installed, in a child process: it was written for whole
headers, and may fail on others in any way.
"""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from typing import Any

from viewer.dicom.errors import HeaderError
from viewer.dicom.limits import Limits
from viewer.plain_text import plain_line

CREATOR = "SIEMENS CSA HEADER"
_ELEMENTS = (0x10, 0x20)  # image and series header info, in their block
_LONGEST = 64 << 20  # bytes; none is as large
_MISSING = "To read this header as text: pip install nibabel. Its bytes are shown instead."
_UNREADABLE = "This CSA header cannot be read: it is damaged, or of another kind."


def is_csa(tag: int, name: str) -> bool:
    """Tell by tag and name, which begins with the creator, whether a row is such a header."""
    return (
        tag >> 16 == 0x0029
        and tag & 0xFF in _ELEMENTS
        and tag & 0xFFFF >= 0x1000
        and name.upper().startswith(f"[{CREATOR}]")
    )


def read_csa(path: str, row: int, tag: int, limits: Limits) -> str:
    """Read the CSA header in a row of the file's table as text: a name and its values a line.

    Raises
    ------
    SourceError
        The file cannot be read, nibabel is missing, or it finds no such header.
    """
    if find_spec("nibabel") is None:
        raise HeaderError(_MISSING, path)
    from viewer.dicom.tag_bytes import find_value, read_extents  # pydicom: in a child alone

    place = find_value(path, row, tag, limits)
    if place.size > _LONGEST:
        raise HeaderError(_UNREADABLE, path)
    data = read_extents(path, place.extents, place.inflated_from, limits).tobytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nibabel calls its reader experimental
        from nibabel.nicom import csareader

        read: Any = csareader.read  # has no types
        try:
            header = read(data)
        except MemoryError:
            raise
        # nibabel says in many ways that it cannot read something: none of them is ours to tell
        except Exception as error:
            raise HeaderError(_UNREADABLE, path) from error
    lines: list[str] = []
    for name, entry in header["tags"].items():
        lines += _lines(_text(name), entry)
    return "\n".join(lines) + "\n"


def _lines(name: str, entry: dict[str, object]) -> list[str]:
    """Give the lines of an entry: a protocol is a text of many lines, and goes below its name."""
    items = entry["items"]
    texts = [_text(item) for item in items] if isinstance(items, list) else []
    if any("\n" in text for text in texts):
        below = (f"    {line}" for text in texts for line in text.splitlines())
        return [f"{name}:", *below]
    values = "\\".join(text.strip() for text in texts)
    return [f"{name}: {values}".rstrip()]


def _text(value: object) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return "\n".join(plain_line(line, max(len(line), 1)) for line in text.split("\n"))
