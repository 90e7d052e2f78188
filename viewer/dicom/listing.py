"""The catalogue for the command line: as JSON values, and as indented text.

``files`` of a stack are its files in reading order; a file whose frames lie in
several stacks is listed in the first of them alone, so that every file seen is
in exactly one stack or among the skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from viewer.dicom.catalogue import Catalogue, Patient, Series, Skipped, Study, ledger_sentence
from viewer.dicom.frame_attributes import size_words
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.stacks import Stack
from viewer.plain_text import date, person_name, plain_line, whole_line


def catalogue_json(catalogue: Catalogue) -> dict[str, Any]:
    """Give the catalogue and its ledger as values that `json` can write."""
    listed: set[str] = set()
    ledger = catalogue.ledger
    return {
        "patients": [_patient_json(patient, listed) for patient in catalogue.patients],
        "ledger": {
            "seen": ledger.seen,
            "shown": ledger.shown,
            "skipped": [
                {"path": skipped.path, "kind": skipped.kind, "reason": skipped.reason}
                for skipped in ledger.skipped
            ],
        },
    }


def catalogue_text(catalogue: Catalogue, told_elsewhere: frozenset[Skipped] = frozenset()) -> str:
    """Give the catalogue as indented lines, ending in the ledger; printable whatever files hold.

    Of the files ``told_elsewhere`` the reasons are left out, and the files counted all the same.
    """
    lines = []
    series_of = _series_by_instance(catalogue)
    for patient in catalogue.patients:
        identity = f" ({plain_line(patient.id)})" if patient.id else ""
        lines.append(f"{person_name(patient.name) or 'no name'}{identity}")
        for study in patient.studies:
            lines.append(f"  {date(study.date) or 'no date'}  {_described(study.description)}")
            for series in study.series:
                lines += _series_lines(series, series_of)
    ledger = catalogue.ledger
    lines += [plain_line(notice) for notice in ledger.notices]
    lines.append(ledger_sentence(catalogue))
    lines += [
        f"  {whole_line(skipped.path)}: {whole_line(skipped.reason)}"
        for skipped in ledger.skipped
        if skipped.kind not in ("not-dicom", "index", "archive") and skipped not in told_elsewhere
    ]
    return "\n".join(lines) + "\n"


def _patient_json(patient: Patient, listed: set[str]) -> dict[str, Any]:
    return {
        "name": patient.name,
        "id": patient.id,
        "studies": [_study_json(study, listed) for study in patient.studies],
    }


def _study_json(study: Study, listed: set[str]) -> dict[str, Any]:
    return {
        "uid": study.uid,
        "date": study.date,
        "description": study.description,
        "series": [_series_json(series, listed) for series in study.series],
    }


def _series_json(series: Series, listed: set[str]) -> dict[str, Any]:
    return {
        "uid": series.uid,
        "number": series.number,
        "modality": series.modality,
        "description": series.description,
        "stacks": [_stack_json(stack, listed) for stack in series.stacks],
    }


def _stack_json(stack: Stack, listed: set[str]) -> dict[str, Any]:
    files = [header.path for header in stack.headers if header.path not in listed]
    listed.update(files)
    first = stack.headers[0]
    return {
        "kind": stack.kind,
        "frames": len(stack),
        "rows": first.rows,
        "columns": first.columns,
        "split_reason": stack.split_reason,
        "regular": stack.regular,
        "spacing_zyx_mm": stack.spacing_zyx_mm and list(stack.spacing_zyx_mm),
        "geometry_notes": list(stack.geometry_notes),
        "files": files,
        "references": list(
            dict.fromkeys(
                reference.series_instance_uid
                for header in stack.headers
                for reference in header.references
            )
        ),
    }


def _series_by_instance(catalogue: Catalogue) -> dict[str, Series]:
    """Give the series of each instance; nothing where no object refers to another."""
    every = [
        (header, series)
        for patient in catalogue.patients
        for study in patient.studies
        for series in study.series
        for stack in series.stacks
        for header in stack.headers
    ]
    if not any(header.references for header, _ in every):
        return {}
    return {header.sop_instance_uid: series for header, series in every}


def _series_lines(series: Series, series_of: Mapping[str, Series]) -> list[str]:
    number = "" if series.number is None else f"{series.number} "
    head = f"    {number}{plain_line(series.modality)}  {_described(series.description)}"
    if len(series.stacks) == 1:
        return [
            f"{head}: {_stack_words(series.stacks[0], series_of)}",
            *_notes(series.stacks[0], 6),
        ]
    lines = [head]
    for stack in series.stacks:
        lines.append(f"      {plain_line(stack.split_reason)}: {_stack_words(stack, series_of)}")
        lines += _notes(stack, 8)
    return lines


def _stack_words(stack: Stack, series_of: Mapping[str, Series]) -> str:
    if stack.kind == "document":
        header = stack.headers[0]
        if header.references:
            return _state_words(header, series_of)
        return plain_line(stack.label or "document")
    frames = f"{len(stack):,} {'frame' if len(stack) == 1 else 'frames'}"
    words = [f"{stack.kind}, {frames} of {size_words(stack.headers[0])}"]
    if stack.spacing_zyx_mm:
        words.append(" × ".join(f"{value:.4g}" for value in stack.spacing_zyx_mm) + " mm")
    return ", ".join(words)


def _state_words(header: InstanceHeader, series_of: Mapping[str, Series]) -> str:
    """Name a presentation state with the series that its images are in."""
    numbers = []
    for reference in header.references:
        series = series_of.get(reference.sop_instance_uid)
        if series is not None:
            numbers.append("without number" if series.number is None else str(series.number))
    name = f"presentation state {plain_line(header.content_label)}".rstrip()
    if not numbers:
        return f"{name} for images that are not among these files"
    return f"{name} for series {' and '.join(dict.fromkeys(numbers))}"


def _notes(stack: Stack, indent: int) -> list[str]:
    return [f"{' ' * indent}! {plain_line(note)}" for note in stack.geometry_notes]


def _described(text: str) -> str:
    return plain_line(text) or "no description"
