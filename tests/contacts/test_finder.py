"""Who is in charge? Every postcode and quarter of Berlin, topics, names, mistypings, nonsense."""

import csv
from collections import defaultdict
from decimal import Decimal

import pytest
from django.conf import settings

from contacts.finder import find
from contacts.models import District
from forum.models import Topic
from tests.factories import make_article, make_person, tomorrow

DATA = settings.ROOT / "contacts" / "data"


@pytest.fixture
def people():
    """One representative in each district but Spandau."""
    return {
        district.name: make_person(family_name=f"Muster-{district.key}", in_directory=True, districts=[district.name])
        for district in District.objects.exclude(name="Spandau")
    }


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def titles(text):
    return [answer.title for answer in find(text).answers]


def test_every_postcode_of_berlin_and_none_beside(people):
    shares = defaultdict(dict)
    for row in rows("plz-bezirk.csv"):
        shares[row["plz"]][row["bezirk_name"]] = Decimal(row["address_share"])
    assert len(shares) == 190
    addresses = {district.name: district.get_absolute_url() for district in District.objects.all()}
    for code in sorted({str(int(code) + step) for code in shares for step in (-1, 0, 1)}):
        expected = [name for name, share in shares[code].items() if share >= Decimal("0.005")] if code in shares else []
        finding = find(code)
        urls = [answer.url for answer in finding.answers]
        assert urls == [addresses[name] for name in expected], code
        assert all(answer.people for answer in finding.answers), code
        if not expected:
            assert finding.hint == f"Die Postleitzahl {code} gibt es in Berlin nicht."
        if len(expected) > 1:
            assert f"liegt in {len(expected)} Bezirken" in finding.hint


def test_every_quarter_of_berlin(people):
    quarters = rows("ortsteil-bezirk.csv")
    assert len(quarters) == 97
    addresses = {district.key: district.get_absolute_url() for district in District.objects.all()}
    for row in quarters:
        for text in (row["ortsteil_name"], row["ortsteil_name"].upper(), f"Berlin {row['ortsteil_name']}"):
            (answer,) = find(text).answers
            assert answer.url == addresses[row["bezirk_key"]], text


def test_small_shares_are_no_answer_and_large_ones_are_told(people):
    assert titles("10119 Berlin") == ["Mitte: 75 % der Adressen", "Pankow: 25 % der Adressen"]
    assert titles(" 10115 ") == ["10115 gehört zum Bezirk Mitte"]


def test_a_district_without_anybody_names_who_helps(people):
    (answer,) = find("Spandau").answers
    assert "zurzeit nicht besetzt" in answer.note
    assert answer.people


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("köpenick", "Köpenick gehört zum Bezirk Treptow-Köpenick"),
        ("Koepenick", "Köpenick gehört zum Bezirk Treptow-Köpenick"),
        ("treptow-köpenick", "Bezirk Treptow-Köpenick"),
        ("Steglitz Zehlendorf", "Bezirk Steglitz-Zehlendorf"),
        ("bezirk Mitte", "Bezirk Mitte"),
        ("prenzlauer", "Prenzlauer Berg gehört zum Bezirk Pankow"),
        ("Wer ist zuständig für Pankow?", "Bezirk Pankow"),
        ("Spandau, Berlin", "Bezirk Spandau"),
        ("Wedding (Mitte)", "Bezirk Mitte"),
        ("Wer hilft in Rummelsburg?", "Rummelsburg gehört zum Bezirk Lichtenberg"),
        ("Frau Muster-01", "Erika Muster-01"),
        ("12 043", "12043 gehört zum Bezirk Neukölln"),
    ],
)
def test_as_people_write_it(people, text, title):
    assert titles(text)[0] == title
    assert not find(text).hint


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Köpenik", "Köpenick gehört zum Bezirk Treptow-Köpenick"),
        ("Kopenick", "Köpenick gehört zum Bezirk Treptow-Köpenick"),
        ("Neuköln", "Bezirk Neukölln"),
        ("Schönberg", "Schöneberg gehört zum Bezirk Tempelhof-Schöneberg"),
        ("Prenzlaur Berg", "Prenzlauer Berg gehört zum Bezirk Pankow"),
        ("Charlotenburg", "Charlottenburg gehört zum Bezirk Charlottenburg-Wilmersdorf"),
        ("Nachhaltigkeitt", "Thema Nachhaltigkeit"),
        ("Goebl", "Anika Göbel"),
    ],
)
def test_mistyped_is_found_and_asked_back(people, text, title):
    make_person(
        given_name="Anika", family_name="Göbel", in_directory=True, topics=[Topic.objects.create(name="Nachhaltigkeit")]
    )
    assert title in titles(text)
    assert "Meinten Sie" in find(text).hint


