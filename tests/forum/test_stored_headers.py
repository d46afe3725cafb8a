"""What browsers and caches are told about stored pages: encodings, 304, how long a CDN may keep them."""

import gzip
from datetime import UTC, datetime, timedelta

import brotli
import pytest
import time_machine

from forum.caching.entries import best_coding
from tests.factories import make_article, make_person
from tests.readers import Reader, committed

NOON = datetime(2026, 5, 4, 10, tzinfo=UTC)


@pytest.fixture
def reader():
    return Reader()


@pytest.fixture
def article():
    published = NOON - timedelta(days=300)
    return make_article(title="Erster Titel", text="<p>Ein Text.</p>" * 50, published_at=published)


def rename(article):
    type(article).objects.filter(pk=article.pk).update(title="Zweiter Titel")


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
        assert reader("/veranstaltungen/einbetten/")["Cache-Control"] == "public, max-age=0"


def test_nobody_keeps_what_a_view_lets_them_keep_past_the_next_moment(reader):
    """The API (60 s) and the frame of events (300 s), also their errors."""
    paths = {"/api/v1/articles/": 60, "/veranstaltungen/einbetten/": 300, "/api/v1/articles/spaeter/": 60,
             "/veranstaltungen/einbetten/?anzahl=99": 300}  # fmt: skip
    at = NOON + timedelta(seconds=400)
    with time_machine.travel(NOON, tick=False) as clock:
        make_article(slug="spaeter", published_at=at)
        for rest, ages in ((400, paths.values()), (45, [45, 45, 45, 45]), (0.5, [0, 0, 0, 0])):
            clock.move_to(at - timedelta(seconds=rest))
            for path, age in zip(paths, ages, strict=True):
                for _ in range(2):  # made, and stored
                    assert f"max-age={age}" in reader(path)["Cache-Control"].split(", "), (path, rest)
        clock.move_to(at)
        assert reader("/api/v1/articles/spaeter/").status == 200


def test_head_is_answered_with_the_length_and_nothing_else(reader, article):
    path = article.get_absolute_url()
    assert (answer := reader(path, method="HEAD")).status == 200
    page = reader(path)
    answer = reader(path, method="HEAD")
    assert (answer.was_stored, answer.content) == (True, b"")
    assert (answer["Content-Length"], answer["ETag"]) == (page["Content-Length"], page["ETag"])
