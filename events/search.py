"""What of events can be found."""

from forum.searching.sources import (
    Source,
    Watch,
    easy_source,
    page_at,
    register,
    register_file_use,
    topic_keys,
    topic_names,
    topic_watches,
)

PUBLISHABLE = ("published_at", "expires_at")
NAME = ("title", "given_name", "name_prefix", "family_name", *PUBLISHABLE)
STATUS = """CASE e.status WHEN 'cancelled' THEN 'abgesagt' WHEN 'postponed' THEN 'verschoben' ELSE '' END"""
KIND = """CASE i.kind WHEN 'keynote' THEN 'Impulsvortrag' WHEN 'workshop' THEN 'Workshop' WHEN 'panel' THEN 'Podium'
    ELSE 'Plenum' END"""

EVENTS = Source(
    kind="veranstaltungen",
    label="Veranstaltungen",
    one="Veranstaltung",
    table="events_event",
    select=f"""
        SELECT e.id AS object_id, e.slug AS reference, e.title, e.title_language AS language, {STATUS} AS note,
            concat_ws(' · ', nullif(e.subtitle, ''), e.lead) AS lead, forum_search_plain(e.text) AS body,
            concat_ws(' ', s.title, {topic_names("events_eventtopic", "e.id")}) AS also,
            concat_ws(' · ', nullif(concat_ws(', ', v.name, nullif(e.audience, '')), ''),
                nullif(forum_search_people(ARRAY(
                SELECT c.person_id FROM events_eventcontact c WHERE c.event_id = e.id ORDER BY c.position, c.id
            ), forum_search_moments(e.published_at, e.expires_at)), '')) AS weak, '' AS aside,
            e.starts_at AS date, forum_search_moments(e.published_at, e.expires_at) AS visible,
            {topic_keys("events_eventtopic", "e.id")} AS topics
        FROM events_event e LEFT JOIN events_series s ON s.id = e.series_id
            LEFT JOIN events_venue v ON v.id = e.venue_id AND e.format <> 'online'
        WHERE e.id = ANY(ids)""",  # noqa: S608 - own SQL
    watches=(
        Watch(
            "events_event",
            ("slug", "title", "title_language", "status", "subtitle", "lead", "text", "series_id", "venue_id", "format",
             "audience", "starts_at", *PUBLISHABLE),
        ),
        Watch("events_series", ("title",), "SELECT e.id FROM events_event e JOIN {rows} r ON r.id = e.series_id"),
        Watch("events_venue", ("name",), "SELECT e.id FROM events_event e JOIN {rows} r ON r.id = e.venue_id"),
        *topic_watches("events_eventtopic"),
        Watch("events_eventcontact", ("event_id", "person_id", "position"), "SELECT r.event_id FROM {rows} r"),
        Watch(
            "contacts_person",
            NAME,
            "SELECT c.event_id FROM events_eventcontact c JOIN {rows} r ON r.id = c.person_id",
        ),
    ),
    address=page_at("events:event"),
    many="year",
)  # fmt: skip

