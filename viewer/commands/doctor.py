"""``negato doctor``: what Negato runs on and whether it works, ready for a report of a fault."""

from __future__ import annotations

import argparse
import json
import sys

from viewer.workers.environment import examine
from viewer.workers.frame_cache import DEFAULT_BYTES


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("--json", action="store_true", help="write one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print what was found. 1 where a codec that ships with Negato does not work."""
    found = examine(arguments.limits, DEFAULT_BYTES)
    if arguments.json:
        sys.stdout.write(json.dumps({**found.sections, "works": found.works}, indent=2) + "\n")
    else:
        sys.stdout.write(found.text())
        sys.stdout.write(found.verdict() + "\n")
    return int(not found.works)
