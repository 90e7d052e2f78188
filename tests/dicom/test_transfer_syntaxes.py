"""Transfer syntaxes and stored words are said in words."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydicom._uid_dict import UID_dictionary

from viewer.dicom.transfer_syntaxes import stored_words, transfer_syntax_name


def test_every_transfer_syntax_of_the_standard_has_a_name() -> None:
    known = [uid for uid, entry in UID_dictionary.items() if entry[1] == "Transfer Syntax"]
    assert len(known) > 50
    assert not [uid for uid in known if transfer_syntax_name(uid).startswith("unknown")]


def test_names_tell_the_syntax_and_its_uid() -> None:
    assert transfer_syntax_name("1.2.840.10008.1.2.4.90") == (
        "JPEG 2000 Lossless (1.2.840.10008.1.2.4.90)"
    )
    assert transfer_syntax_name("1.2.3") == "unknown (1.2.3)"
    assert transfer_syntax_name("") == "not stated"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((16, 12, 11, False), "12 of 16 bits, high bit 11, unsigned"),
        ((16, 16, 15, True), "16 of 16 bits, high bit 15, signed"),
        ((1, 1, 0, False), "1 bit"),
        ((32, 32, 31, True, True), "32-bit floating point"),
    ],
)
def test_stored_words_are_said(words: tuple[int, int, int, bool], said: str) -> None:
    assert stored_words(*words) == said


def test_naming_needs_no_pydicom() -> None:
    code = "import sys, viewer.dicom.transfer_syntaxes; sys.exit('pydicom' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
