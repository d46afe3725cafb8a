"""What was found in a pasted page: a proposal, of which an editor takes what is right."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from events.names import Found
from events.pasted import Block, to_html


@dataclass
class Item:
    """A programme item as it would be entered; times as people write them, empty when the page does not say."""

    kind: str
    title: str
    day: str = ""
    starts_at: str = ""
    ends_at: str = ""
    room: str = ""
    people: list[Found] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    doubt: str = ""

    @property
    def text(self) -> str:
        return to_html(self.blocks)


@dataclass
class Contact:
    person: Found
    phone: str = ""
    email: str = ""
    districts: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)


@dataclass
class Proposal:
    """Everything found; `doubts` says per name of a part why somebody should look twice."""

    title: str = ""
    date: str = ""
    lead: str = ""
    published: str = ""
    type: str = ""
    topics: list[str] = field(default_factory=list)
    alt_text: str = ""
    caption: str = ""
    credit: str = ""
    items: list[Item] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    text: str = ""
    doubts: dict[str, str] = field(default_factory=dict)

    @property
    def people(self) -> list[Found]:
        """Everybody once, in the order of appearance, with the richest facts the page gives."""
        found: dict[str, Found] = {}
        for one in [
            *(one for item in self.items for one in item.people),
            *(contact.person for contact in self.contacts),
        ]:
            known = found.setdefault(one.key, one)
            if known is not one and not one.doubt:
                known.doubt = ""
                known.title = known.title or one.title
        return list(found.values())

    @property
    def is_empty(self) -> bool:
        return not (self.title or self.text or self.items or self.contacts or self.lead)


@dataclass
class Known:
    """What the portal knows already, by name, so that the pure reader can recognise it.

    Args:
        districts: names of the districts.
        house: organisations whose people accompany a workshop rather than give it.
        people: keys (`Found.key`) of stored people.
    """

    districts: Iterable[str] = ()
    house: Iterable[str] = ()
    people: Iterable[str] = ()
