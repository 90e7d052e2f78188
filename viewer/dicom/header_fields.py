"""Raw elements of a data set into an `InstanceHeader`: which attribute fills which field.

Both header readers hand their raw values to `build_header`, so that nobody can
tell which one read a file. Finding the elements is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.dicom import values
from viewer.dicom.elements import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE
from viewer.dicom.headers import FrameGroup, InstanceHeader, Reference
from viewer.dicom.radiopharmaceutical import PRIVATE_TAGS, radiopharmaceutical
from viewer.dicom.shared_fields import changing_values

RawValues = Mapping[int, tuple[bytes | None, bytes]]  # tag: (VR, None if not written), value

PIXEL_TAGS = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))
FUNCTIONAL_GROUPS = frozenset((0x52009229, 0x52009230))
DETECTOR_INFORMATION = 0x00540022
# Sequences that describe frames one by one
FRAMES_ELSEWHERE = FUNCTIONAL_GROUPS | {DETECTOR_INFORMATION}
CHARACTER_SET = 0x00080005
TRANSFER_SYNTAX = 0x00020010
MEDIA_SOP_CLASS = 0x00020002
MEDIA_SOP_INSTANCE = 0x00020003
SOP_CLASS = 0x00080016
PIXEL_REPRESENTATION = 0x00280103
# padding, window, rescale and spacings
_DISPLAY_NUMBERS = frozenset(
    (
        *(0x00280008, 0x00280120, 0x00280121, 0x00281050, 0x00281051, 0x00281052, 0x00281053),
        *(0x00280030, 0x00181164, 0x00182010),
    )
)
# what shapes the pixels, PS3.3 C.7.6.3; padding; window and rescale; texts of the display
_PLAINLY_WRITTEN = frozenset(
    (
        *(0x00280002, 0x00280004, 0x00280008, 0x00280010, 0x00280011),
        *(0x00280100, 0x00280101, 0x00280102, PIXEL_REPRESENTATION),
        *(0x00280120, 0x00280121, 0x00281050, 0x00281051, 0x00281052, 0x00281053),
        *(0x00281054, 0x00281056, 0x20500020),
    )
)

# What display needs to read for itself, beyond slope, intercept and windows
DESCRIPTION_TAGS = frozenset(
    (
        0x00181600,  # Shutter Shape
        0x00186011,  # Sequence of Ultrasound Regions
        0x00281101,  # Palette colour descriptors (also supplemental palettes)
        0x00282000,  # ICC Profile
        0x00283000,  # Modality LUT Sequence
        0x00283010,  # VOI LUT Sequence
        0x00289145,  # Pixel Value Transformation Sequence
        0x20500010,  # Presentation LUT Sequence
        0x3004000E,  # Dose Grid Scaling
        0x7FE00001,  # Extended Offset Table
        *FRAMES_ELSEWHERE,
        # Overlay Rows, Overlay Data of the repeating groups 60xx: PS3.3 C.9.2
        *(
            group << 16 | element
            for group in range(0x6000, 0x6100, 2)
            for element in (0x10, 0x3000)
        ),
    )
)


@dataclass(frozen=True, slots=True)
class PixelPlace:
    """Where the pixels are: tag, position and length of the value (None: undefined)."""

    tag: int | None = None
    offset: int | None = None
    length: int | None = None


Convert = Callable[[bytes, bytes, "Context"], Any]
_CHANGING_FIELDS = frozenset(changing_values(InstanceHeader("", 0, 0)))


@dataclass(frozen=True, slots=True)
class Context:
    """By what values are read."""

    character_set: tuple[str, ...]
    encodings: list[str] | None
    order: str
    signed_pixels: bool


def _text(raw: bytes, _vr: bytes, context: Context) -> str:
    return values.text(raw, context.encodings)


def _first_text(raw: bytes, _vr: bytes, context: Context) -> str:
    return next(iter(values.texts(raw, context.encodings)), "")


def _texts(raw: bytes, _vr: bytes, context: Context) -> tuple[str, ...]:
    return values.texts(raw, context.encodings)


def _person_name(raw: bytes, _vr: bytes, context: Context) -> str:
    return values.person_name(raw, context.encodings)


def _number(raw: bytes, vr: bytes, context: Context) -> float | None:
    return values.number(raw, vr, context.order)


def _numbers(raw: bytes, vr: bytes, context: Context) -> tuple[float, ...]:
    return values.numbers(raw, vr, context.order)


def _integer(raw: bytes, vr: bytes, context: Context) -> int | None:
    return values.integer(raw, vr, context.order)


def _tags(raw: bytes, _vr: bytes, context: Context) -> tuple[int, ...]:
    return values.tags(raw, context.order)


def _stored_value(raw: bytes, vr: bytes, context: Context) -> int | None:
    """Read a value that is coded as the pixels are, whatever the VR says: PS3.3 C.7.5.1.1.2."""
    if vr in (b"US", b"SS"):
        vr = b"SS" if context.signed_pixels else b"US"
    return values.integer(raw, vr, context.order)


FIELDS: dict[int, tuple[str, bytes, Convert]] = {
    0x00080008: ("image_type", b"CS", _texts),
    SOP_CLASS: ("sop_class_uid", b"UI", _text),
    0x00080018: ("sop_instance_uid", b"UI", _text),
    0x00080020: ("study_date", b"DA", _text),
    0x00080021: ("series_date", b"DA", _text),
    0x00080022: ("acquisition_date", b"DA", _text),
    0x00080030: ("study_time", b"TM", _text),
    0x00080031: ("series_time", b"TM", _text),
    0x00080032: ("acquisition_time", b"TM", _text),
    0x00080033: ("content_time", b"TM", _text),
    0x00080050: ("accession_number", b"SH", _text),
    0x00080060: ("modality", b"CS", _text),
    0x00080201: ("timezone_offset_from_utc", b"SH", _text),
    0x00081030: ("study_description", b"LO", _text),
    0x0008103E: ("series_description", b"LO", _text),
    0x00082144: ("recommended_display_frame_rate", b"IS", _number),
    0x00100010: ("patient_name", b"PN", _person_name),
    0x00100020: ("patient_id", b"LO", _text),
    0x00100021: ("issuer_of_patient_id", b"LO", _text),
    0x00100030: ("patient_birth_date", b"DA", _text),
    0x00100040: ("patient_sex", b"CS", _text),
    0x00101020: ("patient_size_m", b"DS", _number),
    0x00101030: ("patient_weight_kg", b"DS", _number),
    0x00180010: ("contrast_bolus_agent", b"LO", _text),
    0x00180015: ("body_part_examined", b"CS", _text),
    0x00180040: ("cine_rate", b"IS", _number),
    0x00180050: ("slice_thickness", b"DS", _number),
    0x00180081: ("echo_time", b"DS", _number),
    0x00181030: ("protocol_name", b"LO", _text),
    0x00181060: ("trigger_time", b"DS", _number),
    0x00181063: ("frame_time", b"DS", _number),
    0x00181065: ("frame_time_vector", b"DS", _numbers),
    0x00181114: ("estimated_radiographic_magnification_factor", b"DS", _number),
    0x00181164: ("imager_pixel_spacing", b"DS", _numbers),
    0x00181210: ("convolution_kernel", b"SH", _texts),
    0x00181242: ("actual_frame_duration_ms", b"IS", _number),
    0x00181244: ("preferred_playback_sequencing", b"US", _integer),
    0x00182010: ("nominal_scanned_pixel_spacing", b"DS", _numbers),
    0x00189087: ("b_value", b"FD", _number),
    0x00189089: ("diffusion_gradient_orientation", b"FD", _numbers),
    0x0020000D: ("study_instance_uid", b"UI", _text),
    0x0020000E: ("series_instance_uid", b"UI", _text),
    0x00200010: ("study_id", b"SH", _text),
    0x00200011: ("series_number", b"IS", _integer),
    0x00200012: ("acquisition_number", b"IS", _integer),
    0x00200013: ("instance_number", b"IS", _integer),
    0x00200020: ("patient_orientation", b"CS", _texts),
    0x00200032: ("image_position_patient", b"DS", _numbers),
    0x00200037: ("image_orientation_patient", b"DS", _numbers),
    0x00200052: ("frame_of_reference_uid", b"UI", _text),
    0x00200100: ("temporal_position_identifier", b"IS", _integer),
    0x00201041: ("slice_location", b"DS", _number),
    0x00280002: ("samples_per_pixel", b"US", _integer),
    0x00280004: ("photometric_interpretation", b"CS", _text),
    0x00280006: ("planar_configuration", b"US", _integer),
    0x00280008: ("number_of_frames", b"IS", _integer),
    0x00280009: ("frame_increment_pointer", b"AT", _tags),
    0x00280010: ("rows", b"US", _integer),
    0x00280011: ("columns", b"US", _integer),
    0x00280030: ("pixel_spacing", b"DS", _numbers),
    0x00280034: ("pixel_aspect_ratio", b"IS", _numbers),
    0x00280051: ("corrected_image", b"CS", _texts),
    0x00280100: ("bits_allocated", b"US", _integer),
    0x00280101: ("bits_stored", b"US", _integer),
    0x00280102: ("high_bit", b"US", _integer),
    PIXEL_REPRESENTATION: ("pixel_representation", b"US", _integer),
    0x00280120: ("pixel_padding_value", b"US", _stored_value),
    0x00280121: ("pixel_padding_range_limit", b"US", _stored_value),
    0x00280A02: ("pixel_spacing_calibration_type", b"CS", _text),
    0x00280A04: ("pixel_spacing_calibration_description", b"LO", _text),
    0x00281050: ("window_center", b"DS", _numbers),
    0x00281051: ("window_width", b"DS", _numbers),
    0x00281052: ("rescale_intercept", b"DS", _number),
    0x00281053: ("rescale_slope", b"DS", _number),
    0x00281054: ("rescale_type", b"LO", _first_text),
    0x00281055: ("window_explanation", b"LO", _texts),
    0x00281056: ("voi_lut_function", b"CS", _first_text),
    0x00541001: ("units", b"CS", _text),
    0x00541006: ("suv_type", b"CS", _text),
    0x00541102: ("decay_correction", b"CS", _text),
    0x00541300: ("frame_reference_time_ms", b"DS", _number),
    0x00700080: ("content_label", b"CS", _text),
    0x00700081: ("content_description", b"LO", _text),
    0x00700082: ("presentation_creation_date", b"DA", _text),
    0x00700083: ("presentation_creation_time", b"TM", _text),
    0x20500020: ("presentation_lut_shape", b"CS", _first_text),
    0x3004000C: ("grid_frame_offset_vector", b"DS", _numbers),
}
META_TAGS = frozenset((TRANSFER_SYNTAX, MEDIA_SOP_CLASS, MEDIA_SOP_INSTANCE))
# Where makers say the b-value (s/mm²) outside (0018,9087): creator's tag and name, value, VR
_PRIVATE_B_VALUES = (
    (0x00190010, "SIEMENS MR HEADER", 0x0019100C, b"IS"),
    (0x00430010, "GEMS_PARM_01", 0x00431039, b"IS"),
    (0x20010010, "Philips Imaging DD 001", 0x20011003, b"FL"),
)
_GE_OFFSET = 1_000_000_000  # added by GE to a b-value that it computed
_HIGHEST_B_VALUE = 100_000.0
WANTED_TAGS = (
    frozenset(FIELDS)
    | META_TAGS
    | PRIVATE_TAGS
    | {CHARACTER_SET}
    | {tag for creator, _, value, _ in _PRIVATE_B_VALUES for tag in (creator, value)}
)


@dataclass(frozen=True, slots=True)
class Converted:
    """Fields that were made of the values of ``tags``."""

    context: Context
    fields: Mapping[str, Any] = field(default_factory=dict)
    tags: frozenset[int] = frozenset()
    unreadable: bool = False  # one of them, that display needs


@dataclass(frozen=True, slots=True)
class ChangingField:
    """How one value becomes a field in which the headers of a series may differ."""

    name: str
    vr: bytes
    convert: Convert


def is_text(tag: int) -> bool:
    """Tell whether a value becomes one text as it is."""
    return tag in FIELDS and FIELDS[tag][2] in (_text, _first_text, _person_name)


def changing_field(tag: int, vr: bytes | None) -> ChangingField | None:
    """Tell how to convert the value of ``tag`` alone; None where other fields depend on it."""
    if tag not in FIELDS or FIELDS[tag][0] not in _CHANGING_FIELDS:
        return None
    name, usual_vr, convert = FIELDS[tag]
    return ChangingField(name, usual_vr if vr is None or vr == b"UN" else vr, convert)


def build_header(
    path: str,
    size: int,
    mtime_ns: int,
    raw_values: RawValues,
    *,
    implicit: bool = False,
    order: str = "<",
    pixels: PixelPlace,
    needs_full_description: bool = False,
    frame_groups: tuple[FrameGroup, ...] = (),
    dimensions: tuple[str, ...] = (),
    references: tuple[Reference, ...] = (),
    repeated: frozenset[int] = frozenset(),
    known: Converted | None = None,
) -> InstanceHeader:
    """Make the header of one file from its raw elements.

    Parameters
    ----------
    raw_values : mapping
        The `WANTED_TAGS` found at the top level of the data set, and in the
        file meta information; of values longer than `values.LONGEST_VALUE` the
        readers give `values.beginning`, or nothing where they are no text. Of
        PET also what `radiopharmaceutical.in_item` gives.
    implicit, order : bool, str
        How the data set is encoded; ``order`` as `struct` writes it. Names
        the transfer syntax where the file does not.
    known : Converted, optional
        What `converted` gave for some of these values: the others alone are
        converted. Of the same character set and byte order.
    """
    if known is None:
        known = Converted(_context(raw_values, order))
    fields, unreadable = _fields(raw_values, known)
    if fields.get("modality") == "PT":
        fields["radiopharmaceutical"] = radiopharmaceutical(raw_values, order)
    if fields.get("b_value") is None:
        fields["b_value"] = _private_b_value(raw_values, order)
    transfer_syntax = values.text(raw_values.get(TRANSFER_SYNTAX, (None, b""))[1])
    if not transfer_syntax:
        unreadable = True  # the picture must say that it was told otherwise
        little = IMPLICIT_LITTLE if implicit else EXPLICIT_LITTLE
        transfer_syntax = little if order == "<" else EXPLICIT_BIG
    return InstanceHeader(
        path=path,
        size=size,
        mtime_ns=mtime_ns,
        transfer_syntax_uid=transfer_syntax,
        specific_character_set=known.context.character_set,
        pixel_data_tag=pixels.tag,
        pixel_data_offset=pixels.offset,
        pixel_data_length=pixels.length,
        needs_full_description=needs_full_description
        or unreadable
        or bool(repeated)
        or fields.get("photometric_interpretation") == "PALETTE COLOR",
        frame_groups=frame_groups,
        dimensions=dimensions,
        references=references,
        repeated=tuple(sorted(repeated)),
        **fields,
    )


def converted(raw_values: RawValues) -> Converted:
    """Convert values that several files share, little endian."""
    context = _context(raw_values, "<")
    fields, unreadable = _fields(raw_values, Converted(context))
    return Converted(context, fields, frozenset(raw_values), unreadable)


def _context(raw_values: RawValues, order: str) -> Context:
    character_set = values.texts(raw_values.get(CHARACTER_SET, (None, b""))[1])
    signed = values.integer(raw_values.get(PIXEL_REPRESENTATION, (None, b""))[1], b"US", order)
    encodings = values.encodings_of(character_set) if character_set else None
    return Context(character_set, encodings, order, signed == 1)


def _fields(raw_values: RawValues, known: Converted) -> tuple[dict[str, Any], bool]:
    """Convert the values of `FIELDS`; tell whether one that display needs cannot be read."""
    fields, unreadable, context = dict(known.fields), known.unreadable, known.context
    for tag in raw_values.keys() - known.tags:
        vr, raw = raw_values[tag]
        if tag in FIELDS:
            name, usual_vr, convert = FIELDS[tag]
            fields[name] = convert(raw, usual_vr if vr is None or vr == b"UN" else vr, context)
            if tag in _DISPLAY_NUMBERS and fields[name] in (None, ()) and raw.strip(b" \0"):
                unreadable = True  # the picture must say that it is left out
            elif (
                (vr != usual_vr or len(raw) % 2)  # few are: asked first, as it takes no time
                and tag in _PLAINLY_WRITTEN
                and not _is_plain(vr, usual_vr, raw)
            ):
                unreadable = True  # or that its VR is wrong
    for tag, name in ((MEDIA_SOP_CLASS, "sop_class_uid"), (MEDIA_SOP_INSTANCE, "sop_instance_uid")):
        if not fields.get(name) and tag in raw_values:
            fields[name] = values.text(raw_values[tag][1])
    return fields, unreadable


def _is_plain(vr: bytes | None, usual_vr: bytes, raw: bytes) -> bool:
    """Tell whether a value is written as the dictionary says, US also as SS."""
    if usual_vr == b"US":
        return vr in (None, b"US", b"SS", b"UN") and len(raw) % 2 == 0
    return vr in (None, b"UN", usual_vr)


def _private_b_value(raw_values: RawValues, order: str) -> float | None:
    for creator, name, tag, usual_vr in _PRIVATE_B_VALUES:
        if tag in raw_values and values.text(raw_values.get(creator, (None, b""))[1]) == name:
            vr, raw = raw_values[tag]
            value = values.number(raw, usual_vr if vr in (None, b"UN") else vr, order)
            value = value % _GE_OFFSET if value is not None else None
            if value is not None and value <= _HIGHEST_B_VALUE:
                return value
    return None
