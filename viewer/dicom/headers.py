"""The header of one instance, as the catalogue needs it: one frozen value.

Two readers make it, `quickread` (fast, plain files) and pydicom (everything
else); nobody else can tell which. Pixels are left to `frames`.
"""

from __future__ import annotations

from dataclasses import dataclass

from viewer.dicom.shared_fields import sharing


@dataclass(frozen=True, slots=True)
class FrameGroup:
    """What the functional groups of a multi-frame object say of one frame.

    Sources: PS3.3 C.7.6.16.2. Empty tuples and None where absent. Positions
    and spacings in mm, patient space (LPS).
    """

    image_position_patient: tuple[float, ...] = ()
    image_orientation_patient: tuple[float, ...] = ()
    pixel_spacing: tuple[float, ...] = ()
    slice_thickness: float | None = None
    stack_id: str = ""
    in_stack_position: int | None = None
    dimension_index_values: tuple[int, ...] = ()
    echo_time: float | None = None
    b_value: float | None = None
    temporal_position: int | None = None
    frame_type: tuple[str, ...] = ()  # and ComplexImageComponent, where there is one
    nominal_cardiac_trigger_delay_time: float | None = None  # ms
    diffusion_gradient_orientation: tuple[float, ...] = ()
    dimension_values: tuple[str, ...] = ()  # in words with unit, as `dimensions` of the header


@dataclass(frozen=True, slots=True)
class Radiopharmaceutical:
    """What SUV needs of a PET image beside the attributes of `InstanceHeader`.

    The first item of RadiopharmaceuticalInformationSequence (PS3.3 C.8.9.2),
    the private factors of Philips and the private scan time of GE. None and
    "" where absent.
    """

    start_time: str = ""  # TM
    start_date_time: str = ""  # DT
    total_dose_bq: float | None = None
    half_life_s: float | None = None
    philips_suv_factor: float | None = None  # (7053,xx00)
    philips_activity_factor: float | None = None  # (7053,xx09)
    ge_scan_date_time: str = ""  # DT, (0009,xx0D): when the decay correction starts


@dataclass(frozen=True, slots=True)
class Reference:
    """An image that a presentation state is for. No ``frames`` (from 1): all of them."""

    series_instance_uid: str
    sop_instance_uid: str
    frames: tuple[int, ...] = ()


