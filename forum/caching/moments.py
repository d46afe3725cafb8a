"""When time alone changes what readers see: somebody's article appears, an event ends, a day begins.

A stored page is right until the next of these moments. Whatever is publishable is known here; other columns that decide
something when their moment comes are registered by the app that owns them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from forum.dates import local_date
from forum.publishing import Publishable


@dataclass(frozen=True)
class Moment:
    """A column whose moments change pages, each `later` than what stands there."""

    model: type[models.Model]
    column: str
    later: timedelta = timedelta()


_registered: list[Moment] = []


def register_moments(model: type[models.Model], *columns: str, later: timedelta = timedelta()):
    """Say that pages change when the moment in a column comes, or some time after it."""
    _registered.extend(Moment(model, column, later) for column in columns)


def all_moments() -> list[Moment]:
    publishable = [model for model in apps.get_models() if issubclass(model, Publishable)]
    return [Moment(model, column) for model in publishable for column in ("published_at", "expires_at")] + _registered


def next_moment(after: datetime) -> datetime:
    """The first moment after another at which pages may change by themselves; one query."""
    asked, values = [], []
    for moment in all_moments():
        column, table = (connection.ops.quote_name(name) for name in (moment.column, moment.model._meta.db_table))
        asked.append(f"(SELECT min({column}) + %s FROM {table} WHERE {column} > %s)")  # noqa: S608 - own names
        values += [moment.later, after - moment.later]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT LEAST({', '.join(asked)})", values)
        first = cursor.fetchone()[0]
    return min(first, next_day(after)) if first else next_day(after)


def next_day(after: datetime) -> datetime:
    """The coming midnight in Berlin: then today is another day."""
    tomorrow = local_date(after) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=timezone.get_default_timezone())
