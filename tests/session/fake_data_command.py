"""Stands for ``negato export`` and ``negato anonymize`` with ``--control --json``.

Which of its manners it has is the first argument. What it was told goes to the file that
NEGATO_FAKE_TOLD names.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

manner, command, *arguments = sys.argv[1:]
order = json.loads(sys.stdin.readline())
target = Path(arguments[arguments.index("-o") + 1]) if "-o" in arguments else None
is_dry = "--dry-run" in arguments
with open(os.environ["NEGATO_FAKE_TOLD"], "a", encoding="utf-8") as told:
    told.write(json.dumps({"command": command, "arguments": arguments, **order}) + "\n")


def say(**said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")


def change(path: str, tag: str, name: str, action: str, before: str, after: str | None) -> None:
    uid = f"1.2.{path}"
    said = {"path": path, "sop_instance_uid": uid, "tag": tag, "name": name, "where": ""}
    say(change={**said, "action": action, "before": before, "after": after})


def changes(paths: list[str]) -> None:
    for number, path in enumerate(paths):
        change(path, "(0010,0010)", "Patient's Name", "Z", "<b>Doe</b>^Jane", "N-1")
        change(path, "(0008,0018)", "SOP Instance UID", "U", f"1.2.{number}", f"2.25.{number}")
        change(path, "(0008,0080)", "Institution Name", "X", "Mercy Hospital", None)


paths = [str(path) for path in order["paths"]]
if manner == "many":
    changes([f"/data/{number}" for number in range(34_000)])
elif manner == "fails":
    sys.stderr.write("usage: negato\n")
    say(result="failed", message="There is no room: 3 MB are needed. Choose another place.")
    sys.exit(1)
elif manner == "waits":
    if target is not None:
        target.mkdir(exist_ok=True)
    changes(paths)
    say(stage="clean", done=1, of=3)
    sys.stdout.flush()
    assert sys.stdin.readline() == "stop\n"
    if target is not None:
        target.rmdir()
    say(result="cancelled", message="")
    sys.exit(130)
elif manner == "deaf":
    say(stage="search", done=1, of=3)
    sys.stdout.flush()
    threading.Event().wait(60)
elif is_dry:
    changes(paths)
if manner == "holds":
    held = [path for path in paths if is_dry or "--confirm" not in arguments]
    for path in held:
        say(held={"path": path, "reason": "BurnedInAnnotation is YES."})
if target is not None:
    target.mkdir(exist_ok=True)
    (target / "1").write_text("1")
say(stage="check", done=len(paths), of=len(paths))
left_out = [{"path": "/odd/\udcffile", "reason": "It is damaged."}]
say(
    result="done",
    message="",
    written=len(paths),
    bytes=4000,
    files=len(paths),
    held=0,
    failed=0,
    changes=3 * len(paths),
    warnings=["One."],
    left_out=left_out if command == "export" else [],
    key="random, of this run alone",
)
