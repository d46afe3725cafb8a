"""The answer to a question, in two queries: what its words may stand for, then what is found, ranked and counted.

Nothing is found that is not public at the moment of the search; what is not public neither counts nor corrects.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher

from django.db import OperationalError
from django.utils import timezone

from forum.replica import reading
from forum.searching.entries import SearchEntry
from forum.searching.excerpts import Marks, marked
from forum.searching.sources import Source
from forum.searching.synonyms import groups_of
from forum.searching.upkeep import all_sources
from forum.searching.words import Question, Term, fold

AT_ONCE = 5  # hits of one kind among all
PER_PAGE = 20  # of one kind alone
COUNTED = 3_000  # newest that are counted and offered by filters
RANKED = 200  # newest of each kind that are ranked; more is nobody's reading
MOST_COMPOUNDS = 40
ALIKE = 0.7  # ratio of difflib from which a stem counts as mistyped
TIMEOUT = 2_000  # milliseconds for each of the two queries
LONGEST_TEXT = 8_000  # characters an excerpt is taken from

# The indexes are never the slower way here, and the planner cannot know what is asked.
BEFORE = f"SET LOCAL statement_timeout = {TIMEOUT}; SET LOCAL jit = off; SET LOCAL enable_seqscan = off; "
AFTER = "; SET LOCAL statement_timeout TO DEFAULT; SET LOCAL jit TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT"

SHOWN = """e.visible @> %(now)s AND (e.kind <> 'themen' OR EXISTS (
    SELECT 1 FROM forum_searchentry c WHERE c.topics @> ARRAY[e.object_id] AND c.visible @> %(now)s))"""

WORDS = f"""
    WITH asked AS MATERIALIZED (
        SELECT DISTINCT term, lexeme
        FROM unnest(%(terms)s::text[]) term, unnest(tsvector_to_array(to_tsvector('german', term))) lexeme
    ),
    spread AS MATERIALIZED (
        SELECT term, lexeme, CASE WHEN length(lexeme) >= 4 THEN ARRAY(
            SELECT w.lexeme FROM forum_searchword w
            WHERE (
                w.lexeme LIKE '%%' || asked.lexeme || CASE WHEN length(asked.lexeme) > 4 THEN '%%' ELSE '' END
                -- a long word loses an ending that a short one keeps: Wirkungsmessung, Messung
                OR w.lexeme LIKE '%%' || regexp_replace(asked.lexeme, '(?<=[a-z]{{4}})(ung|heit|keit|lich|isch)$', '')
            ) AND w.lexeme NOT LIKE asked.lexeme || '%%'
            ORDER BY w.lexeme NOT LIKE '%%' || asked.lexeme, length(w.lexeme), w.lexeme LIMIT {MOST_COMPOUNDS}
        ) ELSE '{{}}'::text[] END AS compounds
        FROM asked
    )
    SELECT json_build_object(
        'synonyms', (SELECT json_agg(words ORDER BY id) FROM forum_synonym),
        'words', (SELECT json_agg(json_build_object('term', term, 'lexeme', lexeme, 'compounds', compounds, 'alike',
            CASE WHEN length(lexeme) > 3 AND position(' ' IN term) = 0 AND NOT EXISTS (
                SELECT 1 FROM forum_searchentry e WHERE {SHOWN}
                AND e.vector @@ array_to_string(lexeme || ':*' || compounds, ' | ')::tsquery
            ) THEN ARRAY(
                SELECT w.lexeme FROM forum_searchword w WHERE w.lexeme %% spread.lexeme
                AND EXISTS (SELECT 1 FROM forum_searchentry e WHERE e.vector @@ w.lexeme::tsquery AND {SHOWN})
                ORDER BY similarity(w.lexeme, spread.lexeme) DESC LIMIT 12
            ) END)) FROM spread)
    )
