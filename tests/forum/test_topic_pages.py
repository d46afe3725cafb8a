"""The pages of topics: what they join, and that nothing unpublished leaks into them, not even as a number."""

from datetime import UTC, datetime

import pytest

from forum.models import Topic
from tests.factories import make_article, make_event, make_item, make_person, tomorrow

LONG_AGO = datetime(2023, 6, 14, 8, tzinfo=UTC)


@pytest.fixture
def topic():
    return Topic.objects.create(name="Wirkung")


def text(client, path="/themen/wirkung/"):
    answer = client.get(path)
    return answer.content.decode() if answer.status_code == 200 else answer.status_code


def test_it_joins_people_events_articles_and_results(client, topic):
    make_person(family_name="Zuständig", in_directory=True, topics=[topic])
    make_event(title="Kommt noch", topics=[topic])
    past = make_event(title="War schon", topics=[topic], starts_at=LONG_AGO)
    make_item(past, title="Ohne Projektitis", result="<p>Ideen für Berichte.</p>")
    make_item(past, title="Ohne Ergebnis")
    make_article(title="Geschrieben", topics=[topic])
    page = text(client)
    for words in ("Zuständig", "Kommt noch", "Ohne Projektitis", "Ideen für Berichte.", "14. Juni 2023", "Geschrieben"):
        assert words in page
    assert "Ohne Ergebnis" not in page
    assert 'href="/aktuelles/?thema=wirkung"' in page
    assert 'href="/veranstaltungen/?thema=wirkung&amp;zeitraum=vergangen"' in page


def test_what_is_not_public_leaks_nowhere(client, topic):
    make_article(topics=[topic], published_at=None)
    make_event(topics=[topic], published_at=tomorrow())
    make_person(topics=[topic], in_directory=True, published_at=None)
    make_person(topics=[topic])
    hidden = make_event(topics=[topic], published_at=None)
    make_item(hidden, result="<p>Geheim.</p>")
    assert text(client) == 404
    assert "Wirkung" not in text(client, "/themen/")
    make_article(topics=[topic])
    assert "Ansprechperson" not in text(client, "/themen/").split("<main")[1].split('lead"')[1].partition("</p>")[2]
    assert "1 Beitrag<" in text(client, "/themen/")
    assert "Geheim" not in text(client)


def test_former_names_lead_here(client, topic):
    make_article(topics=[topic])
    topic.slug = "was-wirkt"
    topic.save()
    answer = client.get("/themen/wirkung/")
    assert (answer.status_code, answer["Location"]) == (301, "/themen/was-wirkt/")


def test_topics_lead_to_their_page(client, topic):
    article = make_article(topics=[topic])
    assert 'href="/themen/wirkung/"' in text(client, article.get_absolute_url())


def test_the_pages_cost_the_same_for_one_and_many(count_queries, topic):
    def one_more(number):
        past = make_event(topics=[topic], starts_at=LONG_AGO)
        make_item(past, result="<p>Gut.</p>")
        make_event(topics=[topic])
        make_article(topics=[topic, Topic.objects.create(name=f"Thema {number}")])
        make_person(topics=[topic], in_directory=True, districts=["Mitte"])

    one_more(0)
    before = [count_queries(path) for path in ("/themen/", "/themen/wirkung/")]
    for number in range(1, 12):
        one_more(number)
    assert [count_queries(path) for path in ("/themen/", "/themen/wirkung/")] == before


def test_empty_is_friendly(client):
    assert "bald die ersten Themen" in text(client, "/themen/")
