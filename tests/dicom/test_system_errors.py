"""What is said of a file that the system does not give."""

from __future__ import annotations

import sys

import pytest

from viewer.dicom.regular_files import system_error


def test_windows_does_not_tell_an_empty_drive_from_a_forbidden_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = PermissionError(13, "The device is not ready")
    assert "permission" in system_error("/x", refused).message
    monkeypatch.setattr(sys, "platform", "win32")
    told = system_error("D:\\", refused).message
    assert "disc" in told
    assert "another program" in told
