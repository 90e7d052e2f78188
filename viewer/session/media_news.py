"""What the user is told of media that are taken out and put back, in the GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from viewer.session.hop import Hop
from viewer.session.media import MediaWatch, gone_sentence
from viewer.session.messages import Messages


class MediaNews:
    """Says what is gone, until it is back.

    Parameters
    ----------
    on_back : callable
        Gets the roots that are there again.
    """

    def __init__(self, hop: Hop, messages: Messages, on_back: Callable[[list[str]], None]) -> None:
        self._messages = messages
        self._on_back = on_back
        self._gone: list[str] = []
        self._watch = MediaWatch(lambda lost, back: hop.post(lambda: self._tell(lost, back)))

    def watch(self, samples: dict[str, str]) -> None:
        """Look after these roots, each with a file of it."""
        left = [root for root in self._gone if root in samples]
        if left != self._gone:
            self._say_gone(left)
        self._watch.watch(samples)

    def close(self) -> None:
        """Look after nothing any more."""
        self._watch.close()

    def _tell(self, lost: list[str], back: list[str]) -> None:
        self._say_gone([root for root in self._gone if root not in back] + lost)
        if back:
            self._on_back(back)

    def _say_gone(self, roots: list[str]) -> None:
        if self._gone:
            self._messages.withdraw(gone_sentence(self._gone))
        self._gone = roots
        if roots:
            self._messages.post(gone_sentence(roots), "error")
