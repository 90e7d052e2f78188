"""A child that runs one mutant after the other, and is replaced when it is lost.

Tells a death from a hang, and where it happened.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.fuzz.findings import Finding, Kind, of_stack

HANG_S = 20.0  # by the clock, which runs while others have the processor
MEMORY_BYTES = 1 << 30  # what a small file may cost
_START_S = 60.0
_STACK_S = 0.5
_ROOT = str(Path(__file__).resolve().parents[2])


class Host:
    """Runs ``module:function`` tasks in a child; a task sends steps (str) and findings.

    Parameters
    ----------
    folder : str
        For the file that the child writes its stack to.
    """

    def __init__(self, folder: str, hang_s: float = HANG_S) -> None:
        self._stacks = Path(folder) / "stack"
        self._hang_s = hang_s
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def run(self, task: str, *arguments: Any) -> list[Finding]:
        """Run a task and give what it finds."""
        if self._process is None:
            self._start()
        assert self._process is not None
        assert self._connection is not None
        self._stacks.write_bytes(b"")
        step, found = "start", []
        deadline = time.monotonic() + self._hang_s
        try:
            self._connection.send((task, arguments))
            while self._connection.poll(max(deadline - time.monotonic(), 0)):
                told = self._connection.recv()
                if told is None:
                    return found
                if isinstance(told, Finding):
                    found.append(told)
                else:
                    step = told
        except (EOFError, OSError):
            return [*found, self._lost("death", step)]
        os.kill(self._process.pid, signal.SIGUSR1)
        time.sleep(_STACK_S)
        return [*found, self._lost("hang", step)]

    def close(self) -> None:
        """End the child."""
        if self._process is not None and self._connection is not None:
            self._process.kill()
            self._process.wait()
            self._connection.close()
            self._process = self._connection = None

    def _start(self) -> None:
        self._connection, theirs = Pipe()
        command = [sys.executable, "-m", "tests.fuzz.child", str(theirs.fileno())]
        self._process = subprocess.Popen(
            [*command, str(self._stacks), str(MEMORY_BYTES)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            cwd=_ROOT,
        )
        theirs.close()
        if not self._connection.poll(_START_S):
            raise TimeoutError("the child did not start")
        self._connection.recv()

    def _lost(self, kind: Kind, step: str) -> Finding:
        assert self._process is not None
        if kind == "death":
            self._process.wait(_START_S)
        process = self._process
        self.close()
        stack = self._stacks.read_text(errors="replace")
        found = of_stack(kind, stack, step)
        return Finding(found.kind, found.where, f"exit code {process.returncode}\n{found.detail}")
