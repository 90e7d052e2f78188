"""Reading headers: `read_header` against pydicom's and GDCM's, file by file.

The scan of a folder is little else. pydicom is the peer because it is what a
viewer in Python would use: it splits the header into elements and leaves
values as bytes until asked for, whereas ours gives the finished values of the
fields a viewer needs. GDCM, compiled, shows how far Python is from C++; it is
compared where ``gdcm`` can be imported. All read the same files from the
system's file cache.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from pydicom import dcmread

from tests.benchmarks.data import ct_headers
from tests.benchmarks.measuring import Result, StopWatch, compare, watched
from viewer.dicom.reading import read_header

_PYDICOM = "pydicom.dcmread"
_GDCM = "GDCM ReadUpToTag"
_GOAL = 12.0


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Read 1,000 CT headers of 270 elements each."""
    count, rounds = (5, 2) if tiny else (1000, 7)
    paths = [str(path) for path in ct_headers(folder, count)]
    return compare(
        f"{count:,} CT headers",
        watched(lambda: [read_header(path) for path in paths]),
        {
            _PYDICOM: watched(lambda: [dcmread(path, stop_before_pixels=True) for path in paths]),
            _GDCM: _gdcm(paths),
        },
        rounds,
        {_PYDICOM: _GOAL},
    )


def _gdcm(paths: list[str]) -> StopWatch | None:
    if find_spec("gdcm") is None:
        return None
    gdcm = import_module("gdcm")
    pixel_data = gdcm.Tag(0x7FE0, 0x0010)

    def read_all() -> None:
        for path in paths:
            reader = gdcm.Reader()
            reader.SetFileName(path)
            if not reader.ReadUpToTag(pixel_data):
                raise OSError(f"GDCM cannot read {path}")

    return watched(read_all)
