"""The contact check-up: twice a year people in the directory are asked whether their entry is still right.

Whoever holds a link may look at one entry, confirm it, or say what is wrong; what they say waits for staff.
"""

import hashlib
import secrets
from copy import copy
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from contacts.people import Person
from forum.caching.content import never_shown

HALF_YEAR = timedelta(days=182)
REMIND_AFTER = timedelta(days=14)
VALID_FOR = timedelta(days=60)
KEPT_FOR = timedelta(days=365)  # after a link has expired
FIELDS = (
    "position",
    "organisation",
    "phone",
    "email",
    "website",
    "address",
    "languages",
    "absent_from",
    "absent_until",
)
NOTES = {"districts": "Bezirke", "topics": "Themen", "remark": "Bemerkung"}
LONGEST_NOTE = 1000


class CheckLinkQuerySet(models.QuerySet):
    def open(self, at: datetime | None = None):
        """Keep links that still lead to a form."""
        return self.filter(answered_at=None, expires_at__gt=at or timezone.now())

    def with_token(self, token: str):
        return self.filter(token_hash=hash_of(token))


@never_shown
class CheckLink(models.Model):
    """One personal link; only the hash of its secret is stored.

    `sent_at` is empty for a link that staff passed on themselves.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="check_links", verbose_name="Person")
    token_hash = models.CharField("Prüfsumme", max_length=64, unique=True)
    is_reminder = models.BooleanField("Erinnerung", default=False)
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)
    sent_at = models.DateTimeField("verschickt am", null=True)
    expires_at = models.DateTimeField("gültig bis")
    answered_at = models.DateTimeField("beantwortet am", null=True)

    objects = CheckLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "Link zur Prüfung"
        verbose_name_plural = "Links zur Prüfung"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["person", "-sent_at"], name="check_link_latest")]

    def __str__(self):
        return f"Link zur Prüfung für {self.person}"


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_link(person: Person, sent_at: datetime | None = None, is_reminder: bool = False) -> str:
    """Make a link for a person and return its whole address, which is known only now."""
    token = secrets.token_urlsafe(32)
    person.check_links.create(
        token_hash=hash_of(token),
        sent_at=sent_at,
        is_reminder=is_reminder,
        expires_at=timezone.now() + VALID_FOR,
    )
    return settings.SITE_URL + reverse("contacts:check", args=[token])


def can_be_asked(person: Person) -> bool:
    return person.is_published and person.in_directory


def people_to_ask(now: datetime) -> models.QuerySet[Person]:
    """People in the directory whose entry nobody has checked for half a year, and who were not asked in that time.

    What staff entered counts as checked on its first day. A correction that waits is an answer.
    """
    since = now - HALF_YEAR
    asked = CheckLink.objects.filter(person=OuterRef("pk"), sent_at__gt=since)
    waiting = ContactCorrection.objects.waiting().filter(person=OuterRef("pk"))
    people = Person.objects.published(now).in_directory().annotate(known_since=Coalesce("checked_at", "created_at"))
    return people.filter(~Exists(asked), ~Exists(waiting), known_since__lte=since).order_by("pk")


def people_to_remind(now: datetime) -> models.QuerySet[Person]:
    """People who were asked two weeks ago and have neither answered nor been reminded, while their link is valid."""
    latest = CheckLink.objects.filter(person=OuterRef("pk"), sent_at__isnull=False).order_by("-sent_at", "-pk")
    to_remind = CheckLink.objects.open(now).filter(is_reminder=False, sent_at__lte=now - REMIND_AFTER)
    people = (
        Person.objects.published(now)
        .in_directory()
        .annotate(latest_link=Subquery(latest.values("pk")[:1]), asked_at=Subquery(latest.values("sent_at")[:1]))
    )
    unchecked = Q(checked_at__isnull=True) | Q(checked_at__lt=models.F("asked_at"))
    return people.filter(unchecked, latest_link__in=to_remind.values("pk")).order_by("pk")


class ContactCorrectionQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(outcome=ContactCorrection.Outcome.WAITING)


@never_shown
class ContactCorrection(models.Model):
    """What somebody wants changed in their entry; nothing public changes until staff say so.

    `old` and `new` hold texts (days as 2027-06-14) for those of FIELDS that are to change; `notes` those of NOTES that
    were written.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", "wartet"
        APPLIED = "applied", "übernommen"
        DECLINED = "declined", "abgelehnt"

    person = models.ForeignKey(Person, models.CASCADE, related_name="corrections", verbose_name="Person")
    old = models.JSONField("bisher", default=dict)
    new = models.JSONField("gewünscht", default=dict)
    notes = models.JSONField("Hinweise", default=dict)
    created_at = models.DateTimeField("eingegangen am", auto_now_add=True)
    outcome = models.CharField("Stand", max_length=8, choices=Outcome.choices, default=Outcome.WAITING)
    decided_at = models.DateTimeField("entschieden am", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="entschieden von"
    )

    objects = ContactCorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = "Korrektur"
        verbose_name_plural = "Korrekturen"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["waiting", "applied", "declined"]), name="contact_correction_outcome_is_known"
            ),
        ]

    def __str__(self):
        return f"Korrektur von {self.person}"

    @property
    def is_waiting(self) -> bool:
        return self.outcome == self.Outcome.WAITING

    @property
    def changes(self) -> list["Change"]:
        return [
            Change(self.person, name, self.old.get(name, ""), self.new[name]) for name in FIELDS if name in self.new
        ]

    @property
    def notes_in_words(self) -> list[tuple[str, str]]:
        """(German label, what was written)."""
        return [(label, self.notes[name]) for name, label in NOTES.items() if self.notes.get(name)]


