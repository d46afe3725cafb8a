"""When an event takes place: boundaries, both clock changes, whole days, words."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.template import engines

from events.models import Event
from forum.dates import midnight, midnight_after, moment
from tests.factories import make_event

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)


def berlin(*parts, fold=0):
    return datetime(*parts, tzinfo=BERLIN, fold=fold)


def words(event):
    html = engines["django"].from_string("{% when event %}").render({"event": event})
    return re.sub(r"<[^>]+>", "", html)


EVENTS = {
    "an ordinary day": (
        {"starts_at": berlin(2027, 6, 14, 10), "ends_at": berlin(2027, 6, 14, 16)},
        berlin(2027, 6, 14, 16),
    ),
    "no end known": ({"starts_at": berlin(2027, 6, 14, 10), "ends_at": None}, berlin(2027, 6, 15)),
    "a whole day": (
        {"starts_at": berlin(2027, 6, 14), "ends_at": berlin(2027, 6, 15), "all_day": True},
        berlin(2027, 6, 15),
    ),
    "the night the clock goes forward": (
        {"starts_at": berlin(2027, 3, 27, 20), "ends_at": berlin(2027, 3, 28, 3)},
        datetime(2027, 3, 28, 1, tzinfo=UTC),
    ),
    "no end known on the short day": (
        {"starts_at": berlin(2027, 3, 28, 10), "ends_at": None},
        datetime(2027, 3, 28, 22, tzinfo=UTC),
    ),
    "the night the clock goes back": (
        {"starts_at": berlin(2027, 10, 30, 20), "ends_at": berlin(2027, 10, 31, 2, 30, fold=1)},
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    ),
    "a whole long day": (
        {"starts_at": berlin(2027, 10, 31), "ends_at": berlin(2027, 11, 1), "all_day": True},
        datetime(2027, 10, 31, 23, tzinfo=UTC),
    ),
    "late in the evening, no end known": (
        {"starts_at": berlin(2027, 6, 14, 23, 30), "ends_at": None},
        berlin(2027, 6, 15),
    ),
}


@pytest.mark.parametrize("name", EVENTS)
def test_upcoming_until_it_has_ended_and_past_is_exactly_the_rest(name):
    facts, end = EVENTS[name]
    event = make_event(**facts)
    event.refresh_from_db()
    assert event.over_at == event.over_by == end
    for at, upcoming in [
        (event.starts_at - MINUTE, True),
        (event.starts_at, True),
        (end - MINUTE, True),
        (end - TICK, True),
        (end, False),
        (end + MINUTE, False),
    ]:
        with time_machine.travel(at, tick=False):
            assert Event.objects.upcoming().exists() is upcoming, at
            assert Event.objects.past().exists() is not upcoming, at
            assert event.has_ended is not upcoming, at
            assert event.is_running is (upcoming and at >= event.starts_at), at


def test_upcoming_shows_the_next_first_and_past_the_latest():
    days = [berlin(2027, 6, day, 10) for day in (20, 10, 15)]
    for day in days:
        make_event(title=f"am {day.day}.", starts_at=day)
    assert [event.starts_at.day for event in Event.objects.upcoming(berlin(2027, 6, 1))] == [10, 15, 20]
    assert [event.starts_at.day for event in Event.objects.past(berlin(2027, 7, 1))] == [20, 15, 10]


@pytest.mark.parametrize(
    ("start", "end", "all_day", "said"),
    [
        (berlin(2023, 6, 14), berlin(2023, 6, 15), True, "Mittwoch, 14. Juni 2023"),
        (berlin(2023, 6, 14, 10), berlin(2023, 6, 14, 16), False, "Mittwoch, 14. Juni 2023, 10 bis 16 Uhr"),
        (berlin(2023, 6, 14, 9, 30), berlin(2023, 6, 14, 16, 5), False, "Mittwoch, 14. Juni 2023, 9:30 bis 16:05 Uhr"),
        (berlin(2023, 6, 14, 10), None, False, "Mittwoch, 14. Juni 2023, 10 Uhr"),
        (berlin(2023, 6, 14), berlin(2023, 6, 17), True, "14. bis 16. Juni 2023"),
        (berlin(2023, 6, 30), berlin(2023, 7, 3), True, "30. Juni bis 2. Juli 2023"),
        (berlin(2023, 12, 30), berlin(2024, 1, 3), True, "30. Dezember 2023 bis 2. Januar 2024"),
        (
            berlin(2023, 6, 14, 10),
            berlin(2023, 6, 15, 16),
            False,
            "Mittwoch, 14. Juni 2023, 10 Uhr, bis Donnerstag, 15. Juni 2023, 16 Uhr",
        ),
        (berlin(2023, 6, 14, 18), berlin(2023, 6, 15), False, "Mittwoch, 14. Juni 2023, 18 bis 0 Uhr"),
    ],
)
def test_dates_in_words(start, end, all_day, said):
    assert words(Event(starts_at=start, ends_at=end, all_day=all_day)) == said


def test_dates_for_machines():
    html = engines["django"].from_string("{% when event %}").render({"event": Event(starts_at=berlin(2023, 6, 14, 10))})
    assert re.findall(r'datetime="([^"]+)"', html) == ["2023-06-14", "2023-06-14T10:00:00+02:00"]


def test_the_hour_that_does_not_exist_is_refused():
    with pytest.raises(ValidationError) as error:
        moment(date(2027, 3, 28), time(2, 30))
    assert "02:30 Uhr gibt es an diesem Tag nicht" in error.value.messages[0]
    assert moment(date(2027, 3, 28), time(3)).astimezone(UTC) == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_the_hour_that_comes_twice_is_the_first():
    assert moment(date(2027, 10, 31), time(2, 30)).astimezone(UTC) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_length_of_the_days_with_a_clock_change():
    lengths = [
        midnight_after(day).astimezone(UTC) - midnight(day).astimezone(UTC)
        for day in (date(2027, 3, 28), date(2027, 6, 14), date(2027, 10, 31))
    ]
    assert [length / timedelta(hours=1) for length in lengths] == [23, 24, 25]


def test_ends_after_it_starts():
    start = berlin(2027, 6, 14, 10)
    for end in (start, start - MINUTE):
        with pytest.raises(ValidationError) as error:
            Event(title="Rückwärts", starts_at=start, ends_at=end).full_clean()
        assert error.value.message_dict["ends_at"] == ["Die Veranstaltung endet vor ihrem Beginn."]
        with pytest.raises(IntegrityError), transaction.atomic():
            make_event(starts_at=start, ends_at=end)
    with pytest.raises(ValidationError) as error:
        Event(title="Nur Ende", ends_at=start).full_clean()
    assert "starts_at" in error.value.message_dict


def test_nothing_is_public_without_a_date():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_event(starts_at=None)
    assert make_event(starts_at=None, published_at=None).pk


def test_a_postponed_event_remembers_its_first_date(client):
    event = make_event(starts_at=berlin(2027, 6, 14, 10))
    event.status = Event.Status.POSTPONED
    event.save()
    assert event.previous_starts_at is None
    with time_machine.travel(berlin(2027, 6, 1)):
        assert "Der Termin am 14. Juni 2027 entfällt" in client.get(event.get_absolute_url()).content.decode()
        event.starts_at, event.ends_at = berlin(2027, 9, 1, 10), berlin(2027, 9, 1, 12)
        event.save()
        page = client.get(event.get_absolute_url()).content.decode()
        assert "Ursprünglich geplant für den 14. Juni 2027." in page
        assert "1. September 2027" in page
    event.starts_at = berlin(2027, 9, 2, 10)
    event.ends_at = None
    event.save()
    assert event.previous_starts_at == berlin(2027, 6, 14, 10)


def test_a_planned_event_may_simply_be_moved():
    event = make_event(starts_at=berlin(2027, 6, 14, 10))
    event.starts_at, event.ends_at = berlin(2027, 6, 15, 10), None
    event.save()
    assert event.previous_starts_at is None


@pytest.mark.parametrize("wrong", [{"status": "quatsch"}, {"format": "quatsch"}, {"all_day": True}])
def test_what_must_never_be_is_refused_by_the_database(wrong):
    event = make_event(starts_at=berlin(2027, 6, 14, 10), ends_at=berlin(2027, 6, 14, 12))
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(**wrong)


def test_whole_days_are_whole_on_the_night_the_clock_changes():
    event = make_event(starts_at=berlin(2027, 3, 28), ends_at=berlin(2027, 3, 29), all_day=True)
    assert Event.objects.get(pk=event.pk).all_day


def test_where_nobody_goes_no_link_leads(client):
    facts = {
        "format": "online",
        "online_url": "https://konferenz.example.org/raum",
        "starts_at": berlin(2027, 6, 14, 10),
    }
    with time_machine.travel(berlin(2027, 6, 1)):
        for status, shown in (("planned", True), ("cancelled", False)):
            page = client.get(make_event(status=status, **facts).get_absolute_url()).content.decode()
            assert ("konferenz.example.org" in page) is shown
