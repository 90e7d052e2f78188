"""The signs of errors, warnings and notes: told apart by shape as well as by colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPolygonF

from viewer.dicom.validation.rules import Severity

_SIZE = 32
_DARK = QColor(27, 28, 31)
# legible on the dark theme: 5 to 1 and more against its base
_COLOURS: dict[Severity, QColor] = {
    "error": QColor(240, 108, 96),
    "warning": QColor(235, 178, 70),
    "note": QColor(118, 176, 232),
}
_SIGNS: dict[Severity, str] = {"error": "×", "warning": "!", "note": "i"}


def severity_icons() -> dict[Severity, QIcon]:
    """Draw the icon of each severity."""
    return {severity: _icon(severity) for severity in _COLOURS}


def _icon(severity: Severity) -> QIcon:
    pixmap = QPixmap(_SIZE, _SIZE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_COLOURS[severity])
    area = QRectF(2, 2, _SIZE - 4, _SIZE - 4)
    if severity == "warning":
        corners = [area.bottomLeft(), QPointF(area.center().x(), area.top()), area.bottomRight()]
        painter.drawPolygon(QPolygonF(corners))
        area.adjust(0, 6, 0, 2)
    elif severity == "error":
        painter.drawEllipse(area)
    else:
        painter.drawRoundedRect(area, 6, 6)
    font = painter.font()
    font.setPixelSize(22)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(_DARK)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, _SIGNS[severity])
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # or its colours would be mixed with the row's
    return icon
