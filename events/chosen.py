"""Which events are meant by `thema`, `format` and `reihe` in an address."""

from django.db.models import Q
from django.http import QueryDict

from events.models import Event, EventTopic, Series
from forum.choices import Choice, UnknownChoice, choose_topics, things_of, values_of
from forum.filters import quoted


def chosen_events(query: QueryDict) -> Choice:
    """Raises: UnknownChoice."""
    choice = Choice()
    choose_topics(choice, query, EventTopic)
    if formats := values_of(query, "format"):
        choice.narrow("format", Q(format__in=formats), formats, map(format_name, formats))
    if slugs := values_of(query, "reihe"):
        series = things_of("Die Reihe", slugs, Series.objects.published())
        choice.narrow("reihe", Q(series__in=series), [one.slug for one in series], [one.title for one in series])
    return choice


def format_name(value: str) -> str:
    if value not in Event.Format.values:
        raise UnknownChoice(f"Das Format „{quoted(value)}“ gibt es hier nicht.")
    return str(Event.Format(value).label)
