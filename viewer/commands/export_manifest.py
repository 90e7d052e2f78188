"""The manifest of a pipeline's files: what each is made of and how, without names of patients."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from typing import Any, BinaryIO

from viewer.commands.export_pipeline import Pipeline
from viewer.plain_text import csv_cell, json_text
from viewer.workers.volumes import Volume

_PIECE = 1 << 20
MANIFESTS = ("manifest.csv", "manifest.json")


class Manifest:
    """Takes a row for each file that is written."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._rows: list[dict[str, Any]] = []

    def note(self, path: str, volume: Volume, file: BinaryIO) -> None:
        """Note a file, which is hashed where it lies."""
        affine = volume.affine
        file.seek(0)
        digest = hashlib.sha256()
        while piece := file.read(_PIECE):
            digest.update(piece)
        self._rows.append(
            {
                "file": os.path.basename(path),
                "study_instance_uid": volume.study_instance_uid,
                "series_instance_uid": volume.series_instance_uid,
                "modality": volume.modality,
                "shape": list(volume.values.shape),
                "dtype": volume.values.dtype.name,
                "units": volume.units,
                "spacing_zyx_mm": list(volume.spacing_zyx_mm or ()),
                "affine_lps": [] if affine is None else [float(n) for n in affine.ravel()],
                "pipeline": self._pipeline.name,
                "steps": [str(step) for step in self._pipeline.steps],
                "sha256": digest.hexdigest(),
            }
        )

    def files(self) -> dict[str, bytes]:
        """Give the manifest as CSV and as JSON, by the names of the files."""
        out = io.StringIO()
        table = csv.writer(out)
        if self._rows:
            table.writerow(self._rows[0])
        for row in self._rows:
            table.writerow(_cell(value) for value in row.values())
        json_lines = json_text(self._rows, indent=1) + "\n"
        return dict(zip(MANIFESTS, (out.getvalue().encode(), json_lines.encode()), strict=True))


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return csv_cell(value)
    separator = "; " if value and isinstance(value[0], str) else " "
    return separator.join(map(str, value))
