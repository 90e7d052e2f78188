"""What is given to open: URLs, relative and strange names, from any working folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from tests.ui.images import an_image
from viewer import cli
from viewer.file_urls import is_file_url, path_of
from viewer.resources import resource
from viewer.ui.drops import dropped_files

_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="paths of other systems")
_ROOT = Path(__file__).parents[1]
_STRANGE = os.fsdecode(b"\xff\xfe M\xc3\xbcller #1?%20&.")


@_POSIX
@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///data/IM1", "/data/IM1"),
        ("FILE:///data/IM1", "/data/IM1"),
        ("file://localhost/data/IM1", "/data/IM1"),
        (f"file://{os.uname().nodename}/data/IM1", "/data/IM1"),
        ("file:/data/IM1", "/data/IM1"),
        ("file:///", "/"),
        ("file:///a%20b/M%C3%BCller%231", "/a b/Müller#1"),
        ("file:///a#1?b", "/a#1?b"),
        ("file:///%FF%FE", os.fsdecode(b"/\xff\xfe")),
        ("file:///Müller", "/Müller"),
        ("file:///a%2Fb", "/a/b"),
        ("file:///100%", "/100%"),
    ],
)
def test_a_url_names_a_path(url: str, path: str) -> None:
    assert is_file_url(url)
    assert path_of(url) == path


@pytest.mark.parametrize(
    "given", ["IM1", "/file:/x", "file", "profile:/x", "http://x/IM1", "C:\\x"]
)
def test_a_path_is_no_url(given: str) -> None:
    assert not is_file_url(given)


@_POSIX
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("file://server/share/IM1", "is on another computer (server)"),
        ("file:///a%00b", "No file can have this name"),
    ],
)
def test_a_url_that_names_nothing_here_is_one_sentence(
    url: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in ([url], ["list", url]):
        assert cli.main(arguments) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"negato: {url}: ")
        assert said in line


@_POSIX
def test_what_is_dropped_from_another_computer_is_refused_and_the_rest_opened() -> None:
    data = QMimeData()
    data.setUrls([QUrl("file://server/IM1"), QUrl("file:///a%FFb#c"), QUrl("http://x/IM1")])
    paths, refusals = dropped_files(data)
    assert paths == [os.fsdecode(b"/a\xffb#c")]
    (sentence,) = refusals
    assert "another computer (server)" in sentence


def listed(*given: str, cwd: Path) -> str:
    """Give what is listed of what is opened from a working folder."""
    done = subprocess.run(
        [sys.executable, "-m", "viewer", "list", *given],
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@_POSIX
@pytest.mark.parametrize(
    ("given", "count"),
    [
        (["disc/IM1"], 1),
        (["./disc/../disc/IM1"], 1),
        (["../here/disc"], 2),
        ([_STRANGE], 1),
        (["disc/IM1", "disc/IM2.dcm", _STRANGE], 3),
        (["disc.zip"], 2),
        (["disc.zip/IM1"], 1),
    ],
)
def test_names_are_those_seen_from_the_working_folder(
    tmp_path: Path, given: list[str], count: int
) -> None:
    here = tmp_path / "here"
    an_image(here / "disc" / "IM1", "Adam", 1)
    an_image(here / "disc" / "IM2.dcm", "Berta", 1)
    shutil.copy(here / "disc" / "IM1", an_image(here / _STRANGE, "Cäsar"))
    an_image(here / _STRANGE, "Caesar")
    with zipfile.ZipFile(here / "disc.zip", "w") as archive:
        for file in (here / "disc").iterdir():
            archive.write(file, file.name)
    told = listed(*given, cwd=here)
    assert f"{count} image" in told
    urls = [f"file://{here}/" + path_as_url(one) for one in given]
    assert f"{count} image" in listed(*urls, cwd=tmp_path)


@_POSIX
def test_the_root_of_a_disc_is_opened_from_elsewhere(tmp_path: Path) -> None:
    shutil.copytree(resource("sample"), tmp_path / "a disc")
    for given in ("a disc", "a disc/DICOMDIR", f"file://{tmp_path}/a%20disc"):
        assert "in 4 series" in listed(given, cwd=tmp_path)


def path_as_url(path: str) -> str:
    return "".join(f"%{byte:02X}" if byte != ord("/") else "/" for byte in os.fsencode(path))
