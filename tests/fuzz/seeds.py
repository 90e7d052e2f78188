"""The files that mutants descend from: made here, the same bytes each time.

What they are is `plain_files`', `compressed_files`' and `tests.hostile`'s
matter. Small, so that a mutation meets something that matters.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest import mock

from tests.dicom import states, synthetic
from tests.fuzz.compressed_files import compressed_files
from tests.fuzz.plain_files import Make, plain_files
from tests.hostile.all_files import ALL_FILES

_LARGEST_CORPUS_FILE = 300 << 10
_ITEM = b"\xfe\xff\x00\xe0"


class Seed(NamedTuple):
    """A file; ``compressed`` where it holds codestreams, ``origin`` says whose it is."""

    name: str
    data: bytes
    compressed: bool = False
    origin: str = "made"


def made_seeds() -> list[Seed]:
    """Make all files anew, in memory: sound ones, and the wrong ones of `tests.hostile`."""
    with TemporaryDirectory() as folder, _counted_uids():
        sound = [
            *_written(folder, plain_files(), False),
            *_written(folder, compressed_files(), True),
        ]
    wrong = ((one.key, one.data, _ITEM in one.data) for one in ALL_FILES)
    return [*sound, *(Seed(*one, "hostile") for one in wrong if one[1])]


def corpus_seeds(folder: str) -> list[Seed]:
    """Read the smaller files below a folder, in the order of their paths."""
    paths = sorted(str(path) for path in Path(folder).rglob("*") if path.is_file())
    small = (path for path in paths if 132 < os.path.getsize(path) <= _LARGEST_CORPUS_FILE)
    found = ((path, Path(path).read_bytes()) for path in small)
    return [
        Seed(os.path.relpath(path, folder), data, _ITEM in data, "corpus")
        for path, data in found
        if data[128:132] == b"DICM" or data[:1] == b"\x08"
    ]


@contextmanager
def _counted_uids() -> Iterator[None]:
    numbers = count(1)

    def uid(*_: object) -> str:
        return f"1.2.826.0.1.3680043.8.498.2.{next(numbers)}"

    with (
        mock.patch.object(synthetic, "generate_uid", uid),
        mock.patch.object(states, "generate_uid", uid),
    ):
        yield


def _written(folder: str, makers: dict[str, Make], compressed: bool) -> Iterator[Seed]:
    for name, make in makers.items():
        path = Path(folder) / name
        make(path)
        yield Seed(name, path.read_bytes(), compressed)
