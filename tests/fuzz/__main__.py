"""``python -m tests.fuzz``: fuzz for some seconds, and say what was found."""

from __future__ import annotations

import argparse
import sys

from tests.fuzz.areas import AREAS
from tests.fuzz.findings import Execution
from tests.fuzz.runner import Report, fuzz, fuzz_once
from tests.fuzz.seeds import corpus_seeds, made_seeds


def main() -> int:
    """Run; 1 where something is found that is against a promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, help="run this execution of the one area again")
    parser.add_argument("--corpus", help="a folder of DICOM files to mutate too")
    parser.add_argument("--findings", help="a folder for what is found")
    parser.add_argument("--only", action="append", choices=AREAS, help="may be given again")
    parser.add_argument("--log", help="a file that gets a line of JSON")
    arguments = parser.parse_args()
    names = arguments.only or list(AREAS)
    seeds = made_seeds()
    if arguments.corpus:
        seeds += corpus_seeds(arguments.corpus)
    if arguments.number is not None:
        if len(names) != 1:
            parser.error("--number needs --only with one area")
        execution = Execution(names[0], arguments.seed, arguments.number)
        report = fuzz_once(execution, seeds, arguments.findings)
    else:
        report = fuzz(
            names,
            seeds,
            seed=arguments.seed,
            seconds=arguments.seconds,
            findings=arguments.findings,
        )
    if arguments.log:
        with open(arguments.log, "a", encoding="utf-8") as file:
            file.write(report.to_json() + "\n")
    _tell(report)
    return int(bool(report.unanswered))


def _tell(report: Report) -> None:
    done = ", ".join(f"{count:,} {name}" for name, count in report.executions.items())
    sys.stdout.write(f"seed {report.seed}, {report.seconds:.0f} s, executions: {done}\n")
    for finding, times in report.findings.items():
        sys.stdout.write(f"{finding.kind}, {times} times: {finding.where}\n")
    sys.stdout.write(f"{len(report.unanswered)} findings without an answer\n")


if __name__ == "__main__":
    sys.exit(main())
