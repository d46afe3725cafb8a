"""What a question consists of, and how German words are made comparable.

Folding makes one word of its spellings: capitals, umlauts (Köpenick, Koepenick, Kopenick), gender forms
(Mitarbeiter*innen, MitarbeiterInnen, Mitarbeiterin). The database folds what is indexed by the same rules; stemming is
its part alone.
"""

import re
import unicodedata
from dataclasses import dataclass, field

LONGEST = 200  # characters of a question
MOST_TERMS = 12

# In the syntax that Python and PostgreSQL share: (pattern, replacement).
AS_WRITTEN = (  # while capitals are there
    ("(?<=[a-zäöüß])[*:_·•]-?(?:innen|in|en|er|e|n|r)(?![a-zA-Zäöüß])", ""),
    ("(?<=[a-zäöüß])/-?(?:innen|in)(?![a-zA-Zäöüß])", ""),
    ("(?<=[a-zäöüß])In(?:nen)?(?![a-zA-Zäöüß])", ""),
)
IN_ASCII = (  # in lower case, without accents
    ("([a-z]{4})innen(?![a-z])", r"\1"),
    ("([a-z](?:[a-z]er|[a-z]or|ent|ant|ist|eur|log|leg|nom|alt|rzt))in(?![a-z])", r"\1"),
    ("([a-z](?:[a-z]tr|[a-z]se|[a-z][a-z]i))um(?![a-z])", r"\1"),  # Zentrum, Museum, Gremium have plurals in -en
    ("(?<![aeiouq])([aou])e", r"\1"),  # ae, oe, ue as written without umlauts; neue, bauen, Quelle stay
)
UNACCENTED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})

# Words that say nothing alone: those with umlauts of PostgreSQL's list, which knows them unfolded, and questions.
SILENT = {
    "fur", "uber", "konnen", "konnte", "wahrend", "wurde", "wurden", "hatte", "hatten", "wer", "wann", "wieso", "warum",
    "wessen", "gibt", "gibts", "bitte", "finde", "suche", "mochte",
    "nachste", "nachsten", "nachster", "nachstes", "nachstem",  # have the stem nach, as Nachhaltigkeit begins
}  # fmt: skip

PIECE = re.compile(r'(?P<minus>(?<!\S)[-−–])?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')


def fold(text: str) -> str:
    """Words of a text in ASCII where they are Latin, in lower case, separated by single spaces."""
    text = unicodedata.normalize("NFC", text)
    for pattern, replacement in AS_WRITTEN:
        text = re.sub(pattern, replacement, text)
    text = unicodedata.normalize("NFKD", text.lower().translate(UNACCENTED))
    text = unicodedata.normalize("NFC", re.sub("(?<=[a-z])[\u0300-\u036f]+", "", text))
    for pattern, replacement in IN_ASCII:
        text = re.sub(pattern, replacement, text)
    return re.sub(r"[\W_]+", " ", text).strip()


@dataclass(frozen=True)
class Term:
    """One thing asked for: a word, or several in this order.

    Args:
        text: folded.
        written: as typed.
        phrase: whether the words must follow one another.
    """

    text: str
    written: str
    phrase: bool = False


@dataclass
class Question:
    """Every group must be found, by one of its terms; nothing excluded may be found."""

    text: str
    groups: list[list[Term]] = field(default_factory=list)
    excluded: list[Term] = field(default_factory=list)
    shortened: bool = False

    @property
    def terms(self) -> list[Term]:
        return [term for group in self.groups for term in group]

    @property
    def folded(self) -> str:
        return " ".join(term.text for term in self.terms)


def tidy(text: str) -> str:
    """A question as typed, in one line, of what can be seen and stored."""
    text = "".join(character if character.isprintable() else " " for character in text[: 5 * LONGEST])
    text = text.translate(str.maketrans("„“”«»", '"' * 5))
    return " ".join(text.encode("utf-8", "ignore").decode().split())


def parse(text: str) -> Question:
    """Read a question: words, "phrases", -exclusions, `oder` between alternatives.

    Args:
        text: as typed; anything at all.
    """
    shown = tidy(text)
    question = Question(shown[:LONGEST].strip(), shortened=len(shown) > LONGEST or len(text) > 5 * LONGEST)
    joined = False
    for piece in PIECE.finditer(question.text):
        written = piece["phrase"] if piece["phrase"] is not None else piece["word"]
        if piece["word"] and written.lower() in ("oder", "or", "|"):
            joined = bool(question.groups)
            continue
        term = Term(fold(written), written, phrase=" " in fold(written))
        if not term.text or (piece["word"] and term.text in SILENT):
            continue
        if len(question.terms) + len(question.excluded) == MOST_TERMS:
            question.shortened = True
            break
        if piece["minus"]:
            question.excluded.append(term)
        elif joined:
            question.groups[-1].append(term)
        else:
            question.groups.append([term])
        joined = False
    return question