@pytest.mark.parametrize("text", ["Göbel", "goebel", "Göbel Anika", "anika göb", "Anika"])
def test_part_of_a_name(text):
    make_person(given_name="Anika", family_name="Göbel", in_directory=True)
    assert titles(text) == ["Anika Göbel"]


def test_topics_are_found_by_their_parts():
    topic = Topic.objects.create(name="Freiwilliges Engagement")
    person = make_person(in_directory=True, topics=[topic])
    for text in ("Engagement", "freiwillig", "Thema Freiwilliges Engagement"):
        (answer,) = find(text).answers
        assert answer.people == [person]


def test_a_district_and_a_topic_at_once(people):
    person = make_person(in_directory=True, topics=[Topic.objects.create(name="Digitalisierung")])
    finding = find("Digitalisierung Pankow")
    assert [answer.title for answer in finding.answers] == ["Bezirk Pankow", "Thema Digitalisierung"]
    assert finding.answers[1].people == [person]


def test_whoever_is_not_public_or_no_contact_is_no_answer():
    topic = Topic.objects.create(name="Geheimes")
    make_person(
        family_name="Verborgen", in_directory=True, published_at=tomorrow(), topics=[topic], districts=["Mitte"]
    )
    make_person(family_name="Gast", topics=[topic])
    for text in ("Verborgen", "Gast", "Geheimes"):
        assert titles(text) == [], text
    assert find("Mitte").answers[0].people == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\x00",
        "x" * 10_000,
        "'; DROP TABLE--",
        "<script>alert(1)</script>",
        "🦄",
        "der die das",
        "123",
        "99999",
        "12345678",
        "%",
        "-",
        "١٢٣٤٥",
    ],
)
def test_nonsense_is_answered_kindly(client, text):
    answer = client.get("/kontakt/", {"ort": text})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "<script>alert" not in page
    assert 'class="notice"' in page or 'class="lead"' in page
    assert find(text).hint


def test_what_nobody_is_in_charge_of_may_be_searched_everywhere(client, people):
    make_article(title="Wärme & Wende", topics=[Topic.objects.create(name="Wärme & Wende")])
    page = client.get("/kontakt/", {"ort": "Wärme & Wende"})
    assert 'href="/suche/?q=W%C3%A4rme%20%26%20Wende"' in page.content.decode()
    assert "/suche/?q=" not in client.get("/kontakt/", {"ort": "Pankow"}).content.decode()


def test_the_page_and_home_hold_the_field(client, people):
    page = client.get("/kontakt/?ort=10119").content.decode()
    assert 'value="10119"' in page
    assert "In welchem sind Sie?" in page
    assert 'name="ort"' in client.get("/").content.decode()


def test_absence_names_the_deputy(client, people):
    person = people["Mitte"]
    person.absent_from, person.deputy = tomorrow().date().replace(year=2020), people["Pankow"]
    person.save()
    assert people["Pankow"].name in client.get("/kontakt/?ort=Mitte").content.decode().split("Nach Bezirk")[0]


def test_it_costs_the_same_for_one_and_many(count_queries, people):
    topic = Topic.objects.create(name="Wirkung")
    make_person(in_directory=True, districts=["Mitte"], topics=[topic])
    before = [count_queries(f"/kontakt/?ort={text}") for text in ("Mitte", "Wirkung", "10115")]
    for _ in range(10):
        make_person(in_directory=True, districts=["Mitte"], topics=[topic])
    assert [count_queries(f"/kontakt/?ort={text}") for text in ("Mitte", "Wirkung", "10115")] == before
