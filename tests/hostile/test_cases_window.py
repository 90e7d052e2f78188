"""All wrong files in one folder, as the window and `negato check` meet them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.hostile.chain import Outcome
from tests.hostile.conftest import GOOD
from tests.ui.conftest import open_paths, settings, window  # noqa: F401  # fixtures
from viewer.cli import main
from viewer.dicom.errors import PixelError
from viewer.ui.main_window import MainWindow

Open = Callable[..., None]


def test_every_stack_of_the_folder_can_be_stepped_through_and_the_window_closed(
    qtbot: QtBot,
    window: MainWindow,  # noqa: F811
    open_paths: Open,  # noqa: F811
    hostile_folder: Path,
    found: dict[str, Outcome],
) -> None:
    open_paths(hostile_folder)
    workspace = window.workspace
    seen = set()
    for stack in workspace.document.stacks():
        for index in sorted({0, len(stack) - 1}) if len(stack) else [0]:
            workspace.show(stack, index)
            qtbot.waitUntil(
                lambda: workspace.picture().pixels is not None or bool(workspace.picture().message),
                timeout=20_000,
            )
            window.view.refresh()
            picture = workspace.picture()
            key = Path((stack.header(index) if len(stack) else stack.headers[0]).path).stem
            seen.add(key)
            if not len(stack):
                continue
            _, frame = stack.frames[index]
            shown = found[key].frames[frame]
            assert isinstance(shown, PixelError) == (picture.pixels is None), (key, picture.message)
            if not isinstance(shown, PixelError) and picture.description is not None:
                assert picture.description.warnings == shown[1].warnings, key
            assert picture.message or picture.pixels is not None, key
            assert not any(word in picture.message for word in ("failed (", "crashed")), key
    assert seen == {key for key, outcome in found.items() if outcome.header is not None}
    window.close()
    assert not multiprocessing.active_children()


def test_a_check_of_the_folder_has_a_sentence_for_every_bad_file(
    hostile_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(hostile_folder)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(list(hostile_folder.iterdir()))
    for line in lines:
        status, _, *words = line.split("  ") if line[:2] != "ok" else ["ok", line]
        if status == "ok":
            continue
        assert words, line
        assert words[-1].rstrip().endswith((".", ")")), line
        assert "failed (" not in line, line
        assert "crashed" not in line, line
    assert all(f"{name}.dcm" in "\n".join(lines) for name in GOOD)
