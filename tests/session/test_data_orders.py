"""What the dialogs of export and de-identification ask of the commands: scopes, orders, changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.images import an_image
from viewer.dicom.catalogue import Catalogue, CatalogueBuilder
from viewer.dicom.reading import read_header
from viewer.imaging.voi import VoiWindow
from viewer.imaging.voi_choice import FixedVoi
from viewer.session.deidentify_changes import Changes
from viewer.session.deidentify_order import rectangles_of, rectangles_text
from viewer.session.export_order import FORMATS, ExportOrder, frames_of, window_arguments
from viewer.session.scopes import Scope, at_frame, scopes_of
from viewer.session.viewport import Picture, ViewportState


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Give a catalogue of two patients with two images each."""
    builder = CatalogueBuilder()
    for patient in ("A", "B"):
        for number in (1, 2):
            path = an_image(tmp_path / patient / str(number), patient, number)
            builder.add(read_header(str(path)))
    return builder.snapshot()


def scope(**more: object) -> Scope:
    return Scope("stack", "This stack", ("/1", "/2"), 2, 100, **more)


def test_scopes_grow_from_the_frame_to_all_that_is_open(catalogue: Catalogue) -> None:
    stack = catalogue.stacks()[1]
    scopes = scopes_of(catalogue, stack, 1, stack.headers[0].study_instance_uid)
    assert [(one.kind, one.images, len(one.paths)) for one in scopes] == [
        ("frame", 1, 2),
        ("stack", 2, 2),
        ("series", 2, 2),
        ("study", 2, 2),
        ("all", 4, 4),
    ]
    frame = scopes[0].order()
    assert frame["frames"] == "2"
    assert frame["stacks"] == [stack.uid]
    assert "stacks" not in scopes[2].order()
    assert at_frame(scopes[0], stack, 0).order()["frames"] == "1"


def test_without_a_picture_there_are_study_and_all(catalogue: Catalogue) -> None:
    study = catalogue.patients[0].studies[0].uid
    assert [one.kind for one in scopes_of(catalogue, None, 0, study)] == ["study", "all"]
    assert scopes_of(Catalogue(), None, 0, "") == ()


def test_frames_are_read_as_they_are_typed() -> None:
    assert frames_of("1-3, 7,9-", 10) == [0, 1, 2, 6, 8, 9]
    assert frames_of(" ", 10) == []
    for wrong in ("0", "3-1", "x", "1,,2", "11"):
        with pytest.raises(ValueError, match="frame"):
            frames_of(wrong, 10)


def test_an_order_says_what_is_left_out_of_the_picture() -> None:
    png = FORMATS[0]
    order = ExportOrder(
        scope(), png, "seen", overlays=False, shutter=False, pattern="x", replace=True
    )
    assert order.arguments("/out") == [
        *("export", "-o", "/out", "--format", "png", "--values", "seen", "--turn", "0"),
        *("--no-overlays", "--no-shutter", "--name", "x", "--replace"),
    ]


def test_steps_say_the_values_alone() -> None:
    npz = next(form for form in FORMATS if form.name == "npz")
    order = ExportOrder(scope(), npz, "modality", steps=('values = "modality"', "clip = [0, 1]"))
    arguments = order.arguments("/out")
    assert "--values" not in arguments
    assert arguments.count("--step") == 2


def test_a_window_that_is_no_plain_one_is_not_told_as_one(catalogue: Catalogue) -> None:
    viewport = ViewportState()
    viewport.show(catalogue.stacks()[0])
    viewport.appearance.choice = FixedVoi(VoiWindow(-600, 1500), "Lung")
    assert window_arguments(viewport, Picture()) == ("--window", "-600", "1500")
    viewport.appearance.choice = FixedVoi(VoiWindow(0, 10, "SIGMOID"), "Soft")
    assert window_arguments(viewport, Picture()) is None


def test_rectangles_are_read_and_written() -> None:
    assert rectangles_of("1,1,60,512; 401,1,20,100;") == ((0, 0, 60, 512), (400, 0, 20, 100))
    assert rectangles_of(rectangles_text([(1, 2, 3, 4)])) == ((1, 2, 3, 4),)
    for wrong in ("1,2,3", "a", "0,0,0,5", "-1,0,2,2"):
        with pytest.raises(ValueError, match="rectangle"):
            rectangles_of(wrong)


def test_changes_that_are_the_same_are_folded() -> None:
    changes = Changes()

    def line(path: str, before: str, after: str | None) -> dict:
        return {"change": {"path": path, "tag": "(0010,0010)", "name": "Name", "where": "",
                           "action": "Z", "before": before, "after": after}}  # fmt: skip

    grown, touched = changes.take([line("/1", "Doe", "N"), line("/2", "Doe", "N")])
    assert (grown, touched) == ([0], {0})
    changes.take([line("/3", "Roe", None), {"stage": 1}, {"change": 3}, {"held": {"path": "/4"}}])
    (row,) = changes.rows
    assert [(pair.before, pair.after, changes.pair_files(pair)) for pair in row.pairs] == [
        ("Doe", "N", ["/1", "/2"]),
        ("Roe", "", ["/3"]),
    ]
    assert (row.files, changes.number, len(changes.held)) == (3, 3, 1)
