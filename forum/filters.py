"""Filters of the public lists: words that are links, each with the number of results it leads to.

What is chosen stands in the address only. A count answers: how many, if this were chosen beside all other filters?
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.generic import ListView

from forum.caching.marks import not_stored
from forum.remembered import NotComparable

AT_ONCE = 10  # options of one filter that are shown without unfolding
LONGEST_QUOTE = 80


class Filter:
    """One filter of a list.

    Args:
        request: its query string holds the value.
        name: parameter in the address.
        label: German name of the filter.
        everything: German words for no choice.
        names: value → German name, in the order shown; other values never reach the database. With a name for the
            empty value one option is always chosen, and there is no word for everything.
        article: German article of the label in the accusative.
        wanted: the value, where it is not simply what stands in the address.
    """

    most_first = False  # whether the options with the most results are the ones shown at once
    moved: HttpResponse | None = None  # the redirect to today's address, where a former value was given

    def __init__(
        self,
        request: HttpRequest,
        name: str,
        label: str,
        everything: str,
        names: dict[str, str],
        article: str = "Das",
        wanted: str | None = None,
    ):
        self.name, self.label, self.everything, self.names = name, label, everything, names
        self.always_one = "" in names
        self.counts = Counter()
        wanted = request.GET.get(name, "") if wanted is None else wanted
        self.value = wanted if wanted in names else ""
        self.error = ""
        if wanted not in ("", *names):
            self.error = f"{article} {label} „{quoted(wanted)}“ gibt es hier nicht. Gezeigt werden {everything}."

    @property
    def chosen(self) -> str:
        """The German name of what is chosen."""
        return self.names[self.value]

    @property
    def plural(self) -> str:
        return self.everything.rpartition(" ")[2]

    def accepts(self, value: str) -> bool:
        return value == self.value or not (self.value or self.always_one)


def quoted(text: str) -> str:
    """A stranger's text for a message: short, without what cannot be seen."""
    seen = "".join(character if character.isprintable() else "\ufffd" for character in text[:LONGEST_QUOTE])
    return seen if len(text) <= LONGEST_QUOTE else seen + "…"


def count_together(cells: Iterable[tuple], *filters: Filter) -> int:
    """Count for several filters with one answer of the database.

    Args:
        cells: (value of the first filter, of the second …, number of results that have them all).
        filters: their counts are set.

    Returns:
        The number of results that all of them accept.
    """
    total = 0
    for *values, count in cells:
        refused = [one for one, value in zip(filters, values, strict=True) if not one.accepts(value)]
        if not refused:
            total += count
        for one, value in zip(filters, values, strict=True):
            if refused in ([], [one]):
                one.counts[value] += count
    return total


@dataclass
class Word:
    """One option as it is shown; the count is missing where all results are meant."""

    name: str
    address: str
    chosen: bool
    count: int | None = None

    @property
    def shown_count(self) -> str:
        """As `floatformat:"0g"`, at a tenth of its cost: a page of hits has sixty of them."""
        return f"{self.count:,}".replace(",", ".")


@dataclass
class Group:
    """One filter as it is shown: the words seen at once and, in a second list, the rest."""

    filter: Filter
    lists: list[list[Word]]


