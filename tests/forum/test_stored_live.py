"""Stored pages with real workers, a real database that goes away, and a real Redis."""

import http.client
import http.server
import json
import os
import re
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import psycopg
import pytest

from forum.database import NAME, USER, EmbeddedServer
from tests.browser.pages import PAGES
from tests.redis import redis_server
from tests.servers import Portal, prepared

ARTICLE = PAGES["article without picture"]


@pytest.fixture(autouse=True)
def _database():
    """The portals have a database of their own."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return prepared(tmp_path_factory.mktemp("stored"))


@pytest.fixture(scope="module")
def server(folder):
    return EmbeddedServer(folder / "postgres")


class Purged(http.server.BaseHTTPRequestHandler):
    """What a CDN hears; the first call of all it refuses."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, self.headers["Fastly-Key"], json.loads(body)))
        self.send_response(503 if len(self.server.calls) == 1 else 200)
        self.end_headers()

    def log_message(self, *_):
        """Nothing to the screen."""


@pytest.fixture(scope="module")
def cdn():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Purged) as server:
        server.calls = []
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def portal(folder, cdn):
    """Two workers, each with a memory of its own, and a CDN before them."""
    url = f"http://127.0.0.1:{cdn.server_port}/purge/all"
    cdn = {"PURGE_URL": url, "PURGE_HEADER": "Fastly-Key: abc", "CDN_SECONDS": "600"}
    portal = Portal(folder, DATABASE_TIMEOUT="2", **cdn).wait_until_ready()
    yield portal
    portal.stop()


@pytest.fixture(scope="module")
def machines(folder, portal, tmp_path_factory):
    """Two portals with two workers each and one Redis: (the portals, the process of Redis)."""
    with redis_server(tmp_path_factory.mktemp("redis")) as (url, process):
        shared = {"CACHE_URL": url, "SITE_URL": "http://localhost"}  # as behind one proxy
        portals = [Portal(folder, **shared).wait_until_ready() for _ in range(2)]
        yield portals, process
        for one in portals:
            one.stop()


@pytest.fixture
def sql(server, portal):
    """Run a statement as somebody with psql would: `sql("UPDATE …")`."""

    def run(statement, *values):
        with psycopg.connect(host=str(server.sockets), user=USER, dbname=NAME) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchone() if cursor.description else None

    return run


