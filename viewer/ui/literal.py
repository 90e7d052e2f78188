"""Text shown as it is in those places where Qt would read more into it.

Tooltips may be taken for markup, a "&" in a menu or on a button for the key
to its right, "[*]" in a title for the mark of what is unsaved. For labels see
`plain_label`.
"""

from __future__ import annotations

import textwrap

from PySide6.QtGui import Qt

from viewer.plain_text import plain_line, plain_lines

_TOOLTIP_COLUMNS = 72
_LONGEST_TITLE = 200


def tooltip(text: str) -> str:
    """Give the tooltip that says ``text``, its long lines broken: Qt breaks none."""
    lines = [
        part
        for line in plain_lines(text).split("\n")
        for part in textwrap.wrap(line, _TOOLTIP_COLUMNS) or [""]
    ]
    plain = "\n".join(lines)
    return Qt.convertFromPlainText(plain) if Qt.mightBeRichText(plain) else plain


def menu_title(text: str, limit: int = 100) -> str:
    """Give the title of a menu entry or button that reads ``text``."""
    return plain_line(text, limit).replace("&", "&&")


def window_title(text: str) -> str:
    """Give the title of a window that reads ``text``."""
    return plain_line(text, _LONGEST_TITLE).replace("[*]", "[*][*]")
