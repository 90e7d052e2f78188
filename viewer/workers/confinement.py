"""A child's right to do nothing but read, where the kernel offers it (Linux, Landlock).

Whoever takes a codec over finds a process that can open no file for writing,
make or delete none, run no program, connect to nobody over TCP, and signal no
process but its own. What it holds open already - its pipe, its scratch file -
stays as it is. Memory, time and the end of a child are left to `restraint`.
"""

from __future__ import annotations

import ctypes
import os
import sys

_PR_SET_NO_NEW_PRIVS = 38
_CREATE_RULESET, _RESTRICT_SELF = 444, 446  # system calls, the same on all processors
_ASK_VERSION = 1
# linux/landlock.h: all that handles files but READ_FILE (bit 2) and READ_DIR (bit 3)
_EXECUTE_TO_MAKE_SYM = 0x1FFF & ~(1 << 2 | 1 << 3)
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_TCP = 0b11  # bind, connect
_SCOPES = 0b11  # abstract sockets, signals


class _Ruleset(ctypes.Structure):
    """``struct landlock_ruleset_attr``; older kernels know its beginning alone."""

    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scopes", ctypes.c_uint64),
    )


def confine() -> None:
    """Give up this thread's right, and that of threads begun later, to all but reading."""
    version = _version()
    if not version:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    files = _EXECUTE_TO_MAKE_SYM
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV)):
        files |= right if version >= since else 0
    rules = _Ruleset(files, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return
    # asked for by the kernel: or a confined program could confuse one that has more rights
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        libc.syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def confinement() -> str:
    """Say what the system offers to confine a child with."""
    version = _version()
    if not version:
        return "none: the system has no Landlock"
    more = ", use TCP" if version >= 4 else ""
    return f"Landlock {version}: children cannot write files, run programs{more}"


def _version() -> int:
    """Give the version of the kernel's Landlock; 0 without."""
    if sys.platform != "linux":
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    return max(int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)), 0)
