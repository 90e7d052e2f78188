"""Text from files is one printable line, whatever it holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from viewer.plain_text import date, person_name, plain_line


@given(st.text(alphabet=st.characters(), max_size=400))
def test_any_text_becomes_one_short_line_without_controls(text: str) -> None:
    line = plain_line(text, 80)
    assert len(line) <= 80
    assert not any(ord(character) < 32 or ord(character) == 127 for character in line)
    assert "\u202e" not in line
    assert "\u2028" not in line


def test_markup_stays_the_text_it_is() -> None:
    assert plain_line("<b>DOE</b>") == "<b>DOE</b>"


def test_a_bidi_override_is_made_visible() -> None:
    assert plain_line("abc\u202egpj.exe") == "abc\ufffdgpj.exe"


def test_names_are_written_the_way_people_do() -> None:
    assert person_name("Doe^Jane^^Dr") == "Doe, Jane Dr"
    assert person_name("Yamada^Tarou=山田^太郎=やまだ^たろう") == "Yamada, Tarou"
    assert person_name("=山田^太郎") == "山田, 太郎"
    assert person_name("") == ""


def test_dates_are_iso_where_they_are_dates() -> None:
    assert date("20240131") == "2024-01-31"
    assert date("1970.01.01") == "1970.01.01"
