"""Where the program bundle begins: its window and commands, or one of its child processes.

A child is this same program, as ``negato --child HANDLE SCRATCH``: there is no Python to start
one with. It must load nothing of the window, so it is told apart before anything is imported.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType

_CHILD = "--child"
_LOADER = "LD_LIBRARY_PATH"


def main() -> None:
    """Be a child, or what the command line asks for."""
    # pydicom looks for its test files when it is loaded, those that are missing on the network
    sys.modules["pydicom.examples"] = ModuleType("pydicom.examples")
    if sys.argv[1:2] == [_CHILD]:
        from viewer.workers.decode_child import main as answer

        answer(*map(int, sys.argv[2:]))
        return
    from multiprocessing import freeze_support

    freeze_support()
    _forget_bundle()
    from viewer.__main__ import main as negato

    negato()


def _forget_bundle() -> None:
    """Let no program that is started from here, a browser say, look for libraries in the bundle."""
    original = os.environ.pop(f"{_LOADER}_ORIG", None)
    if original is not None:
        os.environ[_LOADER] = original
    elif os.environ.get(_LOADER) == getattr(sys, "_MEIPASS", ""):
        del os.environ[_LOADER]
    for name in [name for name in os.environ if name.startswith("_PYI_")]:
        del os.environ[name]


if __name__ == "__main__":
    main()
