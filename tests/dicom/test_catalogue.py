from __future__ import annotations

import time
from dataclasses import replace

import pytest

from tests.dicom.slices import a_slice
from viewer.dicom.catalogue import (
    Catalogue,
    CatalogueBuilder,
    Skipped,
    ledger_sentence,
    ledger_text,
)
from viewer.dicom.ledger import Notice

SR = {"pixel_data_tag": None, "rows": None, "modality": "SR"}


def built(*items) -> Catalogue:
    builder = CatalogueBuilder()
    for item in items:
        builder.add(item)
    return builder.snapshot()


def series_of(catalogue: Catalogue):
    return [s for p in catalogue.patients for study in p.studies for s in study.series]


def in_series(uid: str, number: int | None, n: int = 1, **changed):
    return a_slice(
        n,
        path=f"/study/{uid}/{n}",
        sop_instance_uid=f"{uid}.{n}",
        series_instance_uid=uid,
        series_number=number,
        **changed,
    )


def test_nothing_added_is_an_empty_catalogue():
    assert built() == Catalogue()
    assert ledger_sentence(built()) == "no files"


def test_patients_are_told_by_id_issuer_and_name_and_sorted_by_name():
    catalogue = built(
        a_slice(1, patient_name="zoe", study_instance_uid="1"),
        a_slice(2, patient_name="Adam", study_instance_uid="2"),
        a_slice(3, patient_name="Adam", issuer_of_patient_id="B", study_instance_uid="3"),
        a_slice(4, patient_name="Adam^^^", study_instance_uid="2"),
    )
    assert [(p.name, p.issuer) for p in catalogue.patients] == [
        ("Adam", ""),
        ("Adam", "B"),
        ("zoe", ""),
    ]


def test_studies_are_newest_first_and_undated_last():
    dates = ["20200101", "", "20240101", "2022.01.01"]
    catalogue = built(
        *(a_slice(n, study_instance_uid=f"9.{n}", study_date=d) for n, d in enumerate(dates))
    )
    assert [s.date for s in catalogue.patients[0].studies] == [
        "20240101",
        "2022.01.01",
        "20200101",
        "",
    ]


def test_series_go_by_number_then_time_with_missing_last():
    catalogue = built(
        in_series("5", None),
        in_series("4", 10),
        in_series("3", 2, series_time="110000"),
        in_series("2", 2, series_time="100000"),
        in_series("1", 2),
    )
    times = [series.uid for series in series_of(catalogue)]
    assert times[3:] == ["4", "5"]
    assert times.index("2") < times.index("3")


def test_localizers_and_documents_come_after_images():
    catalogue = built(
        in_series("1", 1, image_type=("ORIGINAL", "PRIMARY", "LOCALIZER")),
        in_series("2", 2, **SR),
        in_series("3", 3),
        in_series("4", 4, modality="SEG"),
    )
    assert [series.uid for series in series_of(catalogue)] == ["3", "1", "2", "4"]


def test_a_description_that_only_one_file_has_is_shown():
    catalogue = built(a_slice(1), a_slice(2, study_description="Head", series_description="Ax"))
    assert catalogue.patients[0].studies[0].description == "Head"
    assert series_of(catalogue)[0].description == "Ax"


def test_files_without_uids_are_shown_by_folder_and_modality():
    bare = {"study_instance_uid": "", "series_instance_uid": "", "sop_instance_uid": ""}
    catalogue = built(
        a_slice(1, path="/a/1", **bare),
        a_slice(2, path="/a/2", **bare),
        a_slice(3, path="/b/1", **bare),
        a_slice(4, path="/b/2", **{**bare, "modality": "MR"}),
        a_slice(5, path="/c/1", study_date="19990101", **bare),
    )
    assert len(catalogue.patients[0].studies) == 2
    series = series_of(catalogue)
    assert sorted(len(s.stacks[0]) for s in series) == [1, 1, 1, 2]
    assert len({s.uid for s in series}) == 4
    assert catalogue.ledger.shown == 5


def test_same_object_twice_is_shown_once_and_says_where():
    copy = a_slice(1, path="/copy/IM1")
    catalogue = built(a_slice(1), a_slice(2), copy)
    assert catalogue.ledger.seen == 3
    assert catalogue.ledger.shown == 2
    (skipped,) = catalogue.ledger.skipped
    assert (skipped.path, skipped.kind) == ("/copy/IM1", "duplicate")
    assert skipped.reason == "Has the SOPInstanceUID and header of /study/IM1, which is shown."


