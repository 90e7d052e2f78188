"""The files that mutants descend from: made here, the same bytes each time.

Each codec and encoding once, and each kind of object whose description goes a
way of its own. Small, so that a mutation meets something that matters.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest import mock

import imagecodecs
import numpy as np
import pydicom
from pydicom.dataset import Dataset

from tests.dicom import states, synthetic
from tests.hostile.all_files import ALL_FILES

IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
BIG, DEFLATED = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"
_LARGEST_CORPUS_FILE = 300 << 10
_ITEM = b"\xfe\xff\x00\xe0"
_SERIES = {
    "PatientName": "Doe^Jo",
    "PatientID": "7",
    "StudyInstanceUID": "1.2.826.0.1.3680043.8.498.1",
    "StudyDate": "20240102",
    "SeriesInstanceUID": "1.2.826.0.1.3680043.8.498.1.1",
    "SeriesNumber": 1,
}
_Make = Callable[[Path], object]


class Seed(NamedTuple):
    """A file; ``compressed`` where it holds codestreams, ``origin`` says whose it is."""

    name: str
    data: bytes
    compressed: bool = False
    origin: str = "made"


def made_seeds() -> list[Seed]:
    """Make all files anew, in memory: sound ones, and the wrong ones of `tests.hostile`."""
    with TemporaryDirectory() as folder, _counted_uids():
        sound = [*_written(folder, _plain(), False), *_written(folder, _compressed(), True)]
    wrong = ((one.key, one.data, _ITEM in one.data) for one in ALL_FILES)
    return [*sound, *(Seed(*one, "hostile") for one in wrong if one[1])]


def corpus_seeds(folder: str) -> list[Seed]:
    """Read the smaller files below a folder, in the order of their paths."""
    paths = sorted(str(path) for path in Path(folder).rglob("*") if path.is_file())
    small = (path for path in paths if 132 < os.path.getsize(path) <= _LARGEST_CORPUS_FILE)
    found = ((path, Path(path).read_bytes()) for path in small)
    return [
        Seed(os.path.relpath(path, folder), data, _ITEM in data, "corpus")
        for path, data in found
        if data[128:132] == b"DICM" or data[:1] == b"\x08"
    ]


@contextmanager
def _counted_uids() -> Iterator[None]:
    numbers = count(1)

    def uid(*_: object) -> str:
        return f"1.2.826.0.1.3680043.8.498.2.{next(numbers)}"

    with (
        mock.patch.object(synthetic, "generate_uid", uid),
        mock.patch.object(states, "generate_uid", uid),
    ):
        yield


def _written(folder: str, makers: dict[str, _Make], compressed: bool) -> Iterator[Seed]:
    for name, make in makers.items():
        path = Path(folder) / name
        make(path)
        yield Seed(name, path.read_bytes(), compressed)


def _image(values: np.ndarray, **attributes: Any) -> _Make:
    return lambda path: synthetic.write(path, values, **{**_SERIES, **attributes})


def _plain() -> dict[str, _Make]:
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
        "ct-explicit": _image(grey, **ct),
        "ct-implicit": _image(grey, **ct, transfer_syntax=IMPLICIT),
        "ct-big": _image(grey, **ct, transfer_syntax=BIG),
        "ct-deflated": _image(grey, **ct, transfer_syntax=DEFLATED),
        "ct-signed": _image(signed, Modality="CT", WindowCenter=0, WindowWidth=1, RescaleSlope=2.5),
        "colour": _image(colour),
        "colour-planes": _image(colour, PlanarConfiguration=1),
        "ybr-422": _image(colour, PhotometricInterpretation="YBR_FULL_422"),
        "palette": _image(
            (grey >> 4).astype(np.uint8), PhotometricInterpretation="PALETTE COLOR", **palette
        ),
        "one-bit": _image(
            np.packbits(grey & 1, axis=None).reshape(1, -1),
            Rows=24, Columns=20, BitsAllocated=1, BitsStored=1, HighBit=0,
        ),
        "grey-32": _image(grey.astype(np.uint32) * 70_000),
        "cine": _image(slices, NumberOfFrames=3, FrameTime=40, Modality="US",
                       SequenceOfUltrasoundRegions=[_region()]),
        "enhanced": _image(slices, NumberOfFrames=3, **_functional_groups(3)),
        "segmentation": _image(
            slices.astype(np.uint8) & 1, NumberOfFrames=3, Modality="SEG",
            SOPClassUID="1.2.840.10008.5.1.4.1.1.66.4", SegmentationType="FRACTIONAL",
            MaximumFractionalValue=255, **_functional_groups(3),
            SegmentSequence=[item(SegmentNumber=1, SegmentLabel="Liver")],
        ),
        "dose": _image(
            slices, NumberOfFrames=3, Modality="RTDOSE", DoseGridScaling=0.001,
            GridFrameOffsetVector=[0, 2, 4], ImagePositionPatient=[0, 0, 5],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0], PixelSpacing=[2, 2],
            FrameIncrementPointer=0x3004000C, SOPClassUID="1.2.840.10008.5.1.4.1.1.481.2",
        ),
        "nuclear": _image(
            slices, NumberOfFrames=3, Modality="NM", SpacingBetweenSlices=3, NumberOfSlices=3,
            SliceVector=[1, 2, 3], FrameIncrementPointer=0x00540080,
            DetectorInformationSequence=[item(ImagePositionPatient=[0, 0, 0],
                                              ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
        ),
        "pet": _image(
            grey, Modality="PT", Units="BQML", DecayCorrection="START", PatientWeight=70,
            SOPClassUID="1.2.840.10008.5.1.4.1.1.128", CorrectedImage=["ATTN", "DECY"],
            SeriesDate="20240102", SeriesTime="120000", AcquisitionDate="20240102",
            AcquisitionTime="121000", FrameReferenceTime=0, RescaleSlope=0.3, RescaleIntercept=0,
            RadiopharmaceuticalInformationSequence=[item(
                RadiopharmaceuticalStartTime="110000", RadionuclideTotalDose=3.7e8,
                RadionuclideHalfLife=6586.2)],
        ),
        "luts": _image(
            grey, BitsStored=12, ModalityLUTSequence=[curve(4096, 0, 16, ModalityLUTType="US")],
            VOILUTSequence=[curve(256, 100, 8, power=2.0), curve(16, 0, 16, power=-1.0)],
            PresentationLUTShape="INVERSE",
        ),
        "overlays": lambda path: _add_overlays(
            Path(synthetic.write(path, grey, **_SERIES, **_shutters()))
        ),
        "charset": _image(
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


def _compressed() -> dict[str, _Make]:
    grey = synthetic.grey()
    bytes_ = (grey >> 4).astype(np.uint8)
    colour = np.stack([bytes_, bytes_.T.reshape(bytes_.shape), bytes_[::-1]], -1)
    made = {
        f"grey-{syntax.rpartition('4.')[2]}": _image(
            grey, transfer_syntax=syntax, frames=[stream], BitsStored=12
        )
        for syntax, stream in synthetic.streams(grey).items()
    }
    rle, jpegls = synthetic.rle, imagecodecs.jpegls_encode
    encode_jpeg, encode_2000 = imagecodecs.jpeg8_encode, imagecodecs.jpeg2k_encode
    ybr = {"PhotometricInterpretation": "YBR_FULL_422"}
    more: dict[str, _Make] = {
        "jpeg-grey": _image(bytes_, transfer_syntax=synthetic.JPEG, frames=[encode_jpeg(bytes_)]),
        "jpeg-colour": _image(
            colour, transfer_syntax=synthetic.JPEG, frames=[encode_jpeg(colour)], **ybr
        ),
        "jpegls-colour": _image(colour, transfer_syntax=synthetic.JPEG_LS, frames=[jpegls(colour)]),
        "jpegls-near": _image(
            bytes_, transfer_syntax="1.2.840.10008.1.2.4.81", frames=[jpegls(bytes_, level=2)]
        ),
        "jpeg2000-colour": _image(
            colour, transfer_syntax=synthetic.JPEG_2000,
            frames=[encode_2000(colour, level=0, codecformat="j2k")],
            PhotometricInterpretation="YBR_RCT",
        ),
        "jpeg2000-boxed": _image(
            grey, transfer_syntax="1.2.840.10008.1.2.4.91",
            frames=[encode_2000(grey, level=60, codecformat="jp2")], BitsStored=12,
        ),
        "jpegxl-colour": _image(
            colour, transfer_syntax=synthetic.JPEG_XL,
            frames=[imagecodecs.jpegxl_encode(colour, lossless=True)],
        ),
        "rle-frames": _image(
            np.stack([grey] * 3), transfer_syntax=synthetic.RLE, frames=[rle(grey)] * 3,
            NumberOfFrames=3,
        ),
        "jpegls-frames": _image(
            np.stack([grey] * 3), transfer_syntax=synthetic.JPEG_LS, frames=[jpegls(grey)] * 3,
            NumberOfFrames=3, Modality="MR", **_functional_groups(3),
        ),
        "jpeg-palette": _image(
            bytes_, transfer_syntax=synthetic.JPEG_LOSSLESS,
            frames=[encode_jpeg(bytes_, lossless=True)],
            PhotometricInterpretation="PALETTE COLOR",
            RedPaletteColorLookupTableDescriptor=[256, 0, 8],
            GreenPaletteColorLookupTableDescriptor=[256, 0, 8],
            BluePaletteColorLookupTableDescriptor=[256, 0, 8],
            RedPaletteColorLookupTableData=bytes(range(256)),
            GreenPaletteColorLookupTableData=bytes(range(256)),
            BluePaletteColorLookupTableData=bytes(range(256)),
        ),
        "deflated-frame": _deflated_frame,
        "encapsulated": _image(
            grey, transfer_syntax="1.2.840.10008.1.2.1.98", frames=[grey.tobytes()],
        ),
    }  # fmt: skip
    return {**made, **more}


def _deflated_frame(path: Path) -> None:
    """Write a deflated frame as JPEG, which has a UID as long: pydicom would deflate the header."""
    grey = synthetic.grey()
    synthetic.write(path, grey, transfer_syntax=synthetic.JPEG, frames=[_raw_deflate(grey)])
    jpeg = synthetic.JPEG.encode()
    path.write_bytes(path.read_bytes().replace(jpeg, b"1.2.840.10008.1.2.8.1\0", 1))


def _raw_deflate(values: np.ndarray) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(values.tobytes()) + packer.flush()
    return packed + b"\0" * (len(packed) % 2)


def _functional_groups(frames: int) -> dict[str, Any]:
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
