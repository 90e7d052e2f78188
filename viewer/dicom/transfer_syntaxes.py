"""Transfer syntaxes and stored words in words, for whoever asks how a frame is stored.

Names of the transfer syntaxes, shorter than those of PS3.6 Table A-1. No pydicom here, so that the
window's process can name them. Which of them can be decoded is `codecs`' matter.
"""

from __future__ import annotations

NO_DECODER = "none: the values are stored as they are"

_JPEG = "1.2.840.10008.1.2.4."

_NAMES = {
    "1.2.840.10008.1.2": "Implicit VR Little Endian",
    "1.2.840.10008.1.2.1": "Explicit VR Little Endian",
    "1.2.840.10008.1.2.1.98": "Encapsulated Uncompressed Explicit VR Little Endian",
    "1.2.840.10008.1.2.1.99": "Deflated Explicit VR Little Endian",
    "1.2.840.10008.1.2.2": "Explicit VR Big Endian",
    "1.2.840.10008.1.2.5": "RLE Lossless",
    "1.2.840.10008.1.2.8.1": "Deflated Image Frame Compression",
    f"{_JPEG}50": "JPEG Baseline (Process 1)",
    f"{_JPEG}51": "JPEG Extended (Process 2 and 4)",
    f"{_JPEG}52": "JPEG Extended (Process 3 and 5)",
    f"{_JPEG}53": "JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8)",
    f"{_JPEG}54": "JPEG Spectral Selection, Non-Hierarchical (Process 7 and 9)",
    f"{_JPEG}55": "JPEG Full Progression, Non-Hierarchical (Process 10 and 12)",
    f"{_JPEG}56": "JPEG Full Progression, Non-Hierarchical (Process 11 and 13)",
    f"{_JPEG}57": "JPEG Lossless, Non-Hierarchical (Process 14)",
    f"{_JPEG}58": "JPEG Lossless, Non-Hierarchical (Process 15)",
    f"{_JPEG}59": "JPEG Extended, Hierarchical (Process 16 and 18)",
    f"{_JPEG}60": "JPEG Extended, Hierarchical (Process 17 and 19)",
    f"{_JPEG}61": "JPEG Spectral Selection, Hierarchical (Process 20 and 22)",
    f"{_JPEG}62": "JPEG Spectral Selection, Hierarchical (Process 21 and 23)",
    f"{_JPEG}63": "JPEG Full Progression, Hierarchical (Process 24 and 26)",
    f"{_JPEG}64": "JPEG Full Progression, Hierarchical (Process 25 and 27)",
    f"{_JPEG}65": "JPEG Lossless, Hierarchical (Process 28)",
    f"{_JPEG}66": "JPEG Lossless, Hierarchical (Process 29)",
    f"{_JPEG}70": "JPEG Lossless, First-Order Prediction (Process 14, Selection Value 1)",
    f"{_JPEG}80": "JPEG-LS Lossless",
    f"{_JPEG}81": "JPEG-LS Near-Lossless",
    f"{_JPEG}90": "JPEG 2000 Lossless",
    f"{_JPEG}91": "JPEG 2000",
    f"{_JPEG}92": "JPEG 2000 Part 2 Multi-component Lossless",
    f"{_JPEG}93": "JPEG 2000 Part 2 Multi-component",
    f"{_JPEG}94": "JPIP Referenced",
    f"{_JPEG}95": "JPIP Referenced Deflate",
    f"{_JPEG}100": "MPEG-2 Main Profile / Main Level",
    f"{_JPEG}100.1": "Fragmentable MPEG-2 Main Profile / Main Level",
    f"{_JPEG}101": "MPEG-2 Main Profile / High Level",
    f"{_JPEG}101.1": "Fragmentable MPEG-2 Main Profile / High Level",
    f"{_JPEG}102": "H.264 High Profile / Level 4.1",
    f"{_JPEG}102.1": "Fragmentable H.264 High Profile / Level 4.1",
    f"{_JPEG}103": "H.264 BD-compatible High Profile / Level 4.1",
    f"{_JPEG}103.1": "Fragmentable H.264 BD-compatible High Profile / Level 4.1",
    f"{_JPEG}104": "H.264 High Profile / Level 4.2 for 2D Video",
    f"{_JPEG}104.1": "Fragmentable H.264 High Profile / Level 4.2 for 2D Video",
    f"{_JPEG}105": "H.264 High Profile / Level 4.2 for 3D Video",
    f"{_JPEG}105.1": "Fragmentable H.264 High Profile / Level 4.2 for 3D Video",
    f"{_JPEG}106": "H.264 Stereo High Profile / Level 4.2",
    f"{_JPEG}106.1": "Fragmentable H.264 Stereo High Profile / Level 4.2",
    f"{_JPEG}107": "HEVC Main Profile / Level 5.1",
    f"{_JPEG}108": "HEVC Main 10 Profile / Level 5.1",
    f"{_JPEG}110": "JPEG XL Lossless",
    f"{_JPEG}111": "JPEG XL JPEG Recompression",
    f"{_JPEG}112": "JPEG XL",
    f"{_JPEG}201": "HTJ2K Lossless",
    f"{_JPEG}202": "HTJ2K Lossless RPCL",
    f"{_JPEG}203": "HTJ2K",
    f"{_JPEG}204": "JPIP HTJ2K Referenced",
    f"{_JPEG}205": "JPIP HTJ2K Referenced Deflate",
    "1.2.840.10008.1.2.6.1": "RFC 2557 MIME Encapsulation",
    "1.2.840.10008.1.2.6.2": "XML Encoding",
    "1.2.840.10008.1.2.7.1": "SMPTE ST 2110-20 Uncompressed Progressive Active Video",
    "1.2.840.10008.1.2.7.2": "SMPTE ST 2110-20 Uncompressed Interlaced Active Video",
    "1.2.840.10008.1.2.7.3": "SMPTE ST 2110-30 PCM Digital Audio",
    "1.2.840.10008.1.20": "Papyrus 3 Implicit VR Little Endian",
    "1.2.840.113619.5.2": "GE private Implicit VR Little Endian with big-endian pixels",
}


def transfer_syntax_name(uid: str) -> str:
    """Name a transfer syntax: "JPEG 2000 Lossless (1.2.840.10008.1.2.4.90)".

    Parameters
    ----------
    uid : str
        As the file's meta information gives it; "" where there is none.
    """
    if not uid:
        return "not stated"
    return f"{_NAMES.get(uid, 'unknown')} ({uid})"


def stored_words(
    bits_allocated: int, bits_stored: int, high_bit: int, signed: bool, floating: bool = False
) -> str:
    """Say how a sample is stored: "12 of 16 bits, high bit 11, unsigned". PS3.5 8.1.1."""
    if floating:
        return f"{bits_allocated}-bit floating point"
    if bits_allocated == 1:
        return "1 bit"
    sign = "signed" if signed else "unsigned"
    return f"{bits_stored} of {bits_allocated} bits, high bit {high_bit}, {sign}"
