"""What the program holds of the system: memory, children, handles, files in memory. Linux."""

from __future__ import annotations

import gc
import os
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is held at one moment; ``window_mb`` without, ``total_mb`` with the children."""

    window_mb: float
    total_mb: float
    children: int
    threads: int
    handles: int


def holdings() -> Holdings:
    """Say what this process and its descendants hold, after a collection of garbage."""
    gc.collect()
    below = descendants()
    window = own_bytes(os.getpid())
    return Holdings(
        window_mb=window / 1e6,
        total_mb=(window + sum(map(own_bytes, below))) / 1e6,
        children=len(below),
        threads=threading.active_count(),
        handles=len(list(Path("/proc/self/fd").iterdir())),
    )


def proportional_bytes(pid: int) -> int:
    """Give the proportional share of memory of a process (PSS: what is shared counts once)."""
    return _share(pid, "Pss:")


def own_bytes(pid: int) -> int:
    """Give that share without the pages of files.

    Its share of a library grows whenever any other program that uses it ends.
    """
    return _share(pid, "Pss_Anon:", "Pss_Shmem:")


def _share(pid: int, *kinds: str) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:  # it has just ended
        return 0
    lines = (line.split() for line in rollup.splitlines() if line.startswith(kinds))
    return sum(int(words[1]) for words in lines) * 1024


def descendants(pid: int | None = None) -> set[int]:
    """Give the processes below one, or below this one."""
    pid = os.getpid() if pid is None else pid
    parents: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        parents[int(place.parent.name)] = int(fields[1])
    tree, size = {pid}, 0
    while size < len(tree):
        size = len(tree)
        tree |= {child for child, parent in parents.items() if parent in tree}
    return tree - {pid}


def segments_and_files() -> set[str]:
    """Name the shared-memory segments and the temporary files that are there."""
    segments = Path("/dev/shm").glob("*negato*")
    return {str(path) for path in (*segments, *Path(tempfile.gettempdir()).iterdir())}
