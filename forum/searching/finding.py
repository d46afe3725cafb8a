"""The answer to a question, in two queries: what its words may stand for, then what is found, ranked and counted.

Nothing is found that is not public at the moment of the search; what is not public neither counts nor corrects.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from functools import cached_property

from django.db import OperationalError
from django.utils import timezone
from psycopg.errors import QueryCanceled

from forum.searching.asking import FOUND, MOST_ENDINGS, WORDS, ask, kinds
from forum.searching.excerpts import SHORTEST_END, Marks, marked
from forum.searching.own import all_sources
from forum.searching.sources import Source
from forum.searching.synonyms import groups_of
from forum.searching.words import Question, Term, fold

AT_ONCE = 5  # hits of one kind among all
PER_PAGE = 20  # of one kind alone
ALIKE = 0.7  # ratio of difflib from which a stem counts as mistyped


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
    endings: list[str] = field(default_factory=list)
    compounds: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    synonyms: list[str] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """Words of which everything that fits says at least one, but for synonyms."""
        return [*sorted(self.lexemes, key=len)[-1:], *self.endings, *self.compounds, *self.corrected]

    @property
    def is_plain(self) -> bool:
        """Whether all that says one of the words fits; phrases ask for more."""
        return len(self.lexemes) == 1 and not any(" " in synonym for synonym in self.synonyms)

    @property
    def starts(self) -> list[str]:
        """What marked words begin with."""
        named = [word for synonym in self.synonyms for word in synonym.split()]
        return [*self.lexemes, *self.compounds, *self.corrected, *named]

    @property
    def inside(self) -> list[str]:
        """What marked words hold; those of phrases are as they are asked for."""
        return [] if self.term.phrase else [stem for stem in self.lexemes if len(stem) >= SHORTEST_END]


@dataclass
class Answer:
    """What was found.

    Args:
        told: the answers of the database, from which all follows.
        meant: what the words of the question may stand for.
        rows: what was found, best first.
        found: whether there is anything, whatever is chosen.
        more: kinds of which more may be found than was counted.
        total: number of hits that fit what is chosen.
        kinds, years, topics: how many hits there would be with each, beside what else is chosen.
        topic_names: slug → name of the topics found.
        loose: no hit has all words; these have some.
        failed: the search took too long.
    """

    question: Question
    told: tuple[str, ...] = ()
    meant: list[list[Meaning]] = field(default_factory=list)
    rows: list[dict] = field(default_factory=list)
    found: bool = False
    more: set[str] = field(default_factory=set)
    total: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    years: dict[str, int] = field(default_factory=dict)
    topics: dict[str, int] = field(default_factory=dict)
    topic_names: dict[str, str] = field(default_factory=dict)
    loose: bool = False
    failed: bool = False

    def facts(self) -> tuple[str, ...]:
        """For forum.remembered, beside the question itself."""
        return self.told

    @cached_property
    def hits(self) -> list[Hit]:
        """What was found as it is shown, best first."""
        meanings = [meaning for group in self.meant for meaning in group]
        marks = Marks(
            tuple({stem for meaning in meanings for stem in meaning.starts}),
            tuple({stem for meaning in meanings for stem in meaning.inside}),
        )
        sources = {source.kind: source for source in all_sources()}
        return [hit_of(row, sources[row["kind"]], marks) for row in self.rows if row["kind"] in sources]

    @cached_property
    def suggestion(self) -> str:
        """What was probably meant, as it is written in what was found."""
        return suggestion(self.question, self.meant, self.hits)

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

    def value(self, text: str | list[str]) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = text
        return f"%({name})s"

    def stems(self, stems: list[str]) -> list[str]:
        """Stems are letters and digits alone; a star behind one stands for any ending."""
        return [f"to_tsquery('simple', {self.value(' | '.join(stems))})"] if stems else []

    def phrase(self, text: str) -> list[str]:
        return [f"phraseto_tsquery('german', {self.value(text)})"]

    def words(self, group: list[Meaning]) -> str:
        """A JSON array of words of which everything that fits the group says at least one."""
        words = dict.fromkeys(word for meaning in group for word in meaning.words)
        pieces = [f"to_jsonb({self.value(list(words))}::text[])"]
        synonyms = dict.fromkeys(synonym for meaning in group for synonym in meaning.synonyms)
        return " || ".join([*pieces, *(f"to_jsonb(forum_find_rarest({self.value(one)}))" for one in synonyms)])

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
        words = ask(WORDS.call(), {"terms": [term.text for term in question.terms], "now": now} | kinds())
        groups = meanings_of(question, json.loads(words))
        if not any(meaning for group in groups for meaning in group):
            return Answer(question)
        return answer_of(question, groups, (words, ask(*asked(question, groups, wanted, now))))
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise  # nobody can be found while the database is away
        return Answer(question, failed=True)  # it took too long


def meanings_of(question: Question, known: dict) -> list[list[Meaning]]:
    """What each term may stand for; what consists of stop words alone is left out."""
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
        meaning.endings = [one for row in rows for one in row["endings"]]
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


def asked(question: Question, groups: list[list[Meaning]], wanted: Wanted, now: datetime) -> tuple[str, dict]:
    """The second question to the database, with its values."""
    conditions = Conditions()
    pieces = [[one for meaning in group for one in widely(conditions, meaning)] for group in groups]
    wide = " && ".join(map(conditions.either, pieces))
    loose = conditions.either([one for group in pieces for one in group])
    exact = conditions.either([one for group in groups for each in group for one in exactly(conditions, each)])
    for term in question.excluded:
        without = f" && !!{conditions.phrase(term.text)[0]}"
        wide, loose = f"({wide}){without}", f"({loose}){without}"
    words = [conditions.words(group) for group in groups]
    plain = not question.excluded and all(meaning.is_plain for group in groups for meaning in group)
    size = PER_PAGE if wanted.kind else AT_ONCE
    first = (wanted.page - 1) * size + 1 if wanted.kind else 1
    values = conditions.values | kinds() | kinds(wanted.kind, "_wanted") | {
        "now": now, "kind": wanted.kind, "topic": wanted.topic, "year": wanted.year, "first": first,
        "last": first + size - 1, "folded": question.folded, "names": names(question, groups),
        "loosely": len(groups) > 1, "filtered": bool(wanted.kind or wanted.topic or wanted.year),
        "whole": plain and len(groups) <= 2, "any_whole": plain,
    }  # fmt: skip
    sql = FOUND.call(
        wide=wide, loose=loose, exact=exact,
        words=f"jsonb_build_array({', '.join(words)})", any_word=f"jsonb_build_array({' || '.join(words)})",
    )  # fmt: skip
    return sql, values


def answer_of(question: Question, groups: list[list[Meaning]], told: tuple[str, str]) -> Answer:
    found = json.loads(told[1])
    return Answer(
        question,
        told,
        groups,
        found["hits"] or [],
        found["found"],
        set(found["more"] or ()),
        found["total"],
        found["kinds"] or {},
        found["years"] or {},
        {slug: count for slug, _, count in found["topics"] or ()},
        {slug: name for slug, name, _ in found["topics"] or ()},
        found["loose"],
    )


def names(question: Question, groups: list[list[Meaning]]) -> list[str]:
    """Titles that say just what is asked; a synonym is one if it stands for the whole question."""
    if len(groups) > 1 and any(group[0].synonyms != groups[0][0].synonyms for group in groups):
        return [question.folded]
    return [question.folded, *(synonym for meaning in groups[0] for synonym in meaning.synonyms)]


def widely(conditions: Conditions, meaning: Meaning) -> list[str]:
    """Everything a term may stand for."""
    pieces = exactly(conditions, meaning)
    if not meaning.term.phrase:
        pieces += conditions.stems([*endings(meaning), *meaning.compounds, *meaning.corrected])
    return pieces


def endings(meaning: Meaning) -> list[str]:
    """The words that begin like the term; a star for all of them if they are too many to be named."""
    if len(meaning.endings) < MOST_ENDINGS:
        return meaning.endings
    return [f"{start}:*" for start in dict.fromkeys([*meaning.lexemes, meaning.term.text]) if len(start) > 3]


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
