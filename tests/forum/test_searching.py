"""One search for everything of the desk: what it finds, for whom, at what cost."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from contacts.models import District
from events.models import Series, Venue
from forum.models import Page, Topic
from tests.factories import make_article, make_attachment, make_event, make_item, make_person, make_picture, make_type
from tests.forum.test_roles import User

JSON = {"Accept": "application/json"}


def found(client, typed):
    """{kind: [names]} on the page of hits."""
    page = client.get("/redaktion/suche/", {"q": typed})
    assert page.status_code == 200
    return {one.kind: [str(thing) for thing in one.things] for one in page.context["found"]}


def test_everything_is_found_by_its_name(desk):
    make_article(title="Haus der Ideen")
    make_item(make_event(title="Offenes Haus"), title="Häuser bauen")
    make_person(given_name="Erika", family_name="Hausmann")
    Venue.objects.create(name="Beispielhaus")
    Series.objects.create(title="Hausgespräche")
    Topic.objects.create(name="Haushalt")
    make_picture(caption="Ein Haus")
    make_attachment(title="Hausordnung")
    Page.objects.create(title="Unser Haus")
    assert found(desk, "haus") == {
        "Beitrag": ["Haus der Ideen"],
        "Veranstaltung": ["Offenes Haus"],
        "Programmpunkt": ["Häuser bauen"],
        "Ort": ["Beispielhaus"],
        "Reihe": ["Hausgespräche"],
        "Person": ["Erika Hausmann"],
        "Bild": ["Ein Haus"],
        "Datei zum Herunterladen": ["Hausordnung"],
        "Seite": ["Unser Haus"],
        "Thema": ["Haushalt"],
    }
    assert found(desk, "treptow") == {"Bezirk": [str(District.objects.get(name="Treptow-Köpenick"))]}


def test_words_in_any_order_and_with_a_slip(desk):
    make_person(given_name="Lea", family_name="Winnig")
    assert found(desk, "winnig lea") == {"Person": ["Lea Winnig"]}
    page = desk.get("/redaktion/suche/?q=Lea+Wining")
    assert "Genau so heißt nichts. Meinten Sie:" in page.content.decode()
    assert "Lea Winnig" in page.content.decode()
    assert "Nichts heißt so." in desk.get("/redaktion/suche/?q=xyzxyz").content.decode()
    assert "einen Teil davon" in desk.get("/redaktion/suche/").content.decode()


def test_suggestions_say_what_it_is_and_lead_there(desk):
    article = make_article(title="Ganz neues Heim", published_at=None)
    answer = desk.get("/redaktion/suche/?q=heim", headers=JSON).json()
    (hit,) = answer["hits"]
    assert (hit["label"], hit["kind"], hit["state"]) == ("Ganz neues Heim", "Beitrag", "Entwurf")
    assert hit["url"] == f"/redaktion/news/article/{article.pk}/change/"
    assert desk.get(hit["url"]).status_code == 200
    for _ in range(5):
        make_article(title="Neues Heim")
    assert len(desk.get("/redaktion/suche/?q=heim", headers=JSON).json()["hits"]) == 3


def test_many_hits_of_a_kind_lead_on_to_their_list(desk):
    for number in range(12):
        make_article(title=f"Sommerfest {number}")
    page = desk.get("/redaktion/suche/?q=Sommerfest")
    assert page.content.decode().count("/change/") == 10
    assert '<a href="/redaktion/news/article/?q=Sommerfest">' in page.content.decode()


def test_nobody_finds_what_they_may_not_see():
    make_article(title="Geheimer Plan", published_at=None)
    make_event(title="Geheimer Ort")
    person = User.objects.create_user("hilfe", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_event"))
    client = Client()
    assert client.get("/redaktion/suche/?q=Geheim")["Location"].startswith("/redaktion/login/")
    client.force_login(person)
    assert found(client, "Geheim") == {"Veranstaltung": ["Geheimer Ort"]}
    assert [hit["label"] for hit in client.get("/redaktion/suche/?q=geheim", headers=JSON).json()["hits"]] == [
        "Geheimer Ort"
    ]


@pytest.mark.parametrize("typed", ["Haus", "Hausx ähnlixh"])
def test_searching_costs_the_same_for_little_and_much(desk, count_queries, typed):
    def make_one_of_each():
        make_article(title="Haus", type=make_type("Haus"))
        make_item(make_event(title="Haus", series=Series.objects.get_or_create(title="Haus")[0]), title="Haus")
        make_person(family_name="Haus", portrait=make_picture(caption="Haus"), districts=["Mitte"])
        make_attachment(title="Haus")

    make_one_of_each()
    few = count_queries(f"/redaktion/suche/?q={typed}", desk)
    for _ in range(15):
        make_one_of_each()
    assert count_queries(f"/redaktion/suche/?q={typed}", desk) == few
    assert few <= 30


@pytest.mark.parametrize(
    "typed", ["\x00", "%", "_", "\\", "<script>alert(1)</script>", "' OR 1=1 --", "ä" * 100_000, " "]
)
def test_hostile_input_is_only_a_search(desk, typed):
    for headers in ({}, JSON):
        answer = desk.get("/redaktion/suche/", {"q": typed}, headers=headers)
        assert answer.status_code == 200
        assert "<script>alert(1)" not in answer.content.decode()
    assert desk.post("/redaktion/suche/", {"q": typed}).status_code == 405
