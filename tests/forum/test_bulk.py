"""Bulk actions: what they do, what they leave alone and why, and who may."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event
from forum.models import Page, Picture, Topic
from forum.publishing import State
from news.models import Article
from tests.factories import make_article, make_event, make_item, make_person, make_picture, noted, tomorrow, yesterday

ARTICLES, EVENTS, PAGES, PEOPLE = (
    "/redaktion/news/article/",
    "/redaktion/events/event/",
    "/redaktion/forum/page/",
    "/redaktion/contacts/person/",
)


def choose(client, address, action, things, **form):
    """Choose an action in a list; with a form, or `confirmed`, press the button of its page."""
    form = {"confirmed": "1"} | form if form else form
    return client.post(address, {"action": action, "_selected_action": [thing.pk for thing in things], **form})


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def states(*things):
    return [type(thing).objects.get(pk=thing.pk).state for thing in things]


def test_what_is_complete_is_published_and_the_rest_says_what_is_missing(desk):
    drafts = [make_article(published_at=None), make_article(published_at=tomorrow())]
    empty = make_article(published_at=None, lead="", type=None, title="Leer")
    blind = make_article(published_at=None, picture=make_picture(credit=""), title="Ohne Nachweis")
    live = make_article(title="Längst da")
    over = make_article(title="Vorbei", published_at=yesterday() - timedelta(days=2), expires_at=yesterday())
    everything = [*drafts, empty, blind, live, over]

    page = choose(desk, ARTICLES, "publish_chosen", everything)
    words = page.content.decode()
    assert "2 jetzt veröffentlichen" in words
    assert f'<a href="{ARTICLES}{empty.pk}/change/">Leer</a>: ' in words
    assert states(*drafts) == [State.DRAFT, State.SCHEDULED], "nothing has happened yet"

    answer = choose(desk, ARTICLES, "publish_chosen", everything, confirmed="1")
    assert answer.status_code == 302
    assert states(*everything) == [State.LIVE, State.LIVE, State.DRAFT, State.DRAFT, State.LIVE, State.EXPIRED]
    good, bad = said(answer)
    assert good == "2 Beiträge sind jetzt öffentlich."
    for reason in (
        "Zum Veröffentlichen fehlt noch: Art.",
        "Zum Veröffentlichen fehlt noch: Einleitung.",
        "es fehlt der Bildnachweis",
        "Längst da</a>: ist schon öffentlich.",
        "Vorbei</a>: ist abgelaufen.",
    ):
        assert reason in bad
    assert "Veröffentlicht, zusammen mit anderen." in noted(drafts[0])


def test_an_event_without_date_stays_a_draft(desk):
    event = make_event(starts_at=None, published_at=None)
    answer = choose(desk, EVENTS, "publish_chosen", [event], confirmed="1")
    assert "Zum Veröffentlichen fehlt noch: Beginn." in said(answer)[0]
    assert states(event) == [State.DRAFT]


def test_what_is_withdrawn_is_a_draft_again(desk, client):
    live, planned, draft = make_event(), make_event(published_at=tomorrow()), make_event(published_at=None)
    answer = choose(desk, EVENTS, "withdraw_chosen", [live, planned, draft], confirmed="1")
    assert states(live, planned, draft) == [State.DRAFT] * 3
    assert said(answer)[0] == "2 Veranstaltungen sind nicht mehr öffentlich."
    assert "ist nicht öffentlich." in said(answer)[1]
    assert client.get(live.get_absolute_url()).status_code == 404


def test_the_pages_at_the_foot_of_the_site_stay(desk):
    imprint, other = Page.objects.get(slug="impressum"), Page.objects.create(title="Neu", published_at=yesterday())
    choose(desk, PAGES, "publish_chosen", [imprint], confirmed="1")
    before = states(imprint)
    answer = choose(desk, PAGES, "withdraw_chosen", [imprint, other], confirmed="1")
    assert states(imprint, other) == [*before, State.DRAFT]
    assert "steht am Fuß jeder Seite" in said(answer)[-1]


@pytest.mark.parametrize(
    ("address", "make"), [(ARTICLES, make_article), (EVENTS, make_event), (PEOPLE, make_person)], ids=["a", "e", "p"]
)
def test_topics_are_added_and_none_is_lost(desk, address, make):
    one, both = make(topics=["Wirkung"]), make(topics=["Wirkung", "Teilhabe"])
    Topic.objects.create(name="Neu", slug="neu")
    empty = choose(desk, address, "add_topics", [one, both], confirmed="1")
    assert "Bitte wählen Sie mindestens ein Thema." in empty.content.decode()
    topics = [topic.pk for topic in Topic.objects.filter(name__in=["Wirkung", "Teilhabe"])]
    answer = choose(desk, address, "add_topics", [one, both], topics=topics)
    assert list(one.topics.names()) == list(both.topics.names()) == ["Teilhabe", "Wirkung"]
    assert "ist ergänzt." in said(answer)[0]
    assert "bleibt unverändert" in said(answer)[1]


@pytest.mark.parametrize("topics", [["9" * 30], ["abc"], ["0"], ["1\x00"]])
def test_topics_that_are_none_are_refused(desk, topics):
    answer = choose(desk, ARTICLES, "add_topics", [make_article()], topics=topics)
    assert answer.status_code == 200
    assert answer.context["form"].errors["topics"]


def contacts(thing):
    return [row.person.family_name for row in thing.contact_rows.all()]


@pytest.mark.parametrize(("address", "make"), [(ARTICLES, make_article), (EVENTS, make_event)], ids=["a", "e"])
def test_a_contact_person_is_replaced_in_place(desk, address, make):
    old, new, other = [make_person(family_name=name) for name in ("Alt", "Neu", "Andere")]
    things = [make(contacts=[old, other]), make(contacts=[other, old, new]), make(contacts=[other])]
    page = choose(desk, address, "change_contact", things).content.decode()
    assert "Erika Alt (steht bei 2 von 3)" in page
    answer = choose(desk, address, "change_contact", things, old=old.pk, new=new.pk)
    assert [contacts(thing) for thing in things] == [["Neu", "Andere"], ["Andere", "Neu"], ["Andere"]]
    assert "sind geändert." in said(answer)[0]
    assert "bleibt unverändert" in said(answer)[1]

    choose(desk, address, "change_contact", things, old="niemand", new=old.pk)
    assert [contacts(thing) for thing in things] == [
        ["Neu", "Andere", "Alt"],
        ["Andere", "Neu", "Alt"],
        ["Andere", "Alt"],
    ]
    choose(desk, address, "change_contact", things, old="alle", new=new.pk)
    assert [contacts(thing) for thing in things] == [["Neu"]] * 3
    assert "Ansprechperson: Erika Neu statt" in noted(things[2])


def test_nonsense_changes_no_contact(desk):
    person = make_person()
    article = make_article(contacts=[person])
    for form in (
        {"old": "1\x00", "new": person.pk},
        {"old": person.pk, "new": person.pk},
        {"old": "alle", "new": "9" * 30},
    ):
        answer = choose(desk, ARTICLES, "change_contact", [article], **form)
        assert answer.context["form"].errors
    assert contacts(article) == [person.family_name]


@pytest.mark.parametrize("action", ["publish_chosen", "withdraw_chosen", "add_topics", "change_contact"])
def test_it_needs_the_right_to_change(action):
    client, article = Client(), make_article(published_at=None)
    staff = get_user_model().objects.create_user("lesend", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(staff)
    assert action not in client.get(ARTICLES).content.decode()
    choose(client, ARTICLES, action, [article], confirmed="1")
    assert states(article) == [State.DRAFT]


def test_a_second_click_does_no_harm(desk):
    article = make_article(published_at=None)
    choose(desk, ARTICLES, "publish_chosen", [article], confirmed="1")
    first = Article.objects.get().published_at
    answer = choose(desk, ARTICLES, "publish_chosen", [article], confirmed="1")
    assert "ist schon öffentlich." in said(answer)[-1]
    assert Article.objects.get().published_at == first <= timezone.now()


def test_the_page_costs_the_same_for_one_and_many(desk):
    picture = make_picture()

    def cost(things):
        with CaptureQueriesContext(connection) as queries:
            assert choose(desk, EVENTS, "change_contact", things).status_code == 200
        return len(queries)

    people = [make_person() for _ in range(6)]
    events = [make_event(published_at=None, picture=picture, contacts=[person]) for person in people]
    for event in events:
        make_item(event)
    cost(events[:1])
    assert cost(events[:1]) == cost(events)
    assert Event.objects.count() == len(events)
    assert Picture.objects.count() == 1


def test_too_many_at_once_are_refused(desk, monkeypatch):
    monkeypatch.setattr("forum.desk.bulk.MOST", 1)
    articles = [make_article(published_at=None), make_article(published_at=None)]
    answer = choose(desk, ARTICLES, "publish_chosen", articles, confirmed="1")
    assert "höchstens 1 Einträge" in said(answer)[0]
    assert states(*articles) == [State.DRAFT] * 2
