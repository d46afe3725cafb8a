"""What belongs to a page and is not public yet: hidden from readers, shown in previews and behind links to share.

Off unless `forum.preview` switches it on while it makes one page: what readers see does not depend on it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db.models import Model, Q

from forum.publishing import State, published_q, state_q

COMING = (State.DRAFT, State.SCHEDULED)  # what has expired or was hidden for good is not shown again


@dataclass
class Whole:
    """How a page is made with all that belongs to it.

    Args:
        may: tells of a model whether its unfinished things may be seen.
        marked: say beside each that it is not public yet.
    """

    may: Callable[[type[Model]], bool]
    marked: bool
    addresses: set[str] = field(default_factory=set)  # of what is shown here and not found by readers


_whole: ContextVar[Whole | None] = ContextVar("the page is made whole", default=None)


@contextmanager
def shown(whole: Whole) -> Iterator[Whole]:
    token = _whole.set(whole)
    try:
        yield whole
    finally:
        _whole.reset(token)


def is_whole() -> bool:
    """Tell whether a page is made whole."""
    return _whole.get() is not None


def may_show(model: type[Model]) -> bool:
    whole = _whole.get()
    return whole is not None and whole.may(model)


def shown_q(model: type[Model], prefix: str = "") -> Q:
    """`published_q`, and where a page is made whole also what is yet to come."""
    condition = published_q(prefix)
    if may_show(model):
        for state in COMING:
            condition |= state_q(state, prefix=prefix)
    return condition


def is_shown(thing: Model) -> bool:
    """The same answer as `shown_q`, from the object."""
    return thing.is_published or (thing.state in COMING and may_show(type(thing)))


def note(thing: Model) -> bool:
    """Remember that a thing readers do not find is named on the page; tell whether to mark it."""
    whole = _whole.get()
    if whole is None or thing.is_published:
        return False
    whole.addresses.add(thing.get_absolute_url())
    return whole.marked


def is_marked() -> bool:
    whole = _whole.get()
    return whole is not None and whole.marked
