"""A disc written from the files that are found: search, copy, viewer, index, check; or nothing.

The order of the work and what becomes of each file. How that is asked for and told is the matter
of `disc`; what is in the DICOMDIR, and how files are copied, of `viewer.dicom`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

from viewer.commands.controlled import Cancelled
from viewer.dicom.errors import HeaderError
from viewer.dicom.file_set_check import check_index, failed_check
from viewer.dicom.file_set_copy import (
    Copied,
    DiscError,
    NewFolder,
    copy_file,
    copy_instance,
    digest_of,
    is_same,
    settle,
    told_of_writing,
)
from viewer.dicom.file_set_index import dicomdir
from viewer.dicom.file_set_instances import Instance
from viewer.dicom.file_set_tree import FileSetTree, Place
from viewer.dicom.ledger import Notice, Skipped
from viewer.dicom.limits import Limits
from viewer.dicom.outline import Outline, SeriesRead
from viewer.dicom.portable_media import DICOMDIR, Contents, media_files
from viewer.dicom.portable_viewer import Bundle, bundle_files
from viewer.imaging.files import free_bytes
from viewer.program import PORTABLE, VIEWER_FOLDER
from viewer.workers.scan import Stopped, scan_in_child

Stage = Literal["search", "copy", "viewer", "check"]
Progress = Callable[[Stage, int, int], None]  # done, of how many; 0 where that is not known

_SCANNER = "viewer.dicom.file_set_instances:scan"
_RESERVE = 16 << 20
_BLOCK = 4096  # a file takes whole ones
_INDEX_BYTES = 1024  # of the DICOMDIR, for a record
_MARKER = b"The viewer on this disc leaves nothing on the machine that it runs on.\r\n"
# a file that was seen and is no instance to be written, which is no failure
_HARMLESS = frozenset(("not-dicom", "index", "viewer", "not-a-file", "duplicate"))


@dataclass(slots=True)
class Disc:
    """What came of it: what is on the disc, what was left out, what there is to say."""

    path: str
    series: int = 0
    written: int = 0
    bytes: int = 0
    left_out: list[Skipped] = field(default_factory=list)
    failures: list[Skipped] = field(default_factory=list)  # those of them that should be on it
    warnings: list[str] = field(default_factory=list)
    was_stopped: bool = False  # the search, before it had seen everything


class DiscWriter:
    """Writes one disc.

    Parameters
    ----------
    paths : sequence of str
        What is to be written, as `list` takes it.
    out : str
        Absolute, and fit by `file_set_copy.refuse_place`.
    bundle : Bundle or None
        The viewer that goes with it.
    is_stopped : callable
        Asked often; once it is true, nothing is left of the disc.
    """

    def __init__(
        self,
        paths: Sequence[str],
        out: str,
        bundle: Bundle | None,
        limits: Limits,
        progress: Progress,
        is_stopped: Callable[[], bool],
    ) -> None:
        self._paths, self._bundle, self._limits = tuple(paths), bundle, limits
        self._progress, self._is_stopped = progress, is_stopped
        self._folder = NewFolder(out)
        self._tree = FileSetTree()
        self._copied: dict[str, tuple[Place, Copied]] = {}  # by SOPInstanceUID
        self._beside: list[Copied] = []
        self.disc = Disc(out)

    def write(self) -> Disc:
        """Write the disc, and check it.

        Raises
        ------
        DiscError
            It could not be written, or is not what it should be; nothing is left of it.
        Cancelled
            The same, as was asked for.
        """
        self._search()
        try:
            self._look_for_room()
            self._copy()
            self._copy_viewer()
            self._write_index()
            settle()
            self._check()
        except OSError as error:
            self._folder.take_away()
            raise told_of_writing(error) from error
        except BaseException:  # whatever ends it: half a disc is none
            self._folder.take_away()
            raise
        return self.disc

    @property
    def is_clean(self) -> bool:
        """Whether a disc that could not be written has left nothing."""
        return self._folder.is_empty

    def _pause(self) -> None:
        if self._is_stopped():
            raise Cancelled

    def _search(self) -> None:
        named = frozenset(map(os.path.abspath, self._paths))
        found = 0
        batches = scan_in_child(
            self._paths, self._limits, self._is_stopped, _SCANNER, kinds=(Instance,)
        )
        with closing(batches):
            for batch in batches:
                for item in cast(list[Any], batch):
                    found += isinstance(item, Instance | Skipped)
                    self._hear(item, named)
                self._progress("search", found, 0)
        self._pause()
        if not any(True for _ in self._tree.places()):
            raise DiscError(_why_nothing(self.disc.left_out))
        count = self._tree.record_count()
        if count > self._limits.dicomdir_records:
            told = f"The disc would have {count:,} records"
            raise DiscError(self._limits.refusal("dicomdir_records", told))

    def _hear(
        self, item: Instance | Skipped | Notice | Outline | SeriesRead, named: frozenset[str]
    ) -> None:
        if isinstance(item, Instance):
            self._tree.add(item)
        elif isinstance(item, Skipped):
            if item.kind != "archive":  # its files are seen for themselves
                self._leave_out(item, is_failure=item.path in named and item.kind != "index")
        elif isinstance(item, Notice):
            self.disc.warnings.append(item.text)
            self.disc.was_stopped |= isinstance(item, Stopped)

    def _leave_out(self, entry: Skipped, *, is_failure: bool = False) -> None:
        self.disc.left_out.append(entry)
        if is_failure or entry.kind not in _HARMLESS:
            self.disc.failures.append(entry)

    def _look_for_room(self) -> None:
        sizes = [place.instance.size for place in self._tree.places()]
        sizes += [one.size for one in bundle_files(self._bundle)] if self._bundle else []
        needed = sum(-(-size // _BLOCK) * _BLOCK for size in sizes)
        needed += self._tree.record_count() * _INDEX_BYTES + _RESERVE
        free = free_bytes(self._folder.path)
        if needed > free:
            raise DiscError(
                f"The disc needs {_megabytes(needed)}, and there are {_megabytes(free)} free; "
                "choose a place with more room.",
                self._folder.path,
            )

    def _copy(self) -> None:
        places = list(self._tree.places())
        self._folder.folder()
        for done, place in enumerate(places):
            self._pause()
            self._progress("copy", done, len(places))
            try:
                self._copy_one(place)
            except HeaderError as error:
                skipped = Skipped(place.instance.path, error.kind, error.message)
                self._leave_out(skipped, is_failure=True)
        self._progress("copy", len(places), len(places))
        if not self._copied:
            raise DiscError(_why_nothing(self.disc.left_out))

    def _copy_one(self, place: Place) -> None:
        instance = place.instance
        first = self._copied.get(instance.sop_instance_uid)
        if first is None:
            file_id = place.file_id
            copied = copy_instance(self._folder, instance, file_id, self._limits, self._pause)
            self._copied[instance.sop_instance_uid] = place, copied
            place.is_written = True
            self.disc.bytes += copied.size
            return
        other = first[0].instance.path
        if digest_of(instance, self._limits, self._pause) == first[1].digest:
            reason = f"The same file, byte for byte, as {other}, which is on the disc."
            self._leave_out(Skipped(instance.path, "duplicate", reason))
        else:
            reason = (
                f"It has the SOPInstanceUID of {other} and other content; a disc can name one of "
                "them alone. Write it to a disc of its own."
            )
            self._leave_out(Skipped(instance.path, "duplicate", reason), is_failure=True)

    def _copy_viewer(self) -> None:
        if self._bundle is None:
            return
        files = bundle_files(self._bundle)
        for done, one in enumerate(files):
            self._progress("viewer", done, len(files))
            self._beside.append(copy_file(self._folder, one.path, one.parts, self._pause))
        self._beside.append(self._folder.write((VIEWER_FOLDER, PORTABLE), _MARKER))
        self._progress("viewer", len(files), len(files))

    def _write_index(self) -> None:
        records, warnings = self._tree.records()
        self.disc.warnings += warnings
        studies = [study for patient in records for study in patient.lower]
        self.disc.series = sum(len(study.lower) for study in studies)
        self.disc.written = len(self._copied)
        today = datetime.now().astimezone().date().isoformat()
        contents = Contents(len(studies), self.disc.series, self.disc.written, today)
        for name, content in media_files(contents, self._bundle).items():
            self._beside.append(self._folder.write((name,), content))
        try:
            self._beside.append(self._folder.write((DICOMDIR,), dicomdir(records)))
        except OverflowError:
            told = "The DICOMDIR would have more than 4 GiB; write several discs."
            raise DiscError(told, self._folder.path) from None

    def _check(self) -> None:
        """Check the index, and read each file to its last byte."""
        uids = {copied.path: uid for uid, (_, copied) in self._copied.items()}
        check_index(self._folder.path, uids, self._limits)
        every = [*(copied for _, copied in self._copied.values()), *self._beside]
        for done, copied in enumerate(every):
            self._pause()
            self._progress("check", done, len(every))
            if not is_same(copied, self._pause):
                raise failed_check("a file does not read as it was written")
        self._progress("check", len(every), len(every))


def _why_nothing(left_out: Sequence[Skipped]) -> str:
    """Say why there is nothing to write, by the reason of the first file that may be DICOM."""
    first = next((one for one in left_out if one.kind not in _HARMLESS), None)
    if first is None:
        return "There are no DICOM files in what was named; choose what holds some."
    return f"No file can be written; {first.path}: {first.reason}"


def _megabytes(number: int) -> str:
    return f"{-(-number // 10**6):,} MB"
