"""Copies of an event on other dates: what comes along, what stays behind, and when everything then takes place.

What belongs to an event, and goes with it when it is deleted, is copied, whichever app it comes from: rows with a
foreign key that cascades. A model that must stay with the original (a booking, say) says `copied = False`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from contacts.models import ContactRow
from events.forms import span
from events.models import Event, Participation, ProgrammeItem
from forum.attachments import AttachmentRow
from forum.dates import moment
from forum.easy import EASY_FIELDS
from forum.topics import Tagged

# what staff may take along → fields of the event that go with it
CHOICES = {
    "programme": ("Programm", ()),
    "people": ("Mitwirkende im Programm", ()),
    "contacts": ("Ansprechpersonen", ()),
    "files": ("Dateien zum Herunterladen", ()),
    "pictures": ("Bilder", ("picture",)),
    "topics": ("Themen", ()),
    "easy": ("Leichte Fassung", (*EASY_FIELDS, "text_changed_at", "easy_changed_at")),
    "online": ("Link zur Online-Teilnahme", ("online_url",)),
}
LEFT_BEHIND = {  # tells of the original only, or is made anew
    Event: {
        "slug", "social_image", "published_at", "expires_at", "created_at", "changed_at",
        "status", "status_reason", "previous_starts_at",
    },
    ProgrammeItem: {"result"},
}  # fmt: skip
MOMENTS = ("starts_at", "ends_at")


@dataclass(frozen=True)
class Date:
    """When a copy takes place: a day, and a time where it is not that of the original."""

    day: date
    at: time | None = None

    def __str__(self):
        return f"{self.day:%d.%m.%Y}" + (f" {self.at:%H:%M}" if self.at else "")


def choice_of(model: type[models.Model]) -> str | None:
    """Which of CHOICES decides about a kind of part; None for what always comes along."""
    for kind, choice in (
        (Tagged, "topics"),
        (ContactRow, "contacts"),
        (AttachmentRow, "files"),
        (Participation, "people"),
        (ProgrammeItem, "programme"),
    ):
        if issubclass(model, kind):
            return choice
    relations = (field for field in model._meta.concrete_fields if field.many_to_one)
    return "pictures" if any(getattr(one.related_model, "is_picture", False) for one in relations) else None


def kinds_of_parts(model: type[models.Model]) -> list[models.ForeignKey]:
    """The foreign keys through which something else is part of a thing."""
    return [
        relation.field
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created
        and relation.one_to_many
        and relation.on_delete is models.CASCADE
        and getattr(relation.related_model, "copied", True)
    ]


def amounts(event: Event) -> dict[str, int]:
    """How much there is of each of CHOICES, in their order; what the event does not have is left out."""
    found = defaultdict(int)
    for kind in kinds_of_parts(Event):
        found[choice_of(kind.model)] += kind.model._base_manager.filter(**{kind.name: event}).count()
    found["people"] = Participation.objects.filter(item__event=event).count()
    found["pictures"] += bool(event.picture_id)
    found["easy"] = int(event.has_easy_version)
    found["online"] = bool(event.online_url) + event.programme.exclude(online_url="").count()
    return {name: found[name] for name in CHOICES if found[name]}


class Shift:
    """Moves everything about an event to another date by the clock on the wall, whatever summer time does between.

    Raises:
        ValidationError: a time that does not exist, or does not fit, on the new date.
    """

    def __init__(self, event: Event, to: Date):
        self.to = to
        self.start = on_the_wall(event.starts_at)
        if event.all_day and to.at:
            raise ValidationError(
                "Diese Veranstaltung hat keine Uhrzeit: Bitte schreiben Sie nur das Datum, und tragen Sie die Uhrzeit "
                "in der Kopie ein."
            )
        if self.start:
            self.distance = datetime.combine(to.day, to.at or self.start.time()) - self.start

    def dates_of(self, thing) -> dict[str, datetime | bool | None]:
        """New values for the moments of an event or a part of it."""
        if self.start is None:
            if not isinstance(thing, Event):
                return {}
            start, end, whole_day = span((self.to.day, self.to.at), None)
            return {"starts_at": start, "ends_at": end, "all_day": whole_day}
        moved = {name: self.moved(getattr(thing, name)) for name in MOMENTS if hasattr(thing, name)}
        if moved and moved["ends_at"] and moved["ends_at"] <= moved["starts_at"]:
            raise ValidationError(f"„{thing}“ würde vor dem Beginn enden, weil die Uhr umgestellt wird.")
        return moved

    def moved(self, at: datetime | None) -> datetime | None:
        if at is None:
            return None
        new = on_the_wall(at) + self.distance
        return moment(new.date(), new.time())


def on_the_wall(at: datetime | None) -> datetime | None:
    """What clock and calendar in Berlin show, without a zone."""
    return at and timezone.localtime(at, timezone.get_default_timezone()).replace(tzinfo=None)


def draft(event: Event, to: Date, taken: Collection[str]) -> Event:
    """The copy of an event itself, not saved yet; its parts are not there."""
    left = {name for choice, (_, names) in CHOICES.items() if choice not in taken for name in names}
    copy = clone(event, LEFT_BEHIND[Event] | left, Shift(event, to).dates_of(event))
    copy.social_image = ""
    return copy


def check(event: Event, to: Date, taken: Collection[str]) -> Event:
    """Like `draft`, and make sure that the programme can take place then; one query.

    Raises:
        ValidationError: names in German what does not fit on that date.
    """
    copy, shift = draft(event, to, taken), Shift(event, to)
    if "programme" in taken:
        for item in event.programme.all():
            try:
                shift.dates_of(item)
            except ValidationError as error:
                raise ValidationError(f"Programmpunkt „{item}“: {error.message}") from error
    return copy


def twins(event: Event, copies: Iterable[Event]) -> dict[datetime, Event]:
    """Events of the same title that begin when one of the copies would: beginning → event. One query."""
    starts = [copy.starts_at for copy in copies]
    return {twin.starts_at: twin for twin in Event.objects.filter(title=event.title, starts_at__in=starts)}


@transaction.atomic
def copy_to(event: Event, dates: Iterable[Date], taken: Collection[str]) -> list[Event]:
    """Make drafts of an event on other dates.

    Two people, or two clicks, wait for each other; `twins` then knows what the first one made. The parts of all copies
    cost two queries for each kind, saving the copies themselves some ten queries each.

    Args:
        event: the original, read anew.
        dates: when the copies take place.
        taken: names of CHOICES.
    """
    pairs = []
    for to in dates:
        copy = draft(event, to, taken)
        copy.save()
        if copy.has_easy_version:  # as far behind its text as the original's
            moments = {name: getattr(event, name) for name in ("text_changed_at", "easy_changed_at")}
            Event.objects.filter(pk=copy.pk).update(**moments)
        pairs.append((event, copy, Shift(event, to)))
    copy_parts(pairs, taken)
    return [copy for _, copy, _ in pairs]


def copy_parts(pairs: list[tuple[models.Model, models.Model, Shift]], taken: Collection[str]):
    """Copy what belongs to things, and what belongs to that.

    Args:
        pairs: (original, copy, how far it moves), all of one model.
    """
    if not pairs:
        return
    for owner in kinds_of_parts(type(pairs[0][0])):
        choice = choice_of(owner.model)
        if choice is not None and choice not in taken:
            continue
        left = LEFT_BEHIND.get(owner.model, set()) | ({"online_url"} if "online" not in taken else set())
        rows = rows_by_owner(owner, {original.pk for original, _, _ in pairs})
        clones = [
            (row, clone(row, left, shift.dates_of(row) | {owner.attname: copy.pk}), shift)
            for original, copy, shift in pairs
            for row in rows.get(original.pk, [])
        ]
        owner.model._base_manager.bulk_create([copy for _, copy, _ in clones])
        copy_parts(clones, taken)


def rows_by_owner(owner: models.ForeignKey, keys: Collection[int]) -> dict[int, list[models.Model]]:
    rows = owner.model._base_manager.filter(**{f"{owner.name}__in": keys}).order_by(owner.attname, "pk")
    return {key: list(group) for key, group in groupby(rows, key=lambda row: getattr(row, owner.attname))}


def clone(thing: models.Model, left: Collection[str], changes: dict) -> models.Model:
    """A new row with the values of another; fields left behind get their defaults."""
    values = {
        field.attname: getattr(thing, field.attname)
        for field in thing._meta.concrete_fields
        if not (field.primary_key or field.generated or field.name in left)
    }
    return type(thing)(**values | changes)
