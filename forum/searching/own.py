"""What this app lets find: topics, pages, files; and all there is."""

from forum.searching.sources import FILE_USES, SOURCES, Source, Watch, easy_source, page_at, register

PUBLISHABLE = ("published_at", "expires_at")

PAGES = Source(
    kind="seiten",
    label="Seiten",
    one="Seite",
    table="forum_page",
    select="""
        SELECT p.id AS object_id, p.slug AS reference, p.title, '' AS language, '' AS note, p.lead,
            forum_search_plain(p.text) AS body, '' AS also, '' AS weak, '' AS aside, NULL::timestamptz AS date,
            forum_search_moments(p.published_at, p.expires_at) AS visible, '{}'::bigint[] AS topics
        FROM forum_page p WHERE p.id = ANY(ids)""",
    watches=(Watch("forum_page", ("slug", "title", "lead", "text", *PUBLISHABLE)),),
    address=page_at("page"),
)

EASY = easy_source(("leichte_seiten", "Seiten", "Seite"), "forum_page", "page_easy")

# Whether something public carries a topic is asked at the moment of the search.
TOPICS = Source(
    kind="themen",
    label="Themen",
    one="Thema",
    table="forum_topic",
    select="""
        SELECT t.id AS object_id, t.slug AS reference, t.name AS title, '' AS language, '' AS note, '' AS lead,
            '' AS body, '' AS also, '' AS weak, '' AS aside, NULL::timestamptz AS date,
            '{(,)}'::tstzmultirange AS visible, '{}'::bigint[] AS topics
        FROM forum_topic t WHERE t.id = ANY(ids)""",
    watches=(Watch("forum_topic", ("slug", "name")),),
    address=page_at("topic"),
)


def files() -> Source:
    """Public while something that shows them is; known once all apps have said where files are shown."""
    uses = " UNION ALL ".join(select for select, _ in FILE_USES)
    return Source(
        kind="dateien",
        label="Dateien",
        one="Datei",
        table="forum_attachment",
        select=f"""
            SELECT f.id AS object_id, f.file AS reference, f.title, f.title_language AS language,
                upper(substring(f.file from '[^.]*$')) AS note, f.summary AS lead, '' AS body,
                '' AS also, '' AS weak, '' AS aside, max(u.date) AS date,
                range_agg(tstzrange(u.published_at, u.expires_at)) AS visible, '{{}}'::bigint[] AS topics
            FROM forum_attachment f JOIN ({uses}) u ON u.attachment_id = f.id
            WHERE f.id = ANY(ids) AND u.published_at IS NOT NULL GROUP BY f.id""",  # noqa: S608 - own SQL
        watches=(
            Watch("forum_attachment", ("title", "title_language", "summary", "file")),
            *(watch for _, watches in FILE_USES for watch in watches),
        ),
        address=lambda reference: f"/medien/{reference}",
    )


def register_own():
    register(PAGES)
    register(EASY)
    register(TOPICS)


def all_sources() -> list[Source]:
    return [*SOURCES.values(), files()]
