import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from forum.models import FormerAddress, Topic
from forum.topics import merge_topics
from tests.factories import make_article, make_event, make_person


def test_slugs_are_german():
    assert Topic.objects.create(name="Größe & Maß").slug == "groesse-und-mass"


def test_names_that_give_the_same_slug_are_told_apart():
    assert [Topic.objects.create(name=name).slug for name in ("Süd", "Sued", "süd!")] == ["sued", "sued-1", "sued-2"]


def test_upper_and_lower_case_are_one_topic():
    article = make_article(topics=["Künstliche Intelligenz"])
    article.topics.add("künstliche intelligenz", "KÜNSTLICHE INTELLIGENZ")
    assert [topic.name for topic in article.topics.all()] == ["Künstliche Intelligenz"]
    with pytest.raises(ValidationError) as error:
        Topic(name="künstliche intelligenz").full_clean()
    assert error.value.message_dict["name"] == ["Dieses Thema gibt es schon."]
    with pytest.raises(IntegrityError), transaction.atomic():
        Topic.objects.create(name="KÜNSTLICHE INTELLIGENZ")


@pytest.mark.parametrize("name", ["", "   ", "!!!"])
def test_a_topic_needs_a_name(name):
    with pytest.raises(ValidationError):
        Topic(name=name).full_clean()


def test_one_vocabulary_for_articles_events_and_people():
    article, event, person = (
        make_article(topics=["Wirkung"]),
        make_event(topics=["Wirkung"]),
        make_person(topics=["Wirkung"]),
    )
    topic = Topic.objects.get()
    for thing in (article, event, person):
        assert list(type(thing).objects.filter(topics=topic)) == [thing]


def test_the_desk_counts_uses_across_apps(desk):
    make_article(topics=["Wirkung", "Pflege"])
    make_article(topics=["Wirkung"])
    make_event(topics=["Wirkung"])
    make_person(topics=["Wirkung"])
    page = desk.get("/redaktion/forum/topic/?o=-3")
    assert [(topic.name, topic.use_count) for topic in page.context["cl"].result_list] == [
        ("Wirkung", 4),
        ("Pflege", 1),
    ]


def test_a_topic_in_use_cannot_be_deleted():
    make_article(topics=["Wirkung"])
    with pytest.raises(ProtectedError):
        Topic.objects.get().delete()


def test_merging_gives_everything_the_kept_topic_once():
    both = make_article(topics=["Wirkung", "Wirkungsorientierung"])
    other = make_event(topics=["Wirkungsorientierung", "Impact"])
    person = make_person(topics=["Impact"])
    untouched = make_article(topics=["Innovation"])
    kept = Topic.objects.get(name="Wirkung")
    assert merge_topics(kept, Topic.objects.filter(name__in=["Wirkung", "Wirkungsorientierung", "Impact"])) == 2
    assert [list(thing.topics.names()) for thing in (both, other, person, untouched)] == [
        ["Wirkung"],
        ["Wirkung"],
        ["Wirkung"],
        ["Innovation"],
    ]
    assert set(Topic.objects.values_list("name", flat=True)) == {"Wirkung", "Innovation"}


def test_merging_is_an_action_of_the_desk(desk):
    article = make_article(topics=["Wirkung", "Impact"])
    chosen = list(Topic.objects.values_list("pk", flat=True))
    asked = desk.post("/redaktion/forum/topic/", {"action": "merge", "_selected_action": chosen})
    assert "Welches Thema bleibt?" in asked.content.decode()
    assert Topic.objects.count() == 2
    forgot = {"action": "merge", "_selected_action": chosen, "confirmed": "1"}
    assert "Dieses Feld ist zwingend" in desk.post("/redaktion/forum/topic/", forgot).content.decode()
    kept = Topic.objects.get(name="Wirkung")
    done = desk.post("/redaktion/forum/topic/", forgot | {"kept": kept.pk}, follow=True)
    assert "2 Themen sind jetzt eines: Wirkung." in done.content.decode()
    assert list(article.topics.names()) == ["Wirkung"]


def test_merging_one_topic_is_refused_kindly(desk):
    make_article(topics=["Wirkung"])
    chosen = [Topic.objects.get().pk]
    response = desk.post("/redaktion/forum/topic/", {"action": "merge", "_selected_action": chosen}, follow=True)
    assert "mindestens zwei" in response.content.decode()


