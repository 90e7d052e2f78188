"""Make the packages for Linux from the program bundle: ``python packaging/linux/build.py``.

Writes the package for Debian and Ubuntu, and the folder that an AppImage is made of. The bundle is
made by ``python packaging/build.py``, which packs it as well; Flatpak has its own manifest.

The last step to an AppImage is a program that no package registry has: where appimagetool is in
PATH (https://github.com/AppImage/appimagetool), it is taken.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import deb
import tree

_APP_RUN = """\
#!/bin/sh
# What an AppImage starts: the program, wherever the image is mounted.
here=$(dirname "$(readlink -f "$0")")
exec "$here/usr/lib/negato/negato" "$@"
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Make all of them and say where they are."""
    parser = argparse.ArgumentParser(description="Make the packages for Linux from the bundle.")
    parser.add_argument("--bundle", type=Path, default=tree.ROOT / "dist" / "negato")
    parser.add_argument("--output", type=Path, default=tree.ROOT / "dist")
    parsed = parser.parse_args(argv)
    if not (parsed.bundle / "negato").is_file():
        parser.error(f"{parsed.bundle} is no program bundle: python packaging/build.py makes it")
    parsed.output.mkdir(parents=True, exist_ok=True)
    folder = app_dir(parsed.bundle, parsed.output)
    made = [deb.build(parsed.bundle, parsed.output), folder, *app_image(folder, parsed.output)]
    sys.stdout.write("".join(f"{path}\n" for path in made))
    return 0


def app_dir(bundle: Path, output: Path) -> Path:
    """Lay out the folder of an AppImage: AppRun, desktop file and icon above the usual folders."""
    folder = output / "Negato.AppDir"
    if folder.exists():
        shutil.rmtree(folder)
    tree.lay(bundle, folder / "usr")
    share = folder / "usr" / "share"
    shutil.copyfile(share / "applications" / "negato.desktop", folder / "negato.desktop")
    shutil.copyfile(share / "icons/hicolor/256x256/apps/negato.png", folder / "negato.png")
    (folder / ".DirIcon").symlink_to("negato.png")
    start = folder / "AppRun"
    start.write_text(_APP_RUN, encoding="utf-8")
    start.chmod(0o755)
    return folder


def app_image(folder: Path, output: Path) -> list[Path]:
    """Make the AppImage where the tool for it is there."""
    tool = shutil.which("appimagetool")
    if tool is None:
        sys.stderr.write(f"No AppImage: appimagetool is not in PATH. It takes {folder}.\n")
        return []
    machine = platform.machine()
    target = output / f"Negato-{tree.version()}-{machine}.AppImage"
    environment = os.environ | {"ARCH": machine}
    subprocess.run([tool, str(folder), str(target)], check=True, env=environment)
    return [target]


if __name__ == "__main__":
    sys.exit(main())
