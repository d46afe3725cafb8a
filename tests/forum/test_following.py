"""Following without an account: one address for the news, one for the calendar, with exactly what is chosen."""

import re
from html import unescape

import feedparser
import pytest
from icalendar import Calendar

from forum.models import Topic
from tests.factories import make_article, make_event

SITE = "https://portal.example"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def topics():
    topics = [Topic.objects.create(name=name) for name in ("Wirkung", "Teilhabe", "KI")]
    for topic in topics:
        make_article(title=f"Beitrag {topic}", topics=[topic])
        make_event(title=f"Termin {topic}", topics=[topic], format="online")
    make_article(title="Beides", topics=topics[:2])
    make_event(title="Vor Ort", topics=topics[:1])
    return topics


def addresses(client, query=""):
    page = client.get(f"/folgen/{query}").content.decode()
    return {
        name: unescape(re.search(rf'<textarea id="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1])
        for name in ("kalender", "feed", "mail")
    }


def news(client, address):
    return {one.title for one in feedparser.parse(client.get(address.removeprefix(SITE)).content).entries}


def dates(client, address):
    content = Calendar.from_ical(client.get(address.removeprefix(SITE)).content)
    return {str(one["summary"]) for one in content.walk("VEVENT")}


def test_the_addresses_hold_exactly_what_is_chosen(client, topics):
    found = addresses(client, "?thema=wirkung&thema=teilhabe&format=online")
    assert news(client, found["feed"]) == {"Beitrag Wirkung", "Beitrag Teilhabe", "Beides"}
    assert dates(client, found["kalender"]) == {"Termin Wirkung", "Termin Teilhabe"}
    assert found["kalender"] in found["mail"]
    assert found["feed"] in found["mail"]
    assert "Teilhabe oder Wirkung, online" in found["mail"]


def test_nothing_chosen_is_everything(client, topics):
    found = addresses(client)
    assert found["kalender"] == f"{SITE}/veranstaltungen/kalender.ics"
    assert (len(news(client, found["feed"])), len(dates(client, found["kalender"]))) == (4, 4)


def test_one_choice_has_one_address_whatever_its_order(client, topics):
    first = addresses(client, "?thema=wirkung&thema=ki&format=online&format=hybrid")
    assert first == addresses(client, "?format=hybrid&thema=ki&utm_source=x&format=online&thema=wirkung&thema=ki")
    feed = [
        feedparser.parse(client.get(f"/aktuelles/feed/?{query}").content).feed
        for query in ("thema=ki&thema=wirkung", "thema=wirkung&thema=ki")
    ]
    assert feed[0].id == feed[1].id
    assert feed[0].title == "Innovationsforum: KI, Wirkung"


def test_subscribing_and_adding_once_are_told_apart(client, topics):
    page = client.get("/folgen/?thema=ki").content.decode()
    assert (
        '<a class="button" href="webcal://portal.example/veranstaltungen/kalender.ics?thema=ki">Kalender abonnieren</a>'
        in page
    )
    assert (
        f'<a href="{SITE}/veranstaltungen/kalender.ics?thema=ki" download="veranstaltungen.ics">Einmal hinzufügen</a>'
        in page
    )


def test_unknown_values_are_named_and_left_out(client, topics):
    for query in ("?thema=ki&thema=%3Cb%3E&format=x", "?thema=ki&thema=%00"):
        answer = client.get(f"/folgen/{query}")
        assert answer.status_code == 200
        assert "gibt es hier nicht" in answer.content.decode()
        assert addresses(client, query)["feed"] == f"{SITE}/aktuelles/feed/?thema=ki"
    assert "<b>" not in answer.content.decode()


def test_many_topics_make_addresses_that_work(client):
    for number in range(60):
        make_article(topics=[Topic.objects.create(name=f"Thema {number}")])
    query = "?" + "&".join(f"thema=thema-{number}" for number in range(60))
    assert "Mehr als 50 Themen" in client.get(f"/folgen/{query}").content.decode()
    address = addresses(client, query)["feed"]
    assert client.get(address.removeprefix(SITE)).status_code == 200


def test_former_names_and_only_what_is_public(client, topics):
    make_article(published_at=None, topics=[Topic.objects.create(name="Geheim")])
    assert "Geheim" not in client.get("/folgen/").content.decode()
    topics[2].slug = "kuenstliche-intelligenz"
    topics[2].save()
    assert client.get("/folgen/?thema=ki").url == "/folgen/?thema=kuenstliche-intelligenz"


def test_lists_and_topics_lead_here_with_their_choice(client, topics):
    for path, address in (
        ("/aktuelles/?thema=ki&art=meldungen", "/folgen/?thema=ki"),
        ("/veranstaltungen/?thema=ki&format=online", "/folgen/?thema=ki&amp;format=online"),
        ("/themen/ki/", "/folgen/?thema=ki#adressen"),
        ("/", "/folgen/"),
    ):
        assert f'href="{address}"' in client.get(path).content.decode(), path


def test_it_stores_nothing_and_costs_the_same(client, count_queries, topics):
    assert not client.get("/folgen/?thema=ki").cookies
    before = count_queries("/folgen/?thema=ki")
    for number in range(20):
        make_article(topics=[Topic.objects.create(name=f"Weiteres {number}")])
    assert count_queries("/folgen/?thema=ki") == before
