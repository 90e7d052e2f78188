"""The commands on folders of mutants: they end with 0 or 1, and write what a terminal may show."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from random import Random

from tests.fuzz.findings import Finding, of_exception, of_sentence
from tests.fuzz.watching import defects_told
from viewer.cli import main

_USUAL_EXITS = (0, 1)
_UNREADABLE = 2  # of diff, as of programs of that name
_COMMANDS_AT_A_TIME = 3
_FORMATS = ("png", "jpeg", "tiff", "gif", "webp", "npz", "npy", "nifti", "nrrd", "dicom")
_A_VALUE = ("list", "dump", "explain")  # of JSON, not a line each


def run_commands(folder: str, names: list[str], random: Random) -> Iterator[Finding]:
    """Run some commands: on the folder, or on one of its files."""
    file, other = (f"{folder}/{name}" for name in random.sample(names, 2))
    out = f"{folder}.out"
    commands = (
        ["list", folder],
        ["list", "--json", folder],
        ["check", "--json", folder],
        ["check", folder],
        ["dump", file],
        ["dump", "--json", file],
        ["explain", file],
        ["list", "--csv", folder],
        ["explain", "--json", file],
        ["render", file, "-o", f"{folder}/picture.png"],
        ["table", folder, "--columns", "PatientName,Rows,path", "--all-files"],
        ["table", folder, "--columns", "Modality", "--level", "series", "--json"],
        ["matrix", file],
        ["matrix", file, "--json"],
        ["diff", file, other],
        ["diff", file, other, "--json"],
        ["validate", folder, "--severity", "note"],
        ["validate", folder, "--json"],
        ["export", folder, "-o", out, "--format", random.choice(_FORMATS)],
        ["export", file, "-o", out, "--format", random.choice(_FORMATS), "--json"],
    )
    for arguments in random.sample(commands, _COMMANDS_AT_A_TIME):
        yield from _run(arguments)


def _run(arguments: list[str]) -> Iterator[Finding]:
    name = arguments[0]
    raw = io.BytesIO()
    out, told = io.TextIOWrapper(raw, "utf-8", newline=""), io.StringIO()
    try:
        with defects_told() as defects, redirect_stdout(out), redirect_stderr(told):
            code = main(arguments)
    # whatever it is, SystemExit too: a defect, and the run goes on
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        yield of_exception(error, f"negato {name}")
        return
    for error in defects:
        yield of_exception(error, f"negato {name}")
    if code not in (_USUAL_EXITS if name != "diff" else (*_USUAL_EXITS, _UNREADABLE)):
        yield Finding("exception", f"negato {name}: exit {code}", told.getvalue())
    out.flush()
    answer = raw.getvalue().decode("utf-8", "replace").replace("\r\n", "\n")  # CSV has these
    for text in (answer, told.getvalue()):
        odd = sorted({one for one in text if one != "\n" and _may_steer(one)})
        if odd:
            codes = ", ".join(f"U+{ord(one):04X}" for one in odd)
            yield Finding("escape", f"negato {name}: unprintable text", codes)
        found = of_sentence(text, f"negato {name}")
        if found is not None:
            lines = [line for line in text.splitlines() if of_sentence(line, "")]
            yield Finding(found.kind, f"negato {name}: {found.kind} told", "\n".join(lines))
    if "--json" in arguments and code == 0:
        yield from _valid(answer, name)


def _may_steer(character: str) -> bool:
    """Tell what a terminal may take for more than a character: controls, formats, line ends."""
    category = unicodedata.category(character)
    return category.startswith("C") or category in ("Zl", "Zp")


def _valid(text: str, name: str) -> Iterator[Finding]:
    """Tell JSON that is none; a line each, or one value over many lines."""
    try:
        for line in [text] if name in _A_VALUE else text.splitlines():
            json.loads(line, parse_constant=_refused)
    except ValueError as error:
        yield Finding("exception", f"negato {name}: JSON that is none", f"{error}\n{text[:2000]}")


def _refused(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")
