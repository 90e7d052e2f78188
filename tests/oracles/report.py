"""The line in pytest's summary that says how much each oracle compared."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.oracles.tally import REPORT

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Add up what the tests recorded, in whichever process they ran."""
    sums: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed"):
        for test in terminalreporter.getreports(outcome):
            for name, counts in getattr(test, "user_properties", ()):
                if name == REPORT and test.when == "call":
                    numbers = {k: n for k, n in counts.items() if k != "oracle"}
                    sums.setdefault(counts["oracle"], Counter()).update(numbers)
    for oracle, counts in sums.items():
        words = ", ".join(f"{number} {word}" for word, number in counts.items() if number)
        terminalreporter.write_line(f"oracle {oracle}: {words}")
