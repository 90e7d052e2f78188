"""The command: ``python -m tests.benchmarks [NAME...] [--json]``.

Runs each benchmark and prints medians, 95th percentiles and ratios beside the
machine's name, so that figures are never read without it. Figures of two
machines, or of two runs, do not compare; the ratio of one run does.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.data import default_folder
from tests.benchmarks.measuring import Result, as_json
from viewer import __version__

_NAMES = ("headers", "dicomdir", "volume", "window", "opening")
_PACKAGES = ("pydicom", "numpy", "PySide6-Essentials", "pyqtgraph")
_HEADINGS = ("benchmark", "ours ms", "p95", "peer or limit", "peer ms", "p95", "ratio", "goal")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments name, print it, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(_NAMES)}")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--tiny", action="store_true", help="only show that it runs")
    parser.add_argument("--data", type=Path, default=default_folder(), help="where files are kept")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(_NAMES)
    if unknown:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    results = {
        name: _benchmark(name)(options.data, tiny=options.tiny) for name in options.names or _NAMES
    }
    if options.json:
        plain = {name: [as_json(result) for result in found] for name, found in results.items()}
        sys.stdout.write(json.dumps({"machine": _machine(), "results": plain}, indent=1) + "\n")
    else:
        rows = [_HEADINGS, *(_row(result) for found in results.values() for result in found)]
        for what, value in _machine().items():
            sys.stdout.write(f"{what}: {value}\n")
        sys.stdout.write(f"\n{_table(rows)}\nratio: peer's median / ours\n")
    return 0


def _benchmark(name: str) -> Callable[..., list[Result]]:
    run: Callable[..., list[Result]] = import_module(f"tests.benchmarks.{name}").run
    return run


def _machine() -> dict[str, str]:
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return {
        "machine": f"{platform.node()}, {platform.platform()}, {os.cpu_count()} CPUs{load}",
        "versions": ", ".join(
            [
                f"Negato {__version__}",
                f"Python {platform.python_version()}",
                *(f"{package} {version(package)}" for package in _PACKAGES),
            ]
        ),
    }


def _row(result: Result) -> tuple[str, ...]:
    peer, ratio = result.peer, result.ratio
    return (
        result.case,
        _ms(result.ours.median),
        _ms(result.ours.p95),
        result.peer_name,
        "absent" if peer is None else _ms(peer.median),
        "" if peer is None else _ms(peer.p95),
        "" if ratio is None else f"{ratio:.2f}",
        "" if result.goal is None else f"{result.goal:g}",
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    texts = {0, 3}  # columns of words; numbers stand right
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place in texts else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


if __name__ == "__main__":
    sys.exit(main())
