"""Whatever becomes of a child is told, another takes its place, and no harm comes to the parent."""

from __future__ import annotations

import logging
import os
import pickle
import queue
import signal
import struct
import sys
import tracemalloc
from multiprocessing import Pipe

import numpy as np
import pytest

from tests.workers.test_child_pool import FAKES, Desk, desk
from viewer.dicom.errors import PixelError
from viewer.dicom.limits import Limits
from viewer.workers import child_process, replies
from viewer.workers.child_pool import ChildPool
from viewer.workers.transfer import MessageReader

__all__ = ["desk"]

PATH = "/disc/I001"
SIGNALS = [
    pytest.param(getattr(signal, name), id=name)
    for name in ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGKILL", "SIGILL", "SIGFPE", "SIGTERM")
    if hasattr(signal, name)
]


def is_well(desk):
    return desk.ask("echo", "well") == "well"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", SIGNALS)
def test_case_26_a_signal_costs_one_frame_and_the_child_comes_back(desk, number):
    error = desk.ask("die_of", PATH, int(number))
    assert isinstance(error, PixelError)
    assert error.path == PATH
    assert "crashed" in error.message
    assert is_well(desk)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a stack of the usual size")
def test_case_26_an_overflowing_stack_costs_one_frame(desk):
    assert "crashed" in desk.ask("overflow_the_stack", PATH).message
    assert is_well(desk)


@pytest.mark.parametrize(
    "way", ["run_out_of_memory", "meet_the_end", "exit_python", "interrupt", "panic"]
)
def test_case_25_what_is_raised_is_told_and_the_child_lives(desk, way):
    process = desk.ask("describe_process")["pid"]
    error = desk.ask(way, PATH)
    assert isinstance(error, PixelError)
    assert error.path == PATH
    assert "PATIENT" not in error.message
    assert desk.ask("describe_process")["pid"] == process


@pytest.mark.skipif(sys.platform == "win32", reason="stops a process by a signal")
def test_a_child_that_takes_no_request_costs_that_request(desk):
    process = desk.ask("describe_process")["pid"]
    os.kill(process, signal.SIGSTOP)
    answers = queue.Queue()
    more_than_a_pipe_holds = bytes(8 << 20)
    desk.pool.submit(FAKES + "echo", (more_than_a_pipe_holds,), timeout_s=1, on_done=answers.put)
    assert "took too long" in answers.get(timeout=60).message
    assert is_well(desk)


def test_case_26_both_children_at_once_and_again_and_again():
    pool = ChildPool(processes=2, preload=())
    answers = queue.Queue()
    try:
        for number in range(12):
            task = FAKES + ("leave" if number % 2 else "crash")
            pool.submit(task, (f"/disc/{number}",), timeout_s=20, on_done=answers.put)
        told = [answers.get(timeout=60) for _ in range(12)]
        assert {error.path for error in told} == {f"/disc/{number}" for number in range(12)}
        assert is_well(Desk(pool))
    finally:
        pool.close()


def test_children_that_could_not_be_started_for_a_while_are_there_again(monkeypatch):
    refusals = [OSError("no process left"), OSError("no memory")]
    spawn = child_process._spawn

    def refused_at_first(*arguments):
        if refusals:
            raise refusals.pop()
        return spawn(*arguments)

    monkeypatch.setattr(child_process, "_spawn", refused_at_first)
    pool = ChildPool(processes=1, preload=())
    try:
        assert is_well(Desk(pool))
    finally:
        pool.close()
    assert not refusals


def message(payload, sizes=(), kind=2):
    head = struct.pack(f"!BI{len(sizes)}Q", kind, len(sizes), *sizes)
    return struct.pack("!Q", len(head) + len(payload)) + head + payload


ENDLESS = 1 << 40
LIES = {
    "garbage": b"\xff" * 64,
    "no message": struct.pack("!Q", 0),
    "a message of a TiB": struct.pack("!Q", ENDLESS),
    "too short for its head": struct.pack("!Q", 2) + b"\x02\x00",
    "arrays of a TiB": message(pickle.dumps(1), [ENDLESS]),
    "arrays that are not there": message(pickle.dumps(1), [1 << 20]),
    "more sizes than there are": message(b"", [])[:-4] + struct.pack("!I", 1 << 31),
    "a kind of reply that there is not": message(pickle.dumps(1), kind=9),
    "no pickle": message(b"nothing of the kind"),
    "half a pickle": message(pickle.dumps("value" * 100)[:50]),
    "that it is ready, again": message(pickle.dumps(None), kind=0),
    "a part that nobody wants": message(pickle.dumps(1), kind=1),
}


@pytest.mark.parametrize("lie", LIES)
def test_case_26_nonsense_on_the_pipe_costs_one_frame(desk, lie):
    error = desk.ask("say", PATH, LIES[lie])
    assert isinstance(error, PixelError)
    assert error.path == PATH
    assert is_well(desk)


