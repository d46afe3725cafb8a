"""Titles and excerpts with the words that were found marked; everything else is escaped."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from forum.searching.words import fold

LENGTH = 220  # characters of an excerpt
BEFORE = 60  # of them before the first mark
WORD = re.compile(r"[^\W_]+(?:[*:_·/]-?(?:innen|in|r|e|n)\b)?")
SHORTEST_PART = 5  # letters of a stem that is marked anywhere inside of a word; shorter ones at its end
SHORTEST_END = 3  # letters of a stem that is marked at the end of a word


class Marked(SafeString):
    """Escaped text with <mark>; `words` are what is marked."""

    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Marks:
    """Which words are marked, by their folded form.

    Args:
        starts: stems that a word begins with; of up to three letters only with hardly more behind them.
        inside: stems that may stand inside a compound.
    """

    starts: tuple[str, ...]
    inside: tuple[str, ...] = ()
    known: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)  # texts repeat their words

    def __contains__(self, word: str) -> bool:
        if word not in self.known:
            self.known[word] = self.marks(folded_word(word))
        return self.known[word]

    def marks(self, folded: str) -> bool:
        if folded.startswith(self.starts):
            return any(folded.startswith(one) and (len(one) > 3 or len(folded) <= len(one) + 2) for one in self.starts)
        return any(one in folded if len(one) >= SHORTEST_PART else folded.endswith(one) for one in self.inside)


folded_word = lru_cache(maxsize=50_000)(fold)


def marked(text: str, marks: Marks, whole: bool = False) -> Marked:
    """Mark words of a plain text.

    Args:
        whole: keep the whole text instead of an excerpt around the place with the most marks.
    """
    places = [match.span() for match in WORD.finditer(text) if match[0] in marks]
    start, end = (0, len(text)) if whole else window(text, places)
    pieces, words, position = [], [], start
    for first, last in places:
        if first < start or last > end:
            continue
        pieces += [conditional_escape(text[position:first]), format_html("<mark>{}</mark>", text[first:last])]
        words.append(text[first:last])
        position = last
    pieces.append(conditional_escape(text[position:end]))
    html = ("… " if start else "") + format_html_join("", "{}", ((piece,) for piece in pieces))
    result = Marked(html + (" …" if end < len(text) else ""))
    result.words = tuple(words)
    return result


def window(text: str, places: list[tuple[int, int]]) -> tuple[int, int]:
    """Where an excerpt begins and ends: at words, where most marks are close together."""
    best, most = 0, 0
    ends = [last for _, last in places]
    for number, (first, _) in enumerate(places):
        inside = bisect_right(ends, first - BEFORE + LENGTH) - number
        if inside > most:
            best, most = first, inside
    start = max(min(best - BEFORE, len(text) - LENGTH), 0)
    if start:
        start = text.find(" ", start, best) + 1 or best
    end = min(start + LENGTH, len(text))
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + 1)
    return start, end
