"""What a judge found: counts for the report, differences held against the explained table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.oracles.explained import EXPLAINED, UNREAD

REPORT = "oracle"  # the property of a test that carries its counts, see `tests.conftest`


@dataclass
class Tally:
    """The comparisons of one test with one oracle."""

    oracle: str
    paths: Iterable[str]
    counts: Counter[str] = field(default_factory=Counter)
    differences: dict[tuple[str, str], str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)

    def compared(self, path: str) -> None:
        self.read.add(path)
        self.counts["comparisons"] += 1

    def differs(self, path: str, voi: object, how: str) -> None:
        self.differences[path, str(voi)] = how

    def not_read(self, path: str, why: str) -> None:
        self.unread[path] = why

    def skipped(self, why: str) -> None:
        self.counts[why] += 1

    def check(self, record_property: Callable[[str, object], None], *, same_version: bool) -> None:
        """Fail on what the table does not explain, and on what it need not explain any more.

        Another version of the oracle may agree where this one does not, so
        the latter asks for the version that the table was made with.
        """
        self.counts["files"] = len(self.read)
        self.counts["files it cannot read"] = len(self.unread)
        self.counts["differences"] = len(self.differences)
        record_property(REPORT, {"oracle": self.oracle, **self.counts})
        explained = {key[1:]: why for key, why in EXPLAINED.items() if key[0] == self.oracle}
        unread = UNREAD.get(self.oracle, {})
        wrong = [
            f"{path}, {voi}: {how}"
            for (path, voi), how in self.differences.items()
            if (path, voi) not in explained
        ]
        wrong += [
            f"{path}: not read: {why}" for path, why in self.unread.items() if path not in unread
        ]
        assert not wrong, "\n".join(wrong)
        if same_version:
            mine = set(self.paths)
            stale = [key for key in explained if key[0] in mine and key not in self.differences]
            stale += [(path,) for path in unread if path in mine and path not in self.unread]
            assert not stale, f"explained, but no longer so: {stale}"
