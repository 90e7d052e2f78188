"""What Windows does with a child: it ends with its parent, has so much memory, starts no other.

A job object holds one child. The system closes it with the last handle to it,
which is the parent's, however the parent ends; the child goes with it. On
other systems a child restrains itself: see `restraint`.
"""

from __future__ import annotations

import ctypes
import sys

_EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation
_LIMIT_ACTIVE_PROCESS = 0x0008
_LIMIT_PROCESS_MEMORY = 0x0100
_LIMIT_DIE_ON_UNHANDLED_EXCEPTION = 0x0400
_LIMIT_KILL_ON_JOB_CLOSE = 0x2000
_PROCESS_TERMINATE, _PROCESS_SET_QUOTA = 0x0001, 0x0100


class _BasicLimits(ctypes.Structure):
    """``JOBOBJECT_BASIC_LIMIT_INFORMATION``."""

    _fields_ = (
        ("per_process_user_time", ctypes.c_int64),
        ("per_job_user_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("minimum_working_set", ctypes.c_size_t),
        ("maximum_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
    )


class _ExtendedLimits(ctypes.Structure):
    """``JOBOBJECT_EXTENDED_LIMIT_INFORMATION``; in the middle are the six counters of its I/O."""

    _fields_ = (
        ("basic", _BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


if sys.platform == "win32":
    from ctypes import wintypes

    class Job:
        """A job object for one process.

        Parameters
        ----------
        process_id : int
            Of a process whose handle the caller holds, and that has been given nothing to do.
        memory_bytes : int
            What it may commit in all.

        Raises
        ------
        OSError
            The system refuses.
        """

        def __init__(self, process_id: int, memory_bytes: int) -> None:
            self._system = _declared()
            self._handle = self._system.CreateJobObjectW(None, None)
            if not self._handle:
                raise ctypes.WinError(ctypes.get_last_error())
            try:
                self._limit(memory_bytes)
                self._take(process_id)
            except OSError:
                self.close()
                raise

        def close(self) -> None:
            """Let the job go, and with it the process, if it still runs."""
            self._system.CloseHandle(self._handle)

        def _limit(self, memory_bytes: int) -> None:
            limits = _ExtendedLimits(process_memory=memory_bytes)
            limits.basic.active_processes = 1
            limits.basic.flags = (
                _LIMIT_ACTIVE_PROCESS
                | _LIMIT_PROCESS_MEMORY
                | _LIMIT_DIE_ON_UNHANDLED_EXCEPTION
                | _LIMIT_KILL_ON_JOB_CLOSE
            )
            self._check(
                self._system.SetInformationJobObject(
                    self._handle, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)
                )
            )

        def _take(self, process_id: int) -> None:
            rights = _PROCESS_SET_QUOTA | _PROCESS_TERMINATE
            process = self._system.OpenProcess(rights, False, process_id)
            self._check(process)
            try:
                self._check(self._system.AssignProcessToJobObject(self._handle, process))
            finally:
                self._system.CloseHandle(process)

        def _check(self, succeeded: object) -> None:
            if not succeeded:
                raise ctypes.WinError(ctypes.get_last_error())

    def _declared() -> ctypes.WinDLL:
        """Give the system's functions, their arguments declared: a handle is no C int."""
        system = ctypes.WinDLL("kernel32", use_last_error=True)
        handle, word, truth = wintypes.HANDLE, wintypes.DWORD, wintypes.BOOL
        for name, result, arguments in (
            ("CreateJobObjectW", handle, (ctypes.c_void_p, wintypes.LPCWSTR)),
            ("SetInformationJobObject", truth, (handle, ctypes.c_int, ctypes.c_void_p, word)),
            ("OpenProcess", handle, (word, truth, word)),
            ("AssignProcessToJobObject", truth, (handle, handle)),
            ("CloseHandle", truth, (handle,)),
        ):
            function = getattr(system, name)
            function.restype, function.argtypes = result, arguments
        return system
