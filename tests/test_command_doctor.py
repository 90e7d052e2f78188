"""``negato doctor``: whole, without a name of the user or the machine, true to what works."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from viewer import __version__
from viewer.commands import doctor
from viewer.dicom import codec_probes, codecs
from viewer.dicom.decoded import Decoded
from viewer.dicom.errors import PixelError
from viewer.dicom.limits import DEFAULT_LIMITS, LIMIT_TITLES, with_limit
from viewer.workers import environment
from viewer.workers.child_pool import ChildPool

_ROOT = Path(__file__).parents[1]


def negato_doctor(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    names = {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "USER": "jane",
        "LOGNAME": "jane",
        "HOSTNAME": "ward7",
        "DISPLAY": "ward7:0",
        "PYTHONPATH": str(_ROOT),
    }
    kept = {key: value for key, value in os.environ.items() if key != "XDG_STATE_HOME"}
    return subprocess.run(
        [sys.executable, "-m", "viewer", "doctor", *arguments],
        env={**kept, **names},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_the_report_says_versions_codecs_and_limits(tmp_path: Path) -> None:
    done = negato_doctor(tmp_path, "--limit", "frame_bytes=3MiB")
    assert (done.returncode, done.stderr) == (0, "")
    expected = [
        f"Negato                   {__version__}",
        "PySide6-Essentials",
        metadata.version("pydicom"),
        "JPEG-LS Lossless: CharLS (imagecodecs)",
        "RLE Lossless: PackBits (imagecodecs)",
        "none used",
        "Landlock" if sys.platform == "linux" else "Confinement",
        "table    tables as Parquet and Excel files: pandas",
        "nifti    NIfTI files",
        "All codecs work",
        *LIMIT_TITLES,
    ]
    lines = " ".join(done.stdout.split())
    assert [text for text in expected if " ".join(text.split()) not in lines] == []
    assert "(frame_bytes) 3 MiB" in lines


def test_the_report_names_neither_user_nor_machine(tmp_path: Path) -> None:
    home = tmp_path / "jane-doe"
    home.mkdir()
    done = negato_doctor(home)
    assert "jane" not in done.stdout
    assert "ward7" not in done.stdout
    assert os.uname().nodename not in done.stdout.replace(os.uname().release, "")
    assert re.search(r"Screen +set \(DISPLAY", done.stdout)
    if sys.platform == "linux":
        assert "~/.local/state/negato/reports" in done.stdout
    assert not list(home.iterdir())


def test_the_report_as_json_says_the_same(tmp_path: Path) -> None:
    found = json.loads(negato_doctor(tmp_path, "--json").stdout)
    assert found["works"] is True
    assert found["Negato"]["Negato"] == __version__
    assert set(found["Codecs"]) == set(codec_probes.PROBED)


@pytest.mark.parametrize("transfer_syntax", codec_probes.PROBED)
def test_each_codec_works_here(transfer_syntax: str) -> None:
    found = codec_probes.probe(transfer_syntax)
    assert found.failure == "" or not found.ships
    assert found.decoder or not found.ships


def test_a_codec_that_decodes_to_other_values_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Decoded(np.zeros((16, 16), np.uint16), decoder="broken")
    monkeypatch.setattr(codecs, "decode", lambda *_: wrong)
    assert "other values" in codec_probes.probe("1.2.840.10008.1.2.4.80").failure


@pytest.mark.parametrize("error", [ImportError("libx.so"), PixelError("It is damaged.")])
def test_a_codec_that_does_not_load_says_why(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def decode(*_: object) -> None:
        raise error

    monkeypatch.setattr(codecs, "decode", decode)
    failure = codec_probes.probe("1.2.840.10008.1.2.4.80").failure
    assert failure in ("ImportError", "It is damaged.")


def test_a_codec_that_crashes_costs_its_own_line_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    submit = ChildPool.submit

    def crashing(self: ChildPool, task: str, args: tuple[str], **more: object) -> object:
        if args == ("1.2.840.10008.1.2.4.80",):
            task, args = "os:_exit", (3,)
        return submit(self, task, args, **more)

    monkeypatch.setattr(environment.ChildPool, "submit", crashing)
    code = doctor.run(argparse.Namespace(json=False, limits=DEFAULT_LIMITS))
    printed = capsys.readouterr().out
    assert code == 1
    assert printed.count("FAILS") == 1
    assert "JPEG-LS Lossless: FAILS" in printed
    assert "Not all codecs work." in printed


def test_video_that_is_not_installed_is_no_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    found = codec_probes.probe(codec_probes.PROBED[-1])
    limits = with_limit(DEFAULT_LIMITS, "frame_bytes", "3MiB")
    whole = environment._environment([found], limits, 1 << 30)
    assert whole.works
    assert "not there: PyAV" in whole.text()
    assert whole.verdict() == "All codecs work, but for the optional video (pip install av)."
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert "pip install av" not in whole.verdict()  # nothing can be installed into a bundle


def test_where_video_is_installed_all_codecs_work() -> None:
    found = codec_probes.Probe(codec_probes.PROBED[-1], "FFmpeg", ships=False)
    assert environment._environment([found], DEFAULT_LIMITS, 1).verdict() == "All codecs work."


def test_what_cannot_be_found_out_ends_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> dict[str, str]:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(environment, "_program", broken)
    with pytest.raises(RuntimeError):
        environment.examine(DEFAULT_LIMITS, 1 << 20)
