import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.db.models import ProtectedError

from news.models import Article, ArticleType
from tests.factories import (
    make_article,
    make_attachment,
    make_event,
    make_item,
    make_person,
    make_picture,
    make_type,
    tomorrow,
    yesterday,
)

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def titles(client):
    def titles(address):
        return [article.title for article in client.get(address).context["articles"]]

    return titles


def test_newest_first_and_pinned_before_them(titles):
    make_article(title="Alt", published_at=yesterday() - timedelta(days=2))
    make_article(title="Neu")
    make_article(title="Oben", published_at=yesterday() - timedelta(days=9), pinned=True)
    make_article(title="Entwurf", published_at=None)
    make_article(title="Geplant", published_at=tomorrow(), pinned=True)
    make_article(title="Abgelaufen", published_at=yesterday() - timedelta(days=2), expires_at=yesterday())
    assert titles("/aktuelles/") == titles("/") == ["Oben", "Neu", "Alt"]


def test_topic_type_and_year_together(client, titles):
    def make(title, topic, kind, year):
        make_article(
            title=title, topics=[topic], type=make_type(kind), published_at=datetime(year, 5, 1, tzinfo=BERLIN)
        )

    make("Gesucht", "Wirkung", "Berichte", 2023)
    make("Anderes Jahr", "Wirkung", "Berichte", 2024)
    make("Andere Art", "Wirkung", "Meldungen", 2023)
    make("Anderes Thema", "Pflege", "Berichte", 2023)
    assert titles("/aktuelles/?thema=wirkung&art=berichte&jahr=2023") == ["Gesucht"]
    assert set(titles("/aktuelles/?thema=wirkung&jahr=2023")) == {"Andere Art", "Gesucht"}
    page = client.get("/aktuelles/?thema=wirkung&art=berichte&jahr=2023").content.decode()
    assert 'href="/aktuelles/?thema=wirkung&amp;art=berichte"' in page  # without the year
    assert "Jahr: 2023" in page


def test_the_year_is_berlins(titles):
    make_article(title="Silvester", published_at=datetime(2023, 12, 31, 23, 59, tzinfo=BERLIN))
    make_article(title="Neujahr", published_at=datetime(2024, 1, 1, 0, 0, tzinfo=BERLIN))
    assert titles("/aktuelles/?jahr=2023") == ["Silvester"]
    assert titles("/aktuelles/?jahr=2024") == ["Neujahr"]


def test_what_only_drafts_have_is_no_choice(client):
    make_article(published_at=tomorrow(), topics=["Geheimes Thema"], type=make_type("Geheime Art"))
    make_article(published_at=datetime(1999, 1, 1, tzinfo=BERLIN), expires_at=datetime(2000, 1, 1, tzinfo=BERLIN))
    page = client.get("/aktuelles/").content.decode()
    assert "Geheim" not in page
    assert "1999" not in page


@pytest.mark.parametrize(
    "query", ["thema=x", "art=%00", "jahr=abc", "jahr=99999999999", "jahr=-1", "jahr=٢٠٢٣", "art=" + "x" * 5000]
)
def test_wrong_values_are_said_and_ignored(client, titles, query):
    make_article(title="Da")
    assert titles(f"/aktuelles/?{query}") == ["Da"]
    assert "gibt es hier nicht." in client.get(f"/aktuelles/?{query}").content.decode()


def test_pages_keep_the_filters(client, titles):
    for number in range(21):
        make_article(title=f"Nr. {number}", topics=["Wirkung"], published_at=yesterday() - timedelta(hours=number))
    assert titles("/aktuelles/?thema=wirkung&seite=2") == ["Nr. 20"]
    page = client.get("/aktuelles/?thema=wirkung&seite=2").content.decode()
    assert 'href="/aktuelles/?thema=wirkung&amp;seite=1"' in page
    assert 'start="21"' in page
    assert client.get("/aktuelles/?thema=wirkung&seite=3").status_code == 404


def test_friendly_when_empty(client):
    assert "keine Beiträge" in client.get("/aktuelles/").content.decode()
    assert "bald die ersten Beiträge" in client.get("/").content.decode()


def test_the_list_costs_the_same_for_one_and_thirty(count_queries):
    make_article(topics=["Wirkung"], picture=make_picture())
    few = count_queries("/aktuelles/")
    for _ in range(18):
        make_article(topics=["Wirkung", "Pflege", "Teilhabe"], picture=make_picture(), type=make_type("Berichte"))
    assert count_queries("/aktuelles/") == few
    assert few <= 6


