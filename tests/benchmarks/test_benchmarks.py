"""The benchmarks run and report what they should; how fast anything is, is never tested."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import main
from tests.benchmarks.measuring import Goal, Result, Sample, as_json
from tests.benchmarks.report import summary


def test_headers_report_ours_peer_and_ratio_beside_the_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["headers", "--tiny", "--json", "--data", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "CPUs" in told["machine"]["machine"]
    assert "pydicom" in told["machine"]["versions"]
    against_pydicom, _, against_gdcm, *_ = told["results"]["headers"]
    assert against_pydicom["peer_name"] == "pydicom.dcmread"
    ours, peer = against_pydicom["ours"]["median"], against_pydicom["peer"]["median"]
    assert min(ours, peer) > 0
    assert against_pydicom["ratio"] == pytest.approx(peer / ours)
    assert (against_gdcm["peer"] is None) == (against_gdcm["ratio"] is None)


def test_an_unknown_name_is_refused_with_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["nonsense"])
    assert "nonsense" in capsys.readouterr().err


def test_a_ratio_tells_how_many_times_as_fast_ours_is() -> None:
    result = Result("", Sample((1.0, 2.0, 9.0)), "peer", Sample((4.0, 6.0, 8.0)))
    assert result.ratio == 3.0
    assert result.ours.p95 == 9.0
    assert Result("", Sample((1.0,)), "absent").ratio is None


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (Goal(), None),
        (Goal(median=2.0), True),
        (Goal(median=2.0, p95=8.0), False),
        (Goal(worst=9.0), True),
        (Goal(ratio=3.0), True),
        (Goal(ratio=3.1, median=2.0), False),
    ],
)
def test_a_goal_is_met_when_each_of_its_bounds_holds(goal: Goal, met: bool | None) -> None:
    result = Result("", Sample((1.0, 2.0, 9.0)), "peer", Sample((4.0, 6.0, 8.0)), goal)
    assert result.met is met


def test_a_ratio_to_an_absent_peer_is_neither_met_nor_missed() -> None:
    assert Result("", Sample((1.0,)), "absent", None, Goal(ratio=2.0)).met is None
    assert Result("", Sample((1.0,)), "absent", None, Goal(ratio=2.0, median=1.0)).met is None
    assert Result("", Sample((1.0,)), "absent", None, Goal(ratio=2.0, median=0.5)).met is False


def test_the_summary_names_goals_that_are_missed_or_not_told() -> None:
    ours, peer = Sample((1.0,)), Sample((4.0,))
    found = [
        Result("scan", ours, "slow", peer, Goal(ratio=3.0)),
        Result("load", ours, "slow", peer, Goal(ratio=5.0)),
        Result("start", ours, goal=Goal(median=0.5)),
        Result("open", ours, "gone", None, Goal(ratio=2.0)),
        Result("paint", ours),
    ]
    told = summary({"all": [as_json(result) for result in found]})
    assert told.startswith("1 of 4 goals are met.")
    assert "Missed: load (slow); start." in told
    assert "open (gone)" in told.partition("Not told")[2]
    assert "paint" not in told


def test_a_benchmark_that_fails_does_not_lose_what_the_others_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "disc-4-v2").mkdir()  # without a DICOMDIR in it
    assert main(["headers", "dicomdir", "--tiny", "--json", "--data", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert list(json.loads(told.out)["results"]) == ["headers"]
    assert "dicomdir" in told.err.splitlines()[-1]


def test_a_tiny_run_says_that_its_figures_mean_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["headers", "--tiny", "--data", str(tmp_path)]) == 0
    assert "tiny" in capsys.readouterr().out.splitlines()[0]


def test_the_table_names_the_machine_and_an_absent_peer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.benchmarks.headers.find_spec", lambda _name: None)
    assert main(["headers", "--tiny", "--markdown", "--data", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "CPUs" in told
    (gdcm,) = (line for line in told.splitlines() if "GDCM" in line)
    assert "absent" in gdcm
