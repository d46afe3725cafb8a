"""The two questions of a search: what words may stand for, then what is found, ranked and counted.

Both are functions of the database, so that it reads and plans the long statements once for a connection, not for every
search. Nothing counts, corrects or is found that is not public at the moment of the search.
"""

from forum.replica import reading
from forum.searching.entries import SearchEntry
from forum.searching.own import all_sources

COUNTED = 300  # newest of each kind that are counted and offered by filters; with as many the search stops
RANKED = 100  # newest of one kind that are ranked; more is nobody's reading
RANKED_AT_ONCE = 50  # of each kind, where the best few of all kinds are shown
COMPARED = 40  # best of them whose whole title is compared with the question
MOST_COMPOUNDS = 40
MOST_SHORT_COMPOUNDS = 12  # of Amt, Rat, Tag
# Ends of words that mean nothing of what is asked: gesamt is no Amt, Vielfalt not alt, Antwort no Ort.
BY_CHANCE = (
    "gesamt|alt|[fpw]ort|[stw]art|[kt]or|armut|kreis|(appa|lite|refe|hei|vor|ver)rat"
    "|(mon|diens|donners|frei|sams|sonn|all|ver)tag"
)
MOST_ENDINGS = 150  # words with the same beginning that are looked up one by one
MOST_ALIKE = 16
TIMEOUT = 2_000  # milliseconds for each of the two queries
LONGEST_TEXT = 8_000  # characters an excerpt is taken from

BEFORE, AFTER = "SET LOCAL statement_timeout = {timeout}; ", "; SET LOCAL statement_timeout TO DEFAULT"
# The indexes are never the slower way here, and the planner cannot know what is asked. A zone that is named for each
# row would be looked up for each.
FUNCTION = """
CREATE OR REPLACE FUNCTION {name}({types}) RETURNS json LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan SET timezone = 'Europe/Berlin' AS $$
BEGIN RETURN ({select}); END $$
"""


class Statement:
    """One that answers a JSON value, as a function of the database.

    Args:
        name: begins with `forum_find_` (see `forum.searching.upkeep.drop`).
        types: of its parameters in SQL, by name.
        select: the statement, with its parameters as `%(name)s`.
    """

    def __init__(self, name: str, types: dict[str, str], select: str):
        places = {one: f"${number}" for number, one in enumerate(types, 1)}
        self.made = FUNCTION.format(name=name, types=", ".join(types.values()), select=select % places)
        self.name, self.parameters = name, list(types)

    def call(self, **pieces: str) -> str:
        """The SQL that asks.

        Args:
            pieces: SQL for parameters; the others are values.
        """
        return f"SELECT {self.name}({', '.join(pieces.get(one, f'%({one})s') for one in self.parameters)})::text"


KINDS = {"now": "timestamptz", "many": "text[]", "units": "text[]", "few": "text[]"}
# Words are listed one by one: GIN skips through lists of whole words, but reads all that begins alike.
MEANT = f"""
    WITH asked AS MATERIALIZED (
        SELECT DISTINCT term, lexeme, position(' ' IN term) = 0 AS single,
            CASE WHEN length(lexeme) > 3 THEN lexeme END AS long
        FROM unnest(%(terms)s::text[]) term, unnest(tsvector_to_array(to_tsvector('german', term))) lexeme
    ),
    spread AS MATERIALIZED (
        SELECT term, lexeme, single, ARRAY(
            SELECT w.lexeme FROM forum_searchword w
            WHERE single AND (w.lexeme LIKE long || '%%'
                -- the whole word too: Eltern has the stem elt, Elternabend begins with neither alone
                OR w.lexeme LIKE CASE WHEN single AND length(term) > 3 THEN term END || '%%')
            ORDER BY length(w.lexeme), w.lexeme LIMIT {MOST_ENDINGS}
        ) AS endings, CASE WHEN length(lexeme) = 3 AND lexeme ~ '^[a-z]+$' THEN ARRAY(
            -- Bezirksamt, Beirat: what is so short stands in the middle of words by chance, at their end seldom
            SELECT w.lexeme FROM forum_searchword w
            WHERE single AND w.lexeme LIKE '%%' || asked.lexeme AND length(w.lexeme) BETWEEN 6 AND 24
                AND w.lexeme !~ '({BY_CHANCE})$'
            ORDER BY length(w.lexeme), w.lexeme LIMIT {MOST_SHORT_COMPOUNDS}
        ) ELSE ARRAY(
            SELECT w.lexeme FROM forum_searchword w
            WHERE (
                w.lexeme LIKE '%%' || long || CASE WHEN length(long) > 4 THEN '%%' ELSE '' END
                -- a long word loses an ending that a short one keeps: Wirkungsmessung, Messung
                OR w.lexeme LIKE '%%' || regexp_replace(long, '(?<=[a-z]{{4}})(ung|heit|keit|lich|isch)$', '')
            ) AND w.lexeme NOT LIKE long || '%%'
            ORDER BY w.lexeme NOT LIKE '%%' || long, length(w.lexeme), w.lexeme LIMIT {MOST_COMPOUNDS}
        ) END AS compounds
        FROM asked
    ),
    known AS MATERIALIZED (
        SELECT *, single AND length(lexeme) > 3
            AND NOT forum_find_public(lexeme || endings || compounds, %(now)s, %(many)s, %(units)s, %(few)s) AS mistyped
        FROM spread
    )
    SELECT json_build_object(
        'synonyms', (SELECT json_agg(words ORDER BY id) FROM forum_synonym),
        'words', (SELECT json_agg(json_build_object('term', term, 'lexeme', lexeme, 'compounds', compounds,
            'endings', endings, 'alike', CASE WHEN mistyped THEN ARRAY(
                SELECT one.lexeme FROM (
                    SELECT w.lexeme FROM forum_searchword w WHERE w.lexeme %% known.lexeme
                    ORDER BY similarity(w.lexeme, known.lexeme) DESC LIMIT {MOST_ALIKE}
                ) one WHERE forum_find_public(ARRAY[one.lexeme], %(now)s, %(many)s, %(units)s, %(few)s)
            ) END)) FROM known)
    )
"""  # noqa: S608 - own SQL
WORDS = Statement("forum_find_words", {"terms": "text[]"} | KINDS, MEANT)

