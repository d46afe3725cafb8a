"""Filters of the public lists: a value in the address, chosen among what there is."""

from collections.abc import Iterable

from django.http import HttpRequest


class Filter:
    """One filter of a list.

    Args:
        request: its query string holds the value.
        name: parameter in the address.
        label: German name of the filter.
        options: (value, German name) of everything there is to choose; other values never reach the database.
        everything: German words for no choice.
        wanted: the value, where it is not simply what stands in the address.
    """

    def __init__(
        self,
        request: HttpRequest,
        name: str,
        label: str,
        options: Iterable[tuple[str, str]],
        everything: str,
        wanted: str | None = None,
    ):
        self.name, self.label, self.everything = name, label, everything
        self.options = list(options)
        wanted = request.GET.get(name, "") if wanted is None else wanted
        self.chosen = dict(self.options).get(wanted)
        self.value = wanted if self.chosen is not None else ""
        self.error = f"„{wanted[:80]}“ gibt es hier nicht." if wanted and self.chosen is None else ""
        self.without = address_without(request, name, "seite")  # of the link that takes this filter away


def address_without(request: HttpRequest, *names: str) -> str:
    """The address of this page without some of its parameters."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


class Filters(list):
    """The filters of one list, in the order they are shown."""

    def value_of(self, name: str) -> str:
        """The chosen value of a filter, empty when none is chosen."""
        return next(one.value for one in self if one.name == name)

    @property
    def chosen(self) -> list[Filter]:
        return [one for one in self if one.value]
