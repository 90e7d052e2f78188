"""The command: ``python -m tests.benchmarks [NAME...] [--json]``.

Runs each benchmark in a process of its own and prints medians, 95th
percentiles and ratios beside the machine's name, so that figures are never
read without it. Figures of two machines, or of two runs, do not compare; the
ratio of one run does. One that fails is named, and the others' figures stay.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.benchmarks.measuring import Result, as_json
from tests.benchmarks.report import machine, markdown, table

_NAMES = (
    "headers",
    "catalogue",
    "dicomdir",
    "disc_writing",
    "export",
    "anonymize",
    "volume",
    "memory",
    "window",
    "pan",
    "scroll",
    "jump",
    "slow_disc",
    "opening",
    "adding",
    "tags",
    "table",
    "matrix",
    "stalls",
    "thumbnails",
    "growth",
    "start",
    "bundle",
    "cold",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments name, print it, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(_NAMES)}")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--tiny", action="store_true", help="only show that it runs")
    parser.add_argument("--data", type=Path, default=_default_folder(), help="where files are kept")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(_NAMES)
    if unknown:
        parser.error(
            f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(_NAMES)}"
        )
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    told = machine(tiny=options.tiny)
    names = options.names or _NAMES
    if len(names) == 1:
        results = {names[0]: _run(names[0], options.data, tiny=options.tiny)}
    else:
        results = _run_apart(names, options.data, tiny=options.tiny)
    if options.json:
        text = json.dumps({"machine": told, "results": results}, indent=1)
    else:
        text = (markdown if options.markdown else table)(results, told)
    sys.stdout.write(f"{text}\n")
    failed = [name for name in names if name not in results]
    if failed:
        sys.stderr.write(f"failed, and not in the table: {', '.join(failed)}\n")
    return 1 if failed else 0


def _default_folder() -> Path:
    """Give the folder in the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "negato-benchmarks"


def _run(name: str, folder: Path, *, tiny: bool) -> list[dict[str, Any]]:
    run: Callable[..., list[Result]] = import_module(f"tests.benchmarks.{name}").run
    return [as_json(result) for result in run(folder, tiny=tiny)]


def _run_apart(
    names: Sequence[str], folder: Path, *, tiny: bool
) -> dict[str, list[dict[str, Any]]]:
    """Run each in a fresh process: memory and caches of those before it do not count.

    One that fails is left out, and what the others found is kept.
    """
    results = {}
    for name in names:
        sys.stderr.write(f"{name} ...\n")
        command = [sys.executable, "-m", "tests.benchmarks", name, "--json", "--data", str(folder)]
        done = subprocess.run(
            command + ["--tiny"] * tiny, stdout=subprocess.PIPE, text=True, check=False
        )
        if done.returncode == 0:
            results[name] = json.loads(done.stdout)["results"][name]
    return results


if __name__ == "__main__":
    sys.exit(main())
