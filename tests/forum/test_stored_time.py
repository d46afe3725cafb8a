"""Stored pages and time: what is scheduled appears, what expires is gone, to the second."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.calendar import KEPT
from events.models import Event
from forum.caching.content import shown_models
from forum.caching.moments import all_moments, next_moment
from forum.models import Page
from tests.factories import make_article, make_event, make_person
from tests.readers import Reader

SECOND = timedelta(seconds=1)
NOON = datetime(2026, 5, 4, 10, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=300)


@pytest.fixture
def reader():
    return Reader()


def appears(at):
    article = make_article(title="Frisch", published_at=at)
    return {"/aktuelles/": "Frisch", "/": "Frisch", "/aktuelles/feed/": "Frisch", article.get_absolute_url(): "Frisch"}


def expires(at):
    article = make_article(title="Vorbei", published_at=NOON - timedelta(days=9), expires_at=at)
    return {"/aktuelles/": "Vorbei", article.get_absolute_url(): "Vorbei"}


def begins(at):
    event = make_event(title="Tagung", starts_at=at, ends_at=at + timedelta(hours=3))
    return {event.get_absolute_url(): "Läuft gerade", "/veranstaltungen/": "Läuft gerade"}


def ends(at):
    event = make_event(title="Tagung", starts_at=at - timedelta(hours=3), ends_at=at)
    return {event.get_absolute_url(): "Läuft gerade", "/veranstaltungen/": "Tagung"}


def forgotten(at):
    make_event(title="Tagung", starts_at=at - KEPT - timedelta(hours=3), ends_at=at - KEPT)
    return {"/veranstaltungen/kalender.ics": "SUMMARY:Tagung"}


@pytest.mark.parametrize("happens", [appears, expires, begins, ends, forgotten])
def test_time_changes_pages_to_the_second(reader, happens):
    at = NOON + timedelta(hours=2, seconds=7)
    with time_machine.travel(NOON, tick=False) as clock:
        marks = happens(at)
        before = {path: (answer := reader(path)).status == 200 and mark in answer.text for path, mark in marks.items()}
        clock.move_to(at - SECOND / 1000)
        for path, mark in marks.items():
            answer = reader(path)
            assert (answer.status == 200 and mark in answer.text) == before[path]
            assert answer.was_stored or answer.status == 404
        clock.move_to(at)
        for path, mark in marks.items():
            answer = reader(path)
            assert (answer.status == 200 and mark in answer.text) != before[path], path
            assert not answer.was_stored


@pytest.mark.parametrize("day", ["2026-05-04", "2026-03-28", "2026-10-24", "2026-10-25"])
def test_at_midnight_in_berlin_today_is_another_day(reader, day):
    deputy = make_person(given_name="Ada", family_name="Lovelace", published_at=LONG_AGO)
    tomorrow = datetime.fromisoformat(day).date() + timedelta(days=1)
    person = make_person(
        in_directory=True, absent_from=tomorrow, deputy=deputy, email="a@example.org", published_at=LONG_AGO
    )
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=timezone.get_default_timezone())
    with time_machine.travel(midnight.astimezone(UTC) - SECOND, tick=False) as clock:
        assert next_moment(timezone.now()) == midnight
        assert "Lovelace" not in reader(person.get_absolute_url()).text
        assert reader(person.get_absolute_url()).was_stored
        clock.shift(SECOND)
        assert "Lovelace" in reader(person.get_absolute_url()).text


def test_a_clock_that_is_put_back_makes_pages_anew(reader):
    with time_machine.travel(NOON, tick=False) as clock:
        reader("/")
        clock.shift(-SECOND)
        assert not reader("/").was_stored


def test_the_next_moment_is_asked_once_for_a_version(reader):
    make_article(), make_article()
    asked = []
    for path in ("/", "/aktuelles/", "/veranstaltungen/"):
        with CaptureQueriesContext(connection) as queries:
            reader(path)
        asked += [one["sql"] for one in queries if "forum_next_moment" in one["sql"]]
    assert len(asked) == 1


# Moments that no page turns on: what is only shown, and what only staff ask about.
DECIDE_NOTHING = {
    "created_at", "changed_at", "text_changed_at", "easy_changed_at", "checked_at", "previous_starts_at", "starts_at",
    "ends_at",
}  # fmt: skip


def test_every_moment_in_the_database_is_known_or_decides_nothing():
    known = {(moment.model, moment.column) for moment in all_moments()}
    for model in shown_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.DateTimeField):
                assert (model, field.name) in known or field.name in DECIDE_NOTHING, f"{model.__name__}.{field.name}"
    assert (Event, "starts_at") in known
    assert (Page, "expires_at") in known
