"""The values of ImageType that tell kinds of image apart (PS3.3 C.7.6.1.1.2).

Only values that a reader knows by name count: makers add others freely, which
change from slice to slice and mean nothing to the reader.
"""

from __future__ import annotations

from functools import lru_cache

_WORDS = {
    "LOCALIZER": "localizer",
    "SCOUT": "localizer",
    "MPR": "MPR",
    "REFORMATTED": "MPR",
    "CURVED MPR": "curved MPR",
    "CPR": "curved MPR",
    "PROJECTION IMAGE": "projection",
    "PROJECTION": "projection",
    "MIP": "projection",
    "HD MIP": "projection",
    "MAX_IP": "projection",
    "MIN_IP": "minimum projection",
    "MINIP": "minimum projection",
    "VOLUME RENDERING": "volume rendering",
    "VRT": "volume rendering",
    "SUBTRACTION": "subtraction",
    "SUB": "subtraction",
    "MAGNITUDE": "magnitude",
    "PHASE": "phase",
    "PHASE MAP": "phase",
    "VELOCITY": "velocity",
    "REAL": "real",
    "IMAGINARY": "imaginary",
    "ADC": "ADC",
    "FA": "FA",
    "TRACEW": "trace",
    "TRACE": "trace",
    "WATER": "water",
    "FAT": "fat",
    "IN_PHASE": "in phase",
    "OUT_PHASE": "out of phase",
    "OPP_PHASE": "out of phase",
    "T1 MAP": "T1 map",
    "T2 MAP": "T2 map",
    "T2_STAR MAP": "T2* map",
    "CBF": "CBF",
    "CBV": "CBV",
    "MTT": "MTT",
    "TTP": "TTP",
}
# Single letters have a meaning only behind the first two values.
_LETTERS = {
    "M": "magnitude",
    "P": "phase",
    "R": "real",
    "I": "imaginary",
    "W": "water",
    "F": "fat",
    "IP": "in phase",
    "OP": "out of phase",
}


def image_type_key(image_type: tuple[str, ...]) -> tuple[str, ...]:
    """Give what separates this ImageType from another: original or derived, and its words."""
    origin = image_type[0].strip().upper() if image_type else ""
    return (origin, *_words(image_type))


def image_type_word(image_type: tuple[str, ...]) -> str:
    """Name the kind of image: "localizer", "phase"; else "original" or "derived"."""
    words = _words(image_type)
    if words:
        return " ".join(words)
    return image_type[0].strip().lower() if image_type and image_type[0].strip() else "no ImageType"


def is_localizer(image_type: tuple[str, ...]) -> bool:
    """Say whether ImageType calls the image a localizer."""
    return "localizer" in _words(image_type)


def is_projected(image_type: tuple[str, ...]) -> bool:
    """Say whether ImageType calls the image a projection of others."""
    return any(word.endswith("projection") for word in _words(image_type))


def is_mosaic(image_type: tuple[str, ...]) -> bool:
    """Say whether the slices of a volume lie side by side in one image, as Siemens puts them."""
    return any(value.strip().upper() == "MOSAIC" for value in image_type)


@lru_cache(maxsize=1024)
def _words(image_type: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for i, value in enumerate(image_type):
        token = value.strip().upper()
        word = _WORDS.get(token) or (_LETTERS.get(token) if i >= 2 else None)
        if word and word not in found:
            found.append(word)
    return tuple(found)
