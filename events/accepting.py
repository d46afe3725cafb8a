"""Takes over what an editor ticked: creates people and topics that are missing, says what the form is to hold."""

import re
from dataclasses import dataclass, field

from django.contrib.admin.models import ADDITION
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, QueryDict

from contacts.models import District, Person, Representation
from events.appearing import note, note_facts
from events.names import PREFIX
from forum.desk.audit import note_addition
from forum.models import Topic
from forum.text import german_slug

MOST = 400  # rows of one kind; a page has forty
NEW = "new"


@dataclass
class Changes:
    """Steps that fill a form: rows to add, values to set; `data` is the form as it is sent after them."""

    data: QueryDict
    steps: list[dict] = field(default_factory=list)
    created: list[Model] = field(default_factory=list)  # stored already, as is what was changed
    changed: list[Model] = field(default_factory=list)

    def add(self, prefix: str) -> int:
        """Add a row to a formset; its number."""
        total = f"{prefix}-TOTAL_FORMS"
        number = int(self.data.get(total) or 0) if (self.data.get(total) or "0").isdecimal() else 0
        self.data[total] = str(number + 1)
        self.data.setdefault(f"{prefix}-INITIAL_FORMS", "0")
        self.steps.append({"add": prefix})
        return number

    def set(self, name: str, value, label: str = ""):
        """Set a field; for one that offers choices with what the choice is called."""
        self.data[name] = str(value)
        self.steps.append({"set": name, "value": str(value), "label": label})

    def choose(self, name: str, value, label: str):
        """Choose one more in a field that takes several."""
        if str(value) not in self.data.getlist(name):
            self.data.appendlist(name, str(value))
            self.steps.append({"set": name, "value": str(value), "label": label})


class Accepted:
    """What was ticked in the rows of `events.offers`, by the names of its fields.

    Args:
        data: the form as it was sent, rows included.
    """

    def __init__(self, request: HttpRequest, data: QueryDict):
        self.request, self.data = request, data
        self.people: dict[int, Person] = {}
        self.created: list[Model] = []
        self.changed: list[Person] = []

    def takes(self, row: str) -> bool:
        return self.data.get(f"found-{row}-take") == "on"

    def value(self, name: str) -> str:
        return (self.data.get(f"found-{name}") or "").replace("\x00", "").strip()

    def numbers(self, kind: str):
        """Rows that were ticked, in their order."""
        return [number for number in range(MOST) if self.takes(f"{kind}-{number}")]

    def facts(self, parts) -> dict[str, str]:
        return {part: self.value(part) for part in parts if self.takes(part) and self.value(part)}

    def topics(self) -> list[Topic]:
        return [self.topic(self.value(f"topic-{number}")) for number in self.numbers("topic")]

    def topic(self, name: str) -> Topic:
        name = " ".join(name.split())
        topic = Topic.objects.filter(name__iexact=name).first()
        if topic is None:
            if not self.request.user.has_perm("forum.add_topic"):
                raise PermissionDenied(f"Das Thema „{name}“ gibt es noch nicht, und Sie dürfen keine anlegen.")
            topic = Topic(name=name)
            topic.full_clean(exclude=["slug"])
            topic.save()
            note_addition(self.request, topic)
            self.created.append(topic)
        return topic

    def settle_people(self):
        """Find or create everybody who was ticked."""
        for number in self.numbers("person"):
            self.people[number] = self.person(number)

    def person(self, number: int) -> Person:
        row = f"person-{number}"
        choice, name = self.value(f"{row}-choice"), self.value(f"{row}-name")
        if choice.isdecimal() and len(choice) < 19:
            person = Person.objects.filter(pk=choice).first()
            if person is None:
                raise ValidationError(f"{name}: Diese Person gibt es nicht mehr.")
            if self.value(f"{row}-facts") == "on":
                if not self.request.user.has_perm("contacts.change_person"):
                    raise PermissionDenied("Personen dürfen Sie nicht ändern. Bitte nehmen Sie das Häkchen dort weg.")
                self.write_contact(person, row)
                note_facts(self.request, person)
                self.changed.append(person)
            return person
        twins = [one for one in same_name(name) if choice != NEW]  # somebody may have created them meanwhile
        return twins[0] if twins else self.new_person(row, name)

    def new_person(self, row: str, name: str) -> Person:
        if not self.request.user.has_perm("contacts.add_person"):
            raise PermissionDenied(
                "Personen dürfen Sie nicht anlegen. Bitte nehmen Sie die Häkchen bei neuen Personen weg."
            )
        words = name.split()
        given = [word for word in words[:-1] if not re.fullmatch(PREFIX, word)]
        prefix = [word for word in words[:-1] if re.fullmatch(PREFIX, word)]
        person = Person(
            title=self.value(f"{row}-title"),
            given_name=" ".join(given),
            name_prefix=" ".join(prefix),
            family_name=words[-1] if words else "",
            position=self.value(f"{row}-position"),
            organisation=self.value(f"{row}-organisation"),
            published_at=None,  # public with the first thing that names them
        )
        self.write_contact(person, row)
        note(self.request, person, ADDITION)
        self.created.append(person)
        return person

    def write_contact(self, person: Person, row: str):
        """Write telephone, address, districts and topics; a contact person with districts stands in the directory."""
        person.phone = self.value(f"{row}-phone") or person.phone
        person.email = self.value(f"{row}-email") or person.email
        districts = self.data.getlist(f"found-{row}-district")[:12]
        if districts and not self.request.user.has_perm("contacts.add_representation"):
            raise PermissionDenied("Bezirke darf nur die Verwaltung vergeben. Bitte nehmen Sie die Häkchen dort weg.")
        if districts and (person.phone or person.email):
            person.in_directory = True
        try:
            person.full_clean()
        except ValidationError as error:
            raise ValidationError([f"{person.name or row}: {message}" for message in error.messages]) from error
        person.save()
        held = set(person.representations.values_list("district__name", flat=True))
        for place, district in enumerate(District.objects.filter(name__in=districts).exclude(name__in=held)):
            Representation.objects.create(person=person, district=district, position=len(held) + place)
        person.topics.add(*[self.topic(name) for name in self.data.getlist(f"found-{row}-topic")[:20]])

    def items(self) -> list[dict]:
        """The ticked items; their people as (person, part, credit)."""
        names = ("kind", "title", "day", "starts_at", "ends_at", "room", "text")
        return [
            {name: self.value(f"item-{number}-{name}") for name in names} | {"people": self.cast(number)}
            for number in self.numbers("item")
        ]

    def cast(self, number: int) -> list[tuple[Person, str, str]]:
        cast, seen = [], set()
        for place in range(MOST):
            row = f"item-{number}-person-{place}"
            if f"found-{row}-person" not in self.data:
                break
            person, part = self.person_in(f"{row}-person"), self.value(f"{row}-part")
            if person and self.takes(row) and (person.pk, part) not in seen:
                seen.add((person.pk, part))
                cast.append((person, part, self.value(f"{row}-credit")))
        return cast

    def contacts(self) -> list[Person]:
        rows = (f"contact-{number}-person" for number in self.numbers("contact"))
        people = (self.person_in(row) for row in rows)
        return list(dict.fromkeys(person for person in people if person))

    def person_in(self, row: str) -> Person | None:
        """Who a row means by the number of a person's row; nobody who was not ticked there."""
        number = self.value(row)
        return self.people.get(int(number)) if number.isdecimal() and len(number) < 9 else None


