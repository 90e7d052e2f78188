"""``python -m tests.fuzz.readers NAME --seconds N``: our own readers of bytes, guided by coverage.

With atheris (the extra "fuzz"), which sees which lines an input reaches. For
readers that are Python throughout; what goes through codecs and pydicom is
`tests.fuzz`'s. Ends with 1 at the first exception that is no NegatoError, and
leaves its input in the findings folder.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_ABSENT = "atheris is not installed; python -m pip install -e '.[fuzz]' brings it.\n"
_MEMORY_MB, _SECONDS_EACH, _LONGEST = 1536, 5, 1 << 16
Target = Callable[[bytes], object]


def main() -> int:
    """Fuzz one reader, in a process of its own: atheris ends the one that it runs in."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.readers", description=__doc__)
    parser.add_argument("reader", choices=sorted(_TARGETS))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--findings", default=".", help="a folder for inputs that raise")
    parser.add_argument("--within", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if find_spec("atheris") is None:
        sys.stderr.write(_ABSENT)
        return 2
    if arguments.within:
        _fuzz(arguments)
    with TemporaryDirectory(prefix="negato-fuzz-") as folder:
        command = [sys.executable, "-m", "tests.fuzz.readers", *sys.argv[1:], "--within", folder]
        return subprocess.run(command, check=False).returncode


def _fuzz(arguments: argparse.Namespace) -> None:
    import atheris

    with atheris.instrument_imports(include=["viewer"]):  # first: what is loaded stays as it is
        target = _TARGETS[arguments.reader](arguments.within)
    inputs = Path(arguments.within) / "inputs"
    inputs.mkdir()
    for number, data in enumerate(_seeds(arguments.reader)):
        (inputs / str(number)).write_bytes(data)
    options = {
        "max_total_time": arguments.seconds,
        "seed": arguments.seed,
        "timeout": _SECONDS_EACH,
        "rss_limit_mb": _MEMORY_MB,
        "artifact_prefix": f"{arguments.findings}/{arguments.reader}-",
        "print_final_stats": 1,
        "max_len": _LONGEST,
    }
    flags = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup([sys.argv[0], *flags, str(inputs)], _answered(target))
    atheris.Fuzz()


def _answered(target: Target) -> Target:
    """Take a NegatoError for the answer that it is."""
    from viewer.dicom.errors import NegatoError

    def run(data: bytes) -> None:
        try:
            target(data)
        except NegatoError:
            return

    return run


def _seeds(reader: str) -> list[bytes]:
    from random import Random

    from tests.fuzz.archives import make_archive
    from tests.fuzz.discs import Disc
    from tests.fuzz.seeds import made_seeds
    from tests.fuzz.spans import ITEM, walk

    made = made_seeds()
    if reader == "dicomdir":
        return [Disc().index]
    if reader == "archives":
        files = [seed.data for seed in made[:4]]
        return [make_archive(files, Random(number)) for number in range(8)]
    if reader in ("codestreams", "rle"):
        compressed = (seed.data for seed in made if seed.compressed)
        return [
            data[span.value : span.end]
            for data in compressed
            for span in walk(data)
            if span.in_pixels and span.tag == ITEM
        ]
    return [seed.data for seed in made]


def _quickread(_folder: str) -> Target:
    from viewer.dicom.fullread import full_header
    from viewer.dicom.limits import DEFAULT_LIMITS
    from viewer.dicom.series_reader import SeriesReader

    def read(data: bytes) -> None:
        quick = SeriesReader(DEFAULT_LIMITS).header("/x", len(data), 0, data)
        if quick is None:
            return
        again = SeriesReader(DEFAULT_LIMITS)
        for _time in range(3):
            assert again.header("/x", len(data), 0, data) == quick
        whole = full_header(io.BytesIO(data), "/x", len(data), 0, DEFAULT_LIMITS)
        assert repr(whole) == repr(quick), (quick, whole)

    return read


def _dicomdir(_folder: str) -> Target:
    from viewer.dicom.dicomdir import DicomdirError, EncodingError, _read
    from viewer.dicom.elements import TooDeepError
    from viewer.dicom.limits import DEFAULT_LIMITS

    def read(data: bytes) -> None:
        try:
            found = _read("/disc/DICOMDIR", data, DEFAULT_LIMITS)
        except (EncodingError, TooDeepError, DicomdirError):
            return
        assert len(found.file_ids) <= len(found.records)

    return read


def _codestreams(_folder: str) -> Target:
    from viewer.dicom import codestreams
    from viewer.dicom.errors import PixelError
    from viewer.dicom.jpeg2000_halving import halved

    def read(data: bytes) -> None:
        codestreams.family_of(data)
        codestreams.whole_jpegls(data)
        for reader in (codestreams.jpeg_info, codestreams.jpeg2000_info, codestreams.jpeg_segments):
            try:
                reader(data)
            except PixelError:
                continue
        for times in (1, 3):
            halved(codestreams.jpeg2000_codestream(data), times)

    return read


def _rle(_folder: str) -> Target:
    from viewer.dicom.pixel_layout import PixelLayout
    from viewer.dicom.word_codecs import decode_rle

    grey = PixelLayout(
        rows=24, columns=20, samples=1, photometric="MONOCHROME2", planar=0, bits_allocated=16,
        bits_stored=12, high_bit=11, signed=False, frames=1,
    )  # fmt: skip

    def read(data: bytes) -> None:
        assert decode_rle(data, grey).samples.shape == (24, 20)

    return read


def _tag_walk(_folder: str) -> Target:
    from viewer.dicom.limits import DEFAULT_LIMITS
    from viewer.dicom.tag_reader import _Rows, walk_elements

    def read(data: bytes) -> None:
        rows = _Rows()
        for element in walk_elements(io.BytesIO(data), "/x", DEFAULT_LIMITS):
            rows.add(element)
        table = rows.table("/x", (), is_whole=True)
        for row in range(min(len(table), 50)):
            table.children_of(row)

    return read


def _archives(folder: str) -> Target:
    from viewer.dicom.archives import read_archive
    from viewer.dicom.errors import NegatoError
    from viewer.dicom.limits import DEFAULT_LIMITS
    from viewer.dicom.regular_files import open_regular

    numbers = count()

    def read(data: bytes) -> None:
        path = os.path.join(folder, f"{next(numbers)}.zip")  # another each time: they are kept
        with open(path, "wb") as file:
            file.write(data)
        try:
            archive = read_archive(path, DEFAULT_LIMITS)
            for name, entry in list(archive.members.items())[:5]:
                try:
                    with open_regular(archive.path_of(name), DEFAULT_LIMITS) as stream:
                        assert len(stream.read(1 << 20)) <= max(entry.size, 0)
                except NegatoError:
                    continue
        finally:
            os.unlink(path)

    return read


_TARGETS: dict[str, Callable[[str], Any]] = {
    "quickread": _quickread,
    "dicomdir": _dicomdir,
    "codestreams": _codestreams,
    "rle": _rle,
    "tag_walk": _tag_walk,
    "archives": _archives,
}


if __name__ == "__main__":
    sys.exit(main())
