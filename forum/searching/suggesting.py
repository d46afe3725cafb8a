"""What the field proposes while somebody types: titles of public things with a word that begins like that."""

import json
from datetime import datetime

from django.db import OperationalError
from django.utils import timezone

from forum.searching.asking import ask, kinds
from forum.searching.own import all_sources
from forum.searching.words import LONGEST, fold

SHORTEST = 3  # letters; fewer begin everything
MOST = 7
MOST_COMPARED = 400
TIMEOUT = 500  # milliseconds; a proposal that comes late is none

# A topic is public while something public carries it.
TITLES = f"""
    SELECT json_agg(proposed)::text FROM (
        SELECT DISTINCT ON (starts, length(title_key), title_key) kind, reference, title FROM (
            SELECT e.kind, e.reference, e.title, e.title_key, e.title_key NOT LIKE %(start)s AS starts
            FROM forum_searchentry e
            WHERE e.title_key LIKE %(inside)s AND e.visible @> %(now)s AND (e.kind <> 'themen'
                OR forum_find_topic_public(e.object_id, %(now)s, %(many)s))
            LIMIT {MOST_COMPARED}
        ) alike ORDER BY starts, length(title_key), title_key, kind LIMIT {MOST}
    ) proposed
"""  # noqa: S608 - own SQL


def proposals(text: str, at: datetime | None = None) -> list[dict]:
    """Titles that contain what was typed, from the beginning of a word on: title, kind in German, address; one query.

    Args:
        text: as typed; anything at all.
    """
    folded = fold(text[:LONGEST].replace("\x00", ""))
    if len(folded) < SHORTEST:
        return []
    values = {"start": f" {folded}%", "inside": f"% {folded}%", "now": at or timezone.now()} | kinds()
    try:
        found = json.loads(ask(TITLES, values, TIMEOUT) or "[]")
    except OperationalError:  # it took too long
        return []
    sources = {source.kind: source for source in all_sources()}
    return [
        {"title": one["title"], "kind": sources[one["kind"]].one, "url": sources[one["kind"]].address(one["reference"])}
        for one in found
        if one["kind"] in sources
    ]
