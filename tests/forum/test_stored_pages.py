"""Stored pages are exact: a change is seen by the next reader, time is kept to the second, secrets are never stored."""

import gzip
from datetime import UTC, datetime, timedelta

import brotli
import pytest
import time_machine
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.calendar import KEPT
from events.models import Event
from forum.caching.content import VERSION, shown_models
from forum.caching.entries import Entry, Key, Memory, best_coding
from forum.caching.moments import all_moments, next_moment
from forum.caching.reach import reach
from forum.models import Page, Topic
from tests.factories import make_article, make_event, make_item, make_person
from tests.readers import Reader, committed

SECOND = timedelta(seconds=1)
NOON = datetime(2026, 5, 4, 10, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=300)


@pytest.fixture
def reader():
    return Reader()


@pytest.fixture
def article():
    return make_article(title="Erster Titel", text="<p>Ein Text.</p>" * 50, published_at=LONG_AGO)


def version():
    with connection.cursor() as cursor:
        cursor.execute(VERSION)
        return cursor.fetchone()[0]


# What is stored


def test_the_second_reader_costs_no_query_and_gets_the_same_page(reader, article, client):
    first = reader(article.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        second = reader(article.get_absolute_url())
    assert (len(queries), second.was_stored, first.was_stored) == (0, True, False)
    assert first.content == second.content == client.get(article.get_absolute_url()).content
    names = {"Cache-Status"}
    assert {k: v for k, v in first.headers.items() if k not in names} == {
        k: v for k, v in second.headers.items() if k not in names
    }
    assert "Content-Security-Policy" in second
    assert second["X-Content-Type-Options"] == "nosniff"


def every_kind_of_page():
    event = make_event(venue=None)
    item = make_item(event, text="<p>Mehr.</p>")
    person = make_person(email="ada@example.org", in_directory=True)
    article = make_article(easy_text="<p>Leicht.</p>")
    return [
        "/", "/aktuelles/", article.get_absolute_url(), article.get_easy_url(), "/veranstaltungen/",
        event.get_absolute_url(), item.get_absolute_url(), "/kontakt/", "/kontakt/pankow/", person.get_absolute_url(),
        "/themen/", "/folgen/", "/api/", "/impressum/", "/aktuelles/feed/", "/veranstaltungen/kalender.ics",
        f"/veranstaltungen/{event.slug}/termin.ics", f"{person.get_absolute_url()}kontakt.vcf", "/api/v1/events/",
        "/veranstaltungen/einbetten/", "/robots.txt",
    ]  # fmt: skip


def test_every_kind_of_page_is_stored_and_reading_changes_no_version(reader):
    pages, before = every_kind_of_page(), version()
    for path in pages:
        assert reader(path).status == 200, path
        assert reader(path).was_stored, path
    for path in ("/suche/?q=xyzzy", "/kontakt/?ort=xyzzy", "/gibt-es-nicht/"):
        reader(path)
    assert version() == before


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/suche/?q=Teilhabe", {}),
        ("/suche/vorschlaege/?q=Te", {}),
        ("/kontakt/?ort=10119", {}),
        ("/gibt-es-nicht/", {}),
        ("/aktuelles/?seite=99", {}),
        ("/aktuelles", {}),
        ("/redaktion/login/", {}),
        ("/eintrag-pruefen/danke/", {}),
        ("/gegenlesen/irgendwas/", {}),
        ("/healthz", {}),
        ("/sitemap.xml", {}),
        ("/", {"cookie": "a=b; sessionid=abc"}),
        ("/", {"authorization": "Basic YTpi"}),
        ("/", {"host": "boese.example.org"}),
        ("/", {"host": "testserver:4711"}),
        ("/aktuelles/?thema=" + "x" * 500, {}),
    ],
)
def test_what_is_never_stored(reader, path, headers):
    for _ in range(2):
        assert not reader(path, **headers).was_stored
    assert not reader.cache.pages.entries
    assert not reader.cache.queried.entries


def test_a_wrong_host_gets_nothing_of_what_is_stored(reader):
    assert reader("/").status == reader("/").status == 200
    assert reader("/", host="boese.example.org").status == 400
    assert not reader("/", scheme="https").was_stored  # its addresses begin with https


