"""The whole program without a window: a folder of mutants, scanned, decoded and drawn.

As the window does it: scan and decoding in children of the program's own
pools, plain frames and display here.
"""

from __future__ import annotations

from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import numpy as np

from tests.fuzz.drawing import draw
from tests.fuzz.findings import Finding, of_exception, of_sentence
from tests.fuzz.watching import defects_told
from viewer.dicom.catalogue import Catalogue, CatalogueBuilder, Skipped
from viewer.dicom.errors import NegatoError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.listing import catalogue_json, catalogue_text
from viewer.dicom.native_frames import native_frame, read_native
from viewer.dicom.stacks import Stack
from viewer.imaging.presentation import PresentationState, presented
from viewer.imaging.voi import series_window
from viewer.workers.child_pool import ChildPool
from viewer.workers.scan import scan_in_child
from viewer.workers.scan_children import ScanChildren

_ANSWER_S = 60.0
_MOST_PIXELS = 4 << 20


class WholeProgram:
    """Keeps the children of scans and of decoding from one folder to the next."""

    def __init__(self) -> None:
        self._pool = ChildPool(1, DEFAULT_LIMITS)
        self._pool.start()
        self._scans = ScanChildren()
        self._scans.start()

    def run(self, folder: str, files: int) -> Iterator[Finding]:
        """Take a folder through everything, and give what is against a promise."""
        with defects_told() as told:
            yield from self._guarded(folder, files)
        for error in told:
            yield of_exception(error, "thread")

    def _guarded(self, folder: str, files: int) -> Iterator[Finding]:
        try:
            yield from self._run(folder, files)
        # whatever it is: a defect, and the run goes on
        except Exception as error:
            yield of_exception(error, "whole program")

    def close(self) -> None:
        """End all children."""
        self._pool.close()
        self._scans.close()

    def _run(self, folder: str, files: int) -> Iterator[Finding]:
        builder = CatalogueBuilder()
        paths = set()
        for batch in scan_in_child((folder,), DEFAULT_LIMITS, children=self._scans):
            for item in batch:
                if isinstance(item, InstanceHeader | Skipped):
                    paths.add(item.path)
                builder.add(item)
            builder.snapshot(complete=False)
        catalogue = builder.snapshot()
        if len(paths) != files or catalogue.ledger.seen != files:
            told = f"{files} files, {len(paths)} told of, {catalogue.ledger.seen} in the ledger"
            yield Finding("drop", "a folder", told)
        reasons = (skipped.reason for skipped in catalogue.ledger.skipped)
        for sentence in (*reasons, *catalogue.ledger.notices):
            yield from _of(of_sentence(sentence, "scan"))
        catalogue_text(catalogue)
        catalogue_json(catalogue)
        states = list(self._states(catalogue))
        for stack in _stacks(catalogue):
            yield from self._stack(stack, states)

    def _states(self, catalogue: Catalogue) -> Iterator[PresentationState]:
        for stack in _stacks(catalogue):
            if stack.kind == "document":
                answer = self._ask("state", stack.headers[0].path, DEFAULT_LIMITS)
                if isinstance(answer, PresentationState):
                    yield answer

    def _stack(self, stack: Stack, states: list[PresentationState]) -> Iterator[Finding]:
        shown = []
        for index in range(min(len(stack), 4)):
            header, key = stack.header(index), stack.key(index)
            frame = self._frame(header, key.index)
            if isinstance(frame, NegatoError):
                yield from _of(of_sentence(frame.message, "decode"))
                continue
            pixels, description = frame
            if pixels.size > _MOST_PIXELS:
                continue
            shown.append(frame)
            draw(pixels, description)
            for state in states:
                seen = presented(description, state, header.sop_instance_uid, key.index)
                draw(pixels, seen)
        grey = [frame for frame in shown if frame[0].ndim == 2]
        if grey:
            series_window(grey)

    def _frame(self, header: InstanceHeader, index: int) -> Any:
        """Give (pixels, description), or why not; plain frames are read here, as ever."""
        native = native_frame(header)
        if native is not None and not header.needs_full_description:
            out = np.empty((native.plain.rows, native.plain.columns), native.plain.dtype)
            try:
                read_native(header.path, native, out)
            except NegatoError as error:
                return error
        answer = self._ask("decode", header.path, (index,), DEFAULT_LIMITS)
        if isinstance(answer, NegatoError):
            return answer
        ((_, pixels, description),) = answer
        return pixels if isinstance(pixels, NegatoError) else (pixels, description)

    def _ask(self, task: str, *arguments: Any) -> Any:
        answers: SimpleQueue[Any] = SimpleQueue()
        self._pool.submit(task, arguments, timeout_s=10.0, on_done=answers.put)
        return answers.get(timeout=_ANSWER_S)


def _stacks(catalogue: Catalogue) -> Iterator[Stack]:
    for patient in catalogue.patients:
        for study in patient.studies:
            for series in study.series:
                yield from series.stacks


def _of(finding: Finding | None) -> Iterator[Finding]:
    if finding is not None:
        yield finding
