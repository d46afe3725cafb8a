"""Which articles are meant by `thema`, `art` and `jahr` in an address."""

from django.db.models import Q
from django.http import QueryDict

from forum.choices import Choice, UnknownChoice, choose_topics, things_of, values_of
from forum.filters import quoted
from news.models import ArticleTopic, ArticleType


def chosen_articles(query: QueryDict) -> Choice:
    """Raises: UnknownChoice."""
    choice = Choice()
    choose_topics(choice, query, ArticleTopic)
    if slugs := values_of(query, "art"):
        types = things_of("Die Art", slugs, ArticleType.objects.all())
        choice.narrow("art", Q(type__in=types), [one.slug for one in types], [one.name for one in types])
    if years := values_of(query, "jahr"):
        condition = Q()
        for year in map(year_of, years):
            condition |= Q(published_at__year=year)
        choice.narrow("jahr", condition, years, years)
    return choice


def year_of(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) == 4 and int(value)):
        raise UnknownChoice(f"Das Jahr „{quoted(value)}“ gibt es hier nicht.")
    return int(value)
