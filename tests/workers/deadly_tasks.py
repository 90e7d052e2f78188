"""What a child that loads this does in place of decoding."""

from __future__ import annotations

import os

from viewer.workers import decode_child


def decode(_path, indices, _limits):
    """Give the indices; die of those from 10 on."""
    if max(indices) >= 10:
        os._exit(3)
    return list(indices)


decode_child.TASKS["decode"] = f"{__name__}:decode"
