"""Calendars to subscribe to, and single events to take along; asked again, they answer 304 while nothing changed."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_safe

from events.calendar import KEPT, calendar
from events.chosen import chosen_events
from events.models import Event
from forum.caching.marks import stored
from forum.caching.withdrawn import note_subject


@stored("thema", "format", "reihe", several=("thema", "format", "reihe"))
@require_safe
@conditional_page
def subscription(request):
    """All coming events and the latest past ones, narrowed as in the list: `thema`, `format`; also `reihe`.

    Each may be there several times; what the list would ignore is not found here.
    """
    choice = chosen_events(request.GET)
    events = Event.objects.published().filter(choice.condition, over_at__gt=timezone.now() - KEPT)
    title = f"Innovationsforum: {', '.join(choice.names)}" if choice.names else "Innovationsforum"
    return answer(calendar(loaded(events).order_by("starts_at", "pk"), title), "veranstaltungen")


@stored()
@require_safe
@conditional_page
def single(request, slug):
    event = get_object_or_404(loaded(Event.objects.published()), slug=slug)
    note_subject(request, event)
    return answer(calendar([event]), slug)


def loaded(events):
    return events.select_related("venue").prefetch_related("topics")


def answer(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return response
