"""What programs fetch again and again: answered shortly while nothing has changed; nonsense is no accident."""

import pytest

from contacts.models import Person
from events.models import Event
from forum.models import Topic
from news.models import Article
from tests.factories import make_article, make_event, make_person

FETCHED = [
    "/aktuelles/feed/?thema=wirkung",
    "/aktuelles/feed.rss",
    "/veranstaltungen/kalender.ics?thema=wirkung&format=on-site",
    "/veranstaltungen/treffen/termin.ics",
    "/veranstaltungen/einbetten/",
    "/personen/erika-fach/kontakt.vcf",
    "/kontakt/pankow/kontakte.vcf",
    "/api/v1/events/?thema=wirkung",
    "/api/v1/articles/bericht/",
    "/api/v1/people/",
    "/api/v1/openapi.json",
    "/sitemap.xml",
    "/sitemap-aktuelles.xml",
    "/sitemap-veranstaltungen.xml",
]
LASTING = ("/api/v1/openapi.json", "/sitemap.xml")  # do not change with the content
ASKED = [  # every place that takes words of strangers, but the search, whose questions have tests of their own
    "/aktuelles/?thema={}&art={}&jahr={}&seite=1",
    "/aktuelles/?seite={}",
    "/veranstaltungen/?thema={}&format={}&zeitraum={}",
    "/kontakt/?ort={}&thema={}",
    "/folgen/?thema={}&format={}",
    "/aktuelles/feed/?thema={}",
    "/aktuelles/feed/?art={}",
    "/aktuelles/feed.rss?jahr={}",
    "/veranstaltungen/kalender.ics?thema={}",
    "/veranstaltungen/kalender.ics?format={}&reihe={}",
    "/veranstaltungen/einbetten/?reihe={}&anzahl={}&farben={}",
    "/api/v1/events/?thema={}",
    "/api/v1/events/?zeitraum={}&seite={}&anzahl={}",
    "/api/v1/articles/?art={}&jahr={}",
    "/api/v1/people/?bezirk={}",
    "/api/v1/people/?{}={}",
    "/api/v1/articles/{}/",
    "/sitemap-aktuelles.xml?p={}",
    "/themen/{}/",
]
HOSTILE = {
    "quotes": "%22%27%60%C2%AB",
    "long": "x" * 10_000,
    "null": "a%00b",
    "not utf-8": "%ff%fe",
    "half a character": "%ed%a0%80",
    "sql": "%27%3B+DROP+TABLE+news_article%3B--",
    "like": "%25_%5C",
    "html": "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "format": "%25(now)s%7B%7B7*7%7D%7D",
    "emoji": "%F0%9F%A6%84",
    "stop words": "und+der+die+das",
    "digits": "%C2%B2%D9%A1",
    "number": "9" * 400,
    "line": "a%0D%0ASet-Cookie:x",
}


@pytest.fixture
def things():
    topic = Topic.objects.create(name="Wirkung")
    make_event(title="Treffen", slug="treffen", topics=[topic], format="on-site")
    make_article(title="Bericht", slug="bericht", topics=[topic])
    make_person(family_name="Fach", slug="erika-fach", in_directory=True, districts=["Pankow"], phone="030 123456")


@pytest.mark.parametrize("path", FETCHED)
def test_asked_again_it_is_answered_shortly(client, things, path):
    first = client.get(path)
    assert first.status_code == 200
    again = client.get(path, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    weak = client.get(path, headers={"accept-encoding": "gzip", "if-none-match": f"W/{first['ETag']}"})
    assert weak.status_code == 304, "what compresses on the way weakens the tag"
    assert not first.cookies
    assert "Cookie" not in first.get("Vary", "")


@pytest.mark.parametrize("path", [path for path in FETCHED if path not in LASTING])
def test_a_change_is_told_at_once(client, things, path):
    tag = client.get(path)["ETag"]
    changed = {"changed_at": "2030-01-01T00:00Z"}
    Article.objects.update(title="Anders", **changed)
    Event.objects.update(title="Anders", **changed)
    Person.objects.update(organisation="Verein", **changed)
    assert client.get(path, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nonsense_is_no_accident(client, things, text):
    for path in ASKED:
        answer = client.get(path.replace("{}", text))
        assert answer.status_code in (200, 400, 404), path
        is_json = answer["Content-Type"].endswith("json")
        assert is_json or "<script>alert" not in answer.content.decode(), path
        assert "Set-Cookie" not in answer.headers
        if answer.status_code != 200 and path.startswith("/api/"):
            assert is_json, path
            assert answer.json()["detail"].endswith("."), path
    assert Article.objects.count() == 1
