"""Which people can be found: everybody who has a public page."""

from forum.searching.sources import (
    Source,
    Watch,
    page_at,
    register,
    register_function,
    topic_keys,
    topic_names,
    topic_watches,
)

NAME = "concat_ws(' ', nullif(p.title, ''), nullif(p.given_name, ''), nullif(p.name_prefix, ''), p.family_name)"

# The names of people for the text of something else. Only of those who are public now and without an end: what is
# written into an index does not vanish at a moment.
PEOPLE_OF = f"""
CREATE OR REPLACE FUNCTION forum_search_people(keys bigint[]) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((
        SELECT 'Mit ' || string_agg({NAME}, ', ' ORDER BY array_position(keys, p.id)) FROM contacts_person p
        WHERE p.id = ANY(keys) AND p.published_at <= clock_timestamp() AND p.expires_at IS NULL
    ), '');
END $$
"""  # noqa: S608 - own SQL

PEOPLE = Source(
    kind="personen",
    label="Personen",
    one="Person",
    table="contacts_person",
    select=f"""
        SELECT p.id AS object_id, p.slug AS reference, {NAME} AS title, '' AS language,
            '' AS note,
            concat_ws(', ', nullif(p.position, ''), nullif(p.organisation, '')) AS lead,
            forum_search_plain(p.biography) AS body,
            concat_ws(' ', {topic_names("contacts_persontopic", "p.id")}) AS also,
            coalesce((
                SELECT 'Zuständig für ' || string_agg(d.name, ', ' ORDER BY x.position, x.id)
                FROM contacts_representation x JOIN contacts_district d ON d.id = x.district_id WHERE x.person_id = p.id
            ), '') AS weak, '' AS aside,
            NULL::timestamptz AS date, forum_search_moments(p.published_at, p.expires_at) AS visible,
            CASE WHEN p.in_directory THEN {topic_keys("contacts_persontopic", "p.id")} ELSE '{{}}' END AS topics
        FROM contacts_person p WHERE p.id = ANY(ids)""",  # noqa: S608 - own SQL
    watches=(
        Watch(
            "contacts_person",
            ("slug", "title", "given_name", "name_prefix", "family_name", "position", "organisation", "biography",
             "in_directory", "published_at", "expires_at"),
        ),
        *topic_watches("contacts_persontopic"),
        Watch(
            "contacts_representation", ("person_id", "district_id", "position"), "SELECT r.person_id FROM {rows} r"
        ),
        Watch(
            "contacts_district",
            ("name",),
            "SELECT x.person_id FROM contacts_representation x JOIN {rows} r ON r.id = x.district_id",
        ),
    ),
    address=page_at("contacts:person"),
)  # fmt: skip


def register_all():
    register_function(PEOPLE_OF)
    register(PEOPLE)
