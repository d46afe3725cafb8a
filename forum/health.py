"""Whether the database has seen all migrations of this version of the code."""

from functools import cache

from django.db import ProgrammingError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


def pending_migrations(connection) -> list:
    """Migrations this version of the code needs and the database has not seen; about 20 ms of CPU."""
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def is_migrated(connection) -> bool:
    """The same as a question for processes that serve: one query, as their code does not change while they run."""
    with connection.cursor() as cursor:
        try:
            cursor.execute("SELECT app, name FROM django_migrations")
        except ProgrammingError:  # before the first `migrate`
            return False
        return needed() <= set(cursor.fetchall())


@cache
def needed() -> frozenset[tuple[str, str]]:
    """(app, name) of all migrations."""
    return frozenset(MigrationLoader(None).graph.nodes)
