"""Cases 1 to 17: headers that are wrong, cut, deep, long or about something else."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from tests.hostile.all_files import ALL_FILES, BY_KEY
from tests.hostile.building import PIXELS, image
from tests.hostile.chain import Outcome, outcomes
from tests.hostile.conftest import GOOD
from tests.hostile.headers_files import large_files
from viewer.dicom.catalogue import Catalogue
from viewer.dicom.errors import PixelError

Found = dict[str, Outcome]
VALUES = np.frombuffer(PIXELS, np.uint16)


def keys_of(case: int) -> list[str]:
    return [hostile.key for hostile in ALL_FILES if hostile.case == case]


def assert_letters(found: Found, case: int) -> list[Outcome]:
    """See that all files of a case end as they may, with sentences that are ours."""
    outcomes_ = []
    for key in keys_of(case):
        outcome, letters = found[key], BY_KEY[key].letters
        assert set(outcome.letters) & set(letters), (key, outcome.letters, outcome.sentences)
        assert outcome.check is not None, key
        if "O" not in outcome.letters:
            assert outcome.sentences, key
            assert outcome.check.status != "ok", key
        if outcome.check.status != "ok":
            assert outcome.check.message, key
        for sentence in outcome.sentences:
            assert sentence[:1].isupper(), (key, sentence)
            assert sentence.endswith((".", ")")), (key, sentence)
            assert not any(word in sentence for word in ("failed (", "crashed")), (key, sentence)
        outcomes_.append(outcome)
    assert outcomes_
    return outcomes_


def assert_whole(outcome: Outcome) -> None:
    """See that the picture is the one that was put in."""
    shown = outcome.frames[0]
    assert not isinstance(shown, PixelError), shown
    assert np.array_equal(shown[0].ravel(), VALUES)


def test_good_files_beside_all_the_others_are_shown(found: Found) -> None:
    for name in GOOD:
        assert_whole(found[name])
        assert found[name].letters == "O", found[name].sentences
        check = found[name].check
        assert check is not None
        assert check.status == "ok"


def test_every_file_is_in_the_ledger_or_in_a_stack(
    chain: tuple[Found, Catalogue], hostile_folder: Path
) -> None:
    found, catalogue = chain
    ledger = catalogue.ledger
    assert ledger.seen == len(list(hostile_folder.iterdir())) == len(found)
    assert ledger.shown + len(ledger.skipped) == ledger.seen
    assert all(skipped.reason.endswith(".") for skipped in ledger.skipped)
    for key, outcome in found.items():
        assert (outcome.header is None) != (outcome.skipped is None), key


def test_the_tags_of_every_file_that_is_listed_can_be_read(found: Found) -> None:
    for key, outcome in found.items():
        if outcome.header is not None:
            assert not isinstance(outcome.tags, Exception), (key, outcome.tags)
            assert len(outcome.tags) > 10, key


def test_case_01_an_empty_file_is_ignored(found: Found) -> None:
    (empty,) = assert_letters(found, 1)
    assert empty.skipped is not None
    assert empty.skipped.kind == "not-dicom"


def test_case_02_a_prefix_without_a_data_set_is_listed(found: Found) -> None:
    for outcome in assert_letters(found, 2):
        assert outcome.skipped is not None
        assert outcome.skipped.kind == "damaged"


def test_case_03_a_data_set_without_preamble_is_shown(found: Found) -> None:
    for outcome in assert_letters(found, 3):
        assert_whole(outcome)
        assert any("without the preamble" in sentence for sentence in outcome.sentences)


def test_case_04_what_is_no_dicom_is_listed_whatever_its_name(found: Found) -> None:
    for outcome in assert_letters(found, 4):
        assert outcome.skipped is not None


def test_case_05_a_header_that_ends_early_is_listed(found: Found) -> None:
    for outcome in assert_letters(found, 5):
        assert outcome.skipped is not None
        assert outcome.skipped.kind == "damaged"


def test_case_06_what_is_there_of_cut_pixels_is_shown_and_the_rest_is_said(found: Found) -> None:
    shown = 0
    for outcome in assert_letters(found, 6):
        frames = outcome.frames
        for frame in frames.values():
            if isinstance(frame, PixelError):
                continue
            pixels, description = frame
            there = pixels[: description.rows_there].ravel()
            assert np.array_equal(there, VALUES[: there.size])
            assert description.warnings
            shown += 1
    assert shown > 10


def test_case_07_bytes_behind_the_pixels_are_said_to_be_ignored(found: Found) -> None:
    for outcome in assert_letters(found, 7):
        assert_whole(outcome)
        assert any("behind its pixel data" in sentence for sentence in outcome.sentences)


def test_case_08_a_program_in_the_preamble_is_told(found: Found) -> None:
    for outcome in assert_letters(found, 8):
        assert_whole(outcome)
        assert any("preamble" in sentence for sentence in outcome.sentences)


@pytest.mark.parametrize("case", [9, 10])
def test_case_09_and_10_deep_nesting_is_refused_with_its_limit(found: Found, case: int) -> None:
    for outcome in assert_letters(found, case):
        assert outcome.skipped is not None
        assert outcome.skipped.kind == "limit"
        assert "sequence_depth" in outcome.skipped.reason


def test_case_13_a_value_that_ends_beyond_the_file(found: Found) -> None:
    assert_letters(found, 13)


def test_case_14_a_sequence_that_is_never_closed(found: Found) -> None:
    assert_letters(found, 14)


def test_case_15_wrong_representations_and_mixed_encodings(found: Found) -> None:
    for outcome in assert_letters(found, 15):
        if outcome.letters in ("V", "O"):
            assert_whole(outcome)
    for key in ("15_rows_is", "15_bits_lo", "15_photometric_lo"):
        assert any("instead of" in sentence for sentence in found[key].sentences)


def test_case_16_an_unknown_transfer_syntax_is_the_reason(found: Found) -> None:
    assert_letters(found, 16)
    for key in ("16_unknown_native", "16_unknown_items"):
        assert found[key].letters == "H"
        assert any("1.2.3.4.5.6.7 is unknown" in sentence for sentence in found[key].sentences)


@pytest.mark.parametrize(
    ("case", "limit"), [(11, "items_per_file"), (12, "elements_per_file"), (17, "inflate_bytes")]
)
def test_case_11_12_and_17_too_much_is_refused_with_its_limit(
    tmp_path: Path, case: int, limit: str
) -> None:
    (tmp_path / "good.dcm").write_bytes(image("good"))
    for hostile in large_files():
        if hostile.case != case:
            continue
        path = tmp_path / f"{hostile.key}.dcm"
        path.write_bytes(hostile.data)
        began = time.monotonic()
        found, _ = outcomes([tmp_path])
        assert time.monotonic() - began < 60
        path.unlink()
        refused = found[hostile.key]
        assert refused.skipped is not None, hostile.key
        assert refused.skipped.kind == "limit", hostile.key
        assert limit in refused.skipped.reason
        assert refused.check is not None
        assert limit in refused.check.message
        assert_whole(found["good"])
