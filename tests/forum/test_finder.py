"""Relations at the desk: found as people remember names, created in place once, doubles shown before."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from contacts.forms import name_parts
from contacts.models import Person
from events.models import Series, Venue
from forum.models import Topic
from news.models import ArticleType
from tests.factories import (
    make_article,
    make_attachment,
    make_event,
    make_item,
    make_person,
    make_picture,
    make_type,
)

PERSON = "/redaktion/anlegen/contacts/person/"


def hits(desk, model, typed=""):
    return desk.get(f"/redaktion/finden/{model}/", {"q": typed}).json()["hits"]


def labels(desk, model, typed=""):
    return [hit["label"] for hit in hits(desk, model, typed)]


@pytest.fixture
def goebel():
    make_person(given_name="Erika", family_name="Winnig", organisation="Verein Göbelstraße")
    return make_person(title="Dr.", given_name="Anika", family_name="Göbel", position="Referentin", organisation="Haus")


@pytest.mark.parametrize(
    "typed", ["Göbel", "goebel", "gobel", "GÖB", "Göbel Anika", "anika göbel", "Göbel, Anika", "Göbl Anika", "goepel"]
)
def test_people_are_found_as_one_remembers_them(desk, goebel, typed):
    assert labels(desk, "contacts/person", typed)[0] == "Dr. Anika Göbel"


def test_the_second_line_tells_people_apart(desk, goebel):
    assert hits(desk, "contacts/person", "anika")[0] == {
        "id": str(goebel.pk),
        "label": "Dr. Anika Göbel",
        "line": "Referentin, Haus",
        "state": "",
        "thumb": "",
    }
    make_person(given_name="Noch", family_name="Entwurf", published_at=None)
    assert hits(desk, "contacts/person", "entwurf")[0]["state"] == "Entwurf"


def test_only_nearly_is_said(desk, goebel):
    assert desk.get("/redaktion/finden/contacts/person/", {"q": "Göbl"}).json()["nearly"] is True
    assert desk.get("/redaktion/finden/contacts/person/", {"q": "Göbel"}).json()["nearly"] is False
    assert labels(desk, "contacts/person", "Qwertz") == []


@pytest.mark.parametrize(
    ("model", "typed", "make"),
    [
        ("news/article", "neu", lambda: make_article(title="Neues")),
        ("news/articletype", "beri", lambda: make_type("Berichte")),
        ("events/event", "tagung", lambda: make_event(title="Große Tagung")),
        ("events/venue", "brandenburgische", lambda: Venue.objects.create(name="Haus", street="Brandenburgische 80")),
        ("events/series", "forum", lambda: Series.objects.create(title="Innovationsforum")),
        ("events/programmeitem", "dialog", lambda: make_item(title="Nachhaltigkeitsdialog")),
        ("forum/topic", "intelligenz", lambda: Topic.objects.create(name="Künstliche Intelligenz")),
        ("forum/picture", "erika", make_picture),
        ("forum/attachment", "proto", make_attachment),
        ("contacts/district", "pankow", lambda: None),
    ],
)
def test_everything_that_can_be_chosen_is_found(desk, model, typed, make):
    thing = make()
    assert labels(desk, model, typed) == [str(thing or "Pankow")]


def test_pictures_are_found_by_what_shows_them(desk):
    picture = make_picture(alt_text="Drei Leute")
    make_picture(alt_text="Anderes")
    make_article(title="Rückblick auf Köpenick", picture=picture)
    assert [hit["id"] for hit in hits(desk, "forum/picture", "koepenick")] == [str(picture.pk)]


def test_what_was_used_last_comes_first(desk):
    old, never, new = (make_person(family_name=name) for name in ("Alt", "Nie", "Neu"))
    make_article(contacts=[old])
    make_item(people=[new])
    Person.objects.filter(pk=never.pk).update(changed_at="2020-01-01T00:00+00:00")
    first = labels(desk, "contacts/person")
    assert first.index("Erika Neu") < first.index("Erika Alt") < first.index("Erika Nie")


@pytest.mark.parametrize("typed", ["", "beispiel", "beispeil"])
@pytest.mark.parametrize("model", ["contacts/person", "forum/picture", "forum/topic", "news/article", "events/event"])
def test_a_search_costs_the_same_for_one_hit_and_many(desk, count_queries, model, typed):
    def more():
        make_article(
            title="Beispiel",
            topics=[f"Beispiel {Topic.objects.count()}"],
            contacts=[make_person()],
            picture=make_picture(credit="Beispiel"),
            event=make_event(title="Beispiel"),
        )

    more()
    few = count_queries(f"/redaktion/finden/{model}/?q={typed}", desk)
    for _ in range(5):
        more()
    assert count_queries(f"/redaktion/finden/{model}/?q={typed}", desk) == few


@pytest.mark.parametrize("typed", ["\x00", "%", "_", "'\"", "a" * 5000, "<b>", "\\", " , ", "\ud83d\ude00"])
def test_any_input_gets_an_answer(desk, typed):
    make_person()
    assert (
        desk.get("/redaktion/finden/contacts/person/", {"q": typed.encode("utf-8", "surrogatepass")}).status_code == 200
    )
    assert desk.get(PERSON, {"q": typed.encode("utf-8", "surrogatepass")}).status_code == 200


def test_wildcards_are_letters(desk):
    make_person(family_name="Ohne")
    assert labels(desk, "contacts/person", "%") == []


@pytest.mark.parametrize(
    "address", ["finden/auth/user/", "finden/nix/da/", "anlegen/auth/user/", "finden/forum/page/x/"]
)
def test_nothing_else_can_be_searched(desk, address):
    assert desk.get(f"/redaktion/{address}").status_code == 404


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("Lea Winnig", ("", "Lea", "", "Winnig")),
        ("Winnig, Lea", ("", "Lea", "", "Winnig")),
        ("Prof. Dr. Ada von der Heide", ("Prof. Dr.", "Ada", "von der", "Heide")),
        ("von der Heide, Dr. Ada", ("Dr.", "Ada", "von der", "Heide")),
        ("Madonna", ("", "", "", "Madonna")),
        ("Anna Lena Meyer-Schmidt", ("", "Anna Lena", "", "Meyer-Schmidt")),
        ("", ("", "", "", "")),
    ],
)
def test_names_are_taken_apart(typed, parts):
    assert tuple(name_parts(typed).values()) == parts


def test_a_person_is_created_in_place(desk):
    panel = desk.get(PERSON, {"q": "Dr. Lea Winnig"}).content.decode()
    for value in ("Dr.", "Lea", "Winnig"):
        assert f'value="{value}"' in panel
    answer = desk.post(PERSON, {"title": "Dr.", "given_name": "Lea", "family_name": "Winnig", "position": "Leitung"})
    assert answer.status_code == 201
    person = Person.objects.get(family_name="Winnig")
    assert answer.json()["label"] == "Dr. Lea Winnig"
    assert answer.json()["id"] == str(person.pk)
    assert person.slug == "lea-winnig"
    assert "chefin" in desk.get(f"/redaktion/contacts/person/{person.pk}/history/").content.decode()


def test_errors_stand_beside_the_fields_and_nothing_is_lost(desk):
    answer = desk.post(PERSON, {"given_name": "Lea", "position": "Leitung"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Dieses Feld ist zwingend erforderlich." in page
    assert 'value="Leitung"' in page
    venue = desk.post("/redaktion/anlegen/events/venue/", {"name": "Haus", "postcode": "12", "city": "Berlin"})
    assert "Eine Postleitzahl hat fünf Ziffern." in venue.content.decode()


@pytest.mark.parametrize(
    ("known", "typed", "same"),
    [
        ({"given_name": "Lea", "family_name": "Winnig"}, "Lea Winnig", True),
        ({"given_name": "Lea", "family_name": "Winnig"}, "Winnig, Lea", True),
        ({"title": "Dr.", "given_name": "Lea", "family_name": "Winnig"}, "Lea Winnig", True),
        ({"given_name": "Lea", "family_name": "Winnig"}, "Prof. Dr. Lea Winnig", True),
        ({"given_name": "Anika", "family_name": "Göbel"}, "Anika Goebel", True),
        ({"given_name": "Lea", "family_name": "Winnig"}, "L. Winnig", False),
        ({"given_name": "Lea", "family_name": "Winnig"}, "Lea Winning", False),
        ({"given_name": "Jörg", "family_name": "Weiß"}, "Joerg Weiss", True),
    ],
)
def test_a_likely_double_is_shown_before(desk, known, typed, same):
    person = make_person(**known)
    panel = desk.get(PERSON, {"q": typed}).content.decode()
    assert f"{person} nehmen" in panel
    assert "Trotzdem neu anlegen" in panel
    assert (f"{person} gibt es schon." in panel) is same
    refused = desk.post(PERSON, name_parts(typed))
    assert refused.status_code == 200
    assert f"{person} nehmen" in refused.content.decode()
    assert Person.objects.count() == 1
    assert desk.post(PERSON, name_parts(typed) | {"anyway": "1"}).status_code == 201
    assert Person.objects.count() == 2


def test_another_name_is_no_double(desk):
    make_person(given_name="Lea", family_name="Winnig")
    assert "nehmen" not in desk.get(PERSON, {"q": "Carsten Rossow"}).content.decode()
    assert desk.post(PERSON, name_parts("Carsten Rossow")).status_code == 201


@pytest.mark.parametrize(
    ("model", "stored", "name"),
    [("forum/topic", Topic, "name"), ("news/articletype", ArticleType, "name"), ("events/series", Series, "title")],
)
def test_a_word_is_created_at_once(desk, model, stored, name):
    answer = desk.post(f"/redaktion/anlegen/{model}/", {"q": " Neue  Nachbarschaft ", "at_once": "1"})
    assert answer.status_code == 201
    assert stored.objects.filter(**{name: "Neue Nachbarschaft"}).exists()
    double = desk.post(f"/redaktion/anlegen/{model}/", {"q": "neue nachbarschaften", "at_once": "1"})
    assert double.status_code == 200
    assert "Neue Nachbarschaft nehmen" in double.content.decode()


def test_sent_twice_is_created_once(desk):
    facts = {"given_name": "Lea", "family_name": "Winnig", "order": "abc123"}
    first, second = desk.post(PERSON, facts), desk.post(PERSON, facts | {"anyway": "1"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Person.objects.count() == 1


def member(*rights):
    account = get_user_model().objects.create_user("mitarbeit", is_staff=True)
    account.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(account)
    return client


def test_rights_are_asked(client):
    make_person()
    for address in ("/redaktion/finden/contacts/person/", PERSON):
        assert client.get(address).status_code == 302
    nobody, reader = member(), None
    assert nobody.get("/redaktion/finden/contacts/person/").status_code == 403
    get_user_model().objects.all().delete()
    reader = member("view_person", "view_article", "add_article", "add_articlecontact")
    assert reader.get("/redaktion/finden/contacts/person/").status_code == 200
    assert reader.get(PERSON).status_code == 403
    assert reader.post(PERSON, name_parts("Lea Winnig")).status_code == 403
    form = reader.get("/redaktion/news/article/add/").content.decode()
    assert 'data-find="/redaktion/finden/contacts/person/"' in form
    assert 'data-create="/redaktion/anlegen/contacts/person/"' not in form


def test_a_get_creates_nothing(desk):
    desk.get(PERSON, {"q": "Lea Winnig", "at_once": "1", "family_name": "Winnig"})
    desk.get("/redaktion/anlegen/forum/topic/", {"q": "Neu", "at_once": "1"})
    assert not Person.objects.exists()
    assert not Topic.objects.filter(name="Neu").exists()


def test_a_form_costs_the_same_for_one_row_and_many(desk, count_queries):
    article = make_article(contacts=[make_person()], picture=make_picture(), topics=["Null"])
    article.attachment_rows.create(attachment=make_attachment())
    address = f"/redaktion/news/article/{article.pk}/change/"
    few = count_queries(address, desk)
    for position in range(5):
        article.contact_rows.create(person=make_person(), position=position)
        article.attachment_rows.create(attachment=make_attachment(), position=position)
    article.topics.add("Eins", "Zwei")
    assert count_queries(address, desk) == few


@pytest.mark.parametrize("value", ["abc", "\x00", "9" * 40, "-1", "<b>"])
def test_a_made_up_choice_is_refused_in_german(desk, value):
    form = {"title": "Bleibt", "type": value, "topics": [value], "picture": value}
    for prefix in ("picture_rows", "contact_rows", "attachment_rows", "links", "picture_rows"):
        form |= {f"{prefix}-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    answer = desk.post("/redaktion/news/article/add/", form)
    assert answer.status_code == 200
    assert 'value="Bleibt"' in answer.content.decode()
    assert answer.context["errors"]


def test_the_button_says_that_a_person_becomes_public(desk):
    asked = desk.get(PERSON, {"q": "Nora Neu"}).content.decode()
    assert ">Anlegen und veröffentlichen</button>" in asked
    assert desk.post(PERSON, {"given_name": "Nora", "family_name": "Neu", "order": "x"}).status_code == 201
    assert Person.objects.published().get().name == "Nora Neu"
    assert ">Trotzdem neu anlegen und veröffentlichen</button>" in desk.get(PERSON, {"q": "Nora Neu"}).content.decode()
    venue = desk.get("/redaktion/anlegen/events/venue/", {"q": "Haus"}).content.decode()
    assert ">Anlegen</button>" in venue
