"""Header after header, with a memory: files of one series are read by what they share.

The walk over a file is `quickread`'s, what a series shares `series_template`'s.
Any file that does not fit is walked, so that a header never depends on what
was read before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from viewer.dicom import header_fields, radiopharmaceutical
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.quickread import QuickRead, RawValues, quick_header, quick_read
from viewer.dicom.series_template import (
    Element,
    SeriesTemplate,
    differences,
    elements_of,
    template_of,
)
from viewer.dicom.shared_fields import alike, changing_values
from viewer.dicom.values import LONGEST_VALUE

_SHORTEST = 8  # bytes of an element, or an item
_FRUITLESS = 16  # files in a row that taught nothing: their series has too little in common
# what other values are read by, and what decides on the reader
_SAME_IN_A_SERIES = frozenset(
    (
        header_fields.CHARACTER_SET,
        header_fields.TRANSFER_SYNTAX,
        header_fields.MEDIA_SOP_CLASS,
        header_fields.SOP_CLASS,
        header_fields.PIXEL_REPRESENTATION,
        radiopharmaceutical.SEQUENCE,
    )
)
_EMPTY = (None, "", ())  # unreadable perhaps, or said elsewhere
_Filled = tuple[tuple[int, header_fields.ChangingField], ...]  # each with the place of its gap


@dataclass(slots=True)
class _Series:
    """The last file that was walked, and what it has in common with others of its series."""

    uid: str
    window: bytes
    read: QuickRead
    listed: list[Element] | None = None
    differing: frozenset[int] = frozenset()
    template: SeriesTemplate | None = None
    found: RawValues = field(default_factory=dict)  # what all files of the series share
    converted: header_fields.Converted | None = None  # the same
    filled: _Filled | None = None  # by the gaps; None: other fields as well
    model: _Model | None = None
    fruitless: int = 0


@dataclass(frozen=True, slots=True)
class _Model:
    """A header of the series, and which of its fields come from which gap."""

    header: InstanceHeader
    values: dict[str, Any]
    filled: _Filled
    context: header_fields.Context

    def header_of(
        self,
        path: str,
        size: int,
        mtime_ns: int,
        window: bytes,
        places: Sequence[tuple[int, int]],
        end: int,
    ) -> InstanceHeader | None:
        """Build the header of another file; None where a value is more than a value."""
        values = {
            **self.values,
            "path": path,
            "size": size,
            "mtime_ns": mtime_ns,
            "pixel_data_offset": end,
        }
        for place, field_of in self.filled:
            start, stop = places[place]
            value = field_of.convert(window[start:stop], field_of.vr, self.context)
            if value in _EMPTY:
                return None
            values[field_of.name] = value
        return alike(self.header, values)


class SeriesReader:
    """Reads the headers of one file after another; quickest where they are of one series.

    Not to be shared between threads.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._series: _Series | None = None
        self._depth = limits.sequence_depth
        # more bytes may hold more than the limits allow: nothing is counted here
        self._longest = _SHORTEST * min(
            limits.elements_per_file, limits.items_per_file, limits.fragments_per_file
        )

    def header(self, path: str, size: int, mtime_ns: int, window: bytes) -> InstanceHeader | None:
        """Read the header from the first bytes of a file.

        Parameters
        ----------
        path, size, mtime_ns
            Of the file; go into the header as they are.
        window : bytes
            The file's first bytes (all of them if it is short).

        Returns
        -------
        InstanceHeader or None
            None where anything is odd or the window is too short.
        """
        if len(window) > self._longest:
            return None
        series = self._series
        if series is not None and series.template is not None:
            matched = series.template.match(window)
            if matched is not None and _all_short(matched[0]):
                series.fruitless = 0
                return _header_of_series(path, size, mtime_ns, window, series, *matched)
        read = quick_read(window, size, self._depth)
        if read is None:
            return None
        header = quick_header(path, size, mtime_ns, read)
        self._learn(header, window, read)
        return header

    def _learn(self, header: InstanceHeader, window: bytes, read: QuickRead) -> None:
        """Find out what the file shares with the one before, if both are of one series."""
        series = self._series
        if series is None or series.uid != header.series_instance_uid or not series.uid:
            self._series = _Series(header.series_instance_uid, window, read)
            return
        if read.pixels.offset is None or series.fruitless > _FRUITLESS:
            return
        series.fruitless += 1
        if series.listed is None and series.read.pixels.offset is not None:
            series.listed = elements_of(
                series.window,
                series.read.pixels.offset,
                implicit=series.read.implicit,
                depth=self._depth,
            )
        listed = elements_of(window, read.pixels.offset, implicit=read.implicit, depth=self._depth)
        if listed is None or series.listed is None:
            return
        differing = differences(series.window, series.listed, window, listed)
        if differing is None:  # other elements: perhaps those that follow are like this one
            fruitless = series.fruitless
            self._series = _Series(series.uid, window, read, listed, fruitless=fruitless)
            return
        _renew_template(series, series.differing | differing, self._depth)


def _all_short(places: Sequence[tuple[int, int]]) -> bool:
    return all(stop - start <= LONGEST_VALUE for start, stop in places)


def _renew_template(series: _Series, differing: frozenset[int], depth: int) -> None:
    listed = series.listed or []
    tags = {listed[place].tag for place in differing}
    repeated = sum(element.tag in tags for element in listed) > len(differing)
    if repeated or tags & _SAME_IN_A_SERIES:  # of one that comes twice, the last one counts
        return
    series.differing = differing
    series.template = template_of(series.window, listed, differing, depth)
    series.found = {tag: raw for tag, raw in series.read.found.items() if tag not in tags}
    series.converted = header_fields.converted(series.found)
    series.filled = _filled_by(series.template) if series.template is not None else None
    series.model = None


def _header_of_series(
    path: str,
    size: int,
    mtime_ns: int,
    window: bytes,
    series: _Series,
    places: Sequence[tuple[int, int]],
    end: int,
) -> InstanceHeader:
    """Build the header of a file that fits the template of its series."""
    if series.model is not None:
        header = series.model.header_of(path, size, mtime_ns, window, places, end)
        if header is not None:
            return header
    own: RawValues = {}
    assert series.template is not None
    for gap, (start, stop) in zip(series.template.gaps, places, strict=True):
        if gap.tag in header_fields.WANTED_TAGS:
            own[gap.tag] = (gap.vr, window[start:stop])
    pixels = series.read.pixels
    header = header_fields.build_header(
        path,
        size,
        mtime_ns,
        {**series.found, **own},
        implicit=series.read.implicit,
        pixels=header_fields.PixelPlace(pixels.tag, end, pixels.length),
        needs_full_description=series.read.flagged,
        known=series.converted,
    )
    if series.model is None and series.filled is not None:
        assert series.converted is not None
        model = _Model(header, changing_values(header), series.filled, series.converted.context)
        if model.header_of(path, size, mtime_ns, window, places, end) == header:
            series.model = model
    return header


def _filled_by(template: SeriesTemplate) -> _Filled | None:
    """Tell what the gaps fill; None where that is more than fields in which they may differ."""
    fields = []
    for place, gap in enumerate(template.gaps):
        if gap.tag not in header_fields.WANTED_TAGS or gap.tag == header_fields.MEDIA_SOP_INSTANCE:
            continue
        filled = header_fields.changing_field(gap.tag, gap.vr)
        if filled is None:
            return None
        fields.append((place, filled))
    return tuple(fields)
