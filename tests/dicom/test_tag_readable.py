"""Values as people write them."""

from __future__ import annotations

import pytest
from pydicom.data import get_testdata_file

from viewer.dicom.tag_readable import code_text, readable, readable_value
from viewer.dicom.tags import Kind, read_tags


@pytest.mark.parametrize(
    ("vr", "value", "said"),
    [
        ("DA", "20190312", "12 Mar 2019"),
        ("DA", "2019.03.12", "12 Mar 2019"),
        ("DA", "20190312\\20190401", "12 Mar 2019; 1 Apr 2019"),
        ("DA", "20190231", ""),
        ("DA", "unknown", ""),
        ("DA", "20190312\\?", "12 Mar 2019; ?"),
        ("TM", "140322.500000", "14:03:22.5"),
        ("TM", "140322", "14:03:22"),
        ("TM", "1403", "14:03"),
        ("TM", "250000", ""),
        ("DT", "20190312140322.5+0100", "12 Mar 2019, 14:03:22.5 (UTC+1)"),
        ("DT", "20190312140322-0330", "12 Mar 2019, 14:03:22 (UTC-3:30)"),
        ("DT", "201903", "Mar 2019"),
        ("DT", "2019", ""),
        ("DT", "20191312", ""),
        ("AS", "045Y", "45 years"),
        ("AS", "001D", "1 day"),
        ("AS", "99", ""),
        ("PN", "Doe^John^^Dr", "Doe, John (Dr)"),
        ("PN", "Doe^John^Adam^Dr^MD", "Doe, John Adam (Dr, MD)"),
        ("PN", "Yamada^Tarou=山田^太郎", "Yamada, Tarou = 山田, 太郎"),
        ("PN", "Anon", ""),
        ("LO", "20190312", ""),
        ("DA", "", ""),
    ],
)
def test_a_value_is_said_or_left_alone(vr: str, value: str, said: str) -> None:
    assert readable_value(vr, value) == said


def test_codes_are_said_on_their_items_and_on_sequences_of_one() -> None:
    table = read_tags(str(get_testdata_file("reportsi.dcm", download=False)))
    said = {
        table.keywords[row]: readable(table, row)
        for row in range(len(table))
        if table.kinds[row] == Kind.SEQUENCE
    }
    assert any(text.endswith(")") and ", " in text for text in said.values())
    items = [row for row in range(len(table)) if table.kinds[row] == Kind.ITEM]
    assert any(code_text(table, row) for row in items)
    assert not all(code_text(table, row) for row in items)
