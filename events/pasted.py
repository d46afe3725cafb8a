"""Pasted pages as blocks: headings, paragraphs, list items, table rows and captions, from HTML or plain text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

import nh3
from django.core.exceptions import ValidationError

from events.names import labelled

LONGEST = 300_000  # characters of text; the longest programme seen has 40,000
LONGEST_HTML = 1_000_000  # Word wraps every few words in a tag
MOST_TAGS = 20_000  # lists in lists in lists cost the square of their depth
MOST_BLOCKS = 3_000
TOO_MANY = "Dieser Text hat zu viele Absätze. Bitte fügen Sie nur die Seite dieser Veranstaltung ein."

HEADINGS = {f"h{level}" for level in range(1, 7)}
BREAKS = {"p", "div", "section", "article", "header", "footer", "main", "ul", "ol", "table", "dl", "figure", "tbody"}
BLOCKS = HEADINGS | BREAKS | {"li", "tr", "td", "th", "dt", "dd", "figcaption", "blockquote"}
INLINE = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "a": "a"}

BULLET = re.compile(r"[•·▪◦●‣*–—-][ \t\u00a0]+(?=\S)|\d{1,2}\)[ \t]+")
NOT_JOINED = re.compile(r"[•·▪◦●‣*–—-]\s|\d{1,2}[.:)]?\d{0,2}\s|[^\s:]{2,20}(?: [^\s:]{2,20})?:\s|\S+\[at\]|\S+@")
TITLE_LABEL = re.compile(r"(?:Keynote|Impuls|Vortrag|Podium|Input|Praxis)")  # names an item as well as a part
FACT_LINE = re.compile(r"[^:]{2,20}:\s*\d")  # Datum: 14.06.2023
WIDE = 70  # characters from which a line may have been broken by its width
HEADING_LENGTH = 160


@dataclass
class Block:
    """One piece of a page.

    Args:
        kind: `heading`, `text`, `bullet`, `row` (of a table) or `caption`.
        lines: its text; a table row has one line for each cell.
        html: the same with emphasis and links, safe to be cleaned again.
        level: 1 to 6, headings only.
    """

    kind: str
    lines: list[str]
    html: str = ""
    level: int = 0

    @property
    def text(self) -> str:
        return " ".join(self.lines)


@dataclass
class Collector(HTMLParser):
    """Turns well-formed, cleaned HTML into blocks; one walk, so the time grows with the length alone."""

    blocks: list[Block] = field(default_factory=list)

    def __post_init__(self):
        super().__init__(convert_charrefs=True)
        self.kind, self.level, self.cells = "text", 0, []
        self.text, self.markup, self.in_item, self.in_row = [], [], 0, False

    def handle_starttag(self, tag, attrs):
        if tag == "img" and (shown := dict(attrs).get("alt")) and not self.in_row:
            self.flush()
            self.blocks.append(Block("alt", [shown[:300]]))
        elif tag == "br":
            self.text.append("\n")
            self.markup.append("<br>")
        elif tag in INLINE:
            href = dict(attrs).get("href")
            self.markup.append(f'<a href="{escape(href)}">' if tag == "a" and href else f"<{INLINE[tag]}>")
        elif tag in BLOCKS:
            self.flush()
            self.begin(tag)

    def begin(self, tag):
        if tag in HEADINGS:
            self.kind, self.level = "heading", int(tag[1])
        elif tag == "figcaption":
            self.kind = "caption"
        elif tag == "li":
            self.in_item += 1
            self.kind = "bullet"
        elif tag == "tr":
            self.in_row, self.cells = True, []

    def handle_endtag(self, tag):
        if tag in INLINE:
            self.markup.append(f"</{INLINE[tag]}>")
        elif tag in BLOCKS:
            self.flush()
            if tag == "li":
                self.in_item = max(0, self.in_item - 1)
            if tag == "tr" and self.in_row:
                self.in_row = False
                if any(self.cells):
                    self.blocks.append(Block("row", self.cells, escape(" ".join(self.cells))))
            self.kind, self.level = ("bullet" if self.in_item else "text"), 0

    def handle_data(self, data):
        self.text.append(re.sub(r"\s+", " ", data))
        self.markup.append(escape(re.sub(r"\s+", " ", data), quote=False))

    def flush(self):
        lines = [" ".join(line.split()) for line in "".join(self.text).split("\n")]
        lines, markup = [line for line in lines if line], "".join(self.markup).strip()
        self.text, self.markup = [], []
        if self.in_row:
            self.cells += [" ".join(lines)] if lines else []
        elif lines:
            kind, html = self.kind, nh3.clean(markup, tags={"strong", "em", "a", "br"}, link_rel=None)
            self.blocks.append(Block(kind, lines, html, self.level))


def from_html(html: str) -> list[Block]:
    refuse_length(html, LONGEST_HTML)
    if html.count("<") > MOST_TAGS:
        raise ValidationError(TOO_MANY)
    tags = BLOCKS | set(INLINE) | {"br", "thead", "tfoot", "img"}
    clean = nh3.clean(html, tags=tags, attributes={"a": {"href"}, "img": {"alt"}}, link_rel=None)
    collector = Collector()
    collector.feed(clean)
    collector.close()
    collector.flush()
    blocks = few_enough(collector.blocks)
    if any(block.kind in ("heading", "bullet") for block in blocks):
        return [unlisted(block) for block in blocks]
    return from_text("\n\n".join("\n".join(block.lines) for block in blocks))  # nothing but paragraphs


def unlisted(block: Block) -> Block:
    """Word writes list items as paragraphs that begin with a dot."""
    if block.kind == "text" and len(block.lines) == 1 and (bullet := BULLET.match(block.text)):
        text = block.text[bullet.end() :]
        return Block("bullet", [text], escape(text, quote=False))
    return block


def from_text(text: str) -> list[Block]:
    """Read plain text: a blank line ends a paragraph, a short line by itself is a heading."""
    refuse_length(text, LONGEST)
    blocks, group = [], []
    for line in [*text.splitlines(), ""]:
        if words := " ".join(line.split()):
            group.append(words)
        else:
            blocks += of_group(group)
            group = []
    return few_enough(blocks)


def refuse_length(text: str, most: int):
    if len(text) > most:
        raise ValidationError("Dieser Text ist zu lang. Bitte fügen Sie nur die Seite dieser Veranstaltung ein.")


def few_enough(blocks: list[Block]) -> list[Block]:
    if len(blocks) > MOST_BLOCKS:
        raise ValidationError(
            "Dieser Text hat zu viele Absätze. Bitte fügen Sie nur die Seite dieser Veranstaltung ein."
        )
    return blocks


def of_group(lines: list[str]) -> Iterable[Block]:
    """The blocks of lines between two blank lines."""
    if len(lines) == 1 and is_heading(lines[0]):
        yield Block("heading", lines, escape(lines[0], quote=False), 2)
        return
    paragraph: list[str] = []
    for line in lines:
        bullet = BULLET.match(line)
        if bullet:
            yield from paragraph_of(paragraph)
            paragraph = []
            text = line[bullet.end() :]
            yield Block("bullet", [text], escape(text, quote=False))
        elif "©" in line:
            yield from paragraph_of(paragraph)
            paragraph = []
            yield Block("caption", [line], escape(line, quote=False))
        elif (
            paragraph and len(paragraph[-1]) >= WIDE and paragraph[-1][-1] not in ".:;!?" and not NOT_JOINED.match(line)
        ):
            paragraph[-1] += f" {line}"
        else:
            paragraph.append(line)
    yield from paragraph_of(paragraph)


def is_broken(line: str) -> bool:
    """Whether a line may have ended only because the page did."""
    return len(line) >= WIDE and line[-1] not in ".:;!?"


def paragraph_of(lines: list[str]) -> Iterable[Block]:
    if lines:
        yield Block("text", lines, "<br>".join(escape(line, quote=False) for line in lines))


def is_heading(line: str) -> bool:
    return (
        len(line) <= HEADING_LENGTH
        and not BULLET.match(line)
        and line[-1] not in ".,;:"
        and "©" not in line
        and "@" not in line
        and "[at]" not in line
        and (not labelled(line)[0] or TITLE_LABEL.match(line))
        and not FACT_LINE.match(line)
    )


def to_html(blocks: Iterable[Block]) -> str:
    """Write blocks as rich text: two levels of headings, lists as lists. A heading above nothing is a paragraph."""
    blocks = list(blocks)
    top = min((block.level for block in blocks if block.kind == "heading"), default=2)
    parts, listing = [], False
    for block, after in zip(blocks, [*blocks[1:], None], strict=False):
        if listing and block.kind != "bullet":
            parts.append("</ul>")
            listing = False
        if block.kind == "bullet":
            parts.append(("" if listing else "<ul>") + f"<li><p>{block.html}</p></li>")
            listing = True
        elif block.kind == "heading" and after is not None and (after.kind != "heading" or after.level > block.level):
            tag = "h2" if block.level <= max(top, 2) else "h3"
            parts.append(f"<{tag}>{escape(block.text, quote=False)}</{tag}>")
        else:
            parts.append(f"<p>{block.html}</p>")
    return "".join(parts) + ("</ul>" if listing else "")
