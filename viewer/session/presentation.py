"""Which presentation states there are for what is open, and what to call them.

Owns nothing: all is told from headers, anew for each catalogue. Reading a
state is `viewer.dicom.presentation_states`' matter, in a child process;
applying it that of `viewer.imaging.presentation`.
"""

from __future__ import annotations

from collections.abc import Sequence

from viewer.dicom.catalogue import Catalogue
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.sop_classes import is_presentation_state
from viewer.dicom.stacks import Stack
from viewer.plain_text import date, plain_line


def states_for(catalogue: Catalogue, stack: Stack) -> tuple[InstanceHeader, ...]:
    """Give the presentation states that are for images of ``stack``, the newest first."""
    return those_for(open_states(catalogue), stack)


def those_for(states: Sequence[InstanceHeader], stack: Stack) -> tuple[InstanceHeader, ...]:
    """Give those of ``states`` that are for images of ``stack``, in their order."""
    if not states or stack.kind == "document":
        return ()
    shown = {header.sop_instance_uid for header in stack.headers}
    return tuple(state for state in states if _is_for(state, shown))


def state_name(header: InstanceHeader) -> str:
    """Name a presentation state in one plain line: "LABEL, description (2024-01-31)"."""
    words = (plain_line(header.content_label), plain_line(header.content_description))
    name = ", ".join(word for word in words if word) or "presentation state"
    created = date(header.presentation_creation_date)
    return f"{name} ({created})" if created else name


def open_states(catalogue: Catalogue) -> list[InstanceHeader]:
    """Give the presentation states that are open, the newest first."""
    states = [
        header
        for stack in catalogue.stacks()
        if stack.kind == "document"
        for header in stack.headers
        if is_presentation_state(header.sop_class_uid)
    ]
    return sorted(states, key=_created, reverse=True)


def _created(header: InstanceHeader) -> tuple[str, str]:
    # 2000.07.04 and 12:00 are the old ways to write them
    day, time = header.presentation_creation_date, header.presentation_creation_time
    return day.replace(".", ""), time.replace(":", "")


def _is_for(state: InstanceHeader, sop_instance_uids: set[str]) -> bool:
    return any(one.sop_instance_uid in sop_instance_uids for one in state.references)
