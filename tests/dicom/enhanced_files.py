"""Small series made for tests of what varies and differs: of several files, or one enhanced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from tests.dicom.synthetic import write

ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"


def item(**attributes: Any) -> Dataset:
    """Give a data set with these attributes."""
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def write_series(folder: Path, count: int = 5, **attributes: Any) -> list[Path]:
    """Write axial slices 2 mm apart, whose KVP is the same and whose tube current is not."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        path = folder / f"IM{number:03}"
        write(
            path,
            np.full((4, 4), number, np.uint16),
            SOPClassUID="1.2.840.10008.5.1.4.1.1.2",
            SOPInstanceUID=f"1.2.9.{number + 1}",
            StudyInstanceUID="1.2.7",
            SeriesInstanceUID="1.2.8",
            PatientName="Doe^Jane",
            PatientID="7",
            Modality="CT",
            InstanceNumber=number + 1,
            ImagePositionPatient=[0, 0, 2.0 * number],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
            PixelSpacing=[1, 1],
            KVP="120",
            XRayTubeCurrent=100 + 10 * number,
            ContentTime=f"1000{number:02}",
            **attributes,
        )
        paths.append(path)
    return paths


def write_enhanced(path: Path, frames: int = 4, **attributes: Any) -> Path:
    """Write an enhanced CT: shared spacing, positions 3 mm apart, exposure of each frame."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shared = item(PixelMeasuresSequence=[item(PixelSpacing=[1, 1], SliceThickness=3)])
    shared.PlaneOrientationSequence = [item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])]
    own = [
        item(
            FrameContentSequence=[
                item(StackID="1", InStackPositionNumber=at + 1, DimensionIndexValues=[1, at + 1])
            ],
            PlanePositionSequence=[item(ImagePositionPatient=[0, 0, 3.0 * at])],
            CTExposureSequence=[item(ExposureInmAs=50.0 + at)],
        )
        for at in range(frames)
    ]
    write(
        path,
        np.zeros((frames, 4, 4), np.uint16),
        **{
            "SOPClassUID": ENHANCED_CT,
            "SOPInstanceUID": "1.2.9.1",
            "StudyInstanceUID": "1.2.7",
            "SeriesInstanceUID": "1.2.8",
            "Modality": "CT",
            "NumberOfFrames": frames,
            "SharedFunctionalGroupsSequence": [shared],
            "PerFrameFunctionalGroupsSequence": own,
            **attributes,
        },
    )
    return path
