"""What goes into the program bundle, and what must not.

Plain names and rules, for `negato.spec` to follow and for tests to read; nothing of PyInstaller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

# the extension modules of imagecodecs that viewer asks for, by its functions' names
CODECS = ("_deflate", "_htj2k", "_imcd", "_jpeg2k", "_jpeg8", "_jpegls", "_jpegxl")
CODEC_MODULES = (*CODECS, "_shared", "_shared_cython", "imagecodecs")  # and what these load
# what these are linked with, by the names of their licence texts
CODEC_LIBRARIES = frozenset(
    {"brotli", "charls", "highway", "lcms2", "libdeflate", "libjpeg-turbo", "libjxl"}
    | {"openjpeg", "openjph"}
)
PLUGINS = ("pylibjpeg", "pylibjpeg-openjpeg", "pylibjpeg-rle")  # pydicom's, by their metadata
EXTRAS = ("nibabel",)  # optional from Python, and small enough to bring along
PLUGIN_MODULES = ("pylibjpeg", "openjpeg", "_openjpeg", "rle")

# under the GPL, or with libraries under it, or known to abort on legal files
FORBIDDEN = {
    "av": "its FFmpeg is under the GPL",
    "gdcm": "it aborts on legal files",
    "_gdcm": "it aborts on legal files",
    "libjpeg": "pylibjpeg-libjpeg is under the GPL",
    "_libjpeg": "pylibjpeg-libjpeg is under the GPL",
}
_FORBIDDEN_LIBRARIES = re.compile(
    r"lib(?:avcodec|avformat|avutil|avfilter|swscale|swresample|postproc|x264|x265|gdcm|readline"
    r"|gdbm|ncurses)|(?:avcodec|avformat|avutil|swscale|gdcm\w*)-?\d*\.dll",
    re.IGNORECASE,
)
# optional for what is bundled, or of the tools around it; an installed one would get in
EXCLUDED = (
    *FORBIDDEN,
    *("highdicom", "SimpleITK", "jpeg_ls", "scipy", "matplotlib", "h5py"),
    *("pandas", "pyarrow", "openpyxl"),  # more than all else together: tables are CSV and JSON here
    *(f"PIL.{name}" for name in ("_avif", "_imagingcms", "_imagingft", "_imagingtk", "ImageTk")),
    *("PIL.ImageQt", "PIL.ImageShow", "PIL.ImageGrab"),
    *(f"nibabel.{name}" for name in ("tests", "testing", "benchmarks", "cmdline", "conftest")),
    *("cupy", "numba", "OpenGL", "IPython", "jupyter_rfb", "PyQt5", "PyQt6", "PySide2"),
    *("pytest", "_pytest", "hypothesis", "mypy", "pip", "setuptools", "pkg_resources"),
    *("_distutils_hack", "distutils", "tkinter", "_tkinter", "turtle", "idlelib", "lib2to3"),
    *("ensurepip", "venv", "sqlite3", "_sqlite3", "curses", "_curses", "readline", "ssl", "_ssl"),
    *("asyncio", "doctest", "pdb", "test", "xmlrpc", "pydoc_data", "dbm", "_gdbm", "_dbm"),
    *("numpy.f2py", "numpy.distutils", "numpy.testing", "numpy.conftest"),
    *("numpy._core.tests", "numpy._pyinstaller", "numpy.typing.tests"),
    *("pyqtgraph.examples", "pyqtgraph.opengl", "pyqtgraph.jupyter", "pyqtgraph.flowchart"),
    *("pyqtgraph.console", "pyqtgraph.dockarea", "pyqtgraph.canvas", "pyqtgraph.exporters"),
    *("pydicom.examples", "pydicom.cli"),  # the former is replaced: see entry.py
    *(f"PySide6.{name}" for name in ("QtQml", "QtQuick", "QtSql", "QtTest", "QtDesigner")),
    *("PySide6.QtPrintSupport", "PySide6.QtXml"),
)
_QT_MODULES = (
    *("Core", "Gui", "Widgets", "Network", "DBus", "Svg", "XcbQpa", "WaylandClient"),
    *("OpenGL", "OpenGLWidgets"),  # pyqtgraph asks for these, and uses neither here
)
_QT_PLUGINS = {  # of each folder, those that are kept: png is Qt's own, and nothing draws by OpenGL
    "iconengines": ("qsvgicon",),
    "imageformats": ("qsvg",),
    "platforms": ("qxcb", "qwayland", "qoffscreen", "qminimal", "qwindows", "qcocoa"),
    "platformthemes": ("qxdgdesktopportal",),
    "platforminputcontexts": (
        "composeplatforminputcontextplugin",
        "ibusplatforminputcontextplugin",
    ),
    "styles": ("qmodernwindowsstyle", "qmacstyle"),
    "wayland-decoration-client": ("adwaita", "bradient"),
    "wayland-shell-integration": ("xdg-shell",),
}
_QT_PLUGIN = re.compile(r"PySide6/(?:Qt/)?plugins/([^/]+)/(?:lib)?([^/]+?)\.(?:so|dll|dylib)")
_QT_MODULE = re.compile(
    r"(?:^|/)(?:lib)?Qt6?([A-Z]\w*)(?:\.framework/|\.(?:abi3|so|pyd|dll|dylib))"
)
_UNUSED = re.compile(
    r"PySide6/(?:Qt/)?(?:translations|qml)/|PySide6/.*(?:\.pyi|opengl32sw\.dll|d3dcompiler.*)$"
    r"|pyqtgraph/(?:colors/maps/|icons/.*(?:svg|png)$|examples/)|pydicom/data/(?:test_files|palettes)/"
    r"|numpy/.*(?:/tests/|\.pyi$|\.h$|\.a$)|shiboken6/.*\.pyi$"
)
# every desktop has these; they must match its drivers, its display server and its fonts, so that
# another one's would break it. As AppImages have it
_OF_THE_SYSTEM = re.compile(
    r"lib(?:stdc\+\+|gcc_s|z|glib-2\.0|gthread-2\.0|dbus-1|fontconfig|freetype|expat|X11|X11-xcb"
    r"|xcb|GL|GLX|EGL|GLdispatch|OpenGL|drm|gbm|wayland-[a-z]+|systemd|uuid|pcre2-8|png16"
    r"|brotlidec|brotlicommon|bsd|md|Xau|Xdmcp|lz4|zstd|gcrypt|gpg-error|cap)\.so(?:\..*)?"
)


def excluded_codecs(imagecodecs: Path) -> list[str]:
    """Name the modules in the package folder of imagecodecs that are not wanted."""
    names = {path.name.partition(".")[0] for path in imagecodecs.iterdir() if path.is_file()}
    return [f"imagecodecs.{name}" for name in sorted(names - {*CODEC_MODULES, "__init__"})]


def codec_licences(imagecodecs: Path) -> list[str]:
    """Name the licence texts, in the package folder of imagecodecs, of what is kept of it."""
    texts = (path.name for path in (imagecodecs / "licenses").iterdir())
    return sorted(name for name in texts if name[len("LICENSE-") :] in CODEC_LIBRARIES)


def is_wanted(destination: str) -> bool:
    """Tell whether what was found for a path in the bundle belongs there."""
    path = destination.replace("\\", "/")
    plugin = _QT_PLUGIN.match(path)
    if plugin:
        return plugin[2] in _QT_PLUGINS.get(plugin[1], ())
    module = _QT_MODULE.search(path)
    if module and module[1] not in _QT_MODULES:
        return False
    # a library beside the program is the system's; one in a folder is a wheel's own copy
    return not _UNUSED.match(path) and not _OF_THE_SYSTEM.fullmatch(path)


def forbidden(destinations: Iterable[str]) -> list[str]:
    """Give a sentence for each path in the bundle that must not be there."""
    found = []
    for destination in destinations:
        first, *rest = Path(destination).parts
        package = re.split(r"[.-]", first)[0] if rest or ".cpython" in first else ""
        if package in FORBIDDEN:
            found.append(f"{destination}: {FORBIDDEN[package]}")
        elif _FORBIDDEN_LIBRARIES.match(rest[-1] if rest else first):
            found.append(f"{destination}: a library that must not be bundled")
    return sorted(found)
