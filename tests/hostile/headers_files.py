"""Files whose headers are wrong: cases 1 to 17, but for archives.

Small ones; those that need size to be wrong are `large_files`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from tests.hostile.building import (
    BIG,
    DEFLATED,
    ENCODINGS,
    EXPLICIT,
    IMPLICIT,
    ITEM,
    PIXELS,
    SEQUENCE_END,
    UNDEFINED,
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
    meta,
    pixel_element,
)
from tests.hostile.codec_files import STREAMS

_PRIVATE = 0x00091001  # after (0008,xxxx), before the pixel module
_SEQUENCE = 0x00081140  # ReferencedImageSequence


def header_files() -> Iterator[Hostile]:
    """Give all small files."""
    yield from _no_files()
    yield from _cut()
    yield from _surrounded()
    yield from _nested()
    yield from _lengths()
    yield from _representations()
    for name, content in (("native", pixel_element()), ("items", encapsulated([PIXELS]))):
        for kind, syntax, letters in (("unknown", "1.2.3.4.5.6.7", "H"), ("no", " ", "HV")):
            whole = data_set(attributes_of(f"syntax {kind} {name}")) + content
            yield Hostile(16, f"{kind}_{name}", file_of(whole, syntax=syntax), letters)


def _no_files() -> Iterator[Hostile]:
    yield Hostile(1, "empty", b"", "S")
    yield Hostile(2, "prefix", bytes(128) + b"DICM", "R")
    for name, encoding in ENCODINGS.items():
        yield Hostile(2, f"meta_{name}", bytes(128) + b"DICM" + meta(encoding.uid), "R")
    for name in ("implicit", "explicit", "big"):
        whole = image(f"bare {name}", ENCODINGS[name])
        start = 132 + len(meta(ENCODINGS[name].uid))
        yield Hostile(3, f"bare_{name}", whole[start:], "V")
    yield Hostile(3, "meta_alone_before", image("bare meta")[132:], "V")
    pdf = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    yield Hostile(4, "pdf", pdf, "R")
    yield Hostile(4, "long_pdf", pdf * 100, "R")
    yield Hostile(4, "jpeg", STREAMS["jpeg"], "R")
    yield Hostile(4, "text", b"These are no pixels. " * 20, "R")
    yield Hostile(4, "noise", bytes((at * 131 + at // 7) & 0xFF for at in range(600)), "R")
    yield Hostile(4, "noise_as_dicom", bytes(128) + b"DICM" + pdf, "R")


def _cut() -> Iterator[Hostile]:
    for name, encoding in ENCODINGS.items():
        whole = image(f"cut {name}", encoding)
        start = 132 + len(meta(encoding.uid))
        yield Hostile(5, f"in_meta_{name}", whole[: start - 9], "R")
        yield Hostile(5, f"early_{name}", whole[: start + 21], "R")
        content = data_set(attributes_of(f"cut late {name}"), encoding)
        late = file_of(content, encoding)
        yield Hostile(5, f"late_{name}", late[:-3], "R")
        for frames in (1, 3):
            whole = image(f"pixels {name} {frames}", encoding, pixels=PIXELS * frames,
                          NumberOfFrames=frames)  # fmt: skip
            cut = len(PIXELS) // 2 if encoding is not DEFLATED else 5
            yield Hostile(6, f"native_{name}_{frames}", whole[:-cut], "HV")
    nested = element(_SEQUENCE, "SQ", item(element(0x00081150, "UI", "1.2.3")), EXPLICIT)
    yield Hostile(5, "in_sequence", file_of(nested[:-5]), "R")
    for codec, (syntax, stream) in _every_codec().items():
        name = f"cut {codec}"
        yield Hostile(6, codec, compressed(name, syntax, [stream])[: -8 - len(stream) // 2], "HV")
        three = compressed(f"{name} 3", syntax, [stream] * 3, NumberOfFrames=3)
        yield Hostile(6, f"{codec}_3", three[: -8 - len(stream) // 2], "V")
        half = stream[: len(stream) // 2]
        yield Hostile(6, f"{codec}_inside", compressed(f"{name} in", syntax, [half]), "H")


def _every_codec() -> dict[str, tuple[str, bytes]]:
    from tests.hostile.codec_files import SYNTAXES

    return {codec: (SYNTAXES[codec], STREAMS[codec]) for codec in STREAMS if codec != "jpeg"}


def _surrounded() -> Iterator[Hostile]:
    tails = {"zeros": bytes(512), "text": b"appended by a mail gateway\r\n", "one": b"\n",
             "file": image("behind")}  # fmt: skip
    for tail, more in tails.items():
        for name, encoding in ENCODINGS.items():
            if encoding is not DEFLATED:
                whole = image(f"tail {tail} {name}", encoding)
                yield Hostile(7, f"{tail}_{name}", whole + more, "V")
        rle = compressed(f"tail {tail} rle", _every_codec()["rle"][0], [STREAMS["rle"]])
        yield Hostile(7, f"{tail}_rle", rle + more, "V")
    programs = {
        "pe": b"MZ\x90\0" + bytes(56) + b"\x40\0\0\0" + b"PE\0\0d\x86",
        "elf": b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\0>\0",
        "macho": b"\xcf\xfa\xed\xfe\x07\0\0\x01",
        "script": b"#!/bin/sh\nrm -rf nothing\nexit\n",
    }
    for name, start in programs.items():
        for coding, encoding in ENCODINGS.items():
            whole = image(f"preamble {name} {coding}", encoding)
            yield Hostile(8, f"{name}_{coding}", start.ljust(128, b"\0") + whole[128:], "V")
    rle = compressed("preamble rle", _every_codec()["rle"][0], [STREAMS["rle"]])
    yield Hostile(8, "pe_rle", programs["pe"].ljust(128, b"\0") + rle[128:], "V")


def nested(depth: int, *, defined: bool, explicit: bool = True) -> bytes:
    """Nest sequences in one another, ``depth`` of them."""
    head = struct.pack("<HH", _SEQUENCE >> 16, _SEQUENCE & 0xFFFF) + (
        b"SQ\0\0" if explicit else b""
    )
    if not defined:
        opened = (head + struct.pack("<L", UNDEFINED) + ITEM + struct.pack("<L", UNDEFINED)) * depth
        return opened + (b"\xfe\xff\r\xe0" + bytes(4) + SEQUENCE_END + bytes(4)) * depth
    content = b""
    for _ in range(depth):
        content = item(content)
        content = head + struct.pack("<L", len(content)) + content
    return content


def _nested() -> Iterator[Hostile]:
    for explicit, encoding in ((True, EXPLICIT), (False, IMPLICIT)):
        how = "explicit" if explicit else "implicit"
        for case, depth, defined in ((9, 65, False), (10, 1000, True), (9, 1000, False)):
            sequence = nested(depth, defined=defined, explicit=explicit)
            content = _around(f"nested {case} {depth} {how}", sequence, encoding)
            yield Hostile(case, f"deep_{depth}_{how}", file_of(content, encoding), "R")
    deflated = _around("nested deflated", nested(65, defined=False), EXPLICIT)
    yield Hostile(9, "deep_65_deflated", file_of(deflated, DEFLATED), "R")


def _around(name: str, inserted: bytes, encoding: tuple[object, ...]) -> bytes:
    """Put elements of group 0008 or 0009 into an image."""
    attributes = attributes_of(name)
    before = {tag: value for tag, value in attributes.items() if tag < 0x00081000}
    after = {tag: value for tag, value in attributes.items() if tag > 0x00090000}
    after[0x00100010] = attributes[0x00100010]
    return (
        data_set(before, encoding)  # type: ignore[arg-type]
        + inserted
        + data_set(after, encoding)  # type: ignore[arg-type]
        + pixel_element(PIXELS, encoding)  # type: ignore[arg-type]
    )


def _lengths() -> Iterator[Hostile]:
    for name, encoding in ENCODINGS.items():
        middle = element(_PRIVATE, "UN", b"1234", encoding, length=0x7FFFFFF0)
        yield Hostile(13, f"value_{name}", file_of(_around(f"long {name}", middle, encoding),
                                                   encoding), "RV")  # fmt: skip
        sequence = element(_SEQUENCE, "SQ", b"", encoding, length=0x00FFFFF0)
        yield Hostile(13, f"sequence_{name}", file_of(_around(f"longer {name}", sequence, encoding),
                                                      encoding), "RV")  # fmt: skip
        content = data_set(attributes_of(f"longest {name}"), encoding)
        pixels = pixel_element(PIXELS, encoding, length=0x10000000)
        yield Hostile(13, f"pixels_{name}", file_of(content + pixels, encoding), "RV")
        unended = element(_SEQUENCE, "SQ", item(b""), encoding, length=UNDEFINED)
        yield Hostile(14, f"middle_{name}", file_of(_around(f"open {name}", unended, encoding),
                                                    encoding), "RV")  # fmt: skip
    inner = element(0x00081150, "UI", b"1.2.3.4\0", EXPLICIT, length=200)
    sequence = element(_SEQUENCE, "SQ", item(inner))
    yield Hostile(13, "inside_item", file_of(_around("inner", sequence, EXPLICIT)), "RVO")
    opened = element(_SEQUENCE, "SQ", ITEM + struct.pack("<L", UNDEFINED), length=UNDEFINED)
    yield Hostile(14, "item", file_of(_around("open item", opened, EXPLICIT)), "RV")
    last = file_of(data_set(attributes_of("open last")) + opened)
    yield Hostile(14, "at_end", last, "RV")
    rle = data_set(attributes_of("open rle")) + encapsulated([STREAMS["rle"]], end=False)
    yield Hostile(14, "pixel_items", file_of(rle, syntax=_every_codec()["rle"][0]), "RV")


def _representations() -> Iterator[Hostile]:
    wrong = {
        "rows_is": {"Rows": As("IS", "6"), "Columns": As("IS", "8")},
        "rows_ul": {"Rows": As("UL", 6)},
        "rows_un": {"Rows": As("UN", b"\6\0")},
        "rows_ss": {"Rows": As("SS", 6)},
        "rows_ds": {"Rows": As("DS", "6.0")},
        "bits_lo": {"BitsAllocated": As("LO", "16")},
        "photometric_lo": {"PhotometricInterpretation": As("LO", "MONOCHROME2")},
        "window_us": {"WindowCenter": As("US", 20), "WindowWidth": As("US", 40)},
        "slope_fd": {"RescaleSlope": As("FD", 2.0), "RescaleIntercept": As("FD", 1.0)},
    }
    for name, changed in wrong.items():
        letters = "VO" if name in ("rows_un", "rows_ss") else "V"  # which mean the same
        yield Hostile(15, name, image(name, **changed), letters)
    for name, first, then, label in (
        ("implicit_in_explicit", EXPLICIT, IMPLICIT, EXPLICIT),
        ("explicit_in_implicit", IMPLICIT, EXPLICIT, IMPLICIT),
        ("all_implicit_as_explicit", IMPLICIT, IMPLICIT, EXPLICIT),
        ("all_explicit_as_implicit", EXPLICIT, EXPLICIT, IMPLICIT),
        ("big_as_explicit", BIG, BIG, EXPLICIT),
        ("explicit_as_big", EXPLICIT, EXPLICIT, BIG),
        ("explicit_as_deflated", EXPLICIT, EXPLICIT, DEFLATED),
    ):
        attributes = attributes_of(f"mixed {name}")
        early = {tag: value for tag, value in attributes.items() if tag < 0x00280000}
        late = {tag: value for tag, value in attributes.items() if tag >= 0x00280000}
        content = data_set(early, first) + data_set(late, then) + pixel_element(PIXELS, then)
        letters = "RHV" if label in (BIG, DEFLATED) or then is BIG else "RHVO"
        yield Hostile(15, name, file_of(content, syntax=label.uid), letters)
    odd = struct.pack("<HH", 0x0009, 0x1001) + b"ZZ" + struct.pack("<H", 4) + b"1234"
    yield Hostile(15, "unknown_vr", file_of(_around("zz", odd, EXPLICIT)), "VRO")
    lower = struct.pack("<HH", 0x0009, 0x1001) + b"\0\0" + struct.pack("<H", 4) + b"1234"
    yield Hostile(15, "no_vr", file_of(_around("no vr", lower, EXPLICIT)), "VRO")


def deflate_bomb(mebibytes: int) -> bytes:
    """Give a file of a few bytes for each of so many deflated MiB of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = data_set(attributes_of("bomb", Rows=None))
    value = element(_PRIVATE, "UN", b"", length=mebibytes << 20)
    first = packer.compress(content[:0] + value) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    last = packer.compress(content) + packer.flush()
    return file_of(first + block * mebibytes + last, syntax=DEFLATED.uid)


def large_files() -> Iterator[Hostile]:
    """Give the files that need size to be wrong, one after the other: 2 to 16 MB each."""
    empty = ITEM + bytes(4)
    items_ = element(_SEQUENCE, "SQ", empty * 2_000_000)
    yield Hostile(11, "defined", file_of(_around("items", items_, EXPLICIT)), "R")
    items_ = element(_SEQUENCE, "SQ", empty * 2_000_000 + SEQUENCE_END + bytes(4), length=UNDEFINED)
    yield Hostile(11, "undefined", file_of(_around("items u", items_, EXPLICIT)), "R")
    for name in ("explicit", "implicit"):
        encoding = ENCODINGS[name]
        many = b"".join(
            element(group << 16 | number, "UN", b"", encoding)
            for group in range(0x0009, 0x001B, 2)
            for number in range(0x1000, 0x10000)
        )
        yield Hostile(12, name, file_of(_around(f"many {name}", many, encoding), encoding), "R")
    yield Hostile(17, "bomb", deflate_bomb(1100), "R")
