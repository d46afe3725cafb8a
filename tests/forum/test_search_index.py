"""The index of the search: only what is public, current after every kind of change, whatever writes."""

import io
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from contacts.models import District, Person, PostcodeShare
from events.models import Event, ProgrammeItem, Series, Venue
from forum.management.commands import run
from forum.models import Attachment, Page, SearchEntry, Topic
from forum.searching import upkeep
from forum.searching.finding import find
from forum.searching.words import parse
from forum.snapshots import history
from forum.topics import merge_topics
from news.models import Article, ArticleTopic, ArticleType
from tests.factories import (
    make_article,
    make_attachment,
    make_event,
    make_item,
    make_person,
    make_type,
    tomorrow,
    yesterday,
)
from tests.forms import filled_form

WORD = "Zauberlehrling"


def found(text=WORD, at=None):
    """Titles of what is found, without marks."""
    return {re.sub("</?mark>", "", str(hit.title)) for hit in find(parse(text), at=at).hits}


def page(**facts):
    return Page.objects.create(**{"title": WORD, "text": "<p>Text</p>", "published_at": yesterday()} | facts)


def topic_of_article(**facts):
    return make_article(topics=[Topic.objects.create(name=WORD)], title="Beitrag", **facts)


def file_of_article(**facts):
    article = make_article(title="Beitrag", **facts)
    article.attachment_rows.create(attachment=make_attachment(title=WORD))
    return article


def file_of_item(**facts):
    item = make_item(make_event(title="Tagung", **facts))
    item.attachment_rows.create(attachment=make_attachment(title=WORD))
    return item.event


KINDS = {  # makes something of each kind that says the word; returns what is published or not
    "article": lambda **facts: make_article(title=WORD, **facts),
    "text of an article": lambda **facts: make_article(title="Beitrag", text=f"<p>Der {WORD}</p>", **facts),
    "event": lambda **facts: make_event(title=WORD, **facts),
    "item": lambda **facts: make_item(make_event(title="Tagung", **facts), title=WORD).event,
    "person": lambda **facts: make_person(family_name=WORD, **facts),
    "page": page,
    "topic of an article": topic_of_article,
    "file of an article": file_of_article,
    "file of an item": file_of_item,
}
every_kind = pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)


@every_kind
def test_what_is_published_is_found(make):
    make(published_at=yesterday())
    assert found()


@every_kind
@pytest.mark.parametrize(
    "facts",
    [{"published_at": None}, {"published_at": tomorrow()}, {"published_at": yesterday(), "expires_at": timezone.now()}],
    ids=["draft", "scheduled", "expired"],
)
def test_what_is_not_published_leaks_nowhere(client, make, facts):
    make(**facts)
    assert found() == set()
    for text in ("Zauber", "Lehrling", "Zauberlherling", "Hexe oder Zauber", WORD):
        page = client.get("/suche/", {"q": text}).content.decode()
        assert "<title>0 Treffer" in page
        assert WORD not in page or text == WORD
        assert "row__title" not in page
        assert client.get("/suche/vorschlaege/", {"q": text}).json() == []


@every_kind
def test_time_alone_shows_and_hides_to_the_moment(make):
    start, end = tomorrow(), tomorrow() + timezone.timedelta(hours=1)
    make(published_at=start, expires_at=end)
    tick = timezone.timedelta(microseconds=1)
    assert [bool(found(at=at)) for at in (start - tick, start, end - tick, end)] == [False, True, True, False]


def test_guests_are_found_breaks_and_unused_topics_are_not():
    make_person(family_name=WORD)
    make_item(title=f"{WORD} Pause", kind=ProgrammeItem.Kind.BREAK)
    Topic.objects.create(name=f"{WORD} Thema")
    make_person(family_name="Gast", topics=[Topic.objects.create(name=f"{WORD} Gastthema")])
    assert found() == {f"Erika {WORD}"} | {title for title in found() if "Gast" in title and "Erika" in title}