@pytest.mark.parametrize("way", ["half", "dribble"])
def test_case_24_half_a_reply_is_waited_for_no_longer_than_a_whole_one(desk, way):
    desk.ask("echo", 0)
    half = struct.pack("!Q", 1000) + b"\x02"
    task = ("say", PATH, half, True) if way == "half" else ("dribble", PATH)
    error = desk.ask(*task, timeout_s=0.3)
    assert "took too long" in error.message
    assert is_well(desk)


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of messages, whole or none")
def test_no_room_is_made_for_a_reply_that_is_only_announced():
    ours, theirs = Pipe()
    with ours, theirs:
        reader = MessageReader(ours, 1 << 30)
        os.write(theirs.fileno(), struct.pack("!Q", 1 << 30) + b"\x02")
        tracemalloc.start()
        try:
            assert reader.read() is None
            assert tracemalloc.get_traced_memory()[1] < 8 << 20
        finally:
            tracemalloc.stop()


def test_one_child_with_half_a_reply_does_not_keep_the_other_from_work():
    pool = ChildPool(processes=2, preload=())
    try:
        stuck = queue.Queue()
        half = struct.pack("!Q", 1000) + b"\x02"
        pool.submit(FAKES + "say", (PATH, half, True), timeout_s=60, on_done=stuck.put)
        assert all(is_well(Desk(pool)) for _ in range(20))
        assert stuck.empty()
    finally:
        pool.close()


@pytest.mark.parametrize(
    ("module", "name", "arguments"),
    [
        ("os", "system", ("echo taken over",)),
        ("builtins", "eval", ("1",)),
        ("builtins", "bytearray", (1 << 40,)),
        ("builtins", "getattr", ("", "join")),
        ("importlib", "import_module", ("this",)),
        ("functools", "partial", (print,)),
        ("numpy", "empty", ((1 << 40,),)),
        ("numpy", "dtype", ("O",)),
        ("viewer.workers.child_pool", "ChildPool", ()),
        ("viewer.dicom.regular_files", "open_regular", ("/etc/passwd",)),
        ("viewer.workers.replies", "load", (b"", ())),
        ("viewer.workers.replies", "made_array", ("<i8", (1 << 40,), b"few")),
        ("viewer.workers.replies", "made_array", ("|O8", (1,), b"12345678")),
    ],
)
def test_a_reply_can_call_nothing_in_the_parent(desk, capfd, module, name, arguments):
    error = desk.ask("reply_with_call", PATH, module, name, *arguments)
    assert isinstance(error, PixelError)
    assert "crashed" in error.message
    assert is_well(desk)
    assert not any(capfd.readouterr())


@pytest.mark.parametrize(
    "name",
    [
        b"viewer.dicom.ledger\nSkipped",
        b"viewer.dicom.headers\nInstanceHeader",
        b"viewer.dicom.errors\nPixelError",
        b"viewer.workers.transfer\nBeside",
        b"viewer.workers.decode_child\nFilled",
        b"viewer.dicom.shared_fields\nmade_of",
        b"viewer.imaging.frame\nFrameDescription",
    ],
)
def test_a_reply_can_change_no_class_of_ours(name):
    # the state of a class, by which a pickle sets its attributes: (None, {"path": "changed"})
    named = b"".join(b"\x8c" + bytes([len(part)]) + part for part in name.split(b"\n")) + b"\x93"
    changing = b"\x80\x04" + named + b"N}X\x04\x00\x00\x00pathX\x07\x00\x00\x00changeds\x86b."
    with pytest.raises((TypeError, pickle.UnpicklingError)):
        replies.load(changing, ())


def test_arrays_come_as_they_were():
    arrays = [
        np.arange(24, dtype=">u2").reshape(2, 3, 4)[:, ::2].T,
        np.zeros((0, 5), np.float64),
        np.array(7, np.int8),
        np.array([True, False]),
        np.arange(100_000, dtype=np.float32),
    ]
    for sent in arrays:
        come = replies.load(replies.dump(sent, None), ())
        assert come.dtype == sent.dtype
        assert come.shape == sent.shape
        assert (come == sent).all()


def test_a_result_over_the_bound_is_refused_where_it_is_made():
    pool = ChildPool(processes=1, limits=Limits(frame_bytes=1), preload=("numpy",))
    try:
        desk = Desk(pool)
        error = desk.ask("array", 1 << 14, 1 << 13, 1)  # 256 MiB: no less is the bound
        assert isinstance(error, np.ndarray)
        error = desk.ask("array", 1 << 14, (1 << 13) + 1, 1)
        assert "more memory than one file may" in error.message
        assert is_well(desk)
    finally:
        pool.close()


def test_what_failed_is_named_by_class_and_place_and_without_values(desk):
    answers = queue.Queue()
    desk.pool.submit(
        "viewer.dicom.tags:tag_text", ("PATIENT^NAME",), timeout_s=20, on_done=answers.put
    )
    sentence = answers.get(timeout=30).message
    assert "TypeError in viewer.dicom.tags, line " in sentence
    assert "report" in sentence
    assert "PATIENT" not in sentence


def test_children_say_nothing_and_nothing_is_logged(desk, capfd, caplog):
    with caplog.at_level(logging.DEBUG):
        for way in ("exit_python", "panic", "crash", "overflow_the_stack"):
            desk.ask(way, f"/disc/PATIENT-{way}")
    assert not any(capfd.readouterr())
    assert "PATIENT" not in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_a_child_leaves_no_core_dump(desk):
    assert desk.ask("dumps") == ((0, 0), 0)
