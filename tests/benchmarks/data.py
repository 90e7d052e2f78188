"""The files that benchmarks read: made once, with a fixed seed, and kept outside the repository."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.fileset import FileSet
from pydicom.uid import UID, ExplicitVRLittleEndian

from viewer.resources import resource

SEED = 20
_VERSION = 2  # another number where what is made changes
IMAGES_PER_SERIES = 50  # on a disc
_ELEMENTS = 270  # of a CT header; those of today's scanners have 200 to 350
_PRIVATE_GROUP = 0x0019
_SAMPLE_CT = "PT000000/ST000000/SE000001/IM000000"
_SEQUENCES = (
    "ReferencedStudySequence",
    "ReferencedPerformedProcedureStepSequence",
    "ReferencedImageSequence",
)
UID_ROOT = "1.2.826.0.1.3680043.10.511.3."  # of pydicom's example root; for files never sent


def ct_headers(folder: Path, count: int) -> list[Path]:
    """Give CT files of 270 elements each, most of them private, with few pixels."""

    def make(into: Path) -> None:
        dataset = ct_header_dataset()
        for number in range(count):
            save(dataset, number, into)

    return files_in(made(folder / f"headers-{count}", make))


def slices(folder: Path, count: int, side: int) -> list[Path]:
    """Give one series of native 16-bit CT slices, ``side`` pixels square, in reading order."""

    def make(into: Path) -> None:
        values = np.random.default_rng(SEED).integers(-1024, 3071, (side, side), np.int16)
        dataset = ct_dataset(values)
        for number in range(count):
            dataset.PixelData = np.roll(values, number, axis=0).tobytes()
            save(dataset, number, into)

    return files_in(made(folder / f"slices-{count}-{side}", make))


def image(
    folder: Path, name: str, values: np.ndarray, change: Callable[[Dataset], None] | None = None
) -> Path:
    """Give one native CT file with these pixels, altered by ``change``; ``name`` is for both."""

    def make(into: Path) -> None:
        dataset = ct_dataset(values)
        if change is not None:
            change(dataset)
        save(dataset, 0, into)

    return files_in(made(folder / f"image-{name}", make))[0]


def disc(folder: Path, count: int) -> Path:
    """Give the DICOMDIR of a disc with ``count`` images, so many in each series."""

    def make(into: Path) -> None:
        file_set = FileSet()
        dataset = ct_dataset(np.zeros((4, 4), np.int16))
        for number in range(count):
            dataset.SeriesInstanceUID = f"{UID_ROOT}2.{number // IMAGES_PER_SERIES + 1}"
            dataset.SeriesNumber = number // IMAGES_PER_SERIES + 1
            file_set.add(_numbered(dataset, number))
        file_set.write(into)

    return made(folder / f"disc-{count}", make) / "DICOMDIR"


def made(folder: Path, make: Callable[[Path], None]) -> Path:
    """Have ``make`` fill a folder unless it is there; one left half done does not count."""
    folder = folder.with_name(f"{folder.name}-v{_VERSION}")
    if not folder.is_dir():
        partial = folder.with_name(f"{folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        make(partial)
        partial.rename(folder)
    return folder


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def ct_header_dataset() -> Dataset:
    """Give a CT of 270 elements, most of them private, with few pixels."""
    dataset = ct_dataset(np.zeros((16, 16), np.int16))
    _add_sequences(dataset)
    _add_private(dataset, _ELEMENTS - len(dataset))
    return dataset


def ct_dataset(values: np.ndarray) -> Dataset:
    """Give the first CT of the sample study with other pixels and identifiers, uncompressed."""
    dataset = pydicom.dcmread(resource("sample") / _SAMPLE_CT)
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.Rows, dataset.Columns = values.shape
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit = 15
    dataset.PixelRepresentation = 1
    dataset.PixelData = values.tobytes()
    dataset["PixelData"].VR = "OW"
    dataset["PixelData"].is_undefined_length = False
    dataset.StudyInstanceUID = f"{UID_ROOT}1"
    dataset.SeriesInstanceUID = f"{UID_ROOT}2"
    return dataset


def _add_sequences(dataset: Dataset) -> None:
    """Add sequences that scanners write, of one to three small items."""
    for count, keyword in enumerate(_SEQUENCES, 1):
        items = [Dataset() for _ in range(count)]
        for number, item in enumerate(items):
            item.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
            item.ReferencedSOPInstanceUID = f"{UID_ROOT}4.{number}"
        setattr(dataset, keyword, items)


def _add_private(dataset: Dataset, count: int) -> None:
    """Add private elements of the usual kinds, 4 to 40 bytes long."""
    rng = np.random.default_rng(SEED)
    block = dataset.private_block(_PRIVATE_GROUP, "NEGATO BENCHMARK", create=True)
    for number in range(count - 1):  # the block's name is one of them
        vr = ("LO", "DS", "IS", "SH", "FD")[number % 5]
        whole = int(rng.integers(0, 100_000))
        value = {"LO": f"VALUE {whole} " * 2, "SH": f"V{whole}", "FD": whole / 7}.get(vr, whole)
        block.add_new(number, vr, value)


def _numbered(dataset: Dataset, number: int) -> Dataset:
    """Make the dataset that of slice ``number``; one millimetre from slice to slice."""
    uid = f"{UID_ROOT}3.{number + 1}"
    dataset.SOPInstanceUID = uid
    dataset.file_meta.MediaStorageSOPInstanceUID = UID(uid)
    dataset.InstanceNumber = number + 1
    dataset.ImagePositionPatient = [0, 0, number]
    dataset.SliceLocation = number
    return dataset


def save(dataset: Dataset, number: int, into: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of private values: any will do
        _numbered(dataset, number).save_as(into / f"IM{number:05}", enforce_file_format=True)
