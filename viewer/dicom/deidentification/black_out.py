"""Rectangles of pictures blacked out: which of them, and the pixel data anew.

Frames are decoded as for display and written native, so that nothing of what was there is left,
neither in bits beside the values nor in a codestream. Runs in a child process but for what reads
the wishes of the user.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from viewer.dicom.deidentification.results import Rectangle, Rule
from viewer.dicom.errors import NegatoError, PixelError

if TYPE_CHECKING:
    from viewer.dicom.limits import Limits
    from viewer.dicom.pixel_layout import PixelLayout

_MATCHED = (
    *("Manufacturer", "ManufacturerModelName", "Modality"),
    *("Rows", "Columns", "SOPClassUID"),
)
_SAID = ("rectangles", "confirms")
_MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Pixels:
    """Native pixel data, and what the header must say of it."""

    data: bytes
    photometric: str
    samples: int
    bits_allocated: int
    bits_stored: int


def rectangle_of(text: str) -> Rectangle:
    """Read ``ROW,COLUMN,ROWS,COLUMNS``, the first two counted from 1.

    Raises
    ------
    NegatoError
        It is none.
    """
    try:
        row, column, rows, columns = (int(part) for part in text.split(","))
    except ValueError:
        row = column = rows = columns = 0
    if min(row, column, rows, columns) < 1:
        raise NegatoError(
            f"No rectangle: {text!r}; name first row and column from 1, then rows and columns, "
            "as 1,1,60,800."
        )
    return row - 1, column - 1, rows, columns


def read_rules(path: str) -> tuple[Rule, ...]:
    """Read a file of ``[[rule]]`` tables: keywords to match, and ``rectangles``.

    Raises
    ------
    NegatoError
        It cannot be read, or a rule is none.
    """
    try:
        with open(path, "rb") as stream:
            content = tomllib.load(stream)
    except OSError as error:
        raise NegatoError(f"The rules cannot be read ({error.strerror}).", path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NegatoError(f"The rules are no TOML: {error}.", path) from error
    rules = content.get("rule")
    if not isinstance(rules, list) or not rules:
        raise NegatoError("It has no [[rule]] with rectangles.", path)
    return tuple(_rule(rule, path) for rule in rules)


def _rule(rule: object, path: str) -> Rule:
    if not isinstance(rule, dict):
        raise NegatoError("A rule is a table: [[rule]].", path)
    match = {name: value for name, value in rule.items() if name not in _SAID}
    unknown = next((name for name in match if name not in _MATCHED), None)
    if unknown is not None or not match:
        raise NegatoError(f"A rule matches by {', '.join(_MATCHED)}; not by {unknown!r}.", path)
    rectangles = rule.get("rectangles")
    if not isinstance(rectangles, list) or not all(isinstance(one, list) for one in rectangles):
        raise NegatoError("A rule has rectangles = [[ROW, COLUMN, ROWS, COLUMNS], ...].", path)
    confirms = rule.get("confirms", False)
    if not isinstance(confirms, bool):
        raise NegatoError("A rule has confirms = true or false, without quotes.", path)
    return Rule(
        tuple((name, str(value).strip()) for name, value in match.items()),
        tuple(rectangle_of(",".join(map(str, one))) for one in rectangles),
        confirms,
    )


def rectangles_for(
    facts: Mapping[str, str], rectangles: tuple[Rectangle, ...], rules: tuple[Rule, ...]
) -> tuple[Rectangle, ...]:
    """Give the rectangles of a file: those of all files, and of the rules that it matches."""
    fitting = (one for rule in rules if rule.fits(facts) for one in rule.rectangles)
    return (*rectangles, *fitting)


def blacked_out(
    path: str, rectangles: tuple[Rectangle, ...], order: Literal["<", ">"], limits: Limits
) -> Pixels:
    """Decode all frames of a file, black the rectangles out, and give its pixel data.

    Parameters
    ----------
    order : str
        Of bytes in what is written, as `struct` has it.

    Raises
    ------
    NegatoError
        It cannot be done with all frames.
    """
    from viewer.dicom.frames import decoded_frame
    from viewer.dicom.pixel_files import pixel_file
    from viewer.dicom.video import is_video

    file = pixel_file(path, limits)
    layout = file.layout
    if is_video(file.transfer_syntax):
        raise PixelError("Its pictures are a video, which is not written anew.")
    frames = []
    for index in range(layout.frames):
        values, _ = decoded_frame(file, index, limits)
        if values.dtype.kind not in "iu" or layout.bits_allocated == 1:
            raise PixelError("Its pictures are of single bits or real numbers: not blacked out.")
        if values.nbytes * layout.frames > _MOST_BYTES:
            raise PixelError("Its pictures take more than 1 GiB; black out smaller files.")
        black = _black(layout, is_colour=values.ndim == 3)
        values = values.copy()
        for row, column, rows, columns in rectangles:
            values[row : row + rows, column : column + columns] = black
        frames.append(values.astype(values.dtype.newbyteorder(order)).tobytes())
    is_colour = values.ndim == 3
    return Pixels(
        data=b"".join(frames),
        photometric="RGB" if is_colour else layout.photometric,
        samples=3 if is_colour else 1,
        bits_allocated=values.dtype.itemsize * 8,
        bits_stored=layout.bits_stored,
    )


def _black(layout: PixelLayout, *, is_colour: bool) -> int:
    """Give the stored value that is shown black."""
    if is_colour or layout.photometric == "PALETTE COLOR":
        return 0
    bits = layout.bits_stored
    least, most = (-(1 << bits - 1), (1 << bits - 1) - 1) if layout.signed else (0, (1 << bits) - 1)
    return most if layout.photometric == "MONOCHROME1" else least
