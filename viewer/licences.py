"""What this Negato is made of: each part with its version, its licence, and the text of that.

Asks what is installed (the program bundle brings the same metadata along) and adds what no
metadata tells of: Python, Qt, and the libraries that the bundle's build lists. Loaded only when
somebody wants to know. Which parts the bundle holds is the business of its build.
"""

from __future__ import annotations

import csv
import platform
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from viewer import __version__, program
from viewer.resources import resource

# what Negato asks for by itself, and what it uses where it is there
REQUIRED = (
    "PySide6-Essentials",
    "pyqtgraph",
    "pydicom",
    "numpy",
    "imagecodecs",
    "pylibjpeg",
    "pylibjpeg-openjpeg",
    "pylibjpeg-rle",
    "Pillow",
    "tifffile",
)
OPTIONAL = ("pylibjpeg-libjpeg", "av", "nibabel", "pandas", "pyarrow", "openpyxl")

_ABOVE = Path(__file__).parent.parent
_OF_QT = frozenset({"pyside6-essentials", "shiboken6"})  # bring no text of their licence
_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")
_LICENCE_FILE = re.compile(r"licen[cs]e|copying|notice", re.IGNORECASE)
_LIBRARY_WITHIN = re.compile(r"licenses/LICENSE[-_](.+)$")  # as imagecodecs names them
_RULE = "=" * 78


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what runs; ``version`` is empty and ``licence`` vague where nobody tells."""

    name: str
    version: str
    licence: str
    text: str


def parts() -> list[Part]:
    """Give every part: Negato first, the others by name."""
    others = [_python(), _tables(), *_libraries_of_the_bundle()]
    for distribution in _distributions():
        others += _parts_of(distribution)
    others.sort(key=lambda part: part.name.casefold())
    return [_negato(), *others]


def as_text(listed: Iterable[Part]) -> str:
    """Give parts and their texts as one text to print or to keep."""
    listed = list(listed)
    lines = ["Negato is made of:", ""]
    lines += [f"  {_title(part)}: {part.licence}" for part in listed]
    for part in listed:
        lines += ["", _RULE, _title(part), part.licence, _RULE, "", part.text.rstrip()]
    return "\n".join(lines) + "\n"


def _title(part: Part) -> str:
    return f"{part.name} {part.version}".rstrip()


def _negato() -> Part:
    of_checkout = _ABOVE / "LICENSE"
    if of_checkout.is_file():
        text = _read(of_checkout)
    else:
        text = "\n\n".join(text for _, text in _texts(metadata.distribution("negato")))
    return Part("Negato", __version__, "MIT", text)


def _python() -> Part:
    text = _read(resource("licences/Python.txt"))
    return Part("Python", platform.python_version(), "PSF-2.0", text)


def _tables() -> Part:
    text = _read(resource("licences/Tables.txt"))
    return Part("Tables of the DICOM standard", "", "MIT, BSD-3-Clause", text)


def _libraries_of_the_bundle() -> Iterator[Part]:
    """Give the libraries that the build of the bundle lists: name, version, licence, origin."""
    if not program.is_bundle():
        return
    for line in _read(_ABOVE / "LIBRARIES.txt").splitlines():
        name, version, licence, origin = line.split("\t")
        text = f"A library that comes from {origin}."
        brought = _ABOVE / "licences" / f"{origin.rpartition(' ')[2]}.txt"
        if brought.is_file():
            text += f"\n\n{_read(brought)}"
        yield Part(name, version, licence, text)


def _distributions() -> Iterator[metadata.Distribution]:
    """Give what is installed of all that Negato asks for, and of what that asks for."""
    wanted = [*REQUIRED, *OPTIONAL]
    seen = set()
    while wanted:
        name = re.sub(r"[-_.]+", "-", wanted.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # for another system, or an option
            continue
        yield distribution
        for requirement in distribution.requires or ():
            named = _REQUIREMENT.match(requirement)
            if named and "extra ==" not in requirement:
                wanted.append(named[0])


def _parts_of(distribution: metadata.Distribution) -> Iterator[Part]:
    """Give a distribution, and the libraries in it whose licences it names one by one."""
    texts = []
    for path, text in _texts(distribution):
        within = _LIBRARY_WITHIN.search(path)
        if within and ".dist-info/" not in path:
            yield Part(f"{distribution.name}: {within[1]}", "", "see its text", text)
        else:
            texts.append((path, text))
    if re.sub(r"[-_.]+", "-", distribution.name).lower() in _OF_QT:
        names = ("Qt", "LGPL-3.0", "GPL-3.0")
        texts = [(name, _read(resource(f"licences/{name}.txt"))) for name in names]
    joined = "\n\n".join(f"{path}:\n\n{text}" if len(texts) > 1 else text for path, text in texts)
    yield Part(
        distribution.name,
        distribution.version,
        _licence(distribution),
        joined or "It brings no text of its licence.",
    )


def _licence(distribution: metadata.Distribution) -> str:
    """Give the licence as the metadata states it, best an SPDX expression."""
    fields = distribution.metadata
    stated = [*(fields.get_all("License-Expression") or ()), *(fields.get_all("License") or ())]
    for licence in stated:
        if licence.strip() and "\n" not in licence:  # some give the whole text there
            return str(licence).strip()
    classifiers = fields.get_all("Classifier") or ()
    named = [c.rpartition(" :: ")[2] for c in classifiers if c.startswith("License ::")]
    return ", ".join(named) or "see its text"


def _texts(distribution: metadata.Distribution) -> Iterator[tuple[str, str]]:
    """Give the path and content of each licence file, no content twice."""
    # `Distribution.files` makes an object of each file, and Qt has thousands
    record = (distribution.read_text("RECORD") or "").splitlines()
    named = csv.reader(line for line in record if _LICENCE_FILE.search(line))
    known = set()
    # those of the metadata first: others may repeat them
    for path in sorted((row[0] for row in named), key=lambda path: ".dist-info/" not in path):
        place = Path(str(distribution.locate_file(path)))
        if not _LICENCE_FILE.search(place.name) or place.suffix in (".py", ".pyc"):
            continue
        text = _read(place) if place.is_file() else ""  # the bundle leaves some out
        if text.strip() and text not in known:
            known.add(text)
            yield path, text


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").lstrip("\ufeff")
