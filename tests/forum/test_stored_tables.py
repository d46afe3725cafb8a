"""Every table that a stored page is made from changes the content version, whatever @never_shown says."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, resolve

from forum.caching.content import WATCHED
from forum.models import Topic
from tests.factories import make_article, make_picture
from tests.forum.test_stored_pages import every_kind_of_page
from tests.forum.test_withdrawn import pages_of_one_thing
from tests.readers import Reader

TABLE = re.compile(r'\b(?:FROM|JOIN)\s+(?:ONLY\s+)?"?(?:public"?\.)?"?([a-z][a-z0-9_]*)"?', re.IGNORECASE)
ACCEPTED = {
    "django_content_type",  # names of models, which only migrations change
    "news_articlecount",  # kept by triggers of tables that count themselves
}


def routes(patterns=None, before="") -> dict:
    """Route → view, of all addresses."""
    found = {}
    for pattern in patterns or get_resolver().url_patterns:
        route = before + str(pattern.pattern)
        inner = getattr(pattern, "url_patterns", None)
        found |= routes(inner, route) if inner else {route: pattern.callback}
    return found


def is_storable(view) -> bool:
    return hasattr(view, "storable") or hasattr(getattr(view, "view_class", None), "storable")


@pytest.fixture
def pages():
    topic = Topic.objects.create(name="Wirkung")
    make_article(topics=[topic], picture=make_picture())
    sections = [f"/sitemap-{name}.xml" for name in ("veranstaltungen", "personen", "programm", "themen", "seiten")]
    return [
        *every_kind_of_page(), *pages_of_one_thing(), topic.get_absolute_url(), *sections, "/aktuelles/feed.rss",
        "/kontakt/pankow/kontakte.vcf", "/.well-known/security.txt", "/api/v1/articles/", "/api/v1/people/",
        "/api/v1/openapi.json",
    ]  # fmt: skip


def test_stored_pages_read_no_table_that_changes_no_version(pages):
    with connection.cursor() as cursor:
        cursor.execute(WATCHED)
        watched = {name for (name,) in cursor.fetchall()}
    tables, seen, reader = set(connection.introspection.table_names()), set(), Reader()
    for path in pages:
        with CaptureQueriesContext(connection) as queries:
            reader(path)
        if not reader(path).was_stored:
            continue
        read = {name for query in queries for name in TABLE.findall(query["sql"])} & tables
        assert read <= watched | ACCEPTED, path
        seen |= read
    assert seen >= {
        "news_article",
        "events_event",
        "events_participation",
        "contacts_person",
        "forum_topic",
        "forum_picture",
    }


def test_no_kind_of_stored_page_is_left_out(pages):
    asked = {resolve(path.partition("?")[0]).route for path in pages}
    rest = {route for route, view in routes().items() if is_storable(view)} - asked
    assert rest <= {"api/v1/<path:rest>", "api/v1/"}  # always 404
