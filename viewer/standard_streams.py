"""What the process writes beside its results: streams that are open, and no text of a library.

Warnings and log records of libraries quote what they read, which may name a patient. Negato's own
records carry a kind of error and never a value.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import warnings
from typing import TextIO


def open_streams() -> None:
    """Open what is closed of the three standard streams (``>&-``).

    Else the next file that is opened takes the place of one. Writing to a
    closed output fails, as it should; what is said on a closed standard error
    is for nobody.
    """
    for number, mode in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # takes the lowest number that is free: this one
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb"), encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # as long as we run


def silence_libraries() -> None:
    """Let warnings and log records of libraries go nowhere, Negato's own to standard error."""
    if not sys.warnoptions:  # else a developer wants them
        warnings.simplefilter("ignore")
    logging.raiseExceptions = False  # a record that cannot be written shows its values
    logging.getLogger().addHandler(logging.NullHandler())
    own = logging.StreamHandler()
    own.setFormatter(logging.Formatter("negato: %(message)s"))
    own.setLevel(logging.WARNING)
    logging.getLogger("viewer").addHandler(own)


def say(line: str) -> None:
    """Write one line to standard error, where that is read."""
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):  # nobody reads it, and there is nowhere else to say so
        discard(sys.stderr)


def discard(stream: TextIO) -> None:
    """Let what is still to be written go nowhere, or Python complains of it at its end."""
    if isinstance(stream, io.TextIOWrapper) and not stream.closed:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
