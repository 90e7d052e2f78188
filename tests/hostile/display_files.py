"""Files whose image module or display attributes make no sense: cases 20 and 27 to 31."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.hostile.building import (
    EXPLICIT,
    PIXELS,
    SECONDARY_CAPTURE,
    As,
    Hostile,
    attributes_of,
    compressed,
    data_set,
    element,
    encapsulated,
    file_of,
    image,
    item,
)
from tests.hostile.codec_files import STREAMS, SYNTAXES

_CT = "1.2.840.10008.5.1.4.1.1.2"
_DX = "1.2.840.10008.5.1.4.1.1.1.1"
_US = "1.2.840.10008.5.1.4.1.1.6.1"


def display_files() -> Iterator[Hostile]:
    """Give all small files."""
    yield from _no_data()
    yield from _image_module()
    yield from _rescale_and_windows()
    yield from _palettes()
    yield from _geometry()
    yield from _layers()


def _no_data() -> Iterator[Hostile]:
    """Claim a thousand frames of 65535² and hold none of them."""
    huge = {"Rows": 65535, "Columns": 65535, "NumberOfFrames": 1000}
    byte = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    colour = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0}
    bit = {"BitsAllocated": 1, "BitsStored": 1, "HighBit": 0}
    for name, more in {"words": {}, "bytes": byte, "colour": byte | colour, "bits": bit}.items():
        yield Hostile(20, name, image(f"huge {name}", pixels=b"", **huge, **more), "H")
    for codec in STREAMS:
        data = compressed(f"huge {codec}", SYNTAXES[codec], [STREAMS[codec]], **huge, **byte)
        yield Hostile(20, f"{codec}_stream", data, "H")
    # as large as one frame may be, and more of them than can be
    most = {"Rows": 16384, "Columns": 16384, "NumberOfFrames": 1000}
    yield Hostile(20, "largest", image("largest", pixels=b"", **most), "H")
    bits = {"Rows": 65535, "Columns": 8000, "NumberOfFrames": 2147483647}
    yield Hostile(20, "bits_many", image("bits many", pixels=b"", **bits, **bit), "H")


def _image_module() -> Iterator[Hostile]:
    wrong: dict[str, tuple[str, dict[str, Any]]] = {
        "rows_0": ("H", {"Rows": 0}),
        "columns_0": ("H", {"Columns": 0}),
        "rows_missing": ("H", {"Rows": None}),
        "rows_empty": ("H", {"Rows": As("US", b"")}),
        "rows_two": ("HVO", {"Rows": As("US", [6, 7])}),
        "rows_negative": ("H", {"Rows": As("SS", -6)}),
        "stored_over_allocated": ("H", {"BitsStored": 20, "HighBit": 19}),
        "stored_0": ("H", {"BitsStored": 0}),
        "stored_65535": ("H", {"BitsStored": 65535, "HighBit": 65534}),
        "samples_2": ("H", {"SamplesPerPixel": 2}),
        "samples_0": ("H", {"SamplesPerPixel": 0}),
        "samples_65535": ("H", {"SamplesPerPixel": 65535}),
        "samples_4_rgb": ("H", {"SamplesPerPixel": 4, "PhotometricInterpretation": "RGB"}),
        "samples_3_grey": ("H", {"SamplesPerPixel": 3}),
        "planar_7": ("VO", {"PlanarConfiguration": 7}),
        "representation_2": ("V", {"PixelRepresentation": 2}),
        "high_bit_0": ("V", {"HighBit": 0}),
        "high_bit_40000": ("V", {"HighBit": 40000}),
        "allocated_3": ("H", {"BitsAllocated": 3, "BitsStored": 3, "HighBit": 2}),
        "allocated_0": ("H", {"BitsAllocated": 0}),
        "allocated_4096": ("H", {"BitsAllocated": 4096}),
        "photometric_odd": ("H", {"PhotometricInterpretation": "NEGATIVE"}),
        "photometric_long": ("H", {"PhotometricInterpretation": "M" * 4000}),
        "photometric_sq": ("H", {"PhotometricInterpretation": As("SQ", item(b""))}),
        "rows_sq": ("H", {"Rows": As("SQ", item(b""))}),
        "ratio_0": ("VO", {"PixelAspectRatio": [0, 0]}),
    }
    colour = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "Columns": 4, "Rows": 4}
    wrong["rgb_planar_7"] = ("V", colour | {"PlanarConfiguration": 7})
    wrong["rgb_signed"] = ("V", colour | {"PixelRepresentation": 1, "PlanarConfiguration": 0})
    for name, (letters, changed) in wrong.items():
        yield Hostile(27, name, image(f"module {name}", **changed), letters)
    for name, letters, count in (("minus_5", "V", -5), ("0", "V", 0), ("billion", "HV", 10**9),
                                 ("int_max", "HV", 2147483647), ("text", "V", "abc"),
                                 ("fraction", "V", "1.5"), ("long", "HV", "9" * 600),
                                 ("two", "HVO", "1\\3"), ("empty", "VO", "")):  # fmt: skip
        yield Hostile(28, name, image(f"frames {name}", NumberOfFrames=count), letters)
        data = compressed(f"frames rle {name}", SYNTAXES["rle"], [STREAMS["rle"]],
                          NumberOfFrames=count)  # fmt: skip
        yield Hostile(28, f"rle_{name}", data, letters)


def _rescale_and_windows() -> Iterator[Hostile]:
    for name, slope, intercept in (
        ("slope_0", "0", "0"),
        ("slope_nan", "NaN", "0"),
        ("slope_inf", "1e999", "0"),
        ("slope_1e308", "1e308", "1e308"),
        ("slope_minus", "-1e308", "0"),
        ("slope_text", "steep", "0"),
        ("slope_long", "1" * 500, "0"),
        ("intercept_nan", "1", "nan"),
        ("slope_sq", As("SQ", item(b"")), "0"),
        ("slope_nan_fd", As("FD", float("nan")), "0"),
    ):
        changed = {"RescaleSlope": slope, "RescaleIntercept": intercept, "Modality": "CT"}
        yield Hostile(29, name, image(f"rescale {name}", **changed), "V")
    for name, center, width in (
        ("width_0", "40", "0"),
        ("width_minus", "40", "-400"),
        ("width_nan", "40", "NaN"),
        ("width_inf", "40", "inf"),
        ("center_nan", "nan", "400"),
        ("both_text", "a", "b"),
        ("width_missing", "40", None),
        ("width_ob", "40", As("OB", bytes(7))),
    ):
        changed = {"WindowCenter": center, "WindowWidth": width}
        yield Hostile(29, name, image(f"window {name}", **changed), "V")
    yield Hostile(29, "function", image("function", WindowCenter="4", WindowWidth="9",
                                        VOILUTFunction="BENT"), "V")  # fmt: skip
    for name, center, width in (("width_1e308", "0", "1e308"), ("width_1e-300", "7", "1e-300")):
        changed = {"WindowCenter": center, "WindowWidth": width}
        yield Hostile(29, name, image(f"window {name}", **changed), "VO")
    for keyword in ("ModalityLUTSequence", "VOILUTSequence", "PresentationLUTSequence"):
        for name, descriptor, data in (
            ("short", (200, 0, 16), bytes(8)),
            ("bits_0", (4, 0, 0), bytes(8)),
            ("bits_65535", (4, 0, 65535), b"\xff" * 8),
            ("all", (0, 65535, 16), b""),
        ):
            table = element(0x00283002, "US", descriptor) + element(0x00283006, "OW", data)
            made = image(f"{keyword} {name}", **{keyword: As("SQ", item(table))})
            yield Hostile(29, f"{keyword[:9]}_{name}", made, "V")


def _palettes() -> Iterator[Hostile]:
    def made(name: str, letters: str, **changed: Any) -> Hostile:
        attributes: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
        for colour in ("Red", "Green", "Blue"):
            attributes[f"{colour}PaletteColorLookupTableDescriptor"] = As("US", (48, 0, 16))
            attributes[f"{colour}PaletteColorLookupTableData"] = As("OW", PIXELS)
        return Hostile(30, name, image(f"palette {name}", **attributes | changed), letters)

    red, data = "RedPaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData"
    yield made("short", "V", **{data: As("OW", PIXELS[:20])})
    yield made("longer", "VO", **{data: As("OW", PIXELS * 9)})
    yield made("no_data", "H", **{data: None})
    yield made("empty", "H", **{data: As("OW", b"")})
    yield made("no_descriptor", "H", **{red: None})
    yield made("two_values", "H", **{red: As("US", (48, 0))})
    yield made("claims_all", "V", **{red: As("US", (0, 0, 16))})
    yield made("first_wild", "V", **{red: As("US", (48, 65000, 16))})
    yield made("bits_99", "VHO", **{red: As("US", (48, 0, 99))})
    yield made("bits_0", "VHO", **{red: As("US", (48, 0, 0))})
    yield made("descriptor_text", "H", **{red: As("LO", "forty")})
    segmented = {
        data: None,
        "SegmentedRedPaletteColorLookupTableData": As("OW", b"\2\0\xff\xff" * 9),
    }
    yield made("segments_wild", "H", **segmented)
    yield made("segments_linear", "H", **segmented | {
        "SegmentedRedPaletteColorLookupTableData": As("OW", b"\1\0\xff\xff\0\0")})  # fmt: skip


def _geometry() -> Iterator[Hostile]:
    plane = {"ImagePositionPatient": ["0", "0", "0"],
             "ImageOrientationPatient": ["1", "0", "0", "0", "1", "0"]}  # fmt: skip
    pairs = {"0": "0\\0", "nan": "nan\\nan", "minus": "-1\\-1", "tiny": "1e-300\\1e-300",
             "huge": "1e300\\1e300", "one": "0.5", "three": "1\\1\\1", "text": "a\\b",
             "half": "0.5\\0", "sq": As("SQ", item(b"")), "inf": "inf\\inf"}  # fmt: skip
    for name, value in pairs.items():
        ct = image(f"spacing {name}", SOPClassUID=_CT, Modality="CT", PixelSpacing=value, **plane)
        yield Hostile(31, f"pixel_{name}", ct, "V")
        dx = image(f"imager {name}", SOPClassUID=_DX, Modality="DX", ImagerPixelSpacing=value)
        yield Hostile(31, f"imager_{name}", dx, "V")
        film = image(f"film {name}", SOPClassUID=SECONDARY_CAPTURE,
                     NominalScannedPixelSpacing=value)  # fmt: skip
        yield Hostile(31, f"scanned_{name}", film, "V")
    for name, delta in {"0": 0.0, "nan": float("nan"), "tiny": 1e-300, "huge": 1e300,
                        "inf": float("inf")}.items():  # fmt: skip
        region = b"".join(
            element(tag, vr, value)
            for tag, vr, value in (
                (0x00186018, "UL", 0), (0x0018601A, "UL", 0), (0x0018601C, "UL", 7),
                (0x0018601E, "UL", 5), (0x00186024, "US", 3), (0x00186026, "US", 3),
                (0x0018602C, "FD", delta), (0x0018602E, "FD", delta),
            )
        )  # fmt: skip
        us = image(f"region {name}", SOPClassUID=_US, Modality="US",
                   SequenceOfUltrasoundRegions=As("SQ", item(region)))  # fmt: skip
        yield Hostile(31, f"region_{name}", us, "V")
    far = b"".join(element(tag, "UL", 0xFFFFFFFF) for tag in (0x00186018, 0x0018601A, 0x0018601C))
    us = image("region far", SOPClassUID=_US, Modality="US",
               SequenceOfUltrasoundRegions=As("SQ", item(far)))  # fmt: skip
    yield Hostile(31, "region_far", us, "V")
    for name, position, orientation in (
        ("zeros", "0\\0\\0", "0\\0\\0\\0\\0\\0"),
        ("orientation_nan", "0\\0\\0", "nan\\0\\0\\0\\1\\0"),
        ("oblique", "0\\0\\0", "1\\0\\0\\1\\0\\0"),
        ("orientation_five", "0\\0\\0", "1\\0\\0\\0\\1"),
        ("position_nan", "nan\\nan\\nan", "1\\0\\0\\0\\1\\0"),
        ("position_huge", "1e300\\0\\0", "1\\0\\0\\0\\1\\0"),
        ("position_two", "0\\0", "1\\0\\0\\0\\1\\0"),
    ):
        ct = image(f"plane {name}", SOPClassUID=_CT, Modality="CT", PixelSpacing=["1", "1"],
                   ImagePositionPatient=position, ImageOrientationPatient=orientation)  # fmt: skip
        yield Hostile(31, f"plane_{name}", ct, "VO")


def _layers() -> Iterator[Hostile]:
    """Overlays, shutters and profiles that are too large, too many, or noise."""

    def with_more(name: str, letters: str, more: list[tuple[int, str, Any]]) -> Hostile:
        attributes = attributes_of(f"layer {name}") | {
            tag: As(vr, value) for tag, vr, value in more
        }
        low = {tag: value for tag, value in attributes.items() if tag < 0x7FE00010}
        content = data_set(low) + element(0x7FE00010, "OW", PIXELS)
        return Hostile(29, name, file_of(content), letters)

    huge = [(0x60000010, "US", 65535), (0x60000011, "US", 65535), (0x60000040, "CS", "G"),
            (0x60000050, "SS", (1, 1)), (0x60000100, "US", 1), (0x60000102, "US", 0)]  # fmt: skip
    yield with_more("overlay_huge", "V", [*huge, (0x60003000, "OW", bytes(64))])
    yield with_more("overlay_huge_in_bits", "V", [*huge[:4], (0x60000100, "US", 16),
                                                  (0x60000102, "US", 99)])  # fmt: skip
    many = [(0x60000015, "IS", "2147483647"), (0x60000051, "US", 65535)]
    yield with_more("overlay_frames", "VO", [*huge, *many, (0x60003000, "OW", bytes(64))])
    origin = [*huge[2:3], (0x60000010, "US", 6), (0x60000011, "US", 8),
              (0x60000050, "SS", (-32768, 32767)), (0x60000100, "US", 1), (0x60000102, "US", 0),
              (0x60003000, "OW", bytes(6))]  # fmt: skip
    yield with_more("overlay_far", "VO", origin)
    shapes = [(0x00181600, "CS", "RECTANGULAR\\CIRCULAR\\POLYGONAL"),
              (0x00181602, "IS", "2147483647"), (0x00181604, "IS", "-2147483648"),
              (0x00181606, "IS", "abc"), (0x00181608, "IS", "0"),
              (0x00181610, "IS", "999999999\\-5"), (0x00181612, "IS", "-7"),
              (0x00181620, "IS", "1\\2\\3")]  # fmt: skip
    yield with_more("shutter_wild", "V", shapes)
    yield with_more("profile_noise", "VO", [(0x00282000, "OB", bytes(range(256)) * 4)])
    yield with_more("profile_huge", "VO", [(0x00282000, "OB", b"\xff\xff\xff\xff" + bytes(60))])
    groups = element(0x52009229, "SQ", item(element(0x00289110, "SQ", item(
        element(0x00280030, "DS", "nan\\nan")))))  # fmt: skip
    content = data_set(attributes_of("groups"), EXPLICIT) + groups
    yield Hostile(31, "groups_nan", file_of(content + element(0x7FE00010, "OW", PIXELS)), "VO")
    cut = compressed("many frames", SYNTAXES["rle"], [STREAMS["rle"]] * 3, NumberOfFrames=2)
    yield Hostile(28, "rle_one_more", cut, "V")
    lone = file_of(data_set(attributes_of("no items")) + encapsulated([]), syntax=SYNTAXES["rle"])
    yield Hostile(28, "rle_no_items", lone, "H")
