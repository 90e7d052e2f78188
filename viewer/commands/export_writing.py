"""An export: what is planned is written file by file, each whole or not at all.

What cannot be written is told and counted, and the rest done; what is complete when the work is
stopped stays. How that is asked for and told is the matter of `export`.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from viewer.commands.controlled import Cancelled
from viewer.commands.export_looks import AskedWindow, Looks
from viewer.commands.export_manifest import Manifest
from viewer.commands.export_pictures import Made, rendered_frames, write_stack
from viewer.commands.export_pipeline import Pipeline
from viewer.commands.export_plan import (
    A_FILE_A_FRAME,
    SUFFIXES,
    VOLUME_FORMATS,
    Target,
    ensure_folders,
)
from viewer.commands.export_steps import processed
from viewer.commands.export_volumes import write_volume
from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.limits import Limits
from viewer.dicom.rendering import Look
from viewer.dicom.unchanged_bytes import unchanged_bytes
from viewer.imaging.files import free_bytes, whole_file
from viewer.workers.child_pool import ChildPool
from viewer.workers.volumes import VolumeStopped, read_volume

_PRELOAD = (
    "viewer.dicom.rendering",
    "viewer.dicom.codecs",
    "viewer.dicom.stream_layout",
    "PIL.Image",
)
_NO_ROOM = frozenset((errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)))
_RESERVE = 16 << 20


class NoMoreWritingError(NegatoError):
    """Nothing can be written to the place any more."""


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """How what is chosen is to be written. ``encoding`` of ``look`` follows the format."""

    form: str
    look: Look
    window: AskedWindow = field(default_factory=AskedWindow)
    frames_a_second: float | None = None
    compress: bool = True
    replace: bool = False
    pipeline: Pipeline | None = None

    @property
    def suffix(self) -> str:
        """What the names of files end in."""
        return SUFFIXES[self.form][0 if self.compress or self.form != "nifti" else 1]


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that was not written, or one of its frames (from 1), and why."""

    path: str
    frame: int | None
    reason: str


@dataclass(slots=True)
class Written:
    """What came of it so far."""

    files: int = 0
    frames: int = 0
    bytes: int = 0
    failed: list[Failed] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)  # and for how many files each


