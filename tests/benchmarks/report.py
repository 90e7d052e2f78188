"""The figures as tables, under the name of the machine."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from viewer import __version__

_PACKAGES = ("pydicom", "numpy", "imagecodecs", "PySide6-Essentials", "pyqtgraph")
_HEADINGS = ("benchmark", "ours", "p95", "peer or limit", "median", "p95", "ratio", "goal", "met")
_NUMBERS = {1, 2, 4, 5, 6}  # columns that stand right
_FOOT = "Medians. Ratio: the peer's median divided by ours; of a limit, the share of it reached."

Results = Mapping[str, Sequence[Mapping[str, Any]]]


def machine() -> dict[str, str]:
    """Name the machine and the versions of what was run."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return {
        "machine": f"{_processor()}, {os.cpu_count()} CPUs{load}, {platform.platform()}",
        "versions": ", ".join(
            [
                f"Negato {__version__}",
                f"Python {platform.python_version()}",
                *(f"{package} {version(package)}" for package in _PACKAGES),
            ]
        ),
    }


def table(results: Results) -> str:
    """Give the results in columns of text."""
    rows = [_HEADINGS, *(_cells(result) for found in results.values() for result in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if place in _NUMBERS else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    head = [f"{what}: {value}" for what, value in machine().items()]
    return "\n".join([*head, "", *lines, "", _FOOT])


def markdown(results: Results) -> str:
    """Give the results as a table for a page."""
    rule = tuple("---:" if place in _NUMBERS else "---" for place in range(len(_HEADINGS)))
    rows = [_HEADINGS, rule, *(_cells(result) for found in results.values() for result in found)]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([*lines, "", _FOOT, *(f"{value}." for value in machine().values())])


def _cells(result: Mapping[str, Any]) -> tuple[str, ...]:
    unit, peer, ratio, met = (result[name] for name in ("unit", "peer", "ratio", "met"))
    absent = "absent" if result["peer_name"] else ""
    return (
        result["case"],
        _figure(result["ours"]["median"], unit),
        _figure(result["ours"]["p95"], unit),
        result["peer_name"],
        absent if peer is None else _figure(peer["median"], unit),
        "" if peer is None else _figure(peer["p95"], unit),
        "" if ratio is None else f"{ratio:.2f}",
        result["goal"],
        {True: "yes", False: "no", None: ""}[met],
    )


def _figure(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}" if value < 100 else f"{value:.0f} {unit}"


def _processor() -> str:
    """Name the processor, which says more than a host's name."""
    names = Path("/proc/cpuinfo")
    if names.exists():
        for line in names.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
