"""What a child does with one mutant: every way that a file may go, and whether they agree.

Sends each step before it is taken, so that a child that is lost tells where,
and a `Finding` for everything that is against a promise.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tests.fuzz.drawing import draw, draw_state
from tests.fuzz.findings import Finding, of_exception, of_sentence
from tests.fuzz.spans import without_sequences
from viewer.dicom import elements
from viewer.dicom.catalogue import Catalogue, CatalogueBuilder, Skipped
from viewer.dicom.checking import check_file
from viewer.dicom.cine import cine_rate
from viewer.dicom.compressed_frames import compressed_frame, read_compressed
from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.frames import read_frames
from viewer.dicom.fullread import full_header
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.listing import catalogue_json, catalogue_text
from viewer.dicom.native_frames import native_frame, read_native
from viewer.dicom.plain_description import description_from_header
from viewer.dicom.presentation_states import read_state
from viewer.dicom.reading import HeaderReader
from viewer.dicom.reduced import read_reduced
from viewer.dicom.scanning import scan
from viewer.dicom.series_reader import SeriesReader
from viewer.dicom.sop_classes import is_presentation_state
from viewer.dicom.tag_search import find_rows
from viewer.dicom.tags import keyword_path, read_tags
from viewer.imaging.frame import FrameDescription

Send = Callable[[object], None]
_Frame = tuple[np.ndarray, FrameDescription]
_SLOW_CPU_S = 2.0
_WINDOW = 16 << 10
_PLAIN = (elements.IMPLICIT_LITTLE, elements.EXPLICIT_LITTLE, elements.EXPLICIT_BIG)
_RLE, _DEFLATED_FRAME = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.8.1"
# no codec of others decodes these; "": no frame is decoded
_OURS = frozenset(("", *_PLAIN, *elements.DEFLATED, _RLE, _DEFLATED_FRAME))
_MOST_PIXELS = 4 << 20  # of a frame that is drawn here


def run_file(send: Send, path: str, sibling: str) -> None:
    """Take one file through everything.

    Parameters
    ----------
    sibling : str
        The file that the mutant descends from: read first, as of one series.
    """
    steps = Steps(send)
    header = _headers(steps, path, sibling)
    with steps.step("catalogue"):
        _catalogue(send, path)
    with steps.step("tags"):
        table = read_tags(path, DEFAULT_LIMITS)
        for search in ("a", "vr:DS value:1", "private:", "group:0018", "/^1/"):
            for row in find_rows(table, search)[:5]:
                keyword_path(table, int(row))
    with steps.step("first tags"):
        read_tags(path, DEFAULT_LIMITS, 20)
    with steps.step("check", header.transfer_syntax_uid if header else ""):
        steps.sentence(check_file(path, False, DEFAULT_LIMITS).message)
    if header is not None and is_presentation_state(header.sop_class_uid):
        with steps.step("state"):
            draw_state(read_state(path, DEFAULT_LIMITS))
    elif header is not None and header.pixel_data_tag is not None:
        _frames(steps, header)
    if steps.refusals:
        _judge_refusals(steps, path)


def _judge_refusals(steps: Steps, path: str) -> None:
    """Send what one way takes and another refuses, where no sequence is the reason.

    The quick ways do not look into sequences, so what is damaged there is not
    theirs to see: they must agree on the file without these.
    """
    with open(path, "rb") as stream:
        data = stream.read()
    plain = without_sequences(data)
    refusals = steps.refusals
    if plain != data:
        path = f"{path}-plain"
        with open(path, "wb") as stream:
            stream.write(plain)
        again = Steps(steps.send)
        header = _headers(again, path, "")
        if header is not None and header.pixel_data_tag is not None:
            _frames(again, header)
        os.unlink(path)
        refusals = again.refusals
    for refusal in refusals:
        steps.send(refusal)


class Steps:
    """Says each step before it is taken, and makes findings of what goes wrong in it."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self._name = self._syntax = ""
        self.refusals: list[Finding] = []

    @contextmanager
    def step(self, name: str, syntax: str = "") -> Iterator[None]:
        self._name, self._syntax = name, syntax
        self.send(f"{name} {syntax}".rstrip())
        began = time.process_time()
        try:
            yield
        except NegatoError as error:
            self.sentence(error.message)
        # BaseException on purpose: what a codec written in Rust raises is no Exception
        except BaseException as error:
            self._send(of_exception(error, name))
        took = time.process_time() - began
        if took > _SLOW_CPU_S:
            self._send(Finding("slow", f"{name} {syntax}".rstrip(), f"{took:.1f} s"))

    def sentence(self, text: str) -> None:
        found = of_sentence(text, self._name)
        if found is not None:
            self._send(found)

    def _send(self, found: Finding) -> None:
        """Send a finding; time and memory that a codec of others takes are contained."""
        if found.kind in ("slow", "memory") and self._syntax not in _OURS:
            what = f"{found.kind}: {self._name} {self._syntax}"
            found = Finding("contained", what, found.detail)
        self.send(found)

    def differ(self, what: str, one: object, other: object) -> None:
        found = Finding("disagreement", what, f"{one!r}\n{other!r}"[:4000])
        if one is None or other is None or isinstance(other, PixelError):
            self.refusals.append(found)
        else:
            self.send(found)


