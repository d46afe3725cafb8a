"""Undo: every change at the desk is a version; versions can be compared and brought back."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.management import call_command
from django.db.models import CASCADE
from django.test import Client
from django.utils import timezone
from reversion.models import Revision, Version

from contacts.models import CheckLink, ContactCorrection, Person
from events.models import Event, Participation, ProgrammeItem, Venue
from forum.models import (
    Attachment,
    AuditEntry,
    ErrorKind,
    InternalLink,
    MissingAddress,
    OpenForm,
    Page,
    Picture,
    SearchMiss,
    ShareLink,
    Topic,
)
from forum.snapshots import history
from forum.versions import PARTS, THINGS, recording
from news.models import Article, ArticleType
from tests.factories import (
    image_bytes,
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
from tests.forms import filled_form

NOT_PARTS = {
    ShareLink,
    OpenForm,
    InternalLink,
    CheckLink,
    ContactCorrection,
}  # models that go with a thing but are no part of what staff enter


def address(thing, page="change", *rest):
    opts = thing._meta
    return f"/redaktion/{opts.app_label}/{opts.model_name}/{thing.pk}/" + "".join(f"{one}/" for one in (page, *rest))


def change(desk, thing, **changes):
    """Change a thing as staff do: open its form, type, save."""
    answer = desk.post(address(thing), filled_form(desk, address(thing), **changes))
    assert answer.status_code == 302, answer.context["errors"]
    thing.refresh_from_db()
    return answer


def delete(desk, thing):
    assert desk.post(address(thing, "delete"), {"post": "yes"}).status_code == 302


def comments(thing, key=None):
    return [version.revision.comment for version in history(type(thing), key or thing.pk)]


def said(answer):
    return " ".join(map(str, get_messages(answer.wsgi_request)))


def restore(desk, thing, number, **data):
    """Bring back the version with a number, counted from the latest (0)."""
    version = history(type(thing), thing.pk)[number]
    return desk.post(address(thing, "history", version.pk), data)


def recover(desk, model, key, **data):
    return desk.post(f"/redaktion/{model._meta.app_label}/{model._meta.model_name}/geloescht/{key}/", data)


def status(client, url):
    """The answer's number; a file is read to its end."""
    answer = client.get(url)
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    return answer.status_code


