import re
from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from contacts.models import District, Person, Representation
from contacts.phone import tel_uri
from tests.factories import make_article, make_event, make_item, make_person, make_picture, tomorrow, yesterday
from tests.forms import filled_form


def test_names_are_sorted_as_germans_sort():
    for family in ("Zander", "Öztürk", "Ahmed", "Oel", "Änne", "Straßer", "Strasser-Alt", "von Ende"):
        make_person(family_name=family)
    make_person(family_name="Heide", name_prefix="von der")
    names = [person.family_name for person in Person.objects.by_name()]
    assert names == ["Ahmed", "Änne", "Heide", "Oel", "Öztürk", "Straßer", "Strasser-Alt", "von Ende", "Zander"]
    assert names == [person.family_name for person in Person.objects.all()]


def test_name_parts():
    person = Person(title="Dr.", given_name="Ada", name_prefix="von der", family_name="Heide")
    assert (person.name, person.sorted_name, person.initials) == (
        "Dr. Ada von der Heide",
        "Heide, Dr. Ada von der",
        "AH",
    )
    assert (Person(family_name="Cher").name, Person(family_name="Cher").sorted_name) == ("Cher", "Cher")


@pytest.mark.parametrize(
    ("written", "uri"),
    [
        ("030 86 001-617", "tel:+493086001617"),
        ("(030) 86001 617", "tel:+493086001617"),
        ("+49 30 86001617", "tel:+493086001617"),
        ("0049 30 86001617", "tel:+493086001617"),
        ("0151 23456789", "tel:+4915123456789"),
        ("+43 1 58858-0", "tel:+431588580"),
    ],
)
def test_telephone_is_shown_as_written_and_linked_as_dialled(client, written, uri):
    assert tel_uri(written) == uri
    person = make_person(phone=written)
    person.full_clean()
    assert (
        f'<a class="reach__link" href="{uri}">{written}</a>' in client.get(person.get_absolute_url()).content.decode()
    )


@pytest.mark.parametrize("number", ["anrufen", "123", "030 1", "+49 30 8600161798765432", "030\n86001617x"])
def test_numbers_nobody_can_dial_are_refused(number):
    with pytest.raises(ValidationError) as error:
        Person(family_name="Beispiel", phone=number).full_clean()
    assert "Telefonnummer" in error.value.message_dict["phone"][0]


def test_one_human_is_one_record(client):
    """Contact, host and speaker: everything a person does is found on one page."""
    person = make_person(in_directory=True, districts=["Pankow"], topics=["Innovation"])
    item = make_item(make_event(), people=[person], title="Mein Workshop")
    article = make_article(title="Mein Beitrag", contacts=[person])
    page = client.get(person.get_absolute_url()).content.decode()
    for expected in ("Pankow", "Innovation", item.title, article.title):
        assert expected in page


def test_what_is_not_published_is_not_on_a_persons_page(client):
    person = make_person()
    make_item(make_event(title="Geheime Tagung", published_at=tomorrow()), people=[person], title="Geheimer Workshop")
    make_article(title="Geheimer Beitrag", contacts=[person], published_at=None)
    page = client.get(person.get_absolute_url()).content.decode()
    assert "Geheim" not in page
    assert "Vorträge und Workshops" not in page


def test_an_unpublished_person_is_named_nowhere(client):
    person = make_person(
        family_name="Unbekannt", in_directory=True, districts=["Pankow"], topics=["Innovation"], published_at=None
    )
    make_person(family_name="Bekannt", in_directory=True, topics=["Innovation"])
    event = make_event(contacts=[person])
    item = make_item(event, people=[person])
    article = make_article(contacts=[person], event=event)
    pages = ["/", "/kontakt/", "/kontakt/pankow/", "/kontakt/?thema=innovation"]
    for address in [*pages, *(thing.get_absolute_url() for thing in (event, item, article))]:
        assert "Unbekannt" not in client.get(address).content.decode(), address
    assert client.get(person.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("today", "absent"),
    [(date(2027, 1, 9), False), (date(2027, 1, 10), True), (date(2027, 1, 20), True), (date(2027, 1, 21), False)],
)
def test_absence_includes_both_days(today, absent):
    person = Person(family_name="Weg", absent_from=date(2027, 1, 10), absent_until=date(2027, 1, 20))
    assert person.is_absent(today) is absent


