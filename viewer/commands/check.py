"""``negato check``: decode the images of files, folders or discs, a line for each file."""

from __future__ import annotations

import argparse
import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain
from queue import SimpleQueue
from typing import cast

from viewer.dicom.catalogue import Skipped
from viewer.dicom.checking import CheckResult, CheckStatus
from viewer.dicom.errors import NegatoError, SourceError
from viewer.dicom.ledger import Notice
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.source_files import SourceFile
from viewer.dicom.sources import Found
from viewer.plain_text import json_text, plain_line, whole_line
from viewer.workers.child_pool import ChildPool
from viewer.workers.scan import Stopped, scan_in_child

_FILES = "viewer.dicom.scanning:found_files"
_PROCESSES = 2
_AHEAD = 16  # files handed out before the oldest answer is waited for
_SLOWEST_FRAMES = 60  # of a file whose frames are all decoded
_SKIPPED_STATUS: dict[str, CheckStatus] = {
    "index": "no-pixels",
    "archive": "no-pixels",
    "viewer": "not-dicom",
    "not-a-file": "not-dicom",
}

_Answer = SimpleQueue[CheckResult | NegatoError]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="file, folder, ZIP or disc")
    parser.add_argument("--json", action="store_true", help="write a JSON object a line")
    parser.add_argument(
        "--all-frames", action="store_true", help="decode all frames, not the first and last alone"
    )


def run(arguments: argparse.Namespace) -> int:
    """Check the paths. 1 where a file is in error, or the one path named is no DICOM.

    Raises
    ------
    SourceError
        If there is no file at all.
    """
    counts: Counter[str] = Counter()
    found = check_paths(arguments.paths, all_frames=arguments.all_frames, limits=arguments.limits)
    for result in found:
        counts[result.status] += 1
        line = json_text(result.to_json()) if arguments.json else _line(result)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    if not counts:
        where = ", ".join(arguments.paths)
        raise SourceError("there is no file to check; choose a folder that holds some", where)
    total = counts.total()
    parts = ", ".join(f"{count:,} {status}" for status, count in sorted(counts.items()))
    sys.stderr.write(f"{total:,} {'file' if total == 1 else 'files'}: {parts}\n")
    return int(counts["error"] > 0 or (total == 1 and counts["not-dicom"] == 1))


def check_paths(
    paths: Sequence[str], *, all_frames: bool = False, limits: Limits = DEFAULT_LIMITS
) -> Iterator[CheckResult]:
    """Check all files under ``paths`` in child processes; results in the order of the files."""
    frames = _SLOWEST_FRAMES if all_frames else 2
    timeout_s = limits.header_seconds + frames * limits.decode_seconds
    batches = scan_in_child(paths, limits, scanner=_FILES)
    with (
        closing(ChildPool(_PROCESSES, limits, preload=("viewer.dicom.checking",))) as pool,
        closing(batches),
    ):
        pool.start()
        pending: deque[tuple[str, _Answer]] = deque()
        for found in cast(Iterator[Found], chain.from_iterable(batches)):
            answer: _Answer = SimpleQueue()
            if isinstance(found, SourceFile):
                pool.submit(
                    "check",
                    (found.path, all_frames, limits),
                    timeout_s=timeout_s,
                    on_done=answer.put,
                )
            elif isinstance(found, Skipped):
                answer.put(_skipped(found))
            elif isinstance(found, Stopped):
                answer.put(CheckResult(", ".join(paths), "error", found.text))
            else:
                if isinstance(found, Notice):
                    sys.stderr.write(f"{whole_line(found.text)}\n")
                continue
            pending.append((getattr(found, "path", ""), answer))
            if len(pending) > _AHEAD:
                yield _result(*pending.popleft())
        while pending:
            yield _result(*pending.popleft())


def _result(path: str, answer: _Answer) -> CheckResult:
    result = answer.get()
    if isinstance(result, CheckResult):
        return result
    return CheckResult(path, "error", result.message)


def _skipped(entry: Skipped) -> CheckResult:
    return CheckResult(entry.path, _SKIPPED_STATUS.get(entry.kind, "error"), entry.reason)


def _line(result: CheckResult) -> str:
    what = ""
    if result.dtype:
        what = (
            f"{result.frames} × {result.columns} × {result.rows} {result.photometric} "
            f"{result.dtype}"
        )
    texts = (f"{result.status:9}", result.path, what, result.message)
    return "  ".join(plain_line(text, 4096) for text in texts if text)