@pytest.fixture
def at_commit(django_capture_on_commit_callbacks):
    """Files go and come when a change is certain: `with at_commit(): …`."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def event(desk):
    """An event with everything that belongs to one."""
    anika = make_person(given_name="Anika", family_name="Göbel")
    event = make_event(
        title="Innovationsforum",
        topics=["Wirkung"],
        contacts=[anika],
        picture=make_picture(),
        venue=Venue.objects.create(name="Haus der Parität"),
        starts_at=tomorrow().replace(microsecond=0),
    )
    event.attachment_rows.create(attachment=make_attachment(title="Folien"))
    item = make_item(event, people=[anika], title="Wirkung messen", text="<p>Ein Text.</p>")
    item.attachment_rows.create(attachment=make_attachment(title="Handout"))
    return event


def everything(event):
    """What readers see of an event, in plain data."""
    return {
        "event": Event.objects.values("title", "slug", "picture", "venue", "text", "starts_at").get(pk=event.pk),
        "topics": sorted(event.topics.names()),
        "contacts": [row.person.name for row in event.contact_rows.all()],
        "files": [row.attachment.title for row in event.attachment_rows.all()],
        "programme": [
            (item.pk, item.title, item.text, [(row.person.name, row.part) for row in item.participations.all()])
            for item in event.programme.all()
        ],
        "material": [row.attachment.title for item in event.programme.all() for row in item.attachment_rows.all()],
    }


# Every change is a version


def test_the_state_before_the_first_change_is_kept_too(desk, staff):
    article = make_article(title="Alter Titel")
    change(desk, article, title="Neuer Titel")
    assert comments(article) == ["Titel", "Stand vor der ersten Änderung"]
    newest, first = history(Article, article.pk)
    assert (newest.revision.user, first.revision.user) == (staff, None)
    assert (str(newest), str(first)) == ("Neuer Titel", "Alter Titel")


def test_saving_without_a_change_writes_no_version(desk):
    article = make_article(topics=["Wirkung"], text="<p>Ein Text.</p>", contacts=[make_person()])
    change(desk, article, title="Neu")
    change(desk, article)
    change(desk, article)
    assert len(comments(article)) == 2


def test_what_is_new_begins_its_history(desk):
    form = filled_form(desk, "/redaktion/news/article/add/", title="Ganz neu")
    assert desk.post("/redaktion/news/article/add/", form).status_code == 302
    assert comments(Article.objects.get()) == ["Angelegt"]


def test_parts_changed_on_a_page_of_their_own_are_told_by_the_thing(desk, event):
    item = event.programme.get()
    change(desk, item, **{"participations-0-part": "host"})
    change(desk, item, title="Wirkung zählen")
    change(desk, item, **{"participations-0-DELETE": "on"})
    assert comments(event) == [
        "Mitwirkende: Anika Göbel (Begleitung) entfernt",
        "Programmpunkte: „Wirkung zählen“ (Workshop) geändert",
        "Mitwirkende: Anika Göbel (Begleitung) geändert",
        "Stand vor der ersten Änderung",
    ]
    assert desk.get(address(item, "history")).url == address(event, "history")


def test_an_item_that_moves_changes_both_events(desk, event):
    other = make_event()
    change(desk, event.programme.get(), event=other.pk)
    assert comments(event)[0] == "Programmpunkte: „Wirkung messen“ (Workshop) entfernt"
    assert comments(other)[0] == "Programmpunkte: „Wirkung messen“ (Workshop) neu"


def test_merging_topics_is_a_change_of_everything_that_carried_them(desk):
    article = make_article(topics=["Ehrenamt", "Engagement"])
    other = make_article(topics=["Ehrenamt"])
    kept = Topic.objects.get(name="Engagement")
    chosen = [topic.pk for topic in Topic.objects.all()]
    form = {"action": "merge", "_selected_action": chosen, "kept": kept.pk, "confirmed": "1"}
    assert desk.post("/redaktion/forum/topic/", form).status_code == 302
    assert comments(article)[0] == "Schlagworte: Ehrenamt (gelöscht) entfernt"
    assert "Schlagworte" in comments(other)[0]


def test_related_articles_change_at_both_ends(desk):
    one, other = make_article(title="Eins"), make_article(title="Zwei")
    change(desk, one, related=[other.pk])
    assert comments(one)[0] == comments(other)[0] == "Verwandte Beiträge"


def test_updates_of_many_rows_are_changes(staff):
    articles = [make_article(published_at=None) for _ in range(3)]
    with recording(staff):
        Article.objects.filter(title__startswith="Beitrag").update(published_at=yesterday())
    assert {tuple(comments(article)) for article in articles} == {
        ("Veröffentlicht ab", "Stand vor der ersten Änderung")
    }


def test_what_happens_outside_the_desk_costs_nothing_and_is_not_lost(desk):
    article = make_article(title="Eins")
    change(desk, article, title="Zwei")
    Article.objects.filter(pk=article.pk).update(title="Drei")
    article.refresh_from_db()
    assert len(comments(article)) == 2
    assert "nicht hier in der Redaktion" in desk.get(address(article, "history")).content.decode()
    change(desk, article, title="Vier")
    assert [str(version) for version in history(Article, article.pk)] == ["Vier", "Drei", "Zwei", "Eins"]


def test_a_change_that_fails_leaves_no_version(desk, monkeypatch):
    article = make_article(title="Bleibt")

    def burst(*_):
        raise RuntimeError

    from news.admin import ArticleAdmin

    monkeypatch.setattr(ArticleAdmin, "response_change", burst)
    desk.raise_request_exception = False
    form = filled_form(desk, address(article), title="Anders")
    assert desk.post(address(article), form).status_code == 500
    article.refresh_from_db()
    assert article.title == "Bleibt"
    assert not Revision.objects.exists()


def test_filling_and_demo_write_no_versions():
    call_command("fill", articles=20, events=3, seed=1, verbosity=0)
    assert not Revision.objects.exists()


def test_every_row_that_goes_with_a_thing_is_a_part_of_it():
    """A new gallery must say so: `@part_of("article")`, or stand in the list of what is none."""
    for model in THINGS.keys() | PARTS.keys():
        for relation in model._meta.related_objects:
            if relation.on_delete is CASCADE and not relation.related_model._meta.auto_created:
                assert relation.related_model in PARTS | dict.fromkeys(NOT_PARTS), relation.related_model


def test_everything_staff_edit_has_versions():
    from django.contrib import admin

    edited = {
        model
        for model, desk in admin.site._registry.items()
        if model._meta.app_label in ("forum", "contacts", "events", "news")
    }
    official = {apps.get_model("contacts", "Postcode"), apps.get_model("contacts", "Quarter")}
    noted = {
        AuditEntry,
        ErrorKind,
        ContactCorrection,
        InternalLink,
        MissingAddress,
        SearchMiss,
    }  # what happened, not what staff write
    assert edited - official - noted <= THINGS.keys() | PARTS.keys()


# Comparing


def compared(desk, thing, old=1, new=0):
    versions = list(history(type(thing), thing.pk))
    page = desk.get(address(thing, "history", "vergleich"), {"alt": versions[old].pk, "neu": versions[new].pk})
    assert page.status_code == 200
    return re.sub(r"\s+", " ", page.content.decode())


def test_words_that_came_and_went_are_marked(desk):
    article = make_article(lead="Wir laden alle herzlich ein.", text="<h2>Worum</h2><p>Ein alter Text.</p>")
    change(
        desk,
        article,
        lead="Wir laden Fachkräfte herzlich ein.",
        text="<h2>Worum</h2><p>Ein <strong>neuer</strong> Text.</p><ul><li>Punkt</li></ul>",
    )
    page = compared(desk, article)
    assert "Einleitung" in page
    assert re.search(r"laden <del><span[^>]*>\[entfernt: </span>alle<.*?<ins><span[^>]*>\[neu: </span>Fachkräfte", page)
    assert "alter<" in page
    assert "• Punkt" in page
    assert "&lt;p&gt;" not in page
    assert "Untertitel" not in page


def test_rows_are_compared_by_what_they_join(desk, event):
    lea = make_person(given_name="Lea", family_name="Winnig")
    change(desk, event, **{
        "contact_rows-0-person": lea.pk,
        "status": "cancelled",
        "venue": "",
        "programme-0-title": "Wirkung zählen",
    })  # fmt: skip
    page = compared(desk, event)
    for words in (
        "Durchführung",
        "findet statt",
        "abgesagt",
        "Ort",
        "Haus der Parität",
        "leer",
        "Ansprechpersonen",
        "Lea Winnig",
        "Programmpunkte",
        "zählen",
    ):
        assert words in page, words
    assert "cancelled" not in page


def test_only_the_looks_of_a_text_differ(desk):
    article = make_article(text="<p>Ein Text.</p>")
    change(desk, article, text="<p>Ein <em>Text</em>.</p>")
    assert "Nur die Gestaltung ist anders" in compared(desk, article)


def test_what_was_deleted_since_keeps_its_name(desk):
    venue = Venue.objects.create(name="Altes Haus")
    event = make_event(venue=venue)
    change(desk, event, venue="")
    delete(desk, venue)
    assert "Altes Haus (gelöscht)" in compared(desk, event)


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"alt": "x", "neu": "heute"},
        {"alt": "9" * 400, "neu": "heute"},
        {"alt": "\x00", "neu": "-1"},
        {"alt": "heute", "neu": "heute"},
    ],
)
def test_nonsense_is_answered_in_german(desk, chosen):
    article = make_article()
    answer = desk.get(address(article, "history", "vergleich"), chosen, follow=True)
    assert answer.status_code == 200
    assert "zwei verschiedene Fassungen" in answer.content.decode()


def test_huge_texts_are_compared_in_time(desk):
    page = Page.objects.create(title="Groß", text="<p>" + "wort anders " * 60_000 + "</p>")
    change(desk, page, text="<p>" + "wort neu " * 60_000 + "</p>")
    assert "Text" in compared(desk, page)


def test_long_histories_come_in_pages_and_cost_the_same_as_short_ones(desk, count_queries):
    article = make_article(topics=["Wirkung"])
    change(desk, article, title="Eins")
    few = count_queries(address(article, "history"), desk)
    for number in range(22):
        with recording():
            article.lead = f"Einleitung {number}"
            article.save()
        if number == 6:
            assert count_queries(address(article, "history"), desk) == few
    first, second = (desk.get(address(article, "history"), {"seite": page}).content.decode() for page in (1, 2))
    assert first.count('name="alt"') == 20
    assert second.count('name="alt"') == 4
    assert "Stand vor der ersten Änderung" in second


# Restoring


def test_an_earlier_version_comes_back_whole_and_as_a_new_one(desk, staff, event):
    before = everything(event)
    item = event.programme.get()
    change(
        desk,
        event,
        title="Etwas anderes",
        topics=[Topic.objects.create(name="Pflege").pk],
        **{"programme-0-DELETE": "on", "contact_rows-0-DELETE": "on", "attachment_rows-0-DELETE": "on"},
    )
    assert not ProgrammeItem.objects.filter(pk=item.pk).exists()
    answer = restore(desk, event, 1)
    assert answer.status_code == 302, said(answer)
    event = Event.objects.get()
    assert everything(event) == before
    assert comments(event)[0].startswith("Wiederhergestellt: Stand vom ")
    assert len(comments(event)) == 3
    assert history(Event, event.pk)[0].revision.user == staff
    assert restore(desk, event, 1).status_code == 302  # and there again
    event = Event.objects.get()
    assert (event.title, event.programme.count()) == ("Etwas anderes", 0)


def test_looking_changes_nothing(desk, event):
    change(desk, event, title="Anders")
    version = history(Event, event.pk)[1]
    page = desk.get(address(event, "history", version.pk)).content.decode()
    assert "Diese Fassung zurückholen" in page
    event.refresh_from_db()
    assert event.title == "Anders"
    today = desk.get(address(event, "history", history(Event, event.pk)[0].pk)).content.decode()
    assert "Es gibt nichts zurückzuholen" in today


def test_addresses_lead_on_in_both_directions(desk, client):
    article = make_article(title="Eins", slug="eins")
    change(desk, article, slug="zwei")
    restore(desk, article, 1)
    assert client.get("/aktuelles/eins/").status_code == 200
    assert client.get("/aktuelles/zwei/").url == "/aktuelles/eins/"
    restore(desk, article, 1)
    assert client.get("/aktuelles/zwei/").status_code == 200
    assert client.get("/aktuelles/eins/").url == "/aktuelles/zwei/"


def test_an_address_that_is_taken_stays_where_it_is(desk, client):
    article = make_article(title="Eins", slug="eins")
    change(desk, article, slug="zwei", title="Zwei")
    article.former_addresses.all().delete()
    rival = make_article(title="Rivale", slug="eins")
    answer = restore(desk, article, 1)
    assert "inzwischen anders vergeben" in said(answer)
    article.refresh_from_db()
    assert (article.title, article.slug) == ("Eins", "zwei")
    assert client.get("/aktuelles/eins/").context["object"] == rival


def test_restoring_neither_publishes_nor_withdraws(desk):
    draft = make_article(title="Eins", published_at=None)
    change(desk, draft, title="Zwei", published_at="1.2.2024 9:00")
    published = draft.published_at
    restore(desk, draft, 1)
    draft.refresh_from_db()
    assert (draft.title, draft.published_at) == ("Eins", published)

    live = make_article(title="Eins")
    change(desk, live, title="Zwei", published_at="")
    restore(desk, live, 1)
    live.refresh_from_db()
    assert (live.title, live.published_at) == ("Eins", None)


def test_what_is_public_never_becomes_incomplete(desk):
    article = make_article(title="Eins", lead="", published_at=None)
    change(desk, article, title="Zwei", lead="Worum es geht.", published_at="1.2.2024 9:00")
    answer = restore(desk, article, 1)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "nichts wurde geändert" in page
    assert "Zum Veröffentlichen fehlt noch: Einleitung." in page
    article.refresh_from_db()
    assert article.title == "Zwei"


def test_deleted_people_and_pictures_are_offered_along(desk, at_commit):
    picture = Picture(alt_text="Ein Feld.", credit="Foto: Beispiel")
    picture.file.save("rot.png", ContentFile(image_bytes(color="#aa0000"), "rot.png"))
    person = make_person(given_name="Lea", family_name="Winnig", portrait=picture)
    event = make_event(picture=picture, contacts=[person])
    change(desk, event, picture="", **{"contact_rows-0-DELETE": "on"})
    with at_commit():
        delete(desk, person)
        delete(desk, picture)
    version = history(Event, event.pk)[1]
    page = desk.get(address(event, "history", version.pk)).content.decode()
    assert "Person „Lea Winnig“ mit wiederherstellen" in page
    with at_commit():
        answer = restore(desk, event, 1, mit=[f"contacts.person:{person.pk}", f"forum.picture:{picture.pk}"])
    assert "Mit zurückgekommen" in said(answer)
    event.refresh_from_db()
    assert event.picture.pk == picture.pk
    back = event.contact_rows.get().person
    assert (back.name, back.portrait, back.published_at) == ("Lea Winnig", picture, None)


def test_what_is_not_wanted_back_is_left_out_and_said(desk):
    person = make_person(given_name="Lea", family_name="Winnig")
    venue = Venue.objects.create(name="Altes Haus")
    event = make_event(title="Eins", venue=venue)
    make_item(event, people=[person], title="Workshop A")
    change(desk, event, title="Zwei", venue="", **{"programme-0-DELETE": "on"})
    delete(desk, person)
    delete(desk, venue)
    Version.objects.filter(object_repr="Altes Haus").delete()  # nothing left of it
    assert (
        "Davon ist nichts mehr gespeichert"
        in desk.get(address(event, "history", history(Event, event.pk)[1].pk)).content.decode()
    )
    answer = restore(desk, event, 1)
    assert "Fehlt jetzt, weil gelöscht: Person „Lea Winnig“." in said(answer)
    assert "Ort (Name nicht mehr bekannt)" in said(answer)
    event.refresh_from_db()
    assert (event.title, event.venue) == ("Eins", None)
    assert event.programme.get().title == "Workshop A"
    assert not Participation.objects.exists()


@pytest.mark.parametrize(
    ("stored", "broken"),
    [
        ('"title": "Eins"', '"title": null'),
        ('"starts_at": "', '"starts_at": "bald '),
        ('"status": "planned"', '"status": "vielleicht"'),
        ('"picture": null', '"picture": "abc"'),
    ],
)
def test_a_version_that_no_longer_fits_is_refused_with_the_reason(desk, stored, broken):
    event = make_event(title="Eins")
    change(desk, event, title="Zwei")
    version = history(Event, event.pk)[1]
    assert stored in version.serialized_data
    Version.objects.filter(pk=version.pk).update(serialized_data=version.serialized_data.replace(stored, broken))
    assert desk.get(address(event, "history", version.pk)).status_code == 200
    answer = restore(desk, event, 1)
    assert "nichts wurde geändert" in said(answer)
    event.refresh_from_db()
    assert event.title == "Zwei"


def test_fields_and_models_that_are_gone_do_not_stand_in_the_way(desk):
    event = make_event(title="Eins")
    change(desk, event, title="Zwei")
    version = history(Event, event.pk)[1]
    data = version.serialized_data.replace('"title": "Eins"', '"title": "Eins", "weather": "Regen"')
    Version.objects.filter(pk=version.pk).update(serialized_data=data)
    Version.objects.create(
        revision=version.revision,
        content_type=version.content_type,
        object_id="7",
        db="default",
        format="json",
        serialized_data='[{"model": "events.weather", "pk": 7, "fields": {}}]',
        object_repr="Regen",
    )
    assert restore(desk, event, 1).status_code == 302
    event.refresh_from_db()
    assert event.title == "Eins"


# Deleting and recovering


def test_a_deleted_event_comes_back_with_everything(desk, staff, client, event):
    change(desk, event, slug="forum-neu")
    former = event.former_addresses.get().path
    before, key = everything(event), event.pk
    answer = desk.post(address(event, "delete"), {"post": "yes"})
    assert f"/redaktion/events/event/geloescht/{key}/" in said(answer)
    assert not Event.objects.exists()
    assert client.get(former).status_code == 404
    listed = desk.get("/redaktion/events/event/geloescht/").content.decode()
    assert "Innovationsforum" in listed
    assert "Gelöscht am" in listed
    assert "chefin" in listed
    shown = desk.get(f"/redaktion/events/event/geloescht/{key}/").content.decode()
    for words in ("„Wirkung messen“ (Workshop)", "Anika Göbel (Referat)", "Folien", "Handout", "Wirkung"):
        assert words in shown, words
    answer = recover(desk, Event, key)
    assert answer.url == f"/redaktion/events/event/{key}/change/"
    event = Event.objects.get(pk=key)
    assert everything(event) == before
    assert event.published_at is None
    assert comments(event)[0].startswith("Nach dem Löschen wiederhergestellt")
    assert client.get(event.get_absolute_url()).status_code == 404
    change(desk, event, published_at="1.2.2024 9:00")
    assert client.get(former).url == "/veranstaltungen/forum-neu/"
    assert recover(desk, Event, key).status_code == 404  # it is there


def test_recovering_keeps_when_a_thing_was_made(desk):
    article = make_article()
    Article.objects.filter(pk=article.pk).update(created_at=yesterday())
    article.refresh_from_db()
    created = article.created_at
    key = article.pk
    delete(desk, article)
    recover(desk, Article, key)
    assert abs(Article.objects.get(pk=key).created_at - created) < timedelta(milliseconds=1)


def test_many_deleted_at_once_are_all_there(desk):
    articles = [make_article(title=f"Beitrag Nr. {number}") for number in range(3)]
    form = {"action": "delete_selected", "_selected_action": [article.pk for article in articles], "post": "yes"}
    answer = desk.post("/redaktion/news/article/", form)
    assert "/redaktion/news/article/geloescht/" in said(answer)
    page = desk.get("/redaktion/news/article/geloescht/").content.decode()
    assert page.count("Beitrag Nr. ") >= 3


def test_the_list_of_deleted_things_costs_the_same_for_one_and_many(desk, count_queries):
    delete(desk, make_article())
    few = count_queries("/redaktion/news/article/geloescht/", desk)
    for _ in range(4):
        delete(desk, make_article(topics=["Wirkung"]))
    assert count_queries("/redaktion/news/article/geloescht/", desk) == few


def test_a_recovered_thing_takes_another_address_if_its_own_is_taken(desk):
    article = make_article(title="Eins", slug="eins")
    key = article.pk
    delete(desk, article)
    make_article(title="Rivale", slug="eins")
    assert "inzwischen anders vergeben" in said(recover(desk, Article, key))
    assert Article.objects.get(pk=key).slug == "eins-2"


def test_a_name_that_is_taken_is_a_reason(desk):
    kind = make_type("Berichte")
    key = kind.pk
    delete(desk, kind)
    make_type("Berichte")
    answer = recover(desk, ArticleType, key)
    assert "Das geht so nicht" in answer.content.decode()
    assert ArticleType.objects.filter(name="Berichte").count() == 1


# Files


def upload(color, name="bild.png"):
    return ContentFile(image_bytes(size=(900, 600), color=color), name)


@pytest.fixture
def picture(desk):
    picture = Picture(alt_text="Ein rotes Feld.", credit="Foto: Beispiel", caption="Rot", file_ppoi="0.2x0.8")
    picture.file.save("rot.png", upload("#bb1111"))
    return picture


def test_a_deleted_picture_is_not_public_and_comes_back_as_it_was(desk, client, picture, at_commit):
    key, name = picture.pk, picture.file.name
    addresses = [picture.file.url, picture.file.wide_400_avif, picture.file.card_webp]
    assert [status(client, one) for one in addresses] == [200] * 3
    with at_commit():
        delete(desk, picture)
    assert [status(client, one) for one in addresses] == [404] * 3
    assert storages["kept"].exists(name)
    page = desk.get(f"/redaktion/forum/picture/geloescht/{key}/").content.decode()
    (shown,) = re.findall(r'src="(/redaktion/forum/picture/fassung/\d+/datei/)"', page)
    answer = desk.get(shown)
    assert b"".join(answer.streaming_content)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in answer["Cache-Control"]
    assert status(client, shown) == 302  # readers have to sign in
    with at_commit():
        assert recover(desk, Picture, key).status_code == 302
    back = Picture.objects.get(pk=key)
    assert (back.file.name, back.alt_text, back.credit, back.caption, back.file_ppoi) == (
        name,
        "Ein rotes Feld.",
        "Foto: Beispiel",
        "Rot",
        "0.2x0.8",
    )
    assert (back.file_width, back.file_height) == (900, 600)
    assert [status(client, one) for one in addresses] == [200] * 3
    assert not storages["kept"].exists(name)


def test_a_replaced_file_is_kept_for_its_version(desk, client, picture, at_commit):
    red = picture.file.name
    with at_commit():
        form = filled_form(desk, address(picture)) | {"file": upload("#1111bb", "blau.png")}
        assert desk.post(address(picture), form).status_code == 302
    picture.refresh_from_db()
    blue = picture.file.name
    assert blue != red
    assert status(client, f"/medien/{red}") == 404
    page = compared(desk, picture)
    assert page.count("/datei/") + page.count("/medien/bilder/") == 2
    with at_commit():
        assert restore(desk, picture, 1).status_code == 302
    picture.refresh_from_db()
    assert picture.file.name == red
    assert (status(client, f"/medien/{red}"), status(client, f"/medien/{blue}")) == (200, 404)
    with at_commit():
        restore(desk, picture, 1)
    picture.refresh_from_db()
    assert (picture.file.name, status(client, picture.file.wide_webp)) == (blue, 200)


def test_a_deleted_download_comes_back_with_its_file(desk, client, at_commit):
    attachment = make_attachment(title="Folien")
    key, url = attachment.pk, attachment.file.url
    with at_commit():
        delete(desk, attachment)
    assert status(client, url) == 404
    with at_commit():
        recover(desk, Attachment, key)
    assert status(client, url) == 200
    assert Attachment.objects.get(pk=key).size == 45


def test_a_failed_recovery_publishes_no_file(desk, client, picture, at_commit, monkeypatch):
    key, url = picture.pk, picture.file.url
    with at_commit():
        delete(desk, picture)
    Version.objects.filter(object_id=key, content_type__model="picture").update(
        serialized_data=history(Picture, key)[0].serialized_data.replace('"decorative": false', '"decorative": true')
    )
    answer = recover(desk, Picture, key)
    assert "nichts wurde geändert" in answer.content.decode()
    assert status(client, url) == 404
    assert storages["kept"].exists(url.removeprefix("/medien/"))


def test_a_file_that_is_gone_is_a_reason(desk, picture, at_commit):
    key, name = picture.pk, picture.file.name
    with at_commit():
        delete(desk, picture)
    storages["kept"].delete(name)
    answer = recover(desk, Picture, key)
    assert "gibt es nicht mehr" in answer.content.decode()
    assert not Picture.objects.filter(pk=key).exists()


def test_a_file_no_version_needs_is_removed(client, picture, at_commit):
    name = picture.file.name
    with at_commit():
        picture.delete()  # by a command, of which there are no versions
    assert not default_storage.exists(name)
    assert not storages["kept"].exists(name)


# Forgetting


def test_a_deleted_person_can_be_forgotten_for_good(desk, at_commit):
    person = make_person(given_name="Lea", family_name="Winnig", phone="030 12 34 56-78", published_at=yesterday())
    event = make_event(contacts=[person])
    change(desk, person, position="Leitung")
    change(desk, event, **{"contact_rows-0-DELETE": "on"})
    key = person.pk
    delete(desk, person)
    page = desk.get("/redaktion/contacts/person/geloescht/").content.decode()
    where = f"/redaktion/contacts/person/geloescht/{key}/endgueltig/"
    assert where in page
    assert "Danach lässt sich nichts davon wiederherstellen" in desk.get(where).content.decode()
    assert Version.objects.filter(object_id=key, content_type__model="person").count() == 3
    answer = desk.post(where, follow=True)
    assert "endgültig gelöscht" in answer.content.decode()
    assert recover(desk, Person, key).status_code == 404
    told = " ".join(
        [
            *Version.objects.values_list("serialized_data", flat=True),
            *Version.objects.values_list("object_repr", flat=True),
            *Revision.objects.values_list("comment", flat=True),
        ]
    )
    assert "Winnig" not in told
    assert "Winnig" not in desk.get(address(event, "history")).content.decode()
    assert event.title in told


def test_forgetting_takes_the_file_along(desk, picture, at_commit):
    key, name = picture.pk, picture.file.name
    with at_commit():
        delete(desk, picture)
        desk.post(f"/redaktion/forum/picture/geloescht/{key}/endgueltig/")
    assert not storages["kept"].exists(name)


# Who may do what


@pytest.fixture
def helper():
    """A client of somebody with a few permissions: `helper("view_event", "change_event")`."""

    def sign_in(*names):
        user = get_user_model().objects.create_user(f"hilfe{len(names)}-{timezone.now().timestamp()}", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=names))
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def test_seeing_needs_view_restoring_change_recovering_add(desk, helper, event):
    change(desk, event, title="Anders")
    versions = list(history(Event, event.pk))
    pages = [
        address(event, "history"),
        address(event, "history", versions[1].pk),
        address(event, "history", "vergleich") + f"?alt={versions[1].pk}&neu=heute",
    ]
    for page in pages:
        assert helper("view_event").get(page).status_code == 200, page
        assert helper("view_article").get(page).status_code == 403, page
    looking = helper("view_event").get(pages[1]).content.decode()
    assert "Diese Fassung zurückholen" not in looking
    assert helper("view_event").post(pages[1]).status_code == 403
    assert helper("change_event").post(pages[1]).status_code == 302
    key = event.pk
    delete(desk, event)
    where = f"/redaktion/events/event/geloescht/{key}/"
    parts = ["eventcontact", "eventattachment", "programmeitem", "participation", "itemattachment"]
    assert helper("change_event", "view_event").get("/redaktion/events/event/geloescht/").status_code == 403
    assert helper("add_event").get("/redaktion/events/event/geloescht/").status_code == 200
    assert helper("add_event", "add_programmeitem").post(where).status_code == 403
    everything_but_forgetting = helper("add_event", "delete_event", *[f"add_{part}" for part in parts])
    assert everything_but_forgetting.post(f"{where}endgueltig/").status_code == 403
    assert "endgueltig" not in everything_but_forgetting.get("/redaktion/events/event/geloescht/").content.decode()
    assert everything_but_forgetting.post(where).status_code == 302
    assert Event.objects.filter(pk=key).exists()


@pytest.mark.parametrize(("role", "answer"), [("Redaktion", 403), ("Veranstaltungen", 403), ("Verwaltung", 302)])
def test_restoring_needs_the_right_to_change_the_parts_that_differ(desk, role, answer):
    person = make_person(districts=["Mitte"])
    change(desk, person, position="Leitung")
    person.representations.all().delete()
    change(desk, person, position="Team")
    account = get_user_model().objects.create_user("mitglied", is_staff=True)
    account.groups.set(Group.objects.filter(name=role))
    client = Client()
    client.force_login(account)
    where = address(person, "history", history(Person, person.pk).last().pk)
    page = client.get(where).content.decode()
    assert ("Diese Fassung zurückholen" in page) == (answer == 302)
    assert ("wofür Ihnen eine Berechtigung fehlt (vertretene Bezirke)" in page) == (answer == 403)
    assert client.post(where).status_code == answer
    assert person.representations.exists() == (answer == 302)


def test_the_file_of_a_version_needs_view(desk, helper, picture):
    change(desk, picture, caption="Anders")
    where = f"/redaktion/forum/picture/fassung/{history(Picture, picture.pk)[1].pk}/datei/"
    assert status(helper("view_picture"), where) == 200
    assert helper("view_article").get(where).status_code == 403


# Cleaning up


def cleaned(capsys, **options):
    call_command("cleanup", **options)
    return capsys.readouterr().out


@pytest.fixture
def empty_storage(tmp_path, settings):
    """Storages of this test alone."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = settings.STORAGES | {
        "kept": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "kept"}}
    }


