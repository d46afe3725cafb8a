from events.events import Event, EventAttachment, EventContact, EventTopic
from events.programme import ItemAttachment, Participation, ProgrammeItem
from events.venues import Series, Venue

__all__ = [
    "Event",
    "EventAttachment",
    "EventContact",
    "EventTopic",
    "ItemAttachment",
    "Participation",
    "ProgrammeItem",
    "Series",
    "Venue",
]
