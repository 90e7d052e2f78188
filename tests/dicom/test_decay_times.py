"""The moment of injection on the clock of the scan, where the file states time zones."""

from __future__ import annotations

import pytest

from tests.dicom.slices import a_slice
from viewer.dicom.decay_times import Decay, NoSuvError, decay_to_scan
from viewer.dicom.headers import Radiopharmaceutical

F18_S = 6586.2


def decay(start_date_time: str, start_time: str = "", file_zone: str = "") -> Decay:
    tracer = Radiopharmaceutical(
        start_time=start_time,
        start_date_time=start_date_time,
        total_dose_bq=3.5e8,
        half_life_s=F18_S,
    )
    header = a_slice(
        1,
        modality="PT",
        series_date="20240110",
        series_time="003000",
        acquisition_date="20240110",
        acquisition_time="003000",
        timezone_offset_from_utc=file_zone,
        radiopharmaceutical=tracer,
    )
    return decay_to_scan(header, tracer, F18_S)


@pytest.mark.parametrize(
    ("start_date_time", "file_zone"),
    [
        ("20240109233000.00", ""),
        ("20240109233000.00", "+0100"),
        ("20240109233000.00+0100", "+0100"),
        ("20240109223000.00+0000", "+0100"),
        ("20240110043000.00+0000", "-0500"),
        ("20240110050000.00+0530", "+0000"),
    ],
)
def test_an_injection_in_another_time_zone_is_brought_to_that_of_the_scan(
    start_date_time: str, file_zone: str
) -> None:
    found = decay(start_date_time, file_zone=file_zone)
    assert found.seconds == 3600
    assert found.warnings == ()
    assert "RadiopharmaceuticalStartDateTime 2024-01-09 23:30:00" in found.inputs


@pytest.mark.parametrize(
    "start_date_time", ["20240109223000+0000", "20240110043000+0500", "20240109233000+0100"]
)
def test_a_file_that_does_not_say_its_zone_says_its_clock_with_the_time_alone(
    start_date_time: str,
) -> None:
    assert decay(start_date_time, start_time="233000").seconds == 3600


def test_a_zone_that_cannot_be_brought_to_that_of_the_scan_leaves_no_suv() -> None:
    with pytest.raises(NoSuvError, match="TimezoneOffsetFromUTC"):
        decay("20240109223000.00+0000")


def test_two_times_of_injection_that_contradict_are_said() -> None:
    found = decay("20240109233000+0000", start_time="233000", file_zone="+0100")
    assert found.seconds == 3600
    assert any("is another time than" in warning for warning in found.warnings)
