"""Deflated bytes in portions: nothing is lost at their end, nor taken for cut."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import pytest

from viewer.dicom.archives import open_member
from viewer.dicom.inflating import Inflater, InflatingStream
from viewer.dicom.limits import DEFAULT_LIMITS

_PORTION = 64 << 10
# an even picture ends in a few bits that give the last hundred bytes: all input is taken by then
_SIZES = [2 * _PORTION + rest for rest in (0, 1, 20, 50, 90, 120, 300)]


def _deflated(raw: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(raw) + packer.flush()


@pytest.mark.parametrize("most", [1, 7, 100, 1000])
def test_portions_of_any_size_give_all_bytes(most: int) -> None:
    raw = bytes(5000)
    source = io.BytesIO(_deflated(raw))
    inflater = Inflater()

    portions = []
    while portion := inflater.portion(source.read, most):
        portions.append(portion)

    assert b"".join(portions) == raw
    assert max(map(len, portions)) <= most
    assert inflater.at_end


@pytest.mark.parametrize("size", _SIZES)
def test_the_last_bytes_of_an_even_data_set_are_there(size: int) -> None:
    stream = InflatingStream(io.BytesIO(_deflated(bytes(size))), 1 << 30)

    assert len(stream.read()) == size


@pytest.mark.parametrize("size", _SIZES)
def test_an_even_file_in_an_archive_is_not_taken_for_cut(tmp_path: Path, size: int) -> None:
    path = tmp_path / "study.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("even", bytes(size))

    opened = open_member(str(path / "even"), DEFAULT_LIMITS)

    assert opened is not None
    assert len(opened[0].read()) == size
