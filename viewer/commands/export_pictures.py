"""Pictures, pages and movies of stacks: rendered by children, taken here as they come.

Never more than a few frames are in memory. Where files go is `export_plan`'s matter, how they
are written `export_writing`'s; arrays and volumes are `export_volumes`'.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from viewer.commands.export_plan import Target
from viewer.dicom.cine import cine_rate
from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.planes import pixel_spacing_of
from viewer.dicom.rendering import Look, Rendered
from viewer.workers.child_pool import ChildPool
from viewer.workers.ordered_tasks import answers_in_order

_BATCH_FRAMES, _BATCH_BYTES = 8, 4 << 20


@dataclass(frozen=True, slots=True)
class _Batch:
    """Frames that one child renders together, each with the file it goes to."""

    look: Look
    frames: tuple[tuple[Target, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A frame that was rendered, or why it was not."""

    target: Target
    frame: int
    rendered: Rendered


def rendered_frames(
    pool: ChildPool,
    targets: Iterable[tuple[Target, Look]],
    pause: Callable[[], None],
) -> Generator[Made, None, None]:
    """Render the frames of targets, in their order; what ``pause`` raises ends it."""

    def rendered(batches: Iterable[_Batch]) -> Iterator[tuple[_Batch, Any]]:
        return answers_in_order(
            pool,
            "render",
            batches,
            lambda batch: (tuple(map(_asked, batch.frames)), batch.look, pool.limits),
            lambda batch: pool.limits.decode_seconds * len(batch.frames),
            pause,
        )

    for batch, answer in rendered(_batches(targets)):
        found = [(batch, answer)]
        if isinstance(answer, NegatoError) and len(batch.frames) > 1:  # one of them is to blame
            found = list(rendered(replace(batch, frames=(one,)) for one in batch.frames))
        for some, told in found:
            ones = [Rendered(PixelError(told.message))] if isinstance(told, NegatoError) else told
            for (target, frame), one in zip(some.frames, ones, strict=True):
                yield Made(target, frame, one)


def _asked(frame: tuple[Target, int]) -> tuple[Any, int]:
    target, index = frame
    stack = target.selected.stack
    return stack.header(index), stack.key(index).index


def _batches(targets: Iterable[tuple[Target, Look]]) -> Iterator[_Batch]:
    begun: list[tuple[Target, int]] = []
    look, size = Look(), 0
    for target, wanted in targets:
        for frame in target.frames:
            more = _size(target, frame)
            full = len(begun) == _BATCH_FRAMES or size + more > _BATCH_BYTES
            if begun and (full or wanted != look):
                yield _Batch(look, tuple(begun))
                begun, size = [], 0
            look = wanted
            begun.append((target, frame))
            size += more
    if begun:
        yield _Batch(look, tuple(begun))


def _size(target: Target, frame: int) -> int:
    header = target.selected.stack.header(frame)
    samples = (header.samples_per_pixel or 1) * ((header.bits_allocated or 16) + 7) // 8
    return (header.rows or 1) * (header.columns or 1) * samples


class _Pages:
    """Pages have no time."""

    def __init__(self, file: BinaryIO, target: Target, look: Look, *, compress: bool) -> None:
        from viewer.formats.tiff import TiffWriter

        bytes_each = 8 if look.values == "modality" else 4
        sizes = (_size(target, frame) for frame in target.frames)
        spacing = _spacing(target)
        if spacing is not None and look.turn.quarters % 2:
            spacing = spacing[1], spacing[0]
        self._pages = TiffWriter(
            file, expected_bytes=bytes_each * sum(sizes), spacing_rc_mm=spacing, compress=compress
        )

    def add(self, pixels: Any, _shown_ms: float, /) -> None:
        self._pages.add(pixels)

    def end(self) -> None:
        self._pages.end()


class _Movie:
    """Made once the size of the first frame is known."""

    def __init__(self, file: BinaryIO, frames_a_second: float) -> None:
        self._file, self._rate = file, frames_a_second
        self._movie: Any = None

    def add(self, pixels: Any, shown_ms: float, /) -> None:
        if self._movie is None:
            from viewer.formats.movies import Mp4Writer

            self._movie = Mp4Writer(self._file, pixels.shape[:2], self._rate)
        self._movie.add(pixels, shown_ms)

    def end(self) -> None:
        self._movie.end()


def write_stack(
    file: BinaryIO,
    made: Iterable[Made],
    target: Target,
    form: str,
    look: Look,
    *,
    frames_a_second: float | None,
    compress: bool,
) -> tuple[str, ...]:
    """Write the frames of a target into one file, and give what is to be noted.

    Raises
    ------
    PixelError
        A frame is not there: the file would tell of others in its place.
    """
    shown = shown_ms(target, frames_a_second)
    writer: Any  # of the files of pictures, or of the pixels, that `look` has them come as
    if form == "tiff":
        writer = _Pages(file, target, look, compress=compress)
    elif form == "mp4":
        writer = _Movie(file, 1000 * len(shown) / sum(shown))
    else:
        from viewer.formats.animations import GifWriter, WebpWriter

        writer = GifWriter(file) if form == "gif" else WebpWriter(file)
    notes: dict[str, None] = {}
    for one, time_ms in zip(made, shown, strict=True):
        data = one.rendered.data
        if isinstance(data, PixelError):
            raise PixelError(
                f"Frame {one.frame + 1}: {data.message} The file is not written without it; choose "
                "others with --frames.",
                data.path,
            )
        notes.update(dict.fromkeys(one.rendered.notes))
        content: Any = data.tobytes() if look.encoding else data
        writer.add(content, time_ms)
    writer.end()
    return tuple(notes)


def shown_ms(target: Target, frames_a_second: float | None) -> list[float]:
    """Give how long each frame of a target is shown: as asked, else as its file says."""
    if frames_a_second is not None:
        return [1000 / frames_a_second] * len(target.frames)
    stack = target.selected.stack
    times = []
    for frame in target.frames:
        intervals = cine_rate(stack.header(frame)).intervals_ms
        times.append(intervals[min(stack.key(frame).index, len(intervals) - 1)])
    return times


def _spacing(target: Target) -> tuple[float, float] | None:
    stack, frame = target.selected.stack, target.frames[0]
    return pixel_spacing_of(stack.header(frame), stack.key(frame).index)
