from __future__ import annotations

import json

from tests.dicom.slices import AXIAL, a_slice
from viewer.dicom.catalogue import CatalogueBuilder, Skipped
from viewer.dicom.headers import FrameGroup, Reference
from viewer.dicom.listing import catalogue_json, catalogue_text


def built(*items):
    builder = CatalogueBuilder()
    for item in items:
        builder.add(item)
    return builder.snapshot()


def test_json_has_the_documented_form():
    damaged = Skipped("/study/x", "damaged", "It ends early.")
    values = catalogue_json(
        built(a_slice(1), a_slice(2), damaged, a_slice(3, series_description="Ax"))
    )
    assert json.loads(json.dumps(values)) == {
        "patients": [
            {
                "name": "Doe^Jo",
                "id": "7",
                "studies": [
                    {
                        "uid": "1.3",
                        "date": "20240102",
                        "description": "",
                        "series": [
                            {
                                "uid": "1.4",
                                "number": 1,
                                "modality": "CT",
                                "description": "Ax",
                                "stacks": [
                                    {
                                        "kind": "image",
                                        "frames": 3,
                                        "rows": 48,
                                        "columns": 48,
                                        "split_reason": "",
                                        "regular": True,
                                        "spacing_zyx_mm": [1.0, 1.2, 1.2],
                                        "geometry_notes": [],
                                        "files": ["/study/IM1", "/study/IM2", "/study/IM3"],
                                        "references": [],
                                    }
                                ],
                            }
                        ],
                    }
                ],
            }
        ],
        "ledger": {
            "seen": 4,
            "shown": 3,
            "skipped": [{"path": "/study/x", "kind": "damaged", "reason": "It ends early."}],
        },
    }


def test_a_file_in_several_stacks_is_listed_once():
    groups = tuple(
        FrameGroup((0.0, 0.0, float(z)), AXIAL, (1.0, 1.0), b_value=b)
        for b in (0.0, 800.0)
        for z in range(3)
    )
    values = catalogue_json(built(a_slice(1, number_of_frames=6, frame_groups=groups)))
    stacks = values["patients"][0]["studies"][0]["series"][0]["stacks"]
    assert [(s["frames"], s["files"]) for s in stacks] == [(3, ["/study/IM1"]), (3, [])]


def test_text_is_printable_and_names_what_was_skipped():
    text = catalogue_text(
        built(
            a_slice(1, patient_name="Evil\x1b]0;^Jo\nhn", series_description="a\x07b"),
            a_slice(2, 9.0),
            a_slice(3, 2.0),
            a_slice(4, 3.0),
            Skipped("/study/\x1bx", "damaged", "It ends early."),
        )
    )
    assert all(line.isprintable() for line in text.splitlines())
    assert "Evil" in text
    assert "It ends early." in text
    assert text.splitlines()[-2] == "5 files: 4 images in 2 series, 1 damaged"


def test_text_gives_each_stack_its_reason_and_its_faults():
    headers = [a_slice(n, float(n // 2), echo_time=(4.6, 9.2)[n % 2]) for n in range(8)]
    headers.append(a_slice(20, 50.0, echo_time=9.2))
    text = catalogue_text(built(*headers))
    assert "EchoTime 4.6 ms: image, 4 frames of 48 × 48, 1 × 1.2 × 1.2 mm" in text
    assert "! gap of 47.0 mm after frame 4; elsewhere 1.0 mm" in text


def a_state(**changed):
    return a_slice(
        90,
        **{
            "sop_class_uid": "1.2.840.10008.5.1.4.1.1.11.1",
            "series_instance_uid": "1.9",
            "series_number": 7,
            "modality": "PR",
            "pixel_data_tag": None,
            "rows": None,
            "content_label": "LUNG",
            "references": (Reference("1.4", "1.2.1"), Reference("1.4", "1.2.2")),
            **changed,
        },
    )


def test_a_presentation_state_is_listed_with_the_series_that_it_is_for():
    catalogue = built(a_slice(1), a_slice(2), a_state())
    assert "7 PR  no description: presentation state LUNG for series 1\n" in catalogue_text(
        catalogue
    )
    series = catalogue_json(catalogue)["patients"][0]["studies"][0]["series"]
    assert [s["stacks"][0]["references"] for s in series] == [[], ["1.4"]]


def test_a_presentation_state_without_its_images_says_so():
    text = catalogue_text(built(a_state()))
    assert "presentation state LUNG for images that are not among these files" in text


def test_a_presentation_state_over_two_series_names_both():
    references = (Reference("1.4", "1.2.1"), Reference("1.5", "1.2.2"))
    other = a_slice(2, series_instance_uid="1.5", series_number=3)
    text = catalogue_text(built(a_slice(1), other, a_state(references=references)))
    assert "presentation state LUNG for series 1 and 3" in text
