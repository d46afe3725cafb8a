"""Stored pages are exact: a change is seen by the next reader, time is kept to the second, secrets are never stored."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.signals import request_started
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from events.models import Series
from forum.caching.content import VERSION, shown_models
from forum.caching.entries import Entry, Key, Memory
from forum.caching.reach import answered, ask, prepared, reach
from forum.models import Topic
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
    names = {"Cache-Status", "X-Request-ID"}
    assert first["X-Request-ID"] != second["X-Request-ID"]
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
        "/veranstaltungen/einbetten/", "/robots.txt", "/sitemap.xml", "/sitemap-aktuelles.xml",
    ]  # fmt: skip


def test_every_kind_of_page_is_stored_and_reading_changes_no_version(reader):
    pages, before = every_kind_of_page(), version()
    for path in pages:
        assert reader(path).status == 200, path
        assert reader(path).was_stored, path
    for path in ("/suche/?q=xyzzy", "/kontakt/?ort=xyzzy", "/gibt-es-nicht/"):
        reader(path)
    assert version() == before


@pytest.mark.parametrize("spoil", ["DEALLOCATE forum_content_version", "PREPARE forum_content_version AS SELECT 1"])
def test_a_pooler_may_forget_what_was_prepared_or_prepare_it_for_others(spoil):
    """Behind PgBouncer in transaction mode each question may reach another connection of the server."""
    line = connection.copy()
    try:
        assert ask(line) == ask(line)
        if spoil.startswith("PREPARE"):
            line.connection.execute("DEALLOCATE forum_content_version")
            prepared.discard(line.connection)
        line.connection.execute(spoil)
        known = line.connection.execute(VERSION).fetchone()[0]
        assert ask(line) == ask(line) == known
    finally:
        line.close()


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
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    reader = Reader()
    assert [reader("/", x_forwarded_proto="https").was_stored for _ in range(2)] == [False, True]
    assert 'href="https://testserver/"' in reader("/", x_forwarded_proto="https").text
    assert 'href="http://testserver/"' in reader("/", x_forwarded_proto="http").text
    assert reader("/", x_forwarded_proto="nonsense").was_stored  # Django, too, takes it for http


def test_the_proxys_id_of_a_request_is_that_of_a_stored_answer(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    reader, given = Reader(), "0af7651916cd43dd"
    proxy, stranger = {"REMOTE_ADDR": "10.1.2.3"}, {"REMOTE_ADDR": "192.0.2.1"}
    for environ, taken in ((proxy, True), (proxy, True), (stranger, False)):
        assert (reader("/", environ=environ, x_request_id=given)["X-Request-ID"] == given) is taken
    assert reader("/", environ=proxy, x_request_id="<script>")["X-Request-ID"] != "<script>"


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
    kind, year = article.type.slug, LONG_AGO.year
    first = reader(f"/aktuelles/?utm_medium=mail&jahr={year}&art={kind}")
    again = reader(f"/aktuelles/?art={kind}&jahr={year}&gclid=1")
    assert (first.was_stored, again.was_stored) == (False, True)
    assert "utm_medium" not in first.text
    assert not reader(f"/aktuelles/?jahr={year}").was_stored
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


@pytest.fixture
def content():
    """Two pages of each list, all of one topic."""
    topic, series = Topic.objects.create(name="Wirkung"), Series.objects.create(title="Reihe")
    kind = make_article(topics=[topic], published_at=LONG_AGO).type
    for _ in range(20):
        make_article(topics=[topic], published_at=LONG_AGO, type=kind)
        make_event(series=series, topics=[topic])
    make_event(series=series, topics=[topic])
    make_person(in_directory=True, topics=[topic], districts=["Pankow"])
    return {"art": kind.slug, "jahr": LONG_AGO.year}


REAL = [
    "/aktuelles/?thema=wirkung&art={art}&jahr={jahr}", "/aktuelles/?seite=2", "/aktuelles/?thema=wirkung&seite=2",
    "/veranstaltungen/?thema=wirkung&seite=2", "/kontakt/?thema=wirkung", "/folgen/?thema=wirkung",
    "/aktuelles/feed/?thema=wirkung&jahr={jahr}", "/veranstaltungen/kalender.ics?thema=wirkung&reihe=reihe",
    "/veranstaltungen/einbetten/?anzahl=3&farben=hell", "/api/v1/articles/?thema=wirkung&anzahl=5&seite=2",
    "/api/v1/people/?bezirk=pankow",
]  # fmt: skip
INVENTED = [
    "/aktuelles/?thema=x{}", "/aktuelles/?art=x{}", "/aktuelles/?jahr={}", "/aktuelles/?thema=x{}&thema=wirkung",
    "/aktuelles/?thema=wirkung&jahr=19{}", "/aktuelles/?seite=2&seite=1{}", "/aktuelles/?seite=2&thema={}",
    "/aktuelles/?seite=000{}", "/aktuelles/feed/?thema=x{}", "/aktuelles/feed.rss?jahr=000{}",
    "/veranstaltungen/?zeitraum=x{}", "/veranstaltungen/?format=x{}", "/veranstaltungen/?thema=x{}&seite=2",
    "/veranstaltungen/?zeitraum=x{}&zeitraum=", "/veranstaltungen/reihen/reihe/?seite={}",
    "/veranstaltungen/kalender.ics?format=x{}", "/veranstaltungen/kalender.ics?thema=wirkung&thema=x{}",
    "/veranstaltungen/einbetten/?farben=x{}", "/veranstaltungen/einbetten/?anzahl=000{}",
    "/veranstaltungen/einbetten/?farben=x{}&farben=hell", "/kontakt/?thema=x{}", "/kontakt/?thema=x{}&thema=wirkung",
    "/folgen/?thema=x{}", "/folgen/?format=x{}&thema=wirkung", "/api/v1/events/?thema=x{}", "/api/v1/articles/?jahr=00{}",
    "/api/v1/articles/?seite=00{}", "/api/v1/articles/?zeitraum=x{}&zeitraum=", "/api/v1/people/?unsinn=x{}",
    "/api/v1/events/?zeitraum=x{}&zeitraum=vergangen", "/api/v1/events/?anzahl=%20{}",
]  # fmt: skip


def test_invented_queries_drive_no_page_out(reader, content):
    real = ["/", *[path.format(**content) for path in REAL]]
    for path in real:
        assert reader(path).status == 200, path
    kept = dict(reader.cache.queried.entries)
    assert len(kept) == len(REAL)
    for path in INVENTED:
        for number in ("30", "31"):
            answer = reader(path.format(number))
            assert not answer.was_stored, path
            assert answer.status in (200, 400, 404)
    assert reader.cache.queried.entries == kept
    for path in real:
        assert reader(path).was_stored, path


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/aktuelles/?thema=wirkung&seite=2", "/aktuelles/?seite=2&art=&thema=wirkung&thema=wirkung"),
        ("/folgen/?thema=wirkung&format=online", "/folgen/?format=online&thema=wirkung"),
        ("/veranstaltungen/kalender.ics?format=online&format=hybrid",
         "/veranstaltungen/kalender.ics?format=hybrid&format=online&format=hybrid"),
    ],
)  # fmt: skip
def test_one_choice_is_stored_once_however_it_is_written(reader, content, one, other):
    assert reader(one).content == reader(other).content
    assert reader(other).was_stored
    assert len(reader.cache.queried.entries) == 1


def test_many_choices_at_once_are_answered_and_not_kept(reader):
    topics = [Topic.objects.create(name=f"Thema {number}") for number in range(4)]
    make_article(topics=topics)
    for number, keeps in ((3, True), (4, False)):
        path = "/aktuelles/feed/?" + "&".join(f"thema={topic.slug}" for topic in topics[:number])
        assert [reader(path).was_stored for _ in range(2)] == [False, keeps]


def test_memory_keeps_what_was_asked_for_last_of_pages_with_a_query(reader, content):
    reader("/")
    reader.cache.queried.most = 20_000
    for number in range(1, 21):
        reader(f"/veranstaltungen/einbetten/?anzahl={number}")
    assert 3 < len(reader.cache.queried.entries) < 20
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


def test_a_connection_that_has_just_answered_is_not_asked_whether_it_is_there(reader, monkeypatch):
    asked, own = [], connections["default"]
    monkeypatch.setattr(own, "is_usable", lambda: asked.append(own) or True)
    monkeypatch.setattr(own, "health_check_enabled", True)

    def begin(**_):
        own.health_check_done = False  # as Django does

    request_started.connect(begin)
    try:
        assert not reader("/").was_stored
        assert asked == []
        assert reader("/suche/?q=Dialog").status == 200  # the version is not asked for
        monkeypatch.setattr(answered, "at", -1e9)
        assert reader("/suche/?q=Dialog").status == 200
        assert asked == [own]
    finally:
        request_started.disconnect(begin)
