"""Calendars: what other programs read, that changes change the entry, and that nothing hidden gets out."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import time_machine

from events.models import Event, Series, Venue
from forum.dates import midnight
from forum.models import Topic
from tests.factories import make_event, tomorrow

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def read(client, path="/veranstaltungen/kalender.ics"):
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8"), path
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    return icalendar.Calendar.from_ical(answer.content)


def entries(client, path="/veranstaltungen/kalender.ics"):
    return {str(one["summary"]): one for one in read(client, path).walk("VEVENT")}


def test_an_event_with_everything(client, settings):
    settings.SITE_URL = "https://portal.example"
    venue = Venue.objects.create(name="Haus; Garten", street="Weg 1, Hof", postcode="10115", lift=True)
    event = make_event(
        title="Öffnung, für alle", lead="Ein Tag\nmit Gästen.", venue=venue, format=Event.Format.HYBRID,
        online_url="https://example.org/raum", audience="Fachkräfte", cost="kostenfrei",
        starts_at=datetime(2027, 3, 27, 9, tzinfo=UTC), ends_at=datetime(2027, 3, 28, 14, tzinfo=UTC),
        topics=[Topic.objects.create(name="Wirkung"), Topic.objects.create(name="KI")],
    )  # fmt: skip
    one = entries(client, f"{event.get_absolute_url()}termin.ics")["Öffnung, für alle"]
    assert one["uid"] == f"veranstaltung-{event.pk}@portal.example"
    assert one["dtstart"].params["TZID"] == "Europe/Berlin"
    # the clock is changed in between: both are local times of their own day
    assert [one[name].dt.isoformat() for name in ("dtstart", "dtend")] == [
        "2027-03-27T10:00:00+01:00",
        "2027-03-28T16:00:00+02:00",
    ]
    assert one["location"] == "Haus; Garten, Weg 1, Hof, 10115 Berlin"
    assert {str(word) for word in one["categories"].cats} == {"Wirkung", "KI"}
    assert one["status"] == "CONFIRMED"
    for words in (
        "Ein Tag",
        "Für wen: Fachkräfte",
        "Barrierefreiheit: Aufzug.",
        "Online-Teilnahme: https://example.org/raum",
        event.get_absolute_url(),
    ):
        assert words in one["description"]


def test_the_zone_comes_along_and_is_right_on_both_nights(client):
    for month, day, offset in ((3, 28, 2), (10, 31, 1)):
        make_event(title=f"{month}", starts_at=datetime(2027, month, day, 12, tzinfo=UTC))
        zone = read(client).walk("VTIMEZONE")[0]
        assert zone["tzid"] == "Europe/Berlin"
        local = datetime(2027, month, day, 13, tzinfo=zone.to_tz())
        assert local.utcoffset() == timedelta(hours=offset)


def test_whole_days_are_days(client):
    make_event(title="Woche", starts_at=midnight(date(2027, 5, 3)), ends_at=midnight(date(2027, 5, 8)), all_day=True)
    one = entries(client)["Woche"]
    assert (one["dtstart"].dt, one["dtend"].dt) == (date(2027, 5, 3), date(2027, 5, 8))


def test_changes_reach_the_entry_instead_of_doubling_it(client):
    event = make_event(title="Treffen", starts_at=datetime(2027, 4, 1, 9, tzinfo=UTC))
    (before,) = entries(client).values()
    with time_machine.travel(NOW + timedelta(minutes=1)):
        event.starts_at += timedelta(days=7)
        event.ends_at += timedelta(days=7)
        event.status = Event.Status.POSTPONED
        event.save()
        (moved,) = entries(client).values()
    with time_machine.travel(NOW + timedelta(minutes=2)):
        event.status, event.status_reason = Event.Status.CANCELLED, "Der Saal ist weg."
        event.save()
        (off,) = entries(client).values()
    assert before["uid"] == moved["uid"] == off["uid"]
    assert before["sequence"] < moved["sequence"] < off["sequence"]
    assert [str(one["summary"]) for one in (moved, off)] == ["[NEUER TERMIN] Treffen", "[ABGESAGT] Treffen"]
    assert [str(one["status"]) for one in (moved, off)] == ["CONFIRMED", "CANCELLED"]
    assert moved["dtstart"].dt - before["dtstart"].dt == timedelta(days=7)
    assert "Diese Veranstaltung ist abgesagt. Der Saal ist weg." in off["description"]


@pytest.mark.parametrize(
    ("fact", "value", "told"),
    [("name", "Neues Haus", "LOCATION:Neues Haus"), ("street", "Neuer Weg 2", "Neuer Weg 2"), ("lift", True, "Aufzug")],
)
def test_a_venue_that_changes_changes_the_entry(client, fact, value, told):
    venue = Venue.objects.create(name="Altes Haus")
    event, draft = make_event(venue=venue), make_event(venue=venue, published_at=None)
    (before,) = entries(client).values()
    with time_machine.travel(NOW + timedelta(minutes=1)):
        setattr(venue, fact, value)
        venue.save()
        (after,) = entries(client).values()
    assert told in after.to_ical().decode()
    assert before["uid"] == after["uid"]
    assert before["sequence"] < after["sequence"]
    assert before["last-modified"].dt < after["last-modified"].dt
    with time_machine.travel(NOW + timedelta(minutes=2)):
        venue.route = "Zwei Minuten vom Bahnhof."  # stands on the page alone
        venue.save()
        (same,) = entries(client).values()
    assert same["sequence"] == after["sequence"]
    assert Event.objects.get(pk=draft.pk).changed_at == draft.changed_at < Event.objects.get(pk=event.pk).changed_at


def test_without_a_new_date_nobody_should_come(client):
    event = make_event(
        title="Treffen",
        starts_at=datetime(2027, 4, 1, 9, tzinfo=UTC),
        online_url="https://example.org/raum",
        format="online",
    )
    event.status = Event.Status.POSTPONED
    event.save()
    one = entries(client)["[VERSCHOBEN] Treffen"]
    assert one["status"] == "CANCELLED"
    assert "example.org/raum" not in one.to_ical().decode()


def test_what_is_not_public_is_not_in_it(client):
    for facts in (
        {"published_at": None},
        {"published_at": tomorrow()},
        {"expires_at": NOW - timedelta(hours=1), "published_at": NOW - timedelta(days=2)},
    ):
        hidden = make_event(title="Geheim", starts_at=datetime(2027, 4, 1, 9, tzinfo=UTC), **facts)
        assert client.get(f"{hidden.get_absolute_url()}termin.ics").status_code == 404
    assert entries(client) == {}


def test_it_holds_what_comes_and_what_was_lately(client):
    for title, days in (("lange her", -100), ("neulich", -80), ("bald", 5)):
        make_event(title=title, starts_at=NOW + timedelta(days=days))
    assert set(entries(client)) == {"neulich", "bald"}


def test_narrowed_by_topic_format_and_series(client):
    topic, series = Topic.objects.create(name="Wirkung"), Series.objects.create(title="Forum")
    make_event(title="A", topics=[topic], format="online")
    make_event(title="B", series=series)
    make_event(title="C", topics=[topic])
    calendar = "/veranstaltungen/kalender.ics"
    assert set(entries(client, f"{calendar}?thema=wirkung")) == {"A", "C"}
    assert set(entries(client, f"{calendar}?thema=wirkung&format=online")) == {"A"}
    assert set(entries(client, f"{calendar}?reihe={series.slug}")) == {"B"}
    assert (
        read(client, f"{calendar}?thema=wirkung&format=online")["x-wr-calname"] == "Innovationsforum: Wirkung, online"
    )
    for wrong in ("thema=x", "thema=%00", "format=x", "reihe=x", "reihe=%00", "reihe=²"):
        assert client.get(f"{calendar}?{wrong}").status_code == 404


def test_the_list_offers_exactly_what_it_shows(client):
    make_event(title="A", topics=[Topic.objects.create(name="Wirkung")], format="online")
    make_event(title="B")
    page = client.get("/veranstaltungen/?thema=wirkung&utm_source=x").content.decode()
    assert 'href="webcal://testserver/veranstaltungen/kalender.ics?thema=wirkung"' in page
    assert set(entries(client, "/veranstaltungen/kalender.ics?thema=wirkung")) == {"A"}


def test_a_series_offers_its_calendar(client):
    series = Series.objects.create(title="Forum am Abend")
    make_event(title="Abend", series=series)
    make_event(title="Anderes")
    page = client.get(series.get_absolute_url()).content.decode()
    assert 'href="webcal://testserver/veranstaltungen/kalender.ics?reihe=forum-am-abend"' in page
    assert 'href="/veranstaltungen/kalender.ics?reihe=forum-am-abend"' in page
    calendar = client.get("/veranstaltungen/kalender.ics?reihe=forum-am-abend").content.decode()
    assert ("SUMMARY:Abend" in calendar, "SUMMARY:Anderes" in calendar) == (True, False)


def test_programs_that_ask_again_are_answered_shortly(client):
    event = make_event(starts_at=datetime(2027, 4, 1, 9, tzinfo=UTC))
    for path in ("/veranstaltungen/kalender.ics", f"{event.get_absolute_url()}termin.ics"):
        tag = client.get(path)["ETag"]
        assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    with time_machine.travel(NOW + timedelta(minutes=1)):
        event.save()
        assert client.get(path, headers={"if-none-match": tag}).status_code == 200


def test_it_costs_the_same_for_one_and_thirty(count_queries):
    def one_more():
        venue = Venue.objects.create(name=f"Haus {Venue.objects.count()}")
        make_event(venue=venue, topics=[Topic.objects.get_or_create(name="Wirkung")[0]])

    one_more()
    before = count_queries("/veranstaltungen/kalender.ics")
    for _ in range(29):
        one_more()
    assert count_queries("/veranstaltungen/kalender.ics") == before
