"""Which views have pages that may be stored: only those that say so, and with which parameters of the address.

Nobody shall be able to invent addresses of pages that are stored: a value has one way of writing, and a view answers
what it does not know with an error or `not_stored`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.http import HttpResponse
from django.urls import Resolver404, resolve

LONGEST = 400  # characters of a query that is kept
MOST = 3  # values of one parameter: of thirty topics there are 4,500 such choices, of any number 2³⁰
NUMBER, YEAR = re.compile("[1-9][0-9]{0,5}"), re.compile("(19|20)[0-9]{2}")  # Python also reads +1, 01 and 1_0
PLAIN = {"seite": NUMBER, "anzahl": NUMBER, "jahr": YEAR}


@dataclass(frozen=True)
class Storable:
    """Put it into the class of a view as `storable`, or decorate a function with `stored`.

    Args:
        parameters: those of the address that change the page; others do not reach a reader's view.
        unless: with one of those the page is answered anew for everybody, such as the answer to a question.
        several: parameters that may stand there several times, in any order.
        strict: whether the view itself answers what is not among the parameters.
    """

    parameters: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    strict: bool = False

    def query(self, query: str) -> str | None:
        """The one way of writing a query string that gives this page, or None if the page is not stored."""
        if not query:
            return ""
        try:
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=100)
        except ValueError:
            return None
        known = set()
        for name, value in pairs:
            if name in self.unless or (self.strict and name not in self.parameters):
                return None
            if name in PLAIN and name in self.parameters and not PLAIN[name].fullmatch(value):
                return None
            if value and name in self.parameters:
                known.add((name, value))
        names = [name for name, _ in known]
        if any(names.count(name) > (MOST if name in self.several else 1) for name in names):
            return None
        tidy = urlencode(sorted(known))
        return tidy if len(tidy) <= LONGEST else None


def stored(
    *parameters: str, unless: tuple[str, ...] = (), several: tuple[str, ...] = (), strict: bool = False
) -> Callable:
    """Decorate a view whose pages may be stored for anonymous readers."""

    def mark(view):
        view.storable = Storable(parameters, unless, several, strict)
        return view

    return mark


def not_stored(response: HttpResponse) -> HttpResponse:
    """An answer to an address that anybody may have invented: nobody keeps it."""
    response["Cache-Control"] = "no-store"
    return response


def storable_at(path: str) -> Storable | None:
    """What the view at an address says of its pages."""
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    return getattr(view, "storable", None) or getattr(getattr(view, "view_class", None), "storable", None)
