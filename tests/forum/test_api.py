"""The JSON API: what the pages show and nothing else, paged, filtered, kept, described."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from contacts.models import District
from events.models import Event, Series, Venue
from forum.missing import MissingAddress
from forum.models import Topic
from tests.factories import (
    make_article,
    make_event,
    make_item,
    make_person,
    make_picture,
    make_type,
    tomorrow,
    yesterday,
)

SITE = "https://portal.example"
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = SITE


def read(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.content)
    kind = "application/json" if status == 200 else "application/problem+json"
    assert answer["Content-Type"].partition(";")[0] == kind
    return answer.json()


def titles(client, path):
    return [one.get("title") or one["name"] for one in read(client, path)["results"]]


def test_events_tell_what_their_page_tells(client):
    topic, series = Topic.objects.create(name="Wirkung"), Series.objects.create(title="Forum")
    venue = Venue.objects.create(name="Haus", street="Straße 1", postcode="10115", lift=True)
    host = make_person()
    event = make_event(
        title="Treffen",
        topics=[topic],
        series=series,
        venue=venue,
        picture=make_picture(),
        starts_at=datetime(2027, 6, 1, 8, tzinfo=UTC),
        text='<p><a href="/kontakt/">Kontakt</a></p>',
        contacts=[host, make_person(published_at=None)],
        easy_text="<p>Leicht.</p>",
    )
    make_item(event, [host, make_person(published_at=None)], title="Werkstatt")
    with time_machine.travel(NOW, tick=False):
        (row,) = read(client, "/api/v1/events/")["results"]
        details = read(client, f"/api/v1/events/{event.slug}/")
    assert row == {name: details[name] for name in row}
    assert row["starts_at"] == "2027-06-01T10:00:00+02:00"
    assert row["url"] == f"{SITE}/veranstaltungen/treffen/"
    assert row["easy_url"] == f"{SITE}/veranstaltungen/treffen/leicht/"
    assert row["calendar_url"] == f"{SITE}/veranstaltungen/treffen/termin.ics"
    assert row["topics"] == [{"slug": "wirkung", "name": "Wirkung", "url": f"{SITE}/themen/wirkung/"}]
    assert row["place"] == {"name": "Haus", "street": "Straße 1", "postcode": "10115", "city": "Berlin"}
    assert row["access"] == [{"name": "Aufzug", "offered": True}]
    assert row["image"]["url"].startswith(f"{SITE}/medien/")
    assert details["html"] == f'<p><a href="{SITE}/kontakt/">Kontakt</a></p>'
    assert [one["url"] for one in details["contacts"]] == [SITE + host.get_absolute_url()]
    assert [[one["name"] for one in item["people"]] for item in details["programme"]] == [[host.name]]


def test_what_is_off_has_no_date_and_no_room(client):
    room = {"format": "online", "online_url": "https://example.org/raum"}
    event = make_event(title="Treffen", **room)
    make_event(title="Später", starts_at=tomorrow() + timedelta(days=1), **room)
    event.status = Event.Status.POSTPONED
    event.save()
    off, on = read(client, "/api/v1/events/")["results"]
    assert (off["status"], off["starts_at"], off["online_url"]) == ("postponed", None, None)
    assert off["previous_starts_at"]
    assert on["online_url"] == "https://example.org/raum"


@pytest.mark.parametrize("kind", ["events", "articles", "people"])
def test_what_is_not_public_is_nowhere(client, kind):
    make = {
        "events": make_event,
        "articles": make_article,
        "people": lambda **facts: make_person(in_directory=True, **facts),
    }[kind]
    for facts in (
        {"published_at": None},
        {"published_at": tomorrow()},
        {"published_at": yesterday() - timedelta(days=9), "expires_at": yesterday()},
    ):
        hidden = make(**facts)
        assert read(client, f"/api/v1/{kind}/{hidden.slug}/", 404)["status"] == 404
    assert read(client, f"/api/v1/{kind}/") == {"count": 0, "next": None, "previous": None, "results": []}


def test_neither_is_what_belongs_to_it(client):
    article = make_article(
        event=make_event(published_at=None),
        contacts=[make_person(published_at=None)],
        picture=make_picture(alt_text="", credit=""),
    )
    details = read(client, f"/api/v1/articles/{article.slug}/")
    assert (details["event"], details["contacts"], details["image"]) == (None, [], None)
    away = {"absent_from": yesterday().date(), "absent_until": tomorrow().date()}
    person = make_person(in_directory=True, deputy=make_person(published_at=None), **away)
    details = read(client, f"/api/v1/people/{person.slug}/")
    assert (details["absent"], details["deputy"]) == (True, None)


def test_filters_are_those_of_the_pages_and_may_be_several(client):
    topics = [Topic.objects.create(name=name) for name in ("Wirkung", "Teilhabe", "KI")]
    make_event(title="A", topics=topics[:2], format="online", starts_at=tomorrow())
    make_event(title="B", topics=topics[1:2], starts_at=tomorrow() + timedelta(days=1))
    make_event(title="C", topics=topics[2:], format="hybrid", starts_at=tomorrow() + timedelta(days=2))
    make_event(title="D", starts_at=yesterday())
    assert titles(client, "/api/v1/events/") == ["A", "B", "C"]
    assert titles(client, "/api/v1/events/?zeitraum=vergangen") == ["D"]
    assert titles(client, "/api/v1/events/?thema=wirkung&thema=teilhabe") == ["A", "B"]
    assert titles(client, "/api/v1/events/?format=hybrid&format=online") == ["A", "C"]
    make_article(title="Neu", topics=topics[:1], type=make_type("Berichte"))
    make_article(title="Alt", published_at=datetime(2020, 5, 1, tzinfo=UTC))
    assert titles(client, "/api/v1/articles/?jahr=2020") == ["Alt"]
    assert titles(client, "/api/v1/articles/?art=berichte&thema=wirkung") == ["Neu"]
    make_person(family_name="Zoll", in_directory=True, districts=["Pankow"], topics=topics[:1])
    make_person(family_name="Öhm", in_directory=True, districts=["Mitte"])
    make_person(family_name="Gast")
    assert titles(client, "/api/v1/people/") == ["Erika Öhm", "Erika Zoll"]
    assert titles(client, "/api/v1/people/?bezirk=pankow&thema=wirkung") == ["Erika Zoll"]
    assert titles(client, "/api/v1/people/?bezirk=pankow&bezirk=mitte") == ["Erika Öhm", "Erika Zoll"]


def test_former_names_of_topics_still_work(client):
    topic = Topic.objects.create(name="Wirkung")
    make_event(title="A", topics=[topic])
    topic.slug = "wirkung-messen"
    topic.save()
    assert titles(client, "/api/v1/events/?thema=wirkung") == ["A"]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("events/?thema=x", "Das Thema „x“"),
        ("events/?thema=%00", "Das Thema"),
        ("events/?format=x", "Das Format „x“"),
        ("events/?reihe=x", "Die Reihe „x“"),
        ("events/?zeitraum=x", "Den Zeitraum „x“"),
        ("events/?themen=ki", "Den Parameter „themen“ gibt es hier nicht, nur anzahl, format"),
        ("people/?jahr=2024", "Den Parameter „jahr“"),
        ("articles/?" + "x" * 5_000, "Den Parameter"),
        ("articles/?%00=%00", "Den Parameter"),
        ("events/?seite=0", "seite: mindestens 1."),
        ("events/?seite=9999999999999", "seite: höchstens"),
        ("events/?anzahl=101", "anzahl: höchstens 100."),
        ("events/?anzahl=viele", "anzahl: bitte eine ganze Zahl."),
        ("articles/?art=x", "Die Art „x“"),
        ("articles/?jahr=0000", "Das Jahr „0000“"),
        ("people/?bezirk=x", "Den Bezirk „x“"),
        ("events/?" + "&".join(f"thema={number}" for number in range(60)), "höchstens 50"),
        ("events/?thema=" + "x" * 5_000, "Das Thema"),
    ],
)
def test_unknown_values_are_named(client, query, word):
    problem = read(client, f"/api/v1/{query}", 400)
    assert set(problem) == {"type", "title", "status", "detail"}
    assert word in problem["detail"]
    assert len(problem["detail"]) < 220


@pytest.mark.parametrize("path", ["", "x/", "events/gibt-es-nicht/", "people/%00/", "events/?seite=2", "events"])
def test_what_there_is_not_is_a_problem(client, path):
    assert read(client, f"/api/v1/{path}", 404)["title"] == "Nicht gefunden"
    assert not MissingAddress.objects.exists()  # staff cannot help a program


def test_what_fails_is_a_problem_too():
    """A column that is gone: the database itself refuses the question."""
    client = Client(raise_request_exception=False)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE news_article RENAME COLUMN published_at TO gone")
    answer = client.get("/api/v1/articles/")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["title"] == "Störung"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "gone" not in answer.content.decode()


def test_a_request_no_view_sees_is_a_problem_too(client):
    answer = client.get("/api/v1/events/", headers={"host": "fremd.example"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_pages_lead_on_and_back_and_hold_everything_once(client):
    for _ in range(7):
        make_event(format="online", starts_at=tomorrow())
    path, seen, back = "/api/v1/events/?format=online&anzahl=3", [], []
    while path:
        page = read(client, path)
        assert page["count"] == 7
        seen += [one["id"] for one in page["results"]]
        back.append(page["previous"])
        assert page["next"] is None or page["next"].startswith(f"{SITE}/api/v1/events/?")
        path = page["next"] and page["next"].removeprefix(SITE)
    assert len(seen) == len(set(seen)) == 7
    assert back == [None] + [f"{SITE}/api/v1/events/?format=online&anzahl=3&seite={number}" for number in (1, 2)]


def test_programs_that_ask_again_are_answered_shortly(client):
    event = make_event()
    for path in ("/api/v1/events/", f"/api/v1/events/{event.slug}/", "/api/v1/openapi.json"):
        answer = client.get(path)
        assert answer["Cache-Control"] == "public, max-age=60"
        assert "Cookie" not in answer.get("Vary", "")
        again = client.get(path, headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")
        assert client.head(path)["ETag"] == answer["ETag"]
    event.title = "Anders"
    event.save()
    tag = client.get("/api/v1/events/")["ETag"]
    event.topics.add(Topic.objects.create(name="KI"))  # no change of the event itself
    assert client.get("/api/v1/events/", headers={"if-none-match": tag}).status_code == 200


def test_other_sites_read_and_nobody_writes(client):
    for path in ("/api/v1/events/", "/api/v1/events/x/", "/api/v1/openapi.json", "/api/v1/events/?format=x"):
        assert client.get(path, headers={"origin": "https://verein.example"})["Access-Control-Allow-Origin"] == "*"
        for method in (client.post, client.put, client.patch, client.delete, client.options, client.trace):
            answer = method(path)
            assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
            assert answer.json()["detail"].startswith("Hier kann man nur lesen")
    assert "Access-Control-Allow-Origin" not in client.get("/veranstaltungen/")


def test_the_description_is_valid_and_holds_what_is_answered(client):
    make_event(venue=Venue.objects.create(name="Haus"), picture=make_picture())
    make_article(topics=[Topic.objects.create(name="KI")])
    make_person(in_directory=True, districts=["Pankow"])
    described = read(client, "/api/v1/openapi.json")
    OpenAPIV31SpecValidator(described).validate()
    assert described["openapi"].startswith("3.1")
    assert described["servers"] == [{"url": SITE}]
    for kind in ("events", "articles", "people"):
        path = f"/api/v1/{kind}/"
        item = read(client, path)["results"][0]["slug"]
        for template, asked in ((path, path), (f"{path}{{slug}}/", f"{path}{item}/")):
            answers = described["paths"][template]["get"]["responses"]
            schema = answers["200"]["content"]["application/json"]["schema"]
            OAS31Validator({**schema, "components": described["components"]}).validate(read(client, asked))
            problem = answers["404"]["content"]["application/problem+json"]["schema"]
            OAS31Validator({**problem, "components": described["components"]}).validate(
                read(client, path + "nichts/", 404)
            )


def test_the_page_for_people_leads_to_it(client):
    page = client.get("/api/").content.decode()
    assert f'href="{SITE}/api/v1/openapi.json"' in page
    assert f"&lt;iframe src=&quot;{SITE}/veranstaltungen/einbetten/&quot;" in page


def test_it_costs_the_same_for_one_and_thirty(count_queries):
    topic, series = Topic.objects.create(name="Wirkung"), Series.objects.create(title="Forum")
    districts = list(District.objects.values_list("name", flat=True)[:2])

    def one_more():
        people = [make_person(in_directory=True, topics=[topic], districts=districts, portrait=make_picture())]
        venue = Venue.objects.create(name=f"Haus {Venue.objects.count()}")
        event = make_event(slug="", venue=venue, series=series, topics=[topic], picture=make_picture(), contacts=people)
        for _ in range(2):
            make_item(event, people)
        return make_article(topics=[topic], picture=make_picture(), contacts=people, event=event), event, people[0]

    paths = [f"/api/v1/{kind}/?thema=wirkung&anzahl=100" for kind in ("articles", "events", "people")]
    one_more()
    before = [count_queries(path) for path in paths]
    for _ in range(15):
        _, event, person = one_more()
    assert [count_queries(path) for path in paths] == before
    assert max(before) <= 6
    first = count_queries(f"/api/v1/events/{event.slug}/")
    for _ in range(5):
        make_item(event, [person])
    assert count_queries(f"/api/v1/events/{event.slug}/") == first
