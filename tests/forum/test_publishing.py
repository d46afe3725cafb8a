from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from contacts.models import Person
from events.models import Event
from forum.models import Page
from forum.publishing import State
from news.models import Article
from tests.factories import make_article, make_event, make_person, make_picture, tomorrow, yesterday

MAKERS = [make_article, make_event, make_person]


def states(make):
    """One of each state, by name."""
    return {
        State.DRAFT: make(published_at=None),
        State.SCHEDULED: make(published_at=tomorrow()),
        State.LIVE: make(published_at=yesterday()),
        State.EXPIRED: make(published_at=yesterday() - timedelta(days=2), expires_at=yesterday()),
    }


@pytest.mark.parametrize("make", MAKERS)
def test_queryset_and_object_give_the_same_answer(make):
    things = states(make)
    model = type(things[State.LIVE])
    for state, thing in things.items():
        assert thing.state == state
        assert list(model.objects.in_state(state)) == [thing]
        assert (thing in model.objects.published()) is thing.is_published
    assert list(model.objects.published()) == [things[State.LIVE]]


def test_the_first_instant_counts():
    now = timezone.now()
    article = make_article(published_at=now, expires_at=now + timedelta(hours=1))
    for moment, visible in [
        (now - timedelta(microseconds=1), False),
        (now, True),
        (now + timedelta(hours=1) - timedelta(microseconds=1), True),
        (now + timedelta(hours=1), False),
    ]:
        with time_machine.travel(moment, tick=False):
            assert article.is_published is visible
            assert Article.objects.published().exists() is visible
            assert Article.objects.published(moment).exists() is visible


def test_no_job_is_needed_to_appear(client):
    article = make_article(published_at=timezone.now() + timedelta(seconds=30))
    assert client.get(article.get_absolute_url()).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        assert client.get(article.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("make", MAKERS)
def test_database_refuses_to_expire_before_publishing(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make(published_at=tomorrow(), expires_at=yesterday())


def test_form_says_it_beside_the_field():
    article = make_article()
    article.expires_at = article.published_at - timedelta(hours=1)
    with pytest.raises(ValidationError) as error:
        article.full_clean()
    assert error.value.message_dict == {
        "expires_at": ["Das Ende der Sichtbarkeit muss nach der Veröffentlichung liegen."]
    }


def test_a_draft_may_be_incomplete_the_public_may_not():
    article = Article(title="Nur ein Titel")
    article.full_clean()
    article.published_at = timezone.now()
    with pytest.raises(ValidationError) as error:
        article.full_clean()
    assert set(error.value.message_dict) == {"type", "lead"}
    event = Event(title="Ohne Datum", lead="Aber mit Einleitung", published_at=timezone.now())
    with pytest.raises(ValidationError) as error:
        event.full_clean()
    assert set(error.value.message_dict) == {"starts_at"}


@pytest.mark.parametrize(("lacks", "says"), [({"credit": ""}, "Bildnachweis"), ({"alt_text": ""}, "Bildbeschreibung")])
def test_nothing_is_published_with_an_incomplete_picture(lacks, says):
    picture = make_picture(**lacks)
    draft = make_article(picture=picture, published_at=None)
    draft.full_clean()
    draft.published_at = timezone.now()
    with pytest.raises(ValidationError) as error:
        draft.full_clean()
    assert says in error.value.message_dict["picture"][0]
    portrait = make_person(portrait=picture)
    with pytest.raises(ValidationError) as error:
        portrait.full_clean()
    assert "portrait" in error.value.message_dict


def test_a_picture_in_use_keeps_its_credit():
    picture = make_picture()
    make_article(title="Zeigt das Bild", picture=picture)
    picture.credit = ""
    with pytest.raises(ValidationError) as error:
        picture.full_clean()
    assert "Zeigt das Bild" in error.value.messages[0]


def test_standard_pages_are_there_and_public(client):
    for page in Page.objects.all():
        assert client.get(page.get_absolute_url()).status_code == 200
    assert Page.objects.published().count() == 5


def test_person_is_public_unless_said_otherwise():
    assert Person(family_name="Neu").is_published
