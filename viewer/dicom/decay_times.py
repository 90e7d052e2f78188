"""How long a PET tracer has decayed when an image's values hold: from injection to scan start.

Dates and times are the file's own clock; which time an image is corrected to
follows the vendor-neutral rules that QIBA has published for SUV. What the
decay does to a dose is left to `viewer.imaging.suv`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from viewer.dicom.headers import InstanceHeader, Radiopharmaceutical

# PS3.5 6.2; colons and points are of the retired ACR-NEMA forms
_DATE = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
_TIME = re.compile(r"(\d{2})(?::?(\d{2})(?::?(\d{2}(?:\.\d*)?))?)?")
_ZONE = re.compile(r"([+-])(\d{2})(\d{2})$")
_DAY = timedelta(days=1)
_NO_DATE = datetime(2000, 1, 2, tzinfo=UTC)  # stands in where a file has no dates
_IMPLAUSIBLE = 10.0  # half-lives: a thousandth is left, and nobody makes a picture of it
_WITHIN_SCAN = timedelta(hours=1)  # an injection so long after the start belongs to a dynamic scan
_LONGEST_SCAN_MS = _DAY.total_seconds() * 1000
_YEARS = range(1900, 2200)


class NoSuvError(Exception):
    """A sentence that says why there is no SUV."""


@dataclass(frozen=True, slots=True)
class Decay:
    """Seconds from injection to the time that the values are corrected to, and how known."""

    seconds: float
    inputs: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def decay_to_scan(header: InstanceHeader, tracer: Radiopharmaceutical, half_life_s: float) -> Decay:
    """Give the decay from injection to the start of the scan, for DecayCorrection START.

    Raises
    ------
    NoSuvError
        A time is absent or cannot be true.
    """
    scan, inputs, warnings = _scan_start(header, half_life_s)
    started, zone_warnings = _injection(tracer, header.timezone_offset_from_utc)
    seconds, more_inputs, more_warnings = _since_injection(tracer, started, scan, half_life_s)
    return Decay(seconds, inputs + more_inputs, warnings + zone_warnings + more_warnings)


_Found = tuple[datetime, tuple[str, ...], tuple[str, ...]]


def _scan_start(header: InstanceHeader, half_life_s: float) -> _Found:
    """Give the time to which the scanner has corrected the decay.

    SeriesTime where it is not later than AcquisitionTime: later it is that of
    a series made afterwards.
    """
    series = _moment(header.series_date or header.acquisition_date, header.series_time)
    acquisition = _moment(header.acquisition_date or header.series_date, header.acquisition_time)
    if series and acquisition and not header.acquisition_date and series - acquisition > _DAY / 2:
        acquisition += _DAY  # over midnight, without a date of its own
    if series and (acquisition is None or series <= acquisition):
        return series, (f"SeriesTime {_words(series)}",), ()
    tracer = header.radiopharmaceutical
    private = _date_time(tracer.ge_scan_date_time) if tracer is not None else None
    if private is not None:
        return private, (f"PET scan_datetime (0009,xx0D) of GE {_words(private)}",), ()
    if acquisition is None:
        raise NoSuvError("SeriesTime and AcquisitionTime are absent, so the decay is not known.")
    offset, duration = header.frame_reference_time_ms, header.actual_frame_duration_ms
    if offset and duration and 0 < offset < _LONGEST_SCAN_MS and 0 < duration < _LONGEST_SCAN_MS:
        start = acquisition - timedelta(
            seconds=offset / 1000 - _mean_activity_s(duration / 1000, half_life_s)
        )
        lines = (
            f"AcquisitionTime {_words(acquisition)}",
            f"FrameReferenceTime {offset:g} ms",
            f"ActualFrameDuration {duration:g} ms",
            f"scan start computed from them {_words(start)}",
        )
        return start, lines, ()
    warning = (
        "SeriesTime is absent or later than AcquisitionTime; AcquisitionTime is used as the start"
        " of the scan, which is right for the first bed position alone."
    )
    return acquisition, (f"AcquisitionTime {_words(acquisition)}",), (warning,)


def _mean_activity_s(duration_s: float, half_life_s: float) -> float:
    """Give when, within a frame, the activity is that frame's mean."""
    decays = math.log(2) * duration_s / half_life_s
    if decays < 1e-6:  # 1 - exp(-x) loses its digits; the limit is the middle
        return duration_s / 2
    return float(math.log(decays / -math.expm1(-decays)) * half_life_s / math.log(2))