def test_topics_are_in_the_order_of_the_alphabet_alone_and_in_lists():
    article = make_article(topics=["Wirkung", "Ökologie", "Pflege", "Zukunft", "Oase"])
    ordered = ["Oase", "Ökologie", "Pflege", "Wirkung", "Zukunft"]
    assert [topic.name for topic in article.topics.all()] == ordered
    (listed,) = type(article).objects.for_rows()
    assert [topic.name for topic in listed.topics.all()] == ordered
    assert [topic.name for topic in Topic.objects.all()] == ordered


def test_decomposed_umlauts_are_the_same_topic():
    Topic.objects.create(name="Ökologie")
    with pytest.raises(ValidationError) as error:
        Topic(name="O\u0308kologie").full_clean()
    assert error.value.message_dict["name"] == ["Dieses Thema gibt es schon."]


def test_former_slugs_of_topics_still_filter(client):
    make_article(title="Der gesuchte", topics=["Kiezarbeit"])
    topic = Topic.objects.get()
    for slug in ("stadtteilarbeit", "nachbarschaft"):
        topic.slug = slug
        topic.save()
    kept = Topic.objects.create(name="Quartier")
    merge_topics(kept, Topic.objects.filter(pk=topic.pk))
    for slug in ("kiezarbeit", "stadtteilarbeit", "nachbarschaft", "quartier"):
        answer = client.get(f"/aktuelles/?thema={slug}", follow=True)
        assert [status for _, status in answer.redirect_chain] == ([301] if slug != "quartier" else [])
        page = answer.content.decode()
        assert "Der gesuchte" in page
        assert "gibt es hier nicht" not in page
        assert "Thema: Quartier" in page


def test_former_slugs_lead_to_todays_address_and_programs_read_on(client, settings):
    settings.SITE_URL = "https://portal.example"
    topic = Topic.objects.create(name="Alt")
    make_article(title="Beitrag", topics=[topic])
    make_event(title="Tagung", topics=[topic])
    make_person(family_name="Fach", topics=[topic], in_directory=True)
    topic.slug = "neu"
    topic.save()
    for page, more in (
        ("/aktuelles/", "&art=meldungen&seite=1"),
        ("/veranstaltungen/", "&zeitraum=vergangen"),
        ("/kontakt/", ""),
        ("/folgen/", "&thema=x&format=online"),
        ("/suche/", "&q=Tagung"),
        ("/suche/", "&q="),
    ):
        answer = client.get(f"{page}?thema=alt{more}")
        assert (answer.status_code, answer["Cache-Control"]) == (301, "no-cache"), page
        assert answer.url == f"{page}?thema=neu{more}"
        assert client.get(answer.url).status_code == 200, "no circle"
    for path in ("aktuelles/feed/", "aktuelles/feed.rss", "api/v1/articles/"):
        assert "Beitrag" in client.get(f"/{path}?thema=alt").content.decode(), path
    for path in ("veranstaltungen/kalender.ics", "veranstaltungen/einbetten/", "api/v1/events/"):
        assert "Tagung" in client.get(f"/{path}?thema=alt").content.decode(), path
    assert "thema=neu" in client.get("/aktuelles/feed/?thema=alt").content.decode()
    assert client.get("/aktuelles/?thema=nie").status_code == 200


def test_topics_lead_to_the_list_of_what_carries_them(client):
    make_event(title="Die Veranstaltung", topics=["Teilhabe"])
    make_person(family_name="Fachfrau", topics=["Beratung"], in_directory=True, phone="030 86001617")
    guest = make_person(family_name="Gästin", topics=["Gastthema"])
    for page, name in (("/veranstaltungen/", "Die Veranstaltung"), ("/kontakt/", "Fachfrau")):
        content = client.get(page).content.decode()
        address = re.search(r'href="([^"]*[?]thema=[^"]*)"', content).group(1)
        filtered = client.get(address).content.decode()
        assert name in filtered
        assert "gibt es hier nicht" not in filtered
    content = client.get(guest.get_absolute_url()).content.decode()
    assert "Gastthema" in content
    assert "thema=gastthema" not in content


def test_a_deleted_topic_takes_its_former_slugs_along():
    topic = Topic.objects.create(name="Alt")
    topic.slug = "neu"
    topic.save()
    assert FormerAddress.objects.filter(path="/themen/alt/").exists()
    topic.delete()
    assert not FormerAddress.objects.filter(path="/themen/alt/").exists()
