"""Readers' pages come from a copy of the database, and nobody ever sees that it is one."""

import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from forum.database import EmbeddedServer
from tests.browser.pages import PAGES
from tests.forum.test_settings import PRODUCTION, manage
from tests.replicas import Replica, address, ask, connected, until
from tests.servers import Portal, prepared

SILENTLY = "SET session_replication_role = replica"  # no trigger runs: the content version does not hear of it
ARTICLE, EVENT = PAGES["article without picture"], PAGES["event, cancelled"]


@pytest.fixture(autouse=True)
def _database():
    """The portal has databases of its own."""


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """(original, copy)"""
    folder = prepared(tmp_path_factory.mktemp("original"))
    original = EmbeddedServer(folder / "postgres")
    with original.running():
        copy = Replica(folder / "copy", original)
        with copy.running():
            yield original, copy


@pytest.fixture(scope="module")
def portal(servers):
    original, copy = servers
    portal = Portal(original.folder.parent, DATABASE_URL=address(original), DATABASE_REPLICA_URL=address(copy))
    try:
        yield portal.wait_until_ready()
    finally:
        portal.stop()


def read(portal, path, **headers) -> str:
    request = urllib.request.Request(portal.address + path, headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200
        return answer.read().decode()


def retitle(server, table, slug, title, before=""):
    with connected(server) as connection:
        connection.execute(before or "SELECT")
        connection.execute(f"UPDATE {table} SET title = %s WHERE slug = %s", [title, slug])  # noqa: S608


def test_every_page_can_be_made_from_a_copy(portal, servers):
    servers[1].catch_up()
    for name, path in PAGES.items():
        assert portal.get(path)[0] == (404 if name == "not found" else 200), path


def test_readers_read_the_copy_and_whoever_is_signed_in_the_original(portal, servers):
    original, copy = servers
    retitle(original, "events_event", "beispiel-abgesagt", "Vorher")  # no page is stored any more
    copy.catch_up()
    copy.pause()
    retitle(original, "news_article", "beispiel-ohne-bild", "Nur im Original", SILENTLY)
    assert "Nur im Original" not in read(portal, ARTICLE)
    assert "Nur im Original" in read(portal, ARTICLE, Cookie="sessionid=abc")
    assert "Nur im Original" in read(portal, ARTICLE, Authorization="Basic abc")

    ask(original, "INSERT INTO forum_synonym (words) VALUES ('Frobnik = Wirkung')")
    assert "/aktuelles/beispiel-wirkung-zeigen/" in read(portal, "/suche/?q=Frobnik")

    # Something that readers may see has changed: what the copy says no longer counts, neither here nor elsewhere.
    retitle(original, "events_event", "beispiel-abgesagt", "Ganz neu")
    assert "Ganz neu" in read(portal, EVENT)
    assert "Nur im Original" in read(portal, ARTICLE)
    assert "Ganz neu" in read(portal, "/suche/?q=Ganz+neu")

    copy.resume()
    copy.catch_up()
    assert "Ganz neu" in read(portal, EVENT)
    assert "Nur im Original" in read(portal, ARTICLE)


def test_a_page_is_finished_when_the_copy_dies_while_it_is_made(portal, servers):
    original, copy = servers
    with connected(original) as connection:
        connection.execute("BEGIN")
        connection.execute("LOCK TABLE news_article IN ACCESS EXCLUSIVE MODE")
        ask(original, "SELECT pg_switch_wal()")
        held = "SELECT count(*) > 0 FROM pg_locks WHERE relation = 'news_article'::regclass AND granted"
        until(lambda: ask(copy, held))
        copy.pause()
        connection.execute("ROLLBACK")  # free in the original, never in the copy
    waits = "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted"
    with ThreadPoolExecutor(1) as other:
        page = other.submit(read, portal, "/aktuelles/?jahr=2023")
        until(lambda: ask(copy, waits))
        assert not page.done()
        copy.kill()
        assert "<h1" in page.result()
    assert all("<h1" in read(portal, path) for path in (PAGES["person"], PAGES["topic"], PAGES["search"]))


def test_an_address_that_is_none_is_refused_without_showing_it():
    answer = manage("manage.py", "check", **PRODUCTION | {"DATABASE_REPLICA_URL": "mysql://portal:geheim@kopie/portal"})
    assert answer.returncode == 1
    assert "DATABASE_REPLICA_URL muss mit postgresql:// beginnen" in answer.stderr
    assert "geheim" not in answer.stderr
