"""A disc that is ejected in the middle: a reason for each file, and nobody is harmed."""

from __future__ import annotations

import os
import queue

import numpy as np
import pytest

from tests.dicom import synthetic
from viewer.dicom import native_frames
from viewer.dicom.compressed_frames import compressed_frame
from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.ledger import Skipped
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.reading import read_header
from viewer.workers.child_pool import ChildPool
from viewer.workers.decode_child import Wanted
from viewer.workers.scan import scan_in_child

UNREADABLE = "/proc/self/mem"
REASON = "It cannot be read (Input/output error); check the disc or the connection."
# what the system says of the end of such a file
REASONS = (REASON, REASON.replace("Input/output error", "Invalid argument"))

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or not os.path.exists(UNREADABLE),
    reason="needs Linux, and a child that may open its own memory",
)


@pytest.fixture
def disc(tmp_path):
    values = np.full((24, 20), 7, np.uint16)
    synthetic.write(tmp_path / "native.dcm", values)
    stream = synthetic.streams(values)[synthetic.JPEG_2000]
    synthetic.write(
        tmp_path / "compressed.dcm",
        values,
        transfer_syntax=synthetic.JPEG_2000,
        frames=[stream],
        BitsStored=16,
    )
    return tmp_path


@pytest.fixture
def pool():
    pool = ChildPool(processes=1, preload=("tests.workers.ejected",))
    yield pool
    pool.close()


def ask(pool, task, *args, **options):
    answers = queue.Queue()
    pool.submit(task, args, timeout_s=20, on_done=lambda result, *_: answers.put(result), **options)
    return answers.get(timeout=30)


def test_case_39_each_file_of_a_scan_is_listed_with_the_reason(disc):
    batches = scan_in_child([str(disc)], scanner="tests.workers.ejected:scan")
    found = [item for batch in batches for item in batch]
    assert [(item.kind, item.reason) for item in found if isinstance(item, Skipped)] == [
        ("unreadable", REASON)
    ] * 2
    assert len(found) == 2


def test_case_39_a_native_frame_gives_the_reason(disc, monkeypatch):
    path = str(disc / "native.dcm")
    native = native_frames.native_frame(read_header(path))
    out = np.zeros((24, 20), np.uint16)
    opened = os.open
    monkeypatch.setattr(os, "open", lambda _path, flags: opened(UNREADABLE, flags))
    with pytest.raises(PixelError) as caught:
        native_frames.read_native(path, native, out)
    assert caught.value.path == path
    assert not out.any()


@pytest.mark.parametrize("name", ["native.dcm", "compressed.dcm"])
def test_case_39_a_frame_decoded_by_a_child_gives_the_reason(disc, pool, name):
    path = str(disc / name)
    [(_, error, description)] = ask(pool, "decode", path, (0,), DEFAULT_LIMITS)
    assert isinstance(error, PixelError)
    assert error.message in REASONS
    assert description is None


def test_case_39_so_does_one_that_is_decoded_with_others(disc, pool):
    path = str(disc / "compressed.dcm")
    wanted = (Wanted(path, compressed_frame(read_header(path))),)
    [filled] = ask(pool, "decode_files", wanted, DEFAULT_LIMITS, yields=True)
    assert filled.pixels.message in REASONS


def test_case_39_so_do_the_tags(disc, pool):
    error = ask(pool, "tags", str(disc / "native.dcm"))
    assert isinstance(error, NegatoError)
    assert error.message in REASONS