def test_hidden_people_are_not_found_through_what_they_take_part_in():
    person = make_person(family_name=WORD, published_at=None)
    event = make_event(title="Tagung", contacts=[person])
    make_item(event, title="Vortrag", people=[person])
    make_article(title="Beitrag", contacts=[person])
    assert found() == set()
    Person.objects.filter(pk=person.pk).update(published_at=yesterday())
    assert found() == {f"Erika {WORD}", "Tagung", "Vortrag", "Beitrag"}
    Person.objects.filter(pk=person.pk).update(published_at=tomorrow())
    assert found() == set()


def test_update_of_many_rows_changes_the_index():
    articles = [make_article(title=f"Beitrag {number}") for number in range(3)]
    Article.objects.filter(pk__in=[one.pk for one in articles[:2]]).update(title=Concat(Value(f"{WORD} "), F("title")))
    assert found() == {f"{WORD} Beitrag 0", f"{WORD} Beitrag 1"}
    Article.objects.filter(pk=articles[0].pk).update(published_at=None)
    assert found() == {f"{WORD} Beitrag 1"}


def test_bulk_creation_and_sql_by_hand_change_the_index():
    kind = make_type()
    Article.objects.bulk_create(
        [Article(title=f"{WORD} {n}", slug=f"z-{n}", type=kind, lead="L", published_at=yesterday()) for n in range(3)]
    )
    assert len(found()) == 3
    with connection.cursor() as cursor:
        cursor.execute("UPDATE news_article SET title = 'Anderes' WHERE slug = 'z-0'")
        cursor.execute("DELETE FROM news_article WHERE slug = 'z-1'")
    assert found() == {f"{WORD} 2"}


@every_kind
def test_what_is_deleted_is_gone(make):
    make(published_at=yesterday())
    for model in (Article, Event, Person, Page):
        for one in model.objects.all():
            one.delete()
    assert found() == set()
    assert not SearchEntry.objects.exclude(kind__in=("themen", "seiten", "bezirke")).exists()


def test_renaming_and_merging_topics():
    topic = Topic.objects.create(name="Alt")
    make_article(title="Beitrag", topics=[topic])
    make_event(title="Tagung", topics=[topic])
    topic.name = WORD
    topic.save()
    assert found() == {WORD, "Beitrag", "Tagung"}
    other = Topic.objects.create(name="Besen")
    make_article(title="Zweiter", topics=[other])
    merge_topics(topic, Topic.objects.filter(pk=other.pk))
    assert found() == {WORD, "Beitrag", "Tagung", "Zweiter"}
    assert found("Besen") == set()


def test_topics_set_and_taken_away():
    topic = Topic.objects.create(name=WORD)
    article = make_article(title="Beitrag")
    article.topics.add(topic)
    assert found() == {WORD, "Beitrag"}
    article.topics.clear()
    assert found() == set()
    ArticleTopic.objects.bulk_create([ArticleTopic(content_object=article, tag=topic)])
    assert found() == {WORD, "Beitrag"}


def test_renaming_what_others_mention():
    person = make_person(family_name="Alt", districts=["Mitte"])
    series, venue = Series.objects.create(title="Alte Reihe"), Venue.objects.create(name="Altes Haus")
    event = make_event(title="Tagung", series=series, venue=venue, contacts=[person])
    make_item(event, title="Vortrag", people=[person])
    make_article(title="Beitrag", contacts=[person], type=make_type("Alte Art"))
    Person.objects.filter(pk=person.pk).update(family_name=WORD)
    assert found() == {f"Erika {WORD}", "Tagung", "Vortrag", "Beitrag"}
    Person.objects.filter(pk=person.pk).update(family_name="Neu")
    assert found() == set()
    for model, field, title in ((Series, "title", "Tagung"), (Venue, "name", "Tagung"), (ArticleType, "name", "Beitrag"),
                                (District, "name", "Erika Neu"), (Event, "title", "Tagung")):  # fmt: skip
        before = model.objects.filter(name="Mitte") if model is District else model.objects.all()
        old = getattr(before.first(), field)
        rows = model.objects.filter(pk=before.first().pk)
        rows.update(**{field: WORD})
        assert found() - {WORD, "Vortrag"} == {title} - ({"Tagung"} if model is Event else set()), model
        rows.update(**{field: old})
        assert found() == set()


