"""A few child processes that work tasks off, watched by one thread.

A child that crashes, hangs or is killed costs the task it had, which is
answered with a PixelError and not tried again (`given_up`); a new child takes
its place. What to do next, and in which order, is left to `decode_service`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import wait
from typing import Any

from viewer import defects
from viewer.dicom.errors import PixelError
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.workers.child_process import START_SECONDS, ChildProcess
from viewer.workers.decode_child import Reply, Request
from viewer.workers.given_up import GivenUp
from viewer.workers.tickets import Ticket

_log = logging.getLogger(__name__)
# what most frames need; without pydicom, which takes as long to load, and as much memory
_PRELOAD = ("viewer.dicom.codecs", "viewer.dicom.compressed_frames", "viewer.dicom.stream_layout")
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 10.0  # between starts that fail
_HOPELESS_STARTS = 3
_DOING = {
    "decode": "Decoding",
    "decode_files": "Decoding",
    "reduce": "Decoding",
    "render": "Decoding",
    "check": "Checking this file",
    "tags": "Reading the tags",
}


@dataclass(slots=True)
class _Seat:
    """The place of one child: who sits there, what it works on, until when it may."""

    child: ChildProcess | None = None
    ready: bool = False
    ticket: Ticket | None = None
    following: Ticket | None = None  # urgent, and sent already: what goes on ends early for it
    deadline: float = field(default=float("inf"))
    failed_starts: int = 0
    start_at: float = 0.0


class ChildPool:
    """Child processes that run tasks named in `decode_child.TASKS`.

    Parameters
    ----------
    processes : int
        How many children at most. The first is started at once, the others when there is
        work for them.
    limits : Limits
        ``child_memory_bytes`` is what each may take above its start. Others may be
        set at any time: they hold for what is begun from then on.
    preload : sequence of str
        Modules a child imports before its first task.
    """

    def __init__(
        self,
        processes: int = 2,
        limits: Limits = DEFAULT_LIMITS,
        preload: Sequence[str] = _PRELOAD,
    ) -> None:
        self.processes = processes
        self.limits = limits
        self._preload = tuple(preload)
        self._seats = [_Seat() for _ in range(processes)]
        self._lock = threading.Lock()
        self._waiting: deque[Ticket] = deque()
        self._given_up = GivenUp()
        self._closed = False
        self._awake, self._alarm = Pipe(duplex=False)
        self._alarm_rung = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the first child, without waiting for it; else the first task does."""
        with self._lock:
            if self._thread is not None or self._closed:
                return
            self._thread = threading.Thread(target=self._run, name="child-pool", daemon=True)
            self._thread.start()

    def submit(
        self,
        task: str,
        args: tuple[Any, ...],
        *,
        timeout_s: float,
        on_done: Callable[..., None],
        yields: bool = False,
        urgent: bool = False,
    ) -> Ticket:
        """Have a child call ``task`` with ``args``: urgent ones first, else in this order.

        Parameters
        ----------
        task : str
            A name in `decode_child.TASKS`, or "module:function".
        timeout_s : float
            Seconds the task may take once it has begun.
        on_done : callable
            Gets the result, or the NegatoError in its place, in the pool's
            thread. Not called any more once the pool is closed.
        yields : bool
            Whether ``task`` gets before ``args`` what `decode_child.Request`
            says, and ends early where an urgent task comes. ``on_done`` then
            gets, beside the result, what reads the pixels that lie beside it.
        urgent : bool
            Whether it may be sent to a child that is about such a task.
        """
        request = Request(task, args, yields=yields)
        ticket = Ticket(request, timeout_s, on_done, self._lock, urgent=urgent)
        self.start()
        with self._lock:
            if not self._closed:
                (self._waiting.appendleft if urgent else self._waiting.append)(ticket)
                self._ring()
        return ticket

    def try_again(self) -> None:
        """Have done again what killed a child or took too long: the user asks."""
        self._given_up.clear()

    def close(self) -> None:
        """Kill the children and end the thread, at once; what waits is dropped."""
        with self._lock:
            already = self._closed
            self._closed = True
            self._waiting.clear()
            if not already:
                self._ring()
            thread = self._thread
        if thread is None:
            if not already:
                self._awake.close()
                self._alarm.close()
        elif thread is not threading.current_thread():
            thread.join()

    def _ring(self) -> None:
        if not self._alarm_rung:
            self._alarm_rung = True
            self._alarm.send_bytes(b"!")

    def _run(self) -> None:
        try:
            while not self._closed:
                self._fill_seats()
                self._hand_out()
                self._listen()
        finally:
            for seat in self._seats:
                if seat.child is not None:
                    seat.child.kill()
                    seat.child = None
            with self._lock:
                self._closed = True
                self._awake.close()
                self._alarm.close()
                self._alarm_rung = True

    def _fill_seats(self) -> None:
        for seat in self._seats:
            idle = seat.child if seat.ready and seat.ticket is None else None
            if idle is not None and not idle.serves(self.limits):
                self._dismiss(seat, idle)
        now = time.monotonic()
        for seat in self._seats[: self._wanted_children()]:
            if seat.child is None and now >= seat.start_at:
                try:
                    seat.child = ChildProcess(self.limits, self._preload)
                except OSError:  # no memory or no process left: try again later
                    self._start_failed(seat)
                else:
                    seat.ready = False
                    seat.deadline = now + START_SECONDS

    def _wanted_children(self) -> int:
        """Say how many children there is work for, and had been; one is kept ready."""
        with self._lock:
            waiting = len(self._waiting)
        busy = sum(seat.ticket is not None for seat in self._seats)
        running = sum(seat.child is not None for seat in self._seats)
        return max(1, running, busy + waiting)

    def _start_failed(self, seat: _Seat) -> None:
        pause = min(_FIRST_PAUSE_S * 2**seat.failed_starts, _LONGEST_PAUSE_S)
        seat.failed_starts += 1
        seat.start_at = time.monotonic() + pause

    def _hand_out(self) -> None:
        for seat in self._seats:
            if seat.child is None or not seat.ready or seat.ticket is not None:
                continue
            if not seat.child.serves(self.limits):
                continue  # its last answer may still be read: `_fill_seats` ends it
            ticket = self._next_ticket()
            if ticket is None:
                return
            seat.ticket = ticket
            seat.deadline = time.monotonic() + ticket.timeout_s
            seat.child.ask(ticket.message)
        for seat in self._seats:
            yields = seat.ticket is not None and seat.ticket.request.yields
            if seat.child is not None and yields and seat.following is None:
                seat.following = self._next_ticket(urgent=True)
                if seat.following is not None:
                    seat.child.ask(seat.following.message)
        wanted = self._seats[: self._wanted_children()]
        if all(s.child is None and s.failed_starts >= _HOPELESS_STARTS for s in wanted):
            self._refuse_all()

    def _dismiss(self, seat: _Seat, child: ChildProcess) -> None:
        """End a child; what it has sent can be read no more."""
        child.kill()
        seat.child, seat.ready, seat.deadline = None, False, float("inf")

    def _next_ticket(self, *, urgent: bool = False) -> Ticket | None:
        """Give what comes next; ``urgent``: if it is."""
        while (ticket := self._first_waiting(urgent=urgent)) is not None:
            why_not = self._given_up.why_not(ticket.work) if ticket.work is not None else None
            if why_not is None:
                return ticket
            self._tell(ticket, PixelError(why_not, ticket.path))
        return None

    def _first_waiting(self, *, urgent: bool) -> Ticket | None:
        with self._lock:
            while self._waiting and (self._waiting[0].urgent or not urgent):
                ticket = self._waiting.popleft()
                if ticket.take():
                    return ticket
        return None

    def _refuse_all(self) -> None:
        while (ticket := self._next_ticket()) is not None:
            sentence = (
                "The helper process that reads files cannot be started. "
                "Close other programs to free memory, or install Negato again."
            )
            self._tell(ticket, PixelError(sentence, ticket.path))

    def _listen(self) -> None:
        """Wait for a reply, a death, a new task or a deadline, and act on it."""
        listening: list[Any] = [self._awake]
        listening += [seat.child.connection for seat in self._seats if seat.child is not None]
        missing = [s for s in self._seats[: self._wanted_children()] if s.child is None]
        due = min(
            [s.deadline for s in self._seats if s.child is not None] + [s.start_at for s in missing]
        )
        timeout = None if due == float("inf") else max(due - time.monotonic(), 0)
        heard = set(wait(listening, timeout))
        if self._awake in heard:
            with self._lock:
                self._awake.recv_bytes()
                self._alarm_rung = False
        for seat in self._seats:
            if self._closed:
                return
            child = seat.child
            if child is None:
                continue
            if child.connection in heard:
                self._hear(seat, child)
            if seat.child is child and time.monotonic() >= seat.deadline:
                self._lose(seat, child, timed_out=True)

    def _hear(self, seat: _Seat, child: ChildProcess) -> None:
        try:
            reply = child.receive()
        except EOFError:
            self._lose(seat, child, timed_out=False)
            return
        if reply is None:
            return  # the rest of it must come in time
        if reply.kind != ("done" if seat.ticket is not None else "ready"):
            self._lose(seat, child, timed_out=False)  # nobody asked: it is broken
            return
        self._take(seat, child, reply)

    def _take(self, seat: _Seat, child: ChildProcess, reply: Reply) -> None:
        seat.deadline = float("inf")
        if reply.kind == "ready":
            seat.ready, seat.failed_starts = True, 0
            return
        ticket, seat.ticket, seat.following = seat.ticket, seat.following, None
        if seat.ticket is not None:
            seat.deadline = time.monotonic() + seat.ticket.timeout_s
        self._hand_out()  # before what takes longer: the child need not wait for that
        if ticket is not None and ticket.request.yields:
            self._tell(ticket, reply.value, child.read_beside)
        elif ticket is not None:
            self._tell(ticket, reply.value)

    def _lose(self, seat: _Seat, child: ChildProcess, *, timed_out: bool) -> None:
        """End a child that is dead or too slow, and answer for it."""
        ticket, seat.ticket = seat.ticket, None
        if seat.following is not None:  # not begun: another child does it
            with self._lock:
                self._waiting.appendleft(seat.following)
            seat.following = None
        if not seat.ready:
            self._start_failed(seat)
        self._dismiss(seat, child)
        if ticket is None:
            return
        doing = _DOING.get(ticket.request.task, "Reading this file")
        if timed_out:
            name = "decode_seconds" if doing == _DOING["decode"] else "header_seconds"
            sentence = self.limits.refusal(name, f"{doing} took too long and was stopped")
        else:
            sentence = f"{doing} crashed. The file may be damaged."
        if ticket.work is not None:
            self._given_up.add(ticket.work, sentence)
        self._tell(ticket, PixelError(sentence, ticket.path))

    def _tell(self, ticket: Ticket, *result: Any) -> None:
        if self._closed:
            return
        try:
            ticket.on_done(*result)
        # a defect in one receiver must not end the work of all others
        # its text may quote a path or a value: the class alone is logged
        except Exception as error:
            task = ticket.request.task
            _log.error("The receiver of a %s result failed: %s", task, type(error).__name__)
            defects.handle(error)
