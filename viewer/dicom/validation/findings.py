"""What a validation finds: plain values that may cross processes, and how they are collected.

Which rules there are is said in `rules`; what breaks them is found by the other modules.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from viewer.dicom.validation.rules import RULES, Severity

_MOST_OF_A_RULE = 100  # of one file; what comes after is counted
_LONGEST_QUOTE = 80


@dataclass(frozen=True, slots=True)
class Finding:
    """One departure from the standard.

    Attributes
    ----------
    rule : str
        A key of `rules.RULES`.
    tag : int or None
        Of the attribute; None where it is about the file, or several files.
    where : str
        Keyword path, as `tags.keyword_path` has it; "" where there is no place.
    section : str
        Of the standard: "PS3.5 6.2".
    """

    path: str
    rule: str
    severity: Severity
    tag: int | None
    where: str
    sentence: str
    section: str


@dataclass(frozen=True, slots=True)
class Plane:
    """Where a single frame lies, as far as the header says."""

    orientation: tuple[float, ...]
    position_lps: tuple[float, ...]
    rows: int
    columns: int
    spacing_between_slices: float | None


@dataclass(frozen=True, slots=True)
class Identity:
    """What the other files of a series or a disc are compared by."""

    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    study_uid: str = ""
    series_uid: str = ""
    frame_of_reference_uid: str = ""
    transfer_syntax_uid: str = ""
    patient_id: str = ""
    modality: str = ""
    acquisition: str = ""  # what tells apart images of one place: time, echo, phase…
    plane: Plane | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one file."""

    path: str
    findings: tuple[Finding, ...]
    identity: Identity
    records: tuple[RecordOnDisc, ...] = ()  # of a DICOMDIR


@dataclass(frozen=True, slots=True)
class RecordOnDisc:
    """A directory record that names a file, and the file that was found by its File ID."""

    path: str
    where: str
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    patient_id: str
    study_uid: str
    series_uid: str


@dataclass(slots=True)
class Collector:
    """Gathers the findings of one file; of one rule no more than anybody reads."""

    path: str
    findings: list[Finding] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def add(
        self,
        rule: str,
        sentence: str,
        *,
        tag: int | None = None,
        where: str = "",
        section: str = "",
    ) -> None:
        """Add a finding; the section is the rule's where none is given."""
        self._counts[rule] += 1
        if self._counts[rule] <= _MOST_OF_A_RULE:
            of = RULES[rule]
            found = Finding(
                self.path, rule, of.severity, tag, where, sentence, section or of.section
            )
            self.findings.append(found)

    def has(self, rule: str) -> bool:
        """Tell whether a rule was broken."""
        return bool(self._counts[rule])

    def all(self) -> tuple[Finding, ...]:
        """Give what was found; what was not kept is counted by a finding of its own."""
        more = [
            Finding(
                self.path,
                rule,
                RULES[rule].severity,
                None,
                "",
                f"{count - _MOST_OF_A_RULE:,} more of this kind in the file.",
                RULES[rule].section,
            )
            for rule, count in self._counts.items()
            if count > _MOST_OF_A_RULE
        ]
        return (*self.findings, *more)


def quoted(value: str | bytes) -> str:
    """Give a value as a sentence shows it: short, and in quotation marks."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    kept = text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"
    return f'"{kept}"'
