"""What can be searched for in the tags of a file, and that no pattern holds anything up."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from viewer.commands.tag_child import tag_child
from viewer.dicom.errors import NegatoError
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.tag_search import SearchError, find_in_file, find_rows, has_pattern, parse
from viewer.dicom.tags import TagTable, read_tags, tag_text


@pytest.fixture(scope="module")
def table() -> TagTable:
    return read_tags(str(get_testdata_file("CT_small.dcm", download=False)))


def tags_of(table: TagTable, search: str) -> list[str]:
    return [tag_text(int(table.tags[row])) for row in find_rows(table, search)]


@pytest.mark.parametrize("search", ["0018", "(0018,)", "group:0018", "0018xxxx", "tag:0018"])
def test_a_group_is_everything_of_it_and_nothing_else(table: TagTable, search: str) -> None:
    found = tags_of(table, search)
    assert len(found) > 10
    assert all(tag.startswith("(0018,") for tag in found)
    assert len(found) == int((table.tags >> 16 == 0x0018).sum())


def test_digits_that_are_no_group_of_the_file_are_text(table: TagTable) -> None:
    assert "(0008,0020)" in tags_of(table, "2004")  # StudyDate 20040119


@pytest.mark.parametrize(
    ("search", "tag"),
    [
        ("tag:0010,0010", "(0010,0010)"),
        ("00100010", "(0010,0010)"),
        ("keyword:PatientName", "(0010,0010)"),
        ("name:patient's name", "(0010,0010)"),
        ("value:CompressedSamples", "(0010,0010)"),
        ("vr:DS name:slice thick", "(0018,0050)"),
        ("thickness vr:DS", "(0018,0050)"),
        ("0018xx50", "(0018,0050)"),
        ("name:/^slice +thick/", "(0018,0050)"),
        (r"tag:/^\(0018,0050\)$/", "(0018,0050)"),
    ],
)
def test_a_field_is_searched_alone(table: TagTable, search: str, tag: str) -> None:
    assert tag in tags_of(table, search)
    assert len(tags_of(table, search)) <= 3


def test_several_parts_must_all_hold(table: TagTable) -> None:
    both = set(tags_of(table, "vr:DA,TM group:0008"))
    assert both == set(tags_of(table, "vr:DA,TM")) & set(tags_of(table, "group:0008"))
    assert len(both) > 4


def test_private_tags_are_found_by_their_creator(table: TagTable) -> None:
    everything, of_one = tags_of(table, "private:"), tags_of(table, "private:gems_iden_01")
    assert {tag[:5] for tag in of_one} == {"(0009"}
    assert "(0009,0010)" in of_one
    assert len(everything) > len(of_one) > 3
    assert all(int(tag[1:5], 16) & 1 for tag in everything)


@pytest.mark.parametrize(
    ("search", "told"),
    [
        ("/(/", "no regular expression"),
        ("value:/[/", "no regular expression"),
        ("tag:name", "hexadecimal digits"),
        ("group:00180050", "four hexadecimal digits"),
    ],
)
def test_a_search_that_means_nothing_is_told_in_words(search: str, told: str) -> None:
    with pytest.raises(SearchError, match=told):
        parse(search)


def test_paths_and_single_slashes_are_no_patterns(table: TagTable) -> None:
    assert not has_pattern(parse("/data/x"))
    assert not has_pattern(parse("/"))
    assert has_pattern(parse("/data/"))


def test_a_child_finds_the_same_rows(table: TagTable) -> None:
    found = find_in_file(table.path, r"/^\(0018/")
    assert found.tolist() == find_rows(table, "group:0018").tolist()


def test_a_pattern_that_never_ends_is_given_up(tmp_path: Path) -> None:
    import pydicom

    dataset = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    dataset.PatientComments = "x" * 64
    path = tmp_path / "file"
    dataset.save_as(path)
    with tag_child(str(path), DEFAULT_LIMITS) as child, pytest.raises(NegatoError, match="stopped"):
        child.ask(
            "viewer.dicom.tag_search:find_in_file",
            str(path),
            "value:/(x+x+)+y/",
            DEFAULT_LIMITS,
            seconds=2,
        )
