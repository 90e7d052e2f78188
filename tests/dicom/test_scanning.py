"""A scan accounts for every file below what was opened."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file

from tests.dicom.states import a_state, write
from viewer.dicom.catalogue import Skipped
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.ledger import Notice
from viewer.dicom.outline import Outline, SeriesRead
from viewer.dicom.reading import HeaderReader
from viewer.dicom.scanning import scan


def sample(name: str = "CT_small.dcm") -> str:
    return str(get_testdata_file(name, download=False))


def plant_series(root: Path) -> None:
    """Plant two files of one series, one of another, and a text."""
    shutil.copyfile(sample(), root / "1")
    shutil.copyfile(sample(), root / "2")
    shutil.copyfile(sample("MR_small.dcm"), root / "3")
    (root / "notes.txt").write_text("nothing of interest")


def headers(results: list[object], root: Path) -> list[str]:
    return [os.path.relpath(r.path, root) for r in results if isinstance(r, InstanceHeader)]


def test_every_file_is_a_header_or_has_a_reason(corpus: Path) -> None:
    results = list(scan([str(corpus)]))
    told = [r.path for r in results if not isinstance(r, Notice | Outline | SeriesRead)]
    assert len(told) == len(set(told))
    on_disk = {os.path.join(d, name) for d, _, names in os.walk(corpus) for name in names}
    assert on_disk <= set(told)
    assert all(r.reason.endswith(".") for r in results if isinstance(r, Skipped))
    assert pickle.loads(pickle.dumps(results)) == results


def test_folder_gives_headers_and_skips(tmp_path: Path) -> None:
    plant_series(tmp_path)
    results = list(scan([str(tmp_path)]))
    assert headers(results, tmp_path) == ["1", "2", "3"]
    assert [r.kind for r in results if isinstance(r, Skipped)] == ["not-dicom"]


def test_single_file_brings_its_series_and_nothing_else(tmp_path: Path) -> None:
    plant_series(tmp_path)
    results = list(scan([str(tmp_path / "2")]))
    assert headers(results, tmp_path) == ["2", "1"]
    assert len(results) == 2


def test_an_image_brings_the_presentation_states_for_it_and_a_state_its_images(
    tmp_path: Path,
) -> None:
    plant_series(tmp_path)
    write(a_state(sample()), tmp_path / "4")
    write(a_state(sample("MR_small.dcm")), tmp_path / "5")
    assert headers(list(scan([str(tmp_path / "2")])), tmp_path) == ["2", "1", "4"]
    assert headers(list(scan([str(tmp_path / "4")])), tmp_path) == ["4", "1", "2"]


def test_single_file_that_is_no_dicom_brings_nothing(tmp_path: Path) -> None:
    plant_series(tmp_path)
    (result,) = scan([str(tmp_path / "notes.txt")])
    assert isinstance(result, Skipped)
    assert result.kind == "not-dicom"


def test_file_without_a_series_brings_nothing_along(tmp_path: Path) -> None:
    dataset = pydicom.dcmread(sample())
    del dataset.SeriesInstanceUID
    dataset.save_as(tmp_path / "1")
    dataset.save_as(tmp_path / "2")
    assert headers(list(scan([str(tmp_path / "1")])), tmp_path) == ["1"]


def test_index_by_another_name_is_no_image(tmp_path: Path) -> None:
    shutil.copyfile(sample("DICOMDIR"), tmp_path / "index.dcm")
    (result,) = scan([str(tmp_path)])
    assert isinstance(result, Skipped)
    assert result.kind == "index"


def test_files_given_up_on_are_passed_over(tmp_path: Path) -> None:
    plant_series(tmp_path)
    results = list(scan([str(tmp_path)], skip_paths=frozenset({str(tmp_path / "1")})))
    assert headers(results, tmp_path) == ["2", "3"]


def test_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert list(scan([str(tmp_path)])) == []


def test_results_stream(corpus: Path) -> None:
    announced: list[str] = []
    first = next(iter(scan([str(corpus / "series")], on_slow=announced.append)))
    assert isinstance(first, InstanceHeader)
    assert len(announced) <= 1


def test_a_defect_met_in_one_file_is_its_reason_and_the_others_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant_series(tmp_path)
    read = HeaderReader.read

    def defective(reader: HeaderReader, path: str) -> InstanceHeader:
        if path.endswith("2"):
            raise KeyError("PATIENT^NAME")
        return read(reader, path)

    monkeypatch.setattr(HeaderReader, "read", defective)
    results = list(scan([str(tmp_path)]))
    assert headers(results, tmp_path) == ["1", "3"]
    (reason,) = (r.reason for r in results if isinstance(r, Skipped) and r.path.endswith("2"))
    assert "KeyError in viewer.dicom.scanning, line " in reason
    assert "PATIENT" not in reason
