"""Statements that are planned once for each connection, and what happens when the connection forgets them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.planned import Planned
from tests.threads import at_once


@pytest.fixture
def question():
    return Planned("tests.question", "SELECT $1 || '%', $2 + 1, $1", ["text", "integer"])


@pytest.fixture
def nobody_shares(monkeypatch):
    monkeypatch.setattr(Planned, "pooled", False)


def run(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def prepared():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name ^@ 'tests.question'")
        return [name for (name,) in cursor.fetchall()]


def test_it_is_planned_once_and_asked_with_what_is_given(db, question):
    assert question.ask(run, ["a", 1]) == ("a%", 2, "a")
    with CaptureQueriesContext(connection) as queries:
        assert question.ask(run, ["'; DROP TABLE x --", 2]) == ("'; DROP TABLE x --%", 3, "'; DROP TABLE x --")
    assert [one["sql"].split('"')[0] for one in queries] == ["EXECUTE "]
    assert prepared() == [question.name]


def test_two_of_one_name_do_not_meet(db, question):
    other = Planned("tests.question", "SELECT $1 || '!', $2, $1", ["text", "integer"])
    assert (question.ask(run, ["a", 1])[0], other.ask(run, ["a", 1])[0]) == ("a%", "a!")


def outside(test):
    """Run over a connection that holds no transaction, as a reader's does; nothing is written."""
    errors = at_once(test)
    if errors:
        raise errors[0]


def test_another_connection_is_told_anew(db, question):
    def test():
        question.ask(run, ["a", 1])
        connection.close()
        assert question.ask(run, ["a", 1]) == ("a%", 2, "a")
        assert prepared() == [question.name]

    outside(test)


def test_behind_a_pooler_that_forgets_it_is_asked_as_it_is(db, question, nobody_shares):
    def test():
        question.ask(run, ["a", 1])
        connection.connection.execute("DEALLOCATE ALL")
        assert question.ask(run, ["b%", 1]) == ("b%%", 2, "b%")
        assert Planned.pooled
        assert prepared() == []

    outside(test)


def test_what_somebody_else_has_prepared_is_not_asked(db, question, nobody_shares):
    def test():
        connection.ensure_connection()
        connection.connection.execute(f'PREPARE "{question.name}" AS SELECT 1')
        assert question.ask(run, ["a", 1]) == ("a%", 2, "a")

    outside(test)


def test_a_column_that_a_migration_changes_breaks_nothing(db, nobody_shares):
    def test():
        connection.ensure_connection()
        connection.connection.execute("CREATE TEMP TABLE changing (n integer)")
        connection.connection.execute("INSERT INTO changing VALUES (7)")
        question = Planned("tests.question", "SELECT n FROM changing", [])
        assert question.ask(run, []) == (7,)
        connection.connection.execute("ALTER TABLE changing ALTER n TYPE text")
        assert question.ask(run, []) == ("7",)
        assert not Planned.pooled

    outside(test)


def test_a_mistake_is_still_one(db):
    from django.db import ProgrammingError, transaction

    with pytest.raises(ProgrammingError, match="missing"), transaction.atomic():
        Planned("tests.question", "SELECT missing", []).ask(run, [])