class Filters(list):
    """The filters of one list, in the order they are shown.

    Args:
        request: other parameters of its address stay, but for the page of the list.
        filters: with their counts.
        total: number of results.
    """

    more = False  # whether there may be more results than were counted

    def __init__(self, request: HttpRequest, filters: Iterable[Filter], total: int):
        super().__init__(filters)
        self.path, self.total = request.path, total
        own = {"seite", *(one.name for one in self)}
        self.others = [
            (name, value)
            for name, values in sorted(request.GET.lists())
            for value in values
            if value and name not in own
        ]

    def facts(self) -> list:
        """All that its words follow from, for forum.remembered; what strangers hang on an address is not kept."""
        if self.others:
            raise NotComparable(self.others)
        own = [(one.name, one.label, one.everything, one.value, one.error) for one in self]
        options = [(value, name, one.counts[value]) for one in self for value, name in one.names.items()]
        return [self.path, self.total, self.more, own, options]

    @property
    def chosen(self) -> list[Filter]:
        return [one for one in self if one.value]

    @property
    def query(self) -> dict[str, str]:
        """What is chosen as parameters, for feeds and calendars of exactly that."""
        return {one.name: one.value for one in self.chosen if not one.always_one}

    @property
    def moved(self) -> HttpResponse | None:
        """What to answer instead of the list, when a former value was given."""
        return next((one.moved for one in self if one.moved), None)

    @property
    def errors(self) -> list[str]:
        return [one.error for one in self if one.error]

    @property
    def lead_nowhere(self) -> bool:
        """Whether the address names what is unknown, or chooses what nothing has: of such there is no end."""
        return bool(self.errors or (self.chosen and not self.total))

    @property
    def selection(self) -> str:
        """What is chosen, for the title: `Wirkung, Meldungen, 2023`; not which one of what is always chosen."""
        return ", ".join(one.chosen for one in self.chosen if not one.always_one)

    @property
    def selection_in_sentence(self) -> str:
        """What is chosen, behind the number of results: ` zu „Wirkung“, Meldungen, 2023` or `: Meldungen`."""
        words = [
            f"zu „{one.chosen}“" if one.name == "thema" else one.chosen for one in self.chosen if not one.always_one
        ]
        if not words:
            return ""
        return (" " if words[0].startswith("zu „") else ": ") + ", ".join(words)

    @cached_property
    def groups(self) -> list[Group]:
        """The filters that leave something to choose."""
        return [Group(one, self.lists_of(one)) for one in self if one.value or any(map(one.counts.get, one.names))]

    @property
    def labels(self) -> str:
        """`Thema, Art und Jahr`."""
        *first, last = [group.filter.label for group in self.groups]
        return f"{', '.join(first)} und {last}" if first else last

    def lists_of(self, one: Filter) -> list[list[Word]]:
        values = [value for value in one.names if one.counts[value] or value == one.value]
        first = sorted(values, key=lambda value: (value != one.value, -one.counts[value] * one.most_first))[:AT_ONCE]
        if len(values) <= AT_ONCE + 1:  # „weitere 1“ is no German
            first = values
        rest = [value for value in values if value not in first]
        everything = [] if one.always_one else [Word(one.everything, self.without(one), not one.value)]
        lists = [everything + [self.word(one, value) for value in values if value in first]]
        return [*lists, [self.word(one, value) for value in rest]] if rest else lists

    def word(self, one: Filter, value: str) -> Word:
        chosen = value == one.value
        address = self.without(one) if chosen else self.address({one.name: value})
        return Word(one.names[value], address, chosen, one.counts[value])

    @property
    def removable(self) -> list[tuple[Filter, str]]:
        """What is chosen, each with the address of the list without it."""
        return [(one, self.without(one)) for one in self.chosen]

    def without(self, one: Filter) -> str:
        return self.address({one.name: ""})

    @property
    def without_all(self) -> str:
        return self.address({one.name: "" for one in self})

    @property
    def own_address(self) -> str:
        """The address of what is chosen, without parameters that are none of our filters."""
        return self.address({}, others=())

    def address(self, changes: dict[str, str], others: Iterable[tuple[str, str]] | None = None) -> str:
        """The address of the first page with some filters changed.

        One selection has one address: its parameters keep their order, what is always chosen behind the others.

        Args:
            changes: parameter → value, empty for none.
            others: parameters that follow, those of the request by default.
        """
        ordered = sorted(self, key=lambda one: one.always_one)
        values = [(one.name, changes.get(one.name, one.value)) for one in ordered]
        others = self.others if others is None else others
        query = urlencode([*((name, value) for name, value in values if value), *others])
        return f"{self.path}?{query}" if query else self.path


class FilteredList(ListView):
    """A list in pages of twenty; `get_queryset` of the view sets its `filters`."""

    paginate_by = 20
    page_kwarg = "seite"

    def get(self, request, *args, **kwargs):
        answer = super().get(request, *args, **kwargs)
        if self.filters.lead_nowhere:
            not_stored(answer)
        return self.filters.moved or answer

    def get_paginator(self, *args, **kwargs):
        paginator = super().get_paginator(*args, **kwargs)
        paginator.count = self.filters.total  # counted already
        return paginator

    def get_context_data(self, **kwargs):
        return super().get_context_data(filters=self.filters, **kwargs)
