"""Find things as people remember them: parts of names in any order, ae for ä, with a slip of the finger."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import reduce
from operator import and_

from django.contrib.postgres.lookups import Unaccent
from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import models
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Lower, Replace

MOST_HITS = 20
MOST_WORDS = 8
MOST_LETTERS = 100  # of what is typed
ALIKE = 0.3  # mean likeness of the words typed (pg_trgm, 0 to 1) from which a name is offered for a misspelt one
SAME_NAME = 0.6  # likeness from which two names may mean the same; first names may be initials


def as_text(text: str) -> Value:
    return Value(text, output_field=models.TextField())


def folded(expression):
    """What two spellings of a name have in common: case, accents, ä and ae, ß and ss do not count."""
    text = Lower(Unaccent(expression))
    for two, one in (("ae", "a"), ("oe", "o"), ("ue", "u")):
        text = Replace(text, as_text(two), as_text(one))
    return text


def folded_fields(names: Sequence[str]):
    """The folded text of some fields, which may lead across relations, separated by spaces."""
    parts = [Coalesce(Cast(name, models.TextField()), as_text("")) for name in names]
    return folded(reduce(lambda first, second: Concat(first, as_text(" "), second), parts))


def plain(typed: str) -> str:
    """What was typed in one line, whatever it was."""
    letters = "".join(letter if letter.isprintable() else " " for letter in typed[:MOST_LETTERS])
    return " ".join(letters.split())


def words_in(typed: str) -> list[str]:
    """What was typed as words to look for."""
    return plain(typed).replace(",", " ").split()[:MOST_WORDS]


def contains_all(field: str, words: Iterable[str]) -> Q:
    return reduce(and_, (Q(**{f"{field}__contains": folded(as_text(word))}) for word in words))


def matching(things: QuerySet, words: list[str], name: Sequence[str], text: Sequence[str], also: set[int]) -> QuerySet:
    """Keep what contains every word, those with the words in their name first.

    Args:
        name: fields that make up the name of a thing.
        text: all fields that are looked into.
        also: keys of things that are kept for another reason.
    """
    typed = folded(as_text(" ".join(words)))
    rank = Case(
        When(finder_name=typed, then=0),
        When(finder_name__startswith=typed, then=1),
        When(contains_all("finder_name", words), then=2),
        default=3,
        output_field=models.IntegerField(),
    )
    found = things.annotate(finder_name=folded_fields(name), finder_text=folded_fields(text))
    found = found.filter(contains_all("finder_text", words) | Q(pk__in=also))
    return found.order_by(rank, *things.model._meta.ordering)


def sounding_like(things: QuerySet, words: list[str], name: Sequence[str]) -> QuerySet:
    """Keep things whose name is nearly what was typed, the nearest first."""
    each = [TrigramWordSimilarity(folded(as_text(word)), "finder_name") for word in words]
    likeness = reduce(lambda first, second: first + second, each) / len(words)
    found = things.annotate(finder_name=folded_fields(name)).annotate(finder_likeness=likeness)
    return found.filter(finder_likeness__gte=ALIKE).order_by("-finder_likeness", "pk")


def named_like(things: QuerySet, title: str, name: Sequence[str]) -> QuerySet:
    """Keep things that may be meant by a name: words swapped, an initial, another spelling; the nearest first."""
    likeness = TrigramSimilarity("finder_name", folded(as_text(title)))
    found = things.annotate(finder_name=folded_fields(name)).annotate(finder_likeness=likeness)
    return found.filter(finder_likeness__gte=SAME_NAME).order_by("-finder_likeness", "pk")


def path_to_owner(model: type[models.Model], without: models.Field | None = None) -> str | None:
    """Lead from a row of a through model to the thing staff edit (it knows when it changed): `item__event__`, or ``."""
    fields = {field.name: field for field in model._meta.fields}
    if "changed_at" in fields:
        return ""
    for field in fields.values():
        if field.many_to_one and not field.null and field is not without:
            rest = path_to_owner(field.related_model, field)
            if rest is not None:
                return f"{field.name}__{rest}"
    return None


def uses(model: type[models.Model]) -> list[tuple[type[models.Model], str, str]]:
    """Where things of a model are used: (model that refers to it, name of the field, path to the owner)."""
    found = []
    for relation in model._meta.related_objects:
        if relation.one_to_many and relation.related_model is not model:
            path = path_to_owner(relation.related_model, relation.field)
            if path is not None:
                found.append((relation.related_model, relation.field.name, path))
    return found


def recently_used(model: type[models.Model], limit: int = MOST_HITS) -> list:
    """Keys of what was used, or made, last; the latest first. One query for each relation to the model."""
    moments: dict[object, datetime] = {}
    newest = [name for name in ("changed_at", "created_at") if hasattr(model, name)][:1]
    sources = [(rows, field, f"{path}changed_at") for rows, field, path in uses(model)]
    sources += [(model, "pk", name) for name in newest]
    for rows, field, moment in sources:
        latest = rows._base_manager.exclude(**{field: None}).order_by(f"-{moment}" if field == "pk" else "-pk")
        for key, at in latest.values_list(field, moment)[: 2 * limit]:
            moments[key] = max(at, moments.get(key, at))
    return sorted(moments, key=moments.get, reverse=True)[:limit]
