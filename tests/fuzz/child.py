"""The child that runs mutants: a fresh Python that takes tasks from a pipe.

Simpler than the program's own child, and under the same kind of limits: a
memory limit, and no core dumps. Its stack goes to a file when it crashes, and
when it is asked for by a signal.
"""

from __future__ import annotations

import faulthandler
import resource
import signal
import sys
import warnings
from importlib import import_module
from multiprocessing.connection import Connection

from tests.fuzz.findings import of_exception

_LARGEST_FILE = 64 << 20  # nothing here has a reason to write, but for stacks


def main(handle: int, stacks: str, memory_bytes: int) -> None:
    """Run tasks until the pipe is closed."""
    warnings.simplefilter("ignore")
    connection: Connection = Connection(handle)
    file = open(stacks, "a", encoding="utf-8")
    faulthandler.enable(file)
    faulthandler.register(signal.SIGUSR1, file)
    import_module("tests.fuzz.chain")
    with open("/proc/self/statm", encoding="ascii") as status:
        in_use = int(status.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (in_use + memory_bytes, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    connection.send(None)  # ready
    try:
        while True:
            task, arguments = connection.recv()
            module, _, name = task.partition(":")
            try:
                getattr(import_module(module), name)(connection.send, *arguments)
            # BaseException on purpose: what a codec written in Rust raises is no Exception
            except BaseException as error:
                connection.send(of_exception(error, name))
            connection.send(None)
    except (EOFError, BrokenPipeError):  # the parent has closed the pipe, or is gone
        return


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
