"""What `import viewer` gives to programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest

import viewer
from tests.dicom.synthetic import grey, write
from viewer.resources import resource

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = str(resource("sample"))
_SOON_S = 60  # at all: a machine that tests much at once is slow


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder in memory, as a system has one."""
    folder = tmp_path / "runtime"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


def python(code: str, *arguments: str, **environment: str) -> str:
    """Run a program of a user; give what it says."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=_SOON_S,
        check=False,
    )
    assert not done.returncode, done.stderr
    return done.stdout


def test_import_viewer_loads_nothing_that_takes_time() -> None:
    told = python("import sys, viewer; print(*sys.modules)")
    assert not {"numpy", "pydicom", "PySide6", "viewer.public"} & set(told.split())


def test_the_public_interface_loads_neither_qt_nor_pydicom() -> None:
    told = python("import sys, viewer; viewer.open_catalogue; print(*sys.modules)")
    assert not {"pydicom", "PySide6", "imagecodecs"} & set(told.split())


def test_the_names_are_there_and_told_to_who_checks_types() -> None:
    for name in viewer.__all__:
        assert getattr(viewer, name).__doc__
        assert name in dir(viewer)
    stub = (ROOT / "viewer" / "__init__.pyi").read_text(encoding="utf-8")
    assert all(f'    "{name}",\n' in stub for name in viewer.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = viewer.nonsense  # type: ignore[attr-defined]


def test_the_sample_is_a_patient_with_series_and_stacks() -> None:
    catalogue = viewer.open_catalogue(SAMPLE)
    (patient,) = catalogue.patients
    (study,) = patient.studies
    assert [series.stacks for series in study.series]
    assert len(catalogue.stacks()) == sum(len(series.stacks) for series in catalogue.series())
    assert "patients=1" in repr(catalogue)


def test_a_stack_gives_volume_frames_and_data_sets() -> None:
    stack = max(viewer.open_catalogue(SAMPLE).stacks(), key=len)
    stack = next(
        one for one in viewer.open_catalogue(Path(SAMPLE)).stacks() if one.affine is not None
    )
    volume = stack.volume()
    assert isinstance(volume, viewer.Volume)
    assert volume.units == "HU"
    assert stack.affine is not None
    np.testing.assert_array_equal(volume.affine, stack.affine)
    assert volume.spacing_zyx_mm == stack.spacing_zyx_mm
    for place, index in enumerate(volume.frames):
        np.testing.assert_array_equal(stack.frame(index), volume.values[place])
        assert stack.dataset(index).SOPInstanceUID == volume.sop_instance_uids[place]
    np.testing.assert_array_equal(stack.frame(-1), stack.frame(len(stack) - 1))
    assert stack.frame(0, values="stored", dtype="float32").dtype == np.float32
    with pytest.raises(IndexError):
        stack.frame(len(stack))


def test_what_is_in_an_archive_is_read_as_well(tmp_path: Path) -> None:
    write(tmp_path / "one.dcm", grey(), SeriesDescription="packed")
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(tmp_path / "one.dcm", "one.dcm")
    (stack,) = viewer.open_catalogue(tmp_path / "all.zip").stacks()
    np.testing.assert_array_equal(stack.frame(0), grey())
    assert stack.dataset().SeriesDescription == "packed"


def test_every_file_is_in_a_stack_or_skipped_with_its_reason(tmp_path: Path) -> None:
    write(tmp_path / "image.dcm", grey())
    (tmp_path / "notes.txt").write_text("no image")
    catalogue = viewer.open_catalogue([tmp_path])
    (stack,) = catalogue.stacks()
    (skipped,) = catalogue.skipped
    assert stack.files == (str(tmp_path / "image.dcm"),)
    assert skipped.path == str(tmp_path / "notes.txt")
    assert skipped.reason


def test_a_document_has_a_data_set_and_no_frames(tmp_path: Path) -> None:
    path = Path(write(tmp_path / "report.dcm", grey()))
    dataset = viewer.open_catalogue(path).stacks()[0].dataset()
    dataset.Rows = dataset.Columns = 0
    del dataset.Rows, dataset.Columns, dataset.BitsAllocated
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.88.11"
    dataset.save_as(path)
    (stack,) = viewer.open_catalogue(path).stacks()
    assert len(stack) == 0
    assert stack.dataset().SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.11"
    with pytest.raises(viewer.NegatoError, match="no frames"):
        stack.volume()


def test_limits_are_set_by_name(tmp_path: Path) -> None:
    write(tmp_path / "image.dcm", grey())
    (stack,) = viewer.open_catalogue(tmp_path, limits={"frame_bytes": 100}).stacks()
    with pytest.raises(viewer.NegatoError, match="limit is 100"):
        stack.frame(0)
    with pytest.raises(ValueError, match="colour"):
        viewer.open_catalogue(tmp_path, limits={"colour": 1})


def test_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    for what in (viewer.open_catalogue, viewer.show):
        with pytest.raises(viewer.NegatoError, match="no such file") as caught:
            what(tmp_path / "absent")
        assert caught.value.path == str(tmp_path / "absent")


def test_a_window_shows_an_array_until_it_is_closed(runtime: Path) -> None:
    shown = viewer.show(np.eye(9), title="Ones")
    try:
        assert shown.is_open
        (folder,) = runtime.glob("negato-shown-*")
        assert folder.stat().st_mode & 0o777 == 0o700
        assert not shown.wait(0.0)
    finally:
        shown.close()
    assert not shown.is_open
    assert "closed" in repr(shown)
    assert not list(runtime.glob("negato-shown-*"))
    shown.close()  # twice is no harm


def test_a_window_shows_a_volume_and_a_path(runtime: Path) -> None:
    stacks = viewer.open_catalogue(SAMPLE).stacks()
    volume = next(stack for stack in stacks if stack.affine is not None).volume()
    windows = [viewer.show(volume), viewer.show(SAMPLE)]
    assert all(window.is_open for window in windows)
    for window in windows:
        window.close()
    assert not list(runtime.glob("negato-shown-*"))
    assert Path(SAMPLE).exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_the_window_stays_when_the_program_ends_and_takes_its_file_along(runtime: Path) -> None:
    code = "import viewer; print(viewer.show([[0, 1]])._guard.pid)"
    guard = int(python(code))
    os.kill(guard, 0)  # it is there
    assert list(runtime.glob("negato-shown-*/array.dcm"))
    (window,) = _children(guard)
    os.kill(window, signal.SIGKILL)  # however it ends
    _await_end(guard)
    assert not list(runtime.glob("negato-shown-*"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_a_guard_that_is_ended_takes_window_and_file_along(runtime: Path) -> None:
    shown = viewer.show([[0, 1]])
    guard = shown._guard.pid
    (window,) = _children(guard)
    os.kill(guard, signal.SIGTERM)
    assert shown.wait(_SOON_S)
    assert not Path(f"/proc/{window}").exists()
    assert not list(runtime.glob("negato-shown-*"))


def test_without_a_screen_one_sentence_says_so(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("there is always a screen")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for what in ([[0, 1]], SAMPLE):
        with pytest.raises(viewer.NegatoError, match="needs a screen"):
            viewer.show(what)
    assert not list(runtime.iterdir())


def test_an_array_that_cannot_be_shown_leaves_nothing_behind(runtime: Path) -> None:
    for array in ([1, 2, 3], [["a"]]):
        with pytest.raises(viewer.NegatoError):
            viewer.show(array)
    with pytest.raises(viewer.NegatoError, match="not for files"):
        viewer.show(SAMPLE, title="A")
    with pytest.raises(viewer.NegatoError, match="spacing or an affine"):
        viewer.show(np.eye(3), spacing=(1, 1), affine=np.eye(4))
    assert not list(runtime.iterdir())


def _children(pid: int) -> list[int]:
    """Wait until a process has started another."""
    told = Path(f"/proc/{pid}/task/{pid}/children")
    for _ in range(_SOON_S * 20):
        found = [int(child) for child in told.read_text().split()]
        if found:
            return found
        threading.Event().wait(0.05)
    raise AssertionError("it has started none")


def _await_end(pid: int) -> None:
    for _ in range(_SOON_S * 20):
        if not Path(f"/proc/{pid}").exists():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it has not ended")
