"""Stands for ``negato disc --control --json``: reads what it is to do, writes and says what it may.

Which of its manners it has is the first argument.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

manner, *arguments = sys.argv[1:]
target = Path(arguments[arguments.index("-o") + 1])
paths = json.loads(sys.stdin.readline())["paths"]


def say(**told: object) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def write() -> None:
    target.mkdir(exist_ok=True)
    (target / "DICOMDIR").write_text(json.dumps({"paths": paths, "arguments": arguments}))


def stopped() -> None:
    """Wait for the word to stop, and take away what was written."""
    assert sys.stdin.readline() == "stop\n"
    (target / "DICOMDIR").unlink()
    target.rmdir()
    say(result="cancelled", written=0, bytes=0, left_out=[], warnings=[], message="")


if manner == "works":
    for stage in ("search", "copy", "viewer", "check"):
        say(stage=stage, done=1, of=2)
    write()
    left_out = [{"path": "/odd/\udcffile", "reason": "It has no SOP Instance UID."}]
    say(result="done", written=3, bytes=4000, left_out=left_out, warnings=["One."], message="")
elif manner == "leaves out many":
    left_out = [{"path": f"/data/{n:0150}", "reason": "No."} for n in range(100_000)]
    say(result="done", written=1, bytes=1, left_out=left_out, warnings=[], message="")
elif manner == "waits":
    write()
    say(stage="copy", done=1, of=3)
    stopped()
elif manner == "fails":
    message = "There is no room: 3 MB are needed, 1 MB is free. Choose another place."
    say(result="failed", written=0, bytes=0, left_out=[], warnings=[], message=message)
    sys.exit(1)
elif manner == "garbage":
    sys.stdout.buffer.write(b"\xff\xfe garbage\n[1, 2]\n{}\n" + b"[" * 100_000 + b"\n")
    sys.stdout.write('{"stage": ["copy"], "done": 1}\n{"stage": "copy", "done": "x", "of": -1}\n')
    sys.stdout.write('{"result": "marvellous"}\n')
    sys.stdout.write("x" * (20 << 20) + "\n")
    say(result="done", written="many", left_out=["?", {"path": 1}], warnings=[3], message=None)
elif manner == "dies":
    write()
    os.abort()
elif manner == "refuses":
    sys.stderr.write("usage: negato disc\nnegato: Nothing works today.\n")
    sys.exit(2)
elif manner == "deaf":
    write()
    say(stage="check", done=1, of=1)
    threading.Event().wait(60)
