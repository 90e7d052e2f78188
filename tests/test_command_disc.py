"""A disc holds what was named, byte for byte, or there is none."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pydicom
import pytest
from pydicom.data import get_testdata_file

from tests.dicom.disc_files import an_instance, file_set
from viewer.cli import main
from viewer.commands import disc_writing
from viewer.dicom.dicomdir import read_dicomdir
from viewer.dicom.disc_paths import DiscFolder
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.workers.scan import scan_in_child


def sample(name: str) -> Path:
    return Path(str(get_testdata_file(name, download=False)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with two images and a text."""
    into = tmp_path / "sources"
    (into / "below").mkdir(parents=True)
    shutil.copy(sample("CT_small.dcm"), into / "a")
    shutil.copy(sample("MR_small.dcm"), into / "below" / "b")
    (into / "notes.txt").write_text("not an image")
    return into


def instances(out: Path) -> list[Path]:
    """Give the files that the DICOMDIR names, which are all that there are."""
    disc = DiscFolder(str(out))
    named = [disc.find(file_id) for file_id in read_dicomdir(str(out / "DICOMDIR")).file_ids]
    found = [Path(path) for path in named if isinstance(path, str)]
    assert len(found) == len(named)
    assert set(found) == {path for path in (out / "DICOM").rglob("*") if path.is_file()}
    return found


def contents(paths: list[Path]) -> list[bytes]:
    return sorted(path.read_bytes() for path in paths)