HITS = f"""
    WITH asked AS MATERIALIZED (
        SELECT %(wide)s AS wide, %(loose)s AS loose, %(exact)s AS exact,
            (SELECT id FROM forum_topic WHERE slug = %(topic)s) AS topic
    ),
    strict AS MATERIALIZED (
        SELECT hit.* FROM asked, forum_find_newest(
            wide, %(words)s, %(whole)s, %(now)s, {COUNTED}, %(many)s, %(units)s, %(few)s, NULL, NULL) hit
    ),
    loose AS MATERIALIZED (
        SELECT hit.* FROM asked, forum_find_newest(
            asked.loose, %(any_word)s, %(any_whole)s, %(now)s, {COUNTED}, %(many)s, %(units)s, %(few)s, NULL, NULL) hit
        WHERE %(loosely)s AND NOT EXISTS (SELECT 1 FROM strict)
    ),
    narrowed AS MATERIALIZED (
        SELECT hit.* FROM asked, forum_find_newest(
            wide, %(words)s, %(whole)s, %(now)s, {COUNTED}, %(many_wanted)s, %(units_wanted)s, %(few_wanted)s, topic,
            nullif(%(year)s, '')) hit
        WHERE %(filtered)s
    ),
    newest AS MATERIALIZED (
        SELECT *, row_number() OVER (PARTITION BY kind ORDER BY date DESC NULLS LAST, id DESC) AS place
        FROM (SELECT * FROM strict UNION ALL SELECT * FROM loose) one
    ),
    every AS (
        SELECT id, kind, date, topics FROM newest WHERE place <= {COUNTED} AND id IS NOT NULL
        UNION ALL SELECT * FROM narrowed WHERE id IS NOT NULL
            AND id NOT IN (SELECT id FROM newest WHERE place <= {COUNTED} AND id IS NOT NULL)
    ),
    found AS MATERIALIZED (
        SELECT dated.*, %(kind)s IN ('', kind) AS of_kind, %(year)s IN ('', year) AS of_year,
            asked.topic IS NULL OR asked.topic = ANY(topics) AS of_topic
        FROM asked, (SELECT *, coalesce(extract(year FROM date)::int::text, '') AS year FROM every OFFSET 0) dated
    ),
    wanted AS (
        SELECT id, row_number() OVER (PARTITION BY kind ORDER BY date DESC NULLS LAST, id DESC) AS place FROM found
        WHERE of_kind AND of_year AND of_topic
    ),
    weighed AS MATERIALIZED (
        SELECT e.id, e.kind, e.date, e.title_key, 1 + CASE WHEN e.date > %(now)s THEN 0.2 ELSE 0.15 * exp(-coalesce(
                date_part('epoch', %(now)s - e.date), 63072000) / 31536000) END AS recent,
            2 * ts_rank('{{0.05, 0.15, 0.4, 1}}', e.vector, asked.exact)
            + ts_rank('{{0.05, 0.1, 0.3, 1}}', e.vector, asked.wide)
            + (trim(e.title_key) = ANY(%(names)s))::int
            + CASE WHEN e.kind IN ('personen', 'themen')
                THEN 0.1 * ts_rank('{{0, 0, 0, 1}}', e.vector, asked.exact) ELSE 0 END AS weight
        FROM asked, wanted JOIN forum_searchentry e USING (id)
        WHERE place <= CASE %(kind)s WHEN '' THEN {RANKED_AT_ONCE} ELSE {RANKED} END
    ),
    compared AS (
        SELECT *, row_number() OVER (PARTITION BY kind ORDER BY weight * recent DESC, date DESC NULLS LAST, id DESC)
            AS place
        FROM weighed
    ),
    ranked AS (
        SELECT id, kind, date, recent * (weight
            + CASE WHEN place <= {COMPARED} THEN similarity(title_key, %(folded)s) ELSE 0 END) AS score
        FROM compared
    ),
    placed AS (
        SELECT *, row_number() OVER (PARTITION BY kind ORDER BY score DESC, date DESC NULLS LAST, id DESC) AS place
        FROM ranked
    ),
    hits AS (
        SELECT e.kind, e.object_id, e.reference, e.title, e.language, e.note, left(e.text, {LONGEST_TEXT}) AS text,
            to_char(e.date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"') AS date, score
        FROM placed JOIN forum_searchentry e USING (id)
        WHERE place BETWEEN %(first)s AND %(last)s
    ),
    per_topic AS MATERIALIZED (
        SELECT topic AS id, count(*) FILTER (WHERE of_kind AND of_year) AS count
        FROM found, unnest(topics) topic GROUP BY topic
    )
    SELECT json_build_object(
        'loose', EXISTS (SELECT 1 FROM loose),
        'hits', (SELECT json_agg(json_build_object('kind', kind, 'reference', reference, 'title', title,
            'language', language, 'note', note, 'text', text, 'date', date)
            ORDER BY score DESC, kind, object_id) FROM hits),
        'found', EXISTS (SELECT 1 FROM found),
        'more', (SELECT json_agg(kind) FROM (
            SELECT kind FROM newest WHERE place > {COUNTED} OR id IS NULL
            EXCEPT SELECT %(kind)s WHERE %(filtered)s
            UNION SELECT kind FROM narrowed WHERE id IS NULL) one),
        'total', (SELECT count(*) FROM found WHERE of_kind AND of_year AND of_topic),
        'kinds', (SELECT json_object_agg(kind, count) FROM (
            SELECT kind, count(*) FROM found WHERE of_year AND of_topic GROUP BY kind) one),
        'years', (SELECT json_object_agg(year, count) FROM (
            SELECT year, count(*) FILTER (WHERE of_kind AND of_topic) FROM found WHERE year <> '' GROUP BY year) one),
        'topics', (SELECT json_agg(json_build_array(t.slug, t.name, coalesce(p.count, 0))
                ORDER BY lower(unaccent(t.name)), t.id)
            FROM forum_topic t LEFT JOIN per_topic p USING (id) WHERE p.id IS NOT NULL OR t.slug = %(topic)s)
    )
"""  # noqa: S608 - own SQL
WANTED = {"kind": "text", "topic": "text", "year": "text", "first": "integer", "last": "integer", "filtered": "boolean"}
FOUND = Statement(
    "forum_find_hits",
    {"wide": "tsquery", "loose": "tsquery", "exact": "tsquery", "words": "jsonb", "whole": "boolean",
     "any_word": "jsonb", "any_whole": "boolean", "loosely": "boolean", "folded": "text", "names": "text[]"}
    | KINDS | {f"{one}_wanted": "text[]" for one in ("many", "units", "few")} | WANTED,
    HITS,
)  # fmt: skip


def kinds(wanted: str = "", suffix: str = "") -> dict[str, list[str]]:
    """Parameters of statements: kinds with very many things and their units of time, and kinds with few.

    Args:
        wanted: one kind alone.
        suffix: of the parameters' names.
    """
    sources = [source for source in all_sources() if wanted in ("", source.kind)]
    many = [source for source in sources if source.many]
    return {
        f"many{suffix}": [source.kind for source in many],
        f"units{suffix}": [source.many for source in many],
        f"few{suffix}": [source.kind for source in sources if not source.many],
    }


def ask(sql: str, values: dict, timeout: int | None = None) -> str:
    """The JSON that one statement answers, in a time of its own: one query.

    Args:
        timeout: milliseconds, `TIMEOUT` by default.
    """
    with reading(SearchEntry).cursor() as cursor:
        cursor.execute(BEFORE.format(timeout=timeout or TIMEOUT) + sql + AFTER, values)
        while cursor.description is None:
            cursor.nextset()
        return cursor.fetchone()[0]
