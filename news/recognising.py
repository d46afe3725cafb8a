"""“Programm erkennen” on the form of an article: what looks back at an event brings the event along."""

from django.core.exceptions import PermissionDenied, ValidationError

from events.accepting import Accepted, Changes
from events.forms import joined, span
from events.models import Event, Participation, ProgrammeItem
from events.recognising import RecognisingAdmin
from forum.datefields import ClockField, DayField, DayTimeField
from forum.dates import moment
from forum.desk.audit import note_addition, note_change
from news.models import ArticleType


class LookBackRecognisingAdmin(RecognisingAdmin):
    found_fields = {"title": "title", "published": "published_at", "type": "type", "lead": "lead", "text": "text"}
    found_labels = {
        "title": "Titel",
        "published": "Veröffentlicht ab",
        "type": "Art",
        "lead": "Einleitung",
        "text": "Text",
    }

    def more_doubts(self, proposal) -> dict[str, str]:
        known = not proposal.type or ArticleType.objects.filter(name__iexact=proposal.type).exists()
        return {} if known else {"type": "Diese Art gibt es noch nicht."}

    def more_offers(self, request, proposal, data) -> dict:
        """The event: the one chosen in the form, or a new draft."""
        if not proposal.items:
            return {}
        chosen = event_of(data)
        doubt = "" if chosen or proposal.date else "Im Text steht kein Datum."
        return {"event": {"chosen": chosen, "title": proposal.title, "date": proposal.date, "doubt": doubt}}

    def fill(self, changes: Changes, part: str, value: str):
        if part != "type":
            super().fill(changes, part, value)
            return
        kind = ArticleType.objects.filter(name__iexact=value).first()
        if kind is None:
            raise ValidationError(f"Die Art „{value}“ gibt es noch nicht. Bitte nehmen Sie das Häkchen weg.")
        changes.set("type", kind.pk, kind.name)

    def take_items(self, request, accepted: Accepted, changes: Changes):
        """Write the items into the event itself: an article has no programme."""
        if not accepted.takes("event"):
            return
        event = event_of(changes.data)
        needed = ["events.add_programmeitem", "events.change_event" if event else "events.add_event"]
        if not request.user.has_perms(needed):
            raise PermissionDenied
        if event is None:
            event = new_event(accepted)
            event.topics.set(accepted.topics())
            for place, person in enumerate(accepted.contacts()):
                event.contact_rows.create(person=person, position=place)
            changes.set("event", event.pk, str(event))
            note_addition(request, event)
        first, items = event.programme.count(), accepted.items()
        for place, item in enumerate(items, first):
            add_item(event, item, place)
        if items:
            note_change(request, event, f"Programm aus einem eingefügten Text übernommen ({len(items)}).")


def event_of(data) -> Event | None:
    chosen = data.get("event") or ""
    return Event.objects.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None


def new_event(accepted: Accepted) -> Event:
    """A draft with the lead of the page; its day and time are read as the form of an event reads them."""
    start = DayTimeField(required=False, periods=True).clean(accepted.value("event-date"))
    event = Event(title=accepted.value("event-title"), lead=accepted.facts(["lead"]).get("lead", ""))
    event.starts_at, event.ends_at, event.all_day = span(*joined(start, None))
    event.full_clean(exclude=["slug"])
    event.save()
    return event


def add_item(event: Event, found: dict, position: int):
    day = DayField(required=False).clean(found["day"]) or (event.starts_at and event.first_day)
    start, end = (ClockField(required=False).clean(found[name]) for name in ("starts_at", "ends_at"))
    item = ProgrammeItem(event=event, position=position)
    for name in ("kind", "title", "room", "text"):
        setattr(item, name, found[name])
    item.starts_at = moment(day, start) if day and start is not None else None
    item.ends_at = moment(day, end) if item.starts_at and end is not None else None
    try:
        item.full_clean(exclude=["slug"])
    except ValidationError as error:
        raise ValidationError([f"„{item}“: {message}" for message in error.messages]) from error
    item.save()
    for place, (person, part, credit) in enumerate(found["people"]):
        credited_as = "" if credit == person.role else credit
        row = Participation(item=item, person=person, part=part, credited_as=credited_as, position=place)
        row.full_clean()
        row.save()
