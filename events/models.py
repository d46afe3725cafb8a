from events.events import Event, EventAttachment, EventContact, EventPicture, EventTopic
from events.programme import ItemAttachment, Participation, ProgrammeItem
from events.venues import Series, Venue

__all__ = [
    "Event",
    "EventAttachment",
    "EventContact",
    "EventPicture",
    "EventTopic",
    "ItemAttachment",
    "Participation",
    "ProgrammeItem",
    "Series",
    "Venue",
]
