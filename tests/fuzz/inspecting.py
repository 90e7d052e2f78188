"""What a child does with one mutant besides showing it: validation, tables, differences, identity.

Works as `chain`, whose steps are those of showing. What becomes of whole folders is left to
`anonymizing`.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.chain import Steps
from tests.fuzz.findings import Finding
from viewer.dicom.deidentification.keys import Key
from viewer.dicom.deidentification.profile import profile_of
from viewer.dicom.deidentification.results import Cleaned, Job, Order
from viewer.dicom.deidentification.task import deidentify
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.inspection.columns import parse_columns
from viewer.dicom.inspection.difference import Tolerance
from viewer.dicom.inspection.difference_reader import compare
from viewer.dicom.inspection.matrix_reader import read_part
from viewer.dicom.inspection.table_rows import RowReader
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.reading import read_header
from viewer.dicom.validation.scanning import check_file

Send = Callable[[object], None]
_COLUMNS = ("PatientName", "Rows", "PixelSpacing", "path", "ReferencedStudySequence[*].StudyID")
_WHOLE = -1
_ORDER = Order(
    profile_of("basic"),
    Key(b"0123456789abcdef0123456789abcdef", "of the fuzzer"),
    frozenset(("burned-in", "structured-content")),
)


def run_inspection(send: Send, path: str, sibling: str) -> None:
    """Inspect one file in each way.

    Parameters
    ----------
    sibling : str
        The file that the mutant descends from: compared with it.
    """
    steps = Steps(send)
    with steps.step("validate"):
        for finding in check_file(path, DEFAULT_LIMITS).findings:
            steps.sentence(finding.sentence)
    with steps.step("table"):
        RowReader(parse_columns(_COLUMNS, "instance"), DEFAULT_LIMITS).read(path)
    with steps.step("difference"):
        compare([((sibling, _WHOLE), (path, _WHOLE))], Tolerance(), DEFAULT_LIMITS)
    with steps.step("difference of a file and itself"):
        same = compare([((path, _WHOLE), (path, _WHOLE))], Tolerance(), DEFAULT_LIMITS)
        different = [row for row in same.told() if row.counts()]
        if different:
            send(Finding("disagreement", "a file differs from itself", repr(different)[:2000]))
    header: InstanceHeader | None = None
    with steps.step("header"):
        header = read_header(path)
    if header is None:
        return
    with steps.step("matrix"):
        frames = min(max(header.number_of_frames or 1, 1), 8)
        part = read_part([(sibling, (0,)), (path, tuple(range(frames)))], DEFAULT_LIMITS)
        for _, reason in part.unread:
            steps.sentence(reason)
    with steps.step("de-identify"):
        _deidentify(steps, send, header)


def _deidentify(steps: Steps, send: Send, header: InstanceHeader) -> None:
    (done,) = deidentify([_job(header)], _ORDER, DEFAULT_LIMITS)
    if not isinstance(done, Cleaned):
        steps.sentence(done.reason)
        return
    with open(header.path, "rb") as stream:
        source = stream.read()
    written = b"".join(
        piece if isinstance(piece, bytes) else source[piece[0] : sum(piece)]
        for piece in done.pieces
    )
    if written[128:132] != b"DICM" or any(written[:128]):
        send(Finding("disagreement", "de-identified: no plain beginning", repr(written[:132])))


def _job(header: InstanceHeader) -> Job:
    patient = (header.patient_name, header.patient_id, header.issuer_of_patient_id)
    return Job(
        header.path,
        header.size,
        header.mtime_ns,
        None,
        header.transfer_syntax_uid,
        header.sop_instance_uid,
        patient,
    )