def same_name(name: str) -> list[Person]:
    key = german_slug(name, 160)
    nearby = Person.objects.filter(family_name=name.split()[-1]) if name else []
    return [person for person in nearby if german_slug(person.plain_name, 160) == key]


@transaction.atomic
def accept(request: HttpRequest, data: QueryDict, admin) -> Changes:
    """Take over what was ticked.

    Args:
        data: the form as it was sent, rows included.
        admin: a `RecognisingAdmin`; it knows the fields of its form.

    Raises:
        ValidationError: in German, naming the row; then nothing was created.
    """
    accepted = Accepted(request, data)
    changes = Changes(data.copy())
    for name in [name for name in changes.data if name.startswith(("found-", "_accept", "pasted_"))]:
        del changes.data[name]
    accepted.settle_people()
    for part, value in accepted.facts(admin.found_fields).items():
        admin.fill(changes, part, value)
    for topic in accepted.topics():
        changes.choose("topics", topic.pk, topic.name)
    for person in accepted.contacts():
        number = changes.add("contact_rows")
        changes.set(f"contact_rows-{number}-person", person.pk, str(person))
        changes.set(f"contact_rows-{number}-position", number)
    admin.take_items(request, accepted, changes)
    changes.created, changes.changed = accepted.created, accepted.changed
    return changes


def into_cards(changes: Changes, items: list[dict]):
    """Write items into the cards of an event's form."""
    for item in items:
        number = changes.add("programme")
        people = f"programme-{number}-people"
        changes.data.setdefault(f"{people}-TOTAL_FORMS", "0")
        changes.data.setdefault(f"{people}-INITIAL_FORMS", "0")
        for name in ("kind", "title", "day", "starts_at", "ends_at", "room", "text"):
            if item[name]:
                changes.set(f"programme-{number}-{name}", item[name])
        changes.set(f"programme-{number}-position", number)
        for person, part, credit in item["people"]:
            place = changes.add(people)
            changes.set(f"{people}-{place}-person", person.pk, str(person))
            changes.set(f"{people}-{place}-part", part)
            if credit and credit != person.role:
                changes.set(f"{people}-{place}-credited_as", credit)
            changes.set(f"{people}-{place}-position", place)
