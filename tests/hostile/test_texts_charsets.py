"""Character sets that nobody knows, and texts in another than is said: shown all the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hostile.building import As, image
from tests.hostile.discs import scanned, shown
from tests.hostile.texts import is_printable
from viewer.cli import main

_UTF_8, _LATIN, _SHIFT = (
    "Müller^Jörg".encode(),
    "Müller^Jörg".encode("latin-1"),
    b"\x1b$B;3ED\x1b(B",
)

SETS: dict[str, tuple[object, bytes]] = {
    "unknown": ("ISO_IR 999", _UTF_8),
    "not_a_term": ("no such set", _LATIN),
    "name_of_python": ("idna", _LATIN),
    "codec_that_is_none": ("rot13", _LATIN),
    "codec_of_bytes": ("zlib_codec", _LATIN),
    "empty_terms": (["", "", ""], _LATIN),
    "hundred_terms": (["ISO 2022 IR 87"] * 100, _SHIFT),
    "repeated_utf_8": (["ISO_IR 192", "ISO_IR 192", "ISO 2022 IR 87"], _UTF_8),
    "long_term": ("I" * 60_000, _LATIN),
    "control_in_term": (As("CS", b"ISO_IR 100\x1b[31m"), _LATIN),
    "says_utf_8_is_latin": ("ISO_IR 192", _LATIN),
    "says_latin_is_utf_8": ("ISO_IR 100", _UTF_8),
    "says_nothing_is_utf_8": (None, _UTF_8),
    "says_gb18030_is_cut": ("GB18030", b"\x81\x30\x81"),
    "says_korean_is_noise": (["", "ISO 2022 IR 149"], bytes(range(128, 256))),
    "escape_to_what_was_not_named": ("ISO_IR 100", _SHIFT),
    "escape_to_nothing": (["", "ISO 2022 IR 87"], b"\x1b$"),
    "escape_alone": (["", "ISO 2022 IR 87"], b"\x1b"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a file for each of these character sets."""
    for name, (said, text) in SETS.items():
        data = image(name, SpecificCharacterSet=said, PatientName=As("PN", text), PatientID="4711")
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_case_43_files_whose_character_set_is_wrong_are_shown(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    headers = {os.path.basename(header.path): header for header in shown(scanned(folder))}
    assert set(headers) == set(SETS)
    assert {header.patient_id for header in headers.values()} == {"4711"}
    for name in ("says_nothing_is_utf_8", "not_a_term", "unknown", "says_latin_is_utf_8"):
        assert "^J" in headers[name].patient_name  # what is the same in all sets is legible
    for command in ("list", "check"):
        assert main([command, str(folder)]) == 0
        told = capfd.readouterr()
        assert all(map(is_printable, (told.out + told.err).split("\n")))


@pytest.mark.parametrize("name", ["unknown", "codec_of_bytes", "long_term", "escape_to_nothing"])
def test_case_43_tags_in_a_wrong_character_set_are_listed(
    folder: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["dump", str(folder / name)]) == 0
    told = capfd.readouterr()
    assert "4711" in told.out
    assert all(map(is_printable, (told.out + told.err).split("\n")))
