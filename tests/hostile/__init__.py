"""Files that no disc should hold, made byte by byte, and what must become of them."""

from __future__ import annotations

from pathlib import Path


def hostile_files(folder: Path) -> dict[str, Path]:
    """Write all small wrong files into ``folder``: their cases and names, and where they are."""
    from tests.hostile.all_files import ALL_FILES

    paths = {}
    for hostile in ALL_FILES:
        paths[hostile.key] = folder / f"{hostile.key}.dcm"
        paths[hostile.key].write_bytes(hostile.data)
    return paths
