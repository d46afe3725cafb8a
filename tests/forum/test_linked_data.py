"""JSON-LD: what machines read, escaped, and without what the public may not see."""

import json
import re
from datetime import UTC, datetime

import pytest
import time_machine

from events.models import Event, Series, Venue
from tests.factories import make_article, make_event, make_item, make_person, make_picture, tomorrow


def read(client, path):
    page = client.get(path).content.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert "<" not in block
    return json.loads(block)


def test_an_article(client, settings):
    settings.SITE_URL = "https://portal.example"
    article = make_article(title="</script><b>KI & wir", picture=make_picture(), event=make_event(title="Forum"))
    data = read(client, article.get_absolute_url())
    assert (data["@context"], data["@type"], data["headline"]) == ("https://schema.org", "NewsArticle", article.title)
    assert data["url"] == f"https://portal.example{article.get_absolute_url()}"
    assert data["datePublished"] == article.published_at.isoformat()
    assert data["image"].startswith("https://portal.example/medien/")
    assert data["about"]["name"] == "Forum"
    assert [step["name"] for step in data["mainEntityOfPage"]["breadcrumb"]["itemListElement"]] == [
        "Startseite",
        "Aktuelles",
        article.title,
    ]


def test_nothing_hidden_is_in_it(client):
    secret = make_person(family_name="Geheim", published_at=tomorrow())
    event = make_event(picture=make_picture(credit=""))
    make_item(event, people=[secret, make_person(family_name="Bekannt")])
    article = make_article(event=make_event(title="Geheim", published_at=None))
    text = json.dumps([read(client, thing.get_absolute_url()) for thing in (event, article)])
    assert "Geheim" not in text
    assert "image" not in read(client, event.get_absolute_url())
    assert "Bekannt" in text


@pytest.mark.parametrize(
    ("facts", "status", "mode", "kinds"),
    [
        ({}, "EventScheduled", "OfflineEventAttendanceMode", ["Place"]),
        ({"status": "cancelled", "format": "online"}, "EventCancelled", "OnlineEventAttendanceMode", ["VirtualLocation"]),
        ({"status": "postponed"}, "EventPostponed", "OfflineEventAttendanceMode", ["Place"]),
        (
            {"status": "postponed", "previous_starts_at": datetime(2027, 1, 1, tzinfo=UTC), "format": "hybrid"},
            "EventRescheduled", "MixedEventAttendanceMode", ["Place", "VirtualLocation"],
        ),
    ],
)  # fmt: skip
def test_an_event_in_every_state(client, facts, status, mode, kinds):
    venue = Venue.objects.create(name="Haus", street="Weg 1", postcode="10115")
    with time_machine.travel(datetime(2027, 1, 2, tzinfo=UTC)):
        event = make_event(venue=venue, starts_at=datetime(2027, 7, 1, 8, tzinfo=UTC), **facts)
        make_item(event, title="Werkstatt", people=[make_person(family_name="Muster")])
        make_item(event, kind="break")
        data = read(client, event.get_absolute_url())
    assert data["eventStatus"] == f"https://schema.org/{status}"
    assert data["eventAttendanceMode"] == f"https://schema.org/{mode}"
    assert [place["@type"] for place in data["location"]] == kinds
    assert data["startDate"] == "2027-07-01T10:00:00+02:00"
    assert ("previousStartDate" in data) == (status == "EventRescheduled")
    assert [sub["name"] for sub in data["subEvent"]] == ["Werkstatt"]
    assert [person["name"] for person in data["performer"]] == ["Erika Muster"]


def test_whole_days_and_a_person(client):
    event = Event.objects.get(
        pk=make_event(
            all_day=True, starts_at=datetime(2027, 6, 30, 22, tzinfo=UTC), ends_at=datetime(2027, 7, 2, 22, tzinfo=UTC)
        ).pk
    )
    data = read(client, event.get_absolute_url())
    assert (data["startDate"], data["endDate"]) == ("2027-07-01", "2027-07-02")
    person = make_person(title="Dr.", phone="030 1234567", in_directory=True, position="Leitung")
    data = read(client, person.get_absolute_url())["mainEntity"]
    assert (data["@type"], data["honorificPrefix"], data["telephone"]) == ("Person", "Dr.", "+49301234567")


def test_every_page_names_its_own_address(client):
    article = make_article()
    for path, own in (
        (f"{article.get_absolute_url()}?utm=1", article.get_absolute_url()),
        ("/aktuelles/?utm=1&art=meldungen", "/aktuelles/?art=meldungen"),
    ):
        assert f'<link rel="canonical" href="http://testserver{own}">' in client.get(path).content.decode()


def test_the_second_page_of_a_list_is_a_page_of_its_own(client):
    for _ in range(21):
        make_article()
    page = client.get("/aktuelles/?seite=2&art=meldungen").content.decode()
    assert '<link rel="canonical" href="http://testserver/aktuelles/?art=meldungen&amp;seite=2">' in page


def test_nothing_is_said_about_a_format_nobody_chose(client):
    event = make_event(venue=None, online_url="")
    assert "eventAttendanceMode" not in read(client, event.get_absolute_url())
    for page in (event.get_absolute_url(), "/veranstaltungen/", "/"):
        shown = client.get(page).content.decode()
        assert "<span>vor Ort</span>" not in shown
        assert "<dt>Format</dt>" not in shown
    event.venue = Venue.objects.create(name="Haus", street="Weg 1", postcode="10115", city="Berlin")
    event.save()
    assert read(client, event.get_absolute_url())["eventAttendanceMode"].endswith("/OfflineEventAttendanceMode")
    assert "<dt>Format</dt><dd>vor Ort</dd>" in client.get(event.get_absolute_url()).content.decode()
    event.venue, event.format = None, Event.Format.ONLINE
    event.save()
    assert read(client, event.get_absolute_url())["eventAttendanceMode"].endswith("/OnlineEventAttendanceMode")


def test_pages_that_bring_things_together_say_where_they_lie(client):
    series = Series.objects.create(title="Forum am Abend")
    event = make_event(title="Tagung", topics=["Wirkung"], series=series)
    item = make_item(event, title="Vortrag", people=[make_person(family_name="Geheim", published_at=None)])
    for path, kind, steps in (
        ("/themen/wirkung/", "CollectionPage", ["Themen", "Wirkung"]),
        ("/kontakt/pankow/", "ContactPage", ["Kontakt", "Pankow"]),
        (item.get_absolute_url(), "Event", ["Veranstaltungen", "Tagung", "Vortrag"]),
        (series.get_absolute_url(), "EventSeries", ["Veranstaltungen", "Forum am Abend"]),
    ):
        data = read(client, path)
        crumbs = data.get("breadcrumb") or data["mainEntityOfPage"]["breadcrumb"]
        assert data["@type"] == kind
        assert [one["name"] for one in crumbs["itemListElement"]] == ["Startseite", *steps]
        assert "Geheim" not in json.dumps(data)
    assert data["subEvent"][0]["name"] == "Tagung"
    assert read(client, item.get_absolute_url())["superEvent"]["name"] == "Tagung"
