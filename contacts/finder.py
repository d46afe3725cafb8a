"""Who is in charge? One field takes a postcode, a quarter, a district, a topic or a name; the answer is people."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher

from contacts.models import District, Person, Postcode, Quarter
from contacts.responsibility import in_charge_of
from forum.models import Topic
from forum.text import german_slug

LONGEST = 80  # characters of a question
LEAST_SHARE = Decimal("0.005")  # of a postcode's addresses; less is noise of the data
MOST = 6  # answers at once
ALIKE = 0.72  # ratio of difflib from which a word counts as mistyped
AROUND = {  # words around what is asked for
    "wer", "ist", "sind", "hilft", "in", "im", "fuer", "zu", "zum", "und", "der", "die", "das", "mein", "meinen",
    "meinem", "zustaendig", "verantwortlich", "ansprechperson", "ansprechpartner", "ansprechpartnerin", "kontakt",
    "frau", "herr", "herrn", "bezirk", "ortsteil", "stadtteil", "kiez", "thema", "berlin",
}  # fmt: skip


@dataclass
class Answer:
    """People, and why they are the answer."""

    title: str
    people: list[Person]
    note: str = ""
    url: str = ""


@dataclass
class Finding:
    """What was found; `hint` says in German what else the reader should know."""

    text: str
    answers: list[Answer] = field(default_factory=list)
    hint: str = ""


@dataclass(frozen=True)
class Name:
    """Something that can be asked for: its words as in an address, and what it stands for."""

    key: str
    thing: District | Quarter | Topic | Person


def find(text: str) -> Finding:
    """Answer a question of a visitor.

    Args:
        text: as typed; anything at all.
    """
    text = " ".join(text.replace("\x00", "").split())[:LONGEST]
    if not text:
        return Finding(text, hint="Bitte schreiben Sie, wonach wir suchen sollen.")
    if postcode := re.search(r"(?<!\d)\d{5}(?!\d)", text):
        return by_postcode(text, postcode[0])
    if re.fullmatch(r"[\d ]+", text):
        if re.fullmatch(r"\d{5}", joined := text.replace(" ", "")):
            return by_postcode(text, joined)
        return Finding(text, hint="Eine Postleitzahl hat fünf Ziffern.")
    return by_words(text)


def by_postcode(text: str, code: str) -> Finding:
    postcode = Postcode.objects.filter(code=code).prefetch_related("shares__district").first()
    if postcode is None:
        return Finding(text, hint=f"Die Postleitzahl {code} gibt es in Berlin nicht.")
    shares = [share for share in postcode.shares.all() if share.address_share >= LEAST_SHARE]
    if len(shares) == 1:
        district = shares[0].district
        return Finding(text, [of_district(district, f"{code} gehört zum Bezirk {district.name}")])
    answers = [
        of_district(share.district, f"{share.district.name}: {share.address_share * 100:.0f} % der Adressen")
        for share in shares
    ]
    return Finding(text, answers, f"{code} liegt in {len(shares)} Bezirken. In welchem sind Sie?")


def of_district(district: District, title: str) -> Answer:
    people, helpers = in_charge_of(district)
    note = "" if people else "Der Bezirk ist zurzeit nicht besetzt. "
    if helpers:
        note += "Hier hilft man Ihnen weiter:"
    elif not people:
        note += "Bitte wenden Sie sich an eine andere Ansprechperson."
    return Answer(title, people or helpers, note.strip(), district.get_absolute_url())


def by_words(text: str) -> Finding:
    whole = german_slug(text, LONGEST)
    key = "-".join(word for word in whole.split("-") if word not in AROUND) or whole
    names = list(known_names())
    found = (
        [name for name in names if name.key in (whole, key)]
        or [name for name in names if contains(name.key, key)]
        or [name for name in names if f"-{name.key}-" in f"-{key}-"]
    )
    hint = ""
    if not found and (found := mistyped(names, key)):
        hint = f"„{text}“ haben wir nicht gefunden. Meinten Sie das?"
    answers = list(distinct(found))[:MOST]
    if not answers:
        hint = f"Zu „{text}“ haben wir nichts gefunden. Versuchen Sie es mit einer Postleitzahl oder einem Bezirk."
    return Finding(text, answers, hint)


def known_names() -> Iterator[Name]:
    """All that can be asked for: districts first, then quarters, topics with people, people in the directory."""
    for district in District.objects.all():
        yield Name(district.slug, district)
    for quarter in Quarter.objects.select_related("district"):
        yield Name(german_slug(quarter.name), quarter)
    people = Person.objects.published().in_directory()
    for topic in Topic.objects.filter(people__in=people).distinct():
        yield Name(german_slug(topic.name), topic)
    for person in people.by_name():
        for words in (person.plain_name, f"{person.name_prefix} {person.family_name} {person.given_name}"):
            yield Name(german_slug(words), person)


def contains(name: str, key: str) -> bool:
    """Tell whether every word asked for begins a word of the name, or is inside one (compounds)."""
    words = name.split("-")
    return bool(key) and all(
        any(word.startswith(asked) or (len(asked) > 3 and asked in word) for word in words) for asked in key.split("-")
    )


def mistyped(names: list[Name], key: str) -> list[Name]:
    """The names most like what was typed; as a whole, or one of their words."""
    if len(key) < 3:
        return []

    def likeness(name: Name) -> float:
        candidates = {name.key, *(word for word in name.key.split("-") if len(word) > 3)}
        return max(SequenceMatcher(None, key, candidate).ratio() for candidate in candidates)

    def as_a_whole(name: Name) -> float:
        return SequenceMatcher(None, key, name.key).ratio()

    ranked = sorted(((likeness(name), name) for name in names), key=lambda one: (-one[0], -as_a_whole(one[1])))
    best = ranked[0][0] if ranked else 0
    return [name for value, name in ranked if value >= ALIKE and value > best - 0.05]


def distinct(names: list[Name]) -> Iterator[Answer]:
    """One answer for each district, topic and person, however many names led there."""
    seen = set()
    for name in names:
        thing = name.thing
        key = thing.district if isinstance(thing, Quarter) else thing
        if key not in seen:
            seen.add(key)
            yield answer_for(thing)


def answer_for(thing: District | Quarter | Topic | Person) -> Answer:
    if isinstance(thing, District):
        return of_district(thing, f"Bezirk {thing.name}")
    if isinstance(thing, Quarter):
        return of_district(thing.district, f"{thing.name} gehört zum Bezirk {thing.district.name}")
    people = Person.objects.published().in_directory().by_name().with_contact_details()
    if isinstance(thing, Topic):
        return Answer(f"Thema {thing.name}", list(people.filter(topics=thing)), url=thing.get_absolute_url())
    return Answer(thing.name, list(people.filter(pk=thing.pk)), url=thing.get_absolute_url())
