"""How the index stays current: triggers of the database, made from what the apps have registered.

Whatever writes a row (a form, a bulk action, `update()`, SQL by hand) changes the index in the same transaction, with
the same statement. The triggers are made anew after `migrate` when they would differ; the index is then built anew.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import connection, transaction

from forum.health import pending_migrations
from forum.searching.newest import FUNCTIONS as FINDING
from forum.searching.newest import NO_STATISTICS
from forum.searching.own import files
from forum.searching.sources import FUNCTIONS, SOURCES, Source, Watch
from forum.searching.words import AS_WRITTEN, IN_ASCII

COLUMNS = "kind, object_id, reference, title, language, note, text, title_key, vector, visible, date, topics, period"

MOMENTS = """
CREATE OR REPLACE FUNCTION forum_search_moments(first timestamptz, last timestamptz) RETURNS tstzmultirange
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN first IS NULL THEN '{}'::tstzmultirange ELSE tstzmultirange(tstzrange(first, last)) END
$$
"""
PLAIN = r"""
CREATE OR REPLACE FUNCTION forum_search_plain(html text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT trim(regexp_replace(replace(replace(replace(replace(replace(
        regexp_replace(html, '<[^>]*>', ' ', 'g'),
        '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&'), '\s+', ' ', 'g'))
$$
"""
VECTOR = """
CREATE OR REPLACE FUNCTION forum_search_vector(words text, weight "char") RETURNS tsvector LANGUAGE sql STABLE AS $$
    SELECT setweight(to_tsvector('german', forum_search_fold(words)), weight)
$$
"""
# The thing is locked first: who changes it at the same time waits, then sees all.
PUT = f"""
CREATE OR REPLACE FUNCTION forum_search_put_{{kind}}(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE put bigint[];
BEGIN
    PERFORM 1 FROM {{table}} WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    WITH said AS MATERIALIZED ({{select}}),
    written AS (
        INSERT INTO forum_searchentry ({COLUMNS})
        SELECT '{{kind}}', object_id, reference, title, language, note,
            concat_ws(' · ', nullif(trim(lead), ''), nullif(trim(body), ''), nullif(weak, '')),
            ' ' || forum_search_fold(title),
            forum_search_vector(title, 'A') || forum_search_vector(concat_ws(' ', lead, also), 'B')
                || forum_search_vector(body, 'C') || forum_search_vector(concat_ws(' ', weak, aside), 'D'),
            visible, date, topics, forum_find_period('{{kind}}', '{{unit}}', date AT TIME ZONE 'Europe/Berlin')
        FROM said
        ON CONFLICT (kind, object_id) DO UPDATE SET (reference, title, language, note, text, title_key, vector, visible,
            date, topics, period) = (excluded.reference, excluded.title, excluded.language, excluded.note,
            excluded.text, excluded.title_key, excluded.vector, excluded.visible, excluded.date, excluded.topics,
            excluded.period)
        RETURNING object_id, vector
    ),
    words AS (
        INSERT INTO forum_searchword (lexeme)
        SELECT lexeme FROM (
            SELECT DISTINCT lexeme FROM written, unnest(tsvector_to_array(vector)) one(lexeme)
        ) one
        WHERE length(lexeme) BETWEEN 3 AND 60 AND lexeme ~ '[^0-9]'
            AND NOT EXISTS (SELECT 1 FROM forum_searchword known WHERE known.lexeme = one.lexeme)
        ORDER BY lexeme
        ON CONFLICT DO NOTHING
    )
    SELECT coalesce(array_agg(object_id), '{{{{}}}}') INTO put FROM written;
    DELETE FROM forum_searchentry WHERE kind = '{{kind}}' AND object_id = ANY(ids) AND object_id <> ALL(put);
END $$
"""  # noqa: S608 - own SQL
TRIGGER = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    IF current_setting('forum.search_paused', true) = 'on' THEN RETURN NULL; END IF;
    SELECT array_agg(DISTINCT key) INTO ids FROM ({keys}) one(key) WHERE key IS NOT NULL;
    IF ids IS NOT NULL THEN PERFORM forum_search_put_{kind}(ids); END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table} REFERENCING {tables}
    FOR EACH STATEMENT EXECUTE FUNCTION {name}()
"""
BATCH = 2_000  # things written with one statement
EMPTY = "TRUNCATE forum_searchentry, forum_searchword"
NEW, OLD = "NEW TABLE AS now_", "OLD TABLE AS before_"


def all_sources() -> list[Source]:
    return [*SOURCES.values(), files()]


def fold_function() -> str:
    """The rules of `forum.searching.words.fold` for the database."""
    folded = "CASE WHEN text_ ~ '[\u0300-\u036f]' THEN normalize(text_, NFC) ELSE text_ END"
    for pattern, replacement in AS_WRITTEN:
        folded = f"regexp_replace({folded}, '{pattern}', '{replacement}', 'g')"
    folded = f"unaccent(lower({folded} COLLATE pg_c_utf8))"
    for pattern, replacement in IN_ASCII:
        folded = f"regexp_replace({folded}, '{pattern}', '{replacement}', 'g')"
    folded = f"trim(regexp_replace({folded} COLLATE pg_c_utf8, '[^[:alnum:]]+', ' ', 'g'))"
    return (
        "CREATE OR REPLACE FUNCTION forum_search_fold(text_ text) RETURNS text LANGUAGE plpgsql STABLE AS $$\n"
        f"BEGIN RETURN {folded}; END $$"
    )


def triggers_of(source: Source, watch: Watch, number: int) -> Iterator[str]:
    """Three for each table: PostgreSQL shows the rows of one kind of change only."""
    same = " IS NOT DISTINCT FROM ".join(f"ROW({', '.join(f'{one}.{name}' for name in watch.columns)})" for one in "nb")
    changed = " UNION ALL ".join(
        f"SELECT {one}.* FROM now_ n JOIN before_ b USING (id) WHERE NOT ({same})"  # noqa: S608 - own SQL
        for one in "nb"
    )
    for event, tables, rows in (
        ("INSERT", NEW, "now_"),
        ("DELETE", OLD, "before_"),
        ("UPDATE", f"{OLD} {NEW}", f"({changed})"),
    ):
        yield TRIGGER.format(
            name=f"forum_search_{source.kind}_{number}_{event.lower()}",
            kind=source.kind,
            keys=watch.ids.format(rows=rows),
            event=event,
            table=watch.table,
            tables=tables,
        )


def statements() -> list[str]:
    """All functions and triggers, in the order they are made."""
    made = [fold_function(), MOMENTS, PLAIN, VECTOR, *FINDING, *FUNCTIONS]
    for source in all_sources():
        made.append(PUT.format(kind=source.kind, unit=source.many, table=source.table, select=source.select))
        for number, watch in enumerate(source.watches):
            made += triggers_of(source, watch, number)
    return made


def keep_current(using="default", **_):
    """Receiver of post_migrate: make the triggers anew and build the index if they are not the ones there are."""
    made = statements()
    wanted = hashlib.sha256("\n".join(made).encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regproc('forum_search_vector')::oid)")
        if cursor.fetchone()[0] == wanted or pending_migrations(connection):  # migrated to somewhere in between
            return
        with transaction.atomic():
            drop(cursor)
            drop(cursor, "find")
            for one in made:
                cursor.execute(one)
            cursor.execute(f"COMMENT ON FUNCTION forum_search_vector IS '{wanted}'")
            rebuild()


def stand_back(using="default", **_):
    """Receiver of pre_migrate: triggers do not know the tables of tomorrow; what is written meanwhile is read after."""
    if pending_migrations(connection):
        with connection.cursor() as cursor:
            drop(cursor)


def drop(cursor, family="search"):
    """Drop functions: those that write (`search`), with their triggers, or those that readers ask (`find`)."""
    cursor.execute(
        "SELECT format('DROP FUNCTION %%s CASCADE', oid::regprocedure) FROM pg_proc"
        " WHERE proname ^@ %s AND pronamespace = current_schema()::regnamespace",
        [f"forum_{family}_"],
    )
    for (one,) in cursor.fetchall():
        cursor.execute(one)


def pause():
    """Leave the index as it is until the transaction ends, which must call `rebuild` before: for very many rows."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL forum.search_paused = 'on'")


def rebuild(alone=False) -> int:
    """Write the whole index and its words anew; readers find what was there until the transaction ends.

    Args:
        alone: nobody else is there, so readers may wait; many times quicker with very many rows.

    Returns:
        The number of entries.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        with without_indexes(cursor) if alone else nullcontext():
            cursor.execute(EMPTY if alone else "DELETE FROM forum_searchentry; DELETE FROM forum_searchword")
            for source in all_sources():
                parts = f"SELECT array_agg(id) AS ids FROM {source.table} GROUP BY id / {BATCH}"  # noqa: S608 - own names
                cursor.execute(f"SELECT forum_search_put_{source.kind}(ids) FROM ({parts}) part")  # noqa: S608
        cursor.execute("SELECT count(*) FROM forum_searchentry")
        return cursor.fetchone()[0]


@contextmanager
def without_indexes(cursor):
    """Drop the indexes that are slow to keep, and make them anew at the end at once."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
        " AND tablename IN ('forum_searchentry', 'forum_searchword') AND indexdef LIKE '% USING gin %'"
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    for _, definition in indexes:
        cursor.execute(definition)
    cursor.execute(NO_STATISTICS)