def test_the_deputy_is_shown_while_the_person_is_away(client):
    deputy = make_person(family_name="Vertretung", phone="030 86 001-615")
    person = make_person(deputy=deputy, absent_from=date(2027, 1, 10), absent_until=date(2027, 1, 20))
    with time_machine.travel("2027-01-15 12:00 +0100"):
        page = client.get(person.get_absolute_url()).content.decode()
        assert "Zurzeit abwesend bis 20. Januar 2027" in page
        assert 'href="tel:+493086001615"' in page
        deputy.absent_from = date(2027, 1, 14)
        deputy.save()
        assert "Vertretung:" not in client.get(person.get_absolute_url()).content.decode()
    with time_machine.travel("2027-01-21 00:00 +0100"):
        assert "abwesend" not in client.get(person.get_absolute_url()).content.decode()


def test_rules_of_a_person_in_german_beside_the_field():
    person = make_person()
    for changes, field in [
        ({"absent_until": date(2027, 1, 1)}, "absent_from"),
        ({"absent_from": date(2027, 1, 2), "absent_until": date(2027, 1, 1)}, "absent_until"),
        ({"deputy": person}, "deputy"),
        ({"in_directory": True}, "phone"),
        ({"email": "kein@"}, "email"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"family_name": ""}, "family_name"),
    ]:
        wrong = Person.objects.get(pk=person.pk)
        for name, value in changes.items():
            setattr(wrong, name, value)
        with pytest.raises(ValidationError) as error:
            wrong.full_clean()
        assert list(error.value.message_dict) == [field], changes


@pytest.mark.parametrize(
    "wrong",
    [
        {"family_name": ""},
        {"absent_from": date(2027, 1, 2), "absent_until": date(2027, 1, 1)},
    ],
)
def test_the_database_keeps_the_same_rules(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_person(**wrong)


def test_nobody_is_their_own_deputy_in_the_database():
    person = make_person()
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(deputy=person)


@pytest.mark.parametrize("typed", ["winnig[at]verein.de", "winnig(at)verein.de", " winnig [at] verein.de "])
def test_addresses_as_old_pages_write_them(desk, typed):
    response = desk.post("/redaktion/contacts/person/add/", person_form(email=typed))
    assert response.status_code == 302, response.context["errors"]
    assert Person.objects.get().email == "winnig@verein.de"


def person_form(**overrides):
    empty = {
        f"representations-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
    }
    return empty | {"family_name": "Winnig", "published_at": "01.01.2027"} | overrides


def test_people_in_use_cannot_be_deleted_and_the_desk_says_where(desk):
    person = make_person()
    make_item(make_event(), people=[person], title="Workshop mit Namen")
    make_article(title="Beitrag mit Namen", contacts=[person])
    with pytest.raises(ProtectedError):
        person.delete()
    page = desk.get(f"/redaktion/contacts/person/{person.pk}/delete/").content.decode()
    assert "Workshop mit Namen" in page
    assert "Beitrag mit Namen" in page


def test_long_names_and_no_given_name(client):
    person = make_person(given_name="", family_name="Müller-Lüdenscheidt-" * 4)
    assert client.get(person.get_absolute_url()).status_code == 200


def test_portrait_or_initials(client):
    with_picture = make_person(portrait=make_picture(alt_text="Porträt von Erika"))
    without = make_person(given_name="Änne", family_name="Öl")
    assert 'alt="Porträt von Erika"' in client.get(with_picture.get_absolute_url()).content.decode()
    assert ">ÄÖ<" in client.get(without.get_absolute_url()).content.decode()


def test_districts_keep_their_order(client):
    person = make_person(districts=["Spandau", "Mitte"])
    page = client.get(person.get_absolute_url()).content.decode()
    assert page.index("Spandau") < page.index("Mitte")
    assert [district.name for district in Person.objects.with_contact_details().get().represented] == [
        "Spandau",
        "Mitte",
    ]
    assert District.objects.count() == 12


@pytest.mark.parametrize("number", ["030 86001 617 (Mo-Fr)", "030 86001617 App. 5", "030 FORUM 86"])
def test_words_in_a_number_are_refused_instead_of_dialled(number):
    with pytest.raises(ValidationError) as error:
        make_person(phone=number).full_clean()
    assert "nur die Telefonnummer" in error.value.message_dict["phone"][0]


def test_a_number_that_came_in_unchecked_breaks_no_page(client):
    person = make_person(phone="030 1", in_directory=True)
    for path in ("/kontakt/", person.get_absolute_url()):
        page = client.get(path).content.decode()
        assert "030 1" in page
        assert "tel:" not in page


def test_people_in_use_are_not_deleted():
    representative, deputy, stand_in = (make_person() for _ in range(3))
    pankow = District.objects.get(name="Pankow")
    Representation.objects.create(person=representative, district=pankow)
    representative.deputy = deputy
    representative.save()
    District.objects.filter(name="Mitte").update(stand_in=stand_in)
    for person in (representative, deputy, stand_in):
        with pytest.raises(ProtectedError):
            person.delete()


def test_a_part_in_a_break_has_no_link(client):
    person = make_person()
    event = make_event(published_at=yesterday())
    make_item(event, title="Begrüßungskaffee", kind="break", people=[person])
    page = client.get(person.get_absolute_url()).content.decode()
    assert "Begrüßungskaffee" in page
    assert "begruessungskaffee" not in page


def test_an_absence_needs_its_first_day():
    person = make_person()
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(absent_until=date(2027, 1, 1))


def test_somebody_entered_in_passing_is_public_unless_staff_say_otherwise(desk):
    form = desk.get("/redaktion/contacts/person/add/?_popup=1").context["adminform"].form
    assert form["published_at"].value() is not None
    assert Person(family_name="Neu").is_published


def test_on_their_own_form_the_buttons_decide(desk):
    form = desk.get("/redaktion/contacts/person/add/").context["adminform"].form
    assert form["published_at"].value() is None
    facts = {f"representations-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL")} | {"family_name": "Neu"}
    desk.post("/redaktion/contacts/person/add/", facts | {"_draft": ""})
    assert not Person.objects.get().is_published
    desk.post("/redaktion/contacts/person/add/", facts | {"family_name": "Auch", "_now": ""})
    assert Person.objects.get(family_name="Auch").is_published