def test_rows_of_programme_and_files_move():
    first, second = make_event(title="Erste"), make_event(title="Zweite", published_at=None)
    item = make_item(first, title=WORD)
    assert found() == {WORD}
    ProgrammeItem.objects.filter(pk=item.pk).update(event=second)
    assert found() == set()
    file = make_attachment(title=WORD)
    row = second.attachment_rows.create(attachment=file)
    assert found() == set()
    first.attachment_rows.create(attachment=file)
    assert found() == {WORD}
    first.attachment_rows.all().delete()
    row.event = first
    row.save()
    assert found() == {WORD}
    Attachment.objects.filter(pk=file.pk).update(title="Anderes")
    assert found() == set()


def test_a_changed_address_is_the_one_that_is_shown():
    event = make_event(title="Tagung", slug="alt")
    make_item(event, title=WORD, slug="vortrag")
    Event.objects.filter(pk=event.pk).update(slug="neu")
    assert [hit.url for hit in find(parse(WORD)).hits] == ["/veranstaltungen/neu/vortrag/"]


def test_the_desk_changes_and_deletes(desk):
    article = make_article(title="Beitrag")
    address = f"/redaktion/news/article/{article.pk}"
    desk.post(f"{address}/change/", filled_form(desk, f"{address}/change/", title=WORD))
    assert found() == {WORD}
    desk.post(f"{address}/delete/", {"post": "yes"})
    assert found() == set()


def test_a_change_that_is_taken_back_is_taken_back_in_the_index():
    from django.db import transaction

    article = make_article(title="Beitrag")
    try:
        with transaction.atomic():
            Article.objects.filter(pk=article.pk).update(title=WORD)
            assert found() == {WORD}
            raise RuntimeError
    except RuntimeError:
        pass
    assert found() == set()


def test_what_does_not_matter_writes_nothing():
    person = make_person()
    make_article(contacts=[person])
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text, ctid::text FROM forum_searchentry ORDER BY id")
        before = cursor.fetchall()
        Person.objects.filter(pk=person.pk).update(checked_at=timezone.now(), phone="030 99")
        Article.objects.update(pinned=True)
        cursor.execute("SELECT xmin::text, ctid::text FROM forum_searchentry ORDER BY id")
        assert cursor.fetchall() == before


def test_building_anew_changes_nothing():
    for make in KINDS.values():
        make(published_at=yesterday())
    make_event(published_at=None, title="Entwurf")
    columns = [field.name for field in SearchEntry._meta.fields if field.name != "id"]
    before = set(map(str, SearchEntry.objects.values_list(*columns)))
    call_command("search_index", stdout=io.StringIO())
    assert set(map(str, SearchEntry.objects.values_list(*columns))) == before
    assert len(before) > 10


def test_triggers_are_made_once_and_built_anew_when_they_change(monkeypatch):
    make_article(title=WORD)
    SearchEntry.objects.all().delete()
    upkeep.keep_current()
    assert found() == set(), "nothing has changed, so nothing is built"
    monkeypatch.setattr(upkeep, "FINDING", [*upkeep.FINDING, "SELECT 1"])
    upkeep.keep_current()
    assert found() == set(), "nothing that writes has changed"
    monkeypatch.setattr(upkeep, "PLAIN", upkeep.PLAIN + " ")
    upkeep.keep_current()
    assert found() == {WORD}


# Districts, Leichte Sprache, people of what is planned


def hits(text):
    return [(hit.source.kind, hit.url) for hit in find(parse(text)).hits]


def test_districts_are_found_by_name_quarter_and_postcode(client):
    for text in ("Neukölln", "neukoelln", "Britz", "Bezirk Neukölln", "12043"):
        assert ("bezirke", "/kontakt/neukoelln/") in hits(text)[:3], text
    shares = {
        one.district.slug for one in PostcodeShare.objects.filter(postcode__code="10119", address_share__gte=0.005)
    }
    assert {url.split("/")[2] for kind, url in hits("10119") if kind == "bezirke"} == shares
    assert "Bezirke" in client.get("/suche/?q=Pankow").content.decode()


