"""Events for programs of others (`/api/v1/events/`)."""

from datetime import date, datetime

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from events.calendar import access
from events.chosen import chosen_events
from events.models import Event, ProgrammeItem
from forum.api import Image, Listed, Named, PageQuery, easy_url, html, image, listed, local, named, topics
from forum.caching.withdrawn import note_subject
from forum.choices import UnknownChoice
from forum.filters import quoted
from forum.linked_data import whole

router = Router(tags=["Veranstaltungen"])
PAST = "vergangen"


class EventQuery(PageQuery):
    zeitraum: str = Field("", description="leer: kommende, die nächste zuerst; `vergangen`: die letzte zuerst")
    thema: list[str] = Field([], description="Themen (`slug`); mehrere bedeuten: eins davon")
    format: list[str] = Field([], description="Formate: `on-site` (vor Ort), `online`, `hybrid`")
    reihe: list[str] = Field([], description="Veranstaltungsreihen (`slug`)")


class Place(Schema):
    name: str
    street: str
    postcode: str
    city: str


class Access(Schema):
    name: str = Field(description="zum Beispiel „Schriftdolmetschen“")
    offered: bool = Field(description="was unbekannt ist, steht nicht in der Liste")


class EventRow(Schema):
    id: int = Field(description="bleibt gleich, auch wenn Titel und Adresse sich ändern")
    slug: str
    url: str = Field(description="Adresse der Seite")
    easy_url: str | None = Field(description="Adresse der Seite in Leichter Sprache")
    calendar_url: str = Field(description="Termin als Kalenderdatei (iCalendar)")
    title: str
    language: str = Field(description="Sprache des Titels (BCP 47)")
    subtitle: str
    lead: str
    status: Event.Status = Field(description="`planned`: findet statt, `cancelled`: abgesagt, `postponed`: verschoben")
    status_reason: str
    starts_at: datetime | None = Field(description="ISO 8601 mit Zone; null, solange ein neuer Termin fehlt")
    ends_at: datetime | None
    all_day: bool
    first_day: date | None = Field(description="erster Tag in Berlin")
    last_day: date | None = Field(description="letzter Tag in Berlin, er gehört dazu")
    previous_starts_at: datetime | None = Field(description="ursprünglicher Beginn, wenn verschoben")
    format: Event.Format
    place: Place | None
    online_url: str | None = Field(description="Link zur Teilnahme, solange die Veranstaltung nicht vorbei ist")
    audience: str
    cost: str
    organisers: str = Field(description="leer: das Innovationsforum")
    access: list[Access] = Field(description="Barrierefreiheit von Veranstaltung und Ort")
    topics: list[Named]
    series: Named | None
    image: Image | None
    changed_at: datetime


class EventList(Listed):
    results: list[EventRow]


class Cast(Schema):
    name: str
    url: str
    part: str = Field(description="zum Beispiel „Moderation“")


class Item(Schema):
    title: str
    kind: str
    url: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    room: str
    people: list[Cast]


class EventDetails(EventRow):
    html: str = Field(description="Text der Seite, bereinigtes HTML")
    programme: list[Item]
    contacts: list[Named]


@router.get("/", response=EventList, operation_id="events", summary="Kommende oder vergangene Veranstaltungen")
def event_list(request, query: Query[EventQuery]):
    if query.zeitraum not in ("", PAST):
        raise UnknownChoice(f"Den Zeitraum „{quoted(query.zeitraum)}“ gibt es hier nicht, nur „{PAST}“.")
    now = timezone.now()
    events = Event.objects.published(now).filter(chosen_events(request.GET).condition)
    events = events.past(now) if query.zeitraum else events.upcoming(now)
    return listed(request, events.for_rows().select_related("series"), query, row)


@router.get("/{slug}/", response=EventDetails, operation_id="event", summary="Eine Veranstaltung mit Programm")
def event_details(request, slug: str):
    event = get_object_or_404(Event.objects.published().for_page(), slug=slug.replace("\x00", "\ufffd"))
    note_subject(request, event)
    return row(event) | {
        "html": html(event.text),
        "programme": [item(one) for one in event.programme.all()],
        "contacts": [named(one.person) for one in event.contact_rows.all()],
    }


def row(event: Event) -> dict:
    dated = not event.waits_for_date
    return {
        **{name: getattr(event, name) for name in COPIED},
        "url": whole(event.get_absolute_url()),
        "easy_url": easy_url(event),
        "calendar_url": whole(reverse("events:event_calendar", args=[event.slug])),
        "language": event.title_language or "de",
        "starts_at": local(event.starts_at) if dated else None,
        "ends_at": local(event.ends_at) if dated else None,
        "first_day": event.first_day if dated else None,
        "last_day": event.last_day if dated else None,
        "previous_starts_at": local(event.previous_starts_at) if dated else local(event.starts_at),
        "place": event.venue if event.is_on_site else None,
        "online_url": event.online_url if event.is_online and event.online_url and event.admits_online else None,
        "access": [{"name": name, "offered": offered} for name, offered in access(event)],
        "topics": topics(event),
        "series": event.series and named(event.series, "title"),
        "image": image(event.picture),
        "changed_at": local(event.changed_at),
    }


COPIED = (
    "id", "slug", "title", "subtitle", "lead", "status", "status_reason", "all_day", "format", "audience", "cost",
    "organisers",
)  # fmt: skip


def item(one: ProgrammeItem) -> dict:
    return {
        "title": one.title,
        "kind": one.get_kind_display(),
        "url": whole(one.get_absolute_url()) if one.has_own_page else None,
        "starts_at": local(one.starts_at),
        "ends_at": local(one.ends_at),
        "room": one.room,
        "people": [
            {
                "name": part.person.name,
                "url": whole(part.person.get_absolute_url()),
                "part": part.get_part_display(),
            }
            for part in one.participations.all()
        ],
    }
