"""Presentation states made for tests, over images that are at hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from viewer.dicom.frames import read_frame
from viewer.imaging.display import to_rgb32
from viewer.imaging.presentation import PresentationState, presented
from viewer.imaging.voi import default_voi

Read = Callable[..., PresentationState]  # writes a state with attributes, and reads it

GSPS = "1.2.840.10008.5.1.4.1.1.11.1"


CT = str(get_testdata_file("CT_small.dcm", download=False))
MR = str(get_testdata_file("MR_small.dcm", download=False))
COLOUR = str(get_testdata_file("SC_rgb_small_odd.dcm", download=False))
OVERLAY = str(get_testdata_file("examples_overlay.dcm", download=False))
HU = {"RescaleSlope": 1, "RescaleIntercept": -1024, "RescaleType": "HU"}


def item(**attributes: Any) -> Dataset:
    """Give a data set with these attributes, for a sequence."""
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


WINDOW = {"SoftcopyVOILUTSequence": [item(WindowCenter=40, WindowWidth=400)]}


def image_item(image: Dataset, **attributes: Any) -> Dataset:
    """Give an item of ReferencedImageSequence."""
    return item(
        ReferencedSOPClassUID=image.SOPClassUID,
        ReferencedSOPInstanceUID=image.SOPInstanceUID,
        **attributes,
    )


def lut_item(entries: list[int], first: int, bits: int, *, vr: str = "US") -> Dataset:
    """Give an item of a LUT sequence; ``vr`` is that of the first mapped value."""
    made = Dataset()
    made.add_new("LUTDescriptor", vr, [len(entries), first, bits])
    made.add_new("LUTData", "US", entries)
    return made


def curve(
    count: int, first: int, bits: int, vr: str = "US", power: float = 1.0, **more: Any
) -> Dataset:
    """Give a LUT item that rises, or falls for a negative power."""
    shares = np.linspace(0, 1, count) ** abs(power)
    if power < 0:
        shares = shares[::-1]
    made = lut_item(np.rint(shares * ((1 << bits) - 1)).astype(int).tolist(), first, bits, vr=vr)
    for keyword, value in more.items():
        setattr(made, keyword, value)
    return made


def area_item(image: Dataset, **attributes: Any) -> Dataset:
    """Give a displayed area: the whole image, scaled to fit."""
    whole: dict[str, Any] = {
        "DisplayedAreaTopLeftHandCorner": [1, 1],
        "DisplayedAreaBottomRightHandCorner": [image.Columns, image.Rows],
        "PresentationSizeMode": "SCALE TO FIT",
        "PresentationPixelAspectRatio": [1, 1],
    }
    return item(**{**whole, **attributes})


def a_state(image: str, **attributes: Any) -> Dataset:
    """Give a presentation state for the image in a file that changes nothing but what is asked."""
    dataset = pydicom.dcmread(image, stop_before_pixels=True)
    series = item(
        SeriesInstanceUID=dataset.get("SeriesInstanceUID", "1.2.3"),
        ReferencedImageSequence=[image_item(dataset)],
    )
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = attributes.pop("SOPClassUID", GSPS)
    meta.MediaStorageSOPInstanceUID = generate_uid()
    usual = {
        "SOPClassUID": meta.MediaStorageSOPClassUID,
        "SOPInstanceUID": meta.MediaStorageSOPInstanceUID,
        "StudyDate": "20240102",
        "StudyTime": "120000",
        "AccessionNumber": "",
        "Modality": "PR",
        "Manufacturer": "",
        "ReferringPhysicianName": "",
        "ReferencedSeriesSequence": [series],
        "PatientName": "Doe^Jo",
        "PatientID": "7",
        "PatientBirthDate": "",
        "PatientSex": "",
        "StudyInstanceUID": dataset.get("StudyInstanceUID", "1.2"),
        "SeriesInstanceUID": generate_uid(),
        "StudyID": "",
        "SeriesNumber": 9,
        "InstanceNumber": 1,
        "ContentLabel": "TEST",
        "ContentDescription": "",
        "PresentationCreationDate": "20240102",
        "PresentationCreationTime": "120000",
        "ContentCreatorName": "",
        "DisplayedAreaSelectionSequence": [area_item(dataset)],
        "PresentationLUTShape": "IDENTITY",
    }
    state = item(**{**usual, **attributes})
    for keyword, value in attributes.items():
        if value is None:
            delattr(state, keyword)
    state.file_meta = meta
    return state


def a_drawn_state(**attributes: Any) -> Dataset:
    """Give a state for CT with two graphics, a text, and an area that is not the whole."""
    line = item(
        GraphicAnnotationUnits="PIXEL",
        GraphicDimensions=2,
        NumberOfGraphicPoints=2,
        GraphicData=[1.0, 64.0, 128.0, 64.0],
        GraphicType="POLYLINE",
        GraphicFilled="N",
    )
    text = item(
        AnchorPointAnnotationUnits="PIXEL",
        UnformattedTextValue="Here",
        AnchorPoint=[20.0, 20.0],
        AnchorPointVisibility="Y",
    )
    drawn = item(GraphicLayer="ONE", GraphicObjectSequence=[line, line], TextObjectSequence=[text])
    part = area_item(
        pydicom.dcmread(CT, stop_before_pixels=True),
        DisplayedAreaTopLeftHandCorner=[5, 11],
        DisplayedAreaBottomRightHandCorner=[30, 40],
    )
    usual: dict[str, Any] = {
        "GraphicLayerSequence": [item(GraphicLayer="ONE", GraphicLayerOrder=1)],
        "GraphicAnnotationSequence": [drawn],
        "DisplayedAreaSelectionSequence": [part],
    }
    return a_state(CT, **{**usual, **attributes})


def write(state: Dataset, path: Path) -> str:
    """Write a state as a file."""
    state.save_as(path, enforce_file_format=True)
    return str(path)


def uid_of(image: str) -> str:
    return str(pydicom.dcmread(image, stop_before_pixels=True).SOPInstanceUID)


def picture(image: str, state: PresentationState) -> np.ndarray:
    """Give the grey levels of the first frame of an image under a state."""
    pixels, description = read_frame(image, 0)
    seen = presented(description, state, uid_of(image), 0)
    return (to_rgb32(pixels, seen, default_voi(seen, pixels)) & 0xFF).astype(int)
