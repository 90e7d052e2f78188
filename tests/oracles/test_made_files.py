"""Grey levels equal DCMTK's for what real files seldom combine: depth, sign, LUTs, inversion.

Each kind of stored value meets each Modality LUT and each VOI transform; the
four ways of saying white and black take turns.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.dicom.synthetic import write
from tests.oracles import dcmtk
from tests.oracles import monochrome as mono
from viewer.dicom.frames import read_frame
from viewer.imaging.voi import VoiWindow

pytestmark = [pytest.mark.filterwarnings("ignore::UserWarning:pydicom"), dcmtk.needed]

# bits stored, pixel type; a masked one has no sign in its unused bits
_STORED = {
    "unsigned 8 of 8": (8, np.uint8, False),
    "signed 8 of 8": (8, np.int8, False),
    "unsigned 12 of 16": (12, np.uint16, False),
    "signed 12 of 16": (12, np.int16, False),
    "signed 12 of 16, masked": (12, np.int16, True),
    "unsigned 16 of 16": (16, np.uint16, False),
    "signed 16 of 16": (16, np.int16, False),
}


def _lut(entries: np.ndarray, first: int, bits: int, **attributes: str) -> Dataset:
    made = Dataset()
    made.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(entries), first, bits])
    made.add_new("LUTData", "US", entries.astype(int).tolist())
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


_MODALITY: dict[str, dict[str, Any]] = {
    "no rescale": {},
    "rescale": {"RescaleSlope": "2", "RescaleIntercept": "-1024"},
    "falling": {"RescaleSlope": "-3", "RescaleIntercept": "57"},
    "LUT": {
        "ModalityLUTSequence": [
            _lut(np.linspace(0, 1, 200) ** 2 * 4095, -20, 16, ModalityLUTType="US")
        ]
    },
}
_POLARITY: list[dict[str, str]] = [
    {"PhotometricInterpretation": "MONOCHROME2"},
    {"PhotometricInterpretation": "MONOCHROME1"},
    {"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"},
    {"PhotometricInterpretation": "MONOCHROME2", "PresentationLUTShape": "IDENTITY"},
]
_WINDOWS = {"WindowCenter": [60, 40.5, 100], "WindowWidth": [400, 1, 33.5]}
_VOI: list[dict[str, Any]] = [
    {**_WINDOWS},
    {**_WINDOWS, "VOILUTFunction": "LINEAR_EXACT"},
    {**_WINDOWS, "VOILUTFunction": "SIGMOID"},
    {"VOILUTSequence": [_lut(np.linspace(1, 0, 300) ** 3 * 4095, -100, 12)]},
    {"VOILUTSequence": [_lut(np.arange(256), 0, 8)]},
]


@pytest.mark.parametrize("modality", _MODALITY)
@pytest.mark.parametrize("stored", _STORED)
def test_made_files_look_as_dcmtk_shows_them(tmp_path: Path, stored: str, modality: str) -> None:
    bits, dtype, masked = _STORED[stored]
    values = _values(bits, dtype, masked=masked)
    turn = list(_STORED).index(stored) + list(_MODALITY).index(modality)
    apart = {}
    for at, voi in enumerate(_VOI, turn):
        polarity = _POLARITY[at % len(_POLARITY)]
        attributes = {**_MODALITY[modality], **polarity, **voi}
        path = Path(write(tmp_path / "made.dcm", values, BitsStored=bits, **attributes))
        header = pydicom.dcmread(path)
        pixels, description = read_frame(str(path), 0)
        for stated, ours in mono.pairs(header, pixels, description):
            assert ours is not None, stated
            if stated.is_lut:
                options = ["+Wl", str(stated.number)]
            elif isinstance(ours, VoiWindow) and ours.function == "LINEAR_EXACT":
                options = ["+Wfl", "+Ww", repr(ours.center + 0.5), repr(ours.width + 1)]
            else:
                options = ["+Wi", str(stated.number)]
            theirs = dcmtk.grey_levels(path, header, 0, options)
            assert isinstance(theirs, np.ndarray), theirs
            grey = mono.our_grey(pixels, description, ours)
            key = f"{polarity} {voi.get('VOILUTFunction', '')} {stated}"
            apart[key] = mono.levels_apart(grey, theirs, np.zeros(grey.shape, bool))
    assert {key: levels for key, levels in apart.items() if levels > 1} == {}
    assert len(apart) == 11


def _values(bits: int, dtype: type[np.generic], *, masked: bool) -> np.ndarray:
    """Give both ends of the range, and what lies around the windows."""
    signed = np.issubdtype(dtype, np.signedinteger)
    low = -(1 << bits - 1) if signed else 0
    high = low + (1 << bits) - 1
    near = np.arange(-300, 700)
    whole = np.concatenate(
        [np.linspace(low, high, 600).round(), near[(near >= low) & (near <= high)]]
    )
    values = np.resize(whole, (40, 40)).astype(np.int64)
    if masked:
        values &= (1 << bits) - 1
    return values.astype(dtype)
