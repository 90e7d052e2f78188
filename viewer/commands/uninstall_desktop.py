"""``negato --uninstall-desktop``: out of the user's menu and "Open with"."""

from __future__ import annotations

import argparse
import sys

from viewer.desktop_files import uninstall
from viewer.plain_text import whole_line


def configure(parser: argparse.ArgumentParser) -> None:
    """Add no argument: there is nothing to choose."""


def run(_arguments: argparse.Namespace) -> int:
    """Uninstall the files, and say what was done."""
    sys.stdout.write(whole_line(uninstall()) + "\n")
    return 0
