"""The program bundle: what it weighs, and its start to the first image beside that from source.

``dist/negato`` is measured, or what NEGATO_BUNDLE names. The start is that of a copy whose
module of the item that paints a frame tells of its first paint, as the one from source does.
"""

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from pydicom.uid import ExplicitVRLittleEndian, JPEGLosslessSV1

from tests.benchmarks import pixel_data, start_watch
from tests.benchmarks.measuring import Goal, Result, Sample, compare
from tests.benchmarks.starting import start, start_program

_ROOT = Path(__file__).resolve().parents[2]
_PAINTER = Path("viewer/ui/canvas/frame_item.py")
_TELL = "\nfrom start_watch import _report_first_paint\n_report_first_paint(FrameItem)\n"
_SOURCE = "from source"
_UNPACKED, _PACKED = Goal(median=230.0), Goal(median=75.0)  # MB
_NO_SLOWER = Goal(ratio=1.0)


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Weigh it, and start it on one CT file and on a folder of JPEG lossless."""
    bundle = Path(os.environ.get("NEGATO_BUNDLE") or _ROOT / "dist" / "negato")
    if not (bundle / "_internal").is_dir():
        sys.stderr.write(f"bundle: none at {bundle}; python packaging/build.py makes one\n")
        return []
    count, side, rounds = (3, 32, 1) if tiny else (500, 512, 11)
    native = pixel_data.slices(folder, count, side, ExplicitVRLittleEndian)
    lossless = pixel_data.slices(folder, count, side, JPEGLosslessSV1)
    opened = {"one CT file": native[0], f"folder of {count}, JPEG lossless": lossless[0].parent}
    results = _sizes(bundle, tiny=tiny)
    with tempfile.TemporaryDirectory(dir=bundle.parent) as temporary:
        program = _watched(bundle, Path(temporary) / "negato")
        for name, path in opened.items():
            results += compare(
                f"start of the bundle, {name}",
                partial(start_program, [program, str(path)]),
                {_SOURCE: partial(start, path)},
                rounds,
                {_SOURCE: _NO_SLOWER},
            )
    return results


def _sizes(bundle: Path, *, tiny: bool) -> list[Result]:
    files = [path for path in bundle.rglob("*") if not path.is_symlink() and path.is_file()]
    unpacked = sum(path.stat().st_size for path in files) / 1e6
    results = [Result("bundle, unpacked", Sample((unpacked,), "MB"), goal=_UNPACKED)]
    if not tiny:
        tar = ["tar", "-c", "-C", str(bundle.parent), "-I", "xz -T0", bundle.name]
        packed = len(subprocess.run(tar, check=True, stdout=subprocess.PIPE).stdout) / 1e6
        results.append(Result("bundle, as .tar.xz", Sample((packed,), "MB"), goal=_PACKED))
    return results


def _watched(bundle: Path, copy: Path) -> str:
    """Make a copy, of links where it can be, that tells of its first paint; give its program."""
    shutil.copytree(bundle, copy, symlinks=True, copy_function=_link)
    inside = copy / "_internal"
    text = (_ROOT / _PAINTER).read_text(encoding="utf-8") + _TELL
    with tempfile.TemporaryDirectory() as temporary:
        painter = Path(temporary) / "frame_item.py"
        painter.write_text(text, encoding="utf-8")
        for source, target in (
            (painter, (inside / _PAINTER).with_suffix(".pyc")),
            (Path(start_watch.__file__), inside / "start_watch.pyc"),
        ):
            target.unlink(missing_ok=True)  # a link to that of the bundle
            py_compile.compile(str(source), str(target), doraise=True)
    return str(copy / "negato")


def _link(source: str, target: str) -> None:
    if os.path.islink(source):
        os.symlink(os.readlink(source), target)
    else:
        os.link(source, target)
