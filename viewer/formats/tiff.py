"""TIFF files of several pages, written page by page: grey of 8 to 32 bits, floats, RGB."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

_BIG = 4 << 30  # bytes; more need BigTIFF


class TiffWriter:
    """Writes a page for each frame.

    Parameters
    ----------
    spacing_rc_mm : (float, float), optional
        Of the pixels; becomes the resolution.
    expected_bytes : int
        How much is to come at most: from 4 GiB on, the file is a BigTIFF.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        expected_bytes: int,
        spacing_rc_mm: tuple[float, float] | None = None,
        compress: bool = True,
    ) -> None:
        from tifffile import TiffWriter as Pages

        self._pages = Pages(file, bigtiff=expected_bytes >= _BIG - (64 << 20))
        self._compress = compress
        self._resolution = None
        if spacing_rc_mm is not None and min(spacing_rc_mm) > 0:
            self._resolution = 10 / spacing_rc_mm[1], 10 / spacing_rc_mm[0]  # across, down

    def add(self, pixels: np.ndarray) -> None:
        """Add a page: (rows, columns) or (rows, columns, 3)."""
        self._pages.write(
            np.ascontiguousarray(pixels),
            photometric="rgb" if pixels.ndim == 3 else "minisblack",
            compression="zlib" if self._compress else None,
            predictor="horizontal" if self._compress and pixels.dtype.kind in "iu" else None,
            resolution=self._resolution,
            resolutionunit="CENTIMETER" if self._resolution else None,
            metadata=None,
            software=False,
            contiguous=False,
        )

    def end(self) -> None:
        """Write what ends the file; it stays open."""
        self._pages.close()
