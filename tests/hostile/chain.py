"""A folder taken through the whole chain: scanned, catalogued, decoded, described, checked.

What became of each file, at the level a user sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np

from viewer.commands.check import check_paths
from viewer.dicom.catalogue import Catalogue, CatalogueBuilder
from viewer.dicom.checking import CheckResult
from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.ledger import Skipped
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.native_frames import native_frame, read_native
from viewer.dicom.plain_description import description_from_header
from viewer.dicom.splitting import frame_count
from viewer.imaging import display, voi
from viewer.imaging.frame import FrameDescription
from viewer.workers.child_pool import ChildPool
from viewer.workers.scan import scan_in_child

_PATIENCE_S = 120.0

Shown = tuple[np.ndarray, FrameDescription]


@dataclass(slots=True)
class Outcome:
    """What became of one file."""

    header: InstanceHeader | None = None
    skipped: Skipped | None = None
    check: CheckResult | None = None
    frames: dict[int, Shown | PixelError] = field(default_factory=dict)
    tags: Any = None

    @property
    def letters(self) -> str:
        """S, R, H, V or O of `Hostile.letters`; S or R where either is meant."""
        if self.skipped is not None:
            return "SR" if self.skipped.kind == "not-dicom" else "R"
        pictures = [shown for shown in self.frames.values() if not isinstance(shown, PixelError)]
        if not pictures:
            return "H"
        warned = len(pictures) < len(self.frames) or any(d.warnings for _, d in pictures)
        return "V" if warned else "O"

    @property
    def sentences(self) -> list[str]:
        """All that is said of the file."""
        said = [self.skipped.reason] if self.skipped else []
        for shown in self.frames.values():
            if isinstance(shown, PixelError):
                said.append(shown.message)
            else:
                said += shown[1].warnings
        if self.check is not None and self.check.message:
            said.append(self.check.message)
        return said


def outcomes(
    paths: Sequence[Path], limits: Limits = DEFAULT_LIMITS
) -> tuple[dict[str, Outcome], Catalogue]:
    """Take the files of folders through the chain: by name, and what the browser would hold."""
    names = [str(path) for path in paths]
    found: dict[str, Outcome] = {}
    headers: list[InstanceHeader] = []
    builder = CatalogueBuilder()
    for batch in scan_in_child(names, limits):
        for item in batch:
            builder.add(item)
            if isinstance(item, InstanceHeader):
                headers.append(item)
                _of(found, item.path).header = item
            elif isinstance(item, Skipped):
                _of(found, item.path).skipped = item
    with closing(ChildPool(processes=2, limits=limits)) as pool:
        pool.start()
        for header in headers:
            outcome = _of(found, header.path)
            if header.pixel_data_tag is not None:
                last = frame_count(header) - 1
                outcome.frames = {at: _frame(pool, header.path, at, limits) for at in {0, last}}
                _check_plain_way(header, outcome.frames[0])
            outcome.tags = _ask(pool, "tags", (header.path, limits), limits.header_seconds)
    for result in check_paths(names, limits=limits):
        _of(found, result.path).check = result
    return found, builder.snapshot()


def _of(found: dict[str, Outcome], path: str) -> Outcome:
    return found.setdefault(Path(path).stem, Outcome())


def _frame(pool: ChildPool, path: str, index: int, limits: Limits) -> Shown | PixelError:
    """Decode a frame and bring it to the screen's colours, as the canvas does."""
    answer = _ask(pool, "decode", (path, (index,), limits), limits.decode_seconds)
    if isinstance(answer, PixelError):
        return answer
    assert not isinstance(answer, NegatoError), answer
    [(_, pixels, description)] = answer
    if isinstance(pixels, PixelError):
        return pixels
    chosen = voi.default_voi(description, pixels)
    assert display.to_rgb32(pixels, description, chosen).shape[:2] == pixels.shape[:2]
    return pixels, description


def _check_plain_way(header: InstanceHeader, shown: Shown | PixelError) -> None:
    """See that a frame the window reads for itself is the one that a child would have given."""
    native = native_frame(header)
    if native is None:
        return
    values = np.empty((native.plain.rows, native.plain.columns), native.plain.dtype)
    try:
        read_native(header.path, native, values)
    except PixelError:
        assert isinstance(shown, PixelError)
        return
    assert not isinstance(shown, PixelError), shown
    assert np.array_equal(values, shown[0])
    assert description_from_header(header) == shown[1]


def _ask(pool: ChildPool, task: str, arguments: tuple[Any, ...], timeout_s: float) -> Any:
    answers: SimpleQueue[Any] = SimpleQueue()
    pool.submit(task, arguments, timeout_s=timeout_s, on_done=answers.put)
    return answers.get(timeout=_PATIENCE_S)
