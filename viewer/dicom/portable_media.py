"""What people find on a disc beside the DICOMDIR: INDEX.HTM, README.TXT, AUTORUN.INF.

In the form of IHE Portable Data for Imaging (RAD TF-3 4.47). No patient is named in them: who
finds the disc need not learn that without looking into it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from viewer import __version__
from viewer.dicom.portable_viewer import Bundle

INDEX, README, AUTORUN, DICOMDIR = "INDEX.HTM", "README.TXT", "AUTORUN.INF", "DICOMDIR"
_TITLE = "Medical images (DICOM)"
_DISCLAIMER = (
    "Not for diagnosis: Negato is no medical device.",
    "The images may be shown otherwise than on the workstation where they were read.",
    "This disc holds confidential medical data. If it is not meant for you, give it back to",
    "whoever it belongs to, and do not copy it.",
)
_SYSTEMS = {
    "LINUX": "Linux (64 bits, with a desktop)",
    "WINDOWS": "Windows 10 or later (64 bits)",
    "MACOS": "macOS 12 or later",
}


@dataclass(frozen=True, slots=True)
class Contents:
    """What is on the disc, as far as is told on its outside."""

    studies: int
    series: int
    instances: int
    written_on: str  # a date, ISO 8601

    def __str__(self) -> str:
        counted = (
            _counted(self.instances, "DICOM file", "DICOM files"),
            _counted(self.series, "series", "series"),
            _counted(self.studies, "study", "studies"),
        )
        return "{} in {} of {}".format(*counted)


def media_files(contents: Contents, bundle: Bundle | None) -> dict[str, bytes]:
    """Give the files by their names; AUTORUN.INF where there is a viewer for Windows alone."""
    files = {
        README: _crlf(_readme(contents, bundle)).encode("ascii"),
        INDEX: _crlf(_index(contents, bundle)).encode("ascii", "xmlcharrefreplace"),
    }
    if bundle is not None and bundle.system == "WINDOWS":
        program = bundle.program.replace("/", "\\")
        lines = ("[autorun]", f"open={program}", f"icon={program},0", f"label={_TITLE}")
        files[AUTORUN] = _crlf("\n".join(lines) + "\n").encode("ascii")
    return files


def _readme(contents: Contents, bundle: Bundle | None) -> str:
    return "\n".join(
        (
            _TITLE.upper(),
            "",
            f"Written on {contents.written_on}: {contents}.",
            "",
            "WHAT IS ON THIS DISC",
            "  DICOMDIR    The index of the images: open it with any DICOM viewer.",
            "  DICOM       The images themselves, as the DICOM standard (PS3.10) has them.",
            "  INDEX.HTM   A page for a browser that leads here and to the images.",
            "  README.TXT  This page.",
            *(_viewer_lines(bundle) if bundle else ()),
            "",
            "HOW TO SEE THE IMAGES",
            *_how_to_see(bundle),
            "",
            "WHO MADE THIS DISC",
            "  The institution is named in the images; ask it where something is missing.",
            f"  Written by Negato {__version__}, a free DICOM viewer, which has no part in what",
            "  the images hold.",
            "",
            "NOTE",
            *(f"  {line}" for line in _DISCLAIMER),
            "",
        )
    )


def _viewer_lines(bundle: Bundle) -> Iterator[str]:
    yield f"  VIEWER      Negato, a viewer, for {_SYSTEMS[bundle.system]}."
    if bundle.system == "WINDOWS":
        yield "  AUTORUN.INF For Windows: what to start."


def _how_to_see(bundle: Bundle | None) -> Iterator[str]:
    if bundle is not None:
        yield f"  On {_SYSTEMS[bundle.system]}, start {bundle.program}."
        yield "  It runs from the disc; nothing is installed."
    yield f"  With any {'other ' if bundle else ''}DICOM viewer, open the disc or its DICOMDIR."


def _index(contents: Contents, bundle: Bundle | None) -> str:
    links = [(README, "what is on this disc, and how to see it"), (DICOMDIR, "the index")]
    if bundle is not None:
        folder = bundle.program.rpartition("/")[0] + "/"
        links.append((folder, f"a viewer for {_SYSTEMS[bundle.system]}"))
    items = "\n".join(
        f'<li><a href="{escape(target)}">{escape(target)}</a>: {escape(what)}</li>'
        for target, what in links
    )
    how = "\n".join(f"<p>{escape(line.strip())}</p>" for line in _how_to_see(bundle))
    return f"""<?xml version="1.0" encoding="US-ASCII"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"
 "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
<head>
<title>{escape(_TITLE)}</title>
</head>
<body>
<h1>{escape(_TITLE)}</h1>
<p>Written on {escape(contents.written_on)}: {escape(str(contents))}.</p>
<ul>
{items}
</ul>
<h2>How to see the images</h2>
{how}
<h2>Note</h2>
<p>{escape(" ".join(_DISCLAIMER))}</p>
<p>Written by Negato {escape(__version__)}.</p>
</body>
</html>
"""


def _crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
