"""Links between our own pages: noted when a text is saved, broken when readers would find nothing."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.addresses import content_type_of
from forum.internal_links import dead, links_in
from forum.models import FormerAddress, InternalLink, Page
from news.models import Article
from tests.factories import make_article, make_attachment, make_event, make_item, make_person, tomorrow, yesterday


def link(*hrefs):
    return "<p>" + " ".join(f'<a href="{href}">Link</a>' for href in hrefs) + "</p>"


def noted(thing):
    mine = InternalLink.objects.filter(content_type=content_type_of(thing), object_id=thing.pk)
    return set(mine.values_list("field", "path"))


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("/aktuelles/eins/", "/aktuelles/eins/"),
        ("/aktuelles/?thema=wirkung&amp;jahr=2023#liste", "/aktuelles/"),
        ("/gr%C3%BC%C3%9Fe/", "/grüße/"),
        ("zwei/", "/aktuelles/hier/zwei/"),
        ("http://testserver/kontakt/", "/kontakt/"),
    ],
)
def test_links_to_own_pages_are_found(href, path):
    assert links_in(link(href), "/aktuelles/hier/") == {path}


@pytest.mark.parametrize(
    "href",
    ["https://example.org/aktuelles/", "//example.org/x/", "mailto:a@example.org", "tel:+4930123", "#oben", "https://[",
     "/a%00b/", "/" + "x" * 600],
)  # fmt: skip
def test_other_links_are_none_of_ours(href):
    assert links_in(link(href)) == set()


def test_what_a_text_links_to_follows_the_text():
    article = make_article(text=link("/eins/", "/zwei/", "/eins/"), easy_text=link("/zwei/"))
    assert noted(article) == {("text", "/eins/"), ("text", "/zwei/"), ("easy_text", "/zwei/")}
    article.text = link("/drei/")
    article.save()
    assert noted(article) == {("text", "/drei/"), ("easy_text", "/zwei/")}
    article.text = link("/vier/")
    article.save(update_fields=["title"])  # the text itself is not written
    Article.objects.only("title").get(pk=article.pk).save()
    assert noted(article) == {("text", "/drei/"), ("easy_text", "/zwei/")}
    key = article.pk
    article.delete()
    assert not InternalLink.objects.filter(object_id=key).exists()


def test_every_rich_text_is_watched():
    item = make_item(text=link("/eins/"), result=link("/zwei/"))
    person = make_person(biography=link("/drei/"))
    assert noted(item) == {("text", "/eins/"), ("result", "/zwei/")}
    assert noted(person) == {("biography", "/drei/")}


def test_texts_written_past_us_are_read_by_a_command():
    article = make_article()
    Article.objects.filter(pk=article.pk).update(text=link("/eins/"))
    assert noted(article) == set()
    call_command("links", stdout=StringIO())
    assert noted(article) == {("text", "/eins/")}


def test_alive_is_what_readers_find():
    event = make_event(easy_text="<p>Leicht.</p>")
    item = make_item(event)
    file = make_attachment()
    alive = [
        "/", "/aktuelles/", "/veranstaltungen/", "/kontakt/", "/kontakt/mitte/", "/impressum/", event.get_absolute_url(),
        event.get_easy_url(), event.get_absolute_url().rstrip("/"), item.get_absolute_url(),
        make_person().get_absolute_url(), make_article().get_absolute_url(), file.file.url,
    ]  # fmt: skip
    assert dead(alive) == set()


def test_dead_is_what_readers_do_not_find():
    hidden = [
        make_article(published_at=None),
        make_article(published_at=tomorrow()),
        make_article(published_at=yesterday().replace(year=2020), expires_at=yesterday()),
        make_person(published_at=None),
        make_item(make_event(published_at=None)),
    ]
    event, other = make_event(), make_item()
    lost = [
        *(thing.get_absolute_url() for thing in hidden),
        event.get_easy_url(),  # there is no easy version
        f"{event.get_absolute_url()}{other.slug}/",  # the item of another event
        f"/personen/{event.slug}/", "/kontakt/brandenburg/", "/gibt-es-nicht/", "/redaktion/", "/medien/bilder/weg.jpg",
    ]  # fmt: skip
    assert dead(lost) == set(lost)


def test_a_moved_address_is_not_dead():
    event = make_event(slug="alt")
    make_item(event, slug="werkstatt")
    event.slug = "neu"
    event.save()
    FormerAddress.objects.create(path="/frueher/", target_path="/veranstaltungen/alt/")
    FormerAddress.objects.create(path="/ins-leere/", target_path="/gibt-es-nicht/")
    FormerAddress.objects.create(path="/kreis/", target_path="/kreis-2/")
    FormerAddress.objects.create(path="/kreis-2/", target_path="/kreis/")
    moved = ["/veranstaltungen/alt/", "/veranstaltungen/alt/werkstatt/", "/frueher/"]
    lost = ["/veranstaltungen/alt/nichts/", "/ins-leere/", "/kreis/"]
    assert dead(moved + lost) == set(lost)
    event.published_at = None
    event.save()
    assert dead(moved) == set(moved)


def test_only_links_readers_can_see_count_as_broken():
    target = make_article()
    public = Page.objects.create(title="Seite", text=link(target.get_absolute_url(), "/weg/"), published_at=yesterday())
    make_article(published_at=None, text=link("/weg/"))
    assert [(one.owner, one.path) for one in InternalLink.objects.broken()] == [(public, "/weg/")]
    target.published_at = None
    target.save()
    assert InternalLink.objects.broken().count() == 2


def test_asking_costs_the_same_for_one_address_and_many():
    def cost(number):
        paths = [make_article().get_absolute_url() for _ in range(number)]
        paths += [make_article(published_at=None).get_absolute_url() for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            dead(paths)
        return len(queries)

    cost(1)
    assert cost(1) == cost(20)


def test_the_list_leads_to_the_text(desk):
    article = make_article(title="Mit Fehler", text=link("/weg/"))
    page = desk.get("/redaktion/forum/internallink/?pruefen=defekt").content.decode()
    assert f'<a href="/redaktion/news/article/{article.pk}/change/">„Mit Fehler“ bearbeiten</a>' in page
    assert "Beitrag „Mit Fehler“" in page