def _injection(
    tracer: Radiopharmaceutical, file_zone: str
) -> tuple[datetime | None, tuple[str, ...]]:
    """Give RadiopharmaceuticalStartDateTime on the clock of the scan's times; None without one.

    TM and DT without an offset are in the zone of TimezoneOffsetFromUTC:
    PS3.3 C.12.1.1.8.
    """
    started = _date_time(tracer.start_date_time)
    zone = _offset(tracer.start_date_time)
    if started is None or zone is None:
        return started, ()
    own = _offset(file_zone)
    if own is not None:
        started += own - zone
    clock = _moment(f"{started:%Y%m%d}", tracer.start_time)
    if clock is None:
        if own is None:
            raise NoSuvError(
                "RadiopharmaceuticalStartDateTime states a time zone, and without"
                " TimezoneOffsetFromUTC that of the scan is not known, nor is the decay."
            )
        return started, ()
    at_clock = clock + round((started - clock) / _DAY) * _DAY
    if own is None or abs(at_clock - started) < timedelta(minutes=1):
        return at_clock, ()
    return at_clock, (
        "RadiopharmaceuticalStartDateTime with its time zone is another time than"
        " RadiopharmaceuticalStartTime, which is used.",
    )


def _since_injection(
    tracer: Radiopharmaceutical, started: datetime | None, scan: datetime, half_life_s: float
) -> tuple[float, tuple[str, ...], tuple[str, ...]]:
    warnings: list[str] = []
    if started is not None:
        seconds = (scan - started).total_seconds()
        if _is_plausible(seconds, half_life_s):
            warnings += _note_of_late_injection(seconds)
            line = f"RadiopharmaceuticalStartDateTime {_words(started)}"
            return seconds, (line, f"decay over {seconds:g} s"), tuple(warnings)
        warnings = [
            "RadiopharmaceuticalStartDateTime does not fit the time of the scan and is not used."
        ]
    started = _moment(f"{scan:%Y%m%d}", tracer.start_time)
    if started is None:
        raise NoSuvError(
            "RadiopharmaceuticalStartDateTime does not fit the time of the scan, and there is no"
            " RadiopharmaceuticalStartTime."
            if warnings
            else "RadiopharmaceuticalStartTime is absent, so the decay is not known."
        )
    seconds = (scan - started).total_seconds()
    before_midnight = seconds + _DAY.total_seconds()
    if seconds < 0 and _is_plausible(before_midnight, half_life_s):
        seconds = before_midnight
        warnings.append(
            "RadiopharmaceuticalStartTime is later than the scan and taken for the day before."
        )
    if not _is_plausible(seconds, half_life_s):
        raise NoSuvError(
            "RadiopharmaceuticalStartTime does not fit the time of the scan, so the decay is not"
            " known."
        )
    warnings += _note_of_late_injection(seconds)
    line = f"RadiopharmaceuticalStartTime {started:%H:%M:%S}"
    return seconds, (line, f"decay over {seconds:g} s"), tuple(warnings)


def _is_plausible(seconds: float, half_life_s: float) -> bool:
    longest = _IMPLAUSIBLE * half_life_s
    return -min(_WITHIN_SCAN.total_seconds(), longest) <= seconds <= longest


def _note_of_late_injection(seconds: float) -> list[str]:
    late = "The tracer was given after the start of the scan; its dose is reckoned back to it."
    return [late] if seconds < 0 else []


def _moment(date: str, time: str) -> datetime | None:
    """Join DA and TM; without a date, a day that stands for it."""
    day = _day(date) if date else _NO_DATE
    clock = _TIME.fullmatch(time)
    if day is None or clock is None:
        return None
    hours, minutes, seconds = (float(part or 0) for part in clock.groups())
    if hours >= 24 or minutes >= 60 or seconds > 60:  # 60: a leap second
        return None
    return day + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _date_time(value: str) -> datetime | None:
    """Read a DT with at least an hour, on its own clock."""
    local = _ZONE.sub("", value)
    return _moment(local[:8], local[8:]) if len(local) > 8 else None


def _offset(value: str) -> timedelta | None:
    """Read the offset from UTC at the end of a DT; None where there is none."""
    found = _ZONE.search(value)
    if found is None:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -offset if found[1] == "-" else offset


def _day(value: str) -> datetime | None:
    parts = _DATE.fullmatch(value)
    if parts is None:
        return None
    year, month, day = map(int, parts.groups())
    if year not in _YEARS:
        return None
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:  # the 30th of February
        return None


def _words(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}" if moment.year == _NO_DATE.year else f"{moment:%Y-%m-%d %H:%M:%S}"
