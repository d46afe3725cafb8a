"""An event as schema.org/Event, its programme as sub-events."""

from collections.abc import Iterable

from django.utils import timezone

from events.events import Event
from events.programme import ProgrammeItem
from events.venues import Series
from forum.linked_data import image_of, page_of, publisher, whole

MODES = {
    Event.Format.ON_SITE: "OfflineEventAttendanceMode",
    Event.Format.ONLINE: "OnlineEventAttendanceMode",
    Event.Format.HYBRID: "MixedEventAttendanceMode",
}


def event_data(event: Event, items: Iterable[ProgrammeItem]) -> dict:
    """Args: items: of its programme, with people."""
    page = whole(event.get_absolute_url())
    return {
        "@type": "Event",
        "@id": page,
        "url": page,
        "name": event.title,
        "description": event.lead,
        "image": image_of(event.picture),
        "startDate": moment(event.starts_at, event.all_day),
        "endDate": event.last_day.isoformat() if event.all_day else moment(event.ends_at),
        "previousStartDate": moment(event.previous_starts_at) if status(event) == "EventRescheduled" else None,
        "eventStatus": f"https://schema.org/{status(event)}",
        "eventAttendanceMode": f"https://schema.org/{MODES[event.format]}" if event.format_is_known else None,
        "location": places(event),
        "inLanguage": "de",
        "keywords": [topic.name for topic in event.topics.all()],
        "audience": event.audience and {"@type": "Audience", "audienceType": event.audience},
        "organizer": publisher(),
        "performer": performers(items),
        "subEvent": [sub_event(item) for item in items if item.has_own_page],
        "mainEntityOfPage": page_of(("Veranstaltungen", "/veranstaltungen/"), (event.title, event.get_absolute_url())),
        "superEvent": event.series and {"@type": "EventSeries", "name": event.series.title},
    }


def status(event: Event) -> str:
    if not event.takes_place:
        return "EventCancelled"
    if event.status == Event.Status.POSTPONED:
        return "EventPostponed" if event.waits_for_date else "EventRescheduled"
    return "EventScheduled"


def moment(at, whole_day=False) -> str | None:
    if at is None:
        return None
    local = timezone.localtime(at)
    return local.date().isoformat() if whole_day else local.isoformat()


def places(event: Event) -> list[dict]:
    found = []
    if event.is_on_site and event.venue:
        venue = event.venue
        address = {
            "@type": "PostalAddress",
            "streetAddress": venue.street,
            "postalCode": venue.postcode,
            "addressLocality": venue.city,
            "addressCountry": "DE",
        }
        found.append({"@type": "Place", "name": venue.name, "address": address})
    if event.is_online:
        room = event.online_url if event.online_url and event.admits_online else whole(event.get_absolute_url())
        found.append({"@type": "VirtualLocation", "url": room})
    return found


def performers(items: Iterable[ProgrammeItem]) -> list[dict]:
    people = {part.person_id: part.person for item in items for part in item.participations.all()}
    return [person_data(person) for person in people.values()]


def person_data(person) -> dict:
    return {"@type": "Person", "name": person.name, "url": whole(person.get_absolute_url())}


def sub_event(item: ProgrammeItem) -> dict:
    return {
        "@type": "Event",
        "name": item.title,
        "url": whole(item.get_absolute_url()),
        "startDate": moment(item.starts_at or item.event.starts_at, item.starts_at is None),
        "endDate": moment(item.ends_at),
        "performer": [person_data(part.person) for part in item.participations.all()],
    }


def item_data(item: ProgrammeItem) -> dict:
    """A programme item on its own page, with its event around it."""
    event = item.event
    steps = (("Veranstaltungen", "/veranstaltungen/"), (event.title, event.get_absolute_url()))
    return sub_event(item) | {
        "@id": whole(item.get_absolute_url()),
        "eventStatus": f"https://schema.org/{status(event)}",
        "eventAttendanceMode": f"https://schema.org/{MODES[event.format]}" if event.format_is_known else None,
        "location": places(event),
        "organizer": publisher(),
        "superEvent": {"@type": "Event", "@id": whole(event.get_absolute_url()), "name": event.title},
        "mainEntityOfPage": page_of(*steps, (item.title, item.get_absolute_url())),
    }


def series_data(series: Series, upcoming: Iterable[Event]) -> dict:
    """Args: upcoming: its coming events."""
    return {
        "@type": "EventSeries",
        "@id": whole(series.get_absolute_url()),
        "url": whole(series.get_absolute_url()),
        "name": series.title,
        "organizer": publisher(),
        "subEvent": [
            {
                "@type": "Event",
                "@id": whole(event.get_absolute_url()),
                "url": whole(event.get_absolute_url()),
                "name": event.title,
                "startDate": moment(event.starts_at, event.all_day),
                "eventStatus": f"https://schema.org/{status(event)}",
                "location": places(event),
            }
            for event in upcoming
        ],
        "mainEntityOfPage": page_of(
            ("Veranstaltungen", "/veranstaltungen/"), (series.title, series.get_absolute_url())
        ),
    }