def _headers(steps: Steps, path: str, sibling: str) -> InstanceHeader | None:
    """Read the header in all ways, which must agree; give it."""
    header = quick = whole = again = None
    with steps.step("header"):
        header = HeaderReader(DEFAULT_LIMITS).read(path)
    with steps.step("header in a series"):
        reader = HeaderReader(DEFAULT_LIMITS)
        for one in (sibling, path, path):  # two of a series are learned from
            again = _header_or_none(reader, one)
        if again != header:
            steps.differ(f"header in a series: {_different(again, header)}", again, header)
    status = os.stat(path)
    version = path, status.st_size, status.st_mtime_ns
    with steps.step("quick header"), open(path, "rb") as stream:
        quick = SeriesReader(DEFAULT_LIMITS).header(*version, stream.read(_WINDOW))
    if quick is None or quick != header:  # what stands around it had the other reader asked
        return header
    with steps.step("full header"), open(path, "rb") as stream:
        whole = full_header(stream, *version, DEFAULT_LIMITS)
    if whole != quick:
        steps.differ(f"quick and full header: {_different(quick, whole)}", quick, whole)
    return header


def _header_or_none(reader: HeaderReader, path: str) -> InstanceHeader | None:
    try:
        return reader.read(path)
    except NegatoError:
        return None


def _different(one: InstanceHeader | None, other: InstanceHeader | None) -> str:
    """Name the fields that differ."""
    if one is None or other is None:
        return "refused by one"
    fields = InstanceHeader.__dataclass_fields__
    return ", ".join(
        f"{name}" for name in fields if repr(getattr(one, name)) != repr(getattr(other, name))
    )


def _catalogue(send: Send, path: str) -> None:
    """Have the file in a catalogue: it must be shown or in the ledger."""
    builder = CatalogueBuilder()
    told = set()
    for item in scan((path,), DEFAULT_LIMITS):
        builder.add(item)
        if isinstance(item, InstanceHeader | Skipped):
            told.add(item.path)
            # it may be the index of a disc, which the folder is then
            inside = os.path.realpath(item.path).startswith(os.path.dirname(path))
            if not inside and not (isinstance(item, Skipped) and item.kind == "outside"):
                send(Finding("escape", "another file than the opened one", item.path))
    catalogue = builder.snapshot()
    if path not in told:
        send(Finding("drop", "a single file", repr(catalogue.ledger)[:1000]))
    catalogue_text(catalogue)
    catalogue_json(catalogue)


