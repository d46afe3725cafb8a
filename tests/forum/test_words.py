"""German on the desk where Django's own catalogue has none."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.factories import make_article

CATALOGUES = sorted((Path(__file__).parents[2] / "forum/locale/de/LC_MESSAGES").glob("*.po"))

ROOMS = [settings.ROOT / name for name in ("forum", "contacts", "events", "news", "templates", "static/js")]


def unquoted(text):
    return text.replace('\\"', '"').replace("\\\\", "\\")


@pytest.mark.parametrize("source", CATALOGUES, ids=lambda path: path.stem)
def test_what_is_used_is_what_is_written(source):
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', source.read_text(), re.MULTILINE)
    with source.with_suffix(".mo").open("rb") as compiled:
        used = gettext.GNUTranslations(compiled)
    assert len(pairs) > 5
    assert {unquoted(english): used.gettext(unquoted(english)) for english, _ in pairs} == {
        unquoted(english): unquoted(german) for english, german in pairs
    }


def test_pages_of_accounts_are_german(desk, staff):
    add = desk.get("/redaktion/auth/user/add/").content.decode()
    assert re.findall(r"\b(user|password|authentication|disabled)\b[^\"'=_-]{3}", re.sub(r"<[^>]*>", "", add)) == []
    assert "<h1>Konten</h1>" in desk.get("/redaktion/auth/user/").content.decode()


def test_scripts_of_accounts_are_german(desk):
    script = desk.get("/redaktion/jsi18n/").content.decode()
    assert r"Alle %s ausw\u00e4hlen" in script
    assert r"Tabelle einf\u00fcgen" in script


def test_history_and_deletion_speak_plainly(desk):
    article = make_article(title="Ein Titel")
    form = desk.get(f"/redaktion/news/article/{article.pk}/change/").content.decode()
    assert ">Verlauf<" in form
    assert (
        "<h1>Was sich geändert hat: Ein Titel</h1>"
        in desk.get(f"/redaktion/news/article/{article.pk}/history/").content.decode()
    )
    way = desk.get(f"/redaktion/news/article/{article.pk}/delete/").content.decode()
    assert f'<a href="/redaktion/news/article/{article.pk}/change/">Ein Titel</a>' in way
    assert "Geschichte" not in form + way


def test_saving_has_one_word():
    """Codes and backups are kept safe („Gesichert …“), the cookie keeps its name; everything else is „gespeichert“."""
    backup = ("Sichert Datenbank", "Gesichert: {", "Bitte sichern Sie in einer ruhigeren", "Zum Sichern fehlen")
    allowed = (*backup, "Gesichert, weiter zur Redaktion", "gesichert=", 'SAVED_COOKIE = "gesichert"')
    files = [file for kind in ("*.py", "*.js", "*.html", "*.po") for room in ROOMS for file in room.rglob(kind)]
    assert len(files) > 200
    for file in files:
        for line in file.read_text().splitlines():
            other = re.search(r"\b(?:ge)?sicher(?:n|t)\b", line, re.IGNORECASE)
            assert not other or any(words in line for words in allowed), f"{file.name}: {line.strip()}"
