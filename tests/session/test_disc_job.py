"""The making of a disc in a process of its own: what it is told, what it says, how it may end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from viewer import program
from viewer.session import command_job
from viewer.session.disc_job import DiscJob, DiscOrder
from viewer.session.writing_job import Outcome, Progress

_COMMAND = str(Path(__file__).with_name("fake_disc_command.py"))
_SURROGATE = "/data/\udcff.zip/IM1"


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., DiscJob]:
    """Give a function that makes a job whose command has the given manner."""

    def make(manner: str, viewer: str | None = None) -> DiscJob:
        monkeypatch.setattr(
            program, "command", lambda *args: [sys.executable, _COMMAND, manner, *args]
        )
        order = DiscOrder(("/data/IM1", _SURROGATE), str(tmp_path / "OUT"), viewer)
        return DiscJob(order)

    return make


def outcome_of(qtbot: QtBot, job: DiscJob, *, start: bool = True) -> Outcome:
    with qtbot.waitSignal(job.ended, timeout=30_000) as ended:
        if start:
            job.start()
    assert not job.is_running
    return ended.args[0]


def told(tmp_path: Path) -> dict[str, list[str]]:
    return json.loads((tmp_path / "OUT/DICOMDIR").read_text())


def test_it_is_told_paths_as_the_system_has_them_and_says_what_it_wrote(
    qtbot: QtBot, job: Callable[..., DiscJob], tmp_path: Path
) -> None:
    one = job("works")
    seen: list[Progress] = []
    one.progressed.connect(seen.append)
    outcome = outcome_of(qtbot, one)
    assert (outcome.result, outcome.written, outcome.bytes) == ("done", 3, 4000)
    assert outcome.left_out == (("/odd/\udcffile", "It has no SOP Instance UID."),)
    assert outcome.warnings == ("One.",)
    assert seen[-1] == Progress("check", 1, 2)
    assert told(tmp_path)["paths"] == ["/data/IM1", _SURROGATE]
    assert "--with-viewer" not in told(tmp_path)["arguments"]


def test_a_viewer_goes_with_it_where_one_is_chosen(
    qtbot: QtBot, job: Callable[..., DiscJob], tmp_path: Path
) -> None:
    outcome_of(qtbot, job("works", "/opt/negato"))
    arguments = told(tmp_path)["arguments"]
    assert arguments[arguments.index("--with-viewer") + 1] == "/opt/negato"


def test_one_that_is_stopped_takes_away_what_it_wrote(
    qtbot: QtBot, job: Callable[..., DiscJob], tmp_path: Path
) -> None:
    one = job("waits")
    with qtbot.waitSignal(one.progressed, timeout=30_000):
        one.start()
    assert (tmp_path / "OUT/DICOMDIR").exists()
    one.stop()
    one.stop()  # once is enough
    assert outcome_of(qtbot, one, start=False).result == "cancelled"
    assert not (tmp_path / "OUT").exists()


def test_the_end_of_the_program_stops_it_and_waits_for_that(
    qtbot: QtBot, job: Callable[..., DiscJob], tmp_path: Path
) -> None:
    one = job("waits")
    with qtbot.waitSignal(one.progressed, timeout=30_000):
        one.start()
    with qtbot.waitSignal(one.ended, timeout=0) as ended:
        one.end_with_program()  # no event loop runs any more
    assert ended.args[0].result == "cancelled"
    assert not (tmp_path / "OUT").exists()


def test_a_refusal_comes_as_its_sentence(qtbot: QtBot, job: Callable[..., DiscJob]) -> None:
    outcome = outcome_of(qtbot, job("fails"))
    assert outcome.result == "failed"
    assert outcome.message.startswith("There is no room: 3 MB are needed")


def test_a_disc_that_most_files_are_left_out_of_is_done_all_the_same(
    qtbot: QtBot, job: Callable[..., DiscJob]
) -> None:
    outcome = outcome_of(qtbot, job("leaves out many"))
    assert (outcome.result, len(outcome.left_out)) == ("done", 100_000)


def test_what_makes_no_sense_is_passed_over(
    qtbot: QtBot, job: Callable[..., DiscJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_job, "_MOST_LINE", 16 << 20)
    one = job("garbage")
    seen: list[Progress] = []
    one.progressed.connect(seen.append)
    assert outcome_of(qtbot, one) == Outcome("done", left_out=(("", ""),))
    assert set(seen) <= {Progress("copy", 0, 0)}


def test_a_sudden_death_is_told_of_with_what_may_be_left(
    qtbot: QtBot, job: Callable[..., DiscJob], tmp_path: Path
) -> None:
    outcome = outcome_of(qtbot, job("dies"))
    assert outcome.result == "failed"
    assert "ended unexpectedly" in outcome.message
    assert str(tmp_path / "OUT") in outcome.message


def test_one_that_says_why_on_standard_error_is_quoted(
    qtbot: QtBot, job: Callable[..., DiscJob]
) -> None:
    outcome = outcome_of(qtbot, job("refuses"))
    assert (outcome.result, outcome.message) == ("failed", "Nothing works today.")


def test_one_that_does_not_stop_can_be_ended(
    qtbot: QtBot, job: Callable[..., DiscJob], tmp_path: Path
) -> None:
    one = job("deaf")
    with qtbot.waitSignal(one.progressed, timeout=30_000):
        one.start()
    one.stop()
    one.kill()
    outcome = outcome_of(qtbot, one, start=False)
    assert outcome.result == "failed"
    assert f"Delete what it has left in {tmp_path / 'OUT'}" in outcome.message


def test_a_command_that_is_not_there_is_told_of(
    qtbot: QtBot, job: Callable[..., DiscJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = job("works")
    monkeypatch.setattr(program, "command", lambda *_args: ["/nowhere/negato"])
    outcome = outcome_of(qtbot, one)
    assert outcome.result == "failed"
    assert "could not be started" in outcome.message
