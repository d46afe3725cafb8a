import pytest

from forum.text import german_slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Größe", "groesse"),
        ("ÄRGER über Öl & Übermut", "aerger-ueber-oel-und-uebermut"),
        ("STRAẞE", "strasse"),
        ("A\u0308nderung", "aenderung"),  # decomposed umlaut, as macOS writes file names
        ("Café à la Łódź", "cafe-a-la-lodz"),
        ("50 % für 3 €", "50-prozent-fuer-3-euro"),
        ("Was’s neu?", "wass-neu"),
        ("  --Viele -- Striche--  ", "viele-striche"),
        ("!!! ???", ""),
        ("北京", ""),
        ("", ""),
    ],
)
def test_slug_is_written_as_germans_write_it(text, slug):
    assert german_slug(text) == slug


def test_long_slug_ends_at_a_word():
    assert german_slug("Nachhaltigkeit in sozialen Organisationen", 25) == "nachhaltigkeit-in"
    assert german_slug("Nachhaltigkeit in sozialen Organisationen", 17) == "nachhaltigkeit-in"


def test_one_long_word_is_cut():
    assert (
        german_slug("Rindfleischetikettierungsüberwachung" * 5, 80)
        == ("rindfleischetikettierungsueberwachung" * 5)[:80]
    )
