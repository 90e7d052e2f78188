"""A child ends a batch of files early rather than keep what else is wished for waiting."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from viewer.dicom import compressed_frames
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.workers import decode_child
from viewer.workers.decode_child import Wanted, decode_files
from viewer.workers.transfer import NO_SCRATCH, BesideWriter

WANTED = [Wanted(f"/disc/{number}", None) for number in range(5)]


@pytest.fixture
def files(monkeypatch):
    """Give how long each file of a disc takes; the files are read."""
    seconds = dict.fromkeys((wanted.path for wanted in WANTED), 0.0)

    def read(path, _frame, _limits):
        threading.Event().wait(seconds[path])
        return np.zeros((8, 8), np.int16), "a codec"

    monkeypatch.setattr(compressed_frames, "read_compressed", read)
    return seconds


def decoded(*, awaited=False):
    return len(decode_files(BesideWriter(NO_SCRATCH), lambda: awaited, WANTED, DEFAULT_LIMITS))


@pytest.mark.usefixtures("files")
def test_all_that_was_wanted_is_decoded_where_nothing_hinders():
    assert decoded() == len(WANTED)


@pytest.mark.usefixtures("files")
def test_one_file_is_decoded_however_awaited_the_child_is():
    assert decoded(awaited=True) == 1


def test_files_that_turn_out_to_be_slow_end_a_batch(files, monkeypatch):
    monkeypatch.setattr(decode_child, "_LONGEST_BATCH_S", 0.02)
    files["/disc/1"] = 0.05
    assert decoded() == 2