def test_behind_a_proxy_each_scheme_has_its_pages(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    reader = Reader()
    assert [reader("/", x_forwarded_proto="https").was_stored for _ in range(2)] == [False, True]
    assert 'href="https://testserver/"' in reader("/", x_forwarded_proto="https").text
    assert 'href="http://testserver/"' in reader("/", x_forwarded_proto="http").text
    assert reader("/", x_forwarded_proto="nonsense").was_stored  # Django, too, takes it for http


def test_somebody_signed_in_sees_the_draft_and_nobody_else_does(reader, desk, article):
    article.published_at = None
    article.save()
    session = f"sessionid={desk.cookies['sessionid'].value}"
    assert reader(article.get_absolute_url(), cookie=session).status == 200
    assert reader(article.get_absolute_url()).status == 404


def test_a_view_that_sets_a_cookie_or_shows_a_token_is_not_stored(reader, settings):
    settings.ROOT_URLCONF = "tests.forum.storing_urls"
    for path in ("/cookie/", "/token/", "/private/", "/vary/", "/nonce/", "/broken/"):
        for _ in range(2):
            assert not reader(path).was_stored, path
    assert [reader("/plain/").was_stored for _ in range(2)] == [False, True]
    assert not reader.cache.pages.entries.keys() - {Key("http", "testserver", "/plain/", "")}


# Addresses


def test_what_mail_programs_hang_on_an_address_makes_no_other_page(reader, article):
    clean = reader(article.get_absolute_url())
    hung = reader(article.get_absolute_url() + "?utm_source=rundbrief&fbclid=abc")
    assert hung.was_stored
    assert hung.content == clean.content


def test_a_list_knows_its_filters_in_any_order_and_nothing_else(reader, article):
    first = reader("/aktuelles/?utm_medium=mail&jahr=2026&art=meldungen")
    again = reader("/aktuelles/?art=meldungen&jahr=2026&gclid=1")
    assert (first.was_stored, again.was_stored) == (False, True)
    assert "utm_medium" not in first.text
    assert not reader("/aktuelles/?art=meldungen&jahr=2025").was_stored
    assert not reader("/aktuelles/").was_stored


def test_of_two_values_the_order_stays(reader):
    make_article(topics=[Topic.objects.create(name="Wirkung"), Topic.objects.create(name="Pflege")])
    for query in ("thema=wirkung&thema=pflege", "thema=pflege&thema=wirkung"):
        answer = reader(f"/aktuelles/?{query}")
        assert not answer.was_stored
        chosen = query.rpartition("=")[2].capitalize()
        assert f"zu „{chosen}“" in answer.text


def entry(size=1000):
    return Entry("1", 0, 1, [], "", "x", size, {"": b"x" * size})


def test_memory_forgets_what_was_not_asked_for():
    memory = Memory(most=10_000)
    keys = [Key("http", "h", f"/{number}/", "") for number in range(30)]
    for key in keys:
        memory.put(key, entry())
        memory.get(keys[0])
        assert memory.used == sum(one.size for one in memory.entries.values()) <= 10_000
    assert keys[0] in memory.entries
    assert keys[29] in memory.entries
    assert keys[1] not in memory.entries


def test_invented_queries_drive_no_page_out(reader):
    reader("/")
    reader.cache.queried.most = 40_000
    for number in range(30):
        reader(f"/folgen/?thema=unsinn-{number}")
    assert len(reader.cache.queried.entries) < 15
    assert reader("/").was_stored


# Changes


def rename(article):
    type(article).objects.filter(pk=article.pk).update(title="Zweiter Titel")


def rename_by_sql(article):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE news_article SET title = 'Zweiter Titel' WHERE id = %s", [article.pk])


@pytest.mark.parametrize("change", [rename, rename_by_sql])
def test_a_change_is_seen_by_the_next_reader(reader, article, change):
    paths = [article.get_absolute_url(), "/aktuelles/", "/", "/aktuelles/feed/"]
    for path in paths:
        reader(path)
    committed()
    change(article)
    for path in paths:
        answer = reader(path)
        assert "Zweiter Titel" in answer.text, path
        assert "Erster Titel" not in answer.text, path
        assert not answer.was_stored
        assert reader(path).was_stored


def test_everything_that_readers_see_changes_the_version():
    with connection.cursor() as cursor:
        for model in shown_models():
            before = version()
            committed()
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE false')  # noqa: S608
            assert version() != before, model


def test_what_nobody_sees_on_a_page_changes_none(client):
    before = version()
    client.get("/gibt-es-nicht/")  # counted
    client.get("/suche/?q=Zauberlehrling")  # counted, too
    assert version() == before


def test_a_change_that_is_taken_back_with_a_savepoint_and_made_again_counts():
    committed()
    before = version()
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT here")
        Topic.objects.create(name="Eins")
        assert version() != before
        cursor.execute("ROLLBACK TO SAVEPOINT here")
    assert version() == before
    Topic.objects.create(name="Zwei")
    assert version() != before


def test_no_version_comes_back_and_the_table_stays_small():
    seen, topic = {version()}, Topic.objects.create(name="Eins")
    for number in range(130):
        committed()
        topic.name = str(number)
        topic.save()
        assert version() not in seen
        seen.add(version())
    counts = [int(one.partition(".")[0]) for one in seen]
    assert len(set(counts)) == len(counts)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM forum_contentchange")
        assert cursor.fetchone()[0] <= 52


def test_a_change_while_a_page_is_made_belongs_to_the_next_version(reader, article, monkeypatch):
    """The page of the old version is stored and never asked for again."""
    from news.views import ArticlePage

    made = ArticlePage.get_context_data

    def slow(self, **kwargs):
        context = made(self, **kwargs) | {"article": self.object}
        if "Erster" in self.object.title:
            committed()
            rename(self.object)
        return context

    monkeypatch.setattr(ArticlePage, "get_context_data", slow)
    assert "Erster Titel" in reader(article.get_absolute_url()).text
    assert "Zweiter Titel" in reader(article.get_absolute_url()).text


# Time


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
        asked += [one["sql"] for one in queries if "LEAST" in one["sql"]]
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


# What browsers are told


@pytest.mark.parametrize(
    ("accepted", "coding", "unpack"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_pages_are_compressed_once_for_what_a_browser_reads(reader, article, accepted, coding, unpack):
    plain = Reader()(article.get_absolute_url())
    for _ in range(2):
        answer = reader(article.get_absolute_url(), accept_encoding=accepted)
        assert answer.headers.get("Content-Encoding") == coding
        assert unpack(answer.content) == plain.content
        assert int(answer["Content-Length"]) == len(answer.content)
        assert answer["Vary"] == "Accept-Encoding"
    others = [reader(article.get_absolute_url(), accept_encoding=one) for one in ("br", "gzip", "")]
    assert all(one.was_stored for one in others)
    assert len({one["ETag"] for one in others}) == 3
    assert reader.cache.pages.used == sum(one.size for one in reader.cache.pages.entries.values())


def test_of_what_a_browser_says_nonsense_is_left_out():
    assert best_coding("  BR ;q=1.0 ,gzip") == "br"
    assert best_coding("br; q=0.000") == ""
    assert best_coding("*, brx, ;;;,") == ""


def test_who_has_the_page_is_told_so(reader, article):
    path = article.get_absolute_url()
    tag = reader(path, accept_encoding="br")["ETag"]
    for asked in (tag, f'"abc", W/{tag}', "*"):
        answer = reader(path, if_none_match=asked, accept_encoding="gzip")
        assert (answer.status, answer.content) == (304, b"")
        assert answer["Cache-Control"] == "no-cache"
        assert answer["ETag"].startswith(tag[:20])
    assert reader(path, if_none_match='"abc"').status == 200
    committed()
    rename(article)
    assert reader(path, if_none_match=tag).status == 200


def test_a_page_that_a_change_left_as_it_was_needs_not_be_sent_again(reader, article):
    tag = reader(article.get_absolute_url())["ETag"]
    committed()
    make_person()
    answer = reader(article.get_absolute_url(), if_none_match=tag)
    assert (answer.status, answer.was_stored) == (304, False)


def test_last_modified_never_passes_an_old_page_for_a_new_one(reader, article):
    path = article.get_absolute_url()
    with time_machine.travel(NOON, tick=False) as clock:
        assert "Last-Modified" not in reader(path)  # something may change in this very second
        clock.shift(2)
        told = reader(path)["Last-Modified"]
        assert told == "Mon, 04 May 2026 10:00:00 GMT"
        assert reader(path, if_modified_since=told).status == 304
        assert reader(path, if_modified_since="Unsinn").status == 200
        assert reader(path, if_modified_since=told, if_none_match='"abc"').status == 200  # RFC 9110, 13.1.3
        committed()
        rename(article)
        assert reader(path, if_modified_since=told).status == 200
        clock.shift(2)
        assert "Zweiter Titel" in reader(path, if_modified_since=told).text


def test_a_cdn_may_show_a_page_as_long_as_the_settings_say_and_never_past_the_next_moment(reader, settings, article):
    path = article.get_absolute_url()
    with time_machine.travel(NOON, tick=False) as clock:
        make_article(published_at=NOON + timedelta(seconds=90))
        assert reader(path)["Cache-Control"] == "no-cache"
        settings.CDN_SECONDS = 60
        assert reader(path)["Cache-Control"] == "public, max-age=0, s-maxage=60"
        clock.shift(50)
        assert reader(path)["Cache-Control"] == "public, max-age=0, s-maxage=40"
        clock.shift(39.5)
        assert reader(path)["Cache-Control"] == "no-cache"
        assert reader("/veranstaltungen/einbetten/")["Cache-Control"] == "public, max-age=300"  # what a view says stays


def test_head_is_answered_with_the_length_and_nothing_else(reader, article):
    path = article.get_absolute_url()
    assert (answer := reader(path, method="HEAD")).status == 200
    page = reader(path)
    answer = reader(path, method="HEAD")
    assert (answer.was_stored, answer.content) == (True, b"")
    assert (answer["Content-Length"], answer["ETag"]) == (page["Content-Length"], page["ETag"])


def test_a_missing_page_is_counted_each_time_and_a_moved_one_leads_on(reader, article):
    from forum.models import MissingAddress

    for _ in range(3):
        assert reader("/veraltet/").status == 404
    assert MissingAddress.objects.get(path="/veraltet/").count == 3
    old = article.get_absolute_url()
    reader(old)
    committed()
    article.slug = "neu"
    article.save()
    assert (reader(old).status, reader(old)["Location"]) == (301, "/aktuelles/neu/")


def test_what_was_withdrawn_is_forgotten_with_the_first_who_asks_for_it(reader, article):
    reader(article.get_absolute_url())
    committed()
    type(article).objects.update(published_at=None)
    assert reader(article.get_absolute_url()).status == 404
    assert not reader.cache.pages.entries


def test_without_a_version_nothing_is_stored(reader):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM forum_contentchange")
    assert reach.version() is None
    assert [reader("/").was_stored for _ in range(2)] == [False, False]
