"""Folders without end, what is no file, what may not be read: all is seen, or counted with why."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.building import image
from tests.hostile.discs import (
    deep_folder,
    image_file,
    named_files,
    scanned,
    shown_names,
    skips,
    write_index,
)
from viewer.cli import main
from viewer.workers.scan import ScanJob

ROOT = Path(__file__).resolve().parents[2]
MANY = 100_000
ENDS_S = 60.0  # generous: that it ends at all
_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 24, 1, 2


def test_case_36_links_that_lead_in_circles_end(tmp_path: Path) -> None:
    image_file(tmp_path / "a" / "IM0")
    (tmp_path / "a" / "up").symlink_to("..")
    (tmp_path / "a" / "here").symlink_to(".")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "b").symlink_to("a")
    catalogue = scanned(tmp_path)
    assert shown_names(catalogue) == ["IM0"]
    assert skips(catalogue) == {
        "up": "not-a-file",
        "here": "not-a-file",
        "b": "not-a-file",
        "one": "unreadable",
        "two": "unreadable",
    }


@pytest.mark.parametrize(("depth", "within_reach"), [(400, True), (2_000, True), (3_000, False)])
def test_case_36_folders_in_folders_are_searched_as_far_as_paths_reach(
    tmp_path: Path, depth: int, within_reach: bool
) -> None:
    image_file(tmp_path / "IM0")
    assert (len(os.fsencode(tmp_path)) + 2 * depth < 4096 - 8) == within_reach
    with deep_folder(tmp_path, depth) as write:
        write("IM1", image("IM1"))
        catalogue = scanned(tmp_path)
    if within_reach:
        assert shown_names(catalogue) == ["IM0", "IM1"]
        return
    assert shown_names(catalogue) == ["IM0"]
    (beyond,) = catalogue.ledger.skipped
    assert beyond.kind == "unreadable"
    assert "path is longer than the system takes" in beyond.reason


def test_case_36_discs_in_one_another_are_searched_to_the_last(tmp_path: Path) -> None:
    folder, depth = tmp_path, 600
    for number in range(depth):
        image_file(folder / f"IM{number}")
        write_index(folder, named_files(f"IM{number}"))
        folder /= "d"
    catalogue = scanned(tmp_path)
    assert len(shown_names(catalogue)) == depth
    assert Counter(one.kind for one in catalogue.ledger.skipped) == {"index": depth}
    assert not any("stopped" in notice for notice in catalogue.ledger.notices)


@pytest.fixture(scope="module")
def very_many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a folder of an image and `MANY` empty files."""
    folder = tmp_path_factory.mktemp("many")
    descriptor = os.open(folder, os.O_RDONLY)
    for number in range(MANY):
        os.close(os.open(f"F{number:06}", os.O_CREAT | os.O_WRONLY, dir_fd=descriptor))
    os.close(descriptor)
    image_file(folder / "A")
    yield folder
    shutil.rmtree(folder)


def test_case_36_a_hundred_thousand_files_are_all_counted(very_many: Path) -> None:
    catalogue = scanned(very_many)
    assert catalogue.ledger.seen == MANY + 1
    assert Counter(one.kind for one in catalogue.ledger.skipped) == {"not-dicom": MANY}
    assert shown_names(catalogue) == ["A"]


def test_case_36_a_scan_of_very_many_files_can_be_cancelled_at_once(very_many: Path) -> None:
    begun, ended, seen = threading.Event(), threading.Event(), []

    def take(batch: list[object]) -> None:
        seen.extend(batch)
        begun.set()

    job = ScanJob([str(very_many)], take, ended.set)
    job.start()
    assert begun.wait(ENDS_S)
    job.cancel()
    job.join()
    assert ended.is_set()
    assert len(seen) < MANY


def test_case_37_what_is_no_file_is_counted_and_never_opened(tmp_path: Path) -> None:
    image_file(tmp_path / "IM0")
    os.mkfifo(tmp_path / "pipe")  # who opened it would wait for a writer for ever
    (tmp_path / "zero").symlink_to("/dev/zero")
    expected = {"pipe": "not-a-file", "zero": "not-a-file", "socket": "not-a-file"}
    try:
        os.mknod(tmp_path / "device", stat.S_IFCHR | 0o600, os.makedev(5, 0))
        expected["device"] = "not-a-file"
    except PermissionError:
        pass  # for root alone; the link to one is there in any case
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        server.listen()
        server.setblocking(False)
        catalogue = scanned(tmp_path, *(tmp_path / name for name in expected))
        with pytest.raises(BlockingIOError):
            server.accept()  # nobody has called
    assert shown_names(catalogue) == ["IM0"]
    assert skips(catalogue) == expected
    assert all("left unopened" in one.reason for one in catalogue.ledger.skipped)


@pytest.mark.parametrize("command", ["list", "dump", "check", "render", "explain"])
def test_case_37_a_pipe_that_is_named_is_refused_at_once(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert main([command, str(tmp_path / "pipe")]) == 1
    said = capsys.readouterr()
    assert "left unopened" in said.out + said.err


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of another kind")
def test_case_38_what_may_not_be_read_is_listed_with_what_to_do(tmp_path: Path) -> None:
    image_file(tmp_path / "IM0")
    image_file(tmp_path / "closed").chmod(0)
    image_file(tmp_path / "folder" / "IM1")
    (tmp_path / "folder").chmod(0)
    try:
        found = json.loads(_as_anyone("list", "--json", str(tmp_path)))
    finally:
        (tmp_path / "folder").chmod(0o700)
    skipped = {os.path.basename(one["path"]): one for one in found["ledger"]["skipped"]}
    assert {name: one["kind"] for name, one in skipped.items()} == {
        "closed": "unreadable",
        "folder": "unreadable",
    }
    assert all("no permission" in one["reason"] for one in skipped.values())
    assert found["ledger"]["shown"] == 1


def _as_anyone(*arguments: str) -> str:
    """Run a command as one for whom permissions hold, which for root they do not."""

    def give_up_privileges() -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            if libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
                os._exit(99)

    done = subprocess.run(
        [sys.executable, "-m", "viewer", *arguments],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=give_up_privileges if os.geteuid() == 0 else None,
    )
    return done.stdout
