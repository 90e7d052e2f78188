"""The small wrong files beside good ones, taken through the chain once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile import hostile_files
from tests.hostile.building import ENCODINGS, image
from tests.hostile.chain import Outcome, outcomes
from viewer.dicom.catalogue import Catalogue

GOOD = tuple(f"good_{name}" for name in ENCODINGS)


@pytest.fixture(scope="session")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of all small wrong files, and a good one in each encoding."""
    folder = tmp_path_factory.mktemp("hostile")
    hostile_files(folder)
    for name, encoding in ENCODINGS.items():
        (folder / f"good_{name}.dcm").write_bytes(image(f"good {name}", encoding))
    return folder


@pytest.fixture(scope="session")
def chain(hostile_folder: Path) -> tuple[dict[str, Outcome], Catalogue]:
    """Give what became of each file of that folder, and the catalogue."""
    return outcomes([hostile_folder])


@pytest.fixture(scope="session")
def found(chain: tuple[dict[str, Outcome], Catalogue]) -> dict[str, Outcome]:
    """Give what became of each file, by its name without ending."""
    return chain[0]
