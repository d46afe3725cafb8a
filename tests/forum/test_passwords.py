"""Which passwords nobody may choose: length alone does not help where everybody begins with the same words."""

import secrets

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError


@pytest.mark.parametrize(
    "password",
    ["Passwort1234", "P4sswort-2026!", "pa$$w0rtPa$$w0rt", "!!!Innovationsforum", "innovationsforum2026", "Berlin-berlin-12",
     "geheimgeheimgeheim", "2026_Willkommen_2026", "qwerty123456", "Paritätischer#1", "a1b2c3d4e5f6g7", "H-a-l-l-o-12345",
     "Mama12345678!", "HalloHallo2026"],
)  # fmt: skip
def test_a_known_word_does_not_become_better_by_what_is_put_around_it(password):
    with pytest.raises(ValidationError) as caught:
        validate_password(password)
    assert [one.code for one in caught.value.error_list] == ["password_too_common"]


def is_refused(password):
    try:
        validate_password(password)
    except ValidationError:
        return True
    return False


def test_several_words_and_what_programs_make_up_are_welcome():
    words = ["Pinguin tanzt am Bahnsteig", "berlin-teekanne-zebra", "83920174-kiesel", "Wolke7Fahrrad9"]
    assert list(filter(is_refused, words + [secrets.token_urlsafe(12) for _ in range(500)])) == []
    assert is_refused("Passwort1234")


def test_staff_are_told_in_german(desk):
    new = {"password1": "Passwort1234", "password2": "Passwort1234", "oldpassword": "x"}
    page = desk.post("/redaktion/konto/passwort/", new).content.decode()
    assert "ein bekanntes Wort mit Ziffern oder Zeichen" in page
    assert "kein bekanntes Wort" in desk.get("/redaktion/konto/passwort/").content.decode()
