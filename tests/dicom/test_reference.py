"""Decoded frames of the corpus equal what independent decoders agreed on."""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import CORPUS
from tests.oracles.agreement import BELIEVED, EXPLAINED
from viewer.dicom.checking import CheckResult, check_file
from viewer.dicom.errors import PixelError
from viewer.dicom.frames import native_frame, read_frame, read_native
from viewer.dicom.reading import read_header

Row = dict[str, str]


@cache
def _rows() -> dict[str, list[Row]]:
    """Rows of the reference by folder, empty without the corpus."""
    groups: dict[str, list[Row]] = defaultdict(list)
    table = CORPUS / "reference.csv"
    if table.is_file():
        with table.open(newline="") as file:
            for row in csv.DictReader(file):
                groups["/".join(row["path"].split("/")[:2])].append(row)
    return {
        name if len(rows) > 1 else name.split("/")[0]: rows
        for name, rows in _by_folder(groups).items()
    }


def _by_folder(groups: dict[str, list[Row]]) -> dict[str, list[Row]]:
    merged: dict[str, list[Row]] = defaultdict(list)
    for name, rows in groups.items():
        is_file = all(row["path"] == name for row in rows)
        merged[name.split("/")[0] + "/*" if is_file else name] += rows
    return merged


def _agreed(folder: str) -> list[Row]:
    return [row for row in _rows()[folder] if row["verdict"] == "agreed"]


@pytest.mark.parametrize("folder", sorted(_rows()) or ["corpus"])
def test_frames_equal_the_reference(corpus: Path, folder: str) -> None:
    wrong = []
    for row in _agreed(folder):
        result = check_file(str(corpus / row["path"]))
        expected = (row["first_frame_sha256"], row["last_frame_sha256"])
        if (result.first_sha256, result.last_sha256) != expected and row["path"] not in EXPLAINED:
            wrong.append((row["path"], result.status, result.message))
    assert not wrong


def test_files_that_no_decoder_reads_end_in_a_sentence(corpus: Path) -> None:
    rows = [row for rows in _rows().values() for row in rows if row["verdict"] == "none decodes"]
    rows = [row for row in rows if row["path"] not in BELIEVED]
    results: list[CheckResult] = [check_file(str(corpus / row["path"])) for row in rows]
    assert rows
    assert all(result.status == "error" and len(result.message) > 20 for result in results)
    assert not any("Negato failed" in result.message for result in results)


def test_what_no_decoder_reads_decodes_only_with_a_reason_to_believe_it(corpus: Path) -> None:
    rows = [row for rows in _rows().values() for row in rows if row["verdict"] == "none decodes"]
    decoded = {row["path"] for row in rows if check_file(str(corpus / row["path"])).first_sha256}
    assert decoded <= set(BELIEVED)


def test_palettes_give_the_reference_colours(corpus: Path) -> None:
    rows = [row for rows in _rows().values() for row in rows if row["palette_rgb8_sha256"]]
    assert rows
    for row in rows:
        pixels, description = read_frame(str(corpus / row["path"]), 0)
        table = description.palette_rgb
        assert table is not None
        index = np.clip(pixels.astype(np.int64) - description.palette_first, 0, len(table) - 1)
        assert hashlib.sha256(table[index].tobytes()).hexdigest() == row["palette_rgb8_sha256"]


def test_the_fast_path_equals_the_whole_reader(corpus: Path) -> None:
    """One file of each folder and pixel format that the fast path takes."""
    taken = set()
    for rows in _rows().values():
        for row in rows:
            kind = (Path(row["path"]).parent, row["dtype"], row["photometric"])
            if kind in taken or row["verdict"] != "agreed":
                continue
            path = str(corpus / row["path"])
            native = native_frame(read_header(path))
            if native is None:
                continue
            taken.add(kind)
            out = np.empty((native.plain.rows, native.plain.columns), native.plain.dtype)
            try:
                read_native(path, native, out)
            except PixelError:
                pytest.fail(f"{row['path']}: the fast path refuses it")
            digest = hashlib.sha256(out.tobytes()).hexdigest()
            if row["path"] not in EXPLAINED:
                assert digest == row["first_frame_sha256"], row["path"]
    assert len(taken) > 20
