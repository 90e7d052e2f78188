"""``negato --licences``: what Negato is made of, and the licence of each part."""

from __future__ import annotations

import argparse
import sys

from viewer.licences import as_text, parts


def configure(parser: argparse.ArgumentParser) -> None:
    """Add no argument: there is nothing to choose."""


def run(_arguments: argparse.Namespace) -> int:
    """Print them."""
    sys.stdout.write(as_text(parts()))
    return 0
