"""Upgrades without an outage: a migration runs while the version before it still answers, so it only adds.

What may not stand in one: dropping or renaming tables and columns, NOT NULL without a default of the database, another
type, a unique constraint on an existing table. It is done in two steps, in two versions: first the code stops using a
column, then a later version drops it. A column that is NOT NULL gets `db_default`, which the old version needs too.
"""

from importlib import import_module

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django_migration_linter.migration_linter import MigrationLinter
from django_migration_linter.sql_analyser import analyse_sql_statements
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

ROOMS = ("contacts", "events", "forum", "news")
FIRST_JUDGED = {"contacts": 5, "events": 8, "forum": 14, "news": 9}  # what was there before was never upgraded to
ACCEPTED = {  # (app, name) → (codes of the linter, why the old version may go on meanwhile)
    ("forum", "0016_content_version"): (("NOT_NULL", "DROP_TABLE"), "a new table; the old version does not know it"),
    ("forum", "0019_limits"): (("NOT_NULL", "DROP_TABLE"), "a new table; the old version does not know it"),
}


def judged() -> list[tuple[str, str]]:
    loader = MigrationLoader(None)
    return sorted(
        (app, name) for app, name in loader.disk_migrations if app in ROOMS and int(name[:4]) >= FIRST_JUDGED[app]
    )


def codes(sql: list[str]) -> set[str]:
    errors, _, _ = analyse_sql_statements(PostgresqlAnalyser, sql, [])
    return {one.code for one in errors}


def sql_of(*operations) -> list[str]:
    """What operations would do to the tables of today."""
    migration = migrations.Migration("next", "forum")
    migration.operations = list(operations)
    loader = MigrationLoader(connection)
    state = loader.project_state()
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(state, editor, collect_sql=True)
    return [one for one in editor.collected_sql if not one.startswith("--")]


@pytest.mark.parametrize(("app", "name"), judged() or [("forum", "0013_search")])
def test_the_version_before_can_go_on(app, name):
    linter = MigrationLinter(None, no_output=True, no_cache=True)
    sql = linter.get_sql(app, name)
    accepted, _ = ACCEPTED.get((app, name), ((), ""))
    assert codes(sql) - set(accepted) == set()
    migration = import_module(f"{app}.migrations.{name}").Migration(name, app)
    errors, _, _ = linter.analyse_data_migration(migration)
    assert {one.code for one in errors} - {"RUNPYTHON_REVERSIBLE", *accepted} == set()


DANGEROUS = {
    "DROP_COLUMN": [migrations.RemoveField("page", "lead")],
    "DROP_TABLE": [migrations.DeleteModel("Synonym")],
    "RENAME_COLUMN": [migrations.RenameField("page", "lead", "teaser")],
    "RENAME_TABLE": [migrations.RenameModel("Synonym", "SameWord")],
    "NOT_NULL": [migrations.AddField("page", "mood", models.CharField(max_length=9, default="gut"))],
    "ALTER_COLUMN": [migrations.AlterField("page", "lead", models.IntegerField())],
    "ADD_UNIQUE": [migrations.AddConstraint("page", models.UniqueConstraint(fields=["title"], name="once"))],
}


@pytest.mark.parametrize("code", DANGEROUS)
def test_what_would_break_the_version_before_is_noticed(code):
    assert code in codes(sql_of(*DANGEROUS[code]))


def test_what_only_adds_is_fine():
    assert (
        codes(
            sql_of(
                migrations.AddField("page", "mood", models.CharField(max_length=9, default="", db_default="")),
                migrations.AddField("page", "seen_at", models.DateTimeField(null=True)),
                migrations.CreateModel(
                    "Visit", [("id", models.BigAutoField(primary_key=True)), ("at", models.DateTimeField())]
                ),
            )
        )
        == set()
    )


def test_accepted_ones_exist():
    assert ACCEPTED.keys() <= set(judged())
