"""“Barriere melden”: a mail link on every page, filled in with what the page is."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from tests.factories import make_article, make_event, make_item, make_person

HARD = 'Größe & „Maß“: "a<b>" 100 % +1? #ja; ' + "'x'"


class Links(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "a" and ("class", "report") in attrs:
            self.found.append(dict(attrs)["href"])


def report(client, address):
    """(link, fields) of the mail that the foot of a page offers."""
    link = Links(client.get(address).content.decode()).found[-1]
    return link, dict(parse_qsl(urlsplit(link).query, strict_parsing=True))


def test_every_page_offers_it(client):
    event = make_event()
    things = [make_article(), event, make_item(event), make_person()]
    lists = ["/", "/aktuelles/", "/veranstaltungen/?zeitraum=vergangen", "/kontakt/", "/kontakt/mitte/", "/impressum/"]
    for address in [*lists, *(thing.get_absolute_url() for thing in things), "/gibt-es-nicht/"]:
        page = client.get(address).content.decode()
        title = unescape(re.search("<title>(.*) – Innovationsforum</title>", page)[1])
        link, fields = report(client, address)
        assert link.startswith("mailto:barrieren@example.org?subject="), address
        assert fields["subject"] == f"Barriere auf der Seite „{title}“"
        assert fields["body"].splitlines()[:2] == [f"Seite: {title}", f"Adresse: http://testserver{address}"]
        assert ">Barriere melden</a>" in page


def test_whatever_stands_in_a_title_arrives_as_it_is(client):
    article = make_article(title=HARD)
    link, fields = report(client, article.get_absolute_url())
    assert fields == {
        "subject": f"Barriere auf der Seite „{HARD}“",
        "body": f"Seite: {HARD}\r\nAdresse: http://testserver{article.get_absolute_url()}\r\n\r\nWas hindert Sie?\r\n\r\n\r\n"
        "Womit lesen Sie die Seite (Gerät, Programm)?\r\n\r\n",
    }
    assert re.fullmatch(r"mailto:[\w.@-]+\?subject=[\w.~%-]+&body=[\w.~%-]+", link)  # + would stay a plus in a mail
    assert "%0D%0A%0D%0AWas%20hindert%20Sie%3F%0D%0A" in link


def test_the_title_of_the_page_is_escaped_once(client):
    page = client.get(make_article(title=HARD).get_absolute_url()).content.decode()
    title = re.search("<title>(.*?)</title>", page)[1]
    assert unescape(title) == f"{HARD} – Innovationsforum"
    assert "<b>" not in title


def test_the_filters_of_a_list_come_along_and_nonsense_does_not(client):
    body = report(client, "/veranstaltungen/?thema=k%C3%BCnst&format=online")[1]["body"]
    assert "Adresse: http://testserver/veranstaltungen/?thema=k%C3%BCnst&format=online\r\n" in body
    body = report(client, f"/veranstaltungen/?thema={'x' * 3000}")[1]["body"]
    assert "Adresse: http://testserver/veranstaltungen/\r\n" in body


@pytest.mark.parametrize("title", ["ä" * 200, "Wort " * 40])
def test_long_titles_are_cut(client, title):
    link, fields = report(client, make_article(title=title).get_absolute_url())
    shown = fields["subject"].removeprefix("Barriere auf der Seite „").removesuffix("“")
    assert len(shown) <= 150
    assert shown.endswith("…")
    assert len(link) < 4000
    assert unquote(link).count(shown) == 2


def test_the_address_comes_from_the_settings(client, settings):
    settings.REPORTS_MAIL = "frei+barriere&co@verein.de"
    link, fields = report(client, "/")
    assert unquote(urlsplit(link).path) == "frei+barriere&co@verein.de"
    assert set(fields) == {"subject", "body"}
