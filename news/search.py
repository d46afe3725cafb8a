"""What of news can be found."""

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

ARTICLES = Source(
    kind="beitraege",
    label="Beiträge",
    one="Beitrag",
    table="news_article",
    select=f"""
        SELECT a.id AS object_id, a.slug AS reference, a.title, a.title_language AS language,
            coalesce(k.name, '') AS note, a.lead, forum_search_plain(a.text) AS body,
            concat_ws(' ', k.name, {topic_names("news_articletopic", "a.id")}) AS also,
            forum_search_people(ARRAY(
                SELECT c.person_id FROM news_articlecontact c WHERE c.article_id = a.id ORDER BY c.position, c.id
            ), forum_search_moments(a.published_at, a.expires_at)) AS weak, '' AS aside,
            a.published_at AS date, forum_search_moments(a.published_at, a.expires_at) AS visible,
            {topic_keys("news_articletopic", "a.id")} AS topics
        FROM news_article a LEFT JOIN news_articletype k ON k.id = a.type_id WHERE a.id = ANY(ids)""",  # noqa: S608 - own SQL
    watches=(
        Watch(
            "news_article",
            ("slug", "title", "title_language", "type_id", "lead", "text", "published_at", "expires_at"),
        ),
        Watch("news_articletype", ("name",), "SELECT a.id FROM news_article a JOIN {rows} r ON r.id = a.type_id"),
        *topic_watches("news_articletopic"),
        Watch("news_articlecontact", ("article_id", "person_id", "position"), "SELECT r.article_id FROM {rows} r"),
        Watch(
            "contacts_person",
            ("title", "given_name", "name_prefix", "family_name", "published_at", "expires_at"),
            "SELECT c.article_id FROM news_articlecontact c JOIN {rows} r ON r.id = c.person_id",
        ),
    ),
    address=page_at("news:article"),
    many="quarter",
)

EASY = easy_source(
    ("leichte_beitraege", "Beiträge", "Beitrag"),
    "news_article",
    "news:article_easy",
    "published_at",
    "news_articletopic",
)


def register_all():
    register(ARTICLES)
    register(EASY)
    register_file_use(
        "SELECT x.attachment_id, a.published_at, a.expires_at, a.published_at AS date"
        " FROM news_articleattachment x JOIN news_article a ON a.id = x.article_id",
        Watch("news_articleattachment", ("attachment_id", "article_id"), "SELECT r.attachment_id FROM {rows} r"),
        Watch(
            "news_article",
            ("published_at", "expires_at"),
            "SELECT x.attachment_id FROM news_articleattachment x JOIN {rows} r ON r.id = x.article_id",
        ),
    )
