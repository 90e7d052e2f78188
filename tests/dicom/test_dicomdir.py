"""DICOMDIR records come in order, whatever the encoding; damaged ones are told."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from viewer.dicom.dicomdir import DicomdirError, read_dicomdir
from viewer.dicom.limits import Limits


def sample(name: str) -> str:
    return str(get_testdata_file(name, download=False))


def test_files_come_in_the_order_of_the_records(corpus: Path) -> None:
    index = read_dicomdir(str(corpus / "derived" / "dicomdir" / "good" / "DICOMDIR"))
    assert index.file_ids == tuple(("IMAGES", f"IM{number:06}") for number in range(1, 5))
    kinds = [record.kind for record in index.records]
    assert kinds == ["PATIENT", "STUDY", "SERIES", "IMAGE", "IMAGE", "SERIES", "IMAGE", "IMAGE"]
    assert all(record.sop_instance_uid for record in index.records if record.kind == "IMAGE")


@pytest.mark.parametrize("name", ["DICOMDIR-implicit", "DICOMDIR-bigEnd", "DICOMDIR-reordered"])
def test_encoding_and_place_of_records_do_not_matter(name: str) -> None:
    assert read_dicomdir(sample(name)).file_ids == read_dicomdir(sample("DICOMDIR")).file_ids


def test_every_file_of_a_real_disc_is_named(corpus: Path) -> None:
    index = read_dicomdir(str(corpus / "cd" / "siemens_xa60" / "DICOMDIR"))
    assert len(index.file_ids) == 60


def test_empty_index_names_nothing() -> None:
    assert read_dicomdir(sample("DICOMDIR-empty.dcm")).file_ids == ()


@pytest.mark.parametrize(
    ("case", "why"), [("offset_loop", "circle"), ("truncated_dicomdir", "ends within")]
)
def test_damaged_ones_are_told(corpus: Path, case: str, why: str) -> None:
    with pytest.raises(DicomdirError, match=why) as caught:
        read_dicomdir(str(corpus / "derived" / "dicomdir" / case / "DICOMDIR"))
    assert caught.value.kind == "damaged"


def test_every_cut_ends_in_an_index_or_a_typed_error(tmp_path: Path) -> None:
    content = Path(sample("DICOMDIR")).read_bytes()
    path = tmp_path / "DICOMDIR"
    for length in range(0, len(content), 97):
        path.write_bytes(content[:length])
        with pytest.raises(DicomdirError):
            read_dicomdir(str(path))


def test_other_files_are_no_index() -> None:
    with pytest.raises(DicomdirError) as caught:
        read_dicomdir(sample("CT_small.dcm"))
    assert caught.value.kind == "not-dicom"


def test_missing_one_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DicomdirError) as caught:
        read_dicomdir(str(tmp_path / "DICOMDIR"))
    assert caught.value.kind == "missing"


def test_limit_of_records_is_kept() -> None:
    with pytest.raises(DicomdirError) as caught:
        read_dicomdir(sample("DICOMDIR"), Limits(dicomdir_records=10))
    assert caught.value.kind == "limit"
    assert pickle.loads(pickle.dumps(caught.value)).kind == "limit"
