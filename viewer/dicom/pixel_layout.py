"""How the pixels of a file lie in its bytes: one value. What a header says of it: `layout`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """The checked Image Pixel module of one file."""

    rows: int
    columns: int
    samples: int
    photometric: str
    planar: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    frames: int
    floating: bool = False
    warnings: tuple[str, ...] = ()
    display_error: str = ""  # why the stored values must not be shown as a picture

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """The type of a stored sample in memory (native byte order)."""
        if self.floating:
            return np.dtype(f"f{self.bits_allocated // 8}")
        return np.dtype(f"{'i' if self.signed else 'u'}{self.word_bytes}")

    @property
    def word_bytes(self) -> int:
        """Bytes of a sample in memory: 1 for single bits, 2 for packed 12-bit samples."""
        return (self.bits_allocated + 7) // 8

    @property
    def is_palette(self) -> bool:
        """Whether the samples are indices into a palette."""
        return self.photometric == "PALETTE COLOR"

    @property
    def native_samples(self) -> int:
        """Samples a pixel takes in uncompressed data: 2 for 4:2:2 chroma, PS3.3 C.7.6.3.1.2."""
        return 2 if self.photometric in {"YBR_FULL_422", "YBR_PARTIAL_422"} else self.samples

    @property
    def native_frame_bits(self) -> int:
        """Bits that one uncompressed frame takes."""
        return self.rows * self.columns * self.native_samples * self.bits_allocated

    @property
    def decoded_bytes(self) -> int:
        """Bytes of one frame in memory."""
        return self.rows * self.columns * self.samples * self.dtype.itemsize
