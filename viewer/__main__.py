"""``python -m viewer`` and the ``negato`` command."""

from __future__ import annotations

import sys

from viewer import defects
from viewer.cli import INTERRUPTED
from viewer.cli import main as _main
from viewer.standard_streams import open_streams, say, silence_libraries


def main() -> None:
    """Run and exit with the command line's code; 70 where a defect of Negato ends it."""
    open_streams()
    silence_libraries()
    defects.install(_tell)
    try:
        code = _main()
    except SystemExit:
        raise
    except KeyboardInterrupt:
        code = INTERRUPTED
    # BaseException on purpose: codecs written in Rust panic with one that is no Exception
    except BaseException as error:
        defects.handle(error)
        code = defects.EXIT_CODE
    sys.exit(code)


def _tell(report: defects.Report) -> None:
    say(f"negato: A defect of Negato ({report.title}). {defects.whereabouts(report)}")
    if not report.path:
        say(report.text)


if __name__ == "__main__":
    main()
