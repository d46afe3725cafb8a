"""What is chosen in the address of a feed, a calendar, a frame or a question of a machine.

A parameter may stand there several times and then means: one or the other. In which order does not matter. What is
not known is an error and no hint: a program that subscribes would never read it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, QueryDict

from forum.filters import quoted
from forum.topics import Tagged, Topic, current_slug

MOST = 50  # values of one parameter


class UnknownChoice(Http404):
    """Its text says in German what is not known."""


@dataclass
class Choice:
    """Some things out of all; `names` are German, `query` is the same for the same choice."""

    condition: Q = field(default_factory=Q)
    names: list[str] = field(default_factory=list)
    query: dict[str, list[str]] = field(default_factory=dict)

    def narrow(self, name: str, condition: Q, values: Iterable[str], names: Iterable[str]):
        self.condition &= condition
        self.names += names
        self.query[name] = list(values)


def values_of(query: QueryDict, name: str) -> list[str]:
    """The values of a parameter, each once, empty ones left out."""
    values = sorted({value for value in query.getlist(name) if value})
    if len(values) > MOST:
        raise UnknownChoice(f"Für „{name}“ gehen höchstens {MOST} Werte auf einmal.")
    return values


def things_of(label: str, values: Iterable[str], things: QuerySet, current=None) -> list:
    """The things with these slugs, in the order of the slugs: one query.

    Args:
        label: German with its article: `Das Thema`.
        current: today's slug of a former one; asked only for what is not found.

    Raises:
        UnknownChoice: there is no such thing.
    """
    found = {one.slug: one for one in things.filter(slug__in=[value for value in values if "\x00" not in value])}
    for value in values:
        if value not in found:
            renewed = things.filter(slug=current(value)).first() if current and "\x00" not in value else None
            if renewed is None:
                raise UnknownChoice(f"{label} „{quoted(value)}“ gibt es hier nicht.")
            found[renewed.slug] = renewed
    return [found[slug] for slug in sorted(found)]


def topics_of(query: QueryDict) -> list[Topic]:
    """The topics in `thema`; former slugs still work."""
    values = values_of(query, "thema")
    return things_of("Das Thema", values, Topic.objects.all(), current_slug) if values else []


def choose_topics(choice: Choice, query: QueryDict, through: type[Tagged]):
    """Keep what carries one of the topics in `thema`."""
    if not (topics := topics_of(query)):
        return
    if len(topics) == 1:
        condition = Q(topics=topics[0])
    else:  # joining would give a thing with two of them twice
        condition = Q(Exists(through.objects.filter(content_object=OuterRef("pk"), tag__in=topics)))
    choice.narrow("thema", condition, [topic.slug for topic in topics], sorted(topic.name for topic in topics))
