"""What Negato runs on, for a report of a fault: versions, codecs, limits, memory, what is in force.

Names neither the user nor the machine, and gives paths below the user's folder with ~.
"""

from __future__ import annotations

import locale
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from queue import SimpleQueue

from viewer import __version__
from viewer.defects import kept_reports, reports_folder, shortened
from viewer.dicom.codec_probes import PROBED, Probe
from viewer.dicom.errors import NegatoError
from viewer.dicom.limits import LIMIT_TITLES, Limits, amount
from viewer.dicom.transfer_syntaxes import transfer_syntax_name
from viewer.program import disc_root, is_bundle
from viewer.workers.child_pool import ChildPool
from viewer.workers.confinement import confinement

_LIBRARIES = (
    "PySide6-Essentials",
    "numpy",
    "pyqtgraph",
    "pydicom",
    "imagecodecs",
    "pylibjpeg",
    "pylibjpeg-openjpeg",
    "pylibjpeg-rle",
    "Pillow",
    "tifffile",
)
_EXTRAS = {  # as pyproject.toml names them: what they install, what for
    "libjpeg": (("pylibjpeg-libjpeg",), "another decoder of JPEG"),
    "nifti": (("nibabel",), "NIfTI files, and Siemens' CSA headers in words"),
    "table": (("pandas", "pyarrow", "openpyxl"), "tables as Parquet and Excel files"),
    "video": (("av",), "MPEG-2, H.264 and HEVC frames, and films as MP4"),
}
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")
_PROBE_S = 30.0

Section = dict[str, str]


@dataclass(frozen=True, slots=True)
class Environment:
    """What was found, a section each; ``works`` where all codecs that ship with Negato do."""

    sections: dict[str, Section]
    works: bool
    lacks_video: bool = False  # which an extra brings

    def verdict(self) -> str:
        """Say in a sentence whether the codecs work."""
        if not self.works:
            return "Not all codecs work."
        if self.lacks_video:
            how = "only where Negato is installed with pip" if is_bundle() else "pip install av"
            return f"All codecs work, but for the optional video ({how})."
        return "All codecs work."

    def text(self) -> str:
        """Give it as lines to read."""
        lines = []
        for title, section in self.sections.items():
            width = max(map(len, section))
            lines += [title, *(f"  {name:{width}}  {value}" for name, value in section.items()), ""]
        return "\n".join(lines)


def examine(limits: Limits, cache_bytes: int) -> Environment:
    """Try the codecs in a child process of its own, and give all that is known."""
    pool = ChildPool(1, limits, preload=())
    found: SimpleQueue[list[Probe]] = SimpleQueue()
    try:
        _probe_all(pool, found.put)
        return _environment(found.get(), limits, cache_bytes)
    finally:
        pool.close()


def examine_in(pool: ChildPool, cache_bytes: int, tell: Callable[[Environment], None]) -> None:
    """Try the codecs in children of ``pool``; ``tell`` is called in the pool's thread."""
    _probe_all(pool, lambda probes: tell(_environment(probes, pool.limits, cache_bytes)))


def _probe_all(pool: ChildPool, tell: Callable[[list[Probe]], None]) -> None:
    probes: list[Probe] = []

    def keep(transfer_syntax: str, result: Probe | NegatoError) -> None:
        if isinstance(result, NegatoError):
            result = Probe(transfer_syntax, "", result.message)
        probes.append(result)
        if len(probes) == len(PROBED):
            tell(probes)

    for uid in PROBED:
        pool.submit(
            "viewer.dicom.codec_probes:probe",
            (uid,),
            timeout_s=_PROBE_S,
            on_done=lambda result, uid=uid: keep(uid, result),
        )


def _environment(probes: Sequence[Probe], limits: Limits, cache_bytes: int) -> Environment:
    ordered = sorted(probes, key=lambda probe: list(PROBED).index(probe.transfer_syntax))
    sections = {
        "Negato": _program(),
        "Libraries": {name: _version(name) for name in _LIBRARIES},
        "Extras": {name: _extra(*extra) for name, extra in _EXTRAS.items()},
        "Codecs": {p.transfer_syntax: f"{_family(p)}: {_outcome(p)}" for p in ordered},
        "Machine": _machine(cache_bytes),
        "Limits": {f"{t.title} ({name})": limits.shown(name) for name, t in LIMIT_TITLES.items()},
        "Reports": _reports(),
    }
    works = all(probe.decoder and not probe.failure for probe in probes if probe.ships)
    lacks_video = any(probe.failure for probe in probes if not probe.ships)
    return Environment(sections, works, lacks_video)


def _program() -> Section:
    return {
        "Negato": __version__,
        "Runs": _runs(),
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "System": f"{platform.system()} {platform.release()} {platform.machine()}",
        "Installed in": shortened(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
        "Python in": shortened(sys.prefix),
        "Encodings": f"files {sys.getfilesystemencoding()}, text {locale.getencoding()}",
        "Screen": _screen(),
    }


def _runs() -> str:
    if disc_root() is not None:
        return "from a disc: nothing is remembered"
    return "as a program bundle" if is_bundle() else "from Python"


def _screen() -> str:
    names = ", ".join(name for name in _DISPLAYS if os.environ.get(name))
    return f"set ({names})" if names else "none is set"  # the values name machines


def _machine(cache_bytes: int) -> Section:
    return {
        "Processors": str(os.cpu_count() or "unknown"),
        "Memory": _memory(),
        "GPU": "none used",
        "Cache of decoded frames": amount(cache_bytes, "bytes"),
        "Confinement of children": confinement(),
    }


def _memory() -> str:
    if sys.platform == "win32":
        return "unknown"
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return "unknown"
    return f"{total / (1 << 30):.1f} GiB"


def _reports() -> Section:
    folder = reports_folder()
    return {"Folder": shortened(folder) or "none", "Crash reports": str(len(kept_reports(folder)))}


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"


def _extra(distributions: Sequence[str], gives: str) -> str:
    """Say what an extra gives and which of it is there."""
    found = {name: _version(name) for name in distributions}
    versions = ", ".join(f"{name} {version}" for name, version in found.items())
    return f"{gives}: {versions}"


def _family(probe: Probe) -> str:
    return transfer_syntax_name(probe.transfer_syntax).partition(" (1.")[0]


def _outcome(probe: Probe) -> str:
    if not probe.failure:
        return probe.decoder
    return f"{'FAILS' if probe.ships else 'not there'}: {probe.failure}"
