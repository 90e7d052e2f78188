"""``negato --install-desktop``: into the user's menu and "Open with"."""

from __future__ import annotations

import argparse
import sys

from viewer.desktop_files import install
from viewer.plain_text import whole_line


def configure(parser: argparse.ArgumentParser) -> None:
    """Add no argument: there is nothing to choose."""


def run(_arguments: argparse.Namespace) -> int:
    """Install the files, and say what was done."""
    sys.stdout.write(whole_line(install()) + "\n")
    return 0
