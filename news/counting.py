"""How many articles there are of each type, year and topic, without looking at them.

The database keeps a table of counts: each change of articles or of their topics adds rows of plus and minus to it, in
the same transaction (triggers, so whoever writes), and now and then the rows are added up. Rows are only added, so
that two people who save different articles at the same time never wait for each other.

Counted there is what has been released for good (`published_at` set, no `expires_at`). What is yet to appear is taken
off, and what will expire is added, when somebody asks: time changes no count. A test compares with `published()`.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone

from forum.models import Topic
from forum.planned import Planned
from forum.replica import reading

TABLE = """
CREATE TABLE news_articlecount (
    year smallint NOT NULL, type_id bigint, topic_id bigint, pinned boolean NOT NULL, n integer NOT NULL
);
CREATE INDEX news_articlecount_topic ON news_articlecount (topic_id);
"""
# Every article counts once without a topic, and once for each of its topics.
CELLS = """
SELECT extract(year FROM a.published_at AT TIME ZONE 'Europe/Berlin')::smallint AS year, a.type_id, t.topic_id, a.pinned
FROM {articles} a CROSS JOIN LATERAL (
    SELECT NULL::bigint AS topic_id UNION ALL SELECT tag_id FROM news_articletopic WHERE content_object_id = a.id
) t
"""
OF_TOPICS = """
SELECT extract(year FROM a.published_at AT TIME ZONE 'Europe/Berlin')::smallint AS year, a.type_id,
    t.tag_id AS topic_id, a.pinned
FROM {topics} t JOIN news_article a ON a.id = t.content_object_id
"""
# Whoever gives an article a topic waits for whoever changes its date: neither would count what the other is about.
LOCK = """
    PERFORM 1 FROM news_article WHERE id IN (SELECT content_object_id FROM {rows}) ORDER BY id FOR NO KEY UPDATE;
"""
FOR_GOOD = "WHERE a.published_at IS NOT NULL AND a.expires_at IS NULL"
ADD = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {lock}
    INSERT INTO news_articlecount (year, type_id, topic_id, pinned, n)
    SELECT year, type_id, topic_id, pinned, sum(n) FROM ({changes}) changes
    GROUP BY year, type_id, topic_id, pinned HAVING sum(n) <> 0;
    IF random() < 0.05 AND pg_try_advisory_xact_lock(7318002) THEN
        WITH gone AS (DELETE FROM news_articlecount RETURNING *)
        INSERT INTO news_articlecount (year, type_id, topic_id, pinned, n)
        SELECT year, type_id, topic_id, pinned, sum(n) FROM gone
        GROUP BY year, type_id, topic_id, pinned HAVING sum(n) <> 0;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table} REFERENCING {seen}
    FOR EACH STATEMENT EXECUTE FUNCTION {name}();
"""
EMPTY = """
CREATE OR REPLACE FUNCTION news_count_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM news_articlecount WHERE TG_TABLE_NAME = 'news_article' OR topic_id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER news_count_truncate AFTER TRUNCATE ON news_article
    FOR EACH STATEMENT EXECUTE FUNCTION news_count_nothing();
CREATE OR REPLACE TRIGGER news_count_truncate AFTER TRUNCATE ON news_articletopic
    FOR EACH STATEMENT EXECUTE FUNCTION news_count_nothing();
"""
FILL = f"""
INSERT INTO news_articlecount (year, type_id, topic_id, pinned, n)
SELECT year, type_id, topic_id, pinned, count(*) FROM ({CELLS.format(articles="news_article")} {FOR_GOOD}) cells
GROUP BY year, type_id, topic_id, pinned;
"""  # noqa: S608 - own SQL
REMOVE = """
DROP TABLE news_articlecount;
DROP FUNCTION news_count_nothing() CASCADE;
"""
SEEN = {
    "insert": "NEW TABLE AS now_",
    "delete": "OLD TABLE AS before_",
    "update": "OLD TABLE AS before_ NEW TABLE AS now_",
}
SIGNS = {"insert": {"now_": "1"}, "delete": {"before_": "-1"}, "update": {"now_": "1", "before_": "-1"}}


def triggers() -> str:
    """Three for each of the two tables: PostgreSQL shows the rows of one kind of change only."""
    made = []
    for table, cells in (("news_article", CELLS), ("news_articletopic", OF_TOPICS)):
        for event, signs in SIGNS.items():
            changes = " UNION ALL ".join(
                f"(SELECT cells.*, {sign} AS n FROM ({cells.format(articles=rows, topics=rows)} {FOR_GOOD}) cells)"  # noqa: S608
                for rows, sign in signs.items()
            )
            name = f"{table.replace('news_', 'news_count_')}_{event}"
            lock = "".join(LOCK.format(rows=rows) for rows in signs) if cells is OF_TOPICS else ""
            made.append(ADD.format(name=name, table=table, event=event, seen=SEEN[event], lock=lock, changes=changes))
    return "".join(made)


