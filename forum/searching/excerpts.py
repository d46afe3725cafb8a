"""Titles and excerpts with the words that were found marked; everything else is escaped."""

import re
from collections.abc import Collection

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from forum.searching.words import fold

LENGTH = 220  # characters of an excerpt
BEFORE = 60  # of them before the first mark
WORD = re.compile(r"[^\W_]+(?:[*:_·/]-?(?:innen|in|r|e|n)\b)?")
SHORTEST_PART = 5  # letters of a stem that is marked inside of a longer word


class Marked(SafeString):
    """Escaped text with <mark>; `words` are what is marked."""

    words: tuple[str, ...] = ()


def marked(text: str, stems: Collection[str], whole: bool = False) -> Marked:
    """Mark the words of a plain text that begin with a stem, or contain a longer one.

    Args:
        whole: keep the whole text instead of an excerpt around the place with the most marks.
    """
    places = [match.span() for match in WORD.finditer(text) if is_meant(match[0], stems)]
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


def is_meant(word: str, stems: Collection[str]) -> bool:
    folded = fold(word)
    return any(
        folded == stem
        or (len(stem) > 3 and folded.startswith(stem))
        or (len(stem) <= 3 and folded.startswith(stem) and len(folded) <= len(stem) + 2)
        or (len(stem) >= SHORTEST_PART and stem in folded)
        or (len(stem) == 4 and folded.endswith(stem))
        for stem in stems
    )


def window(text: str, places: list[tuple[int, int]]) -> tuple[int, int]:
    """Where an excerpt begins and ends: at words, where most marks are close together."""
    best, most = 0, 0
    for first, _ in places:
        inside = sum(1 for other, last in places if first <= other and last <= first - BEFORE + LENGTH)
        if inside > most:
            best, most = first, inside
    start = max(min(best - BEFORE, len(text) - LENGTH), 0)
    if start:
        start = text.find(" ", start, best) + 1 or best
    end = min(start + LENGTH, len(text))
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + 1)
    return start, end
