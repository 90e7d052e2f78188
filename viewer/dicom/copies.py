"""Files that share a SOPInstanceUID: copies of one that is shown; or others, against PS3.5 9."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from viewer.dicom.headers import InstanceHeader


class Copies:
    """Knows the files that are shown, by their SOPInstanceUIDs."""

    def __init__(self) -> None:
        self._first: dict[str, InstanceHeader] = {}  # of each SOPInstanceUID
        # of each that is shared: header without place, path
        self._shared: dict[str, dict[InstanceHeader, str]] = {}
        self._originals: dict[str, str] = {}  # of each copy, by their paths
        self._copies: dict[str, dict[str, InstanceHeader]] = {}  # of each original, by their paths

    def original_of(self, header: InstanceHeader) -> str | None:
        """Give the path of the file that this one is a copy of.

        Its own, where it has the SOPInstanceUID of others and another header; None, where it has
        one to itself. In both cases it is known as one that is shown.
        """
        uid = header.sop_instance_uid
        first = self._first.setdefault(uid, header)
        if first is header and uid not in self._shared:
            return None
        shared = self._shared.setdefault(uid, {})
        if first is not header:
            shared.setdefault(_without_place(first), first.path)
        original = shared.setdefault(_without_place(header), header.path)
        if original != header.path:
            if first is header:  # another one was, and is no more
                del self._first[uid]
            self._originals[header.path] = original
            self._copies.setdefault(original, {})[header.path] = header
        return original

    def originals(self, is_meant: Callable[[str], bool]) -> set[str]:
        """Give the paths of the files that those copies are of whose paths are meant."""
        return {original for copy, original in self._originals.items() if is_meant(copy)}

    def discard(self, path: str) -> None:
        """Take a file for no copy any more."""
        original = self._originals.pop(path, None)
        if original is not None:
            del self._copies[original][path]

    def forget(self, headers: Iterable[InstanceHeader]) -> list[InstanceHeader]:
        """Take files for shown no more; give what were copies of them."""
        copies: list[InstanceHeader] = []
        for header in headers:
            copies += self._copies.pop(header.path, {}).values()
            uid = header.sop_instance_uid
            if self._first.get(uid) is header:
                del self._first[uid]
            shared = self._shared.get(uid, {})
            if shared and shared.get(key := _without_place(header)) == header.path:
                del shared[key]
                if not shared:
                    del self._shared[uid]
        for copy in copies:
            del self._originals[copy.path]
        return copies

    def rest(self) -> None:
        """Forget what `wake` is told again."""
        self._first = {}

    def wake(self, headers: Iterable[InstanceHeader]) -> None:
        """Take these files for shown."""
        for header in headers:
            if header.sop_instance_uid:
                self._first.setdefault(header.sop_instance_uid, header)


def _without_place(header: InstanceHeader) -> InstanceHeader:
    return replace(header, path="", mtime_ns=0, in_archive=False)
