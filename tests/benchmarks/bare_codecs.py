"""The limit of decoding: imagecodecs alone, in as many processes as there are cores.

Each process has its share of the streams in memory before the clock starts,
and decodes them all into one array that is there already: no files, no
memory to be had, nothing kept. No program that uses these codecs does less.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import imagecodecs
import numpy as np
from pydicom import dcmread
from pydicom.encaps import generate_frames
from pydicom.uid import (
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.benchmarks.measuring import StopWatch

_START_SECONDS = 60.0


def _rle(stream: bytes, out: np.ndarray) -> None:
    imagecodecs.dicomrle_decode(stream, out.dtype)  # has no use for an array


_DECODERS: dict[str, Callable[..., object]] = {
    JPEGLosslessSV1: imagecodecs.jpeg8_decode,
    JPEGLSLossless: imagecodecs.jpegls_decode,
    JPEG2000Lossless: partial(imagecodecs.jpeg2k_decode, numthreads=1),
    HTJ2KLossless: imagecodecs.htj2k_decode,
    RLELossless: _rle,
}


@contextmanager
def bare_codec(paths: Sequence[Path]) -> Iterator[StopWatch]:
    """Give a stop watch around the decoding of all of ``paths``, on all cores at once."""
    context = get_context("spawn")
    cores = os.cpu_count() or 1
    pipes = [context.Pipe() for _ in range(cores)]
    processes = [
        context.Process(target=_decode_on_demand, args=(theirs, paths[share::cores]), daemon=True)
        for share, (_, theirs) in enumerate(pipes)
    ]
    for process in processes:
        process.start()
    connections = [ours for ours, _ in pipes]

    def wait_for_all() -> None:
        for connection in connections:
            if not connection.poll(_START_SECONDS):
                raise RuntimeError("a bare codec does not answer")
            connection.recv()

    def seconds() -> float:
        began = time.perf_counter()
        for connection in connections:
            connection.send(True)
        wait_for_all()
        return time.perf_counter() - began

    wait_for_all()
    try:
        yield seconds
    finally:
        for connection in connections:
            connection.send(False)
        for process in processes:
            process.join()


def _decode_on_demand(connection: Connection, paths: Sequence[Path]) -> None:
    datasets = [dcmread(path) for path in paths]
    streams = [next(generate_frames(d.PixelData, number_of_frames=1)) for d in datasets]
    out = np.empty((datasets[0].Rows, datasets[0].Columns), np.uint16)
    decode = partial(_DECODERS[datasets[0].file_meta.TransferSyntaxUID], out=out)
    connection.send(True)
    while connection.recv():
        for stream in streams:
            decode(stream)
        connection.send(True)
