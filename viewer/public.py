"""What `import viewer` offers to programs: catalogues, volumes, and a window; without Qt.

    import viewer

    catalogue = viewer.open_catalogue("scans")
    for stack in catalogue.stacks():
        volume = stack.volume()
        print(stack, volume.values.shape, volume.units, volume.affine)
    viewer.show(volume)

Files are read, and frames decoded, in confined child processes, as everywhere in Negato;
`Stack.dataset` alone reads in the calling process. What goes wrong is a `NegatoError`.
Each name here is stable: what others need of Negato's insides is to come through here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from viewer.dicom.catalogue import CatalogueBuilder
from viewer.dicom.errors import NegatoError
from viewer.dicom.ledger import Skipped
from viewer.dicom.limits import DEFAULT_LIMITS, Limits, with_limit
from viewer.dicom.stacks import Stack as _Frames
from viewer.dicom.volume_geometry import VolumeGeometry, volume_geometry
from viewer.workers.scan import scan_in_child
from viewer.workers.shown_window import ShownWindow, show_path, show_written
from viewer.workers.volumes import Values, Volume, VolumeStopped, read_volume

if TYPE_CHECKING:
    from viewer.dicom.array_files import Dataset  # pydicom's

__all__ = [
    "Catalogue",
    "NegatoError",
    "Patient",
    "Series",
    "ShownWindow",
    "Skipped",
    "Stack",
    "Study",
    "Volume",
    "VolumeStopped",
    "open_catalogue",
    "show",
]

_Path = str | os.PathLike[str]


class Stack:
    """Frames of one size, orientation and kind, in reading order: what a reader scrolls as one.

    ``len(stack)`` is the number of frames; 0 for a document without pixels.
    """

    def __init__(self, frames: _Frames, limits: Limits) -> None:
        self._frames, self._limits = frames, limits

    def __len__(self) -> int:
        return len(self._frames)

    def __repr__(self) -> str:
        return f"<Stack of {len(self)} {self.modality} frames>"

    @property
    def modality(self) -> str:
        """Modality (0008,0060)."""
        return self._frames.headers[0].modality

    @property
    def why_split(self) -> str:
        """What tells it from the series' other stacks ("EchoTime 4.6 ms"); "" where it is alone."""
        return self._frames.split_reason

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of its files, in reading order."""
        return tuple(header.path for header in self._frames.headers)

    @property
    def affine(self) -> NDArray[np.float64] | None:
        """As `Volume.affine`, of all frames; nothing is decoded for it."""
        return self._geometry.affine

    @property
    def why_no_affine(self) -> str:
        """Why there is no affine, as a sentence; "" where there is one."""
        return self._geometry.why_no_affine

    @property
    def spacing_zyx_mm(self) -> tuple[float, float, float] | None:
        """Distances between slices, rows and columns; None without affine."""
        return self._geometry.spacing_zyx_mm

    def file(self, index: int) -> tuple[str, int]:
        """Give the path of frame ``index`` (from 0), and its place in that file (from 0)."""
        path, frame = self._frames.key(self._place(index))
        return path, frame

    def frame(
        self, index: int, *, values: Values = "modality", dtype: DTypeLike | None = None
    ) -> NDArray[Any]:
        """Decode one frame: (rows, columns), or (rows, columns, 3) uint8 RGB.

        For many, `volume` is quicker. Parameters are those of `volume`.

        Raises
        ------
        NegatoError
            It cannot be decoded, or not whole.
        IndexError
            There is no such frame.
        """
        frames = (self._place(index),)
        read = read_volume(
            self._frames, values=values, dtype=dtype, frames=frames, limits=self._limits
        )
        one: NDArray[Any] = read.values[0]
        return one

    def volume(
        self,
        *,
        values: Values = "modality",
        dtype: DTypeLike | None = None,
        frames: Sequence[int] | None = None,
    ) -> Volume:
        """Decode frames, all without ``frames``, and give them as a `Volume`.

        Parameters
        ----------
        values : {"modality", "stored"}
            Modality values (HU, Bq/ml...): each frame by its own rescale. Or as stored.
        dtype : dtype-like, optional
            Of the values. Without: the smallest integer type that holds all
            where all are whole, else float32 (float64 where it is stored).
        frames : sequence of int, optional
            Which frames, from 0.

        Raises
        ------
        NegatoError
            A frame cannot be decoded or is not whole, frames differ in size or
            unit, or values do not fit ``dtype``: never a wrong or partial volume.

        Examples
        --------
        >>> volume = stack.volume(dtype="float32")  # doctest: +SKIP
        >>> volume.affine @ (10, 0, 0, 1)  # the first voxel of slice 10, LPS mm # doctest: +SKIP
        """
        return read_volume(
            self._frames, values=values, dtype=dtype, frames=frames, limits=self._limits
        )

    def dataset(self, index: int = 0) -> Dataset:
        """Read the header of the file of frame ``index`` (of a document: 0) with pydicom.

        In this process, not in a confined child: what is wrong with pydicom, or with the
        file, is not held off here. It ends before the pixels.

        Raises
        ------
        NegatoError
            The file cannot be read.
        """
        from viewer.dicom.array_files import read_dataset

        path = self.file(index)[0] if len(self) or index else self.files[0]
        return read_dataset(path, self._limits)

    @cached_property
    def _geometry(self) -> VolumeGeometry:
        return volume_geometry(self._frames, range(len(self)))

    def _place(self, index: int) -> int:
        return range(len(self))[index]  # as of any sequence: -1 is the last


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its stacks in reading order. ``uid`` is "missing-..." where files have none."""

    uid: str
    number: int | None
    modality: str
    description: str
    stacks: tuple[Stack, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """One study: its series in reading order. Date and time as DICOM writes them."""

    uid: str
    date: str
    time: str
    description: str
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient: the studies, newest first."""

    name: str
    id: str
    birth_date: str
    sex: str
    studies: tuple[Study, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What was found: every file seen is in a stack, or skipped with its reason.

    Attributes
    ----------
    patients : tuple of Patient
    skipped : tuple of Skipped
        Files in no stack: ``path``, ``kind`` ("not-dicom", "damaged",
        "duplicate"...) and ``reason``, a sentence.
    notices : tuple of str
        Sentences on the whole: that a DICOMDIR was damaged, or a search stopped.
    """

    patients: tuple[Patient, ...]
    skipped: tuple[Skipped, ...]
    notices: tuple[str, ...]

    def series(self) -> Iterator[Series]:
        """Give all series, in reading order."""
        for patient in self.patients:
            for study in patient.studies:
                yield from study.series

    def stacks(self) -> list[Stack]:
        """Give all stacks, in reading order."""
        return [stack for series in self.series() for stack in series.stacks]

    def __repr__(self) -> str:
        counts = (len(self.patients), len(list(self.series())), len(self.stacks()))
        patients, series, stacks = counts
        skipped = len(self.skipped)
        return f"<Catalogue: {patients=}, {series=}, {stacks=}, {skipped=}>"


def open_catalogue(
    paths: _Path | Sequence[_Path], *, limits: Mapping[str, str | int] | None = None
) -> Catalogue:
    """Read the headers of files, folders, ZIPs or discs, and sort them as Negato shows them.

    Parameters
    ----------
    paths : path or sequence of paths
        Folders with all that is below them.
    limits : mapping, optional
        What a file may cost, where the defaults do not do: {"frame_bytes": "1GiB"}.

    Raises
    ------
    NegatoError
        A path is not there.
    ValueError
        There is no such limit.

    Examples
    --------
    >>> catalogue = viewer.open_catalogue("scans")  # doctest: +SKIP
    >>> [series.description for series in catalogue.series()]  # doctest: +SKIP
    ['Chest 5.0 mm', 'Chest coronal']
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    places = [os.path.abspath(path) for path in given]
    for place in places:
        if not os.path.exists(place):
            raise NegatoError("There is no such file or folder.", place)
    bounds = DEFAULT_LIMITS
    for name, value in (limits or {}).items():
        bounds = with_limit(bounds, name, str(value))
    builder = CatalogueBuilder(bounds)
    for batch in scan_in_child(places, bounds):
        for item in batch:
            builder.add(item)
    found = builder.snapshot()
    patients = [
        Patient(
            one.name,
            one.id,
            one.birth_date,
            one.sex,
            tuple(
                Study(
                    study.uid,
                    study.date,
                    study.time,
                    study.description,
                    tuple(
                        Series(
                            series.uid,
                            series.number,
                            series.modality,
                            series.description,
                            tuple(Stack(stack, bounds) for stack in series.stacks),
                        )
                        for series in study.series
                    ),
                )
                for study in one.studies
            ),
        )
        for one in found.patients
    ]
    return Catalogue(tuple(patients), found.ledger.skipped, found.ledger.notices)


def show(
    what: _Path | Volume | ArrayLike,
    *,
    spacing: Sequence[float] | None = None,
    affine: ArrayLike | None = None,
    window: tuple[float, float] | None = None,
    title: str = "",
    wait: bool = False,
) -> ShownWindow:
    """Open a Negato window, in a process of its own, and go on.

    Parameters
    ----------
    what : path, Volume or array
        A file, folder, ZIP or disc; or values to look at: (rows, columns) or
        (slices, rows, columns) of booleans, integers or floats, or either with
        a last axis of 3 as uint8 RGB. Every value is shown as it is: nothing is
        rounded or scaled. The values are written to a DICOM file in a folder of
        the user's own (in memory, where the system has such a place and there is
        room), which is deleted when the window is closed, also where this program
        has ended before.
    spacing : sequence of float, optional
        (rows, columns) or (slices, rows, columns), in mm.
    affine : array, optional
        (4, 4), takes (slice, row, column, 1) to the patient, LPS mm. A
        `Volume` brings its own.
    window : (float, float), optional
        Centre and width.
    title : str
        The name under which the window lists the array.
    wait : bool
        Whether to return only once the window is closed.

    Returns
    -------
    ShownWindow
        With ``wait()``, ``close()`` and ``is_open``.

    Raises
    ------
    NegatoError
        There is no screen or no such path, or the array is no picture.

    Examples
    --------
    >>> shown = viewer.show(np.hypot(*np.ogrid[-99:99, -99:99]))  # doctest: +SKIP
    >>> shown.close()  # doctest: +SKIP
    """
    if isinstance(what, str | os.PathLike):
        if spacing is not None or affine is not None or window is not None or title:
            raise NegatoError("Spacing, affine, window and title are for arrays, not for files.")
        shown = show_path(os.fspath(what))
    else:
        shown = _show_array(what, spacing, affine, window, title)
    if wait:
        shown.wait()
    return shown


def _show_array(
    what: Volume | ArrayLike,
    spacing: Sequence[float] | None,
    affine: ArrayLike | None,
    window: tuple[float, float] | None,
    title: str,
) -> ShownWindow:
    from viewer.dicom.array_files import ArrayPlace, array_file, write_array_file

    if spacing is not None and affine is not None:
        raise NegatoError("Give a spacing or an affine, which has the spacing in it.")
    unit = ""
    if isinstance(what, Volume):
        values, unit = what.values, what.units
        if affine is None and spacing is None:
            affine = what.affine
    else:
        values = np.asarray(what)
    place = ArrayPlace(tuple(spacing or ()), None if affine is None else np.asarray(affine))
    dataset = array_file(values, place, window=window, title=title or "Array", unit=unit)
    return show_written(lambda path: write_array_file(dataset, path), values.nbytes)
