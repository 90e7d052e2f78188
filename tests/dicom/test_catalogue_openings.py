"""What is opened beside one another, anew, and closed meanwhile: nothing is lost, nothing old."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.dicom.slices import a_slice
from viewer.dicom.catalogue import CatalogueBuilder, Skipped
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS


def opened(builder: CatalogueBuilder, number: int, headers: Sequence[InstanceHeader]) -> None:
    builder.begin(number, ("/study",), DEFAULT_LIMITS)
    for header in headers:
        builder.add(header, number)


def paths(builder: CatalogueBuilder) -> list[str]:
    return sorted(header.path for header in headers(builder))


def headers(builder: CatalogueBuilder) -> list[InstanceHeader]:
    return [
        header
        for patient in builder.snapshot().patients
        for study in patient.studies
        for series in study.series
        for stack in series.stacks
        for header in stack.headers
    ]


def stack_uid(builder: CatalogueBuilder) -> str:
    return builder.snapshot().patients[0].studies[0].series[0].stacks[0].uid


def three() -> list[InstanceHeader]:
    return [a_slice(n, path=f"/study/{n}") for n in (1, 2, 3)]


def test_the_same_folder_opened_twice_ends_in_any_order() -> None:
    builder = CatalogueBuilder()
    opened(builder, 1, three()[:1])
    opened(builder, 2, three())
    builder.end(2)
    builder.add(three()[1], 1)
    builder.end(1)
    assert paths(builder) == ["/study/1", "/study/2", "/study/3"]
    assert builder.roots() == ("/study",)


def test_what_was_opened_again_before_its_closing_was_heard_of_stays() -> None:
    builder = CatalogueBuilder()
    opened(builder, 1, three())
    builder.end(1)
    uid = three()[0].study_instance_uid
    opened(builder, 2, three()[:2])
    builder.close_study(uid, 1)
    assert paths(builder) == ["/study/1", "/study/2"]
    builder.add(three()[2], 2)
    builder.end(2)
    assert paths(builder) == ["/study/1", "/study/2", "/study/3"]


def test_closings_that_are_heard_of_in_another_order_close_all_the_same() -> None:
    builder = CatalogueBuilder()
    opened(builder, 1, three()[:1])
    uid = three()[0].study_instance_uid
    opened(builder, 2, three()[:2])
    builder.close_study(uid, 2)
    builder.close_study(uid, 1)
    builder.add(three()[2], 2)
    assert paths(builder) == []


def test_a_study_closed_while_it_is_read_can_be_opened_again() -> None:
    builder = CatalogueBuilder()
    opened(builder, 1, three()[:1])
    builder.close_study(three()[0].study_instance_uid, 1)
    builder.add(three()[1], 1)  # its scan goes on
    assert paths(builder) == []
    opened(builder, 2, three())
    assert paths(builder) == ["/study/1", "/study/2", "/study/3"]


def test_a_file_that_was_gone_and_is_back_is_not_taken_for_the_one_before() -> None:
    builder = CatalogueBuilder()
    opened(builder, 1, three())
    builder.end(1)
    before = stack_uid(builder)
    opened(builder, 2, three()[:2])
    builder.end(2)
    assert paths(builder) == ["/study/1", "/study/2"]
    opened(builder, 3, [*three()[:2], a_slice(3, path="/study/3", mtime_ns=7)])
    builder.end(3)
    assert stack_uid(builder) != before


def test_a_study_closed_and_changed_is_not_taken_for_the_one_before() -> None:
    builder = CatalogueBuilder()
    opened(builder, 1, three())
    builder.end(1)
    before = stack_uid(builder)
    builder.close_study(three()[0].study_instance_uid, 1)
    opened(builder, 2, [a_slice(1, path="/study/1", mtime_ns=7)])
    assert stack_uid(builder) != before


def test_a_file_that_cannot_be_read_now_stays_as_it_was() -> None:
    builder = CatalogueBuilder()
    opened(builder, 1, three())
    builder.end(1)
    opened(builder, 2, three()[:2])
    builder.add(Skipped("/study/3", "unreadable", "No disc."), 2)
    builder.end(2)
    assert paths(builder) == ["/study/1", "/study/2", "/study/3"]


def test_a_copy_is_shown_once_what_it_is_a_copy_of_is_gone() -> None:
    builder = CatalogueBuilder()
    opened(builder, 1, three()[:1])
    builder.end(1)
    copies = [replace(three()[0], path=f"/study/copy{number}") for number in (1, 2)]
    opened(builder, 2, copies)
    assert paths(builder) == ["/study/1"]
    builder.end(2)
    assert paths(builder) == ["/study/copy1"]
    (skipped,) = builder.snapshot().ledger.skipped
    assert skipped.path == "/study/copy2"
    assert "/study/copy1, which is shown" in skipped.reason


def test_a_file_that_became_another_is_shown_beside_the_copy_of_what_it_was() -> None:
    builder = CatalogueBuilder()
    opened(builder, 1, three()[:1])
    builder.end(1)
    copy = replace(three()[0], path="/study/0")
    another = replace(three()[1], path="/study/1", patient_name="Another")
    opened(builder, 2, [copy, another])
    builder.end(2)
    assert paths(builder) == ["/study/0", "/study/1"]
    assert {one.patient_name for one in headers(builder) if one.path == "/study/1"} == {"Another"}
    assert not builder.snapshot().ledger.skipped


def test_a_copy_that_is_open_from_elsewhere_is_shown_once_its_original_is_gone() -> None:
    builder = CatalogueBuilder()
    copy = replace(three()[0], path="/other/1")
    for number, header in enumerate((three()[0], copy), 1):
        builder.begin(number, (f"/{header.path.split('/')[1]}",), DEFAULT_LIMITS)
        builder.add(header, number)
        builder.end(number)
    assert paths(builder) == ["/study/1"]
    builder.rest()
    opened(builder, 3, three()[1:])
    builder.end(3)
    assert paths(builder) == ["/other/1", "/study/2", "/study/3"]
    builder.close_study(copy.study_instance_uid, 3)
    assert paths(builder) == []
    assert not builder.snapshot().ledger.skipped


def test_an_original_that_was_touched_stays_the_one_that_is_shown() -> None:
    builder = CatalogueBuilder()
    opened(builder, 1, [three()[0], replace(three()[0], path="/study/copy")])
    builder.end(1)
    opened(builder, 2, [replace(three()[0], mtime_ns=7)])
    builder.add(replace(three()[0], path="/study/copy"), 2)
    assert builder.first_of(2, builder.snapshot()) is not None
    builder.end(2)
    assert paths(builder) == ["/study/1"]
    assert [one.path for one in builder.snapshot().ledger.skipped] == ["/study/copy"]


def test_what_stands_for_a_copy_that_was_opened_is_what_is_shown_first() -> None:
    builder = CatalogueBuilder()
    opened(builder, 1, three())
    builder.end(1)
    builder.begin(2, ("/other/3",), DEFAULT_LIMITS)
    builder.add(replace(three()[2], path="/other/3"), 2)
    found = builder.first_of(2, builder.snapshot())
    assert found is not None
    stack, index = found
    assert stack.header(index).path == "/study/3"


def test_frames_of_copies_are_not_held_against_others() -> None:
    builder = CatalogueBuilder()
    limits = replace(DEFAULT_LIMITS, frames_in_all=10)
    builder.begin(1, ("/study",), limits)
    for number, uid in enumerate(("1", "1", "2"), 1):
        path = f"/study/{number}"
        builder.add(a_slice(1, sop_instance_uid=uid, path=path, number_of_frames=4), 1)
    builder.end(1)
    assert paths(builder) == ["/study/1", "/study/3"]


def test_copies_are_told_where_the_first_of_several_under_their_uid_is_gone() -> None:
    builder = CatalogueBuilder()
    other = replace(three()[1], sop_instance_uid=three()[0].sop_instance_uid)
    opened(builder, 1, [three()[0], other])
    builder.end(1)
    opened(builder, 2, [other])
    builder.end(2)
    opened(builder, 3, [other, replace(other, path="/study/copy")])
    builder.end(3)
    assert paths(builder) == ["/study/2"]
