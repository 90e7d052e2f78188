"""How far our frames agree with independent decoders, folder by folder, over the real files.

Run it with ``python -m tests.oracles.agreement ../shared/corpus [--json FILE]``. All frames of all
files are decoded as `negato check --all-frames` does; hashes of the first and the last are compared
with the corpus' ``reference.csv``. `EXPLAINED` is where we differ from it on purpose, `BELIEVED`
why a frame is right that no reference decoder reads; tests use both.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import warnings
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from viewer.commands.check import check_paths
from viewer.dicom.checking import CheckResult
from viewer.dicom.errors import NegatoError
from viewer.dicom.frames import decoded_frame
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.pixel_files import pixel_file

# Where we are right against the reference, each looked at
EXPLAINED = {
    "broken/GH195.dcm": "JFIF stream labelled RGB; the reference leaves it unconverted, "
    "a mouth in blue and orange",
    "tsyntax/jpeg/SC_rgb_jpeg_lossy_gdcm.dcm": "chroma at half resolution labelled RGB; "
    "unconverted, the red bar of the pattern is blue",
    "derived/display/highbit15_bitsstored12.dcm": "the reference masks before it shifts and loses "
    "the upper 4 of 12 bits; DCMTK agrees with us",
    "tsyntax/wg04/RG3_JPLY": "8 of 3 million pixels are 1024 in the lossy stream of 10-bit values; "
    "masked they would be 0, black among white: they are taken as 1023",
    "derived/broken/jpeg_truncated.dcm": "half a stream: the references fill the rest with grey, "
    "two of them differently; refused",
    "derived/broken/rle_too_short.dcm": "a segment with too few bytes: DCMTK fills it up; refused",
    "derived/broken/rows_doubled.dcm": "half of the rows are not in the file: GDCM fills up; "
    "refused",
    "derived/broken/nframes_10.dcm": "9 of 10 frames are not in the file: GDCM fills up; the first "
    "frame is the same, the others are refused",
}
_ENCODED = "a known pattern encoded alike decodes to itself; the number of frames is the header's"
BELIEVED = {
    "derived/broken/jpeg_2_fragments_4_frames.dcm": "two whole streams of the right size are there",
    "broken/GH1339.dcm": "the one stream is lossless and whole to its own end marker",
    "derived/broken/no_sequence_delimiter.dcm": "each of its streams is whole to its end marker",
    "multiframe/emri_small_jpeg_2k_lossless_too_short.dcm": "the frames equal those of "
    "emri_small_jpeg_2k_lossless.dcm; the sequence delimiter alone is missing",
    "derived/tsyntax/video_h264.dcm": _ENCODED,
    "derived/tsyntax/video_hevc.dcm": _ENCODED,
    "derived/tsyntax/video_mpeg2.dcm": _ENCODED,
}

Outcome = Literal[
    "identical",
    "tolerance",  # lossy JPEG, within what decoders may differ by
    "explained",
    "DIFFERENT",
    "single same",  # one reference decoder only
    "single other",
    "none: decodes",
    "none: refused",
    "no pixels",
    "other: decodes",  # no row in the reference
    "other: refused",
]
_LOSSY_JPEG = frozenset(f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 53, 55))
_GREY_TOLERANCE, _RGB_TOLERANCE = 1, 3


@dataclass(frozen=True, slots=True)
class Row:
    """One file: what became of it, against what the reference says."""

    path: str
    outcome: Outcome
    status: str
    reason: str = ""


def compare(corpus: Path) -> list[Row]:
    """Check every file of the corpus and hold it against its reference."""
    with (corpus / "reference.csv").open(newline="") as file:
        reference = {row["path"]: row for row in csv.DictReader(file)}
    rows = []
    for result in check_paths([str(corpus)], all_frames=True):
        path = Path(os.path.relpath(result.path, corpus)).as_posix()
        rows.append(_row(path, result, reference.get(path)))
    return rows


def _row(path: str, result: CheckResult, expected: dict[str, str] | None) -> Row:
    outcome = _outcome(path, result, expected)
    why = EXPLAINED if outcome in ("explained", "single other") else BELIEVED
    return Row(path, outcome, result.status, why.get(path) or result.message)


def _outcome(path: str, result: CheckResult, expected: dict[str, str] | None) -> Outcome:
    decodes = bool(result.first_sha256)
    if expected is None:
        if result.status in ("no-pixels", "not-dicom"):
            return "no pixels"
        return "other: decodes" if decodes else "other: refused"
    if expected["verdict"] == "none decodes":
        return "none: decodes" if decodes else "none: refused"
    same = (result.first_sha256, result.last_sha256) == (
        expected["first_frame_sha256"],
        expected["last_frame_sha256"],
    )
    if expected["verdict"] == "single decoder":
        return "single same" if same else "single other"
    if same:
        return "identical"
    if path in EXPLAINED:
        return "explained"
    lossy = result.transfer_syntax in _LOSSY_JPEG and decodes
    return "tolerance" if lossy and within_tolerance(result.path) else "DIFFERENT"


def within_tolerance(path: str) -> bool:
    """Hold the first and last frame of a lossy JPEG file against pydicom's."""
    from pydicom.pixels import pixel_array

    try:
        file = pixel_file(path, DEFAULT_LIMITS)
        for index in {0, file.layout.frames - 1}:
            ours, _ = decoded_frame(file, index)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = pixel_array(path, index=index)
            allowed = _RGB_TOLERANCE if ours.ndim == 3 else _GREY_TOLERANCE
            if ours.shape != theirs.shape or _largest_difference(ours, theirs) > allowed:
                return False
    except (NegatoError, RuntimeError, ValueError, AttributeError):  # pydicom's, on odd files
        return False
    return True


def _largest_difference(ours: np.ndarray, theirs: np.ndarray) -> int:
    return int(np.abs(ours.astype(np.int64) - theirs.astype(np.int64)).max())


def table(rows: list[Row]) -> str:
    """Give the counts of outcomes by folder as a Markdown table."""
    folders: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        parts = row.path.split("/")
        folders["/".join(parts[:-1][:2])][row.outcome] += 1
    outcomes = [name for name in get_args(Outcome) if any(row.outcome == name for row in rows)]
    lines = [" | ".join(("folder", "files", *outcomes)), " | ".join("-" * (2 + len(outcomes)))]
    for folder, counts in sorted(folders.items()):
        cells = (str(counts[name] or "") for name in outcomes)
        lines.append(" | ".join((folder, str(counts.total()), *cells)))
    total = Counter(row.outcome for row in rows)
    lines.append(" | ".join(("all", str(len(rows)), *(str(total[name]) for name in outcomes))))
    return "\n".join(f"| {line} |" for line in lines)


def reasons(rows: list[Row]) -> str:
    """List, with its reason, each file that is not simply the same as its reference."""
    plain = ("identical", "no pixels", "single same")
    told = [row for row in rows if row.outcome not in plain or row.status == "error"]
    told.sort(key=lambda row: (row.outcome, row.path))
    return "\n".join(f"{row.outcome:15} {row.path}: {row.reason or row.status}" for row in told)


def main(arguments: list[str] | None = None) -> int:
    """Print the table and the reasons; 1 where a file differs without an explanation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every file's outcome")
    options = parser.parse_args(arguments)
    rows = compare(options.corpus.resolve())
    sys.stdout.write(f"{table(rows)}\n\n{reasons(rows)}\n")
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    return int(any(row.outcome == "DIFFERENT" for row in rows))


if __name__ == "__main__":
    sys.exit(main())
