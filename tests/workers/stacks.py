"""Stacks of small made-up files: raw pixels at offset 0, the header beside them."""

from __future__ import annotations

import os
import queue
from pathlib import Path

import numpy as np

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.stacks import Stack

ROWS, COLUMNS = 8, 10
FRAME_BYTES = ROWS * COLUMNS * 2


def plain_header(path: str, **changes) -> InstanceHeader:
    fields = {
        "transfer_syntax_uid": "1.2.840.10008.1.2.1",
        "rows": ROWS,
        "columns": COLUMNS,
        "samples_per_pixel": 1,
        "photometric_interpretation": "MONOCHROME2",
        "bits_allocated": 16,
        "bits_stored": 16,
        "high_bit": 15,
        "pixel_representation": 1,
        "pixel_data_tag": 0x7FE00010,
        "pixel_data_offset": 0,
        "pixel_data_length": FRAME_BYTES,
    }
    return InstanceHeader(path, FRAME_BYTES, 1, **(fields | changes))


def compressed_header(path: str, **changes) -> InstanceHeader:
    jpeg = {"transfer_syntax_uid": "1.2.840.10008.1.2.4.70", "pixel_data_length": None}
    return plain_header(path, **(jpeg | changes))


def stack_of(headers, uid: str = "1.2.3") -> Stack:
    frames = [
        (place, frame)
        for place, header in enumerate(headers)
        for frame in range(header.number_of_frames or 1)
    ]
    return Stack(uid, "image", tuple(headers), tuple(frames))


def plain_stack(folder: Path, count: int, uid: str = "1.2.3") -> Stack:
    """Frame i holds i + 1 everywhere."""
    headers = []
    for number in range(count):
        path = folder / f"{uid}-{number}"
        path.write_bytes(np.full((ROWS, COLUMNS), number + 1, "<i2").tobytes())
        os.utime(path, ns=(1, 1))  # as `plain_header` says
        headers.append(plain_header(str(path)))
    return stack_of(headers, uid)


def compressed_stack(count: int, uid: str = "1.2.3") -> Stack:
    return stack_of([compressed_header(f"/disc/{uid}-{n}") for n in range(count)], uid)


class Told:
    """Collects what a service reports, and waits for it."""

    def __init__(self) -> None:
        self._queue = queue.Queue()

    def __call__(self, stack_uid: str, index: int) -> None:
        self._queue.put((stack_uid, index))

    def wait(self, count: int) -> list[tuple[str, int]]:
        return [self._queue.get(timeout=20) for _ in range(count)]

    @property
    def silent(self) -> bool:
        return self._queue.empty()
