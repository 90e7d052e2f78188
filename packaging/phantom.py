"""The body of the sample study, as numbers: a chest drawn from ellipsoids, in HU.

Owns the shapes and their values; what is written to files is make_sample.py's.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SLICES, ROWS, COLUMNS = 48, 176, 176
SPACING_ZYX_MM = (5.0, 1.9, 1.9)

AIR, LUNG, FAT, SOFT, LIVER, BLOOD, SPONGY, CORTICAL = -1000, -840, -100, 45, 60, 50, 300, 900

Volume = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


def chest(seed: int = 1895) -> npt.NDArray[np.int16]:
    """Draw the chest.

    Returns
    -------
    ndarray of int16, shape (SLICES, ROWS, COLUMNS)
        Values in HU; slice 0 is the lowest, row 0 the front, column 0 the patient's right.
    """
    body = _Body()
    volume = np.full((SLICES, ROWS, COLUMNS), AIR, np.float32)
    for mask, value in body.parts():
        volume[mask] = value
    noise = np.random.default_rng(seed).normal(0.0, 7.0, volume.shape)
    volume = _softened(volume)
    inside = volume > AIR + 50
    volume[inside] += noise[inside].astype(np.float32)
    return np.clip(np.rint(volume), -1024, 3071).astype(np.int16)


class _Body:
    """Shapes in millimetres from the middle of the volume (x left, y back, z head)."""

    def __init__(self) -> None:
        axes = [
            (np.arange(count, dtype=np.float32) - (count - 1) / 2) * np.float32(step)
            for count, step in zip((SLICES, ROWS, COLUMNS), SPACING_ZYX_MM, strict=True)
        ]
        self.z, self.y, self.x = np.meshgrid(*axes, indexing="ij", sparse=True)

    def parts(self) -> list[tuple[Mask, int]]:
        """List the shapes in the order of painting: later ones cover earlier ones."""
        lungs = self._lungs()
        heart = self._ellipsoid((22, -22, -35), (52, 40, 52))
        return [
            (self._trunk(0), FAT),
            (self._trunk(14), SOFT),
            *self._ribs(),
            (lungs, LUNG),
            *self._vessels(lungs),
            (heart, BLOOD - 10),
            (self._ellipsoid((26, -20, -36), (30, 22, 32)), BLOOD + 10),
            (self._liver(), LIVER),
            (self._ellipsoid((-62, 8, -102), (9, 8, 9)), 8),  # a cyst in the liver
            (self._ellipsoid((58, 22, 34), (9, 9, 9)), 35),  # a nodule in the left lung
            (self._ellipsoid((58, 22, 34), (3, 3, 3)), 180),  # with a calcified middle
            (self._tube((0, -2), (9, 8), 15), AIR),  # trachea, above its fork
            (self._tube((16, 38), (12, 12)), BLOOD + 15),  # aorta
            *self._sternum(),
            *self._spine(),
        ]

    def _ellipsoid(
        self, centre_xyz: tuple[float, float, float], radii: tuple[float, float, float]
    ) -> Mask:
        (cx, cy, cz), (rx, ry, rz) = centre_xyz, radii
        distance = ((self.x - cx) / rx) ** 2 + ((self.y - cy) / ry) ** 2 + ((self.z - cz) / rz) ** 2
        return np.asarray(distance <= 1.0)

    def _tube(
        self, centre_xy: tuple[float, float], radii: tuple[float, float], above: float = -1000
    ) -> Mask:
        distance = ((self.x - centre_xy[0]) / radii[0]) ** 2
        distance = distance + ((self.y - centre_xy[1]) / radii[1]) ** 2
        return np.asarray((distance <= 1.0) & (self.z >= above))

    def _trunk(self, depth_mm: float) -> Mask:
        # narrower at the shoulders than at the belly, flattened front to back
        width = 158 - 0.0014 * np.maximum(self.z + 20, 0) ** 2 - depth_mm
        return np.asarray(
            (np.abs(self.x) / width) ** 2.4 + (np.abs(self.y) / (108 - depth_mm)) ** 2.4 <= 1
        )

    def _lungs(self) -> Mask:
        right = self._ellipsoid((-68, 2, -12), (50, 74, 118))
        left = self._ellipsoid((70, 2, -8), (48, 72, 114))
        return np.asarray(right | left)

    def _liver(self) -> Mask:
        dome = self._ellipsoid((-48, -4, -122), (88, 80, 66))
        return np.asarray(dome & self._trunk(24))

    def _vessels(self, lungs: Mask) -> list[tuple[Mask, int]]:
        vessels = []
        for side in (-1, 1):
            for step in range(9):
                angle = np.deg2rad(step * 40.0)
                run = np.abs(self.x - side * 18) / 60
                y = 4 + 46 * np.sin(angle) * run
                z = -8 + 74 * np.cos(angle) * run
                thick = 5.0 - 3.2 * np.clip(run, 0, 1)
                near = (self.y - y) ** 2 + (self.z - z) ** 2 <= thick**2
                vessels.append((np.asarray(near & lungs & (self.x * side > 0)), BLOOD))
        return vessels

    def _ribs(self) -> list[tuple[Mask, int]]:
        # a shell of the chest wall, cut into rings that sink towards the front
        wall = self._trunk(20) & ~self._trunk(30)
        core = self._trunk(22) & ~self._trunk(28)
        phase = (self.z - 0.45 * self.y) % 27.0
        away = np.abs(self.x) > 20
        return [
            (np.asarray(wall & (phase < 12) & away), CORTICAL),
            (np.asarray(core & (phase > 3) & (phase < 9) & away), SPONGY),
        ]

    def _sternum(self) -> list[tuple[Mask, int]]:
        plate = (np.abs(self.x) < 17) & (self.y > -92) & (self.y < -80) & (self.z > -70)
        core = (np.abs(self.x) < 14) & (self.y > -90) & (self.y < -83) & (self.z > -67)
        return [(np.asarray(plate), CORTICAL), (np.asarray(core), SPONGY)]

    def _spine(self) -> list[tuple[Mask, int]]:
        level = self.z % 25.0
        bone = level > 5  # the rest is disc
        body = self._tube((0, 52), (20, 16))
        inside = self._tube((0, 52), (17, 13))
        arch = self._tube((0, 78), (15, 13))
        process = (np.abs(self.x) < 4) & (self.y > 82) & (self.y < 98) & (level > 8)
        wings = (np.abs(self.x) < 34) & (np.abs(self.y - 80) < 5) & (level > 10) & (level < 20)
        return [
            (body, 80),
            (np.asarray(body & bone), CORTICAL),
            (np.asarray(inside & (level > 7) & (level < 23)), SPONGY - 80),
            (np.asarray((arch | process | wings) & bone), CORTICAL - 100),
            (self._tube((0, 76), (9, 8)), 25),  # the spinal canal
        ]


def _softened(volume: Volume) -> Volume:
    """Blur each slice a little, as a scanner does: (1 2 1) / 4 along rows and columns."""
    for axis in (1, 2):
        before, after = np.roll(volume, 1, axis), np.roll(volume, -1, axis)
        volume = (before + 2 * volume + after) / np.float32(4)
    return volume
