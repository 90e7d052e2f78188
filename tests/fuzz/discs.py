"""Discs with a damaged DICOMDIR: the index is mutated, the files are whole."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest import mock

import pydicom
from pydicom import fileset
from pydicom.fileset import FileSet

from tests.dicom import synthetic
from tests.fuzz.mutations import INTERESTING, Mutation
from tests.fuzz.spans import walk

_OFFSETS = (0x00041200, 0x00041202, 0x00041400, 0x00041420)
_FILE_ID, _RECORD_TYPE = 0x00041500, 0x00041430
_FILE_IDS = (
    b"..\\..\\etc\\passwd", b"\\etc\\passwd", b"/etc/passwd", b"C:\\WINDOWS", b"\\\\host\\share",
    b".", b"", b"..", b"DICOMDIR", b"A\\B\\C\\D\\E\\F\\G\\H\\I\\J", b"PT000000\\..\\..\\X", b"\0",
    b"/dev/stdin", b"a/b", b"\xff\xfe", b"pt000000\\st000000\\se000000\\mr000000",
)  # fmt: skip
_TYPES = (b"PATIENT ", b"STUDY ", b"SERIES", b"IMAGE ", b"PRIVATE ", b"MRDR", b"", b"SR DOCUMENT ")


class Disc:
    """The files of a disc, by path below its root, and its index."""

    def __init__(self) -> None:
        with TemporaryDirectory() as source, TemporaryDirectory() as root, _counted_uids():
            files = FileSet()
            for number in range(4):
                path = Path(source) / str(number)
                synthetic.write(
                    path, synthetic.grey() + number, Modality="CT", PatientName="Doe^Jo",
                    PatientID="7", StudyDate="20240102", StudyTime="1200", StudyID="1",
                    StudyInstanceUID="1.2.3", SeriesInstanceUID=f"1.2.3.{number // 2}",
                    SeriesNumber=1 + number // 2, InstanceNumber=number,
                )  # fmt: skip
                files.add(pydicom.dcmread(path))
            files.write(root)
            files._stage["t"].cleanup()
            found = sorted(path for path in Path(root).rglob("*") if path.is_file())
            self.files = {str(path.relative_to(root)): path.read_bytes() for path in found}
        self.index = self.files.pop("DICOMDIR")

    def write(self, root: Path) -> None:
        """Write the files, without the index."""
        for name, data in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


@contextmanager
def _counted_uids() -> Iterator[None]:
    numbers = count(1)

    def uid(*_: object, **__: object) -> str:
        return f"1.2.826.0.1.3680043.8.498.3.{next(numbers)}"

    with (
        warnings.catch_warnings(),
        mock.patch.object(synthetic, "generate_uid", uid),
        mock.patch.object(fileset, "generate_uid", uid),
    ):
        # pydicom leaves folders of its own to the garbage collector
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def change_offset(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Have a record point elsewhere: to itself, another, outside, into the middle of one."""
    spans = walk(data)
    offsets = [span for span in spans if span.tag in _OFFSETS]
    records = [span.start for span in spans if span.tag == 0xFFFEE000]
    if not offsets:
        return data
    span = random.choice(offsets)
    target = random.choice((*INTERESTING, *records, *records, len(data)))
    target += random.choice((0, 0, 0, 8, -8, 1))
    raw = struct.pack(span.order + "L", target & 0xFFFFFFFF)
    return data[: span.value] + raw + data[span.value + 4 :]


def change_file_id(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Have a record name another file, in or out of the disc."""
    return _with_text(data, random, _FILE_ID, random.choice(_FILE_IDS))


def change_record_type(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Have a record be of another kind."""
    return _with_text(data, random, _RECORD_TYPE, random.choice(_TYPES))


def _with_text(data: bytes, random: Random, tag: int, text: bytes) -> bytes:
    spans = [span for span in walk(data) if span.tag == tag]
    if not spans:
        return data
    span = random.choice(spans)
    at, size = span.length_field
    room = span.end - span.value
    if random.random() < 0.6:  # in its place, so that the offsets stay true
        return data[: span.value] + text[:room].ljust(room) + data[span.end :]
    text += b" " * (len(text) % 2)
    return data[:at] + len(text).to_bytes(size, "little") + text + data[span.end :]


DISC_MUTATIONS: tuple[Mutation, ...] = (change_offset, change_file_id, change_record_type)
