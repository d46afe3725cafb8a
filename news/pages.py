"""The articles of one page of the list, however deep: no rows are counted or skipped that need not be."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.utils import timezone

from forum.prepared import Prepared
from news.counting import Counts
from news.models import Article, ArticleQuerySet


@cache
def question(pinned_too: bool, from_end: bool, topic: bool, kind: bool, year: bool) -> Prepared:
    """Twenty articles from some place on; the last three arguments say what is chosen.

    The keys are found first, so that what a row shows is not looked up for rows that are skipped.

    Args:
        from_end: whether the rows are counted from the first day of a year on, and followed by those of older years.
    """

    def make(offset, until, take=0, more=0, since=None, **chosen) -> ArticleQuerySet:
        articles = Article.objects.published().filter(published_at__lte=until)
        if not pinned_too:
            articles = articles.filter(pinned=False)
        if topic:
            articles = articles.filter(topics=chosen["topic"])
        if kind:
            articles = articles.filter(type=chosen["kind"])
        if from_end:
            own = articles.filter(published_at__gte=since).order_by("published_at", "pk")
            older = articles.filter(published_at__lt=since).newest_first()
            keys = own.values("pk")[offset : offset + take].union(older.values("pk")[0:more], all=True)
            return Article.objects.filter(pk__in=keys).pinned_first().for_rows()
        if year:
            articles = articles.filter(published_at__gte=since)
        ordered = articles.pinned_first() if pinned_too else articles.newest_first()
        keys = ordered.values("pk")[offset : offset + Pages.LENGTH]
        return Article.objects.filter(pk__in=keys).pinned_first().for_rows()

    values = {"offset": int, "until": datetime}
    values |= {"topic": int} if topic else {}
    values |= {"kind": int} if kind else {}
    values |= {"take": int, "more": int} if from_end else {}
    values |= {"since": datetime} if year or from_end else {}
    return Prepared(make, **values)


@dataclass
class Pages:
    """What a paginator cuts into pages.

    Args:
        counts: with the chosen topic.
        topic, kind: slugs of what is chosen.
        year: what is chosen, 0 for all.
    """

    counts: Counts
    topic: str
    kind: str
    year: int

    LENGTH = 20

    def __getitem__(self, part: slice) -> list[Article]:
        pinned, by_year = self.numbers()
        offset, until, pinned_too = part.start, max(by_year, default=0), part.start < pinned
        values = self.chosen()
        if not pinned_too:
            offset -= pinned
            for until in sorted(by_year, reverse=True):
                if offset < by_year[until]:
                    break
                offset -= by_year[until]  # a year is skipped by its number, not row by row
        values |= {"offset": offset, "until": end_of(until or 1)}
        from_end = not pinned_too and 2 * offset > by_year.get(until, 0)
        if from_end:
            values |= self.counted_from_end(by_year[until] - offset) | {"since": start_of(until)}
        found = question(pinned_too, from_end, bool(self.topic), bool(self.kind), bool(self.year))(**values)
        return found[: part.stop - part.start]

    def chosen(self) -> dict:
        values = {"since": start_of(self.year)} if self.year else {}
        if self.topic:
            values["topic"] = self.counts.topics[self.topic][0]
        if self.kind:
            values["kind"] = self.counts.types[self.kind][0]
        return values

    def counted_from_end(self, left: int) -> dict[str, int]:
        """Where a page lies that begins with the last `left` articles of a year."""
        take = min(left, self.LENGTH)
        return {"offset": left - take, "take": take, "more": 0 if self.year else self.LENGTH - take}

    def numbers(self) -> tuple[int, dict[int, int]]:
        """(how many of the chosen ones are pinned, year → how many of the others)."""
        pinned, by_year = 0, {}
        for (kind, year, is_pinned), number in self.counts.cells.items():
            if number and (not self.kind or kind == self.kind) and (not self.year or year == self.year):
                if is_pinned:
                    pinned += number
                    by_year.setdefault(year, 0)
                else:
                    by_year[year] = by_year.get(year, 0) + number
        return pinned, by_year


def start_of(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=timezone.get_default_timezone())


def end_of(year: int) -> datetime:
    return datetime(year, 12, 31, 23, 59, 59, 999_999, tzinfo=timezone.get_default_timezone())
