"""``python -m viewer`` and the ``negato`` command."""

from __future__ import annotations

import sys

from viewer.cli import main as _main


def main() -> None:
    """Run and exit with the command line's code."""
    sys.exit(_main())


if __name__ == "__main__":
    main()