def stored():
    from forum.leftovers import walk

    return {file.name for alias in ("default", "kept") for file in walk(alias)}


def test_cleaning_up_removes_only_what_nothing_refers_to(empty_storage, desk, at_commit, capsys):
    pictures = []
    for color in ("#111111", "#222222"):
        picture = Picture(alt_text="Feld", credit="Foto")
        picture.file.save(f"{color[1:]}.png", upload(color))
        pictures.append(picture)
    article = make_article()
    with at_commit():
        delete(desk, pictures[1])
        change(desk, pictures[0], file_ppoi="0.1x0.1")
    needed = {pictures[0].file.name, pictures[1].file.name, article.social_image.name}
    current = stored()
    default_storage.save("bilder/verwaist.png", ContentFile(b"x" * 2000))
    storages["kept"].save("downloads/alt/niemand.pdf", ContentFile(b"y"))
    said_first = cleaned(capsys, days=0)
    assert "bilder/verwaist.png" in said_first
    assert "Das würde gelöscht" in said_first
    assert "bilder/verwaist.png" in stored()
    cleaned(capsys, days=0, delete=True)
    assert needed <= stored()
    assert not stored() & {"bilder/verwaist.png", "downloads/alt/niemand.pdf"}
    assert default_storage.exists(pictures[0].file.wide_400_avif.removeprefix("/medien/"))
    assert current - stored()  # renditions around the former focal point
    assert "Dateien: 0" in cleaned(capsys, days=0)


