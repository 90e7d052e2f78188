"""Small files that claim or hold so much of one thing that a viewer would never be done."""

from __future__ import annotations

import math
import random
import threading
import time
from pathlib import Path

import pytest

from tests.dicom.slices import a_slice
from tests.hostile.building import image
from tests.hostile.discs import scanned, shown_names, skips
from viewer.dicom.limits import Limits
from viewer.dicom.stacks import build_stacks
from viewer.session.document import Document
from viewer.session.hop import Hop

_ORIENTATIONS = 20_000
_ENDS_S = 30.0  # generous; each against each takes minutes


def test_frames_that_a_few_bytes_claim_do_not_fill_the_memory(tmp_path: Path) -> None:
    for number in range(20):
        claim = image(f"claim {number}", NumberOfFrames=2_000_000_000)
        (tmp_path / f"claim{number}.dcm").write_bytes(claim)
    with (tmp_path / "vast.dcm").open("wb") as file:
        file.write(image("vast", NumberOfFrames=2_000_000_000))
        file.truncate(100 << 30)  # takes no room on the disc
    (tmp_path / "whole.dcm").write_bytes(image("whole"))
    catalogue = scanned(tmp_path)
    assert "whole.dcm" in shown_names(catalogue)
    assert skips(catalogue) == {"vast.dcm": "limit"}
    (vast,) = catalogue.ledger.skipped
    assert "With its 2,000,000,000 frames" in vast.reason
    assert "--limit frames_in_all=" in vast.reason
    stacks = [s for p in catalogue.patients for t in p.studies for u in t.series for s in u.stacks]
    assert sum(map(len, stacks)) <= 20 * 200 + 1


def test_single_images_are_shown_whatever_the_others_took(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"a{number}.dcm").write_bytes(image(f"many {number}", NumberOfFrames=3))
    (tmp_path / "b.dcm").write_bytes(image("one"))
    catalogue = scanned(tmp_path, limits=Limits(frames_in_all=6))
    assert shown_names(catalogue) == ["a0.dcm", "a1.dcm", "b.dcm"]
    assert skips(catalogue) == {"a2.dcm": "limit"}


@pytest.mark.parametrize("keyword", ["InstanceNumber", "TemporalPositionIdentifier"])
def test_numbers_of_thousands_of_digits_leave_the_rest_of_the_disc(
    tmp_path: Path, keyword: str
) -> None:
    for number in range(4):
        place = {
            "ImagePositionPatient": [0, 0, number // 2],
            "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
            "SeriesInstanceUID": "1.2.3",
            keyword: ("9" * 4000 + str(number % 2)).encode(),
        }
        (tmp_path / f"{number}.dcm").write_bytes(image(f"number {number}", **place))
    (tmp_path / "good.dcm").write_bytes(image("good"))
    assert len(shown_names(scanned(tmp_path))) == 5


@pytest.mark.timeout(4 * _ENDS_S)
def test_a_stack_of_images_each_turned_otherwise_is_built_in_time() -> None:
    generator = random.Random(1)
    headers = [
        a_slice(number, image_orientation_patient=_orientation(generator))
        for number in range(_ORIENTATIONS)
    ]
    before = time.monotonic()
    stacks = build_stacks("1.2", headers)
    assert time.monotonic() - before < _ENDS_S
    assert sum(map(len, stacks)) == _ORIENTATIONS


def test_what_is_being_built_does_not_keep_a_document_from_being_closed(
    tmp_path: Path, qtbot: object
) -> None:
    (tmp_path / "a.dcm").write_bytes(image("a"))
    entered, may_end = threading.Event(), threading.Event()

    def take_long(_batch: object) -> None:
        entered.set()
        may_end.wait(_ENDS_S)

    threads = set(threading.enumerate())
    document = Document(Hop(), on_found=take_long)
    document.add([str(tmp_path)])
    try:
        assert entered.wait(_ENDS_S)
        document.close()
    finally:
        may_end.set()
    for thread in set(threading.enumerate()) - threads:
        thread.join(_ENDS_S)  # none outlives its test
    assert not document.catalogue.patients


def _orientation(generator: random.Random) -> tuple[float, ...]:
    row = _unit([generator.gauss(0, 1) for _ in range(3)])
    other = [generator.gauss(0, 1) for _ in range(3)]
    along = sum(a * b for a, b in zip(row, other, strict=True))
    column = _unit([b - along * a for a, b in zip(row, other, strict=True)])
    return (*row, *column)


def _unit(vector: list[float]) -> list[float]:
    length = math.hypot(*vector)
    return [value / length for value in vector]
