"""Where another program and we differ, and why: each looked into, none waved through.

A test fails on a difference that is not here, and on an entry that no longer
differs. Sections are of the DICOM standard.
"""

from __future__ import annotations

_PER_FRAME = (
    "highdicom takes the window at the top level of the file; that of the frame's "
    "FrameVOILUTSequence holds (PS3.3 C.7.6.16.2.10), and DCMTK given that agrees with us."
)
_STORED_UNITS = (
    "highdicom brings the window to stored units before it takes 0.5 and 1 off; the formula is "
    "over modality values (PS3.3 C.11.2.1.2.1), and RescaleSlope is 32 here. DCMTK agrees with us."
)
_NAN = (
    "RescaleIntercept is NaN, which is no DS (PS3.5 6.2): we leave it out with a warning, "
    "the other program computes with it."
)
_ONE_CT = (
    "tsyntax/one_ct_in_all_syntaxes/CTImage.dcm_JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50"
)

# (oracle, path, VOI, or what else was compared): why
EXPLAINED: dict[tuple[str, str, str], str] = {
    ("dcm2pnm", "derived/broken/rle_too_short.dcm", "picture"): (
        "The segments end before the last pixel (PS3.5 Annex G); DCMTK fills up with zeros, we "
        "say that the frame is damaged."
    ),
    ("dcm2pnm", "derived/broken/spp3_mono.dcm", "picture"): (
        "SamplesPerPixel is 3 in a MONOCHROME2 image, which has 1 (PS3.3 C.7.6.3.1.2); DCMTK "
        "leaves it aside, we say that the two contradict each other."
    ),
    ("dcm2pnm", "tsyntax/wg04/RG3_JPLY", "WindowCenter 1"): (
        "8 pixels of the lossy stream are 1024 where BitsStored is 10; DCMTK masks them to 0, "
        "black among white, we take them as 1023. Bits beyond BitsStored mean nothing "
        "(PS3.5 8.1.1), but a codec's overshoot is no such bit."
    ),
    ("dcm2pnm", "derived/tsyntax/unknown_transfer_syntax.dcm", "picture"): (
        "DCMTK takes a transfer syntax that it does not know for Explicit VR Little Endian; what "
        "its Pixel Data holds is not known (PS3.5 10), and we say so."
    ),
    ("dcm2pnm", "derived/broken/ds_nan.dcm", "WindowCenter 1"): _NAN,
    ("highdicom", "derived/broken/ds_nan.dcm", "modality values"): _NAN,
    ("highdicom", "derived/broken/ds_nan.dcm", "WindowCenter 1"): _NAN,
    ("highdicom", "multiframe/cine-test.dcm", "WindowCenter 1"): _PER_FRAME,
    ("highdicom", "broken/invalid-vr-length-test.dcm", "WindowCenter 1"): _PER_FRAME,
    ("highdicom", f"{_ONE_CT}.dcm", "WindowCenter 1"): _STORED_UNITS,
    ("highdicom", f"{_ONE_CT}~1.dcm", "WindowCenter 1"): _STORED_UNITS,
    ("highdicom", "derived/display/voi_lut_first_1000.dcm", "VOILUTSequence 1"): (
        "highdicom refuses entries of 12 bits; a VOI LUT may have 8 to 16 (PS3.3 C.11.2.1.1). "
        "DCMTK reads it and agrees with us."
    ),
}

_FLOAT = "Float Pixel Data (PS3.3 C.7.6.24) is beyond it."
_MISSING = "An attribute of type 1 (PS3.3 C.7.6.3) is missing, without which it does not go on."
_SOP_CLASS = "SOPClassUID is missing or private, and it reads only objects that it knows."
_FRAGMENTS = "Several fragments a frame without an offset table (PS3.5 A.4): it cannot part them."
_VARIANT = "tsyntax/encapsulation_variants/multi-frame__CT0012.fragmented_no_bot_"

# oracle: {path: why it cannot judge this file}
UNREAD: dict[str, dict[str, str]] = {
    "dcm2pnm": {
        "broken/GH364.dcm": "The file ends within an item of its compressed pixel data.",
        "depth_sign/parametric_map_double_float.dcm": _FLOAT,
        "depth_sign/parametric_map_float.dcm": _FLOAT,
        "derived/broken/jpeg_2_fragments_4_frames.dcm": _FRAGMENTS,
        "derived/broken/label_explicit_is_implicit.dcm": "It believes the wrong label.",
        "derived/broken/missing_BitsStored.dcm": _MISSING,
        "derived/broken/missing_PixelRepresentation.dcm": _MISSING,
        "derived/broken/pixel_length_beyond_eof.dcm": "The length of PixelData ends it.",
        "derived/broken/trailing_garbage.dcm": "What follows the data set ends it.",
        "derived/tsyntax/float32_pixels.dcm": _FLOAT,
        "objects/seg/liver_nonbyte_aligned_rle.dcm": "RLE of single bits is beyond it.",
        "objects/seg/liver_rle.dcm": "RLE of single bits is beyond it.",
        "tsyntax/jpegls/JLSL_08_07_0_1F.dcm": "JPEG-LS of 7 bits is beyond it.",
        f"{_VARIANT}jpeg_baseline.51.dcm": _FRAGMENTS,
        f"{_VARIANT}jpeg_lossless.57.dcm": _FRAGMENTS,
        f"{_VARIANT}jpeg_lossless.70.dcm": _FRAGMENTS,
        f"{_VARIANT}jpeg_ls.80.dcm": _FRAGMENTS,
        f"{_VARIANT}jpeg_ls.81.dcm": _FRAGMENTS,
    },
    "highdicom": {
        "broken/GH355.dcm": _SOP_CLASS,
        "depth_sign/parametric_map_double_float.dcm": _FLOAT,
        "depth_sign/parametric_map_float.dcm": _FLOAT,
        "derived/broken/missing_BitsStored.dcm": _MISSING,
        "derived/broken/missing_SamplesPerPixel.dcm": _MISSING,
        "derived/broken/nframes_0.dcm": "NumberOfFrames is 0, and it shows none.",
        "derived/broken/nframes_minus.dcm": "NumberOfFrames is negative, and it shows none.",
        "derived/tsyntax/float32_pixels.dcm": _FLOAT,
        "lut_overlay/decimal_rescale.dcm": _SOP_CLASS,
        "tsyntax/jpeg/JPEGLosslessP14SV1_1s_1f_u_16_16.dcm": (
            "The one item of its VOILUTSequence is empty."
        ),
        "tsyntax/misc/implicit_us_jpeg2k-lossless-mono2-multiframe.dcm": _SOP_CLASS,
    },
}
