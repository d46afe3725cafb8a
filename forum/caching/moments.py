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
from forum.health import pending_migrations
from forum.publishing import Publishable

# In the database, which plans so many questions once for a connection and not after every change.
FUNCTION = """
CREATE OR REPLACE FUNCTION forum_next_moment(after timestamptz) RETURNS timestamptz LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan AS $$ BEGIN RETURN LEAST({moments}); END $$
"""
ONE = "(SELECT min({column}) + {later} FROM {table} WHERE {column} > after - {later})"


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


def keep_current(using="default", **_):
    """Receiver of post_migrate: the database knows all moments."""
    if pending_migrations(connection):  # migrated to somewhere in between
        return
    name = connection.ops.quote_name
    moments = [
        ONE.format(
            column=name(one.column),
            table=name(one.model._meta.db_table),
            later=f"interval '{one.later.total_seconds():.0f} seconds'",
        )
        for one in all_moments()
    ]
    with connection.cursor() as cursor:
        cursor.execute(FUNCTION.format(moments=", ".join(moments)))


def next_moment(after: datetime) -> datetime:
    """The first moment after another at which pages may change by themselves; one query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT forum_next_moment(%s)", [after])
        first = cursor.fetchone()[0]
    return min(first, next_day(after)) if first else next_day(after)


def next_day(after: datetime) -> datetime:
    """The coming midnight in Berlin: then today is another day."""
    tomorrow = local_date(after) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=timezone.get_default_timezone())
