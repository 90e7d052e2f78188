"""Whether each transfer syntax decodes here: tried on a small picture that its codec has just made.

For reports of faults: which codec of the installation is missing or does not load.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import Any

import numpy as np

from viewer.dicom.errors import PixelError
from viewer.dicom.pixel_layout import PixelLayout

_SIDE = 16
_WORDS = "<u2"
_JPEG = "1.2.840.10008.1.2.4."
_VIDEO = f"{_JPEG}102"

_MAKERS: dict[str, Callable[[Any, np.ndarray], bytes]] = {
    "1.2.840.10008.1.2.5": lambda _, values: _rle(values),
    "1.2.840.10008.1.2.8.1": lambda _, values: _deflated(values),
    f"{_JPEG}50": lambda codecs, values: codecs.jpeg8_encode(values.astype("u1"), level=100),
    f"{_JPEG}51": lambda codecs, values: codecs.jpeg8_encode(values, level=100, bitspersample=12),
    f"{_JPEG}70": lambda codecs, values: codecs.jpeg8_encode(
        values, lossless=True, bitspersample=16
    ),
    f"{_JPEG}80": lambda codecs, values: codecs.jpegls_encode(values),
    f"{_JPEG}90": lambda codecs, values: codecs.jpeg2k_encode(values, level=0, codecformat="j2k"),
    f"{_JPEG}110": lambda codecs, values: codecs.jpegxl_encode(values, lossless=True),
    f"{_JPEG}201": lambda codecs, values: codecs.htj2k_encode(values),
}
PROBED = (*_MAKERS, _VIDEO)  # one transfer syntax for each codec


@dataclass(frozen=True, slots=True)
class Probe:
    """What became of a transfer syntax: what decoded it, or why nothing did."""

    transfer_syntax: str
    decoder: str
    failure: str = ""
    ships: bool = True  # with Negato; else with an extra of it


def probe(transfer_syntax: str) -> Probe:
    """Try one transfer syntax of `PROBED`."""
    try:
        return _probe_video() if transfer_syntax == _VIDEO else _probe_image(transfer_syntax)
    except PixelError as error:
        return Probe(transfer_syntax, "", error.message)
    # whatever an installation may lack: what is asked is whether it works
    except Exception as error:
        return Probe(transfer_syntax, "", type(error).__name__)


def _probe_image(transfer_syntax: str) -> Probe:
    from viewer.dicom.codecs import decode

    values = np.arange(_SIDE * _SIDE, dtype=_WORDS).reshape(_SIDE, _SIDE)
    data = _MAKERS[transfer_syntax](import_module("imagecodecs"), values)
    allocated, stored = (8, 8) if transfer_syntax == f"{_JPEG}50" else (16, 12)
    layout = PixelLayout(
        _SIDE, _SIDE, 1, "MONOCHROME2", 0, allocated, stored, stored - 1, signed=False, frames=1
    )
    decoded = decode(data, transfer_syntax, layout)
    furthest = np.abs(decoded.samples.reshape(values.shape).astype(np.int64) - values).max()
    wrong = furthest > (2 if decoded.lossy else 0)
    return Probe(transfer_syntax, decoded.decoder, "it decodes to other values" if wrong else "")


def _probe_video() -> Probe:
    try:
        import_module("av")
    except ImportError:
        return Probe(_VIDEO, "", "PyAV, the extra `video`, cannot be loaded", ships=False)
    return Probe(_VIDEO, f"FFmpeg (PyAV {metadata.version('av')})", ships=False)


def _rle(values: np.ndarray) -> bytes:
    """Write words as RLE, upper bytes first, nothing repeated. PS3.5 Annex G."""
    planes = [values >> 8, values & 0xFF]
    segments = [b"".join(bytes([_SIDE - 1, *row]) for row in plane.tolist()) for plane in planes]
    offsets = [2, 64, 64 + len(segments[0]), *[0] * 13]
    return b"".join([*(offset.to_bytes(4, "little") for offset in offsets), *segments])


def _deflated(values: np.ndarray) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(values.tobytes()) + packer.flush()
