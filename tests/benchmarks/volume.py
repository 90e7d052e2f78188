"""A series into the frame cache: `DecodeService` against the bare read or codec, and SimpleITK.

For native slices the limit is the read of the same bytes into an array of the
same size, opened file by file: nothing that shows these pixels can do with
less. For compressed ones it is the codec alone on all cores (`bare_codecs`).
SimpleITK's series reader is how a program in Python would get the same volume.
All write to memory that is new in each round, as all must pay for its pages.
The headers are read, and the children started, before the clock starts; the
files are in the system's file cache.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from pydicom.uid import (
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.benchmarks.bare_codecs import bare_codec
from tests.benchmarks.measuring import Goal, Result, StopWatch, compare, watched
from tests.benchmarks.pixel_data import slices
from viewer.dicom.catalogue import CatalogueBuilder
from viewer.dicom.reading import HeaderReader
from viewer.dicom.stacks import Stack
from viewer.workers.child_pool import ChildPool
from viewer.workers.decode_service import DecodeService
from viewer.workers.frame_cache import FrameCache
from viewer.workers.priority import READY

_BUDGET_BYTES = 2 << 30
_LONGEST_S = 60.0
_READ, _SIMPLEITK = "read of the same bytes", "SimpleITK"
_CODEC = f"imagecodecs alone x {os.cpu_count()}"
_GOALS = {_READ: Goal(ratio=0.5), _CODEC: Goal(ratio=0.85), _SIMPLEITK: Goal(ratio=3)}
_SYNTAXES = {  # name: UID, files, rounds
    "native": (ExplicitVRLittleEndian, 500, 7),
    "JPEG lossless": (JPEGLosslessSV1, 500, 5),
    "JPEG-LS": (JPEGLSLossless, 500, 3),
    "HTJ2K": (HTJ2KLossless, 500, 5),
    "RLE": (RLELossless, 500, 3),
    "JPEG 2000": (JPEG2000Lossless, 100, 3),
}


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Fill the cache with slices of 512² pixels, transfer syntax by transfer syntax."""
    sys.setswitchinterval(0.0005)  # as the window does
    pool = ChildPool(os.cpu_count() or 1)
    pool.start()
    try:
        results = []
        for name, (uid, count, rounds) in _SYNTAXES.items():
            paths = slices(folder, *((6, 64) if tiny else (count, 512)), uid)
            results += _loading(name, uid, paths, pool, 1 if tiny else rounds)
        return results
    finally:
        pool.close()


def _loading(
    name: str, uid: str, paths: Sequence[Path], pool: ChildPool, rounds: int
) -> list[Result]:
    stack = stack_of(paths)
    goals = _GOALS | {_SIMPLEITK: Goal(ratio=1.8)} if name == "JPEG 2000" else _GOALS
    with ExitStack() as limits:
        limit = (
            {_READ: watched(lambda: _read_bytes(stack))}
            if uid == ExplicitVRLittleEndian
            else {_CODEC: limits.enter_context(bare_codec(paths))}
        )
        peer_name, peer = _simple_itk(paths)
        return compare(
            f"{len(paths)} x {stack.header(0).rows}² {name}",
            watched(lambda: fill_cache(stack, pool)),
            {**limit, peer_name: peer},
            rounds,
            goals,
        )


def stack_of(paths: Sequence[Path]) -> Stack:
    """Give the one stack that the files are."""
    builder, reader = CatalogueBuilder(), HeaderReader()
    for path in paths:
        builder.add(reader.read(str(path)))
    (patient,) = builder.snapshot().patients
    (stack,) = patient.studies[0].series[0].stacks
    return stack


def fill_cache(stack: Stack, pool: ChildPool) -> None:
    """Have all frames of a stack read or decoded into a new cache."""
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


def _simple_itk(paths: Sequence[Path]) -> tuple[str, StopWatch | None]:
    """Give SimpleITK's name and a watch around its series reader, where it can read the files."""
    if find_spec("SimpleITK") is None:
        return _SIMPLEITK, None
    itk = import_module("SimpleITK")
    itk.ProcessObject.SetGlobalWarningDisplay(False)

    def read(some: Sequence[Path]) -> None:
        reader = itk.ImageSeriesReader()
        reader.SetFileNames([str(path) for path in some])
        reader.Execute()

    try:
        read(paths[:2])
    except RuntimeError:
        return f"{_SIMPLEITK} (has no such codec)", None
    return _SIMPLEITK, watched(lambda: read(paths))
