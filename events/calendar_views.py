"""Calendars to subscribe to, and single events to take along; asked again, they answer 304 while nothing changed."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_safe

from events.calendar import KEPT, calendar
from events.models import Event, Series
from forum.models import Topic
from forum.topics import topic_or_404


@require_safe
@conditional_page
def subscription(request):
    """All coming events and the latest past ones, narrowed as in the list: `thema`, `format`; also `reihe`.

    What the list would ignore is refused here: a program that subscribes would never read a hint.
    """
    narrowed, names = {}, []
    for parameter, find in (("thema", topic_of), ("format", format_of), ("reihe", series_of)):
        if value := request.GET.get(parameter, ""):
            field, found, name = find(value)
            narrowed[field] = found
            names.append(name)
    events = Event.objects.published().filter(over_at__gt=timezone.now() - KEPT, **narrowed)
    title = f"Innovationsforum: {', '.join(names)}" if names else "Innovationsforum"
    return answer(calendar(loaded(events).order_by("starts_at", "pk"), title), "veranstaltungen")


@require_safe
@conditional_page
def single(request, slug):
    event = get_object_or_404(loaded(Event.objects.published()), slug=slug)
    return answer(calendar([event]), slug)


def topic_of(slug: str) -> tuple[str, Topic, str]:
    topic = topic_or_404(slug)
    return "topics", topic, topic.name


def format_of(value: str) -> tuple[str, str, str]:
    if value not in Event.Format.values:
        raise Http404
    return "format", value, Event.Format(value).label


def series_of(slug: str) -> tuple[str, Series, str]:
    if "\x00" in slug:
        raise Http404
    series = get_object_or_404(Series.objects.published(), slug=slug)
    return "series", series, series.title


def loaded(events):
    return events.select_related("venue").prefetch_related("topics")


def answer(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return response