def ask(portal, path, **headers):
    """(status, how the page came about, text) over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=20)
    connection.request("GET", path, headers={"Connection": "close", "Host": "localhost"} | headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers.get("Cache-Status", "").removeprefix("innovationsforum; "), text


def many(portals, path, number=20):
    """What so many readers get who come in the same moment."""
    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(lambda one: ask(portals[one % len(portals)], path), range(number)))


def stored_by_both_workers(portal, sql, path):
    """Change something, then ask until each worker has made the page anew."""
    sql("UPDATE forum_page SET title = title || '' WHERE slug = 'impressum'")
    until, made = time.monotonic() + 20, 0
    while made < 2:
        assert time.monotonic() < until
        made += [how for _, how, _ in many([portal], path)].count("fwd=miss; stored")


def retitle(sql, title):
    sql("UPDATE news_article SET title = %s WHERE slug = 'beispiel-ohne-bild'", title)


def test_after_a_change_the_next_reader_of_every_worker_sees_it_and_each_renders_once(portal, sql):
    for number in range(5):
        retitle(sql, f"Titel {number}")
        answers = many([portal], ARTICLE)
        assert all(f"Titel {number}" in text for _, _, text in answers)
        made = Counter(how for _, how, _ in answers)
        assert 1 <= made["fwd=miss; stored"] <= 2, made
        assert sum(made.values()) == 20


def test_of_several_machines_with_redis_one_renders_for_all(machines, sql):
    portals, _ = machines
    for number in range(3):
        retitle(sql, f"Gemeinsam {number}")
        answers = many(portals, ARTICLE)
        assert all(f"Gemeinsam {number}" in text for _, _, text in answers)
        made = Counter(how for _, how, _ in answers)
        assert made["fwd=miss; stored"] == 1, made
        assert made["hit; detail=shared"] >= 1, made


def test_without_redis_pages_are_made_all_the_same(machines, sql):
    portals, process = machines
    os.kill(process.pid, signal.SIGSTOP)  # slow without end; killed would be easier
    try:
        retitle(sql, "Ohne Redis")
        start = time.monotonic()
        assert all("Ohne Redis" in text for _, _, text in many(portals, ARTICLE))
        assert time.monotonic() - start < 8
    finally:
        os.kill(process.pid, signal.SIGCONT)


def test_nobody_who_signs_in_notices_that_redis_is_away(machines):
    """Kills it for good: the last test that needs it."""
    (portal, _), process = machines
    process.kill()
    process.wait()
    login, browser = f"{portal.address}/redaktion/login/", build_opener(HTTPCookieProcessor())
    with browser.open(login) as answer:
        token = re.search('name="csrfmiddlewaretoken" value="(.*?)"', answer.read().decode())[1]
    for number in range(7):
        form = {"csrfmiddlewaretoken": token, "login": "niemand", "password": f"falsch-{number}"}
        with browser.open(login, urlencode(form).encode()) as answer:
            assert ("zu viele falsche Versuche" in answer.read().decode()) == (number >= 5)


def test_what_is_not_committed_is_not_seen_and_is_with_the_commit(portal, server, sql):
    retitle(sql, "Davor")
    with psycopg.connect(host=str(server.sockets), user=USER, dbname=NAME) as connection:
        connection.execute("UPDATE news_article SET title = 'Danach' WHERE slug = 'beispiel-ohne-bild'")
        assert all("Davor" in text for _, _, text in many([portal], ARTICLE, 8))
        connection.commit()
        assert all("Danach" in text for _, _, text in many([portal], ARTICLE, 8))


def test_two_who_change_something_at_once_do_not_wait_for_each_other(server, sql):
    """Also while the table of changes is put together, and whichever commits first."""
    before = sql("SELECT sum(weight) FROM forum_contentchange")[0]
    for number in range(60):
        sql("UPDATE forum_topic SET name = name WHERE id = %s", number)
    connections = [psycopg.connect(host=str(server.sockets), user=USER, dbname=NAME) for _ in range(3)]
    for connection, table in zip(connections, ("news_article", "events_event", "forum_topic"), strict=True):
        connection.execute("SET lock_timeout = '2s'")
        connection.execute(f"DELETE FROM {table} WHERE false")  # noqa: S608
    for connection in reversed(connections):
        connection.commit()
        connection.close()
    assert sql("SELECT sum(weight) FROM forum_contentchange")[0] == before + 63


def test_a_cdn_is_told_of_each_change_once_and_nothing_else(portal, cdn, sql):
    ask(portal, "/")

    def heard(number, seconds=15):
        until = time.monotonic() + seconds
        while len(cdn.calls) < number and time.monotonic() < until:
            time.sleep(0.05)
        return len(cdn.calls)

    assert heard(2) >= 2  # at the start, refused and called again
    time.sleep(1)
    before = len(cdn.calls)
    for number in range(5):
        sql("UPDATE forum_topic SET name = name WHERE id = %s", number)
    assert heard(before + 1) > before
    time.sleep(1)
    assert len(cdn.calls) <= before + 2  # changes in a row are told together
    assert set(map(str, cdn.calls)) == {str(("/purge/all", "abc", {"purge_everything": True}))}


@pytest.fixture
def without_database(server):
    """Stop the database for the length of a block."""

    class Stopped:
        def __enter__(self):
            server.stop()

        def __exit__(self, *_):
            server.start()

    return Stopped()


def test_without_its_database_the_portal_shows_what_it_has_and_heals(portal, sql, without_database):
    stored_by_both_workers(portal, sql, "/impressum/")
    before = ask(portal, "/impressum/")[2]
    with without_database:
        for _ in range(12):
            start = time.monotonic()
            status, how, text = ask(portal, "/impressum/")
            assert (status, how) == (200, 'hit; detail="database away"')
            assert time.monotonic() - start < 3
            note = re.search('<aside class="banner" aria-label="Hinweis"><p>(.*?)</p></aside>', text)
            assert re.match(r"Diese Seite ist vom .* Uhr\. Das Portal erreicht gerade seine Datenbank nicht", note[1])
            assert text.replace(note[0], "<!--stand-->") == before
        for path in ("/suche/?q=Teilhabe", "/veranstaltungen/beispiel-langer-titel/", "/aktuelles/?seite=2"):
            status, _, text = ask(portal, path)
            assert status == 503
            assert "Gerade nicht erreichbar" in text
        assert ask(portal, "/redaktion/", Cookie="sessionid=abc")[0] == 503
        assert ask(portal, "/healthz")[0] == 200
    until = time.monotonic() + 5
    while time.monotonic() < until and any("database away" in how for _, how, _ in many([portal], "/impressum/", 8)):
        time.sleep(0.2)
    assert {how.partition(";")[0] for _, how, _ in many([portal], "/impressum/", 8)} == {"hit"}
    assert ask(portal, "/suche/?q=Teilhabe")[0] == 200


def test_what_was_withdrawn_comes_back_on_no_worker(portal, sql, without_database):
    """Also on the worker that nobody has asked since."""
    gone, kept = "/veranstaltungen/beispiel-langer-titel/", "/impressum/"
    for path in (gone, kept):
        assert {status for status, _, _ in many([portal], path)} == {200}
    sql("UPDATE events_event SET published_at = NULL WHERE slug = 'beispiel-langer-titel'")
    try:
        assert ask(portal, gone)[0] == 404
        time.sleep(3)  # both have looked
        with without_database:
            assert {status for status, _, _ in many([portal], gone)} == {503}
            assert {(status, how) for status, how, _ in many([portal], kept)} == {(200, 'hit; detail="database away"')}
    finally:
        sql("UPDATE events_event SET published_at = '2026-01-01' WHERE slug = 'beispiel-langer-titel'")
    until = time.monotonic() + 5
    while time.monotonic() < until and any("away" in how for _, how, _ in many([portal], kept, 8)):
        time.sleep(0.2)


def test_a_database_that_hangs_keeps_no_reader_waiting(portal, server, sql):
    stored_by_both_workers(portal, sql, "/impressum/")
    pid = int((server.cluster / "postmaster.pid").read_text().split()[0])
    stopped = [pid, *children(pid)]
    try:
        for one in stopped:
            os.kill(one, signal.SIGSTOP)
        with ThreadPoolExecutor(2) as threads:
            hanging = [threads.submit(ask, portal, "/redaktion/", Cookie="sessionid=abc") for _ in range(2)]
            time.sleep(0.3)
            many([portal], "/impressum/", 8)  # these find out
            assert {one.result()[0] for one in hanging} == {503}  # nobody waits for the database to return
        start = time.monotonic()
        answers = many([portal], "/impressum/", 20)
        assert {(status, how) for status, how, _ in answers} == {(200, 'hit; detail="database away"')}
        assert time.monotonic() - start < 3
        assert ask(portal, "/suche/?q=Teilhabe")[0] == 503
    finally:
        for one in stopped:
            os.kill(one, signal.SIGCONT)
    until = time.monotonic() + 5
    while time.monotonic() < until and ask(portal, "/suche/?q=Teilhabe")[0] != 200:
        time.sleep(0.2)
    assert all(not how.endswith("away") for _, how, _ in many([portal], "/impressum/", 8))


def children(pid) -> list[int]:
    return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
