"""The installed Qt binding keeps its count of references to None."""

from __future__ import annotations

import sys

import PySide6
import pytest
from PySide6.QtWidgets import QTreeWidgetItem

CALLS = 20_000


@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="None is immortal since Python 3.12: it cannot be lost"
)
def test_void_calls_of_qt_lose_no_reference_to_none(qapp) -> None:
    # PySide6 6.12.0 lost one a call under Python 3.11 and aborted when none was left
    item = QTreeWidgetItem()
    item.setText(0, "warm")
    before = sys.getrefcount(None)
    for number in range(CALLS):
        item.setText(number % 4, "text")
    assert abs(sys.getrefcount(None) - before) < CALLS // 100


def test_the_excluded_binding_is_not_installed() -> None:
    assert not (sys.version_info < (3, 12) and PySide6.__version__.startswith("6.12.0"))