@sharing(
    own=(
        "path",
        "size",
        "mtime_ns",
        "sop_instance_uid",
        "instance_number",
        "acquisition_time",
        "content_time",
        "references",
        "image_position_patient",
        "slice_location",
        "frame_groups",
    ),
    varying=(
        "acquisition_number",
        "slice_thickness",
        "echo_time",
        "b_value",
        "diffusion_gradient_orientation",
        "temporal_position_identifier",
        "trigger_time",
        "rescale_slope",
        "rescale_intercept",
        "window_center",
        "window_width",
        "frame_reference_time_ms",
        "pixel_data_offset",
        "pixel_data_length",
        "in_archive",
    ),
)
@dataclass(frozen=True)
class InstanceHeader:
    """The attributes of one DICOM instance that catalogue, stacks and display use.

    Text is decoded by SpecificCharacterSet and stripped of padding; dates and
    times are the raw DICOM strings; numbers that cannot be parsed are None (or
    left out of tuples as a whole: a multi-valued number with one bad value is
    an empty tuple). ``path`` is absolute, as `os.fsdecode` gives it.

    The fields named above the class are those that differ within a series; the
    headers of a series share all others.
    """

    path: str
    size: int
    mtime_ns: int
    transfer_syntax_uid: str = ""
    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    specific_character_set: tuple[str, ...] = ()
    # patient, study
    patient_name: str = ""
    patient_id: str = ""
    issuer_of_patient_id: str = ""
    patient_birth_date: str = ""
    patient_sex: str = ""
    study_instance_uid: str = ""
    study_id: str = ""
    study_date: str = ""
    study_time: str = ""
    study_description: str = ""
    accession_number: str = ""
    # series
    series_instance_uid: str = ""
    series_number: int | None = None
    series_date: str = ""
    series_time: str = ""
    series_description: str = ""
    modality: str = ""
    body_part_examined: str = ""
    protocol_name: str = ""
    frame_of_reference_uid: str = ""
    # instance
    instance_number: int | None = None
    acquisition_number: int | None = None
    acquisition_time: str = ""
    content_time: str = ""
    image_type: tuple[str, ...] = ()
    content_label: str = ""
    content_description: str = ""
    presentation_creation_date: str = ""
    presentation_creation_time: str = ""
    references: tuple[Reference, ...] = ()  # of presentation states alone
    # image pixel module
    rows: int | None = None
    columns: int | None = None
    samples_per_pixel: int | None = None
    photometric_interpretation: str = ""
    planar_configuration: int | None = None
    bits_allocated: int | None = None
    bits_stored: int | None = None
    high_bit: int | None = None
    pixel_representation: int | None = None
    number_of_frames: int | None = None
    # plane
    image_position_patient: tuple[float, ...] = ()
    image_orientation_patient: tuple[float, ...] = ()
    patient_orientation: tuple[str, ...] = ()
    pixel_spacing: tuple[float, ...] = ()
    imager_pixel_spacing: tuple[float, ...] = ()
    nominal_scanned_pixel_spacing: tuple[float, ...] = ()
    pixel_spacing_calibration_type: str = ""
    pixel_spacing_calibration_description: str = ""
    estimated_radiographic_magnification_factor: float | None = None
    grid_frame_offset_vector: tuple[float, ...] = ()  # mm, RT Dose
    pixel_aspect_ratio: tuple[float, ...] = ()
    slice_thickness: float | None = None
    slice_location: float | None = None
    # what splits a series
    echo_time: float | None = None
    b_value: float | None = None  # (0018,9087), else the maker's
    diffusion_gradient_orientation: tuple[float, ...] = ()
    temporal_position_identifier: int | None = None
    trigger_time: float | None = None
    convolution_kernel: tuple[str, ...] = ()
    contrast_bolus_agent: str = ""
    # display, for plain grey single-frame files
    rescale_slope: float | None = None
    rescale_intercept: float | None = None
    rescale_type: str = ""
    units: str = ""  # (0054,1001), PET
    window_center: tuple[float, ...] = ()
    window_width: tuple[float, ...] = ()
    window_explanation: tuple[str, ...] = ()
    voi_lut_function: str = ""
    presentation_lut_shape: str = ""
    pixel_padding_value: int | None = None
    pixel_padding_range_limit: int | None = None
    frame_time: float | None = None  # ms
    frame_time_vector: tuple[float, ...] = ()  # ms
    frame_increment_pointer: tuple[int, ...] = ()  # tags
    recommended_display_frame_rate: float | None = None  # 1/s
    cine_rate: float | None = None  # 1/s
    preferred_playback_sequencing: int | None = None  # 0 looping, 1 to and fro
    # PET
    acquisition_date: str = ""
    patient_weight_kg: float | None = None
    patient_size_m: float | None = None
    corrected_image: tuple[str, ...] = ()
    decay_correction: str = ""
    suv_type: str = ""
    frame_reference_time_ms: float | None = None
    actual_frame_duration_ms: float | None = None
    timezone_offset_from_utc: str = ""  # of all TM and of DT without one: "+0100"
    radiopharmaceutical: Radiopharmaceutical | None = None
    # where the pixels are
    pixel_data_tag: int | None = None  # 0x7FE00010, ..08, ..09, or None: no pixels
    pixel_data_offset: int | None = None  # first byte of the value, from the start of the file
    pixel_data_length: int | None = None  # None: undefined (encapsulated)
    needs_full_description: bool = False  # LUT sequences, overlays, functional groups: see `frames`
    frame_groups: tuple[FrameGroup, ...] = ()
    # What dimension_index_values count (PS3.3 C.7.6.17): the keyword of DimensionIndexPointer,
    # of a private attribute its DimensionDescriptionLabel
    dimensions: tuple[str, ...] = ()
    repeated: tuple[int, ...] = ()  # tags that the header holds more than once
    in_archive: bool = False  # to be unpacked, and so read in a child process alone
