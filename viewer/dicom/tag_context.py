"""What the elements of one data set need of one another to be understood."""

from __future__ import annotations

from dataclasses import dataclass, field

from viewer.dicom.tag_names import DEFAULT_ENCODINGS, encodings_of, look_up
from viewer.dicom.tags import BINARY_VRS as BINARY_VRS

NUMBER_VRS = frozenset({"US", "SS", "UL", "SL", "FL", "FD", "UV", "SV", "AT"})

_CHARACTER_SET, _PIXEL_REPRESENTATION = 0x00080005, 0x00280103
_LONGEST_NUMBERS = 64 << 10  # bytes of "US or OW" that are still read as numbers


@dataclass(slots=True)
class DatasetContext:
    """Character set, signedness of pixels and private creators of a data set, or item."""

    encodings: tuple[str, ...] = DEFAULT_ENCODINGS
    signed_pixels: bool = False
    creators: dict[int, str] = field(default_factory=dict)  # group << 8 | block

    def child(self) -> DatasetContext:
        """Give the context of an item: private creators hold for one data set alone."""
        return DatasetContext(self.encodings, self.signed_pixels)

    def creator(self, tag: int) -> str:
        """Give the private creator of ``tag``, empty where it has none (PS3.5 7.8.1)."""
        return self.creators.get(tag >> 16 << 8 | (tag >> 8 & 0xFF), "")

    def learn(self, tag: int, value: bytes) -> None:
        """Take note of what later elements depend on."""
        if tag == _CHARACTER_SET:
            self.encodings = encodings_of(value)
        elif tag == _PIXEL_REPRESENTATION and len(value) == 2:
            self.signed_pixels = any(value)
        elif tag >> 16 & 1 and 0x10 <= tag & 0xFFFF <= 0xFF:
            creator = value.decode("latin-1").strip(" \0")
            self.creators[tag >> 16 << 8 | (tag & 0xFF)] = creator

    def reading_vr(self, tag: int, stored_vr: str, length: int) -> str:
        """Give the VR to read a value by: as written, else as the dictionaries say."""
        if stored_vr not in ("", "UN"):
            return stored_vr
        vr = look_up(tag, self.creator(tag)).vr
        if " or " not in vr:
            return vr
        if vr == "US or SS":
            return "SS" if self.signed_pixels else "US"
        return "OW" if "OB" in vr or length > _LONGEST_NUMBERS else "US"
