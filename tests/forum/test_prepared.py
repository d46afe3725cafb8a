"""Questions whose SQL is made once: their answers are of the moment at which they are asked."""

import threading

import pytest
import time_machine
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum.prepared import Prepared
from news.models import Article
from tests.factories import make_article, make_type, tomorrow, yesterday


def test_it_asks_about_now_and_what_it_is_given():
    first, later = make_article(slug="eins"), make_article(slug="zwei", published_at=tomorrow())
    question = Prepared(lambda slug: Article.objects.published().filter(slug=slug), slug=str)
    assert question(slug="eins") == [first]
    assert question(slug="zwei") == []
    with time_machine.travel(tomorrow()):
        assert question(slug="zwei") == [later]
    assert question(slug="zwei") == []
    assert question(slug="'; --") == []


def test_numbers_may_stand_where_a_page_begins():
    articles = [make_article() for _ in range(3)]
    question = Prepared(
        lambda start, kind: Article.objects.filter(type=kind).order_by("pk")[start : start + 2], start=int, kind=int
    )
    assert question(start=1, kind=make_type().pk) == articles[1:]
    assert question(start=0, kind=make_type().pk) == articles[:2]
    with pytest.raises(ValueError, match="invalid literal"):
        question(start="1 OR", kind=1)


def test_joined_rows_come_along():
    make_article(type=make_type("Berichte"))
    question = Prepared(lambda: Article.objects.select_related("type"))
    assert question()[0].type.name == question()[0].type.name == "Berichte"


def test_a_moment_written_down_for_ever_is_refused():
    with pytest.raises(TypeError, match="for ever"):
        Prepared(lambda: Article.objects.filter(published_at__lt=timezone.now()))()


def test_a_value_that_is_changed_on_its_way_is_refused():
    with pytest.raises(TypeError, match="does not reach"):
        Prepared(lambda words: Article.objects.filter(title__startswith=words), words=str)()


def test_what_would_ask_more_is_refused():
    with pytest.raises(TypeError, match="joining"):
        Prepared(lambda: Article.objects.prefetch_related("links"))()


def test_threads_ask_over_their_own_connections():
    question = Prepared(lambda: Article.objects.filter(published_at__isnull=True))
    question()
    own, seen = connections["default"], []

    def ask():
        with CaptureQueriesContext(connections["default"]) as queries:
            seen.append((question(), len(queries), connections["default"] is own))
        connections["default"].close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [([], 1, False)] * 4


def test_expired_and_coming_are_left_out():
    make_article(expires_at=timezone.now() - timezone.timedelta(hours=1), published_at=yesterday())
    assert Prepared(lambda: Article.objects.published())() == []
