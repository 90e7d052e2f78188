"""Whether a JPEG stream with an end marker holds all of its pixels.

libjpeg fills what is missing with the last value, and reports success. What a
stream says of itself is `codestreams`' matter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np

from viewer.dicom.jpeg_flat_end import holds_flat_end

_Array = np.ndarray[Any, np.dtype[Any]]
_END = b"\xff\xd9"
_FILL = 0xFF  # bytes that may stand before a marker, ITU-T T.81 B.1.1.2
_MORE = b"\x55" * 64
_WIDTH = 8  # of the smallest block that a value fills


def ends_early(data: bytes, samples: _Array, decode: Callable[[bytes], _Array]) -> bool:
    """Tell whether the last pixels of a decoded stream are made up.

    Asked where the last pixels are equal, as those that are filled in are;
    less than a block is not noticed. Where `jpeg_flat_end` cannot tell, by
    another decode: a whole stream decodes to the same whatever stands between
    its last pixel and its end marker; one that is cut short takes that for its
    pixels.

    Parameters
    ----------
    samples : ndarray
        What ``decode`` gave for ``data``.
    """
    last = samples[-1, -_WIDTH:]
    if (last != last[-1]).any():
        return False
    end = data.rfind(_END)
    while end > 0 and data[end - 1] == _FILL:
        end -= 1
    if end < 0 or holds_flat_end(data, end, samples):
        return False
    try:
        return not np.array_equal(decode(data[:end] + _MORE + data[end:]), samples)
    except imagecodecs.Jpeg8Error:  # not where a stream goes on: nothing is told by this
        return False
