"""Draw every icon from the drawings in ``resources``: ``python packaging/icons.py``, with Qt.

Writes ``windows/negato.ico`` and ``macos/negato.icns`` beside this file, and the theme of the Linux
desktops below ``resources/desktop/icons``: the program, and a DICOM file. They are kept with the
code, for nobody who builds or installs Negato draws: run this again when a drawing changes.
"""

from __future__ import annotations

import shutil
import struct
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

HERE = Path(__file__).resolve().parent
RESOURCES = HERE.parent / "resources"
PROGRAM = RESOURCES / "icons" / "negato.svg"
SMALL = RESOURCES / "icons" / "negato-small.svg"  # the other one is mush in few pixels
SMALL_UP_TO = 24
ICO = HERE / "windows" / "negato.ico"
ICNS = HERE / "macos" / "negato.icns"
THEME = RESOURCES / "desktop" / "icons" / "hicolor"
FILE = THEME / "scalable" / "mimetypes" / "negato-dicom.svg"
THEME_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
FILE_SIZES = (32, 48, 64, 128)
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
# of the types that hold a PNG, those that every macOS since 10.15 draws; @2x are the doubled ones
ICNS_SIZES = {
    b"ic07": 128,
    b"ic08": 256,
    b"ic09": 512,
    b"ic10": 1024,
    b"ic11": 32,
    b"ic12": 64,
    b"ic13": 256,
    b"ic14": 512,
}
_AS_PNG = 256  # smaller ones are bitmaps: not everything in Windows reads a small PNG


def main() -> int:
    """Write them and say where they are."""
    ICO.write_bytes(ico())
    ICNS.write_bytes(icns())
    theme()
    sys.stdout.write(f"{ICO}\n{ICNS}\n{THEME}\n")
    return 0


def ico() -> bytes:
    """Make the icon file of Windows."""
    pictures = [_png(size) if size >= _AS_PNG else _bitmap(size) for size in ICO_SIZES]
    offset = 6 + 16 * len(pictures)
    entries = b""
    for size, picture in zip(ICO_SIZES, pictures, strict=True):
        side = size % 256  # 0 stands for 256
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return struct.pack("<HHH", 0, 1, len(pictures)) + entries + b"".join(pictures)


def icns() -> bytes:
    """Make the icon file of macOS."""
    body = b""
    for kind, size in ICNS_SIZES.items():
        picture = _png(size)
        body += kind + struct.pack(">I", 8 + len(picture)) + picture
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def theme() -> None:
    """Write the theme of the Linux desktops."""
    pictures = {f"{size}x{size}/apps/negato.png": _png(size) for size in THEME_SIZES}
    for size in FILE_SIZES:
        pictures[f"{size}x{size}/mimetypes/negato-dicom.png"] = _png(size, FILE)
    for name, picture in pictures.items():
        target = THEME / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(picture)
    shutil.copyfile(PROGRAM, THEME / "scalable" / "apps" / "negato.svg")


def _drawn(size: int, drawing: Path | None = None) -> QImage:
    """Draw the program, or something else."""
    drawing = drawing or (SMALL if size <= SMALL_UP_TO else PROGRAM)
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(drawing)).render(painter)
    painter.end()
    return image


def _png(size: int, drawing: Path | None = None) -> bytes:
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not _drawn(size, drawing).save(buffer, "PNG"):
        raise OSError("Qt cannot write a PNG")
    return kept.data()


def _bitmap(size: int) -> bytes:
    """Give a picture as in an icon: rows from below, its transparency, and an empty mask."""
    image = _drawn(size)  # whose memory the bytes are read from
    drawn, row = image.constBits().tobytes(), 4 * size
    pixels = b"".join(drawn[at : at + row] for at in range(len(drawn) - row, -1, -row))
    mask = bytes((size + 31) // 32 * 4 * size)
    # twice the height: that of the mask counts as well
    head = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, len(pixels), 0, 0, 0, 0)
    return head + pixels + mask


if __name__ == "__main__":
    sys.exit(main())
