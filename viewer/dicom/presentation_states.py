"""Presentation states out of their files. PS3.3 A.33.1, A.33.2, A.33.5.

Owns which states can be followed, and what is put together to one. Their grey
transforms are `presentation_transforms`' matter, turns and areas that of
`presentation_areas`, drawings that of `presentation_graphics`; what they do to
a frame is `viewer.imaging.presentation`'s. Reads whole files, and so runs in a
child process.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import BinaryIO, cast

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset, read_partial

from viewer.dicom.dataset_values import items, text
from viewer.dicom.elements import DEFLATED, read_meta
from viewer.dicom.errors import HeaderError, LimitError, PresentationStateError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.inflating import InflatingStream
from viewer.dicom.limits import DEFAULT_LIMITS, Limits, amount
from viewer.dicom.overlays import overlays_of
from viewer.dicom.presentation_areas import areas_of, turn_of
from viewer.dicom.presentation_graphics import annotations_of
from viewer.dicom.presentation_transforms import modality_of, presentation_lut_of, vois_of
from viewer.dicom.reading import read_header
from viewer.dicom.references import references_of
from viewer.dicom.regular_files import open_regular, system_error
from viewer.dicom.shutters import shutter_of
from viewer.dicom.sop_classes import COLOUR_STATE, is_presentation_state, sop_class_name
from viewer.dicom.structure import bounded_reading
from viewer.imaging.overlays import OverlayPlane
from viewer.imaging.presentation import ImageReference, PresentationState, state_words
from viewer.imaging.shutters import Shutter
from viewer.plain_text import person_name, plain_line

_FOLLOWED = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.11.1",  # Grayscale
        COLOUR_STATE,
        "1.2.840.10008.5.1.4.1.1.11.5",  # XA/XRF Grayscale
    )
)
_META_WINDOW = 16 << 10
_OVERLAY_GROUPS = range(0x6000, 0x6100, 2)
_MOST_WARNINGS = 100
_OVERLAY_ACTIVATION_LAYER = 0x1001


def read_state(path: str, limits: Limits = DEFAULT_LIMITS) -> PresentationState:
    """Read a presentation state.

    What is damaged is left out, with a sentence among its warnings.

    Raises
    ------
    HeaderError
        The file cannot be read.
    PresentationStateError
        It is no presentation state, or one of a kind that is not followed
        (blending, pseudo-colour, volumes), or it names no images.
    LimitError
        It is larger than a presentation state may be.
    """
    header = read_header(path, limits)
    if not is_presentation_state(header.sop_class_uid):
        raise PresentationStateError(
            "This is no presentation state; choose one to change how images are seen.", path
        )
    kind = sop_class_name(header.sop_class_uid)
    if header.sop_class_uid not in _FOLLOWED:
        raise PresentationStateError(
            f"A {kind} is not supported; the images are shown without it.", path
        )
    dataset = _dataset(header, limits)
    notes: list[str] = []
    images = _images(dataset, notes)
    if not images:
        raise PresentationStateError(
            "ReferencedSeriesSequence names no image that this presentation state is for.", path
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they quote values
        return _state(dataset, header, images, notes, limits)


def _state(
    dataset: Dataset,
    header: InstanceHeader,
    images: tuple[ImageReference, ...],
    notes: list[str],
    limits: Limits,
) -> PresentationState:
    label = plain_line(text(dataset, "ContentLabel"))
    prefix = f"{state_words(label)}: "
    modality = modality_of(dataset, prefix, notes)
    inverted, presentation_lut = presentation_lut_of(dataset, notes)
    _note_what_is_not_followed(dataset, notes)
    return PresentationState(
        sop_instance_uid=header.sop_instance_uid,
        label=label,
        description=plain_line(text(dataset, "ContentDescription")),
        creator=person_name(text(dataset, "ContentCreatorName")),
        images=images,
        of_colour=header.sop_class_uid == COLOUR_STATE,
        modality=modality,
        vois=tuple(vois_of(dataset, modality, prefix, notes)),
        inverted=inverted,
        presentation_lut=presentation_lut,
        shutter=_shutter(dataset, prefix, notes),
        overlays=_overlays(dataset, prefix, notes, limits),
        overlay_groups=_active_groups(dataset),
        turn=turn_of(dataset, notes),
        areas=tuple(areas_of(dataset, notes)),
        annotations=annotations_of(dataset, notes),
        warnings=_told(notes),
    )


def _told(notes: list[str]) -> tuple[str, ...]:
    """Give each sentence once, and no more of them than somebody may read."""
    found = tuple(dict.fromkeys(notes))
    if len(found) <= _MOST_WARNINGS:
        return found
    more = len(found) - _MOST_WARNINGS
    return (*found[:_MOST_WARNINGS], f"{more:,} more defects are not listed.")


def _dataset(header: InstanceHeader, limits: Limits) -> Dataset:
    """Read the whole data set; its values are parsed when they are asked for."""
    path = header.path
    if header.size > limits.frame_bytes:
        found = f"A presentation state of {amount(header.size, 'bytes')} is larger than a frame"
        raise LimitError(limits.refusal("frame_bytes", found), path)
    try:
        with (
            open_regular(path, limits) as stream,
            warnings.catch_warnings(),
            bounded_reading(path, limits),
        ):
            warnings.simplefilter("ignore")  # they quote values, which may name a patient
            if header.transfer_syntax_uid not in DEFLATED:
                return read_partial(stream, force=True)
            _, position = read_meta(stream.read(_META_WINDOW), frozenset())
            stream.seek(position)
            inflating = InflatingStream(stream, limits.inflate_bytes)
            return read_dataset(cast(BinaryIO, inflating), False, True)
    except OSError as error:
        raise system_error(path, error) from error
    except (MemoryError, HeaderError):
        raise
    except Exception as error:  # whatever pydicom raises on damaged content
        raise HeaderError(
            "The presentation state is damaged; get the file from its source again.", path
        ) from error


def _images(dataset: Dataset, notes: list[str]) -> tuple[ImageReference, ...]:
    found = references_of(dataset)
    stated = (
        len(items(series, "ReferencedImageSequence"))
        for series in items(dataset, "ReferencedSeriesSequence")
    )
    if len(found) < sum(stated):
        notes.append("ReferencedSeriesSequence names images that cannot be read; others are shown.")
    return tuple(ImageReference(one.sop_instance_uid, one.frames) for one in found)


def _shutter(dataset: Dataset, prefix: str, notes: list[str]) -> Shutter | None:
    shutter = shutter_of(dataset, (), notes)
    return shutter and replace(shutter, source=prefix + shutter.source)


def _overlays(
    dataset: Dataset, prefix: str, notes: list[str], limits: Limits
) -> tuple[OverlayPlane, ...]:
    planes = overlays_of(dataset, 0, None, notes, limits)
    return tuple(replace(plane, source=prefix + plane.source) for plane in planes)


def _active_groups(dataset: Dataset) -> tuple[int, ...]:
    """Give the overlay groups that are put on a layer, and so are shown. PS3.3 C.11.7."""
    found = []
    for group in _OVERLAY_GROUPS:
        tag = group << 16 | _OVERLAY_ACTIVATION_LAYER
        element = dataset.get_item(tag, keep_deferred=True) if tag in dataset else None
        layer = None if element is None else element.value
        if isinstance(layer, bytes):
            layer = layer.decode("latin-1")
        if layer is not None and str(layer).strip(" \0"):
            found.append(group)
    return tuple(found)


def _note_what_is_not_followed(dataset: Dataset, notes: list[str]) -> None:
    if items(dataset, "MaskSubtractionSequence"):
        notes.append("MaskSubtractionSequence is not supported; frames are shown unsubtracted.")
