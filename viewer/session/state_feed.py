"""Presentation states on their way: read in a child process, for the appearance that asked."""

from __future__ import annotations

from collections.abc import Callable

from viewer.dicom.errors import NegatoError
from viewer.dicom.headers import InstanceHeader
from viewer.imaging.presentation import PresentationState
from viewer.session.appearance import Appearance
from viewer.session.hop import Hop
from viewer.session.messages import Messages
from viewer.workers.child_pool import ChildPool


class StateFeed:
    """Reads presentation states and applies them, the one asked for last alone.

    Parameters
    ----------
    on_applied : callable
        Called in the GUI thread when an appearance has got its state.
    """

    def __init__(
        self, pool: ChildPool, hop: Hop, messages: Messages, on_applied: Callable[[], object]
    ) -> None:
        self._pool = pool
        self._hop = hop
        self._messages = messages
        self._on_applied = on_applied

    def read(self, header: InstanceHeader, appearance: Appearance) -> None:
        """Read a state and look through it, unless ``state_asked`` is another by then."""
        appearance.state_asked = header
        limits = self._pool.limits
        self._pool.submit(
            "state",
            (header.path, limits),
            timeout_s=limits.header_seconds,
            on_done=lambda result: self._hop.post(lambda: self._done(header, appearance, result)),
        )

    def _done(
        self,
        header: InstanceHeader,
        appearance: Appearance,
        result: PresentationState | NegatoError,
    ) -> None:
        if appearance.state_asked is not header:
            return
        if isinstance(result, NegatoError):
            appearance.state_asked = None
            self._messages.post(f"The presentation state cannot be applied. {result}", "error")
            return
        for warning in result.warnings:
            self._messages.post(warning, "warning")
        appearance.present(result)
        self._on_applied()
