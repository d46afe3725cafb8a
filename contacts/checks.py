"""What the health board asks about contacts."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from contacts.models import Person, Representation
from forum.desk.board import Check

CHECK_EVERY = timedelta(days=182)  # twice a year


def unchecked(people):
    """Public contacts whose entry nobody has confirmed for half a year; a new entry counts as confirmed once."""
    known_since = Coalesce("checked_at", "created_at")
    return (
        people.published()
        .in_directory()
        .alias(known_since=known_since)
        .filter(known_since__lt=timezone.now() - CHECK_EVERY)
    )


def out_of_reach(people):
    """Public contacts whom the check-up cannot ask, for want of an address."""
    return people.published().in_directory().filter(email="")


def vacant(districts):
    """Districts for which readers find neither a representative nor somebody who was named to stand in."""
    represented = Representation.objects.responsible().filter(district=OuterRef("pk"))
    stands_in = Person.objects.published().filter(pk=OuterRef("stand_in"))
    return districts.filter(~Q(Exists(represented)), ~Q(Exists(stands_in)))


UNCHECKED = Check(
    "ungeprueft",
    "seit sechs Monaten nicht geprüft",
    "im Kontaktverzeichnis ist seit sechs Monaten nicht geprüft",
    "im Kontaktverzeichnis sind seit sechs Monaten nicht geprüft",
    unchecked,
)
WAITING = Check(
    "wartet",
    "wartet auf eine Entscheidung",
    "einer Kontaktperson wartet auf Ihre Entscheidung",
    "von Kontaktpersonen warten auf Ihre Entscheidung",
    lambda corrections: corrections.waiting(),
)
OUT_OF_REACH = Check(
    "ohne-mail",
    "per Mail nicht erreichbar",
    "im Kontaktverzeichnis ist per Mail nicht erreichbar und wird nie gebeten, den Eintrag zu prüfen",
    "im Kontaktverzeichnis sind per Mail nicht erreichbar und werden nie gebeten, den Eintrag zu prüfen",
    out_of_reach,
)
VACANT = Check(
    "unbesetzt",
    "ohne Ansprechperson",
    "hat keine Ansprechperson und keine Vertretung",
    "haben keine Ansprechperson und keine Vertretung",
    vacant,
)