def test_another_picture_under_the_same_uid_is_shown_too_and_said():
    other = replace(a_slice(1, path="/study/IM9"), columns=64, size=9_000)
    catalogue = built(a_slice(1), a_slice(2), other)
    assert (catalogue.ledger.shown, catalogue.ledger.skipped) == (3, ())
    assert "SOPInstanceUID" in catalogue.ledger.notices[0]
    (series,) = series_of(catalogue)
    uids = [stack.uid for stack in series.stacks]
    assert len(set(uids)) == len(uids) == 2


def test_many_files_under_one_uid_take_no_more_time_each():
    sharing = [a_slice(n, path=f"/a/{n}", sop_instance_uid="1.2") for n in range(3000)]
    copies = [replace(header, path=f"/b/{n}") for n, header in enumerate(sharing)]
    builder = CatalogueBuilder()
    start = time.process_time()
    for header in (*sharing, *copies):
        builder.add(header)
    assert time.process_time() - start < 10
    ledger = builder.snapshot().ledger
    assert (ledger.shown, len(ledger.skipped)) == (3000, 3000)
    assert ledger.skipped[-1].reason.startswith("Has the SOPInstanceUID and header of /a/2999,")


def test_the_same_path_twice_is_one_file():
    damaged = Skipped("/x", "damaged", "It ends early.")
    ledger = built(a_slice(1), a_slice(1), damaged, damaged).ledger
    assert (ledger.seen, ledger.shown, len(ledger.skipped)) == (2, 1, 1)


def test_ledger_counts_every_file_once_by_its_reason():
    items = [in_series(f"1.{n % 2}", n % 2, n) for n in range(1, 1200)]
    items.append(in_series("9", 9, **SR))
    items += [Skipped(f"/d/{n}", "damaged", "It ends early.") for n in range(3)]
    items += [Skipped("/t", "not-dicom", "Not DICOM."), Skipped("/m", "missing", "Absent.")]
    catalogue = built(*items, replace(items[0], path="/again"))
    assert ledger_sentence(catalogue) == (
        "1,206 files: 1,199 images in 2 series, 1 document, 3 damaged, 1 missing, "
        "1 duplicate, 1 not DICOM"
    )
    assert catalogue.ledger.seen == catalogue.ledger.shown + len(catalogue.ledger.skipped)


def test_exported_ledger_names_every_file_and_stays_printable():
    catalogue = built(
        a_slice(1),
        Skipped("/bad\x1b[31m\nname", "damaged", "It ends early."),
        Skipped("/notes", "not-dicom", "It is none."),
        Notice("No index."),
    )
    text = ledger_text(catalogue)
    assert "Not DICOM (1):" in text
    assert "No index." in text
    assert "/study/IM1" in text
    assert "It ends early." in text
    assert all(line.isprintable() for line in text.splitlines())
    assert "name: It ends early." in text


def test_what_did_not_change_is_the_same_object_in_the_next_snapshot():
    builder = CatalogueBuilder()
    builder.add(in_series("1", 1))
    builder.add(in_series("2", 2))
    before = series_of(builder.snapshot())
    builder.add(in_series("2", 2, 2))
    after = series_of(builder.snapshot())
    assert after[0] is before[0]
    assert len(after[1].stacks[0]) == 2
    assert builder.snapshot().patients[0] is builder.snapshot().patients[0]


def test_a_snapshot_while_scanning_may_lag_but_counts_everything():
    builder = CatalogueBuilder()
    for n in range(100):
        builder.add(a_slice(n))
    builder.snapshot(complete=False)
    builder.add(a_slice(100))
    lagging = builder.snapshot(complete=False)
    assert lagging.ledger.seen == 101
    assert len(series_of(lagging)[0].stacks[0]) == 100
    assert len(series_of(builder.snapshot())[0].stacks[0]) == 101


@pytest.mark.parametrize("in_a_series", [100, 5000])
def test_snapshots_after_each_batch_stay_proportional_to_what_arrived(in_a_series):
    def seconds(count: int) -> float:
        headers = [in_series(str(n // in_a_series), 1, n) for n in range(count)]
        builder = CatalogueBuilder()
        start = time.process_time()
        for n, header in enumerate(headers):
            builder.add(header)
            if n % 50 == 0:
                builder.snapshot(complete=False)
        builder.snapshot()
        return time.process_time() - start

    seconds(500)
    assert seconds(5000) < 40 * max(seconds(500), 0.005)