ITEMS = Source(
    kind="programm",
    label="Programmpunkte",
    one="Programmpunkt",
    table="events_programmeitem",
    select=f"""
        SELECT i.id AS object_id, e.slug || '/' || i.slug AS reference, i.title, i.title_language AS language,
            {KIND} || ' · ' || e.title AS note,
            '' AS lead, concat_ws(' ', forum_search_plain(i.text), forum_search_plain(i.result)) AS body,
            {KIND} AS also,
            forum_search_people(ARRAY(
                SELECT p.person_id FROM events_participation p WHERE p.item_id = i.id ORDER BY p.position, p.id
            ), forum_search_moments(e.published_at, e.expires_at)) AS weak,
            e.title AS aside,
            coalesce(i.starts_at, e.starts_at) AS date, forum_search_moments(e.published_at, e.expires_at) AS visible,
            {topic_keys("events_eventtopic", "e.id")} AS topics
        FROM events_programmeitem i JOIN events_event e ON e.id = i.event_id
        WHERE i.id = ANY(ids) AND i.kind <> 'break'""",  # noqa: S608 - own SQL
    watches=(
        Watch(
            "events_programmeitem",
            ("slug", "title", "title_language", "kind", "text", "result", "starts_at", "event_id"),
        ),
        Watch(
            "events_event",
            ("slug", "title", "starts_at", *PUBLISHABLE),
            "SELECT i.id FROM events_programmeitem i JOIN {rows} r ON r.id = i.event_id",
        ),
        Watch(
            "events_eventtopic",
            ("tag_id", "content_object_id"),
            "SELECT i.id FROM events_programmeitem i JOIN {rows} r ON r.content_object_id = i.event_id",
        ),
        Watch("events_participation", ("item_id", "person_id", "position"), "SELECT r.item_id FROM {rows} r"),
        Watch(
            "contacts_person",
            NAME,
            "SELECT p.item_id FROM events_participation p JOIN {rows} r ON r.id = p.person_id",
        ),
    ),
    address=page_at("events:programme_item"),
    many="year",
)

EASY = easy_source(
    ("leichte_termine", "Veranstaltungen", "Veranstaltung"), "events_event", "events:event_easy", "starts_at",
    "events_eventtopic",
)  # fmt: skip

SERIES = Source(
    kind="reihen",
    label="Veranstaltungsreihen",
    one="Veranstaltungsreihe",
    table="events_series",
    select="""
        SELECT s.id AS object_id, s.slug AS reference, s.title, '' AS language, '' AS note, '' AS lead,
            forum_search_plain(s.text) AS body, 'Reihe' AS also, '' AS weak, '' AS aside, NULL::timestamptz AS date,
            range_agg(tstzrange(e.published_at, e.expires_at)) AS visible, '{}'::bigint[] AS topics
        FROM events_series s JOIN events_event e ON e.series_id = s.id
        WHERE s.id = ANY(ids) AND e.published_at IS NOT NULL GROUP BY s.id""",
    watches=(
        Watch("events_series", ("slug", "title", "text")),
        Watch("events_event", ("series_id", *PUBLISHABLE), "SELECT r.series_id FROM {rows} r"),
    ),
    address=page_at("events:series"),
)


def register_all():
    register(EVENTS)
    register(EASY)
    register(SERIES)
    register(ITEMS)
    register_file_use(
        "SELECT x.attachment_id, e.published_at, e.expires_at, e.starts_at AS date"
        " FROM events_eventattachment x JOIN events_event e ON e.id = x.event_id",
        Watch("events_eventattachment", ("attachment_id", "event_id"), "SELECT r.attachment_id FROM {rows} r"),
        Watch(
            "events_event",
            ("starts_at", *PUBLISHABLE),
            "SELECT x.attachment_id FROM events_eventattachment x JOIN {rows} r ON r.id = x.event_id",
        ),
    )
    register_file_use(
        "SELECT x.attachment_id, e.published_at, e.expires_at, e.starts_at AS date FROM events_itemattachment x"
        " JOIN events_programmeitem i ON i.id = x.item_id JOIN events_event e ON e.id = i.event_id"
        " WHERE i.kind <> 'break'",
        Watch("events_itemattachment", ("attachment_id", "item_id"), "SELECT r.attachment_id FROM {rows} r"),
        Watch(
            "events_programmeitem",
            ("event_id", "kind"),
            "SELECT x.attachment_id FROM events_itemattachment x JOIN {rows} r ON r.id = x.item_id",
        ),
        Watch(
            "events_event",
            ("starts_at", *PUBLISHABLE),
            "SELECT x.attachment_id FROM events_itemattachment x JOIN events_programmeitem i ON i.id = x.item_id"
            " JOIN {rows} r ON r.id = i.event_id",
        ),
    )
