"""The shared libraries of the bundle: which are needed, and where each comes from by what right.

Writes ``LIBRARIES.txt`` for `viewer.licences`: a line each, of name, version (empty where the file
does not say), licence and origin, parted by tabs. Python distributions are not in it: these tell
of themselves by their metadata, which the bundle carries.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

Entry = tuple[str, str, str]  # of PyInstaller's tables: path in the bundle, source, kind
# gives the names of the libraries that a file asks for, with their paths; None for one not found
Imports = Callable[[str], Iterable[tuple[str, str | None]]]

_COPYRIGHT = "/usr/share/doc/{}/copyright"
_LGPL_QT = "LGPL-3.0-only"
# what the name of a file begins with, the library, its licence, and whether the name ends with the
# version that its makers give it
_KNOWN = (
    ("Qt6|Qt[A-Z]", "Qt", _LGPL_QT, False),
    ("icu", "ICU", "Unicode-3.0", False),
    ("crypto", "OpenSSL", "Apache-2.0", False),
    ("ffi", "libffi", "MIT", False),
    ("lzma", "liblzma (XZ Utils)", "public domain", False),
    ("bz2", "bzip2", "bzip2-1.0.6", False),
    ("mpdec", "libmpdec", "BSD-2-Clause", False),
    ("expat", "Expat", "MIT", False),
    ("xkbcommon", "libxkbcommon", "MIT", False),
    ("xcb", "XCB", "MIT", False),
    ("Xau", "libXau", "MIT", False),
    ("gssapi_krb5|krb5|k5crypto", "MIT Kerberos", "MIT", False),
    ("com_err", "libcom_err", "MIT", False),
    ("keyutils", "libkeyutils", "LGPL-2.1-or-later", False),
    ("scipy_openblas", "OpenBLAS", "BSD-3-Clause", False),
    ("gfortran|gcc_s", "GCC's libraries", "GPL-3.0-or-later WITH GCC-exception-3.1", False),
    ("quadmath", "libquadmath", "LGPL-2.1-or-later", False),
    ("jxl", "libjxl, with Highway and skcms", "BSD-3-Clause", True),
    ("brotli", "Brotli", "MIT", True),
    ("charls", "CharLS", "BSD-3-Clause", True),
    ("jpeg", "libjpeg-turbo", "IJG AND BSD-3-Clause AND Zlib", False),
    ("deflate", "libdeflate", "MIT", False),
    ("tiff", "LibTIFF", "libtiff", False),
    ("webp|sharpyuv", "libwebp", "BSD-3-Clause", False),
    ("zstd", "Zstandard", "BSD-3-Clause", False),
    ("lcms2", "Little CMS", "MIT", False),
    ("openjp2", "OpenJPEG", "BSD-2-Clause", True),
    ("openjph", "OpenJPH", "BSD-2-Clause", True),
    (
        "vcruntime|msvcp|ucrtbase|api-ms-win|concrt",
        "Microsoft Visual C++ runtime",
        "Microsoft",
        False,
    ),
)
_OF_PYTHON = re.compile(r"libpython3[^/]*\.so|python3[^/]*/lib-dynload/[^/]*\.so")
# with Python itself, with Qt for Python: their own entries tell of them
_TOLD_ELSEWHERE = re.compile(r"(?:lib)?(?:python|pyside6|shiboken6)")
_LIBRARY = re.compile(
    r"(?:lib)?(.+?)(?:-[0-9a-f]{8}|-[0-9a-f]{32})?(?:\.so(?:\.(.+))?|\.dll|\.dylib)"
)


class Library(NamedTuple):
    """A line of the list."""

    name: str
    version: str
    licence: str
    origin: str


def needed(binaries: Sequence[Entry], imports: Imports) -> list[Entry]:
    """Leave out libraries of the system that nothing in the bundle needs.

    What was left out itself has brought them: GTK, by a plugin of Qt.
    """
    of_the_system = {
        name: (name, source, kind)
        for name, source, kind in binaries
        if re.fullmatch(r"lib(?!python)[^/]+\.so[.\d]*", name)
    }
    kept = [entry for entry in binaries if entry[0] not in of_the_system]
    for _, source, kind in kept:  # which grows meanwhile
        asked = {Path(name).name for name, _ in (imports(source) if kind != "SYMLINK" else ())}
        kept += [of_the_system.pop(name) for name in sorted(asked & of_the_system.keys())]
    return kept


def lacking(binaries: Sequence[Entry], imports: Imports) -> list[str]:
    """Name the libraries that these ask for, and that neither they nor this machine have.

    Without them PyInstaller goes on, to a bundle that has no window.
    """
    asked = [imports(source) for _, source, kind in binaries if kind != "SYMLINK"]
    missing = {name for found in asked for name, path in found if path is None}
    return sorted(missing - {Path(destination).name for destination, _, _ in binaries})


def without_debugging(binaries: Iterable[Entry], folder: Path) -> list[Entry]:
    """Leave the symbols for debuggers out of Python itself, where it was built on this machine.

    They are two thirds of it. All else is as its makers have tested it.
    """
    lean = []
    for destination, source, kind in binaries:
        if _OF_PYTHON.match(destination) and shutil.which("strip") is not None:
            copy = folder / "lean" / destination
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            subprocess.run(["strip", "--strip-debug", str(copy)], check=True)
            source = str(copy)  # noqa: PLW2901
        lean.append((destination, source, kind))
    return lean


def listed(binaries: Iterable[Entry]) -> list[Library]:
    """Name the shared libraries, each once."""
    found = {}
    for destination, source, _ in binaries:
        file = destination.replace("\\", "/").rpartition("/")[2]
        if _is_library(destination) and not _TOLD_ELSEWHERE.match(file):
            library = _library(file, source)
            found[library.name, library.origin] = library
    return sorted(found.values(), key=lambda library: (library.name.casefold(), library.origin))


def debian_package(source: str) -> tuple[str, str] | None:
    """Give the name and version of the Debian package of a file; None where it is of none."""
    for path in (source, str(Path(source).resolve()), f"/usr{source}"):
        try:
            told = subprocess.run(
                ["dpkg-query", "--search", path], check=False, capture_output=True, text=True
            )
        except FileNotFoundError:  # not on Debian
            return None
        if told.returncode == 0:
            package = told.stdout.partition(": ")[0]
            show = ["dpkg-query", "--show", "--showformat", "${Version}", package]
            version = subprocess.run(show, check=True, capture_output=True, text=True).stdout
            return package.partition(":")[0], version
    return None


def write(libraries: Iterable[Library], folder: Path) -> Path:
    """Write the list below ``folder`` and give its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "LIBRARIES.txt"
    path.write_text("".join("\t".join(line) + "\n" for line in libraries), encoding="utf-8")
    return path


