"""What a bundle needs of the system that it does not bring, as packages of Debian and Ubuntu.

Asks the files themselves, by `objdump` (package binutils), for their libraries and the newest
glibc; a library that no package is known for is an error, not a guess.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

# alternatives are the names since the 64-bit time_t, in Debian 13 and Ubuntu 24.04
PACKAGES = {
    "ld-linux-x86-64.so.2": "libc6",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libc.so.6": "libc6",
    "libcom_err.so.2": "libcom-err2",
    "libdbus-1.so.3": "libdbus-1-3",
    "libdl.so.2": "libc6",
    "libdrm.so.2": "libdrm2",
    "libexpat.so.1": "libexpat1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgcc_s.so.1": "libgcc-s1",
    "libglib-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libm.so.6": "libc6",
    "libpthread.so.0": "libc6",
    "libresolv.so.2": "libc6",
    "librt.so.1": "libc6",
    "libstdc++.so.6": "libstdc++6",
    "libutil.so.1": "libc6",
    "libuuid.so.1": "libuuid1",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
_NEEDED = re.compile(r"^  NEEDED +(\S+)$", re.MULTILINE)
_GLIBC = re.compile(r" GLIBC_([0-9.]+)$", re.MULTILINE)
_ELF = b"\x7fELF"


class UnknownLibraryError(Exception):
    """No package is known for a library that the bundle needs of the system."""


def depends(bundle: Path) -> list[str]:
    """Give what is to stand in the field Depends for a bundle."""
    needed, glibc = _asked(bundle)
    brought = {path.name for path in bundle.rglob("*.so*")}
    packages = set()
    for library in sorted(needed - brought):
        if library not in PACKAGES:
            raise UnknownLibraryError(
                f"{bundle} needs {library} and does not bring it: name its package in {__file__}."
            )
        packages.add(PACKAGES[library])
    if "libc6" in packages:
        packages.remove("libc6")
        packages.add(f"libc6 (>= {glibc})")
    return sorted(packages)


def _asked(bundle: Path) -> tuple[set[str], str]:
    binaries = [path for path in bundle.rglob("*") if path.is_file() and _is_elf(path)]
    if not binaries:
        return set(), ""
    command = ["objdump", "-p", *map(str, binaries)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    versions = [tuple(map(int, version.split("."))) for version in _GLIBC.findall(told)]
    return set(_NEEDED.findall(told)), ".".join(map(str, max(versions, default=())))


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_ELF)) == _ELF
