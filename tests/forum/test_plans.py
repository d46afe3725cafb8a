"""Busy questions find what they look for by an index, however much there is (EXPLAIN of what the pages really ask)."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forum.searching import upkeep
from news.models import ArticleType

LARGE = {"news_article", "news_articletopic", "events_event", "events_eventtopic", "events_programmeitem"}
FILL = """
INSERT INTO forum_topic (name, slug) SELECT 'Thema ' || n, 'thema-' || n FROM generate_series(1, 40) n;
INSERT INTO news_article (slug, title, title_language, lead, text, easy_title, easy_text, social_image, pinned, type_id,
    published_at, created_at, changed_at)
SELECT 'beitrag-' || n, 'Beitrag ' || n, '', 'Worum es geht.', '<p>Text</p>', '', '', '', n %% 4000 = 0, %(type)s,
    '2010-01-01'::timestamptz + n * interval '22 hours', now(), now() FROM generate_series(1, 6000) n;
INSERT INTO news_articletopic (content_object_id, tag_id)
SELECT a.id, t.id FROM news_article a JOIN forum_topic t ON t.slug IN ('thema-' || a.id %% 40, 'thema-' || a.id %% 7, 'thema-' || a.id %% 3);
INSERT INTO events_event (slug, title, title_language, subtitle, lead, text, easy_title, easy_text, social_image, starts_at,
    ends_at, all_day, format, status, status_reason, online_url, audience, cost, organisers, spoken_language, access_note,
    published_at, created_at, changed_at)
SELECT 'tag-' || n, 'Tag ' || n, '', '', 'Worum es geht.', '', '', '', '', d, d + interval '3 hours', false, 'online', 'planned',
    '', '', '', '', '', '', '', d - interval '60 days', now(), now()
FROM (SELECT n, now() + (n - 2450) * interval '1 day' AS d FROM generate_series(1, 2500) n) days;
INSERT INTO events_eventtopic (content_object_id, tag_id)
SELECT a.id, t.id FROM events_event a JOIN forum_topic t ON t.slug IN ('thema-' || a.id %% 40, 'thema-' || a.id %% 7);
INSERT INTO events_programmeitem (event_id, kind, title, title_language, slug, text, result, room, online_url, position,
    spoken_language, access_note)
SELECT id, 'workshop', 'Workshop', '', 'workshop-' || n, '', '', '', '', n, '', '' FROM events_event, generate_series(1, 3) n;
"""


@pytest.fixture(scope="module")
def full(once):
    upkeep.pause()
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"type": ArticleType.objects.create(name="Meldungen").pk})
        cursor.execute("ANALYZE")


def plans(path) -> list[dict]:
    """The steps of all plans of a page, each with its `Node Type` and, where it has them, table and index."""
    client = Client()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    steps = []
    for query in queries:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (FORMAT JSON) " + query["sql"])
            (answer,) = cursor.fetchone()
        steps += flat((json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"])
    return steps


def flat(step) -> list[dict]:
    return [step, *(below for part in step.get("Plans", ()) for below in flat(part))]


@pytest.mark.parametrize(
    ("path", "index"),
    [
        ("/aktuelles/", "article_"),
        ("/aktuelles/?seite=150", "article_"),
        ("/aktuelles/?seite=160", "article_"),  # in the other half of a year
        ("/aktuelles/?seite=290", "article_"),
        ("/aktuelles/?seite=300", "article_"),
        ("/aktuelles/?thema=thema-1", "article_"),
        ("/aktuelles/?thema=thema-1&seite=90", "article_"),
        ("/aktuelles/?jahr=2012&art=meldungen", "article_"),
        ("/aktuelles/beitrag-77/", "news_article_slug"),
        ("/aktuelles/feed/", "article_"),
        ("/themen/thema-1/", "article_newest_first"),
        ("/", "article_pinned_first"),
        ("/veranstaltungen/tag-77/", "events_event_slug"),
        ("/veranstaltungen/tag-77/", "events_programmeitem_event_id"),
    ],
)
def test_an_index_answers(full, path, index):
    steps = plans(path)
    used = {step.get("Index Name", "") for step in steps} - {"article_expiring"}  # the counts ask it
    assert any(name.startswith(index) for name in used), used  # of two in the same order either will do
    read_whole = {step["Relation Name"] for step in steps if step["Node Type"] == "Seq Scan"} & LARGE
    assert not read_whole, path


@pytest.mark.parametrize(
    ("path", "index"), [("/veranstaltungen/", "event_over_at"), ("/veranstaltungen/kalender.ics", "event_over_at")]
)
def test_coming_events_are_found_by_when_they_are_over(full, path, index):
    assert index in {step.get("Index Name") for step in plans(path)}


def test_a_section_of_the_sitemap_reads_its_own_articles(full):
    steps = plans("/sitemap-aktuelles.xml?p=2")
    assert "article_newest_first" in {step.get("Index Name") for step in steps}
    assert "Sort" not in {step["Node Type"] for step in steps}


def test_themes_are_counted_without_a_look_at_the_articles(full):
    assert "news_article" not in {
        step["Relation Name"] for step in plans("/themen/") if step["Node Type"] == "Seq Scan"
    }
