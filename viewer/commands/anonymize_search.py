"""Files to be de-identified: found in a child process, with what is known of their studies.

What becomes of them is the matter of `anonymize_writing`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any, cast

from viewer.commands.anonymize_telling import Outcome, Wanted
from viewer.commands.controlled import Cancelled
from viewer.dicom.deidentification.results import Job, Refused
from viewer.dicom.errors import NegatoError
from viewer.dicom.file_set_instances import Instance
from viewer.dicom.file_set_records import ABOVE
from viewer.dicom.file_set_tree import FileSetTree, Place
from viewer.dicom.ledger import Notice, Skipped
from viewer.dicom.limits import Limits
from viewer.dicom.values import encodings_of, person_name, texts
from viewer.workers.scan import Stopped, scan_in_child

_SCANNER = "viewer.dicom.file_set_instances:scan"
_HARMLESS = frozenset(("not-dicom", "index", "viewer", "not-a-file", "archive"))
_KNOWN = ("PatientName", "PatientID", "IssuerOfPatientID", "AccessionNumber", "StudyID")
_COPY = "Another file has its SOPInstanceUID, and is taken in its place."


def search(
    wanted: Wanted,
    outcome: Outcome,
    refuse: Callable[[Refused], None],
    progress: Callable[[str, int, int], None],
    is_stopped: Callable[[], bool],
) -> list[tuple[Job, Place]]:
    """Give the files that are to be taken, each with its place among those that are written.

    Parameters
    ----------
    outcome : Outcome
        Gets the warnings.
    refuse : callable
        Told of each file that is not taken.

    Raises
    ------
    NegatoError
        There is none, or the report would replace one.
    Cancelled
        ``is_stopped`` became true.
    """
    tree, known = FileSetTree(), dict[str, dict[str, None]]()
    uids: dict[str, str] = {}
    named = frozenset(map(os.path.abspath, wanted.paths))
    for item in scanned(wanted.paths, wanted.limits, is_stopped):
        if isinstance(item, Skipped):
            if item.kind not in _HARMLESS or item.path in named:
                refuse(Refused(item.path, item.reason))
        elif isinstance(item, Stopped):  # nobody knows what was not seen
            refuse(Refused(wanted.paths[0], item.text))
        elif isinstance(item, Notice):
            outcome.warnings.append(item.text)
        elif not isinstance(item, Instance):
            continue
        elif uids.setdefault(item.sop_instance_uid, item.path) != item.path:
            refuse(Refused(item.path, _COPY, is_held=True))
        else:
            tree.add(item)
            known.setdefault(item.study_uid, {}).update(dict.fromkeys(_known_texts(item)))
            progress("search", len(uids), 0)
    if not uids:
        raise NegatoError("There are no DICOM files to take in what was named.")
    report = os.path.realpath(wanted.report) if wanted.report else ""
    if any(os.path.realpath(path) == report for path in uids.values()):
        raise NegatoError("The report would replace a file to take; name another.", report)
    return [
        (_job(place.instance, tuple(known[place.instance.study_uid])), place)
        for place in tree.places()
    ]


def scanned(paths: Sequence[str], limits: Limits, is_stopped: Callable[[], bool]) -> Iterator[Any]:
    """Give what is found, without the files beside a single one."""
    alone = os.path.abspath(paths[0]) if len(paths) == 1 and os.path.isfile(paths[0]) else ""
    is_index = os.path.basename(alone).casefold() == "dicomdir"
    within = os.path.join(alone, "")  # of an archive
    batches = scan_in_child(paths, limits, is_stopped, _SCANNER, kinds=(Instance,))
    with closing(batches):
        for batch in batches:
            for item in cast(list[Any], batch):
                path = getattr(item, "path", alone)
                if not alone or is_index or path == alone or path.startswith(within):
                    yield item
    if is_stopped():
        raise Cancelled


def _job(instance: Instance, known: tuple[str, ...]) -> Job:
    patient = instance.patient if any(instance.patient) else ("", "", instance.study_uid)
    return Job(
        path=instance.path,
        size=instance.size,
        mtime_ns=instance.mtime_ns,
        bare_from=instance.bare_from,
        transfer_syntax_uid=instance.transfer_syntax_uid,
        sop_instance_uid=instance.sop_instance_uid,
        patient=patient,
        known=known,
    )


def _known_texts(instance: Instance) -> list[str]:
    encodings = encodings_of(texts(instance.values.get(0x00080005, b"")))
    tags = {key.tag for key in ABOVE if key.keyword in _KNOWN}
    return [person_name(value, encodings) for tag, value in instance.values.items() if tag in tags]