class Exporter:
    """Writes one export.

    Parameters
    ----------
    progress : callable
        Gets how many frames are done, and of how many.
    told : callable
        Gets each line that is to be told at once: a file that was written, or was not.
    """

    def __init__(
        self,
        order: ExportOrder,
        limits: Limits,
        progress: Callable[[int, int], None],
        told: Callable[[dict[str, Any]], None],
        is_stopped: Callable[[], bool],
    ) -> None:
        self._order, self._limits = order, limits
        self._progress, self._told, self._is_stopped = progress, told, is_stopped
        self._done = self._of = 0
        self._manifest = Manifest(order.pipeline) if order.pipeline is not None else None
        self.written = Written()

    def write(self, targets: Sequence[Target]) -> None:
        """Write the files.

        Raises
        ------
        NoMoreWritingError
            The place takes no more; what is complete stays.
        Cancelled
            As was asked for; likewise.
        """
        self._of = sum(len(target.frames) for target in targets)
        self._progress(0, self._of)
        try:
            self._look_for_room(targets)
            take_away = ensure_folders(targets)
        except OSError as error:
            raise _told_of_writing(error, targets[0].path) from error
        try:
            with closing(ChildPool(os.cpu_count() or 1, self._limits, _PRELOAD)) as pool:
                self._write(pool, targets)
        finally:
            try:
                self._write_manifest(os.path.dirname(targets[0].path))
            finally:
                take_away()
        self._progress(self._of, self._of)

    def _write(self, pool: ChildPool, targets: Sequence[Target]) -> None:
        form = self._order.form
        if form in A_FILE_A_FRAME:
            self._write_frames(pool, targets)
        elif form == "dicom":
            self._write_each(targets, self._copy)
        elif form in VOLUME_FORMATS:
            self._write_each(targets, lambda file, target: self._volume(pool, file, target))
        else:
            looks = self._looks(pool)
            self._write_each(targets, lambda file, target: self._stack(pool, looks, file, target))

    def _looks(self, pool: ChildPool) -> Looks:
        return Looks(pool, self._order.look, self._order.window, self._pause)

    def _write_frames(self, pool: ChildPool, targets: Sequence[Target]) -> None:
        frames = rendered_frames(pool, self._with_looks(self._looks(pool), targets), self._pause)
        for made in frames:
            data = made.rendered.data
            if isinstance(data, PixelError):
                self._fail(data.path or _source(made.target), made.frame, data.message)
            else:
                with self._target(made.target) as file:
                    file.write(data.data)
                self._count(made.target, data.nbytes, made.rendered.notes)
            self._step(1)

    def _with_looks(self, looks: Looks, targets: Sequence[Target]) -> Iterator[tuple[Target, Look]]:
        refused: dict[str, str] = {}  # stacks, told once
        for target in targets:
            uid = target.selected.stack.uid
            if uid not in refused:
                try:
                    look = looks.of(target.selected)
                except NegatoError as error:
                    refused[uid] = error.message
                    self._fail(error.path or _source(target), None, error.message)
                else:
                    yield target, look
                    continue
            self._step(1)

    def _write_each(
        self,
        targets: Sequence[Target],
        fill: Callable[[BinaryIO, Target], tuple[str, ...]],
    ) -> None:
        """Write files that hold several frames, or a copy."""
        for target in targets:
            done = self._done
            self._pause()
            try:
                with self._target(target) as file:
                    notes = fill(file, target)
                    size = file.seek(0, os.SEEK_END)
                self._count(target, size, notes)
            except NoMoreWritingError:
                raise
            except NegatoError as error:
                self._fail(error.path or _source(target), None, error.message)
            except ValueError as error:  # of a format that cannot hold it
                self._fail(_source(target), None, f"{error}; choose another format.")
            self._step(done + len(target.frames) - self._done)

    def _stack(
        self, pool: ChildPool, looks: Looks, file: BinaryIO, target: Target
    ) -> tuple[str, ...]:
        look = looks.of(target.selected)
        with closing(rendered_frames(pool, [(target, look)], self._pause)) as frames:
            return write_stack(
                file,
                self._stepping(frames),
                target,
                self._order.form,
                look,
                frames_a_second=self._order.frames_a_second,
                compress=self._order.compress,
            )

    def _stepping(self, frames: Iterator[Made]) -> Iterator[Made]:
        for made in frames:
            yield made
            self._step(1)

    def _volume(self, pool: ChildPool, file: BinaryIO, target: Target) -> tuple[str, ...]:
        done = self._done

        def step(count: int, _of: int) -> None:
            self._step(done + count - self._done)

        try:
            volume = read_volume(
                target.selected.stack,
                values="stored" if self._order.look.values == "stored" else "modality",
                frames=target.frames,
                limits=self._limits,
                pool=pool,
                progress=step,
                is_stopped=self._is_stopped,
            )
            if self._order.pipeline is not None:
                volume = processed(volume, self._order.pipeline)
        except VolumeStopped:
            raise Cancelled from None
        except MemoryError as error:
            raise NegatoError(
                "There is not enough memory for what the steps make of it."
            ) from error
        compress = self._order.compress and not target.path.endswith(".nii")
        notes = write_volume(file, volume, self._order.form, compress=compress)
        if self._manifest is not None:
            self._manifest.note(target.path, volume, file)
        return notes

    def _write_manifest(self, folder: str) -> None:
        """Write what is known of the files that are complete, also where the work was stopped."""
        if self._manifest is None or not self.written.files:
            return
        for name, content in self._manifest.files().items():
            path = os.path.join(folder, name)
            try:
                with whole_file(path, replace=self._order.replace) as file:
                    file.write(content)
            except OSError as error:
                raise _told_of_writing(error, path) from error

    def _copy(self, file: BinaryIO, target: Target) -> tuple[str, ...]:
        stack = target.selected.stack
        header = stack.header(target.frames[0]) if len(stack) else stack.headers[0]
        for piece in unchanged_bytes(header.path, header.size, header.mtime_ns, self._limits):
            self._pause()
            file.write(piece)
        return ()

    @contextmanager
    def _target(self, target: Target) -> Iterator[BinaryIO]:
        try:
            with whole_file(target.path, replace=self._order.replace) as file:
                yield file
        except FileExistsError as error:
            told = "There is a file of that name by now; it was left as it is."
            raise NegatoError(told, target.path) from error
        except OSError as error:
            raise _told_of_writing(error, target.path) from error

    def _look_for_room(self, targets: Sequence[Target]) -> None:
        """See that files fit of which the size is known before: copies, and arrays unpacked."""
        order = self._order
        if order.form == "dicom":
            needed = sum(_header(target).size for target in targets)
        elif order.form in VOLUME_FORMATS and not order.compress:
            needed = sum(_array_bytes(target) for target in targets)
        else:
            return
        free = free_bytes(os.path.dirname(targets[0].path))
        if needed + _RESERVE > free:
            raise NoMoreWritingError(
                f"The files need {_megabytes(needed)}, and there are {_megabytes(free)} free; "
                "choose a place with more room."
            )

    def _pause(self) -> None:
        if self._is_stopped():
            raise Cancelled

    def _step(self, frames: int) -> None:
        self._done += frames
        self._progress(min(self._done, self._of - 1), self._of)

    def _count(self, target: Target, size: int, notes: Sequence[str]) -> None:
        self.written.files += 1
        self.written.frames += len(target.frames)
        self.written.bytes += size
        for note in notes:
            self.written.notes[note] = self.written.notes.get(note, 0) + 1
        self._told({"written": {"path": target.path, "frames": len(target.frames), "bytes": size}})

    def _fail(self, path: str, frame: int | None, reason: str) -> None:
        failed = Failed(path, None if frame is None else frame + 1, reason)
        self.written.failed.append(failed)
        self._told({"failed": {"path": path, "frame": failed.frame, "reason": reason}})


def _header(target: Target) -> Any:
    stack = target.selected.stack
    return stack.header(target.frames[0]) if len(stack) else stack.headers[0]


def _source(target: Target) -> str:
    return str(_header(target).path)


def _array_bytes(target: Target) -> int:
    header = _header(target)
    samples = (header.samples_per_pixel or 1) * ((header.bits_allocated or 16) + 7) // 8
    return len(target.frames) * (header.rows or 1) * (header.columns or 1) * samples


def _told_of_writing(error: OSError, path: str) -> NoMoreWritingError:
    if error.errno in _NO_ROOM:
        told = "There is no room left; choose a place with more of it."
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        told = "You may not write there; choose another place."
    else:
        told = f"It cannot be written ({error.strerror or 'write error'}); choose another place."
    return NoMoreWritingError(told, path)


def _megabytes(number: int) -> str:
    return f"{-(-number // 10**6):,} MB"
