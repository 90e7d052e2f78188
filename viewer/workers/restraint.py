"""What a child does to itself before it reads anything: it ends with its parent, and costs little.

Memory: on Linux the address space is limited. macOS takes such a limit from
version 12 on; before that there is none. On Windows the parent limits its
child: see `windows_job`. To write nothing and reach nobody is `confinement`'s
matter, time that of the parent.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
import warnings

from viewer.dicom.limits import Limits

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_SEM_NO_DIALOGS = 0x0001 | 0x0002 | 0x8000  # critical errors, crashes, files not found
_PROC_PIDTASKINFO, _TASK_INFO_BYTES = 4, 96
_NICE = 5  # a third of the window's share of a processor
_LOOK_S, _SILENCE_S = 0.5, 60  # how soon an orphan ends where the system does not end it


def end_with(parent: int) -> None:
    """Die with the parent, and leave Ctrl+C to it."""
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # a codec that never returns would not notice that the pipe is closed
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    elif sys.platform != "win32":
        watch = threading.Thread(target=_end_orphaned, args=(parent,), daemon=True)
        watch.start()
    if sys.platform != "win32" and os.getppid() != parent:
        sys.exit()


def _end_orphaned(parent: int) -> None:
    if sys.platform != "win32":
        while os.getppid() == parent:
            signal.alarm(_SILENCE_S)  # ends a child whose native code never lets this thread run
            time.sleep(_LOOK_S)
    os._exit(1)


def give_way() -> None:
    """Let the window have the processor where both want it: it is what would stutter."""
    if sys.platform != "win32":
        os.nice(_NICE)


def leave_no_core() -> None:
    """Have a crash leave neither a core file, which holds patient data, nor a dialog."""
    if sys.platform == "win32":
        ctypes.windll.kernel32.SetErrorMode(_SEM_NO_DIALOGS)
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def leave_no_dump() -> None:
    """Leave no core, not even to a program that the system gives cores to, whatever the limit.

    For children alone: who may not be dumped may not be looked up in /proc, as desktops do with
    a program that asks them for a file dialog.
    """
    leave_no_core()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def limit_memory(limits: Limits) -> None:
    """Set the memory limit above what is in use now."""
    if sys.platform == "win32":
        return
    import resource

    in_use = _address_space()
    if in_use is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = in_use + limits.child_memory_bytes
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    except (OSError, ValueError):
        if sys.platform == "linux":
            raise


def _address_space() -> int | None:
    """Give the bytes of this process' address space; None where the system does not say."""
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    if sys.platform == "darwin":
        info = (ctypes.c_uint64 * (_TASK_INFO_BYTES // 8))()
        told = ctypes.CDLL(None).proc_pidinfo(
            os.getpid(), _PROC_PIDTASKINFO, ctypes.c_uint64(0), info, _TASK_INFO_BYTES
        )
        return int(info[0]) if told == _TASK_INFO_BYTES else None
    return None
