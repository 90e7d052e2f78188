"""The Linux packages: their texts, and a package and an AppDir made of a bundle that stands in."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import viewer
from viewer import cli

ROOT = Path(__file__).resolve().parents[2]
LINUX = ROOT / "packaging" / "linux"
DESKTOP = ROOT / "resources" / "desktop"
ENTRY = DESKTOP / "applications" / "negato.desktop"
METAINFO = "metainfo/io.github.negato.negato.metainfo.xml"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="made on Linux alone")


def need(tool: str, package: str) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} (package {package}) is not here")


def run(*command: object) -> str:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    words = [str(word) for word in command]
    done = subprocess.run(
        words, check=False, capture_output=True, text=True, timeout=100, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the packages of a bundle that is a script and a library of the system."""
    need("dpkg-deb", "dpkg")
    need("objdump", "binutils")
    folder = tmp_path_factory.mktemp("made")
    bundle = folder / "bundle"
    (bundle / "_internal").mkdir(parents=True)
    start = bundle / "negato"
    start.write_text(f'#!/bin/sh\ncd "{ROOT}"\nexec "{sys.executable}" -m viewer "$@"\n')
    start.chmod(0o700)  # of a builder who keeps things to himself
    shutil.copyfile("/bin/true", bundle / "_internal" / "libneeds.so.1")
    run(sys.executable, LINUX / "build.py", "--bundle", bundle, "--output", folder)
    return folder


@pytest.fixture(scope="module")
def package(made: Path) -> Path:
    (package,) = made.glob("*.deb")
    return package


def test_the_desktop_entry_is_valid_and_asks_for_what_negato_opens() -> None:
    need("desktop-file-validate", "desktop-file-utils")
    assert run("desktop-file-validate", ENTRY) == ""
    text = ENTRY.read_text("utf-8")
    assert "\nExec=negato %F\n" in text
    assert "\nMimeType=application/dicom;x-content/image-dicom;\n" in text


def test_there_is_an_icon_of_each_size_and_a_drawing() -> None:
    theme = DESKTOP / "icons" / "hicolor"
    for size in SIZES:
        icon = (theme / f"{size}x{size}" / "apps" / "negato.png").read_bytes()
        assert int.from_bytes(icon[16:20]) == int.from_bytes(icon[20:24]) == size
    drawing = (theme / "scalable/apps/negato.svg").read_text("utf-8")
    assert drawing == (ROOT / "resources/icons/negato.svg").read_text("utf-8")


def test_the_manual_page_names_every_option_and_command() -> None:
    page = (LINUX / "negato.1").read_text("utf-8").replace("\\-", "-")
    for name in cli._COMMANDS:
        assert f"\n.B {name}\n" in page, name
    for option in (*cli._OPTIONS, "--sample", "--new-window", "--limit", "--version"):
        assert re.search(rf"^\.BI? .*{option}\b", page, re.MULTILINE), option


def test_the_package_says_what_it_is_and_what_it_needs(package: Path) -> None:
    assert package.name.startswith(f"negato_{viewer.__version__}-")
    fields = run("dpkg-deb", "--field", package)
    assert f"Version: {viewer.__version__}-1\n" in fields
    assert re.search(r"^Depends: .*libc6 \(>= 2\.\d+\)", fields, re.MULTILINE)
    assert re.search(r"^Recommends: .*shared-mime-info", fields, re.MULTILINE)


def test_the_package_holds_what_the_desktop_reads_owned_by_root(package: Path) -> None:
    listed = run("dpkg-deb", "--contents", package)
    for path in (*ENTRY.parent.glob("*"), *DESKTOP.glob("mime/*/*"), *DESKTOP.glob("icons/*/*/*")):
        assert f"./usr/share/{path.relative_to(DESKTOP)}" in listed
    assert re.search(r"^-rwxr-xr-x root/root .* \./usr/lib/negato/negato$", listed, re.MULTILINE)
    assert "./usr/bin/negato -> ../lib/negato/negato" in listed
    owners = {line.split()[1] for line in listed.splitlines()}
    assert owners == {"root/root"}
    assert not re.search(r"^.{5}w|^.{8}w", listed.replace("lrwxrwxrwx", ""), re.MULTILINE)


def test_the_package_starts_and_its_checksums_hold(package: Path, tmp_path: Path) -> None:
    run("dpkg-deb", "--raw-extract", package, tmp_path / "root")
    root = tmp_path / "root"
    assert run(root / "usr/bin/negato", "--version") == f"negato {viewer.__version__}\n"
    done = subprocess.run(
        ["md5sum", "--check", "--quiet", "DEBIAN/md5sums"], cwd=root, check=False, timeout=60
    )
    assert done.returncode == 0
    documents = root / "usr/share/doc/negato"
    copyright_file = (documents / "copyright").read_text("utf-8")
    assert "Permission is hereby granted" in copyright_file
    assert "PySide6" in copyright_file
    texts = gzip.decompress((documents / "licences.txt.gz").read_bytes()).decode()
    assert len(texts) > 10 * len(copyright_file)


def test_lintian_finds_no_error(package: Path) -> None:
    need("lintian", "lintian")
    allowed = ["--allow-root"] if os.geteuid() == 0 else []
    run("lintian", *allowed, "--fail-on", "error", package)


def test_the_metainfo_of_a_package_is_valid_and_tells_of_this_release(made: Path) -> None:
    need("appstreamcli", "appstream")
    metainfo = made / "Negato.AppDir/usr/share" / METAINFO
    run("appstreamcli", "validate", "--no-net", metainfo)
    assert f'<release version="{viewer.__version__}" date="' in metainfo.read_text("utf-8")


def test_the_folder_of_the_appimage_starts_from_anywhere(made: Path, tmp_path: Path) -> None:
    moved = tmp_path / "mounted here"
    shutil.copytree(made / "Negato.AppDir", moved, symlinks=True)
    assert run(moved / "AppRun", "--version") == f"negato {viewer.__version__}\n"
    assert (moved / "negato.desktop").read_bytes() == ENTRY.read_bytes()
    assert (moved / ".DirIcon").resolve().is_file()


def test_a_library_without_a_known_package_stops_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("objdump", "binutils")
    monkeypatch.syspath_prepend(str(LINUX))
    import libraries

    shutil.copyfile("/bin/true", tmp_path / "program")
    assert libraries.depends(tmp_path)[0].startswith("libc6 (>= 2.")
    monkeypatch.delitem(libraries.PACKAGES, "libc.so.6")
    with pytest.raises(libraries.UnknownLibraryError, match=r"libc\.so\.6"):
        libraries.depends(tmp_path)


def test_the_script_of_the_proof_is_a_script() -> None:
    run("sh", "-n", LINUX / "check_deb.sh")


def test_the_manifest_of_the_flatpak_asks_for_no_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("flatpak-builder", "flatpak-builder")
    monkeypatch.chdir(tmp_path)  # it leaves a folder behind
    written = ROOT / "packaging/flatpak/io.github.negato.negato.yml"
    manifest = run("flatpak-builder", "--show-manifest", written)
    assert "--filesystem=host:ro" in manifest
    assert "--share=network" not in manifest
    assert "talk-name" not in manifest
