"""Versions in Leichter Sprache: their addresses, what readers and machines learn of them, whether they are outdated."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import resolve

from contacts.models import District
from events.models import Event, Venue
from forum.models import Page
from news.models import Article
from tests.factories import make_article, make_event, make_item, make_person, make_picture, tomorrow, yesterday

EASY = "<p>Das ist leicht.</p>"
FIRST, LATER, LAST = (datetime(2024, 3, day, 12, tzinfo=UTC) for day in (1, 3, 5))


def make_page(**overrides):
    return Page.objects.create(**{"title": "Seite", "text": "<p>Text.</p>", "published_at": yesterday()} | overrides)


makers = pytest.mark.parametrize("make", [make_article, make_event, make_page])


def at(moment):
    return time_machine.travel(moment, tick=False)


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


@makers
@pytest.mark.parametrize("name", ["title", "lead", "text"])
def test_outdated_when_the_text_changes_alone_and_again_up_to_date_with_the_easy_one(make, name):
    with at(FIRST):
        thing = make(easy_text=EASY)
    assert not fresh(thing).easy_is_outdated
    with at(LATER):
        setattr(thing, name, "<p>Neu.</p>")
        thing.save()
    assert fresh(thing).easy_is_outdated
    assert fresh(thing).text_changed_at == LATER
    with at(LAST):
        thing.easy_text = "<p>Neu.</p>"
        thing.save()
    assert not fresh(thing).easy_is_outdated
    assert (fresh(thing).text_changed_at, fresh(thing).easy_changed_at) == (LATER, LAST)


@makers
def test_what_is_saved_together_or_is_no_text_outdates_nothing(make):
    with at(FIRST):
        thing = make(easy_text=EASY)
    with at(LATER):
        thing.published_at = FIRST
        thing.text += "<script>alert(1)</script>"  # what is cleaned away has changed nothing
        thing.save()
    assert fresh(thing).text_changed_at == FIRST
    thing.text, thing.easy_title = "<p>Neu.</p>", "Leichter Titel"
    thing.save()
    assert fresh(thing).text_changed_at > FIRST
    assert not fresh(thing).easy_is_outdated


def test_the_subtitle_of_an_event_is_part_of_its_text():
    event = make_event(easy_text=EASY)
    event.subtitle = "Neu"
    event.save()
    assert event.easy_is_outdated


def test_the_programme_of_an_event_is_part_of_its_text():
    with at(FIRST):
        event = make_event(easy_text=EASY, starts_at=LATER, ends_at=LAST)
        item = make_item(event, starts_at=LATER)
    with at(LATER):
        item.result = "<p>Was herauskam, erzählt niemand nach.</p>"
        item.save()
        assert not fresh(event).easy_is_outdated
        item.title = "Anders"
        item.save()
        assert fresh(event).easy_is_outdated
    with at(LAST):
        event = fresh(event)
        event.easy_text = "<p>Neu.</p>"
        event.save()
    assert not fresh(event).easy_is_outdated
    item.delete()
    assert fresh(event).easy_is_outdated


def test_saving_some_fields_notes_changes_of_those_only():
    article = make_article(title="Alt", easy_text=EASY)
    article.title = article.lead = "Neu"
    article.save(update_fields=["pinned"])
    assert not fresh(article).easy_is_outdated
    article.save(update_fields=["lead"])
    assert fresh(article).easy_is_outdated
    assert fresh(article).title == "Alt"


def test_what_was_not_loaded_has_not_changed():
    article = make_article(easy_text=EASY)
    part = Article.objects.only("title", "slug").get(pk=article.pk)
    part.save()
    assert not fresh(article).easy_is_outdated
    part.title = "Neu"
    part.save()
    assert fresh(article).easy_is_outdated


def test_updates_without_the_objects_at_hand_are_noticed():
    articles = [make_article(easy_text=EASY) for _ in range(2)]
    Article.objects.update(pinned=True)
    assert not any(fresh(article).easy_is_outdated for article in articles)
    Article.objects.update(text="<p>Neu.</p>")
    assert all(fresh(article).easy_is_outdated for article in articles)
    Article.objects.update(easy_text="<p>Auch neu.</p>")
    assert not any(fresh(article).easy_is_outdated for article in articles)
    for article in articles:
        article.lead = "Wieder neu"
    Article.objects.bulk_update(articles, ["lead"])
    assert all(fresh(article).easy_is_outdated for article in articles)


def test_rows_made_in_bulk_are_up_to_date_until_their_text_changes():
    article = Article.objects.bulk_create([Article(title="Viele", slug="viele", easy_text=EASY)])[0]
    assert not fresh(article).easy_is_outdated
    article.title = "Einer"
    article.save()
    assert fresh(article).easy_is_outdated


def test_saving_costs_no_further_query(django_assert_num_queries):
    article = make_article()
    article.lead, article.easy_text = "Neu", EASY
    # read for the file; savepoint, read, write, former address, release; links in its texts
    with django_assert_num_queries(7):
        article.save()


def easy_page(client, thing):
    return client.get(thing.get_easy_url()).content.decode()


@makers
def test_the_easy_version_has_its_own_address(client, make):
    thing = make(title="Der Titel", easy_title="Der leichte Titel", easy_text=EASY)
    assert resolve(thing.get_easy_url()).url_name == f"{thing._meta.model_name}_easy"
    page = easy_page(client, thing)
    assert '<article class="easy flow">' in page
    assert '<h1><span lang="de-DE-x-simple">Der leichte Titel</span></h1>' in page
    assert f'<div class="prose" lang="de-DE-x-simple">{EASY}</div>' in page
    assert "<title>Der leichte Titel in Leichter Sprache – Innovationsforum</title>" in page
    assert EASY in page
    assert '<html lang="de">' in page
    thing.easy_title = ""
    thing.save()
    assert "<h1>Der Titel</h1>" in easy_page(client, thing)


@makers
def test_both_pages_lead_to_each_other(client, make):
    thing = make(easy_text=EASY)
    here, there = thing.get_absolute_url(), thing.get_easy_url()
    for address, link, present in (
        (here, f'<a href="{there}" hreflang="de-DE-x-simple">Leichte Sprache</a>', "Alltagssprache"),
        (there, f'<a href="{here}" hreflang="de">Alltagssprache</a>', "Leichte Sprache"),
    ):
        page = client.get(address).content.decode()
        assert link in page
        assert f'<span aria-current="page">{present}</span>' in page
        assert f'<link rel="alternate" hreflang="de" href="http://testserver{here}">' in page
        assert f'<link rel="alternate" hreflang="de-DE-x-simple" href="http://testserver{there}">' in page
        assert f'<link rel="alternate" hreflang="x-default" href="http://testserver{here}">' in page


@makers
def test_without_an_easy_version_nothing_speaks_of_one(client, make):
    thing = make(easy_title="Nur ein Titel")
    assert client.get(thing.get_easy_url()).status_code == 404
    page = client.get(thing.get_absolute_url()).content.decode()
    assert "hreflang" not in page
    assert "Sprachfassung" not in page


@makers
def test_drafts_are_for_staff_and_never_stored(client, desk, make):
    thing = make(easy_text=EASY, published_at=None)
    assert client.get(thing.get_easy_url()).status_code == 404
    answer = desk.get(thing.get_easy_url())
    assert "Entwurf: Nur die Redaktion sieht diese Seite." in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert desk.get(make(published_at=None).get_easy_url()).status_code == 404


@makers
def test_a_changed_slug_takes_the_easy_address_along(client, make):
    thing = make(title="Alt", easy_text=EASY)
    old = thing.get_easy_url()
    thing.slug = "neu"
    thing.save()
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, thing.get_easy_url())
    assert client.get(answer["Location"]).status_code == 200


def test_no_programme_item_takes_the_address():
    event = make_event(easy_text=EASY)
    assert make_item(event, title="Leicht").slug == "leicht-2"
    with pytest.raises(ValidationError):
        make_item(event, slug="leicht").full_clean()


@makers
def test_readers_learn_that_the_normal_text_is_newer(client, make):
    with at(FIRST):
        thing = make(easy_text=EASY, published_at=FIRST)
    assert "Der andere Text ist neuer." not in easy_page(client, thing)
    with at(LATER):
        thing.lead = "Neu"
        thing.save()
    page = easy_page(client, thing)
    assert "Der andere Text ist neuer." in page
    assert '<time datetime="2024-03-03">3. März 2024</time>' in page
    assert f'<a href="{thing.get_absolute_url()}" hreflang="de">Hier kommen Sie zum anderen Text</a>' in page
    assert "Der andere Text ist neuer." not in client.get(thing.get_absolute_url()).content.decode()


def test_an_easy_article_has_date_picture_and_people(client, count_queries):
    article = make_article(
        easy_text=EASY,
        picture=make_picture(alt_text="Menschen im Kreis"),
        contacts=[make_person(family_name="Kontakt")],
    )
    page = easy_page(client, article)
    assert 'alt="Menschen im Kreis"' in page
    assert "Dieser Text ist vom <time" in page
    assert "Erika Kontakt" in page
    few = count_queries(article.get_easy_url())
    for _ in range(4):
        article.contact_rows.create(person=make_person(topics=["Wirkung"], districts=["Mitte"]))
    article.contact_rows.create(person=make_person(family_name="Geheim", published_at=None))
    assert "Geheim" not in easy_page(client, article)
    assert count_queries(article.get_easy_url()) == few


def full_event(**overrides):
    venue = Venue.objects.create(
        name="Haus der Parität", street="Musterstraße 1", district=District.objects.get(name="Mitte"), step_free=True, lift=False,
        quiet_room=True, way_in="Klingel links.",
    )  # fmt: skip
    facts = {
        "easy_text": EASY, "venue": venue, "format": Event.Format.HYBRID, "online_url": "https://example.org/raum",
        "audience": "Alle", "cost": "Nichts", "sign_language": True, "live_captions": False, "access_note": "Bitte anmelden.",
        "contacts": [make_person(family_name="Kontakt")],
    }  # fmt: skip
    return make_event(**facts | overrides)


def test_an_easy_event_answers_the_questions(client):
    page = easy_page(client, full_event())
    for expected in (
        "Wann?", "Wo?", "Haus der Parität", "im Internet mitmachen", "https://example.org/raum", "Für wen?", "Alle",
        "Was kostet es?", "Nichts", "Was hilft Ihnen?", "für Gebärden-Sprache", "Niemand schreibt zum Mitlesen mit.",
        "Es gibt keine Stufen.", "Es gibt keinen Aufzug.", "einen Raum zum Ausruhen", "Bitte anmelden.", "Der Weg zum Raum",
        "Erika Kontakt",
    ):  # fmt: skip
        assert expected in page, expected
    assert "Hör-Geräte" not in page  # unknown is not said
    plain = easy_page(client, make_event(easy_text=EASY))
    for question in ("Für wen?", "Was kostet es?", "Was hilft Ihnen?"):
        assert question not in plain


def test_what_has_no_date_yet_says_so(client, desk):
    event = make_event(easy_text=EASY, published_at=None, starts_at=None)
    assert "Das wissen wir noch nicht." in easy_page(desk, event)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"status": "cancelled", "status_reason": "Sturm"}, ["Diese Veranstaltung fällt aus.", 'Der Grund ist: <span lang="de">Sturm</span>']),
        ({"status": "postponed"}, ["Diese Veranstaltung ist an einem anderen Tag.", "Den neuen Tag wissen wir noch nicht."]),
        (
            {"status": "postponed", "previous_starts_at": datetime(2027, 3, 1, 9, tzinfo=UTC)},
            ["Diese Veranstaltung ist an einem anderen Tag.", "Der alte Tag war der 1. März 2027."],
        ),
        ({"starts_at": yesterday() - timedelta(days=3)}, ["Diese Veranstaltung ist vorbei."]),
        ({"starts_at": yesterday(), "ends_at": tomorrow()}, ["Diese Veranstaltung läuft jetzt."]),
        ({}, []),
    ],
)  # fmt: skip
def test_the_state_of_an_event_in_easy_words(client, facts, says):
    page = easy_page(client, make_event(easy_text=EASY, **facts))
    assert ("status--" in page or "vorbei" in page) == bool(says)
    for words in says:
        assert words in page


@pytest.mark.parametrize("facts", [{"starts_at": yesterday()}, {"status": "cancelled"}])
def test_the_online_room_closes_for_easy_readers_too(client, facts):
    assert "example.org/raum" not in easy_page(client, full_event(**facts))


def test_lists_say_where_there_is_an_easy_version(client, count_queries):
    make_article()
    make_event()
    before = {address: count_queries(address) for address in ("/", "/aktuelles/", "/veranstaltungen/")}
    assert all("auch in Leichter Sprache" not in client.get(address).content.decode() for address in before)
    Article.objects.update(easy_text=EASY)
    Event.objects.update(easy_text=EASY)
    for address, queries in before.items():
        assert client.get(address).content.decode().count("auch in Leichter Sprache") == (2 if address == "/" else 1)
        assert count_queries(address) == queries


# the desk


def article_form(article, **overrides):
    form = {"title": article.title, "slug": article.slug, "type": article.type_id, "lead": article.lead}
    form |= {"easy_text": article.easy_text}
    for prefix in ("picture_rows", "contact_rows", "attachment_rows", "links"):
        form |= {f"{prefix}-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")}
    return form | overrides


def change_address(thing):
    return f"/redaktion/{thing._meta.app_label}/{thing._meta.model_name}/{thing.pk}/change/"


@pytest.mark.parametrize("fits", [False, True])
def test_staff_may_say_that_the_easy_version_still_fits(desk, fits):
    article = make_article(easy_text=EASY, published_at=None)
    form = article_form(article, lead="Worum es geht!", **({"easy_fits": "on"} if fits else {}))
    answer = desk.post(change_address(article), form)
    assert answer.status_code == 302, answer.context["errors"]
    assert fresh(article).lead == "Worum es geht!"
    assert fresh(article).easy_is_outdated is not fits


@makers
def test_the_question_is_asked_where_there_is_an_easy_version_only(desk, make):
    thing = make()
    for address in (change_address(thing), change_address(thing).replace(f"{thing.pk}/change", "add")):
        page = desk.get(address).content.decode()
        assert "Text in Leichter Sprache" in page
        assert "passt noch zum Text" not in page
    thing.easy_text = EASY
    thing.save()
    assert "Die Leichte Fassung passt noch zum Text" in desk.get(change_address(thing)).content.decode()


def test_the_empty_part_of_the_form_is_folded(desk):
    def classes(article):
        fieldsets = desk.get(change_address(article)).context["adminform"].fieldsets
        return [options["classes"] for title, options in fieldsets if title == "Leichte Sprache"]

    assert classes(make_article()) == [["collapse"]]
    assert classes(make_article(easy_text=EASY)) == [[]]


@makers
def test_the_desk_finds_what_is_missing_and_what_is_outdated(desk, make):
    type(make()).objects.all().delete()
    make(title="Fehlt")
    make(title="Vorhanden", easy_text=EASY)
    outdated = make(title="Wird alt", easy_text=EASY)
    outdated.title = "Veraltet"
    outdated.save()
    address = change_address(outdated).replace(f"{outdated.pk}/change/", "")
    for state, titles in (
        ("fehlt", {"Fehlt"}), ("vorhanden", {"Vorhanden", "Veraltet"}), ("veraltet", {"Veraltet"}),
        ("unsinn", {"Fehlt", "Vorhanden", "Veraltet"}),
    ):  # fmt: skip
        found = desk.get(f"{address}?leicht={state}").context["cl"].result_list
        assert {thing.title for thing in found} == titles
