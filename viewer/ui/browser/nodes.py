"""The catalogue as the browser's rows: what each row says and which stack it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from viewer.dicom.catalogue import Catalogue, Patient, Series, Study
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.patients import Announced, plain_name
from viewer.dicom.stacks import Stack
from viewer.plain_text import date, person_name, plain_line
from viewer.session.presentation import open_states, state_name, those_for

_BEING_READ = "being read"

States = Sequence[InstanceHeader]  # the presentation states that are open


@dataclass(frozen=True, slots=True)
class Node:
    """One row: two lines of plain text, the stack it shows, rows below it.

    ``key`` stays the same while the catalogue grows.
    """

    key: str
    title: str
    subtitle: str
    children: tuple[Node, ...] = ()
    stack: Stack | None = None
    study_uid: str = ""
    badge: str = ""  # the modality
    state: InstanceHeader | None = None  # the presentation state it applies
    announced: bool = False  # by the index of a disc: no file of it has been read
    awaits_picture: bool = False  # will have one once they are

    def matches(self, words: list[str]) -> bool:
        """Say whether each of ``words`` (lower case) is in this row's text."""
        text = f"{self.title} {self.subtitle} {self.badge}".lower()
        return all(word in text for word in words)

    def told(self) -> str:
        """Say in full what the row elides, and what is odd about its stack."""
        notes = self.stack.geometry_notes if self.stack is not None else ()
        return "\n".join((self.title, self.subtitle, *(plain_line(note, 200) for note in notes)))


def nodes_of(catalogue: Catalogue) -> tuple[Node, ...]:
    """Give the rows of ``catalogue``: patients, studies, series; stacks where there are several."""
    states = open_states(catalogue)
    return tuple(_patient(patient, states) for patient in catalogue.patients)


def filtered(nodes: tuple[Node, ...], text: str) -> tuple[Node, ...]:
    """Keep the rows that hold all words of ``text``, with those above and below them."""
    words = text.lower().split()
    return tuple(_matching(nodes, words)) if words else nodes


def stacks_in(nodes: Sequence[Node]) -> Iterator[Stack]:
    """Give the stack of every row that shows one, rows above before those below them."""
    for node in nodes:
        if node.stack is not None:
            yield node.stack
        yield from stacks_in(node.children)


def _matching(nodes: tuple[Node, ...], words: list[str]) -> Iterator[Node]:
    for node in nodes:
        missing = [word for word in words if not node.matches([word])]
        if not missing:
            yield node
            continue
        below = tuple(_matching(node.children, missing))
        if below:
            yield replace(node, children=below)


def _patient(patient: Patient, states: States) -> Node:
    key = f"{patient.id}\0{patient.issuer}\0{plain_name(patient.name)}"
    facts = (
        plain_line(patient.id, 64),
        f"born {date(patient.birth_date)}" if patient.birth_date else "",
        plain_line(patient.sex, 16),
    )
    studies = tuple(_study(study, key, states) for study in patient.studies)
    return Node(
        key,
        person_name(patient.name) or "No name",
        _join(facts),
        studies,
        announced=all(study.announced for study in studies),
    )


def _study(study: Study, above: str, states: States) -> Node:
    key = f"{above}\0{study.uid}"
    coming = [series.announced for series in study.series if series.announced is not None]
    images = sum(len(stack) for series in study.series for stack in series.stacks)
    images += sum(announced.images for announced in coming)
    facts = (
        date(study.date),
        _count(len(study.series), "series", "series"),
        _images(images),
        _BEING_READ if coming else "",
    )
    title = plain_line(study.description, 120) or "Study"
    series = tuple(_series(one, key, study.uid, states) for one in study.series)
    announced = len(coming) == len(series)
    return Node(key, title, _join(facts), series, None, study.uid, announced=announced)


def _series(series: Series, above: str, study_uid: str, states: States) -> Node:
    key = f"{above}\0{series.uid}"
    number = f"{series.number}  " if series.number is not None else ""
    badge = plain_line(series.modality, 8)
    if series.announced is not None:
        title = number + (plain_line(series.description, 120) or "Series")
        facts = _announced_facts(series.announced)
        awaits = series.announced.images > 0
        return Node(
            key,
            title,
            facts,
            study_uid=study_uid,
            badge=badge,
            announced=True,
            awaits_picture=awaits,
        )
    if len(series.stacks) == 1:
        stack = series.stacks[0]
        title = number + (
            plain_line(series.description, 120) or plain_line(stack.label) or "Series"
        )
        below = _states(stack, key, study_uid, states)
        return Node(key, title, _stack_facts(stack), below, stack, study_uid, badge)
    title = number + (plain_line(series.description, 120) or "Series")
    images = sum(len(stack) for stack in series.stacks)
    facts = _join((_count(len(series.stacks), "stack", "stacks"), _images(images)))
    stacks = tuple(
        Node(
            f"{key}\0{stack.uid}",
            plain_line(stack.split_reason, 120) or plain_line(stack.label) or "Stack",
            _stack_facts(stack),
            _states(stack, f"{key}\0{stack.uid}", study_uid, states),
            stack,
            study_uid,
            badge,
        )
        for stack in series.stacks
    )
    return Node(key, title, facts, stacks, None, study_uid, badge)


def _states(stack: Stack, above: str, study_uid: str, states: States) -> tuple[Node, ...]:
    """Give a row for each presentation state that is for images of a stack."""
    return tuple(
        Node(
            f"{above}\0{header.path}",
            plain_line(state_name(header), 120),
            "presentation state",
            study_uid=study_uid,
            state=header,
        )
        for header in those_for(states, stack)
    )


def _stack_facts(stack: Stack) -> str:
    if not len(stack):
        return "no picture"
    header = stack.header(0)
    size = f"{header.columns} × {header.rows}" if header.rows and header.columns else ""
    unit = "frames" if stack.kind == "cine" else "images"
    count = _count(len(stack), unit[:-1], unit)
    return _join((count, size, "see notes" if stack.geometry_notes else ""))


def _announced_facts(announced: Announced) -> str:
    files = _count(announced.files, "file", "files")
    count = _images(announced.images) if announced.images == announced.files else files
    return _join((count, _BEING_READ, "from the disc's index"))


def _images(count: int) -> str:
    return _count(count, "image", "images")


def _count(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _join(parts: tuple[str, ...]) -> str:
    return " · ".join(part for part in parts if part)
