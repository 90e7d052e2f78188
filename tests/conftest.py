"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.oracles.report import pytest_terminal_summary  # noqa: F401  # a hook

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

CORPUS = Path(__file__).resolve().parents[1] / ".." / "shared" / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Give the folder of real DICOM files, or skip."""
    if not CORPUS.is_dir():
        pytest.skip("the corpus of real files (../shared/corpus) is not on this machine")
    return CORPUS.resolve()


@pytest.fixture(scope="session", autouse=True)
def _users_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep reports of defects, and what Qt remembers, out of the user's folders."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config"))
