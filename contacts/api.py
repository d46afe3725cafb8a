"""Contact persons for programs of others (`/api/v1/people/`)."""

from datetime import datetime

from django.db.models import Q
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Field, Query, Router, Schema

from contacts.models import District, Person, PersonTopic
from forum.api import Image, Listed, Named, PageQuery, html, image, listed, local, named, topics
from forum.caching.withdrawn import note_subject
from forum.choices import Choice, choose_topics, things_of, values_of
from forum.linked_data import whole

router = Router(tags=["Ansprechpersonen"])


class PersonQuery(PageQuery):
    thema: list[str] = Field([], description="Themen (`slug`); mehrere bedeuten: eins davon")
    bezirk: list[str] = Field([], description="Bezirke (`slug`), zum Beispiel `pankow`: wer sie vertritt")


class PersonRow(Schema):
    id: int = Field(description="bleibt gleich, auch wenn Name und Adresse sich ändern")
    slug: str
    url: str = Field(description="Adresse der Seite")
    name: str = Field(description="Name mit Titel")
    title: str
    given_name: str
    family_name: str = Field(description="mit Namenszusatz")
    position: str
    organisation: str
    phone: str
    email: str
    website: str
    address: str = Field(description="Straße und Hausnummer, Postleitzahl und Ort; oder leer")
    languages: list[str] = Field(description="Sprachen, in denen die Person berät, deutsch benannt")
    districts: list[Named] = Field(description="Bezirke, die die Person vertritt")
    topics: list[Named]
    absent: bool = Field(description="heute abwesend")
    deputy: Named | None = Field(description="Vertretung während der Abwesenheit")
    vcard_url: str | None = Field(description="Eintrag fürs Adressbuch (vCard 4.0)")
    image: Image | None
    changed_at: datetime


class PersonList(Listed):
    results: list[PersonRow]


class PersonDetails(PersonRow):
    html: str = Field(description="Kurzbiografie, bereinigtes HTML")


@router.get("/", response=PersonList, operation_id="people", summary="Ansprechpersonen nach Namen")
def person_list(request, query: Query[PersonQuery]):
    people = Person.objects.published().in_directory().filter(chosen_people(request.GET).condition)
    return listed(request, people.by_name().with_contact_details(), query, row)


@router.get(
    "/{slug}/", response=PersonDetails, operation_id="person", summary="Eine Ansprechperson oder ein Gast mit Seite"
)
def person_details(request, slug: str):
    people = Person.objects.published().with_contact_details()
    person = get_object_or_404(people, slug=slug.replace("\x00", "\ufffd"))
    note_subject(request, person)
    return row(person) | {"html": html(person.biography)}


def chosen_people(query: QueryDict) -> Choice:
    choice = Choice()
    choose_topics(choice, query, PersonTopic)
    if slugs := values_of(query, "bezirk"):
        districts = things_of("Den Bezirk", slugs, District.objects.all())
        in_charge = Person.districts.through.objects.filter(district__in=districts).values("person")
        choice.narrow("bezirk", Q(pk__in=in_charge), slugs, [one.name for one in districts])
    return choice


def row(person: Person) -> dict:
    deputy = person.acting_deputy
    copied = ("id", "slug", "name", "title", "given_name", "position", "organisation", "phone", "email", "website")
    return {
        **{name: getattr(person, name) for name in copied},
        "address": person.address,
        "languages": person.spoken,
        "url": whole(person.get_absolute_url()),
        "family_name": f"{person.name_prefix} {person.family_name}".strip(),
        "districts": [named(district) for district in person.represented],
        "topics": topics(person),
        "absent": person.is_absent(),
        "deputy": deputy and named(deputy),
        "vcard_url": whole(reverse("contacts:person_vcard", args=[person.slug])) if person.is_reachable else None,
        "image": image(person.portrait, "square_webp"),
        "changed_at": local(person.changed_at),
    }