def test_young_files_stay(empty_storage, capsys):
    default_storage.save("bilder/gerade.png", ContentFile(b"x"))
    assert "Dateien: 0" in cleaned(capsys)


def test_a_file_left_public_by_a_crash_is_kept_for_its_version(empty_storage, desk, client, capsys):
    picture = Picture(alt_text="Feld", credit="Foto")
    picture.file.save("feld.png", upload("#333333"))
    delete(desk, picture)  # what follows the commit never happens here
    assert status(client, picture.file.url) == 200
    cleaned(capsys, days=0, delete=True)
    assert status(client, picture.file.url) == 404
    assert storages["kept"].exists(picture.file.name)


def test_old_versions_go_but_the_last_ones_stay(desk, capsys):
    article = make_article()
    for number in range(5):
        change(desk, article, title=f"Titel {number}")
    Revision.objects.update(date_created=timezone.now() - timedelta(days=100))
    assert "Fassungen: 4" in cleaned(capsys, versions_older_than=90, keep=2)
    assert len(comments(article)) == 6
    cleaned(capsys, versions_older_than=90, keep=2, delete=True)
    assert [str(version) for version in history(Article, article.pk)] == ["Titel 4", "Titel 3"]
    assert "Fassungen: 0" in cleaned(capsys, versions_older_than=200)


def test_what_was_deleted_long_ago_is_forgotten(empty_storage, desk, at_commit, capsys):
    picture = Picture(alt_text="Feld", credit="Foto")
    picture.file.save("feld.png", upload("#444444"))
    key = picture.pk
    with at_commit():
        delete(desk, picture)
    Revision.objects.update(date_created=timezone.now() - timedelta(days=400))
    assert picture.file.name in cleaned(capsys, deleted_older_than=365)
    cleaned(capsys, deleted_older_than=365, delete=True)
    assert picture.file.name not in stored()
    assert recover(desk, Picture, key).status_code == 404
