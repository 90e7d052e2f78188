"""The fuzzer runs, finds what is planted, shrinks and keeps it, and can do everything again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.areas import AREAS, areas
from tests.fuzz.discs import Disc
from tests.fuzz.findings import Execution, of_exception, of_sentence
from tests.fuzz.host import Host
from tests.fuzz.runner import fuzz
from tests.fuzz.seeds import Seed, corpus_seeds, made_seeds
from tests.fuzz.spans import walk, without_sequences

_WORKS_S = 1.0
_FINDS_S = 4.0  # where a number of executions is needed: a child starts slowly on a busy machine
SLOW = (
    "whole",
    "commands",
    "session",
    "written",
    "anonymized",
)  # with processes of the program's own


@pytest.fixture(scope="module")
def seeds() -> list[Seed]:
    return made_seeds()


def test_made_files_are_the_same_each_time(seeds: list[Seed]) -> None:
    assert made_seeds() == seeds
    assert Disc().index == Disc().index
    assert len({seed.name for seed in seeds}) == len(seeds) > 30


@pytest.mark.parametrize("name", [name for name in AREAS if name not in SLOW])
def test_an_area_runs_without_a_finding_and_leaves_nothing(name: str, seeds: list[Seed]) -> None:
    report = fuzz([name], seeds, seed=1, seconds=_WORKS_S)
    assert report.executions[name] > 0
    assert report.unanswered == []


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_area_runs_without_a_finding_and_leaves_nothing(
    name: str, seeds: list[Seed]
) -> None:
    report = fuzz([name], seeds, seed=1, seconds=_WORKS_S)
    assert report.executions[name] > 0
    assert report.unanswered == []


def test_the_same_execution_has_the_same_input_in_another_process(
    seeds: list[Seed], tmp_path: Path
) -> None:
    here = _digests(seeds, tmp_path)
    code = (
        "import sys; from pathlib import Path; from tests.fuzz.seeds import made_seeds; "
        "from tests.fuzz.test_fuzz import _digests; "
        "print(_digests(made_seeds(), Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "there")]
    (tmp_path / "there").mkdir()
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    there = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert there.stdout.strip() == here


def test_a_planted_defect_is_found_shrunk_and_kept(seeds: list[Seed], tmp_path: Path) -> None:
    plain = [seed for seed in seeds if seed.name.startswith("ct-explicit")]
    report = fuzz(
        ["headers"], plain, seed=1, seconds=_FINDS_S, findings=str(tmp_path),
        task="tests.fuzz.planted:fail_without_modality",
    )  # fmt: skip
    (finding,) = report.unanswered
    assert finding.where.startswith("fail_without_modality: KeyError in planted")
    (kept,) = tmp_path.iterdir()
    assert len((kept / "mutant").read_bytes()) == 0  # nothing is needed to have no CT
    told = json.loads((kept / "finding.json").read_text())
    assert "--only headers --seed 1 --number " in told["command"]


def test_what_is_left_behind_is_found(seeds: list[Seed]) -> None:
    report = fuzz(
        ["headers"], seeds, seed=1, seconds=0.1, task="tests.fuzz.planted:leave_a_file"
    )  # fmt: skip
    assert [(one.kind, one.where) for one in report.unanswered] == [("leftover", "file")]


@pytest.mark.parametrize(("task", "kind"), [("die", "death"), ("hang", "hang"), ("grow", "memory")])
def test_a_lost_child_is_told_from_a_well_one_and_replaced(
    task: str, kind: str, tmp_path: Path
) -> None:
    host = Host(str(tmp_path), hang_s=1.0)
    odd, even = tmp_path / "odd", tmp_path / "even"
    odd.write_bytes(b"x")
    even.write_bytes(b"xx")
    try:
        (found,) = host.run(f"tests.fuzz.planted:{task}", str(odd), "")
        assert (found.kind, f"planted.{task}" in found.where) == (kind, True)
        assert host.run(f"tests.fuzz.planted:{task}", str(even), "") == []
    finally:
        host.close()


def test_a_sentence_of_a_defect_is_one() -> None:
    assert of_sentence("The frame is cut short.", "check") is None
    kinds = {
        "Negato failed on this file (KeyError in codecs, line 7).": "exception",
        "Reading its header crashed; the file is damaged.": "death",
        "Reading the tags took too long and was stopped; the limit is 30 s.": "hang",
        "Decoding crashed. The file may be damaged.": "contained",
    }
    for sentence, kind in kinds.items():
        found = of_sentence(sentence, "check")
        assert found is not None
        assert found.kind == kind
    assert of_exception(KeyError("x"), "step").kind == "exception"
    assert of_exception(MemoryError(), "step").kind == "memory"


def test_sequences_are_followed_and_can_be_left_out(seeds: list[Seed]) -> None:
    enhanced = next(seed.data for seed in seeds if seed.name == "enhanced")
    tags = {span.tag for span in walk(enhanced)}
    assert {0x52009229, 0x00200032, 0x7FE00010} <= tags
    rest = {span.tag for span in walk(without_sequences(enhanced))}
    assert 0x00200032 not in rest
    assert 0x7FE00010 in rest


def test_files_of_a_folder_are_taken_in_order(tmp_path: Path, seeds: list[Seed]) -> None:
    (tmp_path / "b").write_bytes(seeds[1].data)
    (tmp_path / "a").write_bytes(seeds[0].data)
    (tmp_path / "c").write_bytes(b"no DICOM" * 30)
    assert [seed.name for seed in corpus_seeds(str(tmp_path))] == ["a", "b"]


def _digests(seeds: list[Seed], folder: Path) -> str:
    import hashlib

    digest = hashlib.sha256()
    made = list(areas(["headers", "codecs", "dicomdir", "zip", "whole"], seeds, folder))
    for area in made:
        for number in range(20):
            for name, data in area.inputs(Execution(area.name, 5, number)).items():
                digest.update(name.encode() + data)
        area.close()
    return digest.hexdigest()
