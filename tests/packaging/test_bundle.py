"""The program bundle: what goes into it, how its children start, and a built one at work."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import imagecodecs
import pytest

import viewer
from viewer.workers import child_process

ROOT = Path(viewer.__file__).parents[1]
PACKAGING = ROOT / "packaging"
sys.path.insert(0, str(PACKAGING))  # before the tool for wheels that is named build too

import build  # noqa: E402  # the folder has the name of a package of others
import bundle_contents as contents  # noqa: E402
import bundle_libraries as libraries  # noqa: E402
import smoke_test  # noqa: E402

BUNDLE = os.environ.get("NEGATO_BUNDLE", "")


def test_each_codec_that_is_asked_for_is_in_the_bundle() -> None:
    asked = set()
    for path in (ROOT / "viewer").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r"codecs(?:\.| import )(\w+)_(?:de|en)code\b", text))
    assert {"deflate", "jpeg2k"} < asked
    modules = {"packbits": "_imcd"}  # the others are each in a module of their name
    assert {modules.get(name, f"_{name}") for name in asked} == set(contents.CODECS)


def test_unused_codecs_are_left_out() -> None:
    left_out = contents.excluded_codecs(Path(imagecodecs.__file__).parent)
    assert "imagecodecs._avif" in left_out
    assert not {f"imagecodecs.{name}" for name in contents.CODEC_MODULES} & set(left_out)


@pytest.mark.parametrize(
    "path",
    [
        "av/__init__.pyc",
        "av.libs/libavcodec-0123abcd.so.62",
        "libx264.so.164",
        "_gdcm/gdcmswig.so",
        "libjpeg/__init__.pyc",
        "_libjpeg.cpython-311-x86_64-linux-gnu.so",
        "libreadline.so.8",
    ],
)
def test_what_must_not_be_bundled_is_refused(path: str) -> None:
    assert contents.forbidden([path])


def test_what_belongs_there_is_not_refused() -> None:
    assert not contents.forbidden(
        [
            "libjpeg-f212e7a6.so.8.3.2",
            "imagecodecs.libs/libjpeg-f212e7a6.so.8.3.2",
            "pydicom/pixels/decoders/gdcm.pyc",
            "viewer/dicom/video.pyc",
        ]
    )


@pytest.mark.parametrize(
    ("path", "is_wanted"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", False),
        ("PySide6/Qt/plugins/imageformats/libqsvg.so", True),
        ("PySide6/Qt/plugins/imageformats/libqtiff.so", False),
        ("PySide6/Qt/plugins/sqldrivers/libqsqlite.so", False),
        ("PySide6/Qt/lib/libQt6Core.so.6", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("PySide6/Qt/lib/QtWidgets.framework/Versions/A/QtWidgets", True),
        ("PySide6/Qt/lib/QtQml.framework/Versions/A/QtQml", False),
        ("PySide6\\Qt6Gui.dll", True),
        ("PySide6\\Qt6Pdf.dll", False),
        ("PySide6/QtWidgets.abi3.so", True),
        ("PySide6/Qt/translations/qt_de.qm", False),
        ("libxcb-cursor.so.0", True),
        ("libGL.so.1", False),
        ("libstdc++.so.6", False),
        ("libfontconfig.so.1", False),
        ("imagecodecs.libs/libz-0123abcd.so.1", True),
        ("viewer/_resources/sample/DICOMDIR", True),
    ],
)
def test_what_is_wanted(path: str, is_wanted: bool) -> None:
    assert contents.is_wanted(path) is is_wanted


def test_libraries_that_nothing_needs_stay_out() -> None:
    binaries = [
        ("viewer.so", "/v", "EXTENSION"),
        ("libxkbcommon.so.0", "/xkb", "BINARY"),
        ("libgtk-3.so.0", "/gtk", "BINARY"),
        ("libpython3.11.so.1.0", "/py", "BINARY"),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "/qxcb", "BINARY"),
    ]
    asks = {"/qxcb": [("libxkbcommon.so.0", "/xkb")], "/gtk": [("libgdk-3.so.0", None)]}
    kept = libraries.needed(binaries, lambda source: asks.get(source, []))
    names = {name for name, *_ in kept}
    assert "libxkbcommon.so.0" in names
    assert "libpython3.11.so.1.0" in names
    assert "libgtk-3.so.0" not in names
    assert libraries.lacking(kept, lambda source: asks.get(source, [])) == []


def test_libraries_that_the_building_machine_lacks_are_named() -> None:
    binaries = [("a.so", "/a", "EXTENSION"), ("b.so", "/b", "EXTENSION"), ("c.so", "a", "SYMLINK")]
    asks = {
        "/a": [("libx.so", None), ("libc.so.6", "/lib/libc.so.6")],
        "/b": [("libx.so", None), ("a.so", None)],
    }
    assert libraries.lacking(binaries, asks.__getitem__) == ["libx.so"]


def test_each_library_is_listed_with_its_licence_and_origin() -> None:
    packages = "/venv/lib/python3.11/site-packages"
    found = libraries.listed(
        [
            ("imagecodecs.libs/libcharls-715d4a91.so.2.4.3", f"{packages}/imagecodecs.libs/x", "B"),
            ("PySide6/Qt/lib/libQt6Core.so.6", f"{packages}/PySide6/Qt/lib/x", "B"),
            ("numpy/_core/_simd.cpython-311-x86_64-linux-gnu.so", f"{packages}/numpy/x", "E"),
            ("libpython3.11.so.1.0", "/python", "B"),
        ]
    )
    assert [tuple(library) for library in found] == [
        ("CharLS", "2.4.3", "BSD-3-Clause", "the wheel of imagecodecs"),
        ("Qt", "", "LGPL-3.0-only", "the wheel of PySide6"),
    ]


@pytest.mark.parametrize(
    "name", ["deflate", "sharpyuv", "tiff", "webpmux", "Xau", "xcb", "zstd", "openjp2", "jpeg"]
)
def test_the_licence_of_each_library_in_the_wheels_is_known(name: str) -> None:
    source = f"/venv/site-packages/pillow.libs/lib{name}-0123abcd.so.1"
    entry = (f"pillow.libs/lib{name}-0123abcd.so.1", source, "BINARY")
    (listed,) = libraries.listed([entry])
    assert listed.licence != "unknown"


def test_a_child_of_the_bundle_is_the_same_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/negato/negato")
    assert child_process._command(5, 7) == ["/opt/negato/negato", "--child", "5", "7"]


def test_the_entry_is_a_child_before_it_loads_anything() -> None:
    program = (
        "import runpy, sys; sys.argv[1:] = ['--child', '987', '-1'];"
        f"sys.path.insert(0, {str(ROOT)!r});"
        f"runpy.run_path({str(PACKAGING / 'entry.py')!r}, run_name='__main__');"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert "viewer.workers.decode_child" in loaded
    assert not {"PySide6", "viewer.cli", "viewer.ui", "pydicom", "numpy"} & set(loaded)


def test_programs_that_the_bundle_starts_do_not_look_for_libraries_in_it() -> None:
    program = (
        "import os, runpy, sys; sys._MEIPASS = '/opt/negato/_internal';"
        f"entry = runpy.run_path({str(PACKAGING / 'entry.py')!r});"
        "entry['_forget_bundle']();"
        "print({n: v for n, v in os.environ.items() if n.startswith(('_PYI', 'LD_LIBRARY'))})"
    )
    left_by_the_loader = {"LD_LIBRARY_PATH": "/opt/negato/_internal", "_PYI_ARCHIVE_FILE": "x"}
    of_the_user = {**left_by_the_loader, "LD_LIBRARY_PATH_ORIG": "/home/lib"}
    for environment, left in (
        (left_by_the_loader, "{}"),
        (of_the_user, "{'LD_LIBRARY_PATH': '/home/lib'}"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == left


def test_the_tarball_is_named_by_version_and_the_same_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    bundle = tmp_path / "negato"
    bundle.mkdir()
    (bundle / "negato").write_bytes(b"program")
    first = build.tarball(bundle, tmp_path / "a")
    os.utime(bundle / "negato", (1, 1))
    second = build.tarball(bundle, tmp_path / "b")
    assert viewer.__version__ in first.name
    assert first.read_bytes() == second.read_bytes()


def test_a_bundle_is_dated_also_where_there_is_no_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert build._last_change() == int((ROOT / "CHANGELOG.md").stat().st_mtime)


def test_the_smoke_test_tells_of_a_program_that_does_not_start(
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing = [sys.executable, "-c", "import sys; sys.exit('no such thing')"]
    assert smoke_test.main(failing) == 1
    assert "FAILS negato --version ends with 1: no such thing" in capsys.readouterr().out


@pytest.mark.skipif(not BUNDLE, reason="NEGATO_BUNDLE names no bundle")
@pytest.mark.timeout(600)
def test_a_built_bundle_decodes_all_and_opens_its_window(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = smoke_test.main([BUNDLE])
    assert code == 0, capsys.readouterr().out
