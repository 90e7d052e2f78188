"""Whatever is opened, closed and changed in any order: each file once, as it is, and none lost."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.dicom.slices import a_slice
from tests.dicom.test_catalogue_openings import headers
from viewer.dicom.catalogue import CatalogueBuilder
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS

FOLDERS = ("/a", "/b", "/c")
STUDIES = ("9.0", "9.1")


class Disc:
    """Folders of files that change, and what is opened of them at random."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.builder = CatalogueBuilder()
        self.files: dict[str, InstanceHeader] = {}
        self.running: dict[int, list[str]] = {}
        self.opened = self.written = 0
        for folder in FOLDERS:
            for number in range(5):
                self.write(f"{folder}/{number}")

    def write(self, path: str) -> None:
        self.written += 1
        uid = self.random.randrange(4)
        self.files[path] = a_slice(
            uid + 1,
            path=path,
            sop_instance_uid=f"1.{uid}",
            study_instance_uid=STUDIES[uid % 2],
            series_instance_uid=f"{STUDIES[uid % 2]}.1",
            patient_name=self.random.choice(("Doe", "Roe")),
            mtime_ns=self.written,
        )

    def open(self, *folders: str) -> None:
        self.opened += 1
        self.builder.begin(self.opened, folders, DEFAULT_LIMITS)
        self.running[self.opened] = [path for path in sorted(self.files) if path[:2] in folders]

    def go_on(self) -> None:
        number = self.random.choice(list(self.running))
        if self.running[number]:
            path = self.running[number].pop(0)
            if path in self.files:
                self.builder.add(self.files[path], number)
            return
        del self.running[number]
        self.builder.end(number, whole=self.random.random() < 0.9)
        if not self.running:
            self.builder.rest()

    def change(self) -> None:
        path = f"{self.random.choice(FOLDERS)}/{self.random.randrange(6)}"
        if self.random.random() < 0.4:
            self.files.pop(path, None)
        else:
            self.write(path)

    def do_something(self) -> None:
        choice = self.random.random()
        if choice < 0.1 and len(self.running) < 3:
            self.open(*self.random.sample(FOLDERS, self.random.randrange(1, 3)))
        elif choice < 0.7 and self.running:
            self.go_on()
        elif choice < 0.8:
            self.change()
        elif choice < 0.85:
            latest = self.random.randrange(max(self.opened - 1, 0), self.opened + 1)
            self.builder.close_study(self.random.choice(STUDIES), latest)
        else:
            self.builder.snapshot(complete=False)


@pytest.mark.parametrize("seed", range(60))
def test_all_that_is_there_is_shown_or_a_copy_of_what_is(seed: int) -> None:
    disc = Disc(seed)
    for _ in range(120):
        disc.do_something()
    while disc.running:
        disc.go_on()
    disc.open(*FOLDERS)
    for path in disc.running.pop(disc.opened):
        disc.builder.add(disc.files[path], disc.opened)
    disc.builder.end(disc.opened)
    shown = headers(disc.builder)
    skipped = {one.path for one in disc.builder.snapshot().ledger.skipped}
    assert sorted([*(header.path for header in shown), *skipped]) == sorted(disc.files)
    assert all(disc.files[header.path] == header for header in shown)
    pictures = [replace(header, path="", mtime_ns=0) for header in shown]
    assert len(set(pictures)) == len(pictures)
    assert set(pictures) == {replace(one, path="", mtime_ns=0) for one in disc.files.values()}
    for uid in STUDIES:
        disc.builder.close_study(uid, disc.opened)
    left = disc.builder.snapshot()
    assert (left.patients, left.ledger.skipped, disc.builder.roots()) == ((), (), ())
