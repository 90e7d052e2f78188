"""Which files are looked at, in which order, and which are left alone."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from viewer.dicom.catalogue import Skipped
from viewer.dicom.disc_paths import DiscFolder, Outside
from viewer.dicom.ledger import Notice
from viewer.dicom.natural_order import natural_key
from viewer.dicom.source_files import SourceFile
from viewer.dicom.sources import find_files


def names(found: list[object], root: Path) -> list[str]:
    return [os.path.relpath(f.path, root) for f in found if isinstance(f, SourceFile)]


def skipped(found: list[object]) -> dict[str, str]:
    return {os.path.basename(f.path): f.kind for f in found if isinstance(f, Skipped)}


def plant(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x")


def test_folder_is_searched_in_natural_order(tmp_path: Path) -> None:
    plant(tmp_path, "IM10", "im2", "IM1", "b/2", "b/10", "a/1", "a/x/1")
    found = list(find_files([str(tmp_path)]))
    assert names(found, tmp_path) == ["IM1", "im2", "IM10", "a/1", "a/x/1", "b/2", "b/10"]


@pytest.mark.parametrize("name", ["IM{:05}", "{}.dcm", "1.2.{}.{}"])
def test_of_very_many_files_each_comes_once_and_a_first_one_first(
    tmp_path: Path, name: str
) -> None:
    names = [name.format(n, 7 * n) for n in range(2_500)]
    for one in names:
        (tmp_path / one).touch()
    (tmp_path / "SUB").mkdir()
    (tmp_path / "SUB" / "last").touch()
    found = [os.path.basename(item.path) for item in find_files([str(tmp_path)])]
    assert sorted(found) == sorted([*names, "last"])
    assert found[0] == names[0]
    assert found[-1] == "last"
    later = found[100:-1]
    assert later == sorted(later, key=natural_key)


def test_natural_order_copes_with_any_name() -> None:
    assert sorted(["a10", "10", "a2b", "A2a", "²", "2", ""], key=natural_key) == [
        "", "2", "10", "A2a", "a2b", "a10", "²",
    ]  # fmt: skip


def test_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert list(find_files([str(tmp_path)])) == []


def test_missing_path_is_told(tmp_path: Path) -> None:
    assert skipped(list(find_files([str(tmp_path / "gone")]))) == {"gone": "missing"}


def test_only_regular_files_are_given(tmp_path: Path) -> None:
    plant(tmp_path, "file", "folder/inside")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to("/dev/null")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "self").symlink_to("self")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        found = list(find_files([str(tmp_path)]))
    assert names(found, tmp_path) == ["file", "folder/inside"]
    assert skipped(found) == {
        "pipe": "not-a-file",
        "link": "not-a-file",
        "null": "not-a-file",
        "loop": "not-a-file",
        "socket": "not-a-file",
        "dangling": "missing",
        "self": "unreadable",
    }


def test_folder_that_cannot_be_listed_is_told_and_the_rest_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, "a/1", "b/1")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if os.path.basename(path) == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = list(find_files([str(tmp_path)]))
    assert skipped(found) == {"a": "unreadable"}
    assert names(found, tmp_path) == ["b/1"]


def test_several_paths_give_each_file_once_and_no_siblings(tmp_path: Path) -> None:
    plant(tmp_path, "a/1", "a/2", "b/1")
    given = [str(tmp_path / part) for part in ("a/2", "a", "b/1", "a/1", "b")]
    found = list(find_files(given))
    assert names(found, tmp_path) == ["a/2", "a/1", "b/1"]
    assert not any(f.sibling_of for f in found if isinstance(f, SourceFile))


def test_single_file_comes_first_then_those_beside_it(tmp_path: Path) -> None:
    plant(tmp_path, "1", "2", "3", "folder/4")
    opened = str(tmp_path / "2")
    assert list(find_files([opened])) == [
        SourceFile(opened),
        SourceFile(str(tmp_path / "1"), sibling_of=opened),
        SourceFile(str(tmp_path / "3"), sibling_of=opened),
    ]


def disc(tmp_path: Path) -> Path:
    """Give a disc whose DICOMDIR names 77654033/CR1/6154 alone, with that file and another."""
    root = tmp_path / "disc"
    plant(root, "77654033/CR1/6154", "another")
    source = get_testdata_file("DICOMDIR-nopatient", download=False)
    shutil.copyfile(str(source), root / "DICOMDIR")
    return root


@pytest.mark.parametrize("given", ["", "DICOMDIR"])
def test_disc_gives_named_files_first_then_the_others_with_a_notice(
    tmp_path: Path, given: str
) -> None:
    root = disc(tmp_path)
    found = list(find_files([str(root / given)]))
    assert names(found, root) == ["77654033/CR1/6154", "another"]
    assert skipped(found) == {"DICOMDIR": "index"}
    notices = [f.text for f in found if isinstance(f, Notice)]
    assert len(notices) == 1
    assert notices[0].startswith("1 file is not in the DICOMDIR")


def test_viewer_and_pages_of_a_disc_are_seen_and_not_held_against_it(tmp_path: Path) -> None:
    root = disc(tmp_path)
    (root / "another").unlink()
    plant(root, "README.TXT", "INDEX.HTM", "VIEWER/PORTABLE", "VIEWER/LINUX/sample")
    found = list(find_files([str(root)]))
    assert names(found, root) == ["77654033/CR1/6154", "INDEX.HTM", "README.TXT"]
    assert skipped(found) == {"DICOMDIR": "index", "VIEWER": "viewer"}
    assert not [one for one in found if isinstance(one, Notice)]


def test_disc_below_the_opened_folder_is_read_by_its_index(tmp_path: Path) -> None:
    root = disc(tmp_path)
    (root / "DICOMDIR").rename(root / "dicomdir")
    plant(tmp_path, "zebra/1")
    found = list(find_files([str(tmp_path), str(root), str(root / "dicomdir")]))
    assert names(found, tmp_path) == ["disc/77654033/CR1/6154", "disc/another", "zebra/1"]
    assert skipped(found) == {"dicomdir": "index"}


def test_named_file_that_is_gone_is_missing(tmp_path: Path) -> None:
    root = disc(tmp_path)
    (root / "77654033" / "CR1" / "6154").unlink()
    assert skipped(list(find_files([str(root)])))["6154"] == "missing"


@pytest.mark.parametrize("case", ["offset_loop", "truncated_dicomdir", "path_traversal"])
def test_damaged_index_falls_back_to_the_folder(corpus: Path, case: str) -> None:
    root = corpus / "derived" / "dicomdir" / case
    found = list(find_files([str(root)]))
    assert names(found, root) == [f"IMAGES/IM{number:06}" for number in range(1, 5)]
    assert any("searched instead" in f.text for f in found if isinstance(f, Notice))


@pytest.mark.parametrize("case", ["lowercase_names", "dcm_extension", "good"])
def test_changed_spelling_of_names_is_forgiven(corpus: Path, case: str) -> None:
    found = list(find_files([str(corpus / "derived" / "dicomdir" / case)]))
    assert sum(isinstance(f, SourceFile) for f in found) == 4
    assert set(skipped(found).values()) == {"index"}
    assert not any(isinstance(f, Notice) for f in found)


@pytest.mark.parametrize("on_disc", ["IM1", "im1.dcm", "IM1;1", "im1.", "IM1.DCM;1"])
def test_file_ids_find_what_their_copies_became(tmp_path: Path, on_disc: str) -> None:
    plant(tmp_path, f"images/{on_disc}")
    expected = str(tmp_path / "images" / on_disc)
    for file_id in (("IMAGES", "IM1"), ("images/IM1.dcm",), ("IMAGES", "IM1;1")):
        assert DiscFolder(str(tmp_path)).find(file_id) == expected


@pytest.mark.parametrize(
    "file_id",
    [
        ("..", "x"),
        ("a", "..", "..", "x"),
        ("/etc/passwd",),
        ("", "etc"),
        ("C:", "x"),
        ("a/../../x",),
    ],
)
def test_file_ids_never_leave_the_disc(tmp_path: Path, file_id: tuple[str, ...]) -> None:
    plant(tmp_path, "disc/a/1", "x")
    assert isinstance(DiscFolder(str(tmp_path / "disc")).find(file_id), Outside)


def test_links_on_a_disc_do_not_lead_out_of_it(tmp_path: Path) -> None:
    plant(tmp_path, "disc/real/1", "secret/1", "disc2/1")
    (tmp_path / "disc" / "out").symlink_to(tmp_path / "secret")
    (tmp_path / "disc" / "near").symlink_to(tmp_path / "disc2")
    (tmp_path / "disc" / "in").symlink_to("real")
    folder = DiscFolder(str(tmp_path / "disc"))
    assert isinstance(folder.find(("OUT", "1")), Outside)
    assert isinstance(folder.find(("NEAR", "1")), Outside)
    assert folder.find(("IN", "1")) == str(tmp_path / "disc" / "in" / "1")