"""  # noqa: S608 - own SQL

MATCHING = """
    SELECT e.id, e.kind, e.topics, e.date,
        coalesce(extract(year FROM e.date AT TIME ZONE 'Europe/Berlin')::int::text, '') AS year
    FROM forum_searchentry e WHERE {shown} AND e.vector @@ ({{{query}}})"""
NEWEST = f"ORDER BY e.date DESC NULLS FIRST, e.id DESC LIMIT {COUNTED}"
FOUND = f"""
    WITH strict AS MATERIALIZED ({MATCHING.format(shown="{shown}", query="wide")} {NEWEST}),
    loose AS MATERIALIZED ({MATCHING.format(shown="{shown}", query="loose")}
        AND %(loosely)s AND NOT EXISTS (SELECT 1 FROM strict) {NEWEST}),
    narrowed AS MATERIALIZED ({MATCHING.format(shown="{shown}", query="wide")}
        AND %(filtered)s AND (%(kind)s = '' OR e.kind = %(kind)s)
        AND (%(year)s = '' OR extract(year FROM e.date AT TIME ZONE 'Europe/Berlin')::int::text = %(year)s)
        AND (%(topic)s = '' OR e.topics @> ARRAY(SELECT id FROM forum_topic WHERE slug = %(topic)s)) {NEWEST}),
    found AS MATERIALIZED (SELECT * FROM strict UNION SELECT * FROM loose UNION SELECT * FROM narrowed),
    wanted AS MATERIALIZED (
        SELECT *, row_number() OVER (PARTITION BY kind ORDER BY date DESC NULLS LAST, id DESC) AS place FROM found
        WHERE (%(kind)s = '' OR kind = %(kind)s) AND (%(year)s = '' OR year = %(year)s)
            AND (%(topic)s = '' OR topics @> ARRAY(SELECT id FROM forum_topic WHERE slug = %(topic)s))
    ),
    ranked AS MATERIALIZED (
        SELECT e.id, e.kind, e.date, (
            2 * ts_rank('{{{{0.05, 0.15, 0.4, 1}}}}', e.vector, {{exact}})
            + ts_rank('{{{{0.05, 0.1, 0.3, 1}}}}', e.vector, {{wide}})
            + similarity(e.title_key, %(folded)s) + (trim(e.title_key) = %(folded)s)::int
            + 0.1 * (e.kind IN ('personen', 'themen'))::int * ts_rank('{{{{0, 0, 0, 1}}}}', e.vector, {{exact}})
        ) * (1 + CASE WHEN e.date > %(now)s THEN 0.2 ELSE 0.15 * exp(-coalesce(
            extract(epoch FROM %(now)s - e.date), 63072000) / 31536000) END) AS score
        FROM wanted CROSS JOIN LATERAL (SELECT * FROM forum_searchentry s WHERE s.id = wanted.id OFFSET 0) e
        WHERE place <= {{most}}
    ),
    placed AS (
        SELECT *, row_number() OVER (PARTITION BY kind ORDER BY score DESC, date DESC NULLS LAST, id DESC) AS place
        FROM ranked
    ),
    hits AS (
        SELECT e.kind, e.object_id, e.reference, e.title, e.language, e.note, left(e.text, {{longest}}) AS text,
            to_char(e.date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"') AS date, score, place
        FROM placed CROSS JOIN LATERAL (SELECT * FROM forum_searchentry s WHERE s.id = placed.id OFFSET 0) e
        WHERE place BETWEEN %(first)s AND %(last)s
    ),
    cells AS (SELECT kind, year, topics, count(*) AS count FROM found GROUP BY kind, year, topics)
    SELECT json_build_object(
        'loose', EXISTS (SELECT 1 FROM loose),
        'hits', (SELECT json_agg(hits ORDER BY score DESC, kind, object_id) FROM hits),
        'cells', (SELECT json_agg(json_build_array(kind, year, topics, count)) FROM cells),
        'topics', (SELECT json_agg(json_build_array(id, slug, name) ORDER BY lower(unaccent(name)), id) FROM forum_topic
            WHERE slug = %(topic)s OR id = ANY(ARRAY(SELECT DISTINCT unnest(topics) FROM cells)))
    )
"""  # noqa: S608 - own SQL


@dataclass
class Hit:
    """One thing found; title and excerpt are marked where the words stand."""

    source: Source
    title: str
    language: str
    note: str
    excerpt: str
    date: datetime | None
    url: str
    score: float

    @property
    def is_event(self) -> bool:
        return self.source.kind in ("veranstaltungen", "programm")


@dataclass
class Wanted:
    """What the hits are narrowed to; empty for everything. Unknown topics narrow nothing."""

    kind: str = ""
    topic: str = ""
    year: str = ""
    page: int = 1


@dataclass
class Meaning:
    """What a term may stand for: stems that match exactly, and further ones."""

    term: Term
    lexemes: list[str] = field(default_factory=list)
    compounds: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    synonyms: list[str] = field(default_factory=list)

    @property
    def starts(self) -> list[str]:
        """What marked words begin with."""
        named = [word for synonym in self.synonyms for word in synonym.split()]
        return [*self.lexemes, *self.compounds, *self.corrected, *named]


@dataclass
class Answer:
    """What was found, best first; counts are those of everything that is found without filters.

    Args:
        cells: (kind, year, keys of topics, number of hits) without filters.
        topics: key → (slug, name) of the topics found.
        loose: no hit has all words; these have some.
        suggestion: what was probably meant, as it is written in what was found.
        failed: the search took too long.
    """

    question: Question
    hits: list[Hit] = field(default_factory=list)
    cells: list[tuple] = field(default_factory=list)
    topics: dict[int, tuple[str, str]] = field(default_factory=dict)
    loose: bool = False
    suggestion: str = ""
    failed: bool = False

    @property
    def groups(self) -> list[tuple[Source, list[Hit]]]:
        """The hits by kind, the kind of the best one first."""
        found = {}
        for hit in self.hits:
            found.setdefault(hit.source.kind, []).append(hit)
        return [(hits[0].source, hits) for hits in found.values()]


class Conditions:
    """Pieces of a tsquery in SQL, with their parameters."""

    def __init__(self):
        self.values = {}

    def value(self, text: str) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = text
        return f"%({name})s"

    def stems(self, stems: list[str]) -> list[str]:
        """Stems are letters and digits alone; a star behind one stands for any ending."""
        return [f"to_tsquery('simple', {self.value(' | '.join(stems))})"] if stems else []

    def phrase(self, text: str) -> list[str]:
        return [f"phraseto_tsquery('german', {self.value(text)})"]

    def either(self, pieces: list[str]) -> str:
        return f"({' || '.join(pieces)})" if pieces else "''::tsquery"


def find(question: Question, wanted: Wanted | None = None, at: datetime | None = None) -> Answer:
    """Answer a question in two queries; one that has nothing to look for needs none.

    Args:
        at: the moment asked about, now by default.
    """
    wanted, now = wanted or Wanted(), at or timezone.now()
    if not question.groups:
        return Answer(question)
    try:
        meanings = meanings_of(question, now)
        if not any(meaning for group in meanings for meaning in group):
            return Answer(question)
        return answer(question, meanings, wanted, now)
    except OperationalError:  # the statement took too long
        return Answer(question, failed=True)


def ask(sql: str, values: dict, before: str = BEFORE) -> dict | list | None:
    """The JSON that one statement answers, with its own limits set before and taken back after: one query."""
    with reading(SearchEntry).cursor() as cursor:
        cursor.execute(before + sql + AFTER, values)
        while cursor.description is None:
            cursor.nextset()
        found = cursor.fetchone()[0]
    return json.loads(found) if isinstance(found, str) else found


def meanings_of(question: Question, now: datetime) -> list[list[Meaning]]:
    """What each term may stand for; what consists of stop words alone is left out."""
    terms = question.terms
    known = ask(WORDS, {"terms": [term.text for term in terms], "now": now})
    rows = {}
    for row in known["words"] or ():
        rows.setdefault(row["term"], []).append(row)
    groups = []
    for group in question.groups:
        meanings = [meaning_of(term, rows[term.text]) for term in group if term.text in rows]
        if meanings:
            groups.append(meanings)
    add_synonyms(groups, groups_of(known["synonyms"] or []))
    return groups


def meaning_of(term: Term, rows: list[dict]) -> Meaning:
    meaning = Meaning(term, [row["lexeme"] for row in rows])
    if not term.phrase:
        meaning.compounds = [one for row in rows for one in row["compounds"]]
        meaning.corrected = [one for row in rows for one in likeliest(row["lexeme"], row["alike"] or [])]
    return meaning


def likeliest(lexeme: str, alike: list[str]) -> list[str]:
    """Those that are most like a mistyped stem."""
    ratios = [(SequenceMatcher(None, lexeme, one).ratio(), one) for one in alike]
    best = max((ratio for ratio, _ in ratios), default=0)
    return [one for ratio, one in sorted(ratios, reverse=True) if ratio >= ALIKE and ratio > best - 0.04][:3]


def add_synonyms(groups: list[list[Meaning]], lines: list[list[str]]):
    """A term finds what else its line names; several words of the question in a row may be one of them."""
    for line in lines:
        for synonym in line:
            others = [one for one in line if one != synonym]
            words, size = synonym.split(), synonym.count(" ") + 1
            for start in range(len(groups) - size + 1):
                run = groups[start : start + size]
                if size == 1:
                    for meaning in run[0]:
                        if meaning.term.text == synonym:
                            meaning.synonyms += others
                elif all(len(group) == 1 for group in run) and [group[0].term.text for group in run] == words:
                    for group in run:
                        group[0].synonyms += others
        for group in groups:
            for meaning in group:
                if meaning.term.phrase and meaning.term.text in line:
                    meaning.synonyms += [one for one in line if one not in (meaning.term.text, *meaning.synonyms)]


def answer(question: Question, groups: list[list[Meaning]], wanted: Wanted, now: datetime) -> Answer:
    conditions = Conditions()
    pieces = [[one for meaning in group for one in widely(conditions, meaning)] for group in groups]
    wide = " && ".join(map(conditions.either, pieces))
    loose = conditions.either([one for group in pieces for one in group])
    exact = conditions.either([one for group in groups for each in group for one in exactly(conditions, each)])
    for term in question.excluded:
        without = f" && !!{conditions.phrase(term.text)[0]}"
        wide, loose = f"({wide}){without}", f"({loose}){without}"
    size = PER_PAGE if wanted.kind else AT_ONCE
    first = (wanted.page - 1) * size + 1 if wanted.kind else 1
    values = conditions.values | {
        "now": now, "kind": wanted.kind, "topic": wanted.topic, "year": wanted.year, "first": first,
        "last": first + size - 1, "folded": question.folded, "loosely": len(groups) > 1,
        "filtered": bool(wanted.kind or wanted.topic or wanted.year),
    }  # fmt: skip
    sql = FOUND.format(shown=SHOWN, wide=wide, loose=loose, exact=exact, most=RANKED, longest=LONGEST_TEXT)
    found = ask(sql, values)
    meanings = [meaning for group in groups for meaning in group]
    marks = Marks(
        tuple({stem for meaning in meanings for stem in meaning.starts}),
        tuple({stem for meaning in meanings for stem in meaning.lexemes if len(stem) > 3}),
    )
    sources = {source.kind: source for source in all_sources()}
    answer = Answer(
        question,
        [hit_of(row, sources[row["kind"]], marks) for row in found["hits"] or () if row["kind"] in sources],
        [tuple(cell) for cell in found["cells"] or ()],
        {key: (slug, name) for key, slug, name in found["topics"] or ()},
        found["loose"],
    )
    answer.suggestion = suggestion(question, groups, answer.hits)
    return answer


def widely(conditions: Conditions, meaning: Meaning) -> list[str]:
    """Everything a term may stand for."""
    pieces = exactly(conditions, meaning)
    if not meaning.term.phrase:
        # the whole word too: Eltern has the stem elt, Elternabend begins with neither alone
        starts = [f"{start}:*" for start in dict.fromkeys([*meaning.lexemes, meaning.term.text]) if len(start) > 3]
        pieces += conditions.stems([*starts, *meaning.compounds, *meaning.corrected])
    return pieces


def exactly(conditions: Conditions, meaning: Meaning) -> list[str]:
    pieces = conditions.phrase(meaning.term.text)
    return pieces + [piece for synonym in dict.fromkeys(meaning.synonyms) for piece in conditions.phrase(synonym)]


def hit_of(row: dict, source: Source, marks: Marks) -> Hit:
    return Hit(
        source,
        marked(row["title"], marks, whole=True),
        row["language"],
        row["note"],
        marked(row["text"], marks),
        datetime.fromisoformat(row["date"]) if row["date"] else None,
        source.address(row["reference"]),
        row["score"],
    )


def suggestion(question: Question, groups: list[list[Meaning]], hits: list[Hit]) -> str:
    """The question with its mistyped words as they are written in what was found."""
    text, corrected = question.text, False
    words = Counter(word for hit in hits for word in (*hit.title.words, *hit.excerpt.words))
    for meaning in (meaning for group in groups for meaning in group if meaning.corrected):
        typed = meaning.term.text
        likely = [word for word in words if fold(word).startswith(tuple(meaning.corrected))]
        if likely:
            best = max(likely, key=lambda word: (SequenceMatcher(None, typed, fold(word)).ratio(), words[word], word))
            text, corrected = text.replace(meaning.term.written, best), True
    return text if corrected else ""
