"""Presentation states are found for the images that they are for."""

from __future__ import annotations

import time
from typing import Any

from tests.dicom.slices import a_slice
from viewer.dicom.catalogue import Catalogue, CatalogueBuilder
from viewer.dicom.headers import InstanceHeader, Reference
from viewer.session.presentation import state_name, states_for

GSPS = "1.2.840.10008.5.1.4.1.1.11.1"


def a_state(number: int, *images: int, **changed: Any) -> InstanceHeader:
    usual: dict[str, Any] = {
        "sop_class_uid": GSPS,
        "sop_instance_uid": f"1.7.{number}",
        "series_instance_uid": "1.9",
        "modality": "PR",
        "pixel_data_tag": None,
        "content_label": f"STATE{number}",
        "presentation_creation_date": "20240102",
        "references": tuple(Reference("1.4", f"1.2.{image}") for image in images),
    }
    return a_slice(90_000 + number, **{**usual, **changed})


def catalogue_of(*headers: InstanceHeader) -> Catalogue:
    builder = CatalogueBuilder()
    for header in headers:
        builder.add(header)
    return builder.snapshot()


def labels(states: tuple[InstanceHeader, ...]) -> list[str]:
    return [state.content_label for state in states]


def test_a_stack_has_the_states_that_are_for_one_of_its_images() -> None:
    catalogue = catalogue_of(
        a_slice(1), a_slice(2), a_slice(3, series_instance_uid="1.5"), a_state(1, 2), a_state(2, 3)
    )
    first, second, *documents = catalogue.stacks()
    assert labels(states_for(catalogue, first)) == ["STATE1"]
    assert labels(states_for(catalogue, second)) == ["STATE2"]
    assert states_for(catalogue, documents[0]) == ()


def test_the_newest_state_comes_first_however_dates_are_written() -> None:
    catalogue = catalogue_of(
        a_slice(1),
        a_state(1, 1, presentation_creation_date="2000.07.04"),
        a_state(2, 1, presentation_creation_date=""),
        a_state(3, 1, presentation_creation_date="20240102", presentation_creation_time="0900"),
        a_state(4, 1, presentation_creation_date="20240102", presentation_creation_time="10:00"),
    )
    found = states_for(catalogue, catalogue.stacks()[0])
    assert labels(found) == ["STATE4", "STATE3", "STATE1", "STATE2"]


def test_other_documents_are_no_states() -> None:
    report = a_state(1, 1, sop_class_uid="1.2.840.10008.5.1.4.1.1.88.11")
    catalogue = catalogue_of(a_slice(1), report)
    assert states_for(catalogue, catalogue.stacks()[0]) == ()


def test_names_are_plain_and_say_when() -> None:
    state = a_state(1, content_label="LUNG\x1b[0m", content_description="see\nleft")
    assert state_name(state) == "LUNG\ufffd[0m, see⏎left (2024-01-02)"
    bare = a_state(1, content_label="", presentation_creation_date="")
    assert state_name(bare) == "presentation state"


def test_finding_states_among_ten_thousand_images_takes_no_time_to_notice() -> None:
    images = [a_slice(n) for n in range(10_000)]
    states = [a_state(n, *range(n, 10_000, 20)) for n in range(20)]
    catalogue = catalogue_of(*images, *states)
    stack = catalogue.stacks()[0]
    began = time.process_time()
    assert len(states_for(catalogue, stack)) == 20
    assert time.process_time() - began < 0.1
