import re

import pytest

from contacts.models import District, Quarter, Representation
from contacts.responsibility import helpers_for
from tests.factories import make_person, tomorrow


def names(page):
    """Who is named, apart from the map, which names everybody."""
    texts = re.sub(r"(?s)<svg class=\"map\".*?</svg>", "", page)
    return [name for name in ("Göbel", "Haußner", "Winnig", "Gast", "Entwurf") if name in texts]


@pytest.fixture
def team():
    """The real situation: three people for six of twelve districts."""
    return [
        make_person(
            family_name="Haußner", in_directory=True, districts=["Pankow", "Reinickendorf"], topics=["Innovation"]
        ),
        make_person(
            family_name="Göbel", in_directory=True, districts=["Mitte", "Steglitz-Zehlendorf"], topics=["Wirkung"]
        ),
        make_person(
            family_name="Winnig",
            in_directory=True,
            districts=["Charlottenburg-Wilmersdorf", "Neukölln"],
            topics=["Innovation"],
        ),
    ]


def test_directory_lists_people_by_name_and_all_twelve_districts(client, team):
    make_person(family_name="Gast")
    make_person(family_name="Entwurf", in_directory=True, published_at=tomorrow(), districts=["Spandau"])
    page = client.get("/kontakt/").content.decode()
    assert names(page) == ["Göbel", "Haußner", "Winnig"]
    assert page.rindex("Göbel") < page.rindex("Haußner") < page.rindex("Winnig")
    for district in District.objects.all():
        assert district.get_absolute_url() in page
    for words in ('besetzt"', "besetzt</span>"):  # the map and the list say the same
        assert page.count(f"zurzeit nicht {words}") == 6


def test_the_map_names_who_is_in_charge_and_marks_the_district_shown(client, team):
    page = client.get("/kontakt/pankow/").content.decode()
    links = re.findall(r'<a href="/kontakt/([a-z-]+)/" aria-label="([^"]+)"( aria-current="page")?>', page)
    assert len(links) == 12
    assert ("pankow", "Pankow: Erika Haußner", ' aria-current="page"') in links
    assert ("spandau", "Spandau: zurzeit nicht besetzt", "") in links
    assert [slug for slug, _, current in links if current] == ["pankow"]


def test_directory_by_topic(client, team):
    page = client.get("/kontakt/?thema=innovation").content.decode().split("Nach Name und Thema")[1]
    assert names(page) == ["Haußner", "Winnig"]
    unknown = client.get("/kontakt/?thema=gibt-es-nicht").content.decode()
    assert "„gibt-es-nicht“ gibt es hier nicht." in unknown


def test_topics_of_people_who_are_not_public_are_no_choice(client, team):
    make_person(in_directory=True, published_at=None, topics=["Geheimes Thema"])
    make_person(topics=["Thema eines Gastes"])
    page = client.get("/kontakt/").content.decode()
    assert "Geheimes Thema" not in page
    assert "Thema eines Gastes" not in page


def test_a_district_shows_its_people(client, team):
    page = client.get("/kontakt/pankow/").content.decode()
    assert names(page) == ["Haußner"]
    assert "Prenzlauer Berg" in page


@pytest.mark.parametrize(
    ("district", "helpers"),
    [
        ("Spandau", ["Haußner", "Göbel", "Winnig"]),
        ("Friedrichshain-Kreuzberg", ["Haußner", "Göbel", "Winnig"]),
        ("Treptow-Köpenick", ["Winnig"]),
        ("Lichtenberg", ["Haußner"]),
        ("Marzahn-Hellersdorf", ["Haußner", "Winnig"]),  # only vacant neighbours: the nearest ones beyond them
    ],
)
def test_a_vacant_district_says_who_helps_instead(client, team, district, helpers):
    district = District.objects.get(name=district)
    assert {person.family_name for person in helpers_for(district)} == set(helpers)
    page = client.get(district.get_absolute_url()).content.decode()
    assert "Zurzeit nicht besetzt" in page
    assert set(names(page)) == set(helpers)


def test_staff_may_name_who_stands_in(client, team):
    district = District.objects.get(name="Spandau")
    district.stand_in = make_person(family_name="Gast")
    district.save()
    assert names(client.get(district.get_absolute_url()).content.decode()) == ["Gast"]
    district.stand_in.published_at = None
    district.stand_in.save()
    assert "Gast" not in client.get(district.get_absolute_url()).content.decode()


def test_nobody_at_all(client):
    assert "niemand eingetragen" in client.get("/kontakt/spandau/").content.decode()
    assert "Hier steht noch niemand" in client.get("/kontakt/").content.decode()


def test_directory_costs_the_same_for_many(count_queries, team):
    few = count_queries("/kontakt/")
    for name in ("Spandau", "Lichtenberg", "Mitte", "Pankow"):
        make_person(in_directory=True, districts=[name], topics=["Wirkung", "Teilhabe"], deputy=team[0])
    assert count_queries("/kontakt/") == few
    vacant = count_queries("/kontakt/treptow-koepenick/")
    make_person(in_directory=True, districts=["Neukölln"], topics=["Pflege"])
    assert count_queries("/kontakt/treptow-koepenick/") == vacant


def test_representatives_of_a_district_are_sorted_by_name(client):
    pankow, mitte = District.objects.get(name="Pankow"), District.objects.get(name="Mitte")
    last, first = make_person(family_name="Zett", in_directory=True), make_person(family_name="Öl", in_directory=True)
    Representation.objects.create(person=last, district=pankow, position=0)
    Representation.objects.create(person=first, district=mitte, position=0)
    Representation.objects.create(person=first, district=pankow, position=1)
    assert client.get("/kontakt/pankow/").context["people"] == [first, last]


def test_an_unpublished_stand_in_is_not_spoken_of(client):
    neighbour = make_person(in_directory=True)
    Representation.objects.create(person=neighbour, district=District.objects.get(name="Mitte"))
    District.objects.filter(name="Pankow").update(stand_in=make_person(published_at=None))
    page = client.get("/kontakt/pankow/").content.decode()
    assert "diese Ansprechperson eines nahen Bezirks" in page
    assert neighbour.name in page


def test_quarters_are_sorted_as_germans_sort(client):
    names = [quarter.name for quarter in Quarter.objects.filter(district__name="Treptow-Köpenick")]
    assert names.index("Köpenick") < names.index("Müggelheim")
    assert [*Quarter.objects.filter(name__in=["Köpenick", "Kreuzberg", "Konradshöhe"])] == [
        Quarter.objects.get(name=name) for name in ("Konradshöhe", "Köpenick", "Kreuzberg")
    ]