EASY = {
    "leichte_beitraege": lambda **facts: make_article(title="Beitrag", **facts),
    "leichte_termine": lambda **facts: make_event(title="Tagung", **facts),
    "leichte_seiten": lambda **facts: page(title="Seite", **facts),
}


@pytest.mark.parametrize("kind", EASY)
def test_easy_versions_are_found_while_there_are_some(client, kind):
    text = f"<p>Das ist ein {WORD}.</p><p>Wir gehen in den Bundes·tag und auf den Sport-Platz.</p>"
    thing = EASY[kind](easy_text=text)
    for asked in (WORD, "Bundestag", "Sportplatz", "Platz"):
        assert hits(asked) == [(kind, thing.get_easy_url())], asked
    page = client.get(f"/suche/?q={WORD}").content.decode()
    assert "in Leichter Sprache" in page
    assert client.get(hits(WORD)[0][1]).status_code == 200
    rows = type(thing).objects.filter(pk=thing.pk)
    rows.update(easy_title=f"{WORD} leicht")
    assert found() == {f"{WORD} leicht"}
    rows.update(published_at=tomorrow())
    assert hits(WORD) == []
    rows.update(published_at=yesterday(), easy_text="")
    assert hits(WORD) == []


def test_a_series_is_found_while_one_of_its_events_is_public():
    series = Series.objects.create(title="Reihe", text=f"<p>{WORD}</p>")
    assert found() == set()
    event = make_event(title="Abend", series=series, published_at=tomorrow())
    assert (found(), found(at=tomorrow() + timezone.timedelta(minutes=1))) == (set(), {"Reihe"})
    rows = Event.objects.filter(pk=event.pk)
    rows.update(published_at=yesterday())
    assert hits(WORD) == [("reihen", "/veranstaltungen/reihe/reihe/")]
    rows.update(series=None)
    assert found() == set()


def test_people_of_what_is_planned_are_named_with_it():
    start, end = tomorrow(), tomorrow() + timezone.timedelta(days=1)
    speaker, later, leaving = (
        make_person(family_name=WORD, published_at=start),
        make_person(family_name="Spaeter", published_at=end),
        make_person(family_name="Kurzgast", expires_at=end),
    )
    people = [speaker, later, leaving]
    event = make_event(title="Tagung", published_at=start, contacts=people)
    make_item(event, title="Vortrag", people=people)
    make_article(title="Beitrag", published_at=start, expires_at=end, contacts=people)
    assert found() == set()
    assert found(at=start) == {f"Erika {WORD}", "Tagung", "Vortrag", "Beitrag"}
    assert found("Spaeter", at=start) == set()
    assert found("Kurzgast", at=start) == {"Erika Kurzgast", "Beitrag"}, "the others stay longer than the guest"
    Event.objects.filter(pk=event.pk).update(published_at=yesterday())
    assert found() == set(), "nobody is named before their time"


def test_what_comes_back_is_found_as_it_is_now(desk):
    article = make_article(title="Beitrag", text=f"<p>{WORD}</p>")
    address = f"/redaktion/news/article/{article.pk}"
    desk.post(f"{address}/change/", filled_form(desk, f"{address}/change/", text="<p>Besenstiel</p>"))
    assert (found(), found("Besenstiel")) == (set(), {"Beitrag"})
    first = history(Article, article.pk)[1]
    desk.post(f"{address}/history/{first.pk}/")
    assert (found(), found("Besenstiel")) == ({"Beitrag"}, set())
    desk.post(f"{address}/delete/", {"post": "yes"})
    desk.post(f"/redaktion/news/article/geloescht/{article.pk}/")
    assert found() == set(), "what comes back is a draft"
    desk.post(f"{address}/change/", filled_form(desk, f"{address}/change/", published_at="1.2.2024 9:00"))
    assert found() == {"Beitrag"}


def test_starting_without_new_tables_builds_what_is_said_anew(monkeypatch):
    make_article(title=WORD)
    SearchEntry.objects.all().delete()
    monkeypatch.setattr(upkeep, "PLAIN", upkeep.PLAIN + " ")
    run.Command().migrate()
    assert found() == {WORD}
