"""The one table of actions cannot contradict itself."""

from __future__ import annotations

from collections import Counter

from viewer.session.actions import ACTIONS, key_help


def test_no_two_actions_share_an_id_or_a_shortcut() -> None:
    assert max(Counter(action.id for action in ACTIONS).values()) == 1
    shortcuts = Counter(action.shortcut for action in ACTIONS if action.shortcut)
    assert max(shortcuts.values()) == 1


def test_the_key_help_names_every_shortcut_and_the_wheel() -> None:
    keys = {key for key, _ in key_help()}
    assert {action.shortcut for action in ACTIONS if action.shortcut} <= keys
    assert "Wheel" in keys
