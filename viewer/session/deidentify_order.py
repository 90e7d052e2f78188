"""What is to be de-identified and how, as ``negato anonymize`` takes it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from viewer.session.scopes import Scope

Rectangle = tuple[int, int, int, int]  # row, column, rows, columns; the first two from 0


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the Basic Profile (PS3.15 Annex E), and what remains with it."""

    name: str
    title: str
    remains: str


OPTIONS = (
    Option(
        "retain-uids",
        "Keep &UIDs",
        "The original UIDs remain: who has the archive can find the originals.",
    ),
    Option(
        "retain-patient-characteristics",
        "Keep patient c&haracteristics",
        "Age, sex, size, weight and the like remain.",
    ),
    Option(
        "retain-device",
        "Keep d&evice",
        "Station name, serial number and other names of the machine remain.",
    ),
    Option(
        "retain-institution",
        "Keep &institution",
        "Name, address and department of the institution remain.",
    ),
    Option(
        "clean-descriptors",
        "Keep cleaned de&scriptions",
        "Descriptions and comments remain, without what is found of the patient in them.",
    ),
    Option(
        "clean-graphics",
        "Keep cleaned &graphics",
        "Overlays and graphics remain, without what is found of the patient in them.",
    ),
    Option(
        "retain-safe-private",
        "Keep safe pri&vate elements",
        "Private elements that are known to say nothing of the patient remain.",
    ),
)
DATES = (
    Option("", "removed", "No date or time remains."),
    Option(
        "retain-modified-dates",
        "shifted",
        "Dates are moved by a number of days, the same for all of a patient: intervals remain.",
    ),
    Option("retain-full-dates", "kept", "All dates and times remain as they are."),
)


@dataclass(frozen=True, slots=True)
class DeidentifyOrder:
    """What is to be done; ``confirmed`` are files that would else be held back."""

    scope: Scope
    options: tuple[str, ...] = ()
    key_file: str = ""
    rules: str = ""
    rectangles: tuple[Rectangle, ...] = ()

    def arguments(self) -> list[str]:
        """Give the arguments of the command that say how."""
        arguments = ["--profile", ",".join(("basic", *self.options))]
        if self.key_file:
            arguments += ["--key-file", self.key_file]
        if self.rules:
            arguments += ["--rules", self.rules]
        for rectangle in self.rectangles:
            arguments += ["--black-out", rectangles_text([rectangle])]
        return arguments

    def order(self, left_out: Collection[str] = ()) -> dict[str, object]:
        """Give what the command reads, without files that the user leaves out."""
        return {"paths": [path for path in self.scope.paths if path not in left_out]}


def rectangles_of(text: str) -> tuple[Rectangle, ...]:
    """Read rectangles as they are typed: "1,1,60,512; 401,1,20,100", counted from 1.

    Raises
    ------
    ValueError
        With a sentence.
    """
    rectangles = []
    for part in text.replace("\n", ";").split(";"):
        if not part.strip():
            continue
        numbers = part.split(",")
        try:
            row, column, rows, columns = (int(number) for number in numbers)
        except ValueError:
            row = column = rows = columns = 0
        if min(row, column, rows, columns) < 1:
            told = "A rectangle is row, column, rows, columns: 1,1,60,512 for the first 60 rows."
            raise ValueError(told)
        rectangles.append((row - 1, column - 1, rows, columns))
    return tuple(rectangles)


def rectangles_text(rectangles: Collection[Rectangle]) -> str:
    """Write rectangles as they are typed."""
    return "; ".join(
        f"{row + 1},{column + 1},{rows},{columns}" for row, column, rows, columns in rectangles
    )
