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

# The names of people for the text of something else. What is written into an index appears and vanishes with its entry,
# not by itself: so only of those who are public at every moment from now on at which the entry is. Who becomes public
# later than it is named with the next change of one of them.
PEOPLE_OF = f"""
CREATE OR REPLACE FUNCTION forum_search_people(keys bigint[], visible tstzmultirange) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((
        SELECT 'Mit ' || string_agg({NAME}, ', ' ORDER BY array_position(keys, p.id)) FROM contacts_person p
        WHERE p.id = ANY(keys) AND p.published_at IS NOT NULL
            AND tstzrange(p.published_at, p.expires_at) @> visible * tstzmultirange(tstzrange(clock_timestamp(), NULL))
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
            concat_ws(' · ', (
                SELECT 'Zuständig für ' || string_agg(d.name, ', ' ORDER BY x.position, x.id)
                FROM contacts_representation x JOIN contacts_district d ON d.id = x.district_id WHERE x.person_id = p.id
            ), 'Spricht ' || nullif(p.languages, '')) AS weak, '' AS aside,
            NULL::timestamptz AS date, forum_search_moments(p.published_at, p.expires_at) AS visible,
            CASE WHEN p.in_directory THEN {topic_keys("contacts_persontopic", "p.id")} ELSE '{{}}' END AS topics
        FROM contacts_person p WHERE p.id = ANY(ids)""",  # noqa: S608 - own SQL
    watches=(
        Watch(
            "contacts_person",
            ("slug", "title", "given_name", "name_prefix", "family_name", "position", "organisation", "biography",
             "languages", "in_directory", "published_at", "expires_at"),
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

# Found by its quarters and postcodes, too; not by a postcode that it only grazes (as in the finder).
DISTRICTS = Source(
    kind="bezirke",
    label="Bezirke",
    one="Bezirk",
    table="contacts_district",
    select="""
        SELECT d.id AS object_id, d.slug AS reference, d.name AS title, '' AS language, '' AS note,
            'Wer ist für mich da?' AS lead,
            coalesce((
                SELECT 'Ortsteile: ' || string_agg(q.name, ', ' ORDER BY lower(unaccent(q.name)))
                FROM contacts_quarter q WHERE q.district_id = d.id
            ), '') AS body,
            'Bezirk' AS also, '' AS weak,
            coalesce((
                SELECT string_agg(c.code, ' ') FROM contacts_postcodeshare s
                JOIN contacts_postcode c ON c.id = s.postcode_id
                WHERE s.district_id = d.id AND s.address_share >= 0.005
            ), '') AS aside,
            NULL::timestamptz AS date, '{(,)}'::tstzmultirange AS visible, '{}'::bigint[] AS topics
        FROM contacts_district d WHERE d.id = ANY(ids)""",
    watches=(
        Watch("contacts_district", ("slug", "name")),
        Watch("contacts_quarter", ("name", "district_id"), "SELECT r.district_id FROM {rows} r"),
        Watch(
            "contacts_postcodeshare",
            ("postcode_id", "district_id", "address_share"),
            "SELECT r.district_id FROM {rows} r",
        ),
    ),
    address=page_at("contacts:district"),
)


def register_all():
    register_function(PEOPLE_OF)
    register(PEOPLE)
    register(DISTRICTS)
