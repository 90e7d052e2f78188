"""Paths as Windows gives them to a program."""

from __future__ import annotations

import sys

import pytest

from viewer import cli


@pytest.mark.parametrize(("given", "meant"), [('D:"', "D:\\"), ("D:\\x y", "D:\\x y")])
def test_a_drive_whose_backslash_has_escaped_a_quote_is_that_drive(
    monkeypatch: pytest.MonkeyPatch, given: str, meant: str
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert cli._parse_window([given]).paths == (meant,)


@pytest.mark.skipif(sys.platform == "win32", reason="where a quote is no part of a name")
def test_elsewhere_a_quote_belongs_to_a_name() -> None:
    assert cli._parse_window(['study"']).paths == ('study"',)
