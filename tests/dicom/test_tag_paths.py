"""Python lines that reach an element: what pydicom reads there is what the table shows."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file

from viewer.dicom.tag_paths import outermost, python_line, row_named
from viewer.dicom.tags import Kind, TagTable, keyword_path, read_tags


def run(line: str) -> Any:
    return eval(line, {"pydicom": pydicom, "zipfile": zipfile})


def _texts(value: Any) -> list[str]:
    if isinstance(value, pydicom.multival.MultiValue | list):
        return [str(one) for one in value]
    return [] if value is None else [str(value)]


def check(table: TagTable, row: int) -> None:
    """Compare what a line gives with the row: the value of text and numbers, the size of others."""
    value = run(python_line(table, row))
    kind, vr = table.kinds[row], table.vrs[row]
    if kind == Kind.ITEM:
        assert isinstance(value, pydicom.Dataset)
    elif kind == Kind.SEQUENCE:
        assert len(value) == len(table.children_of(row))
    elif vr in ("OB", "OW", "UN") and isinstance(value, bytes):
        assert len(value) == table.lengths[row]
    elif vr in ("LO", "SH", "CS", "PN", "DA", "TM"):
        assert "\\".join(_texts(value)) == table.values[row].strip()
    elif vr == "UI":
        assert "\\".join(_texts(value)) == table.values[row].split(" (")[0]
    elif vr in ("US", "UL", "SS", "SL", "IS", "DS", "FD", "FL"):
        shown = [float(one) for one in table.values[row].split("\\") if one]
        assert np.allclose([float(one) for one in _texts(value)], shown, rtol=1e-6)


@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "rtplan.dcm", "MR-SIEMENS-DICOM-WithOverlays.dcm"]
)
def test_each_line_reaches_the_value_of_its_row(name: str, corpus: Path) -> None:
    there = corpus / "lut_overlay" / name
    path = str(there) if there.is_file() else str(get_testdata_file(name, download=False))
    table = read_tags(path)
    rows = [row for row in range(len(table)) if table.kinds[row] != Kind.NOTE]
    for row in rows[:: max(1, len(rows) // 80)]:
        check(table, row)


def test_private_tags_are_reached_by_their_creator(corpus: Path) -> None:
    table = read_tags(str(corpus / "lut_overlay/csa_slice_norm.dcm"))
    row = row_named(table, "(0029,1010)")
    assert row is not None
    line = python_line(table, row)
    assert ".private_block(0x0029, 'SIEMENS CSA HEADER')[0x10].value" in line
    assert len(run(line)) == 10784


def test_paths_with_quotes_and_archives_are_proper_literals(tmp_path: Path) -> None:
    odd = tmp_path / 'it\'s "odd"\n.dcm'
    odd.write_bytes(Path(get_testdata_file("CT_small.dcm", download=False)).read_bytes())
    table = read_tags(str(odd))
    row = row_named(table, "PatientName")
    assert row is not None
    assert run(python_line(table, row)) == "CompressedSamples^CT1"
    with zipfile.ZipFile(tmp_path / "study.zip", "w") as archive:
        archive.write(odd, "CT/IM1")
    table = read_tags(str(tmp_path / "study.zip" / "CT" / "IM1"))
    assert run(python_line(table, row)) == "CompressedSamples^CT1"


def test_a_path_leads_back_to_its_row() -> None:
    table = read_tags(str(get_testdata_file("rtplan.dcm", download=False)))
    for row in range(len(table)):
        if table.kinds[row] < Kind.ITEM:
            assert row_named(table, keyword_path(table, row)) == row
    beam = row_named(table, "BeamSequence.BeamName")
    assert beam == row_named(table, "(300A,00B0)[0].300a00c2")
    assert row_named(table, "BeamSequence[7].BeamName") is None
    assert row_named(table, "No such") is None


def test_what_is_below_a_selected_row_goes_with_it() -> None:
    table = read_tags(str(get_testdata_file("rtplan.dcm", download=False)))
    beams = row_named(table, "BeamSequence")
    name = row_named(table, "BeamSequence[0].BeamName")
    other = row_named(table, "PatientName")
    assert beams is not None
    assert name is not None
    assert other is not None
    assert outermost(table, [name, beams, other]) == sorted([beams, other])


def test_a_tag_that_comes_twice_is_said_to(tmp_path: Path) -> None:
    content = Path(get_testdata_file("CT_small.dcm", download=False)).read_bytes()
    at = content.index(b"\x08\x00\x60\x00CS")
    element = content[at : at + 10]
    path = tmp_path / "file"
    path.write_bytes(content[:at] + element.replace(b"CT", b"MR") + content[at:])
    table = read_tags(str(path))
    row = row_named(table, "Modality")
    assert row is not None
    assert table.values[row] == "MR"
    line = python_line(table, row)
    assert "keeps the last" in line
    assert run(line) == "CT"
