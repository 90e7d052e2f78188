"""Build the program bundle: ``python3 packaging/build.py`` -> ``dist/negato/``.

Makes a fresh virtual environment, installs Negato and the tools into it, and runs PyInstaller with
`negato.spec`; `smoke_test.py` says whether the outcome works. Installers around the bundle are
the business of ``packaging/linux``, ``windows`` and ``macos``.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_TOOLS = ROOT / "packaging" / "requirements-bundle.txt"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build what the arguments ask for, and give the exit code."""
    parser = argparse.ArgumentParser(description="Build the program bundle of Negato.")
    parser.add_argument(
        "--output", type=Path, default=ROOT / "dist", help="where negato/ is made (dist)"
    )
    parser.add_argument(
        "--no-venv", action="store_true", help="use this Python, with Negato and PyInstaller in it"
    )
    parser.add_argument("--tarball", action="store_true", help="pack it as .tar.xz as well")
    options = parser.parse_args(arguments)
    try:
        python = sys.executable if options.no_venv else _environment(ROOT / "build" / "venv")
        bundle = build(python, options.output)
        _say(f"{bundle}: {size(bundle) / 1e6:.0f} MB")
        if options.tarball:
            packed = tarball(bundle, options.output)
            _say(f"{packed}: {packed.stat().st_size / 1e6:.0f} MB")
    except subprocess.CalledProcessError as error:
        _say(f"{error.cmd[0]} {error.cmd[-1]} failed; what it wrote above says why.")
        return 1
    return 0


def build(python: str, output: Path) -> Path:
    """Run PyInstaller of ``python``, and give the folder of the bundle."""
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": str(_last_change()),
    }
    folders = ["--distpath", str(output), "--workpath", str(ROOT / "build" / "pyinstaller")]
    command = [python, "-m", "PyInstaller", "--noconfirm", "--clean", *folders]
    subprocess.run([*command, str(ROOT / "packaging" / "negato.spec")], check=True, env=environment)
    return output / "negato"


def tarball(bundle: Path, output: Path) -> Path:
    """Pack the bundle as ``negato-VERSION-linux-x86_64.tar.xz``, the same each time."""
    system = {"Darwin": "macos"}.get(platform.system(), platform.system().lower())
    path = output / f"negato-{version()}-{system}-{platform.machine()}.tar.xz"
    output.mkdir(parents=True, exist_ok=True)
    when = _last_change()

    def owned_by_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = when
        return entry

    with tarfile.open(path, "w:xz") as archive:
        archive.add(bundle, f"negato-{version()}", filter=owned_by_root)
    return path


def version() -> str:
    """Give the version of Negato, from the one place that has it."""
    text = (ROOT / "viewer" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    if found is None:
        raise ValueError("viewer/__init__.py names no version")
    return found[1]


def size(folder: Path) -> int:
    """Give the bytes of all files below ``folder``, links not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def _environment(folder: Path) -> str:
    """Make a fresh virtual environment with Negato and the tools, and give its Python."""
    venv.create(folder, clear=True, with_pip=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    install = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    subprocess.run([*install, "-r", str(_TOOLS), f"{ROOT}[nifti]"], check=True)
    return str(python)


def _last_change() -> int:
    """Give the time of the last commit; in an archive without any, that of the change log."""
    asked = os.environ.get("SOURCE_DATE_EPOCH", "")
    if asked:
        return int(asked)
    told = ""
    if shutil.which("git") is not None:
        command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        told = subprocess.run(command, check=False, capture_output=True, text=True).stdout
    return int(told or (ROOT / "CHANGELOG.md").stat().st_mtime)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