class Change:
    """One field of a correction beside what the entry says today."""

    def __init__(self, person: Person, name: str, old: str, new: str):
        self.name, self.label = name, label_of(name)
        self.current = stored_text(person, name)
        self.old_words, self.new_words = in_words(name, old), in_words(name, new)
        self.current_words = in_words(name, self.current)
        self.is_done = self.current == new
        self.is_overtaken = not self.is_done and self.current != old


def label_of(name: str) -> str:
    label = str(Person._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def stored_text(person: Person, name: str) -> str:
    """What an entry says, as corrections store it."""
    value = getattr(person, name)
    return value.isoformat() if isinstance(value, date) else value or ""


def value_of(name: str, text: str) -> str | date | None:
    """The opposite of `stored_text`."""
    is_day = isinstance(Person._meta.get_field(name), models.DateField)
    return (date.fromisoformat(text) if text else None) if is_day else text


def in_words(name: str, text: str) -> str:
    value = value_of(name, text)
    return date_format(value, "j. F Y") if isinstance(value, date) else value or ""


def problems_with(person: Person, texts: dict[str, str]) -> dict[str, list[str]]:
    """What the rules for people say against new values of some of FIELDS: field → German sentences."""
    trial = copy(person)
    trial.portrait = None  # an incomplete picture would hide what else is wrong, and is not their concern
    for name, text in texts.items():
        setattr(trial, name, value_of(name, text))
    others = {field.name for field in person._meta.get_fields() if field.name not in FIELDS}
    found: dict[str, list[str]] = {}
    for check in (lambda: trial.clean_fields(exclude=others), trial.clean):
        try:
            check()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                found.setdefault(name, []).extend(messages)
    return found


def apply(correction: ContactCorrection, names: list[str]) -> dict[str, list[str]]:
    """Write the chosen fields of a correction into the entry and count it as checked.

    Returns:
        What speaks against it (see `problems_with`); then nothing has changed.
    """
    person, texts = correction.person, {name: correction.new[name] for name in names}
    problems = problems_with(person, texts)
    if not problems:
        for name, text in texts.items():
            setattr(person, name, value_of(name, text))
        person.checked_at = timezone.now()
        person.save(update_fields=[*names, "checked_at", "changed_at"])
    return problems
