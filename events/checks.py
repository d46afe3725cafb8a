"""What the health board asks about events."""

from django.db.models import Exists, OuterRef, Q

from events.models import Event, ProgrammeItem, Venue
from forum.desk.board import Check
from forum.publishing import State, state_q


def without_look_back(events):
    """Past public events that took place, with no result of a programme item and no article that is public or planned.

    A draft is no look-back yet: readers do not see it.
    """
    results = ProgrammeItem.objects.filter(event=OuterRef("pk")).exclude(result="")
    told = state_q(State.LIVE, prefix="articles__") | state_q(State.SCHEDULED, prefix="articles__")
    articles = Event.objects.filter(told, pk=OuterRef("pk"))
    return events.published().past().taking_place().filter(~Exists(results), ~Exists(articles))


def without_access_facts(events):
    """Coming public events of which readers learn nothing about access, neither from the event nor from its venue."""
    silent_venue = Q(**{f"venue__{fact}": None for fact in Venue.ACCESS_FACTS}, venue__way_in="")
    not_shown = Q(venue=None) | Q(format=Event.Format.ONLINE) | silent_venue
    silent_event = Q(sign_language=None, live_captions=None, access_note="")
    return events.published().upcoming().taking_place().filter(silent_event, not_shown)


NO_LOOK_BACK = Check(
    "ohne-rueckblick",
    "vorbei, ohne Rückblick und Ergebnis",
    "ist vorbei und hat weder Rückblick noch Ergebnis",
    "sind vorbei und haben weder Rückblick noch Ergebnis",
    without_look_back,
)
NO_ACCESS_FACTS = Check(
    "ohne-barrierefreiheit",
    "ohne Angaben zur Barrierefreiheit",
    "findet bald statt und sagt nichts zur Barrierefreiheit",
    "finden bald statt und sagen nichts zur Barrierefreiheit",
    without_access_facts,
)
