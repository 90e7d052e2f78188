"""The limits on what a file may ask of us, with their defaults."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on the work and memory that one file may cost."""

    sequence_depth: int = 64
    elements_per_file: int = 100_000
    inflate_bytes: int = 1 << 30
    frame_bytes: int = 512 << 20
    dicomdir_records: int = 200_000
    decode_seconds: float = 10.0
    header_seconds: float = 30.0
    child_memory_bytes: int = 4 << 30
    value_characters: int = 256


DEFAULT_LIMITS = Limits()
