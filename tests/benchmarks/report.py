"""The figures as tables, under the date and the name of the machine."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from viewer import __version__

_PACKAGES = ("pydicom", "numpy", "imagecodecs", "PySide6-Essentials", "pyqtgraph")
_PEER_PACKAGES = ("SimpleITK", "python-gdcm")
_PEER_PROGRAMS = ("dicomfind",)
_HEADINGS = ("benchmark", "ours", "p95", "peer or limit", "median", "p95", "ratio", "goal", "met")
_NUMBERS = {1, 2, 4, 5, 6}  # columns that stand right
_FOOT = (
    "Medians; of fewer than 20 rounds, p95 is the slowest. "
    "Ratio: the peer's median divided by ours; of a limit, the share of it reached."
)
_NO_FIGURES = "This was a tiny run: it shows that all runs, and its figures mean nothing."
_MET = {True: "yes", False: "no"}

Machine = Mapping[str, str]
Results = Mapping[str, Sequence[Mapping[str, Any]]]


def machine(*, tiny: bool = False) -> dict[str, str]:
    """Name the machine, and the versions of what is run; its load is that of now."""
    told = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": ", ".join(_hardware()),
        "versions": ", ".join(
            [
                f"Negato {__version__}",
                f"Python {platform.python_version()}",
                *(f"{package} {version(package)}" for package in _PACKAGES),
            ]
        ),
        "peers": ", ".join(_peers()),
    }
    return {"note": _NO_FIGURES, **told} if tiny else told


def table(results: Results, told: Machine) -> str:
    """Give the results in columns of text."""
    rows = [_HEADINGS, *_rows(results)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if place in _NUMBERS else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    head = [f"{what}: {value}" for what, value in told.items()]
    return "\n".join([*head, "", *lines, "", summary(results), _FOOT])


def markdown(results: Results, told: Machine) -> str:
    """Give the results as a table for a page."""
    rule = tuple("---:" if place in _NUMBERS else "---" for place in range(len(_HEADINGS)))
    lines = ["| " + " | ".join(row) + " |" for row in (_HEADINGS, rule, *_rows(results))]
    foot = [f"{what.capitalize()}: {value.rstrip('.')}." for what, value in told.items()]
    return "\n".join([*lines, "", summary(results), _FOOT, *foot])


def summary(results: Results) -> str:
    """Say how many goals are met, and name those that are missed or cannot be told."""
    goals = [result for found in results.values() for result in found if result["goal"]]
    sentences = [f"{sum(goal['met'] is True for goal in goals)} of {len(goals)} goals are met."]
    for met, words in ((False, "Missed"), (None, "Not told, as the peer is absent")):
        names = [_name(goal) for goal in goals if goal["met"] is met]
        sentences += [f"{words}: {'; '.join(names)}."] if names else []
    return " ".join(sentences)


def _name(result: Mapping[str, Any]) -> str:
    case, peer = result["case"].strip(), result["peer_name"]
    return f"{case} ({peer})" if peer else case


def _rows(results: Results) -> Iterable[tuple[str, ...]]:
    return [_cells(result) for found in results.values() for result in found]


def _cells(result: Mapping[str, Any]) -> tuple[str, ...]:
    unit, peer, ratio = (result[name] for name in ("unit", "peer", "ratio"))
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
        _MET.get(result["met"], "not told") if result["goal"] else "",
    )


def _figure(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}" if abs(value) < 100 else f"{value:,.0f} {unit}"


def _hardware() -> list[str]:
    parts = [_processor(), f"{_cpus()} CPUs"]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        parts.append(f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') >> 30} GiB")
    parts.append(platform.platform())
    if hasattr(os, "getloadavg"):
        parts.append(f"load {os.getloadavg()[0]:.1f} at the start")
    return parts


def _cpus() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    """Name the processor, which says more than a host's name."""
    names = Path("/proc/cpuinfo")
    if names.exists():
        for line in names.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _peers() -> list[str]:
    """Name the other programs that ours is compared with, with version or as absent."""
    found = {package: _package_version(package) for package in _PEER_PACKAGES}
    found.update({program: _program_version(program) for program in _PEER_PROGRAMS})
    return [f"{name} {number or '(absent)'}" for name, number in found.items()]


def _package_version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _program_version(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        return ""
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"\d+(\.\d+)+", told)
    return number.group() if number else "of unknown version"
