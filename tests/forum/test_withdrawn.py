"""What was withdrawn or has expired is not shown again while the database is away; what is merely old is."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Event, ProgrammeItem, Series
from forum.caching.reach import reach
from forum.models import Page
from news.models import Article
from tests.factories import make_article, make_event, make_item, make_person
from tests.readers import Reader, committed, looked

NOON = datetime(2026, 5, 4, 10, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=300)
DAY = timedelta(days=1)


@pytest.fixture
def reader():
    return Reader()


@pytest.fixture
def away(monkeypatch):
    """Call it: from now on the process knows that the database is away."""
    return lambda: monkeypatch.setattr(reach, "away", True)


def pages_of_one_thing() -> list[str]:
    event = make_event(
        venue=None, easy_text="<p>Leicht.</p>", series=Series.objects.create(title="Reihe", slug="reihe-eins")
    )
    item = make_item(event, text="<p>Mehr.</p>")
    person = make_person(email="ada@example.org", in_directory=True)
    article = make_article(easy_text="<p>Leicht.</p>")
    Page.objects.update(easy_text="<p>Leicht.</p>")
    page = Page.objects.get(slug="leichte-sprache")
    things = [article, event, item, person, page, event.series]
    return [
        *(thing.get_absolute_url() for thing in things),
        *(thing.get_easy_url() for thing in (article, event, page)),
        reverse("events:event_calendar", args=[event.slug]), reverse("contacts:person_vcard", args=[person.slug]),
        *(f"/api/v1/{kind}/{one.slug}/" for kind, one in (("articles", article), ("events", event), ("people", person))),
    ]  # fmt: skip


def test_whatever_shows_one_thing_says_so(reader, away):
    """And whoever has no page any more once all is withdrawn, has none during an outage."""
    pages = pages_of_one_thing()
    assert [reader(path).status for path in pages] == [200] * len(pages)
    committed()
    for model in (Article, Event, Page, type(make_person())):
        model.objects.update(published_at=None)
    looked(reader)
    assert not reader.cache.pages.entries
    away()
    assert [reader(path).status for path in pages] == [503] * len(pages)


def test_what_stays_public_is_shown_and_what_changed_last_is_not_until_somebody_has_looked(reader, away, monkeypatch):
    kept, gone = make_article(published_at=LONG_AGO), make_article(published_at=LONG_AGO)
    for path in ("/aktuelles/", kept.get_absolute_url(), gone.get_absolute_url()):
        reader(path)
    committed()
    Article.objects.filter(pk=gone.pk).update(published_at=None)
    reader("/impressum/")  # a request of somebody else: the process hears of the change
    away()
    shown = [reader(one.get_absolute_url()).status for one in (kept, gone)]
    assert (shown, reader("/aktuelles/").status) == ([503, 503], 200)
    monkeypatch.undo()
    looked(reader)
    away()
    assert [reader(one.get_absolute_url()).status for one in (kept, gone)] == [200, 503]
    assert "Diese Seite ist vom" in reader(kept.get_absolute_url()).text


def test_the_easy_version_goes_alone(reader, away):
    article = make_article(easy_text="<p>Leicht.</p>")
    paths = [article.get_absolute_url(), article.get_easy_url()]
    for path in paths:
        reader(path)
    committed()
    Article.objects.update(easy_text="")
    looked(reader)
    away()
    assert [reader(path).status for path in paths] == [200, 503]


def expiring(when):
    return make_event(expires_at=when, published_at=LONG_AGO), make_article(expires_at=when, published_at=LONG_AGO)


def test_what_has_expired_is_not_shown_and_what_is_of_yesterday_is(reader, away):
    with time_machine.travel(NOON, tick=False) as clock:
        event, article = expiring(NOON + 2 * DAY)
        things = [article, event, make_item(event, text="<p>Mehr.</p>")]
        for thing in things:
            assert reader(thing.get_absolute_url()).status == 200
        away()
        clock.move_to(NOON + DAY)  # midnight is past, and the pages with it
        assert [reader(thing.get_absolute_url()).status for thing in things] == [200] * 3
        clock.move_to(NOON + 2 * DAY)
        assert [reader(thing.get_absolute_url()).status for thing in things] == [503] * 3


def test_an_end_that_was_set_later_counts(reader, away):
    with time_machine.travel(NOON, tick=False) as clock:
        things = [*expiring(None)]
        things.append(make_item(things[0], text="<p>Mehr.</p>"))
        for thing in things:
            reader(thing.get_absolute_url())
        committed()
        for model in (Article, Event):
            model.objects.update(expires_at=NOON + DAY)
        looked(reader)
        away()
        assert [reader(thing.get_absolute_url()).status for thing in things] == [200] * 3
        clock.move_to(NOON + DAY)
        assert [reader(thing.get_absolute_url()).status for thing in things] == [503] * 3


def test_looking_costs_the_same_for_one_and_thirty(reader):
    def cost():
        for model in (Article, ProgrammeItem):
            for thing in model.objects.all():
                reader(thing.get_absolute_url())
        committed()
        Article.objects.update(lead="Neu")
        with CaptureQueriesContext(connection) as queries:
            looked(reader)
        return len(queries)

    make_article(), make_item(make_event(), text="<p>Mehr.</p>")
    before = cost()
    for _ in range(20):
        make_article(), make_item(make_event(), text="<p>Mehr.</p>")
    assert cost() == before == 3
