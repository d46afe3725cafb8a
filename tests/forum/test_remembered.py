"""Parts of pages are made once for the same facts, and never shown for others."""

from datetime import date, timedelta

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone
from django.utils.safestring import mark_safe

from forum.models import Topic
from forum.remembered import Memory, memory, remembered
from forum.unfinished import Whole, shown
from news.models import Article
from tests.factories import make_article, make_event, make_item, make_person, make_picture, tomorrow, yesterday


@pytest.fixture(autouse=True)
def _forget():
    memory.clear()


def made_by(act) -> int:
    """How many parts were made anew."""
    before = memory.made
    act()
    return memory.made - before


@pytest.fixture
def content():
    topics = [Topic.objects.create(name=name) for name in ("Wirkung", "Pflege")]
    person = make_person(in_directory=True, topics=topics, districts=["Pankow"], deputy=make_person())
    event = make_event(
        topics=topics, contacts=[person], picture=make_picture(), starts_at=yesterday(), text="<p>So.</p>"
    )
    make_item(event, [person, make_person()], result="<p>Viel.</p>")
    article = make_article(topics=topics, contacts=[person], picture=make_picture(), event=event)
    other = make_article()
    article.related.add(other)
    coming = make_event(topics=topics)
    return {"person": person, "event": event, "article": article, "other": other, "coming": coming, "topic": topics[0]}


def pages(content) -> list[str]:
    own = [content[name].get_absolute_url() for name in ("article", "event", "person", "topic")]
    return ["/", "/aktuelles/", "/veranstaltungen/", "/kontakt/", "/kontakt/pankow/", "/themen/", *own]


def test_nothing_is_made_twice(client, content):
    for path in pages(content):
        client.get(path)
        assert made_by(lambda path=path: client.get(path)) == 0, path


def test_a_change_shows_at_once_and_only_its_parts_are_made(client, content):
    client.get("/aktuelles/")
    Article.objects.filter(pk=content["other"].pk).update(lead="Jetzt anders.")
    assert made_by(lambda: client.get("/aktuelles/")) == 1
    assert "Jetzt anders." in client.get("/aktuelles/").content.decode()


@pytest.mark.parametrize("path", ["/aktuelles/", "{article}", "{event}", "{person}"])
def test_a_change_of_what_is_joined_shows_at_once(client, content, path):
    path = path.format(**{name: thing.get_absolute_url() for name, thing in content.items()})
    client.get(path)
    Topic.objects.filter(name="Wirkung").update(name="Nachwirkung")
    assert "Nachwirkung" in client.get(path).content.decode()


def test_an_event_becomes_past_though_nobody_changes_it(client, content):
    ends = content["coming"].ends_at
    path = f"/themen/{content['topic'].slug}/"
    assert f'href="{content["coming"].get_absolute_url()}"' in client.get(path).content.decode()
    page = content["coming"].get_absolute_url()
    assert "In meinen Kalender" in client.get(page).content.decode()
    with time_machine.travel(ends, tick=False):
        assert "In meinen Kalender" not in client.get(page).content.decode()


def test_an_absence_begins_and_ends_though_nobody_changes_it(client):
    person = make_person(in_directory=True, absent_from=date(2030, 5, 2), absent_until=date(2030, 5, 3))
    seen = []
    for day in (1, 2, 3, 4, 2):
        with time_machine.travel(timezone.make_aware(timezone.datetime(2030, 5, day, 12)), tick=False):
            seen.append("Zurzeit abwesend" in client.get(person.get_absolute_url()).content.decode())
    assert seen == [False, True, True, False, True]


def test_what_is_shown_to_staff_only_is_not_remembered():
    picture = make_picture(credit="")

    def row():
        template = Template('{% part "components/person_card.html" with person=person only %}')
        return template.render(Context({"person": make_person_with(picture)}))

    with shown(Whole(lambda model: True, marked=True)):
        assert "Bildnachweis fehlt" in row()
    assert "Bildnachweis fehlt" not in row()


def make_person_with(picture):
    person = make_person(portrait=picture)
    return type(person).objects.with_contact_details().get(pk=person.pk)


def test_text_that_is_safe_is_not_taken_for_the_same_text_that_is_not():
    for text, expected in (("<b>", "&lt;b&gt;"), (mark_safe("<b>"), "<b>"), ("<b>", "&lt;b&gt;")):
        template = Template('{% part "components/copy.html" with id="x" label="y" text=text only %}')
        assert f">{expected}</textarea>" in template.render(Context({"text": text}))


def test_what_loads_more_while_it_is_made_is_made_again():
    article = make_article(topics=[Topic.objects.create(name="Wirkung")])

    def make():
        return Article.objects.get(pk=article.pk)

    def show():
        thing = make()
        remembered("x", {"article": thing}, lambda: thing.type.name)

    assert made_by(show) == made_by(show) == 0
    thing = make()
    Article.objects.filter(pk=article.pk).update(lead="Neu.")
    assert remembered("x", {"article": thing}, lambda: thing.lead) == "Worum es geht."
    assert remembered("x", {"article": make()}, lambda: "neu") == "neu"


def test_what_nobody_knows_the_values_of_is_made_each_time():
    answers = iter("ab")
    assert [remembered("x", {"thing": object()}, lambda: next(answers)) for _ in "ab"] == ["a", "b"]


def test_the_oldest_goes_when_there_is_too_much():
    small = Memory(most=10)
    small.put("a", "x" * 5)
    small.put("b", "x" * 5)
    small.get("a")
    small.put("c", "x" * 5)
    assert (small.get("a"), small.get("b"), small.get("c")) == ("xxxxx", None, "xxxxx")
    small.put("d", "x" * 20)
    assert (small.size, small.get("d")) == (0, None)


def test_a_moment_that_comes_between_is_not_kept():
    event = make_event(ends_at=tomorrow() + timedelta(hours=1))
    with time_machine.travel(event.ends_at - timedelta(seconds=1), tick=False) as clock:

        def make():
            clock.shift(2)
            return "x"

        assert made_by(lambda: remembered("x", {"event": event}, make)) == 0
