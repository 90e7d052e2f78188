"""One file checked: does it decode, and to what? What `negato check` reports.

Runs in a child process. Which files are checked, and how that is shown, is
left to the command.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from viewer.dicom.describe import describe
from viewer.dicom.errors import HeaderError, NegatoError, NoPixelDataError, told_of_defect
from viewer.dicom.frames import decoded_frame
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.overlays import embedded_overlays
from viewer.dicom.pixel_files import PixelFile, pixel_file
from viewer.dicom.reading import read_header

_HOPELESS = 100  # frames that fail one after the other; then only the last is tried

CheckStatus = Literal["ok", "warning", "error", "no-pixels", "not-dicom"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What became of one file. Hashes are of the canonical stored values of a frame.

    SHA-256 of the C-ordered little-endian array: grey (rows, columns) stored
    values, unused bits removed and sign extended, without rescale; palette
    indices; colour (rows, columns, 3) RGB. "" where the frame does not decode.
    """

    path: str
    status: CheckStatus
    message: str = ""
    transfer_syntax: str = ""
    photometric: str = ""
    frames: int | None = None
    rows: int | None = None
    columns: int | None = None
    samples: int | None = None
    dtype: str = ""
    first_sha256: str = ""
    last_sha256: str = ""
    decoder: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give the fields as JSON has them."""
        return asdict(self)


def check_file(path: str, all_frames: bool = False, limits: Limits = DEFAULT_LIMITS) -> CheckResult:
    """Decode the first and last frame of a file, or all. Raises for no file.

    Parameters
    ----------
    path : str
    all_frames : bool
        Decode every frame; the hashes are still of the first and the last.
    """
    result = CheckResult(path, "error")
    try:
        result = _with_header(result, limits)
        return _with_frames(result, pixel_file(path, limits), all_frames, limits)
    except NoPixelDataError as error:
        return replace(result, status="no-pixels", message=error.message)
    except HeaderError as error:
        status: CheckStatus = "not-dicom" if error.kind == "not-dicom" else "error"
        return replace(result, status=status, message=error.message)
    except NegatoError as error:
        return replace(result, message=error.message)
    except Exception as error:  # a defect of ours on one file must not end the check of a disc
        return replace(result, message=told_of_defect(error))


def _with_header(result: CheckResult, limits: Limits) -> CheckResult:
    header = read_header(result.path, limits)
    return replace(
        result,
        transfer_syntax=header.transfer_syntax_uid,
        photometric=header.photometric_interpretation,
        frames=header.number_of_frames,
        rows=header.rows,
        columns=header.columns,
        samples=header.samples_per_pixel,
    )


def _with_frames(
    result: CheckResult, file: PixelFile, all_frames: bool, limits: Limits
) -> CheckResult:
    layout = file.layout
    last = layout.frames - 1
    hashes: dict[int, str] = {}
    failures: list[str] = []
    notes: dict[str, None] = dict.fromkeys(file.warnings)  # a set that keeps its order
    dtype = decoder = ""
    index = good = failed = 0  # failed: without a good frame between
    while index <= last:
        try:
            values, decoded = decoded_frame(file, index, limits)
            if index in (0, last):
                hashes[index] = _sha256(values)
            dtype, decoder = values.dtype.name, decoded.decoder
            description = describe(file.dataset, layout, file.header, index, limits)
            said = [*decoded.warnings, *description.warnings]
            embedded_overlays(
                file.dataset, decoded.samples, layout, said, precision=decoded.precision
            )
            notes.update(dict.fromkeys(said))
            good, failed = good + 1, 0
        except NegatoError as error:
            failures.append(error.message)
            failed += 1
        # a header may claim millions of frames that are not there
        index = index + 1 if all_frames and failed < _HOPELESS else max(index + 1, last)
    failing = layout.frames - good if all_frames else len(failures)
    if layout.display_error:
        failures.insert(0, layout.display_error)
    return replace(
        result,
        status="error" if failures else "warning" if notes else "ok",
        message=_message(failures, failing, layout.frames) if failures else " ".join(notes),
        frames=layout.frames,
        samples=layout.samples,
        dtype=dtype,
        first_sha256=hashes.get(0, ""),
        last_sha256=hashes.get(last, ""),
        decoder=decoder,
    )


def _message(failures: list[str], failing: int, frames: int) -> str:
    reasons = _unique(failures)
    if frames == 1 or len(failures) == 1:
        return " ".join(reasons)
    more = f" ({failing:,} of {frames:,} frames fail)" if failing < frames else ""
    return reasons[0] + more


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _sha256(values: np.ndarray[Any, np.dtype[Any]]) -> str:
    little = values.astype(values.dtype.newbyteorder("<"), copy=False)
    return hashlib.sha256(np.ascontiguousarray(little).data).hexdigest()
