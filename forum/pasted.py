"""Repairs of HTML from word processors: real lists, headings in order.

The last resort on the server; the editor does the same while pasting (static/js/desk/paste.js).
"""

import re
from html import unescape

PARAGRAPH = re.compile(r"<p\b([^<>]*)>((?:(?!</?p\b).)*)</p\s*>", re.IGNORECASE | re.DOTALL)
IGNORED = r"<span[^<>]*mso-list:\s*ignore[^<>]*>((?:[^<]|<span[^<>]*>[^<]*</span>)*)</span>"
CONDITION = r"(?:<!(?:--)?\[{}[^<>]*>)?"  # Word hides the mark of a list item from programs that know lists
MARK = re.compile(
    rf"{CONDITION.format('if')}\s*(?:<span[^<>]*>\s*)?{IGNORED}(?:\s*</span>)?\s*{CONDITION.format('endif')}",
    re.IGNORECASE,
)
LEVEL = re.compile(r"mso-list:[^;\"'<>]*level(\d)", re.IGNORECASE)
BULLET = re.compile(r"^(?:<span[^<>]*>)?\s*[·•▪◦\uf0b7](?:\s|&nbsp;|\xa0)+(?:</span>)?(?:\s|&nbsp;|\xa0)*")
COUNTED = re.compile(r"^\s*(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]", re.IGNORECASE)
HEADING = re.compile(r"<h([1-6])>")


def list_item(match) -> tuple[int, str, str] | None:
    """(level from 1, "ul" or "ol", content) of a paragraph that a word processor means as a list item."""
    attributes, content = match.groups()
    level = LEVEL.search(attributes)
    mark = MARK.search(content)
    if level or "msolist" in attributes.lower():
        text = unescape(re.sub(r"<[^<>]*>", "", mark[1])) if mark else content
        kind = "ol" if COUNTED.match(text) else "ul"
        content = content.replace(mark[0], "", 1) if mark else BULLET.sub("", content)
        return min(int(level[1]) if level else 1, 9), kind, content.strip()
    if BULLET.match(content):
        return 1, "ul", BULLET.sub("", content).strip()
    return None


def real_lists(html: str) -> str:
    """Turn paragraphs that only look like list items into lists; other HTML comes back as it was."""
    if not re.search(r"mso-?list|[·•▪◦\uf0b7]", html, re.IGNORECASE):
        return html
    made, open_lists, last = [], [], 0
    for match in PARAGRAPH.finditer(html):
        item = list_item(match)
        if item is None:
            continue
        between = html[last : match.start()]
        if between.strip():
            made += [f"</li></{kind}>" for kind in reversed(open_lists)] + [between]
            open_lists = []
        made += step(open_lists, *item)
        last = match.end()
    return "".join(made + [f"</li></{kind}>" for kind in reversed(open_lists)]) + html[last:]


def strong_words(html: str) -> str:
    """Bold and italic as word processors write them; with attributes the same elements may mean nothing at all."""
    html = re.sub(r"<(/?)b>", r"<\1strong>", html, flags=re.IGNORECASE)
    return re.sub(r"<(/?)i>", r"<\1em>", html, flags=re.IGNORECASE)


def step(open_lists: list[str], level: int, kind: str, content: str) -> list[str]:
    """Open and close lists for the next item; a level can only be one deeper than the one before."""
    made = []
    level = min(level, len(open_lists) + 1)
    while len(open_lists) > level:
        made.append(f"</li></{open_lists.pop()}>")
    if len(open_lists) == level and open_lists[-1] != kind:
        made.append(f"</li></{open_lists.pop()}>")
    if len(open_lists) < level:
        open_lists.append(kind)
        made.append(f"<{kind}>")
    else:
        made.append("</li>")
    return [*made, f"<li><p>{content}</p>"]


def headings_in_order(html: str) -> str:
    """Keep two levels of headings, 2 and 3, however many there were; none of level 3 comes before one of level 2.

    Args:
        html: cleaned HTML, whose headings have no attributes.
    """
    levels = [int(level) for level in HEADING.findall(html)]
    if not levels or (levels[0] == 2 and set(levels) <= {2, 3}):
        return html
    top = min(levels)
    ranks = iter(2 if level == top or top not in levels[:i] else 3 for i, level in enumerate(levels))
    parts = re.split(r"<h[1-6]>(.*?)</h[1-6]>", html, flags=re.DOTALL)
    return "".join(one if i % 2 == 0 else "<h{0}>{1}</h{0}>".format(next(ranks), one) for i, one in enumerate(parts))
