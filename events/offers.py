"""What a recognised page would become: compared with what the portal has, as rows to tick."""

from collections import defaultdict
from collections.abc import Mapping

from django.utils.html import strip_tags
from django.utils.text import Truncator

from contacts.models import District, Person
from events.models import ProgrammeItem
from events.programme import Part
from events.proposal import Contact, Known, Proposal
from forum.models import Topic
from forum.templatetags.portal import plain_text
from forum.text import german_slug

KINDS = ProgrammeItem.Kind.choices
PARTS = Part.choices
FACTS = ("phone", "email", "districts", "topics")


def what_is_known() -> Known:
    """What the reader compares names with; three queries."""
    names = Person.objects.values_list("given_name", "name_prefix", "family_name")
    return Known(
        districts=list(District.objects.values_list("name", flat=True)),
        house=set(Person.objects.in_directory().order_by().values_list("organisation", flat=True)) - {""},
        people={german_slug(" ".join(filter(None, parts)), 160) for parts in names},
    )


def offer(proposal: Proposal, labels: Mapping[str, str], filled: Mapping[str, str]) -> dict:
    """Rows for the template.

    Args:
        labels: part of the proposal → its name on the form, for what the form has a field for.
        filled: part → what stands in the form already.
    """
    people = person_rows(proposal)
    numbers = {row["key"]: row["number"] for row in people}
    topics = proposal.topics
    return {
        "facts": [fact_row(proposal, part, label, filled.get(part, "")) for part, label in labels.items()],
        "people": people,
        "items": [item_row(number, item, numbers) for number, item in enumerate(proposal.items)],
        "contacts": [
            {"row": f"found-contact-{number}", "person": numbers[one.person.key], "name": one.person.name}
            for number, one in enumerate(proposal.contacts)
        ],
        "topics": topic_rows(topics),
        "picture": [
            (name, label, value)
            for name, label, value in (
                ("caption", "Bildunterschrift", proposal.caption),
                ("credit", "Bildnachweis", proposal.credit),
                ("alt_text", "Zu sehen ist", proposal.alt_text),
            )
            if value
        ],
        "kinds": KINDS,
        "parts": PARTS,
    }


def fact_row(proposal: Proposal, part: str, label: str, filled: str) -> dict:
    value = getattr(proposal, part)
    doubt = proposal.doubts.get(part, "")
    if value and strip_tags(filled).strip():
        doubt = "Im Formular steht schon etwas."
    excerpt = Truncator(plain_text(value)).words(20) if part == "text" else ""
    return {"part": part, "label": label, "value": value, "doubt": doubt, "excerpt": excerpt, "long": part == "lead"}


def topic_rows(names: list[str]) -> list[dict]:
    names = list(dict.fromkeys(names))
    known = {name.casefold() for name in Topic.objects.values_list("name", flat=True)} if names else set()
    return [
        {"number": number, "name": name, "is_new": name.casefold() not in known} for number, name in enumerate(names)
    ]


def person_rows(proposal: Proposal) -> list[dict]:
    people = proposal.people
    contacts = {contact.person.key: contact for contact in proposal.contacts}
    stored = defaultdict(list)
    surnames = {one.name.split()[-1] for one in people}
    for person in Person.objects.filter(family_name__in=surnames):
        stored[german_slug(person.plain_name, 160)].append(person)
    organisations = {one.key: one.organisation for item in proposal.items for one in item.people if one.organisation}
    rows = []
    for number, one in enumerate(people):
        contact, matches = contacts.get(one.key), stored[one.key]
        doubt = one.doubt if not matches else ""
        if len(matches) > 1:
            doubt = f"Es gibt {len(matches)} Personen mit diesem Namen: Bitte wählen Sie aus."
        rows.append(
            {
                "number": number,
                "row": f"found-person-{number}",
                "key": one.key,
                "title": one.title,
                "name": one.name,
                "position": contact.person.credit if contact else one.position,
                "organisation": organisations.get(one.key, ""),
                "matches": [(person.pk, " – ".join(filter(None, [person.name, person.role]))) for person in matches],
                "doubt": doubt,
            }
            | facts_of(contact)
        )
    return rows


def facts_of(contact: Contact | None) -> dict:
    if contact is None:
        return {"phone": "", "email": "", "districts": [], "topics": [], "is_contact": False}
    return {name: getattr(contact, name) for name in FACTS} | {"is_contact": True}


def item_row(number: int, item, numbers: Mapping[str, int]) -> dict:
    return {
        "row": f"found-item-{number}",
        "kind": item.kind,
        "title": item.title,
        "day": item.day,
        "starts_at": item.starts_at,
        "ends_at": item.ends_at,
        "room": item.room,
        "text": item.text,
        "excerpt": Truncator(plain_text(item.text)).words(20),
        "doubt": item.doubt,
        "people": [
            {
                "row": f"found-item-{number}-person-{place}",
                "person": numbers[one.key],
                "name": one.name,
                "part": one.part,
                "credit": one.credit,
            }
            for place, one in enumerate(item.people)
        ],
    }