def install() -> str:
    """All of it; the triggers come first and lock out writers until the transaction ends."""
    return TABLE + triggers() + EMPTY + FILL


def remove() -> str:
    functions = [
        f"DROP FUNCTION news_count_{name}_{event}() CASCADE;" for name in ("article", "articletopic") for event in SIGNS
    ]
    return REMOVE + "\n".join(functions)


# What lies between two moments the planner takes for little, what lies after one for a third: then it would plan anew
# each time, for as long as the answer takes.
ASKED = f"""
WITH cells AS (
    SELECT year, type_id, topic_id, pinned, n FROM news_articlecount
    UNION ALL
    SELECT cells.*, -1 FROM (
        {CELLS.format(articles="news_article")}
        WHERE a.published_at > $1 AND a.published_at < 'infinity' AND a.expires_at IS NULL
    ) cells
    UNION ALL
    SELECT cells.*, 1 FROM (
        {CELLS.format(articles="news_article")}
        WHERE a.published_at <= $1 AND a.expires_at > $1 AND a.expires_at < 'infinity'
    ) cells
),
chosen AS (SELECT
    (SELECT id FROM forum_topic WHERE slug = $2) AS topic_id,
    (SELECT id FROM news_articletype WHERE slug = $3) AS type_id
)
SELECT 'topic', t.id, t.slug, t.name, NULL, NULL, t.n, t.everywhere FROM (
    SELECT t.id, t.slug, t.name, sum(c.n) AS everywhere, sum(c.n) FILTER (
        WHERE ($3 = '' OR c.type_id = chosen.type_id) AND ($4 = 0 OR c.year = $4)
    ) AS n
    FROM chosen, cells c JOIN forum_topic t ON t.id = c.topic_id GROUP BY t.id
    HAVING sum(c.n) > 0 ORDER BY lower(unaccent(t.name))
) t
UNION ALL
SELECT 'type', t.id, t.slug, t.name, t.year, t.pinned, t.n, t.everywhere FROM (
    SELECT t.id, t.slug, t.name, c.year, c.pinned,
        sum(c.n) FILTER (
            WHERE CASE WHEN $2 = '' THEN c.topic_id IS NULL ELSE c.topic_id = chosen.topic_id END
        ) AS n,
        sum(c.n) FILTER (WHERE c.topic_id IS NULL) AS everywhere
    FROM chosen, cells c LEFT JOIN news_articletype t ON t.id = c.type_id
    WHERE c.topic_id IS NULL OR c.topic_id = chosen.topic_id
    GROUP BY t.id, c.year, c.pinned
    HAVING sum(c.n) FILTER (WHERE c.topic_id IS NULL) > 0 ORDER BY t.position, lower(unaccent(t.name))
) t
"""  # noqa: S608 - own SQL
question = Planned("news.counting", ASKED, ["timestamptz", "text", "text", "integer"])


@dataclass
class Counts:
    """What the filters of the list need to know.

    `topics` and `types`: slug → (key, name) of those that something public has, in their order. `by_topic`: slug →
    how many with the chosen type and year. `cells`: (slug of the type, year, pinned) → how many with the chosen topic.
    """

    topics: dict[str, tuple[int, str]] = field(default_factory=dict)
    types: dict[str, tuple[int, str]] = field(default_factory=dict)
    years: set[int] = field(default_factory=set)
    by_topic: dict[str, int] = field(default_factory=dict)
    cells: dict[tuple[str | None, int, bool], int] = field(default_factory=lambda: defaultdict(int))

    @property
    def by_key(self) -> dict[int, int]:
        """Key of a topic → how many."""
        return {key: self.by_topic[slug] for slug, (key, _) in self.topics.items()}


def count_articles(topic: str = "", kind: str = "", year: int = 0) -> Counts:
    """Count what the public sees; one query, whatever the number of articles.

    Args:
        topic, kind: slugs of what is chosen; of something unknown nothing is counted.
    """
    counts, connection = Counts(), reading(Topic)

    def run(sql: str, values: dict) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    for what, key, slug, name, of_year, pinned, number, _ in question.ask(
        run, [timezone.now(), topic, kind, year], connection.alias
    ):
        if what == "topic":
            counts.topics[slug] = (key, name)
            counts.by_topic[slug] = number or 0
            continue
        if slug:
            counts.types[slug] = (key, name)
        counts.years.add(of_year)
        counts.cells[slug, of_year, pinned] += number or 0
    return counts
