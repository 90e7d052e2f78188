"""Uncompressed slices into the frame cache: `DecodeService` against the bare read.

The limit is the read of the same bytes into an array of the same size, opened
file by file: nothing that shows these pixels can do with less. Both write to
memory that is new in each round, as both must pay for its pages. The headers
are read before the clock starts; the files are in the system's file cache.
"""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from tests.benchmarks.data import slices
from tests.benchmarks.measuring import Result, compare, watched
from viewer.dicom.catalogue import CatalogueBuilder
from viewer.dicom.reading import read_header
from viewer.dicom.stacks import Stack
from viewer.workers.child_pool import ChildPool
from viewer.workers.decode_service import DecodeService
from viewer.workers.frame_cache import FrameCache
from viewer.workers.priority import READY

_BUDGET_BYTES = 2 << 30
_LONGEST_S = 60.0


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Fill the cache with 200 slices of 512² pixels."""
    count, side, rounds = (6, 64, 2) if tiny else (200, 512, 9)
    stack = _stack(slices(folder, count, side))
    pool = ChildPool(processes=1)  # never started: plain frames need no child
    try:
        return compare(
            f"{count} x {side}² native",
            watched(lambda: _fill_cache(stack, pool)),
            {"read of the same bytes": watched(lambda: _read_bytes(stack))},
            rounds,
        )
    finally:
        pool.close()


def _stack(paths: list[Path]) -> Stack:
    builder = CatalogueBuilder()
    for path in paths:
        builder.add(read_header(str(path)))
    (patient,) = builder.snapshot().patients
    (stack,) = patient.studies[0].series[0].stacks
    return stack


def _fill_cache(stack: Stack, pool: ChildPool) -> None:
    cache = FrameCache(_BUDGET_BYTES)
    told: list[int] = []
    complete = threading.Event()

    def on_frame(_uid: str, index: int) -> None:
        told.append(index)
        if len(told) == len(stack):
            complete.set()

    service = DecodeService(pool, cache, on_frame)
    try:
        service.look_at(stack, 0)
        if not complete.wait(_LONGEST_S) or not (cache.states(stack) == READY).all():
            raise RuntimeError("not all frames came to be ready")
    finally:
        service.close()


def _read_bytes(stack: Stack) -> None:
    first = stack.header(0)
    volume = np.empty((len(stack), first.rows or 0, first.columns or 0), np.int16)
    for place, header in zip(volume, stack.headers, strict=True):
        with open(header.path, "rb", buffering=0) as file:
            file.seek(header.pixel_data_offset or 0)
            if file.readinto(place.data) != place.nbytes:
                raise OSError(f"{header.path} is too short")
