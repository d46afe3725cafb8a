"""What is loaded with one query is the same as what its relations would answer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Person
from events.models import Event
from forum.models import Topic
from forum.remembered import facts_of
from news.models import Article
from tests.factories import make_article, make_attachment, make_event, make_item, make_person, make_picture, tomorrow


@pytest.fixture
def article():
    topics = [Topic.objects.create(name=name) for name in ("Wirkung", "Ökologie", "Pflege")]
    hidden = make_person(published_at=None)
    person = make_person(
        in_directory=True,
        topics=topics[:2],
        districts=["Pankow", "Mitte"],
        portrait=make_picture(),
        deputy=make_person(),
    )
    event = make_event(topics=topics[1:], contacts=[person])
    make_item(event, [person, hidden, make_person()])
    make_item(event, [])
    article = make_article(topics=topics, contacts=[make_person(), hidden, person], picture=make_picture(), event=event)
    article.attachment_rows.create(attachment=make_attachment())
    article.picture_rows.create(picture=make_picture())
    article.links.create(title="Presse", url="https://example.org/")
    article.related.add(make_article(), make_article(published_at=tomorrow()))
    return article


def test_an_article_and_all_it_shows_take_one_query(article):
    with CaptureQueriesContext(connection) as queries:
        loaded = Article.objects.for_page().get(pk=article.pk)
        facts_of(loaded, {})
        people = [row.person for row in loaded.contact_rows.all()]
        shown = [
            [topic.name for topic in loaded.topics.all()],
            [person.name for person in people],
            [district.name for person in people for district in person.represented],
            [topic.name for topic in people[1].topics.all()],
            [part.person.name for item in loaded.event.programme.all() for part in item.participations.all()],
            [one.pk for one in loaded.visible_related],
            [row.attachment.title for row in loaded.attachment_rows.all()],
            [row.picture.credit for row in loaded.picture_rows.all()],
            [link.title for link in loaded.links.all()],
            people[1].deputy.name,
            people[0].portrait,
        ]
    assert len(queries) == 1
    fresh = Article.objects.get(pk=article.pk)
    rows = [row for row in fresh.contact_rows.all() if row.person.is_published]
    assert shown == [
        ["Ökologie", "Pflege", "Wirkung"],
        [row.person.name for row in rows],
        ["Pankow", "Mitte"],
        ["Ökologie", "Wirkung"],
        [
            part.person.name
            for item in fresh.event.programme.all()
            for part in item.participations.all()
            if part.person.is_published
        ],
        [one.pk for one in fresh.related.published()],
        ["Protokoll"],
        ["Erika Beispiel"],
        ["Presse"],
        rows[1].person.deputy.name,
        None,
    ]


@pytest.mark.parametrize("model", [Article, Event, Person])
def test_every_column_has_the_value_it_has_in_its_own_table(article, model):
    seen = 0
    pages = {
        Article: Article.objects.for_page,
        Event: Event.objects.for_page,
        Person: Person.objects.with_contact_details,
    }

    def compare(thing):
        nonlocal seen
        fresh = type(thing)._base_manager.get(pk=thing.pk)
        for field in thing._meta.concrete_fields:
            if field.attname in thing.__dict__:
                assert getattr(thing, field.attname) == getattr(fresh, field.attname), field
                seen += 1

    def walk(thing, met):
        if (type(thing), thing.pk) in met:
            return
        met.add((type(thing), thing.pk))
        compare(thing)
        for one in [*thing._state.fields_cache.values(), *thing.__dict__.get("visible_related", ())]:
            if one is not None:
                walk(one, met)
        for rows in getattr(thing, "_prefetched_objects_cache", {}).values():
            for one in rows:
                walk(one, met)

    met = set()
    for thing in pages[model]():
        walk(thing, met)
    assert seen > 50


def test_rows_that_were_loaded_cannot_be_filtered_by_mistake(article):
    loaded = Article.objects.for_page().get(pk=article.pk)
    assert loaded.links.count() == 1 and loaded.links.all()[0].title == "Presse"
    with pytest.raises(TypeError, match="loaded with a page"):
        loaded.links.filter(title="Presse")


def test_an_event_that_is_not_public_is_not_loaded(article):
    Event.objects.update(published_at=None)
    assert Article.objects.for_page().get(pk=article.pk).event is None