def copyrights(binaries: Iterable[Entry]) -> list[Entry]:
    """Give the licence texts of the Debian packages that files are from, as files to bundle."""
    packages = {debian_package(source) for name, source, _ in binaries if "/" not in name}
    names = sorted(package[0] for package in packages if package is not None)
    return [(f"licences/{name}.txt", _COPYRIGHT.format(name), "DATA") for name in names]


def _is_library(destination: str) -> bool:
    """Tell a library from the extension modules of Python and the plugins of Qt."""
    path = destination.replace("\\", "/")
    inside = re.search(r"\.libs/|/lib/|^[^/]+$|^PySide6/[^/]+\.dll$|\.framework/", path)
    return inside is not None and not re.search(r"\.(?:abi3|cpython-[^/]*)\.so$|\.pyd$", path)


def _library(file: str, source: str) -> Library:
    parts = _LIBRARY.fullmatch(file)
    stem, ending = (parts[1], parts[2] or "") if parts else (file, "")
    name, licence, versioned = stem, "unknown", False
    for begins, known, its_licence, is_versioned in _KNOWN:
        if re.match(begins, stem):
            name, licence, versioned = known, its_licence, is_versioned
            break
    package = debian_package(source) if "site-packages" not in source else None
    if package is not None:
        return Library(name, package[1], licence, f"the Debian package {package[0]}")
    wheel = re.search(r"site-packages[/\\]([A-Za-z0-9_]+)", source)
    origin = f"the wheel of {wheel[1]}" if wheel else "the build of Python"
    return Library(name, ending if versioned else "", licence, origin)
