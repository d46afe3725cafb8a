"""Calendars (RFC 5545) that tell the truth: an event that moves or is off changes its entry instead of doubling it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.html import strip_tags
from icalendar import Calendar
from icalendar import Event as Entry

from events.events import Event
from forum.templatetags.portal import when

PRODUCT = "-//Innovationsforum//Veranstaltungen//DE"
KEPT = timedelta(days=90)  # past events stay that long in the calendars of subscribers
REFRESH = timedelta(hours=4)


def calendar(events: Iterable[Event], name: str = "") -> bytes:
    """Write events, with their venue and topics loaded, as a calendar.

    Args:
        name: German name for subscribers; without one the file holds a single event.
    """
    entries = [entry(event) for event in events if event.starts_at]
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    if name:
        made.add("name", name)
        made.add("x-wr-calname", name)  # what programs read that do not know RFC 7986
        made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        made.add("x-published-ttl", "PT4H")
    for one in entries:
        made.add_component(one)
    moments = [one.DTSTART for one in entries if isinstance(one.DTSTART, datetime)]
    if moments:
        made.add_missing_timezones(min(moments).date() - timedelta(days=1), max(moments).date() + timedelta(days=366))
    return made.to_ical()


def entry(event: Event) -> Entry:
    made, start, end = Entry(), *span(event)
    page = settings.SITE_URL + event.get_absolute_url()
    made.add("uid", f"veranstaltung-{event.pk}@{urlsplit(settings.SITE_URL).hostname}")
    made.add("dtstamp", event.changed_at)
    made.add("last-modified", event.changed_at)
    made.add("sequence", int(event.changed_at.timestamp()))  # grows with every change, as RFC 5545, 3.8.7.4 asks
    made.add("dtstart", start)
    if end is not None:
        made.add("dtend", end)
    made.add("summary", summary(event))
    made.add("status", "CONFIRMED" if is_on(event) else "CANCELLED")
    if place := location(event):
        made.add("location", place)
    made.add("description", "\n".join(description(event, page)))
    if topics := [topic.name for topic in event.topics.all()]:
        made.add("categories", topics)
    made.add("url", page)
    if not is_on(event):
        made.add("transp", "TRANSPARENT")
    return made


def is_on(event: Event) -> bool:
    """Tell whether anybody should be there at the time in the calendar."""
    return event.takes_place and not event.waits_for_date


def span(event: Event) -> tuple[date | datetime, date | datetime | None]:
    """Beginning and end; whole days as dates, whose end is the day after the last one (RFC 5545, 3.6.1)."""
    if event.all_day:
        return event.first_day, event.last_day + timedelta(days=1)
    zone = timezone.get_default_timezone()
    return event.starts_at.astimezone(zone), event.ends_at and event.ends_at.astimezone(zone)


def summary(event: Event) -> str:
    """The title; programs that show no status read it there, too."""
    if not event.takes_place:
        return f"[ABGESAGT] {event.title}"
    if event.status == Event.Status.POSTPONED:
        return f"[{'VERSCHOBEN' if event.waits_for_date else 'NEUER TERMIN'}] {event.title}"
    return event.title


def location(event: Event) -> str:
    if event.is_on_site and event.venue:
        return f"{event.venue.name}, {event.venue.address}"
    return event.online_url if event.is_online and event.admits_online else ""


def description(event: Event, page: str):
    """Lines that read well aloud: whole phrases, no columns, the address last."""
    if event.status != Event.Status.PLANNED:
        reason = f" {event.status_reason}" if event.status_reason else ""
        yield f"Diese Veranstaltung ist {event.get_status_display()}.{reason}"
    if event.lead:
        yield event.lead
    if not event.waits_for_date:
        yield f"Wann: {strip_tags(when(event))}."
    for label, text in (("Für wen", event.audience), ("Kosten", event.cost), ("Sprache", event.spoken_language)):
        if text:
            yield f"{label}: {text}"
    offered = [name for name, available in access(event) if available]
    if offered:
        yield f"Barrierefreiheit: {', '.join(offered)}."
    if event.access_note:
        yield event.access_note
    if event.is_online and event.online_url and event.admits_online:
        yield f"Online-Teilnahme: {event.online_url}"
    yield f"Alles Weitere: {page}"


def access(event: Event) -> list[tuple[str, bool]]:
    return [*event.access_facts, *(event.venue.access_facts if event.is_on_site and event.venue else [])]
