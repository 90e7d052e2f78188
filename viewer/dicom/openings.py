"""What the user opened at one time: which files come from it, what of it is shown, what is no more.

Knows paths alone; the files themselves are `catalogue`'s.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.ledger import Skipped

if TYPE_CHECKING:
    from viewer.dicom.stacks import Stack

NOT_THERE_NOW = ("missing", "unreadable")  # kinds of skipping: what was read before stays


@dataclass(slots=True)
class Opening:
    """Paths that were opened together, absolute; once settled, what they are as well."""

    paths: tuple[str, ...] = ()
    is_settled: bool = False
    _folders: tuple[str, ...] = ()  # what lies below them comes from it
    _beside: str = ""  # the folder of a file opened alone, whose series comes along

    def settle(self, skipped: Mapping[str, Skipped]) -> None:
        """End: what was found says what the paths are."""
        self.is_settled = True
        kinds = {path: skipped[path].kind if path in skipped else "" for path in self.paths}
        indexes = [os.path.dirname(path) for path, kind in kinds.items() if kind == "index"]
        self._folders = tuple(os.path.join(path, "") for path in (*self.paths, *indexes))
        if len(self.paths) == 1 and not kinds[self.paths[0]]:
            self._beside = os.path.dirname(self.paths[0])

    def reaches(self, path: str) -> bool:
        """Tell whether a file may come from it."""
        return (
            path in self.paths
            or path.startswith(self._folders)
            or (self._beside != "" and os.path.dirname(path) == self._beside)
        )

    def has_any(self, paths: Iterable[str]) -> bool:
        """Tell whether one of these files may come from it."""
        return any(map(self.reaches, paths))

    def covers(self, other: Opening) -> bool:
        """Tell whether all that was opened with the other was opened with this."""
        return set(other.paths) <= set(self.paths)

    def first(
        self, stacks: Sequence[Stack], came_with_it: Callable[[str], bool]
    ) -> tuple[Stack, int] | None:
        """Choose what to show of it.

        The file that was opened by name, where there is one; else the first frame that came with
        it; once it has ended, a document in the want of a frame.
        """
        with_frames = [stack for stack in stacks if len(stack)]
        named = set(filter(came_with_it, self.paths))
        found = _first_frame(with_frames, named.__contains__) if named else None
        if found is None:
            found = _first_frame(with_frames, came_with_it)
        if found is None and self.is_settled:
            documents = (stack for stack in stacks if not len(stack))
            of_it = (stack for stack in documents if came_with_it(stack.headers[0].path))
            found = next(((stack, 0) for stack in of_it), None)
        return found

    def gone(
        self,
        number: int,
        numbers: Mapping[str, int],
        skipped: Mapping[str, Skipped],
        header_of: Callable[[str], InstanceHeader | None],
    ) -> list[str]:
        """Give the files that came from the same place before, and were not found there now.

        Parameters
        ----------
        number : int
            Of this opening.
        numbers : mapping
            Of the opening that each path came with last.
        """
        earlier = [path for path, came in numbers.items() if came < number]
        if not earlier:
            return []
        opened = header_of(self.paths[0]) if self._beside else None
        series = opened.series_instance_uid if opened is not None else ""
        unknown = tuple(  # who knows what is there
            os.path.join(path, "")
            for path, one in skipped.items()
            if one.kind in NOT_THERE_NOW and numbers.get(path) == number
        )

        def is_beside(path: str) -> bool:
            header = header_of(path) if series and os.path.dirname(path) == self._beside else None
            return header is not None and header.series_instance_uid == series

        return [
            path
            for path in earlier
            if (path in self.paths or path.startswith(self._folders) or is_beside(path))
            and not path.startswith(unknown)
        ]


def _first_frame(
    stacks: Sequence[Stack], is_wanted: Callable[[str], bool]
) -> tuple[Stack, int] | None:
    """Find the first frame of a file whose path is wanted."""
    for stack in stacks:
        wanted = {place for place, header in enumerate(stack.headers) if is_wanted(header.path)}
        if wanted:
            of_it = (index for index, (place, _) in enumerate(stack.frames) if place in wanted)
            return stack, next(of_it)
    return None
