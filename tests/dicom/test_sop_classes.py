"""SOP classes have names; what is no UID keeps to itself."""

from __future__ import annotations

import pytest

from viewer.dicom.sop_classes import sop_class_name


@pytest.mark.parametrize("uid", ["1.2.840.\x01\x06.5", "Doe^Jo", "-inf" * 300])
def test_a_class_that_is_no_uid_is_named_without_a_warning_that_quotes_it(uid: str) -> None:
    assert sop_class_name(uid) == uid  # a warning is an error here


def test_known_classes_have_names() -> None:
    assert sop_class_name("1.2.840.10008.5.1.4.1.1.2") == "CT Image"
