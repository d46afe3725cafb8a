"""The counts beside the filters and the pages of the list are those of what the public sees, whoever has written it."""

import random
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.utils import timezone

from forum.models import Topic
from forum.topics import merge_topics
from news.counting import count_articles
from news.models import Article, ArticleTopic, ArticleType
from news.pages import Pages
from tests.factories import make_article, make_type, tomorrow
from tests.threads import at_once, wipe


def wanted(topic="", kind="", year=0):
    """The same as `count_articles`, by counting: (topics, cells)."""
    public = Article.objects.published().annotate(year=ExtractYear("published_at"))
    chosen = public.filter(topics__slug=topic) if topic else public
    cells = {
        (slug, of_year, pinned): number
        for slug, of_year, pinned, number in chosen.order_by()
        .values_list("type__slug", "year", "pinned")
        .annotate(n=Count("pk"))
    }
    rest = public.filter(**{"type__slug": kind} if kind else {}, **{"year": year} if year else {}).order_by()
    topics = dict(rest.filter(topics__isnull=False).values_list("topics__slug").annotate(n=Count("pk")))
    return topics, cells


def counted(*chosen):
    counts = count_articles(*chosen)
    return (
        {slug: number for slug, number in counts.by_topic.items() if number},
        {cell: number for cell, number in counts.cells.items() if number},
    )


def check(*chosen):
    assert counted(*chosen) == wanted(*chosen)


@pytest.fixture
def content():
    chance = random.Random(7)
    topics = [Topic.objects.create(name=name) for name in ("Wirkung", "Ökologie", "Pflege")]
    for number in range(40):
        moments = [
            (
                datetime(2022 + number % 3, 12, 31, 22, 30 + number % 30, tzinfo=UTC),
                None,
            ),  # some are of the next year in Berlin
            (
                datetime(2022 + number % 3, 6, 1, tzinfo=UTC),
                chance.choice([datetime(2025, 1, 1, tzinfo=UTC), tomorrow()]),
            ),
            (tomorrow(), chance.choice([None, tomorrow() + timedelta(days=2)])),
            (None, None),
        ]
        published_at, expires_at = moments[min(number % 5, 3)]
        make_article(
            type=make_type(chance.choice(["Meldungen", "Berichte"])) if number % 9 else None,
            topics=chance.sample(topics, number % 4),
            published_at=published_at,
            expires_at=expires_at,
            pinned=number % 11 == 0,
        )
    return topics


def test_every_choice_is_counted_as_it_is_shown(content):
    for chosen in product(["", "wirkung", "oekologie"], ["", "berichte"], [0, 2023]):
        check(*chosen)


def test_the_counts_follow_every_way_of_writing(content):
    first, second, third = content
    article = make_article(topics=[first])
    for change in (
        lambda: article.topics.set([second, third]),
        lambda: Article.objects.filter(topics=second).update(published_at=datetime(2024, 1, 1, tzinfo=UTC)),
        lambda: Article.objects.filter(pk=article.pk).update(type=None, pinned=True),
        lambda: Article.objects.filter(pk=article.pk).update(expires_at=tomorrow()),
        lambda: Article.objects.filter(pk=article.pk).update(expires_at=None, lead="Neu."),
        lambda: merge_topics(second, Topic.objects.filter(pk=third.pk)),
        lambda: Article.objects.bulk_create(
            [Article(title="x", slug=f"x-{n}", published_at=timezone.now()) for n in range(9)]
        ),
        lambda: article.delete(),
        lambda: ArticleTopic.objects.all().delete(),
        lambda: Article.objects.filter(type=ArticleType.objects.first()).delete(),
    ):
        change()
        check()
        check("oekologie", "meldungen")


def test_what_appears_and_expires_needs_nobody_to_count_it(content):
    for days in (0, 1.5, 4):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            check()


def test_adding_up_changes_no_count(content):
    before = counted()
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute("UPDATE news_article SET pinned = NOT pinned")
        cursor.execute("SELECT count(DISTINCT (year, type_id, topic_id, pinned)) FROM news_articlecount")
        (cells,) = cursor.fetchone()
        for _ in range(300):  # one in twenty adds up
            cursor.execute("UPDATE news_article SET pinned = pinned WHERE false")
        cursor.execute("SELECT count(*) FROM news_articlecount")
        assert cursor.fetchone()[0] <= cells
    assert counted() == before


@pytest.mark.parametrize("topic_first", [True, False])
def test_a_topic_and_a_date_given_at_the_same_time_are_counted_right(topic_first):
    """Neither of two people sees what the other is about, until one of them has saved."""
    wipe("news_article", "news_articletype", "forum_topic")
    begun = threading.Event()

    def make():
        Topic.objects.create(name="Wirkung")
        make_article(slug="beide", published_at=datetime(2023, 6, 1, tzinfo=UTC))

    def give_topic():
        ArticleTopic.objects.create(content_object=Article.objects.get(), tag=Topic.objects.get())

    def give_date():
        Article.objects.update(published_at=datetime(2024, 6, 1, tzinfo=UTC))

    def first(act):
        with transaction.atomic():
            act()
            begun.set()
            time.sleep(0.3)

    def second(act):
        begun.wait()
        act()

    one, other = (give_topic, give_date) if topic_first else (give_date, give_topic)
    try:
        assert at_once(make) == at_once(partial(first, one), partial(second, other)) == []
        assert at_once(lambda: check("wirkung")) == []
    finally:
        wipe("news_article", "news_articletype", "forum_topic")


def test_emptied_tables_count_nothing(content):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE news_articletopic")
        check()
        cursor.execute("TRUNCATE news_article CASCADE")
    check()


def test_pages_hold_every_article_once_in_the_order_of_the_list(content):
    for number in range(30):
        make_article(published_at=datetime(2021 + number % 5, 6, 1, tzinfo=UTC), pinned=number < 3, topics=content[:1])
    for topic, kind, year in product(["", "wirkung"], ["", "meldungen"], [0, 2023]):
        counts = count_articles(topic, kind, year)
        expected = Article.objects.published().pinned_first()
        if topic:
            expected = expected.filter(topics__slug=topic)
        if kind:
            expected = expected.filter(type__slug=kind)
        if year:
            expected = expected.filter(published_at__year=year)
        expected = list(expected)
        pages = Pages(counts, topic, kind, year)
        for start in range(0, len(expected), 3):
            end = min(start + Pages.LENGTH, len(expected))
            assert pages[start:end] == expected[start:end], (topic, kind, year, start)
