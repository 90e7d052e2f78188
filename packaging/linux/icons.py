"""Draw the icons of the Linux desktops from the drawings that there are.

Writes the theme below ``resources/desktop/icons``: the program in each usual size, and the icon of
a DICOM file. They are kept with the code, for `negato --install-desktop` draws nothing: run this
again when a drawing changes.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
THEME = RESOURCES / "desktop" / "icons" / "hicolor"
PROGRAM = RESOURCES / "icons" / "negato.svg"
SMALL = RESOURCES / "icons" / "negato-small.svg"  # the other one is mush in this few pixels
SMALL_SIZES = (16, 22, 24)
SIZES = (*SMALL_SIZES, 32, 48, 64, 128, 256, 512)
FILE = THEME / "scalable" / "mimetypes" / "negato-dicom.svg"
FILE_SIZES = (32, 48, 64, 128)


def main() -> int:
    """Write the theme and say where it is."""
    for size in SIZES:
        _draw(SMALL if size in SMALL_SIZES else PROGRAM, size, "apps/negato.png")
    for size in FILE_SIZES:
        _draw(FILE, size, "mimetypes/negato-dicom.png")
    apps = THEME / "scalable" / "apps"
    apps.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROGRAM, apps / "negato.svg")
    sys.stdout.write(f"{THEME}\n")
    return 0


def _draw(drawing: Path, size: int, name: str) -> None:
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(drawing)).render(painter)
    painter.end()
    target = THEME / f"{size}x{size}" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if not image.save(str(target)):
        raise OSError(f"{target} cannot be written")


if __name__ == "__main__":
    sys.exit(main())
