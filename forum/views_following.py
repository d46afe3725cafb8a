"""Following without an account: one page to choose, one address for the news and one for the calendar."""

from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from events.models import Event, EventTopic
from forum.caching.marks import not_stored, stored
from forum.choices import MOST
from forum.filters import quoted
from forum.topics import carried_topics, moved_topics
from news.models import Article, ArticleTopic


@stored("thema", "format", several=("thema", "format"))
@require_safe
def follow(request):
    """Choose topics (`thema`) and formats (`format`), several of each; the addresses hold exactly that choice."""
    carried = carried_topics((ArticleTopic, Article.objects.published()), (EventTopic, Event.objects.published()))
    topics = {topic.slug: topic.name for topic in carried}
    if moved := moved_topics(request, topics.__contains__):
        return moved
    formats = {value: str(label) for value, label in Event.Format.choices}
    themes, unknown_themes = known_values(request, "thema", topics)
    kinds, unknown_kinds = known_values(request, "format", formats)
    hints = [f"Das Thema „{quoted(value)}“ gibt es hier nicht (mehr)." for value in unknown_themes]
    hints += [f"Das Format „{quoted(value)}“ gibt es hier nicht." for value in unknown_kinds]
    if len(themes) > MOST:
        hints.append(f"Mehr als {MOST} Themen auf einmal gehen nicht; ohne Auswahl sind es alle.")
        themes = themes[:MOST]
    groups = [
        ("thema", "Themen", "Ohne Auswahl sind es alle.", options(topics, themes)),
        ("format", "Format der Veranstaltungen", "Gilt nur für den Kalender.", options(formats, kinds)),
    ]
    found = addresses(themes, kinds)
    found["news_words"] = in_words(themes, topics) or "alle Themen"
    found["event_words"] = f"{found['news_words']}, {in_words(kinds, formats) or 'alle Formate'}"
    answer = render(request, "forum/follow.html", {"groups": groups, "hints": hints, **found, **mail(found)})
    return not_stored(answer) if hints else answer


def known_values(request: HttpRequest, name: str, names: dict[str, str]) -> tuple[list[str], list[str]]:
    """The values of a parameter: (those that are known, sorted; those that are not)."""
    wanted = {value for value in request.GET.getlist(name) if value}
    return sorted(wanted & names.keys()), sorted(wanted - names.keys())[:5]


def options(names: dict[str, str], chosen: list[str]) -> list[tuple[str, str, bool]]:
    return [(value, name, value in chosen) for value, name in names.items()]


def addresses(themes: list[str], kinds: list[str]) -> dict[str, str]:
    """One address each for a choice; the same choice has the same address."""
    news = {"thema": themes} if themes else {}
    events = news | ({"format": kinds} if kinds else {})
    calendar = settings.SITE_URL + reverse("events:calendar", query=events)
    return {
        "feed": settings.SITE_URL + reverse("news:feed", query=news),
        "rss": settings.SITE_URL + reverse("news:rss", query=news),
        "calendar": calendar,
        "subscribe": f"webcal://{calendar.partition('://')[2]}",
        "own": settings.SITE_URL + reverse("follow", query=events),
    }


def in_words(values: list[str], names: dict[str, str]) -> str:
    """`Digitalisierung, Teilhabe oder Wirkung`."""
    *first, last = [names[value] for value in values] or [""]
    return f"{', '.join(first)} oder {last}" if first else last


def mail(found: dict[str, str]) -> dict[str, str]:
    subject = "Dem Innovationsforum folgen"
    lines = [
        "So bleiben Sie beim Innovationsforum auf dem Laufenden, ohne Konto:",
        "",
        f"Termine im Kalender ({found['event_words']}):",
        found["calendar"],
        "",
        f"Neues im Feed-Reader ({found['news_words']}):",
        found["feed"],
        "",
        "Anleitung und andere Auswahl:",
        found["own"],
    ]
    body = quote("\r\n".join(lines), safe="")
    return {"mail": "\n".join(lines), "mail_address": f"mailto:?subject={quote(subject)}&body={body}"}