def result(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all({"stage", "done", "of"} == set(line) for line in lines[:-1])
    return dict(lines[-1])


def test_a_disc_holds_the_files_byte_for_byte(folder, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["disc", str(folder), "-o", str(out)]) == 0
    told = capsys.readouterr().out
    assert f"2 series, 2 files written to {out}" in told
    assert "checked: all identical. 1 file left out: 1 not DICOM." in told
    assert contents(instances(out)) == contents([folder / "a", folder / "below" / "b"])
    with file_set(out) as found:
        assert len(found) == 2
    scanned = [item for batch in scan_in_child([str(out)]) for item in batch]
    assert sum(hasattr(item, "sop_instance_uid") for item in scanned) == 2
    # what is put on a disc has names that every system can read: ISO 9660 level 1
    for path in out.rglob("*"):
        stem, _, suffix = path.name.partition(".")
        assert len(stem) <= 8, path
        assert len(suffix) <= 3, path
        assert path.name == path.name.upper()


@pytest.mark.parametrize("names", [("ct_sphere_32", "mr_localizer_3plane", "rt_phantom_case")])
def test_series_of_the_corpus_read_back_identical(corpus, tmp_path, names):
    out = tmp_path / "out"
    paths = [str(corpus / "series" / name) for name in names]
    assert main(["disc", *paths, "-o", str(out)]) == 0
    of_disc = {path.read_bytes() for path in instances(out)}
    sources = {
        path.read_bytes() for name in paths for path in Path(name).rglob("*") if path.is_file()
    }
    assert of_disc <= sources
    with file_set(out) as found:
        assert len(found) == len(of_disc)
        for one in found:
            dataset = pydicom.dcmread(one.path, stop_before_pixels=True)
            assert one.ReferencedSOPInstanceUIDInFile == dataset.SOPInstanceUID
    if shutil.which("dciodvfy"):
        told = subprocess.run(
            ["dciodvfy", out / "DICOMDIR"], capture_output=True, text=True, check=False
        )
        assert "Error" not in told.stderr


def test_json_lines_tell_the_stages_and_the_end(folder, tmp_path, capsys):
    assert main(["disc", str(folder), "-o", str(tmp_path / "out"), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert list(dict.fromkeys(line["stage"] for line in lines[:-1])) == ["search", "copy", "check"]
    end = lines[-1]
    assert (end["result"], end["written"], end["warnings"]) == ("done", 2, [])
    assert end["bytes"] == sum(one.stat().st_size for one in instances(tmp_path / "out"))
    assert [one["path"] for one in end["left_out"]] == [str(folder / "notes.txt")]


def test_a_data_set_without_meta_information_gets_it(tmp_path):
    source = tmp_path / "bare"
    whole = sample("CT_small.dcm").read_bytes()
    bare = whole[whole.index(b"\x08\0\x05\0") :]
    source.write_bytes(bare)
    out = tmp_path / "out"
    assert main(["disc", str(source), "-o", str(out)]) == 0
    (written,) = instances(out)
    assert written.read_bytes().endswith(bare)
    dataset = pydicom.dcmread(written)
    assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
    assert dataset.pixel_array.shape == (128, 128)


def test_files_of_an_archive_are_written(folder, tmp_path):
    archive = tmp_path / "study.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(folder / "a", "one/IM1")
        packed.write(folder / "below" / "b", "two/IM1")
    out = tmp_path / "out"
    assert main(["disc", str(archive), "-o", str(out)]) == 0
    assert contents(instances(out)) == contents([folder / "a", folder / "below" / "b"])
    one = tmp_path / "one"
    assert main(["disc", f"{archive}/two/IM1", "-o", str(one)]) == 0
    assert contents(instances(one)) == contents([folder / "below" / "b"])


def test_the_same_file_twice_is_written_once(folder, tmp_path, capsys):
    shutil.copy(folder / "a", folder / "copy")
    assert main(["disc", str(folder), "-o", str(tmp_path / "out"), "--json"]) == 0
    end = result(capsys)
    assert end["written"] == 2
    assert "byte for byte" in end["left_out"][-1]["reason"]


def test_another_file_of_the_same_uid_is_left_out_and_said(folder, tmp_path, capsys):
    other = bytearray((folder / "a").read_bytes())
    other[-100] ^= 1
    (folder / "other").write_bytes(other)
    assert main(["disc", str(folder), "-o", str(tmp_path / "out"), "--json"]) == 1
    end = result(capsys)
    assert (end["result"], end["written"]) == ("done", 2)
    assert [one["path"] for one in end["left_out"]][1:] == [str(folder / "other")]
    assert "SOPInstanceUID" in end["left_out"][1]["reason"]


def test_what_should_be_on_the_disc_and_is_not_is_named_on_standard_error(folder, tmp_path, capsys):
    named = [str(folder / "notes.txt"), str(tmp_path / "gone")]
    shutil.copy(folder / "a", folder / "copy")
    assert main(["disc", str(folder), *named, "-o", str(tmp_path / "out")]) == 1
    told = capsys.readouterr()
    lines = told.err.splitlines()
    assert sorted(line.split(": ")[1] for line in lines) == sorted(named)
    assert f"  {folder / 'copy'}: The same file, byte for byte" in told.out
    assert not any(f"  {path}" in told.out for path in named)


def test_a_path_that_is_not_there_is_said_and_the_rest_written(folder, tmp_path, capsys):
    gone = str(tmp_path / "gone")
    assert main(["disc", str(folder), gone, "-o", str(tmp_path / "out"), "--json"]) == 1
    end = result(capsys)
    assert end["written"] == 2
    assert (gone, "missing") in [(one["path"], one["kind"]) for one in end["left_out"]]


def test_nothing_to_write_is_one_sentence(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("not an image")
    assert main(["disc", str(tmp_path / "notes.txt"), "-o", str(tmp_path / "out")]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["disc", *arguments]) == 2
    told = capsys.readouterr()
    assert len(told.err.splitlines()) == 1
    return told.err


def test_places_that_are_no_new_folder_are_refused(folder, tmp_path, capsys):
    assert "not empty" in refused([str(folder), "-o", str(tmp_path)], capsys)
    assert "is a file" in refused([str(folder), "-o", str(folder / "a")], capsys)
    assert "elsewhere" in refused([str(folder), "-o", str(folder / "out")], capsys)
    (tmp_path / "link").symlink_to(folder)
    assert "elsewhere" in refused([str(folder), "-o", str(tmp_path / "link" / "out")], capsys)
    assert "Name what" in refused(["-o", str(tmp_path / "out")], capsys)
    assert sorted(path.name for path in folder.iterdir()) == ["a", "below", "notes.txt"]


def disturbed(monkeypatch: pytest.MonkeyPatch, stage: str, disturb: Callable[[], None]) -> None:
    """Have something happen once, at the beginning of a stage."""
    told = [False]
    progress = disc_writing.DiscWriter.__init__

    def init(self, paths, out, bundle, limits, tell, is_stopped):
        def tell_and_disturb(name, done, of):
            if name == stage and not told[0]:
                told[0] = True
                disturb()
            tell(name, done, of)

        progress(self, paths, out, bundle, limits, tell_and_disturb, is_stopped)

    monkeypatch.setattr(disc_writing.DiscWriter, "__init__", init)


def test_a_file_that_vanishes_is_left_out_and_the_rest_written(
    folder, tmp_path, capsys, monkeypatch
):
    disturbed(monkeypatch, "copy", (folder / "a").unlink)
    assert main(["disc", str(folder), "-o", str(tmp_path / "out"), "--json"]) == 1
    end = result(capsys)
    assert (end["written"], end["left_out"][-1]["path"]) == (1, str(folder / "a"))
    assert len(instances(tmp_path / "out")) == 1


def test_a_file_that_changes_is_left_out_and_the_rest_written(
    folder, tmp_path, capsys, monkeypatch
):
    def change() -> None:
        with (folder / "a").open("ab") as stream:
            stream.write(b"more")

    disturbed(monkeypatch, "copy", change)
    assert main(["disc", str(folder), "-o", str(tmp_path / "out"), "--json"]) == 1
    end = result(capsys)
    assert "changed" in end["left_out"][-1]["reason"]
    assert len(instances(tmp_path / "out")) == 1


def raising(error: BaseException) -> Callable[..., Any]:
    def fail(*_: Any) -> Any:
        raise error

    return fail


@pytest.fixture
def heeded():
    """Have signals heeded that whoever runs the tests may ignore, as nohup does."""
    numbers = (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP"))
    former = {one: signal.getsignal(one) for one in numbers if one is not None}
    for one in former:
        signal.signal(one, signal.default_int_handler)
    yield
    for one, handler in former.items():
        signal.signal(one, handler)


@pytest.mark.usefixtures("heeded")
@pytest.mark.parametrize("stage", ["search", "copy", "check"])
def test_ctrl_c_leaves_nothing(folder, tmp_path, capsys, monkeypatch, stage):
    (tmp_path / "made").mkdir()
    disturbed(monkeypatch, stage, lambda: signal.raise_signal(signal.SIGINT))
    out = tmp_path / "made" / "new" / "out"
    assert main(["disc", str(folder), "-o", str(out), "--json"]) == 130
    end = result(capsys)
    assert (end["result"], end["written"]) == ("cancelled", 0)
    assert list((tmp_path / "made").iterdir()) == []


@pytest.mark.usefixtures("heeded")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_while_it_is_taken_away_leaves_nothing(folder, tmp_path, monkeypatch, name):
    if not hasattr(signal, name):
        pytest.skip(f"there is no {name} here")
    remove, number = os.remove, getattr(signal, name)

    def remove_and_end_again(path):
        remove(path)
        signal.raise_signal(number)

    disturbed(monkeypatch, "check", lambda: signal.raise_signal(number))
    monkeypatch.setattr(os, "remove", remove_and_end_again)
    assert main(["disc", str(folder), "-o", str(tmp_path / "out")]) == 130
    assert not (tmp_path / "out").exists()


def test_a_full_disc_leaves_nothing_and_is_said(folder, tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"
    out.mkdir()
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(disc_writing, "dicomdir", raising(full))
    assert main(["disc", str(folder), "-o", str(out)]) == 1
    assert "no room left" in capsys.readouterr().err
    assert list(out.iterdir()) == []


def test_room_is_looked_for_first(folder, tmp_path, capsys, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert main(["disc", str(folder), "-o", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert "needs 17 MB" in told
    assert "5 MB free" in told
    assert not (tmp_path / "out").exists()


def test_a_disc_that_reads_back_otherwise_is_none(folder, tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"

    def damage() -> None:
        path = next(iter(instances(out)))
        path.write_bytes(path.read_bytes()[:-1] + b"!")

    disturbed(monkeypatch, "check", damage)
    assert main(["disc", str(folder), "-o", str(out)]) == 1
    assert "does not read as it was written" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(folder, tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"

    def replace() -> None:
        path = next(iter(instances(out)))
        path.unlink()
        os.mkfifo(path)

    disturbed(monkeypatch, "check", replace)
    assert main(["disc", str(folder), "-o", str(out)]) == 1
    assert "does not read as it was written" in capsys.readouterr().err
    assert not out.exists()


def test_what_others_put_there_meanwhile_is_not_taken_away(folder, tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"

    def put_and_end() -> None:
        (out / "DICOM" / "theirs").write_text("theirs")
        signal.raise_signal(signal.SIGTERM)

    disturbed(monkeypatch, "check", put_and_end)
    assert main(["disc", str(folder), "-o", str(out)]) == 130
    assert f"delete what is left in {out}" in capsys.readouterr().err
    assert [path.name for path in out.rglob("*") if path.is_file()] == ["theirs"]


def a_bundle(root: Path, program: str) -> Path:
    """Make what looks like a bundle, with links in it."""
    (root / "_internal").mkdir(parents=True, exist_ok=True)
    (root / program).write_text("#!/bin/sh\n")
    (root / program).chmod(0o755)
    (root / "_internal" / "lib.so.1").write_text("library")
    (root / "_internal" / "lib.so").symlink_to("lib.so.1")
    (root / "_internal" / "round").symlink_to("..")
    return root


def test_a_viewer_goes_with_the_disc(folder, tmp_path):
    bundle, out = a_bundle(tmp_path / "bundle", "negato"), tmp_path / "out"
    assert main(["disc", str(folder), "-o", str(out), "--with-viewer", str(bundle)]) == 0
    viewer = out / "VIEWER" / "LINUX"
    assert os.access(viewer / "negato", os.X_OK)
    assert (viewer / "_internal" / "lib.so").read_text() == "library"
    assert (out / "VIEWER" / "PORTABLE").is_file()
    assert not any(path.is_symlink() for path in out.rglob("*"))
    assert not (out / "AUTORUN.INF").exists()
    assert "VIEWER/LINUX/negato" in (out / "README.TXT").read_text("ascii")


def test_images_that_a_viewer_brings_along_are_none_of_the_disc(folder, tmp_path, capsys):
    bundle, out = a_bundle(tmp_path / "bundle", "negato"), tmp_path / "out"
    an_instance(bundle / "_internal" / "sample")
    assert main(["disc", str(folder), "-o", str(out), "--with-viewer", str(bundle)]) == 0
    capsys.readouterr()
    assert main(["list", str(out)]) == 0
    assert "2 images in 2 series" in capsys.readouterr().out
    copy = tmp_path / "copy"
    assert main(["disc", str(out), "-o", str(copy)]) == 0
    assert contents(instances(copy)) == contents(instances(out))


def test_windows_is_told_what_to_start(folder, tmp_path):
    bundle, out = a_bundle(tmp_path / "bundle", "negato.exe"), tmp_path / "out"
    assert main(["disc", str(folder), "-o", str(out), "--with-viewer", str(bundle)]) == 0
    lines = (out / "AUTORUN.INF").read_bytes().split(b"\r\n")
    assert lines[0] == b"[autorun]"
    assert rb"open=VIEWER\WINDOWS\negato.exe" in lines
    assert (out / "VIEWER" / "WINDOWS" / "negato.exe").is_file()


def test_without_a_bundle_it_is_said_how_to_get_one(folder, tmp_path, capsys):
    arguments = [str(folder), "-o", str(tmp_path / "out"), "--with-viewer"]
    assert "python packaging/build.py" in refused(arguments, capsys)
    assert "no negato" in refused([*arguments, str(folder)], capsys)


def test_what_lies_beside_a_program_is_no_viewer(folder, tmp_path, capsys):
    home, out = tmp_path / "home", tmp_path / "out"
    home.mkdir()
    (home / "negato").write_text("#!/bin/sh")
    arguments = [str(folder), "-o", str(out), "--with-viewer", str(home)]
    assert "no negato" in refused(arguments, capsys)
    (home / "diary").write_text("private")
    a_bundle(home, "negato")
    assert main(["disc", *arguments]) == 0
    assert sorted(one.name for one in (out / "VIEWER" / "LINUX").iterdir()) == [
        "_internal",
        "negato",
    ]


@pytest.mark.parametrize("target", ["diary", "."])
def test_a_viewer_that_links_elsewhere_is_refused(folder, tmp_path, capsys, target):
    bundle, out, home = a_bundle(tmp_path / "bundle", "negato"), tmp_path / "out", tmp_path / "home"
    home.mkdir()
    (home / "diary").write_text("private")
    (bundle / "_internal" / "link").symlink_to(home / target)
    assert main(["disc", str(folder), "-o", str(out), "--with-viewer", str(bundle)]) == 1
    assert "leads out of the viewer" in capsys.readouterr().err
    assert not out.exists()


def test_pages_for_people_are_well_formed_and_name_nobody(tmp_path):
    source = tmp_path / "sources"
    source.mkdir()
    an_instance(source / "a", PatientName="<b>Roe</b>^&Al", PatientID="secret-1")
    bundle, out = a_bundle(tmp_path / "bundle", "negato.exe"), tmp_path / "out"
    assert main(["disc", str(source), "-o", str(out), "--with-viewer", str(bundle)]) == 0
    page = ElementTree.fromstring((out / "INDEX.HTM").read_bytes())
    links = [one.attrib["href"] for one in page.iter("{http://www.w3.org/1999/xhtml}a")]
    assert links == ["README.TXT", "DICOMDIR", "VIEWER/WINDOWS/"]
    assert all((out / link).exists() for link in links)
    for name in ("INDEX.HTM", "README.TXT", "AUTORUN.INF"):
        text = (out / name).read_bytes()
        assert b"Roe" not in text
        assert b"secret" not in text
        assert text.count(b"\n") == text.count(b"\r\n") > 3
    assert pydicom.dcmread(out / "DICOMDIR").FileSetID == "NEGATO"


def controlled(lines: list[str], out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "viewer", "disc", "--control", "--json", "-o", str(out)],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes on Linux alone")
def test_the_window_names_paths_by_standard_input(folder, tmp_path):
    odd = os.fsdecode(b"caf\xe9")
    (folder / "below" / "b").rename(folder / "below" / odd)
    paths = [str(folder / "a"), str(folder / "below" / odd)]
    ended = controlled([json.dumps({"paths": paths})], tmp_path / "out")
    assert (ended.returncode, ended.stderr) == (0, "")
    end = json.loads(ended.stdout.splitlines()[-1])
    assert (end["result"], end["written"]) == ("done", 2)


def test_the_window_can_stop_it(folder, tmp_path):
    ended = controlled([json.dumps({"paths": [str(folder)]}), "stop"], tmp_path / "out")
    assert (ended.returncode, ended.stderr) == (130, "")
    assert json.loads(ended.stdout.splitlines()[-1])["result"] == "cancelled"
    assert not (tmp_path / "out").exists()


def test_standard_input_without_paths_is_wrong_use(tmp_path):
    ended = controlled(["[]"], tmp_path / "out")
    assert ended.returncode == 2
    assert json.loads(ended.stdout)["result"] == "failed"


def test_a_reader_that_is_gone_leaves_no_disc(folder, tmp_path, monkeypatch):
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Gone())
    with pytest.raises(BrokenPipeError):
        disc_writing.DiscWriter(
            [str(folder)],
            str(tmp_path / "out"),
            None,
            DEFAULT_LIMITS,
            lambda *_: print("told"),  # noqa: T201
            lambda: False,
        ).write()
    assert not (tmp_path / "out").exists()
