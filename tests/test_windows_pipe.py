"""Which of several starts is the window on Windows; the system itself is played."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from viewer import windows_pipe
from viewer.windows_pipe import Claim, ask_or_claim


class System:
    """Tells one start after the other whether it may be the window, and what the window says."""

    def __init__(self, claims: Iterator[Claim | None], answers: Iterator[bool | None]) -> None:
        self._claims, self._answers = claims, answers
        self.asked: list[tuple[str, bytes]] = []
        self.mutexes: set[str] = set()

    def claim(self, mutex: str) -> Claim | None:
        self.mutexes.add(mutex)
        return next(self._claims)

    def ask(self, pipe: str, message: bytes, _answer: bytes, _timeout_s: float) -> bool | None:
        self.asked.append((pipe, message))
        return next(self._answers)


def start(
    monkeypatch: pytest.MonkeyPatch,
    claims: list[Claim | None],
    answers: list[bool | None],
    message: bytes = b"message",
    start_s: float = 30,
) -> tuple[Claim | bool, System]:
    system = System(iter(claims), iter(answers))
    monkeypatch.setattr(windows_pipe, "_claim", system.claim)
    monkeypatch.setattr(windows_pipe, "_ask", system.ask)
    monkeypatch.setattr(windows_pipe, "_TURN_S", 0)
    return (
        ask_or_claim("mutex", "pipe", message, b"taken", answer_s=1, start_s=start_s),
        system,
    )


def test_the_first_start_is_the_window_and_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = Claim(1)
    result, system = start(monkeypatch, [ours], [])
    assert result is ours
    assert system.mutexes == {"mutex"}


def test_a_start_while_the_window_is_made_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    result, system = start(monkeypatch, [None] * 3, [None, None, True])
    assert result is True
    assert system.asked == [("pipe", b"message")] * 3


def test_where_the_window_closes_instead_the_next_is_the_window(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = Claim(1)
    assert start(monkeypatch, [None, ours], [None])[0] is ours


def test_a_window_that_does_not_answer_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(monkeypatch, [None], [False])[0] is False


def test_a_window_that_is_never_ready_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert start(monkeypatch, [None], [None], start_s=-1)[0] is False


def test_without_a_message_no_window_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(monkeypatch, [None], [], message=b"")[0] is False
