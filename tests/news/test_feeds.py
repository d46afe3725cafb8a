"""Feeds: the newest first, narrowed as the list, stable, nothing hidden."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
import time_machine

from forum.models import Topic
from tests.factories import make_article, make_type, tomorrow

ATOM = "{http://www.w3.org/2005/Atom}"


def read(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return ElementTree.fromstring(answer.content)  # noqa: S314 - our own


def titles(client, query=""):
    """The titles of both kinds, which must agree."""
    atom = [one.text for one in read(client, f"/aktuelles/feed/{query}").iter(f"{ATOM}title")][1:]
    rss = [one.findtext("title") for one in read(client, f"/aktuelles/feed.rss{query}").iter("item")]
    assert atom == rss
    return atom


@pytest.fixture
def articles():
    topic = Topic.objects.create(name="Wirkung")
    make_article(title="Älter & besser", topics=[topic], published_at=datetime(2022, 5, 1, tzinfo=UTC))
    make_article(title="Neuer", type=make_type("Berichte"), published_at=datetime(2023, 5, 1, tzinfo=UTC))
    make_article(title="Entwurf", published_at=None, topics=[topic])
    make_article(title="Geplant", published_at=tomorrow(), topics=[topic])


def test_the_newest_first_and_only_what_is_public(client, articles):
    assert titles(client) == ["Neuer", "Älter & besser"]


def test_narrowed_as_the_list(client, articles):
    assert titles(client, "?thema=wirkung") == ["Älter & besser"]
    assert titles(client, "?art=berichte&jahr=2023") == ["Neuer"]
    assert titles(client, "?art=berichte&jahr=2022") == []
    feed = read(client, "/aktuelles/feed/?thema=wirkung&utm_source=x")
    assert feed.findtext(f"{ATOM}title") == "Innovationsforum: Wirkung"
    links = {one.get("rel"): one.get("href") for one in feed.findall(f"{ATOM}link")}
    assert links == {
        "alternate": "http://testserver/aktuelles/?thema=wirkung",
        "self": "http://testserver/aktuelles/feed/?thema=wirkung",
    }


@pytest.mark.parametrize("query", ["thema=x", "thema=%00", "art=%00", "art=x", "jahr=x", "jahr=0000", "jahr=²²²²"])
def test_what_does_not_exist_is_not_found(client, query):
    for name in ("feed/", "feed.rss"):
        assert client.get(f"/aktuelles/{name}?{query}").status_code == 404


def test_an_entry_keeps_its_name_whatever_changes(client, settings):
    settings.SITE_URL = "https://portal.example"
    article = make_article(lead="Worum <b>es</b> geht.", topics=[Topic.objects.create(name="KI")])
    entry = read(client, "/aktuelles/feed/").find(f"{ATOM}entry")
    name = entry.findtext(f"{ATOM}id")
    assert name == f"tag:portal.example,2023:beitrag-{article.pk}"
    assert entry.findtext(f"{ATOM}summary") == "Worum <b>es</b> geht."
    assert entry.find(f"{ATOM}category").get("term") == "KI"
    article.slug = "ganz-anders"
    article.save()
    assert read(client, "/aktuelles/feed/").find(f"{ATOM}entry").findtext(f"{ATOM}id") == name


def test_programs_that_ask_again_are_answered_shortly(client):
    article = make_article()
    tag = client.get("/aktuelles/feed/")["ETag"]
    assert client.get("/aktuelles/feed/", headers={"if-none-match": tag}).status_code == 304
    with time_machine.travel(tomorrow()):
        article.save()
    assert client.get("/aktuelles/feed/", headers={"if-none-match": tag}).status_code == 200
    assert client.post("/aktuelles/feed/").status_code == 405


def test_the_list_leads_to_its_feed(client, articles):
    page = client.get("/aktuelles/?thema=wirkung").content.decode()
    assert page.count('href="/aktuelles/feed/?thema=wirkung"') == 2


def test_it_costs_the_same_for_one_and_thirty(count_queries):
    topic = Topic.objects.create(name="Wirkung")
    make_article(topics=[topic])
    before = count_queries("/aktuelles/feed/")
    for _ in range(29):
        make_article(topics=[topic])
    assert count_queries("/aktuelles/feed/") == before
