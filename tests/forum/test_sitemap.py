"""The sitemap names what is public, and nothing else."""

from xml.etree import ElementTree

import pytest

from events.models import Series
from forum.models import Topic
from forum.sitemaps import Section
from news.models import Article
from tests.factories import make_article, make_event, make_item, make_person, make_picture, tomorrow, yesterday
from tests.readers import Reader

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


def read(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml"), path
    return ElementTree.fromstring(answer.content)  # noqa: S314 - our own


def addresses(client):
    """Every address of every section."""
    sections = [one.text for one in read(client, "/sitemap.xml").iterfind("s:sitemap/s:loc", NAMES)]
    return {
        one.text.removeprefix("http://testserver")
        for section in sections
        for one in read(client, section.removeprefix("http://testserver")).iterfind("s:url/s:loc", NAMES)
    }


@pytest.fixture
def topic():
    return Topic.objects.create(name="Wirkung")


def test_everything_public_is_named_and_answers(client, topic):
    series = Series.objects.create(title="Forum am Abend")
    article, event = make_article(topics=[topic]), make_event(series=series)
    item, person = make_item(event), make_person(in_directory=True)
    found = addresses(client)
    for thing in (article, event, series, item, person, topic):
        assert thing.get_absolute_url() in found
    assert {"/", "/aktuelles/", "/themen/", "/kontakt/pankow/", "/impressum/"} <= found
    assert {path: client.get(path).status_code for path in found} == dict.fromkeys(found, 200)


def test_nothing_else_is(client, topic):
    before = addresses(client)
    for published_at in (None, tomorrow()):
        make_article(published_at=published_at, topics=[topic])
        make_item(make_event(published_at=published_at, topics=[topic]))
        make_person(published_at=published_at, in_directory=True, topics=[topic])
    make_article(expires_at=yesterday(), published_at=yesterday().replace(year=2020))
    make_item(make_event(), kind="break")
    guest = make_person()
    found = addresses(client) - before
    assert guest.get_absolute_url() not in found
    assert len(found) == 1  # the event with the break


def test_pictures_and_fresh_news_are_told(client):
    make_article(title="Frisch & neu", picture=make_picture())
    make_article(title="Alt", published_at=yesterday().replace(year=2020))
    section = read(client, "/sitemap-aktuelles.xml")
    (picture,) = section.iterfind(".//image:loc", NAMES)
    assert picture.text.endswith(".webp")
    assert [one.text for one in section.iterfind(".//news:title", NAMES)] == ["Frisch & neu"]


def test_easy_versions_are_named_and_both_lead_to_each_other(client):
    article = make_article(easy_title="Leicht", easy_text="<p>Ein Satz.</p>")
    make_article()
    section = read(client, "/sitemap-aktuelles.xml")
    pages = {url.findtext("s:loc", namespaces=NAMES): url for url in section.iterfind("s:url", NAMES)}
    own, easy = (f"http://testserver{path}" for path in (article.get_absolute_url(), article.get_easy_url()))
    for address in (own, easy):
        languages = {one.get("hreflang"): one.get("href") for one in pages[address].iterfind("x:link", NAMES)}
        assert languages == {"de": own, "x-default": own, "de-DE-x-simple": easy}
    assert len(pages) == 3


def test_large_sections_come_in_parts_that_are_stored(client):
    """The largest there may be: long addresses, a picture and an easy version for each."""
    picture, text = make_picture(), "<p>Ein Satz.</p>"
    first = make_article(picture=picture, easy_text=text)
    Article.objects.bulk_create(
        Article(slug=f"{number:0>120}", title="x" * 200, type=first.type, picture=picture, easy_text=text, published_at=yesterday())
        for number in range(Section.limit)
    )  # fmt: skip
    reader, path = Reader(), "/sitemap-aktuelles.xml"
    assert [reader(path).was_stored for _ in range(2)] == [False, True]
    assert reader(path).text.count("<news:title>") == Section.limit
    assert reader(f"{path}?p=2&utm_source=x").text.count("<lastmod>") == 1
    assert reader(f"{path}?p=2").was_stored
    assert f"http://testserver{path}?p=2" in reader("/sitemap.xml").text
    assert reader(f"{path}?p=3").status == 404


def test_robots_read_everything_but_the_desk(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /redaktion/" in lines
    assert any(line.endswith("/sitemap.xml") for line in lines if line.startswith("Sitemap: "))


def test_it_costs_the_same_for_one_and_thirty(count_queries):
    def one_more():
        make_article(picture=make_picture())
        make_item(make_event(picture=make_picture()))

    one_more()
    paths = [f"/sitemap-{name}.xml" for name in ("aktuelles", "veranstaltungen", "programm", "personen", "themen")]
    before = [count_queries(path) for path in paths]
    for _ in range(20):
        one_more()
    assert [count_queries(path) for path in paths] == before
