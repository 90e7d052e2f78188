"""Reading headers: `HeaderReader` against pydicom's and GDCM's, file by file.

The scan of a folder is little else. pydicom is the peer because it is what a
viewer in Python would use: it splits the header into elements and leaves
values as bytes until asked for, whereas ours gives the finished values of the
fields a viewer needs; so pydicom is also timed with those fields asked for,
which is the like-for-like. Of the 100,000 files, in 200 series, pydicom reads
each hundredth, and its time is multiplied. Nothing is kept: where a program keeps thousands of
pydicom's data sets, Python's garbage collector makes it slower still. GDCM, compiled,
shows how far Python is from C++; it is compared where ``gdcm`` can be imported.
All read the same files from the system's file cache. Files of one series
share most of their bytes, of which `HeaderReader` makes use; "each alone" is
the same without.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from pydicom import dcmread

from tests.benchmarks.archive import archive
from tests.benchmarks.data import ct_headers
from tests.benchmarks.measuring import Goal, Result, StopWatch, compare, watched
from viewer.dicom.header_fields import WANTED_TAGS
from viewer.dicom.reading import HeaderReader, read_header

_PYDICOM = "pydicom.dcmread"
_PYDICOM_FIELDS = "pydicom.dcmread, same fields"
_PYDICOM_SOME = "pydicom.dcmread, 100 x every 100th"
_GDCM = "GDCM ReadUpToTag"
_GOAL = Goal(ratio=12.0)


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Read 1,000 and 100,000 CT headers of 270 elements each."""
    count, rounds = (5, 2) if tiny else (1000, 7)
    paths = [str(path) for path in ct_headers(folder, count)]
    pydicom = _over(paths, lambda path: dcmread(path, stop_before_pixels=True))
    peers = {_PYDICOM: pydicom, _PYDICOM_FIELDS: _over(paths, _pydicom_fields)}
    one_series = compare(
        f"{count:,} CT headers",
        _over(paths, HeaderReader().read),
        {**peers, _GDCM: _gdcm(paths)},
        rounds,
        {_PYDICOM: _GOAL},
    )
    alone = compare(
        f"{count:,} CT headers, each alone", _over(paths, read_header), peers, rounds, {}
    )
    return [*one_series, *alone, *_many(folder, tiny=tiny)]


def _many(folder: Path, *, tiny: bool) -> list[Result]:
    series, images, rounds = (2, 50, 2) if tiny else (200, 500, 3)
    root = archive(folder, series, images, nested=True)
    paths = sorted(str(path) for path in root.rglob("IM*"))
    sample = _over(paths[::100], lambda path: dcmread(path, stop_before_pixels=True))
    return compare(
        f"{len(paths):,} CT headers",
        _over(paths, HeaderReader().read),
        {_PYDICOM_SOME: lambda: 100 * sample()},
        rounds,
        {_PYDICOM_SOME: _GOAL},
    )


def _over(paths: list[str], read: Callable[[str], object]) -> StopWatch:
    """Watch each path being read, and drop what was read at once."""
    return watched(lambda: deque(map(read, paths), maxlen=0))


def _pydicom_fields(path: str) -> list[object]:
    dataset = dcmread(path, stop_before_pixels=True)
    return [dataset[tag].value for tag in WANTED_TAGS if tag in dataset]


def _gdcm(paths: list[str]) -> StopWatch | None:
    if find_spec("gdcm") is None:
        return None
    gdcm = import_module("gdcm")
    pixel_data = gdcm.Tag(0x7FE0, 0x0010)

    def read(path: str) -> None:
        reader = gdcm.Reader()
        reader.SetFileName(path)
        if not reader.ReadUpToTag(pixel_data):
            raise OSError(f"GDCM cannot read {path}")

    return _over(paths, read)
