"""Which files hold one grey frame of which the header tells all: the quick ways are for these.

Where their bytes are, and what becomes of them, is left to `native_frames` and
`compressed_frames`; what the frame means to `plain_description`. All other
files are the matter of `frames` and `describe`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from viewer.dicom.display_rules import StoredWord
from viewer.dicom.headers import InstanceHeader


@dataclass(frozen=True, slots=True)
class PlainFrame:
    """Size and words of a grey frame."""

    rows: int
    columns: int
    word: StoredWord

    @property
    def dtype(self) -> str:
        """Type of the stored values, little-endian."""
        return f"<{'i' if self.word.signed else 'u'}{self.word.bits_allocated // 8}"

    @property
    def byte_count(self) -> int:
        """Bytes of the frame in memory."""
        return self.rows * self.columns * self.word.bits_allocated // 8


def plain_frame(header: InstanceHeader) -> PlainFrame | None:
    """Give the plain frame of a file, or None where the whole data set must be read."""
    bits, stored = header.bits_allocated, header.bits_stored
    if (
        header.needs_full_description
        or header.frame_groups
        or header.photometric_interpretation not in ("MONOCHROME1", "MONOCHROME2")
        or header.samples_per_pixel != 1
        or header.number_of_frames not in (None, 1)
        or bits not in (8, 16)
        or stored is None
        or header.high_bit is None
        or not 1 <= stored <= header.high_bit + 1 <= bits
        or header.pixel_representation not in (0, 1)
        or not header.rows
        or not header.columns
        or header.rows < 0
        or header.columns < 0
        or header.pixel_data_tag != 0x7FE00010
        or header.pixel_data_offset is None
        # one half of a pair alone: the other is absent or broken, and only the data set tells which
        or (header.rescale_slope is None) != (header.rescale_intercept is None)
        or bool(header.window_center) != bool(header.window_width)
    ):
        return None
    return _frame(
        header.rows, header.columns, bits, stored, header.high_bit, header.pixel_representation == 1
    )


@lru_cache(maxsize=64)
def _frame(rows: int, columns: int, bits: int, stored: int, high: int, signed: bool) -> PlainFrame:
    """Give the same value for all files of a series: it is sent to children once for many."""
    return PlainFrame(rows, columns, StoredWord(bits, stored, high, signed))
