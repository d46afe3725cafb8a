"""What can be found: each app says in SQL what its things say, and which rows make them say something else."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Watch:
    """A table whose rows change what is known of things.

    Args:
        table: its name.
        columns: only a change of one of them counts.
        ids: SQL for the keys of the things concerned; `{rows}` stands for the rows that have changed.
    """

    table: str
    columns: tuple[str, ...]
    ids: str = "SELECT id FROM {rows} r"


@dataclass(frozen=True)
class Source:
    """One kind of thing.

    Args:
        kind: how the index and addresses call it.
        label, one: German names of many and of one.
        table: of the things, with the key `id`.
        select: SQL for the columns object_id, reference, title, language, note, lead, body, also, weak, aside,
            date, visible and topics of the things whose key is in `ids`. Words of the title count most, then those of
            `lead` and `also`, of `body`, of `weak` and `aside`; `also` and `aside` are never shown.
        watches: all tables the select reads from.
        address: makes the address out of the reference.
        many: "year" or "quarter" if there may be tens of thousands, which then all have a date: a time in which there
            are some hundreds of them.
    """

    kind: str
    label: str
    one: str
    table: str
    select: str
    watches: tuple[Watch, ...]
    address: Callable[[str], str]
    many: str = ""


SOURCES: dict[str, Source] = {}
FUNCTIONS: list[str] = []
FILE_USES: list[tuple[str, tuple[Watch, ...]]] = []


def register(source: Source):
    SOURCES[source.kind] = source


def register_function(sql: str):
    """Add a function of the database that selects call: one `CREATE OR REPLACE`."""
    FUNCTIONS.append(sql)


def register_file_use(select: str, *watches: Watch):
    """Say where files are shown.

    Args:
        select: SQL for attachment_id, published_at, expires_at, date and owner (a title) of all uses.
        watches: tables it reads from; their `ids` are keys of attachments.
    """
    FILE_USES.append((select, watches))


def page_at(name: str) -> Callable[[str], str]:
    """An address maker for references that are the parts of an address, separated by slashes."""
    return lambda reference: reverse(name, args=reference.split("/"))


def topic_names(through: str, owner: str) -> str:
    """SQL for the names of all topics of a thing; `owner` is SQL for its key."""
    return (
        f"(SELECT string_agg(t.name, ' ') FROM {through} x JOIN forum_topic t ON t.id = x.tag_id"  # noqa: S608 - own names
        f" WHERE x.content_object_id = {owner})"
    )


def topic_keys(through: str, owner: str) -> str:
    return f"ARRAY(SELECT x.tag_id FROM {through} x WHERE x.content_object_id = {owner})"  # noqa: S608 - own names


def topic_watches(through: str) -> tuple[Watch, Watch]:
    return (
        Watch(through, ("tag_id", "content_object_id"), "SELECT content_object_id FROM {rows} r"),
        Watch(
            "forum_topic",
            ("name",),
            f"SELECT x.content_object_id FROM {through} x JOIN {{rows}} r ON r.id = x.tag_id",  # noqa: S608
        ),
    )


def easy_source(names: tuple[str, str, str], table: str, page: str, date: str = "", through: str = "") -> Source:
    """What the versions in Leichte Sprache of some things say, each found as a page of its own.

    Leichte Sprache parts its compounds (Bundes·tag, Sport-Platz); they are found written as one word, too.

    Args:
        names: kind, German names of many and of one thing.
        table: of things with an address and an easy version (`forum.easy.EasyLanguage`).
        page: name of the address of an easy version.
        date: column of the date, if there is one.
        through: table of the topics, if there are any.
    """
    kind, many, one = names
    columns = ["slug", "title", "easy_title", "easy_text", "published_at", "expires_at"]
    return Source(
        kind=kind,
        label=f"{many} in Leichter Sprache",
        one=f"{one} in Leichter Sprache",
        table=table,
        select=f"""
            SELECT t.id AS object_id, t.slug AS reference, coalesce(nullif(t.easy_title, ''), t.title) AS title,
                '' AS language, '' AS note, '' AS lead, forum_search_plain(t.easy_text) AS body,
                'Leichte Sprache' AS also, '' AS weak,
                regexp_replace(concat_ws(' ', t.easy_title, forum_search_plain(t.easy_text)),
                    '(?<=[[:alpha:]])[·•‧-](?=[[:alpha:]])', '', 'g') AS aside,
                {f"t.{date}" if date else "NULL::timestamptz"} AS date,
                forum_search_moments(t.published_at, t.expires_at) AS visible,
                {topic_keys(through, "t.id") if through else "'{}'::bigint[]"} AS topics
            FROM {table} t WHERE t.id = ANY(ids) AND t.easy_text <> ''""",  # noqa: S608 - own SQL
        watches=(
            Watch(table, tuple(dict.fromkeys([*columns, date or "slug"]))),
            *(topic_watches(through)[:1] if through else ()),
        ),
        address=page_at(page),
    )
