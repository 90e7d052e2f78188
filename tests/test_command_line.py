"""What all commands share: output that cannot be written, and Ctrl+C."""

from __future__ import annotations

import gc
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from viewer import cli
from viewer.commands import list as list_command
from viewer.handover import Listening

_SAMPLE = str(get_testdata_file("CT_small.dcm", download=False))
_ROOT = Path(__file__).parents[1]


def negato(
    *arguments: str, stdout: int = subprocess.PIPE, encoding: str = "utf-8"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "viewer", *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        cwd=_ROOT,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["list", "check", "dump"])
def test_output_that_cannot_be_written_is_one_line_and_exit_code_1(command: str) -> None:
    with open("/dev/full", "wb") as full:
        done = negato(command, _SAMPLE, stdout=full.fileno())
    assert done.returncode == 1
    assert done.stderr == "negato: The system refuses: No space left on device.\n"


def test_a_reader_that_leaves_early_is_no_failure_to_speak_of() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = negato("dump", _SAMPLE, stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("command", ["list", "check"])
def test_a_terminal_without_the_characters_gets_escapes(command: str) -> None:
    done = negato(command, _SAMPLE, encoding="ascii")
    assert (done.returncode, "128 \\xd7 128" in done.stdout) == (0, True)


def test_json_of_tags_is_json_in_any_encoding(corpus: Path) -> None:
    path = str(corpus / "charset/encoding_iso8859-1.dcm")
    rows = json.loads(negato("dump", path, "--json", encoding="ascii").stdout)
    assert any(not row["value"].isascii() for row in rows)


def test_ctrl_c_ends_a_command_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(list_command, "run", interrupted)
    assert cli.main(["list", _SAMPLE]) == 130
    assert capsys.readouterr() == ("", "")


def test_without_a_screen_the_window_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert cli.main(["--sample"]) == 1
    assert "needs a screen" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="shells of POSIX")
@pytest.mark.parametrize("command", ["list", "check", "dump", "doctor"])
def test_a_closed_output_is_one_line_and_exit_code_1(command: str) -> None:
    paths = [] if command == "doctor" else [_SAMPLE]
    words = " ".join(map(shlex.quote, [sys.executable, "-m", "viewer", command, *paths]))
    done = subprocess.run(
        f"{words} >&-", shell=True, cwd=_ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "negato: The system refuses: Bad file descriptor.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="shells of POSIX")
@pytest.mark.parametrize("closed", ["2>&-", "<&-", "<&- 2>&-"])
def test_what_is_closed_beside_the_output_changes_nothing(closed: str) -> None:
    words = " ".join(map(shlex.quote, [sys.executable, "-m", "viewer", "check", _SAMPLE]))
    done = subprocess.run(
        f"{words} {closed}", shell=True, cwd=_ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.count("CT_small"), done.stderr.count("Tr")) == (0, 1, 0)


def test_a_failure_that_cannot_be_said_is_no_defect() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "viewer", "list", "/no/such/file"],
            stdout=subprocess.PIPE,
            stderr=writing,
            cwd=_ROOT,
            text=True,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stdout.partition(":")[0]) == (1, "1 file")


@pytest.mark.skipif(sys.platform == "win32", reason="needs /dev/stdout")
def test_a_picture_can_be_written_to_a_pipe() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "viewer", "render", _SAMPLE, "-o", "/dev/stdout"],
        cwd=_ROOT,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"\x89PNG")


@pytest.mark.parametrize("command", [[], ["list"], ["dump"], ["check"], ["render"], ["explain"]])
@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        ("no_such=1", "There is no limit 'no_such'"),
        ("frame_bytes=big", "frame_bytes takes a number, such as 512MiB or 500MB; not 'big'."),
        ("frame_bytes", "frame_bytes takes a number"),
        ("sequence_depth=1000", "sequence_depth must be at least 1, and at most 128."),
    ],
)
def test_a_wrong_limit_is_said_with_exit_code_2(
    command: list[str], limit: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*command, "--limit", limit, _SAMPLE])
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("list", "elements_per_file"),
        ("check", "elements_per_file"),
        ("dump", "elements_per_file"),
        ("render", "frame_bytes"),
        ("explain", "frame_bytes"),
    ],
)
def test_a_limit_holds_for_a_command_and_can_be_raised(
    command: str,
    name: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # a picture is written to
    low, high = f"{name}=20", f"{name}=1000000"
    assert cli.main([command, "--limit", low, _SAMPLE]) == (command != "dump")
    told = capsys.readouterr()
    assert f"--limit {name}=40, for example" in told.out + told.err
    assert cli.main([command, "--limit", low, "--limit", high, _SAMPLE]) == 0


class Windows:
    """What would be handed to a window that is there, and what opened in one of its own."""

    def __init__(self) -> None:
        self.opened: list[object] = []
        self.handed: list[object] = []
        self.takes = False


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Iterator[Windows]:
    found = Windows()

    def hand_over(paths: Sequence[str], *, anew: bool) -> bool:
        found.handed.append((tuple(paths), anew))
        return found.takes

    def run(paths: object, _children: object, *, limits: object, listening: Listening) -> int:
        found.opened.append((paths, limits, listening))
        return 0

    monkeypatch.setattr(cli, "has_screen", lambda: True)
    monkeypatch.setattr(cli, "hand_over", hand_over)
    monkeypatch.setattr("viewer.workers.scan_children.ScanChildren.start", lambda self: None)
    monkeypatch.setattr("viewer.ui.app.run", run)
    yield found
    gc.enable()  # as the window does


def test_a_window_with_limits_of_its_own_has_nothing_to_do_with_others(windows: Windows) -> None:
    """Others would open their files in it, with these limits."""
    assert cli.main(["--limit", "frame_bytes=1GiB", _SAMPLE]) == 0
    assert windows.handed == []
    assert windows.opened == [((_SAMPLE,), (("frame_bytes", "1GiB"),), None)]
    assert cli.main([_SAMPLE]) == 0
    assert windows.handed == [((_SAMPLE,), False)]


@pytest.mark.parametrize("new_window", [[], ["--new-window"], ["--limit", "frame_bytes=1GiB"]])
def test_where_nothing_exists_it_is_said_and_no_window_is_asked_or_opened(
    windows: Windows,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    new_window: list[str],
) -> None:
    monkeypatch.setattr(cli, "has_screen", lambda: False)  # of which nothing need be said
    assert cli.main([*new_window, "bogus", "no/such"]) == 1
    assert (windows.handed, windows.opened) == ([], [])
    assert capsys.readouterr().err == (
        "negato: bogus: There is no such file; check the path or the disc.\n"
        "negato: no/such: There is no such file; check the path or the disc.\n"
    )


def test_what_exists_is_handed_over_without_what_does_not(
    windows: Windows, capsys: pytest.CaptureFixture[str]
) -> None:
    windows.takes = True
    in_archive = os.path.join(_SAMPLE, "IM1")  # which the window's child is to find out
    assert cli.main(["bogus", _SAMPLE, in_archive]) == 0
    assert windows.handed == [((_SAMPLE, in_archive), False)]
    assert capsys.readouterr().err.startswith("negato: bogus: There is no such file")


def test_an_application_of_macos_stays_for_what_it_will_be_sent(
    windows: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows.takes = True
    monkeypatch.setattr(cli, "is_application", lambda: True)
    cli.main([])
    cli.main([_SAMPLE])
    assert windows.handed == [((), True), ((_SAMPLE,), False)]


def test_no_path_at_all_is_no_missing_one(windows: Windows) -> None:
    assert cli.main([]) == 0
    assert len(windows.opened) == 1
