"""Counting what many ask for: a row for each thing, a statement for each time, never more rows than are worth it."""

from datetime import date, timedelta

from django.db import connection, models
from django.utils import timezone

COUNT = """
    WITH gone AS (
        DELETE FROM {table} WHERE {name} <> %(text)s AND (last_day < %(oldest)s OR id IN (
            SELECT id FROM {table} ORDER BY ignored DESC, count DESC, last_day DESC, id DESC OFFSET %(others)s
        ))
    )
    INSERT INTO {table} ({name}, count, first_day, last_day, ignored)
    VALUES (%(text)s, 1, %(today)s, %(today)s, false)
    ON CONFLICT ({name}) DO UPDATE
    SET count = LEAST({table}.count + 1, 2000000000), last_day = EXCLUDED.last_day
"""


def count_once(model: type[models.Model], name: str, text: str, most: int, kept: timedelta | None = None):
    """Count a text once more; what is old goes, and the rarest make room when there are too many.

    Args:
        model: with `count`, `first_day`, `last_day` and `ignored`.
        name: of its unique column for the text.
        most: rows that are kept.
        kept: time since a text was last counted; for ever by default.
    """
    today = timezone.localdate()
    values = {"text": text, "today": today, "others": most - 1, "oldest": today - kept if kept else date.min}
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(table=model._meta.db_table, name=name), values)
