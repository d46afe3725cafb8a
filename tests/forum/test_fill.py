import re

import pytest
from django.core.management import CommandError, call_command

from contacts.models import Person
from events.models import Event, Participation, ProgrammeItem
from forum.management.volume import Writer
from forum.models import Topic
from forum.richtext import clean_html
from news.models import Article


def fill(**options):
    call_command("fill", **({"articles": 200, "events": 20, "seed": 3} | options))


def rows():
    articles = [
        (article.slug, article.text, article.published_at, [topic.name for topic in article.topics.all()])
        for article in Article.objects.order_by("slug").prefetch_related("topics")
    ]
    items = list(ProgrammeItem.objects.order_by("event__slug", "slug").values_list("event__slug", "title", "starts_at"))
    shares = Participation.objects.order_by("item__event__slug", "item__slug", "position")
    people = list(shares.values_list("item__event__slug", "item__slug", "person__slug"))
    types = list(Article.objects.order_by("slug").values_list("type__name", flat=True))
    return articles, items, list(Event.objects.order_by("slug").values_list("slug", "starts_at")), people, types


def test_the_same_seed_gives_the_same_rows(capsys):
    fill()
    first = rows()
    for model in (Article, Event):
        model.objects.all().delete()
    Person.objects.all().delete()
    fill()
    assert rows() == first
    assert len(first[0]) == 200
    assert "Beiträge: 200 von 200" in capsys.readouterr().out


def test_another_seed_gives_others_and_a_seed_is_sown_once():
    fill()
    with pytest.raises(CommandError) as error:
        fill()
    assert "--seed 4" in str(error.value)
    fill(seed=4)
    assert Article.objects.count() == 400


def test_texts_are_german_and_clean():
    fill()
    texts = " ".join(Article.objects.values_list("text", flat=True))
    assert re.search("[äöüß]", texts)
    assert re.search(r"\b\w{20,}\b", texts)  # compounds
    assert clean_html(texts) == texts
    assert Article.objects.filter(published_at=None).count() == 4  # drafts, so that something could leak


def test_topics_are_spread_unevenly():
    fill(articles=500)
    counts = sorted((Article.objects.filter(topics=topic).count() for topic in Topic.objects.all()), reverse=True)
    assert counts[0] > 10 * max(counts[-1], 1)
    assert len(counts) == 40


def test_filled_pages_work(client):
    fill()
    assert client.get("/aktuelles/?seite=9").status_code == 200
    event = Event.objects.published().first()
    assert client.get(event.get_absolute_url()).status_code == 200
    for thing in [*Event.objects.all()[:5], *ProgrammeItem.objects.all()[:5], *Article.objects.all()[:5]]:
        thing.full_clean()


def test_never_in_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        fill()


def test_writers_with_one_seed_agree():
    one, other = Writer(5), Writer(5)
    assert [one.title() for _ in range(50)] == [other.title() for _ in range(50)]
