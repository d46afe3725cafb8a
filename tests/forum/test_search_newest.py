"""The search among very many things: the newest are found without reading all, and nothing is lost."""

import re

import pytest
from django.db import connection
from django.utils import timezone

from forum.models import SearchEntry, Topic
from forum.searching import newest
from forum.searching.asking import COUNTED
from forum.searching.finding import Wanted, find
from forum.searching.words import parse
from news.models import Article
from tests.factories import make_article, make_event, make_type

DAY = timezone.timedelta(days=1)
NOW = timezone.now()


def write(count, title, days=1, **facts):
    """Articles a number of days apart, from today backwards."""
    kind = make_type()
    Article.objects.bulk_create(
        Article(**{"title": title, "slug": f"{title.lower()}-{n}", "type": kind, "published_at": NOW - n * days * DAY} | facts)
        for n in range(count)
    )  # fmt: skip


@pytest.fixture
def few_at_first(db):
    """As if the index were not small, and five entries already many."""
    in_steps = newest.NEWEST.replace(f"LIMIT {newest.FIRST}", "LIMIT 5").replace(f"hits = {newest.FIRST}", "hits = 5")
    with connection.cursor() as cursor:
        for function in (newest.TOPIC_PUBLIC, newest.PUBLIC, in_steps):
            assert newest.IS_SMALL in function
            cursor.execute(function.replace(newest.IS_SMALL, "false"))


@pytest.fixture(params=["small", "large"])
def any_size(request):
    """Once with an index that is looked through as it is, once by steps."""
    if request.param == "large":
        request.getfixturevalue("few_at_first")


def newest_of(most, words=("dialog",), asked="dialog", year=None, topic=None, is_whole=True):
    """(ids of articles by date, kinds that were not looked through)"""
    import json

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.object_id, n.kind FROM forum_find_newest(%s::tsquery, %s::jsonb, %s, %s, %s, %s, %s, %s, %s, %s) n"
            " LEFT JOIN forum_searchentry e USING (id) ORDER BY n.date DESC",
            [asked, json.dumps([[one] for one in words]), is_whole, NOW, most, ["beitraege"], ["quarter"], ["personen"],
             topic, year],
        )  # fmt: skip
        rows = cursor.fetchall()
    return [key for key, _ in rows if key], [kind for key, kind in rows if not key]


def by_hand(**narrow):
    return list(Article.objects.filter(title__contains="Dialog", **narrow).order_by("-published_at").values_list("pk", flat=True))  # fmt: skip


@pytest.mark.parametrize("days", [1, 40, 700], ids=["days", "months", "years"])
@pytest.mark.parametrize("most", [1, 3, 10, 50])
def test_the_newest_come_first_and_none_is_skipped(few_at_first, days, most):
    write(9, "Dialog", days)
    write(9, "Anderes", days)
    found, unfinished = newest_of(most)
    assert found[:most] == by_hand()[:most]
    assert len(found) == len(set(found))
    assert (len(found) == 9) or unfinished == ["beitraege"]


def test_a_rare_old_thing_is_found_behind_many_new_ones(any_size):
    write(40, "Anderes")
    old = make_article(title="Dialog", published_at=NOW - 5000 * DAY)
    assert newest_of(10) == ([old.pk], [])


def test_what_lies_before_the_estimated_time_is_found_too(any_size):
    write(6, "Dialog")
    old = make_article(title="Dialog", published_at=NOW - 2000 * DAY)
    make_article(title="Anderes", published_at=NOW - 4000 * DAY)
    assert newest_of(10)[0] == by_hand()
    assert by_hand()[-1] == old.pk


def test_words_together_phrases_and_exclusions(any_size):
    write(12, "Dialog")
    both = make_article(title="Dialog im Kiez", published_at=NOW - 300 * DAY)
    make_article(title="Kiez im Dialog", published_at=NOW - 301 * DAY)
    assert newest_of(10, ("dialog", "kiez"), "dialog & kiez")[0][0] == both.pk
    assert newest_of(10, ("kiez",), "dialog <2> kiez", is_whole=False)[0] == [both.pk]
    assert both.pk not in newest_of(50, ("dialog",), "dialog & !kiez", is_whole=False)[0]


def test_a_year_and_a_topic(any_size):
    write(30, "Dialog", 40)
    topic = Topic.objects.create(name="Pflege")
    chosen = Article.objects.get(slug="dialog-25")
    chosen.topics.add(topic)
    assert newest_of(50, topic=topic.pk)[0] == [chosen.pk]
    year = timezone.localtime(NOW).year - 1
    assert newest_of(50, year=str(year))[0] == by_hand(published_at__year=year)


def test_what_is_not_public_hides_nothing(any_size):
    write(20, "Dialog")
    hidden = Article.objects.filter(slug__in=[f"dialog-{n}" for n in range(12)])
    hidden.update(published_at=NOW + DAY)
    assert newest_of(3)[0][:3] == by_hand(published_at__lte=NOW)[:3]


def test_each_entry_knows_its_time_in_berlin():
    make_article(published_at=timezone.datetime(2025, 12, 31, 23, 30, tzinfo=timezone.get_fixed_timezone(0)))
    make_event(starts_at=timezone.datetime(2025, 6, 30, 22, 30, tzinfo=timezone.get_fixed_timezone(0)))
    periods = dict(SearchEntry.objects.exclude(kind="themen").values_list("kind", "period"))
    assert periods["beitraege"] == "beitraege/2026-1/"
    assert periods["veranstaltungen"] == "veranstaltungen/2025/"


def test_very_many_hits_are_counted_up_to_a_limit_and_the_page_says_so(any_size, client):
    write(COUNTED + 60, "Dialog")
    page = client.get("/suche/?q=Dialog").content.decode()
    assert f"<title>mindestens {COUNTED} Treffer" in page
    assert f"<strong>Mindestens {COUNTED} Treffer</strong>" in page
    assert f"höchstens {COUNTED} je Bereich" in page
    assert re.search("Weitere Treffer<span", page)
    few = client.get("/suche/?q=Dialog&jahr=1999").content.decode()
    assert "<strong>Keine Treffer</strong>" in few


def numbers_of_scans():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_get_xact_numscans(oid), relname FROM pg_class WHERE relname LIKE '%%search%%'")
        return {name: count for count, name in cursor.fetchall()}


def test_the_index_of_words_and_time_is_used_and_the_table_never_read_whole(few_at_first):
    write(30, "Dialog")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE forum_searchentry")
    before = numbers_of_scans()
    find(parse("Dialog"), Wanted())
    used = {name: count - before[name] for name, count in numbers_of_scans().items()}
    assert used["search_entry_words"] > 0
    assert used["search_entry_newest"] > 0
    assert used["forum_searchentry"] == 0, "sequential scans"


def test_what_comes_much_later_is_found_too(any_size):
    for number in range(8):
        make_event(
            title="Dialog", slug=f"dialog-{number}", starts_at=NOW + (number - 4) * 300 * DAY, published_at=NOW - DAY
        )
    assert len(find(parse("Dialog"), Wanted(kind="veranstaltungen")).hits) == 8
    year = str(timezone.localtime(NOW + 600 * DAY).year)
    assert all(hit.date.year == int(year) for hit in find(parse("Dialog"), Wanted(year=year)).hits)
    assert find(parse("Dialog"), Wanted(year=year)).total >= 1
