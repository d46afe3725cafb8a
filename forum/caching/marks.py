"""Which views have pages that may be stored: only those that say so, and with which parameters of the address."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.urls import Resolver404, resolve

LONGEST = 400  # characters of a query that is kept


@dataclass(frozen=True)
class Storable:
    """Put it into the class of a view as `storable`, or decorate a function with `stored`.

    Args:
        parameters: those of the address that change the page; others do not reach a reader's view.
        unless: with one of those the page is answered anew for everybody, such as the answer to a question.
    """

    parameters: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def query(self, query: str) -> str | None:
        """The one way of writing a query string that gives this page, or None if the page is not stored."""
        if not query:
            return ""
        try:
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=100)
        except ValueError:
            return None
        if any(name in self.unless for name, _ in pairs):
            return None
        # Sorted by name alone: which of several values comes last may matter.
        tidy = urlencode(sorted((pair for pair in pairs if pair[0] in self.parameters), key=lambda pair: pair[0]))
        return tidy if len(tidy) <= LONGEST else None


def stored(*parameters: str, unless: tuple[str, ...] = ()) -> Callable:
    """Decorate a view whose pages may be stored for anonymous readers."""

    def mark(view):
        view.storable = Storable(parameters, unless)
        return view

    return mark


def storable_at(path: str) -> Storable | None:
    """What the view at an address says of its pages."""
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    return getattr(view, "storable", None) or getattr(getattr(view, "view_class", None), "storable", None)
