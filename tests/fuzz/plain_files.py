"""Sound files without codestreams: each encoding, and each object that is described its own way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
from pydicom.dataset import Dataset

from tests.dicom import states, synthetic

Make = Callable[[Path], object]
IMPLICIT, BIG = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
_SERIES = {
    "PatientName": "Doe^Jo",
    "PatientID": "7",
    "StudyInstanceUID": "1.2.826.0.1.3680043.8.498.1",
    "StudyDate": "20240102",
    "SeriesInstanceUID": "1.2.826.0.1.3680043.8.498.1.1",
    "SeriesNumber": 1,
}


def image(values: np.ndarray, **attributes: Any) -> Make:
    """Give what writes an image of one study."""
    return lambda path: synthetic.write(path, values, **{**_SERIES, **attributes})


def plain_files() -> dict[str, Make]:
    """Give what writes each file, by its name."""
    grey, item = synthetic.grey(), states.item
    signed = grey.astype(np.int16) - 1024
    slices = np.stack([grey] * 3)
    colour = np.stack([(grey >> 4).astype(np.uint8)] * 3, -1)
    ct = {
        "Modality": "CT",
        "RescaleSlope": 1,
        "RescaleIntercept": -1024,
        "WindowCenter": [40, 300],
        "WindowWidth": [400, 1500],
        "ImagePositionPatient": [0, 0, 5],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "PixelSpacing": [0.7, 0.7],
        "SliceThickness": 5,
        "InstanceNumber": 3,
        "BitsStored": 12,
        "PixelPaddingValue": 0,
    }
    palette = {
        f"{channel}PaletteColorLookupTableD{what}": value
        for channel in ("Red", "Green", "Blue")
        for what, value in (("escriptor", [256, 0, 16]), ("ata", bytes(range(256)) * 2))
    }
    curve = states.curve
    return {
        "ct-explicit": image(grey, **ct),
        "ct-implicit": image(grey, **ct, transfer_syntax=IMPLICIT),
        "ct-big": image(grey, **ct, transfer_syntax=BIG),
        "ct-deflated": image(grey, **ct, transfer_syntax=DEFLATED),
        "ct-signed": image(signed, Modality="CT", WindowCenter=0, WindowWidth=1, RescaleSlope=2.5),
        "colour": image(colour),
        "colour-planes": image(colour, PlanarConfiguration=1),
        "ybr-422": image(colour, PhotometricInterpretation="YBR_FULL_422"),
        "palette": image(
            (grey >> 4).astype(np.uint8), PhotometricInterpretation="PALETTE COLOR", **palette
        ),
        "palette-segments": image(
            (grey >> 4).astype(np.uint8), PhotometricInterpretation="PALETTE COLOR",
            **_segmented_palette(),
        ),
        "palette-of-high-values": image(
            grey, PixelPresentation="COLOR", BitsStored=12, **_high_palette(),
        ),
        "packed-12": image(
            np.zeros((1, 24 * 30), np.uint8), Rows=24, Columns=20, BitsAllocated=12, BitsStored=12,
            HighBit=11,
        ),
        "icc": image(colour, ICCProfile=_profile(), Modality="XC"),
        "one-bit": image(
            np.packbits(grey & 1, axis=None).reshape(1, -1),
            Rows=24, Columns=20, BitsAllocated=1, BitsStored=1, HighBit=0,
        ),
        "grey-32": image(grey.astype(np.uint32) * 70_000),
        "cine": image(slices, NumberOfFrames=3, FrameTime=40, Modality="US",
                       SequenceOfUltrasoundRegions=[_region()]),
        "enhanced": image(slices, NumberOfFrames=3, **functional_groups(3)),
        "segmentation": image(
            slices.astype(np.uint8) & 1, NumberOfFrames=3, Modality="SEG",
            SOPClassUID="1.2.840.10008.5.1.4.1.1.66.4", SegmentationType="FRACTIONAL",
            MaximumFractionalValue=255, **functional_groups(3),
            SegmentSequence=[item(SegmentNumber=1, SegmentLabel="Liver")],
        ),
        "dose": image(
            slices, NumberOfFrames=3, Modality="RTDOSE", DoseGridScaling=0.001,
            GridFrameOffsetVector=[0, 2, 4], ImagePositionPatient=[0, 0, 5],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0], PixelSpacing=[2, 2],
            FrameIncrementPointer=0x3004000C, SOPClassUID="1.2.840.10008.5.1.4.1.1.481.2",
        ),
        "nuclear": image(
            slices, NumberOfFrames=3, Modality="NM", SpacingBetweenSlices=3, NumberOfSlices=3,
            SliceVector=[1, 2, 3], FrameIncrementPointer=0x00540080,
            DetectorInformationSequence=[item(ImagePositionPatient=[0, 0, 0],
                                              ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
        ),
        "pet": image(
            grey, Modality="PT", Units="BQML", DecayCorrection="START", PatientWeight=70,
            SOPClassUID="1.2.840.10008.5.1.4.1.1.128", CorrectedImage=["ATTN", "DECY"],
            SeriesDate="20240102", SeriesTime="120000", AcquisitionDate="20240102",
            AcquisitionTime="121000", FrameReferenceTime=0, RescaleSlope=0.3, RescaleIntercept=0,
            RadiopharmaceuticalInformationSequence=[item(
                RadiopharmaceuticalStartTime="110000", RadionuclideTotalDose=3.7e8,
                RadionuclideHalfLife=6586.2)],
        ),
        "luts": image(
            grey, BitsStored=12, ModalityLUTSequence=[curve(4096, 0, 16, ModalityLUTType="US")],
            VOILUTSequence=[curve(256, 100, 8, power=2.0), curve(16, 0, 16, power=-1.0)],
            PresentationLUTShape="INVERSE",
        ),
        "overlays": lambda path: _add_overlays(
            Path(synthetic.write(path, grey, **_SERIES, **_shutters()))
        ),
        "charset": image(
            grey, SpecificCharacterSet=["", "ISO 2022 IR 87"], PatientComments="x" * 3000,
            OtherPatientIDsSequence=[item(PatientID="A"), item(PatientID="B")],
        ),
        "report": _report,
        "state": lambda path: states.write(states.a_drawn_state(**states.WINDOW), path),
        "state-luts": lambda path: states.write(
            states.a_state(
                states.CT, **states.HU,
                SoftcopyVOILUTSequence=[item(VOILUTSequence=[curve(256, -100, 8, "SS")])],
                PresentationLUTShape=None, PresentationLUTSequence=[curve(256, 0, 12)],
                **_shutters(), ImageRotation=90, ImageHorizontalFlip="Y",
            ),
            path,
        ),
        "bare": lambda path: path.write_bytes(_bare(path, grey)),
    }  # fmt: skip


def _profile() -> bytes:
    """Give the profile of sRGB without the time at which it was made."""
    profile: bytes = imagecodecs.cms_profile("srgb")
    return profile[:24] + bytes(12) + profile[36:]


def _segmented_palette() -> dict[str, Any]:
    """Give a palette of a discrete segment, a linear one, and a copy of both."""
    words = np.array([0, 2, 0, 300, 1, 100, 40_000, 2, 2, 0, 0, 1, 154, 65_535], "<u2")
    made: dict[str, Any] = {}
    for channel in ("Red", "Green", "Blue"):
        name = f"{channel}PaletteColorLookupTable"
        made[f"{name}Descriptor"] = [256, 0, 16]
        made[f"Segmented{name}Data"] = words.tobytes()
    return made


def _high_palette() -> dict[str, Any]:
    """Give a palette for the values from 2,000 on, those below being grey."""
    made: dict[str, Any] = {}
    for channel in ("Red", "Green", "Blue"):
        name = f"{channel}PaletteColorLookupTable"
        made[f"{name}Descriptor"] = [64, 2000, 16]
        made[f"{name}Data"] = bytes(128)
    return made


def functional_groups(frames: int) -> dict[str, Any]:
    """Give the functional groups of a volume."""
    item = states.item
    shared = item(
        PlaneOrientationSequence=[item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
        PixelMeasuresSequence=[item(PixelSpacing=[0.5, 0.5], SliceThickness=2)],
        FrameVOILUTSequence=[item(WindowCenter=50, WindowWidth=300)],
        PixelValueTransformationSequence=[item(RescaleSlope=2, RescaleIntercept=-5)],
    )
    each = [
        item(
            PlanePositionSequence=[item(ImagePositionPatient=[0, 0, 2 * number])],
            FrameContentSequence=[
                item(StackID="1", InStackPositionNumber=number + 1, DimensionIndexValues=[number])
            ],
        )
        for number in range(frames)
    ]
    return {
        "SharedFunctionalGroupsSequence": [shared],
        "PerFrameFunctionalGroupsSequence": each,
        "DimensionIndexSequence": [
            item(DimensionIndexPointer=0x00209057, FunctionalGroupPointer=0x00209111)
        ],
    }


def _region() -> Dataset:
    return states.item(
        RegionSpatialFormat=1, RegionDataType=1, RegionFlags=0, RegionLocationMinX0=0,
        RegionLocationMinY0=0, RegionLocationMaxX1=19, RegionLocationMaxY1=23,
        PhysicalUnitsXDirection=3, PhysicalUnitsYDirection=3, PhysicalDeltaX=0.1,
        PhysicalDeltaY=0.1,
    )  # fmt: skip


def _shutters() -> dict[str, Any]:
    return {
        "ShutterShape": ["RECTANGULAR", "CIRCULAR", "POLYGONAL"],
        "ShutterLeftVerticalEdge": 2,
        "ShutterRightVerticalEdge": 18,
        "ShutterUpperHorizontalEdge": 2,
        "ShutterLowerHorizontalEdge": 20,
        "CenterOfCircularShutter": [12, 10],
        "RadiusOfCircularShutter": 9,
        "VerticesOfThePolygonalShutter": [1, 1, 1, 20, 20, 20],
        "ShutterPresentationValue": 100,
    }


def _add_overlays(path: Path) -> str:
    dataset = pydicom.dcmread(path)
    for group, bits in ((0x6000, 1), (0x6002, 16)):
        for element, vr, value in (
            (0x0010, "US", 24), (0x0011, "US", 20), (0x0040, "CS", "G"), (0x0050, "SS", [1, 1]),
            (0x0100, "US", bits), (0x0102, "US", 0 if bits == 1 else 13), (0x0022, "LO", "Note"),
        ):  # fmt: skip
            dataset.add_new(group << 16 | element, vr, value)
    dataset.add_new(0x60003000, "OW", b"\x55" * 60)
    dataset.BitsStored, dataset.HighBit = 12, 11
    dataset.save_as(path)
    return str(path)


def _report(path: Path) -> None:
    content = states.item(ValueType="TEXT", TextValue="Nothing found", RelationshipType="CONTAINS")
    synthetic.write(path, synthetic.grey(), **_SERIES, Modality="SR", ContentSequence=[content])
    dataset = pydicom.dcmread(path)
    for keyword in ("PixelData", "Rows", "Columns", "BitsAllocated"):
        delattr(dataset, keyword)
    dataset.save_as(path)


def _bare(path: Path, grey: np.ndarray) -> bytes:
    """Give a data set alone, without preamble and meta information."""
    synthetic.write(path, grey, **_SERIES, transfer_syntax=IMPLICIT)
    data = path.read_bytes()
    length = int.from_bytes(data[140:144], "little")
    return data[144 + length :]