def test_a_draft_of_somebody_in_the_directory_needs_no_number_yet(desk):
    facts = {f"representations-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL")}
    facts |= {"family_name": "Neu", "in_directory": "on"}
    answer = desk.post("/redaktion/contacts/person/add/", facts | {"_now": ""})
    assert "braucht eine Telefonnummer oder eine E-Mail-Adresse" in answer.content.decode()
    assert desk.post("/redaktion/contacts/person/add/", facts | {"_draft": ""}).status_code == 302


def test_the_page_of_a_person_stands_below_contacts(client):
    page = client.get(make_person().get_absolute_url()).content.decode()
    assert re.search('<a href="/kontakt/" aria-current="true">', page)


def test_languages_and_address_are_shown_found_and_told(client, desk):
    person = make_person(in_directory=True, languages="Deutsch,  Türkisch", address="Hof 1, 2. Hof, 10115 Berlin")
    page = client.get(person.get_absolute_url()).content.decode()
    assert "<dd>Deutsch, Türkisch</dd>" in page
    assert '"streetAddress":"Hof 1, 2. Hof","postalCode":"10115","addressLocality":"Berlin"' in page
    assert '"knowsLanguage":[{"@type":"Language","name":"Deutsch"}' in page
    told = client.get(f"/api/v1/people/{person.slug}/").json()
    assert (told["languages"], told["address"]) == (["Deutsch", "Türkisch"], person.address)
    assert person.name in client.get("/suche/?q=türkisch").content.decode()
    form = f"/redaktion/contacts/person/{person.pk}/change/"
    for wrong in ("Hof 1", "Hof 1, 1011 Berlin", ", 10115 Berlin", "Hof 1 10115 Berlin"):
        answer = desk.post(form, filled_form(desk, form) | {"address": wrong})
        assert "Postleitzahl und Ort" in answer.context["adminform"].form.errors["address"][0], wrong
    assert not make_person(address="").address_parts
