"""The table of agreements counts each file once and hides nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracles import agreement
from tests.oracles.agreement import BELIEVED, EXPLAINED, Row, reasons, table, within_tolerance


def test_lossy_jpeg_is_within_the_tolerance_of_another_decoder(corpus: Path) -> None:
    folder = corpus / "tsyntax/one_ct_in_all_syntaxes"
    (path,) = folder.glob("*_JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50.dcm")
    assert within_tolerance(str(path))


def test_files_with_a_reason_exist(corpus: Path) -> None:
    assert all((corpus / path).is_file() for path in (*EXPLAINED, *BELIEVED))


def test_a_small_corpus_is_compared_file_by_file(corpus: Path, tmp_path: Path) -> None:
    paths = ("derived/display/highbit15_bitsstored12.dcm", "broken/1403-OB.dcm")
    paths += ("derived/broken/rows_zero.dcm", "derived/broken/nframes_10.dcm")
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes((corpus / path).read_bytes())
    (tmp_path / "reference.csv").write_bytes((corpus / "reference.csv").read_bytes())
    outcomes = {row.path: row.outcome for row in agreement.compare(tmp_path)}
    del outcomes["reference.csv"]
    expected = ("explained", "identical", "none: refused", "single other")
    assert outcomes == dict(zip(paths, expected, strict=True))


def test_the_table_adds_up() -> None:
    rows = [
        Row("a/b/c/1", "identical", "ok"),
        Row("a/b/2", "DIFFERENT", "ok"),
        Row("3", "no pixels", "no-pixels"),
    ]
    lines = table(rows).splitlines()
    assert lines[0] == "| folder | files | identical | DIFFERENT | no pixels |"
    assert lines[-2:] == ["| a/b | 2 | 1 | 1 |  |", "| all | 3 | 1 | 1 | 1 |"]
    assert reasons(rows).splitlines() == ["DIFFERENT       a/b/2: ok"]


def test_an_unexplained_difference_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    different = [Row("a", "DIFFERENT", "ok")]
    monkeypatch.setattr(agreement, "compare", lambda _corpus: different)
    assert agreement.main([str(tmp_path), "--json", str(tmp_path / "out.json")]) == 1
    assert "DIFFERENT" in capsys.readouterr().out
    assert '"outcome": "DIFFERENT"' in (tmp_path / "out.json").read_text()
