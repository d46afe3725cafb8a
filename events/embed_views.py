"""The next events as a small page for a frame on other sites, without script."""

from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from events.chosen import chosen_events
from events.models import Event
from forum.caching.marks import stored
from forum.choices import UnknownChoice
from forum.filters import quoted
from forum.security import shown_in_any_frame

AT_ONCE, MOST = 5, 20
COLOURS = {"": "light dark", "hell": "light", "dunkel": "dark"}  # sites that know no dark want a light frame at night


@stored("thema", "format", "reihe", "anzahl", "farben", several=("thema", "format", "reihe"))
@require_safe
@shown_in_any_frame
@cache_control(public=True, max_age=300)
@conditional_page
def embed(request):
    """The next events, by `thema`, `format`, `reihe`; as many as `anzahl` says, in the colours of `farben`."""
    context = {"error": "", "scheme": COLOURS[""], "events": [], "more": reverse("events:event_list")}
    try:
        choice, number = chosen_events(request.GET), wanted_number(request.GET)
        context["scheme"] = wanted_scheme(request.GET)
    except UnknownChoice as error:
        context["error"] = str(error)
    else:
        events = Event.objects.published().filter(choice.condition)
        context |= {"events": events.upcoming().for_rows()[:number], "names": choice.names}
        if all(len(values) == 1 for values in choice.query.values()) and "reihe" not in choice.query:
            context["more"] = reverse("events:event_list", query=choice.query)
    return render(request, "events/embed.html", context, status=400 if context["error"] else 200)


def wanted_number(query: QueryDict) -> int:
    value = query.get("anzahl") or str(AT_ONCE)
    if not (value.isascii() and value.isdigit() and len(value) <= 2 and 1 <= int(value) <= MOST):
        raise UnknownChoice(f"Die Anzahl „{quoted(value)}“ geht nicht, nur 1 bis {MOST}.")
    return int(value)


def wanted_scheme(query: QueryDict) -> str:
    value = query.get("farben", "")
    if value not in COLOURS:
        raise UnknownChoice(f"Die Farben „{quoted(value)}“ gibt es nicht, nur „hell“ und „dunkel“.")
    return COLOURS[value]
