"""Finding stacks, frames and instances in a catalogue; what to say where nothing is found."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

from viewer.dicom.catalogue import Catalogue
from viewer.dicom.stacks import FrameKey, Stack
from viewer.plain_text import plain_line


def first_image(catalogue: Catalogue) -> tuple[Stack, int] | None:
    """Give the first frame of the first stack with frames."""
    return next(((stack, 0) for stack in catalogue.stacks() if len(stack)), None)


def find_frame(catalogue: Catalogue, key: FrameKey) -> tuple[Stack, int] | None:
    """Find the stack and index that show the frame ``key``."""
    path, frame = key
    for stack in catalogue.stacks():
        # header by header first: there may be a hundred thousand
        for place, header in enumerate(stack.headers):
            if header.path == path and (place, frame) in stack.frames:
                return stack, stack.frames.index((place, frame))
    return None


def find_instance(catalogue: Catalogue, uids: Collection[str]) -> tuple[Stack, int] | None:
    """Find the first frame of an instance that has one of these SOP instance UIDs."""
    for stack in catalogue.stacks():
        for index in range(len(stack)):
            if stack.header(index).sop_instance_uid in uids:
                return stack, index
    return None


def place_of(catalogue: Catalogue, shown: Stack, index: int) -> tuple[Stack, int] | None:
    """Find what shows now what frame ``index`` of a stack showed; for a document, its file."""
    if len(shown):
        return find_frame(catalogue, shown.key(index))
    path = shown.headers[0].path
    stacks = (stack for stack in catalogue.stacks() if not len(stack))
    return next(((s, 0) for s in stacks if any(h.path == path for h in s.headers)), None)


def samples_of(catalogue: Catalogue, roots: Sequence[str]) -> dict[str, str]:
    """Give the folders of what was opened, each with a file of it that is shown."""
    firsts = [stack.headers[0].path for stack in catalogue.stacks()]
    samples = {}
    for root in roots:
        # the second for files, which have come with others of their folder
        for place in (root, os.path.dirname(root)):
            below = os.path.join(place, "")
            sample = next((path for path in firsts if path.startswith(below)), "")
            if sample:
                samples[place] = sample
                break
    return samples


def nothing_found(catalogue: Catalogue, paths: Sequence[str]) -> str:
    """Say that what was opened beside something else has nothing to show, and what to do."""
    name = plain_line(os.path.basename(paths[0]) or paths[0], 80)
    reasons = (one.reason for one in catalogue.ledger.skipped if one.path == paths[0])
    if len(paths) == 1 and (reason := next(reasons, "")):
        return f"{name}: {reason}"
    more = f" and {len(paths) - 1:,} more hold" if len(paths) > 1 else " holds"
    return f"{name}{more} nothing that can be shown. Press Ctrl+L to see each file with its reason."