def _frames(steps: Steps, header: InstanceHeader) -> None:
    """Decode first and last frame, each way, and draw them."""
    last = max((header.number_of_frames or 1) - 1, 0)
    quick = _quick_frame(steps, header)
    syntax = header.transfer_syntax_uid
    decoded: list[tuple[int, Any, FrameDescription | None]] = []
    with steps.step("frames", syntax):
        decoded = list(read_frames(header.path, (0, last)[: 1 + (last > 0)], DEFAULT_LIMITS))
    for index, pixels, description in decoded:
        if isinstance(pixels, PixelError):
            steps.sentence(pixels.message)
            if quick is not None and index == 0:
                steps.differ(f"quick frame of a file that is refused ({syntax})", None, pixels)
            continue
        assert description is not None
        if quick is not None and index == 0:
            _compare(steps, quick, (pixels, description), syntax)
        if pixels.size <= _MOST_PIXELS:
            with steps.step("draw"):
                draw(pixels, description)
    with steps.step("reduced", syntax):
        read_reduced(header.path, 0, DEFAULT_LIMITS)
    with steps.step("cine rate"):
        cine_rate(header)


def _compare(steps: Steps, quick: _Frame, whole: _Frame, syntax: str) -> None:
    """Compare a frame, and what is said of it, that came by a way for plain ones."""
    if not _equal(quick[0], whole[0]):
        steps.differ(f"quick frame ({syntax})", quick[0], whole[0])
    if quick[1] != whole[1]:
        names = FrameDescription.__dataclass_fields__
        other = [n for n in names if getattr(quick[1], n) != getattr(whole[1], n)]
        steps.differ(f"quick description: {', '.join(other)}", quick[1], whole[1])


def _equal(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype and bool((one == other).all())


def _quick_frame(steps: Steps, header: InstanceHeader) -> _Frame | None:
    """Read the frame by the ways for plain ones, where it is plain."""
    with steps.step("quick frame", header.transfer_syntax_uid):
        native = native_frame(header)
        if native is not None:
            plain = native.plain
            out = np.empty((plain.rows, plain.columns), plain.dtype)
            read_native(header.path, native, out)
            description = description_from_header(header)
            return None if description is None else (out, description)
        compressed = compressed_frame(header)
        found = None if compressed is None else read_compressed(header.path, compressed)
        if found is not None:
            description = description_from_header(header, found[1])
            return None if description is None else (found[0], description)
    return None


def run_disc(send: Send, root: str) -> None:
    """Scan a disc or archive with a damaged index: nothing outside of it, nothing dropped.

    The files of an archive are decoded as well, as they go a way of their own.
    """
    steps = Steps(send)
    catalogue, images = Catalogue(), []
    with steps.step("scan of a disc"):
        builder, seen = CatalogueBuilder(), set()
        for item in scan((root,), DEFAULT_LIMITS):
            builder.add(item)
            if isinstance(item, InstanceHeader):
                seen.add(item.path)
                images.append(item)
                if not os.path.realpath(item.path).startswith(root):
                    send(Finding("escape", "a file outside of the disc", item.path))
            elif isinstance(item, Skipped):
                seen.add(item.path)
        builder.snapshot(complete=False)
        catalogue = builder.snapshot()
        catalogue_text(catalogue)
        lost = [path for path in _files_below(root) if path not in seen]
        if lost:
            send(Finding("drop", "a file of a disc", "\n".join(lost)[:2000]))
    if os.path.isfile(root):
        if not catalogue.ledger.seen and not catalogue.ledger.notices:
            send(Finding("drop", "an archive"))
        for header in images[:8]:
            with steps.step("tags in an archive"):
                read_tags(header.path, DEFAULT_LIMITS)
            if header.pixel_data_tag is not None:
                _frames(steps, header)


def _files_below(root: str) -> Iterator[str]:
    for folder, _, names in os.walk(root):
        yield from (os.path.join(folder, name) for name in names)
