"""Where reaching a file takes as long as reading it, files are read on; elsewhere not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dicom.synthetic import grey, write
from viewer.dicom import slow_media
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.scanning import scan
from viewer.dicom.slow_media import Medium


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = self.worked = 0.0

    def perf_counter(self) -> float:
        return self.now

    def process_time(self) -> float:
        return self.worked


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(slow_media, "time", clock)
    return clock


@pytest.fixture
def read_on(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the names of the files that are read on."""
    names: list[str] = []
    real = slow_media.open_descriptor

    def noted(path: str):
        names.append(Path(path).name)
        return real(path)

    monkeypatch.setattr(slow_media, "open_descriptor", noted)
    return names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(6):
        write(tmp_path / f"{number}", grey())
    return tmp_path


def _slow(monkeypatch: pytest.MonkeyPatch, clock: Clock, waits_s: float, works_s: float) -> None:
    """Let each header take some time."""
    from viewer.dicom.reading import HeaderReader

    real = HeaderReader.read

    def read(self: HeaderReader, path: str) -> InstanceHeader:
        clock.now += waits_s + works_s
        clock.worked += works_s
        return real(self, path)

    monkeypatch.setattr(HeaderReader, "read", read)


def test_files_of_a_quick_medium_are_not_read_on(folder, clock, read_on):
    assert len(list(scan([str(folder)]))) == 6
    assert read_on == []


def test_files_of_a_slow_medium_are_read_on(folder, clock, read_on, monkeypatch):
    _slow(monkeypatch, clock, 0.1, 0.0)
    assert len(list(scan([str(folder)]))) == 6
    assert read_on == ["2", "3", "4", "5"]


def test_headers_that_take_long_to_understand_do_not_make_a_medium_slow(
    folder, clock, read_on, monkeypatch
):
    _slow(monkeypatch, clock, 0.0, 0.5)
    list(scan([str(folder)]))
    assert read_on == []


def test_a_header_is_told_before_the_rest_of_its_file_is_read(folder, clock, read_on, monkeypatch):
    _slow(monkeypatch, clock, 0.1, 0.0)
    found = scan([str(folder)])
    told = [next(found) for _ in range(4)]
    assert Path(told[-1].path).name == "3"
    assert read_on == ["2"]


def test_files_beside_an_opened_one_that_are_of_another_series_are_left(
    folder, clock, read_on, monkeypatch
):
    for number in range(6):
        uid = "1.2.3" if number in (0, 5) else f"1.2.3.{number}"
        write(folder / f"{number}", grey(), SeriesInstanceUID=uid)
    _slow(monkeypatch, clock, 0.1, 0.0)
    assert len(list(scan([str(folder / "0")]))) == 2
    assert read_on == ["5"]


def test_a_file_that_is_gone_or_too_large_is_not_read_on(tmp_path, clock, monkeypatch):
    medium = Medium()
    for _ in range(3):
        medium.timed(lambda _path: setattr(clock, "now", clock.now + 1), "x")
    assert medium.is_slow
    medium.read_on(str(tmp_path / "gone"))
    read: list[int] = []
    monkeypatch.setattr(slow_media.os, "read", lambda *_: read.append(1))
    monkeypatch.setattr(slow_media, "_LARGEST_BYTES", 10)
    (tmp_path / "large").write_bytes(bytes(11))
    medium.read_on(str(tmp_path / "large"))
    assert not read
    (tmp_path / "small").write_bytes(bytes(10))
    medium.read_on(str(tmp_path / "small"))
    assert read


def test_reading_on_ends_before_the_scan_seems_to_hang(tmp_path, clock, monkeypatch):
    medium = Medium()
    for _ in range(3):
        medium.timed(lambda _path: setattr(clock, "now", clock.now + 1), "x")
    pieces: list[float] = []

    def crawl(*_: object) -> bytes:
        clock.now += 3
        pieces.append(clock.now)
        return b"x"

    monkeypatch.setattr(slow_media.os, "read", crawl)
    (tmp_path / "file").write_bytes(bytes(1000))
    medium.read_on(str(tmp_path / "file"))
    assert len(pieces) == 3