def full_article():
    person = make_person(family_name="Kontaktperson", topics=["Wirkung"], districts=["Mitte"], deputy=make_person())
    event = make_event(title="Die Tagung")
    make_item(event, title="Der Workshop", people=[person])
    article = make_article(
        title="Voll",
        topics=["Wirkung", "Pflege"],
        picture=make_picture(caption="Im Bild"),
        event=event,
        contacts=[person, make_person()],
        text="<p>Der Text.</p>",
    )
    article.attachment_rows.create(attachment=make_attachment())
    article.links.create(title="Press review", url="https://example.org/", title_language="en")
    article.related.add(make_article(title="Verwandt"))
    return article


def test_an_article_joins_event_people_topics_files_and_links(client):
    article = full_article()
    page = client.get(article.get_absolute_url()).content.decode()
    for expected in (
        "Meldungen", "Wirkung", "Im Bild", "© Erika Beispiel", "<p>Der Text.</p>", "Die Tagung", "Der Workshop", "Kontaktperson",
        "Protokoll", "Verwandt", '<a href="https://example.org/" hreflang="en"><span lang="en" dir="auto">Press review</span></a>', "/kontakt/mitte/",
    ):  # fmt: skip
        assert expected in page


def test_the_page_of_an_article_costs_the_same_for_little_and_much(count_queries):
    article = full_article()
    few = count_queries(article.get_absolute_url())
    for _ in range(6):
        person = make_person(topics=["Wirkung"], districts=["Pankow"])
        make_item(article.event, people=[person, make_person()])
        article.contact_rows.create(person=person)
        article.related.add(make_article())
        article.attachment_rows.create(attachment=make_attachment())
    assert count_queries(article.get_absolute_url()) == few


def test_related_articles_are_shown_from_both_sides(client):
    one, other = make_article(title="Der eine"), make_article(title="Der andere")
    hidden = make_article(title="Geheim", published_at=None)
    one.related.add(other, hidden)
    assert "Der andere" in client.get(one.get_absolute_url()).content.decode()
    assert "Geheim" not in client.get(one.get_absolute_url()).content.decode()
    assert "Der eine" in client.get(other.get_absolute_url()).content.decode()


def test_an_event_that_is_not_public_is_not_named(client):
    event = make_event(title="Geheime Tagung", published_at=None)
    make_item(event, title="Geheimer Workshop")
    page = client.get(make_article(event=event).get_absolute_url()).content.decode()
    assert "Geheim" not in page
    assert "Rückblick" not in page


def test_an_event_that_an_article_looks_back_at_is_not_deleted(desk):
    article = make_article(title="Der Rückblick", event=make_event())
    with pytest.raises(ProtectedError):
        article.event.delete()
    page = desk.get(f"/redaktion/events/event/{article.event.pk}/delete/").content.decode()
    assert "Der Rückblick" in page


def test_types_that_differ_in_a_mark_only_are_refused_beside_the_name(desk):
    ArticleType.objects.create(name="Berichte")
    for name in ("Berichte!", "!!!"):
        answer = desk.post("/redaktion/news/articletype/add/", {"name": name, "position": 0})
        assert answer.status_code == 200
        assert list(answer.context["adminform"].form.errors) == ["name"]


def test_staff_can_add_types():
    kind = ArticleType.objects.create(name="Fördermöglichkeiten")
    assert kind.slug == "foerdermoeglichkeiten"
    assert list(Article.objects.filter(type=kind)) == []


def test_contacts_keep_their_order(client):
    article = make_article(contacts=[make_person(family_name="Zuerst"), make_person(family_name="Danach")])
    page = client.get(article.get_absolute_url()).content.decode()
    assert page.index("Zuerst") < page.index("Danach")


def test_a_long_lead_is_cut_between_characters_not_inside_their_names(client):
    article = make_article(lead="„Wir & Sie’s“ " * 30)
    description = re.search(
        'name="description" content="([^"]*)"', client.get(article.get_absolute_url()).content.decode()
    )[1]
    assert unescape(description) == article.lead[:159] + "…"


def test_an_address_with_foreign_marks_is_shared_without_them(client):
    article = make_article()
    page = client.get(f"{article.get_absolute_url()}?utm_source=mail").content.decode()
    assert f'og:url" content="http://testserver{article.get_absolute_url()}"' in page
    page = client.get("/aktuelles/?jahr=1999&utm_source=mail").content.decode()
    assert 'og:url" content="http://testserver/aktuelles/' in page
    assert "utm_source" not in re.search('og:url" content="([^"]*)"', page)[1]
