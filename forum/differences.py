"""What differs between two versions of a thing, in German words: fields, words in texts, rows that belong to it."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import SequenceMatcher
from html.parser import HTMLParser
from pathlib import PurePosixPath

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from imagefield.fields import PPOIField

from forum.richtext import RichTextField
from forum.snapshots import Row, Snapshot
from forum.versions import PARTS, kept_fields, parts_of

NEW, GONE, CHANGED, SAME = "neu", "entfernt", "geändert", ""
MOST_WORDS = 4_000  # of each text; longer ones are shown as a whole, before and after
LONGEST = 20_000  # characters shown of one piece
LATE = ("easy_title", "easy_text", "published_at", "expires_at", "slug")  # shown after everything else
NAMED = 3  # so many rows of a kind are named in a summary, more are counted
UNCHANGED_AROUND = 80  # characters of unchanged text shown beside a change


@dataclass
class Piece:
    """Words that are in both versions, or in one of them; a gap stands for words left out."""

    text: str
    kind: str = SAME  # SAME, NEW, GONE or "lücke"


@dataclass
class FieldChange:
    label: str
    pieces: list[Piece]


@dataclass
class RowChange:
    """A thing or a part; `kind` is NEW, GONE, CHANGED or SAME."""

    name: str
    kind: str
    fields: list[FieldChange] = field(default_factory=list)
    groups: list["Group"] = field(default_factory=list)

    def __bool__(self):
        return self.kind != CHANGED or bool(self.fields or self.groups)


@dataclass
class Group:
    label: str
    rows: list[RowChange]


class Names:
    """Names of what versions refer to, today's or the last known; two queries for each model."""

    def __init__(self, *snapshots: Snapshot):
        from reversion.models import Version

        wanted = {}
        for model, key in references(snapshots):
            wanted.setdefault(model, set()).add(key)
        self.names = {}
        for model, keys in wanted.items():
            there = {str(thing.pk): str(thing) for thing in model._base_manager.filter(pk__in=keys)}
            gone = keys - there.keys()
            versions = Version.objects.filter(
                content_type__app_label=model._meta.app_label,
                content_type__model=model._meta.model_name,
                object_id__in=gone,
            )
            last = dict(versions.order_by("pk").values_list("object_id", "object_repr")) if gone else {}
            for key in keys:
                self.names[model, key] = there.get(key) or f"{last.get(key, '')} (gelöscht)".strip()

    def of(self, model, key) -> str:
        return self.names.get((model, str(key)), "")


def references(snapshots: Iterable[Snapshot]) -> Iterator[tuple[type[models.Model], str]]:
    """Everything outside that the rows of versions point to."""
    for snapshot in snapshots:
        for row in snapshot.rows:
            for one in pointing_fields(row):
                for key in row.keys(one):
                    yield one.related_model, key


def pointing_fields(row: Row) -> list[models.Field]:
    """The relations of a row, without the one to its owner."""
    owner = PARTS[row.model].owner if row.model in PARTS else ""
    related = [one for one in kept_fields(row.model) if one.many_to_one or one.one_to_one or one.many_to_many]
    return [one for one in related if one.name not in (owner, "content_type")]


def summary(old: Snapshot, new: Snapshot) -> str:
    """What has changed, in one line: `Titel; Mitwirkende: Anika Göbel (Begleitung) neu`."""
    change = compare(old, new)
    groups = {}
    labels = [one.label for one in change.fields]
    collect(change, groups)
    said = [", ".join([*labels[:5], *([f"{len(labels) - 5} weitere Felder"] if len(labels) > 5 else [])])]
    said += [f"{label}: {listed(rows)}" for label, rows in groups.items()]
    return "; ".join(filter(None, said)) or "Angaben ohne eigenes Feld"


def collect(change: RowChange, groups: dict):
    for group in change.groups:
        groups.setdefault(group.label, []).extend(row for row in group.rows if row.kind != CHANGED or row.fields)
        for row in group.rows:
            if row.kind == CHANGED:
                collect(row, groups)
    for label in [label for label, rows in groups.items() if not rows]:
        del groups[label]


def listed(rows: list[RowChange]) -> str:
    said = []
    for kind in (NEW, CHANGED, GONE):
        names = [row.name for row in rows if row.kind == kind]
        if names:
            said.append(f"{', '.join(names) if len(names) <= NAMED else len(names)} {kind}")
    return ", ".join(said)


def compare(old: Snapshot | None, new: Snapshot | None, without: Collection[str] = ()) -> RowChange:
    """Find what differs; with one version alone, everything that is in it.

    Args:
        without: names of fields of the thing itself to leave out.
    """
    names = Names(*filter(None, [old, new]))
    return Comparison(old, new, names).row(old and old.root, new and new.root, without)


class Comparison:
    def __init__(self, old: Snapshot | None, new: Snapshot | None, names: Names):
        self.old, self.new, self.names = old, new, names

    def row(self, old: Row | None, new: Row | None, without=()) -> RowChange:
        kind = CHANGED if old and new else NEW if new else GONE
        change = RowChange(self.name(new or old), kind)
        left_out = set(without)
        if kind != CHANGED and (new or old).model in PARTS:
            left_out |= {"position", "slug", *(one.name for one in self.naming(new or old))}
        for one in sorted(kept_fields((new or old).model), key=lambda one: one.name in LATE):
            if is_shown(one, new or old) and one.name not in left_out:
                pieces = self.field(one, old, new)
                change.fields += [FieldChange(label(one), pieces)] if pieces else []
        change.groups = [
            Group(group_label((new or old).model, model), rows)
            for model in parts_of((new or old).model)
            if not PARTS[model].trace and (rows := self.rows(model, old, new))
        ]
        return change

    def rows(self, model, old, new) -> list[RowChange]:
        before = {row.key: row for row in self.old.parts(old, model)} if old and self.old else {}
        after = {row.key: row for row in self.new.parts(new, model)} if new and self.new else {}
        order = [*after, *(key for key in before if key not in after)]
        changes = [self.row(before.get(key), after.get(key)) for key in order]
        return [change for change in changes if change]

    def field(self, one: models.Field, old: Row | None, new: Row | None) -> list[Piece]:
        before, after = old and self.words(one, old), new and self.words(one, new)
        if old and new:
            if old.values.get(one.name) == new.values.get(one.name):
                return []
            if before == after:
                formatted = isinstance(one, RichTextField)
                return [Piece("Nur die Gestaltung ist anders (fett, kursiv, Sprache).")] if formatted else []
            if isinstance(one, models.TextField | models.CharField) and not one.choices:
                return shortened(word_changes(before, after))
            return [Piece(before or "leer", GONE), Piece(after or "leer", NEW)]
        text = before or after
        if text == "nein" and not one.null:
            return []
        return [Piece(cut(text), GONE if old else NEW)] if text else []

    def words(self, one: models.Field, row: Row) -> str:
        """The value of a field as people read it; empty when there is none."""
        value = row.value(one)
        if value is None or value == "" or value == []:
            return ""
        if one.many_to_many:
            return ", ".join(sorted(self.names.of(one.related_model, key) for key in value))
        if one.many_to_one:
            return self.names.of(one.related_model, value)
        return plain(one, value)

    def name(self, row: Row) -> str:
        """How a part is called: `Anika Göbel (Begleitung)`, `„Wirkung messen“ (Workshop)`."""
        fields = self.naming(row)
        kinds = ", ".join(self.words(one, row) for one in fields if one.choices)
        names = ", ".join(self.words(one, row) for one in fields if one.many_to_one)
        texts = [f"„{cut(self.words(one, row), 80)}“" for one in fields if not one.choices and not one.many_to_one]
        name = names or "".join(texts) or str(row.model._meta.verbose_name)
        return f"{name} ({kinds})" if kinds else name

    def naming(self, row: Row) -> list[models.Field]:
        """The fields a part is known by: what it joins, or else its first text, and what kind of it this is."""
        fields = [one for one in kept_fields(row.model) if is_shown(one, row) and self.words(one, row)]
        joined = [one for one in fields if one.many_to_one]
        texts = [one for one in fields if isinstance(one, models.CharField) and not one.choices]
        kinds = [one for one in fields if one.choices and one.name in ("part", "kind")]
        return (joined or texts[:1]) + kinds


def is_shown(one: models.Field, row: Row) -> bool:
    owner = PARTS[row.model].owner if row.model in PARTS else None
    return one.editable and not one.primary_key and one.name != owner


def group_label(owner: type[models.Model], part: type[models.Model]) -> str:
    """What staff call the parts: the name of the relation they make up, or their own."""
    for relation in owner._meta.local_many_to_many:
        if relation.remote_field.through is part:
            return capfirst(str(relation.verbose_name))
    return capfirst(str(part._meta.verbose_name_plural))


def label(one: models.Field) -> str:
    return "Wichtige Stelle im Bild" if isinstance(one, PPOIField) else capfirst(str(one.verbose_name))


def plain(one: models.Field, value) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if one.choices:
        return str(dict(one.flatchoices).get(value, value))
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "j. F Y, H:i") + " Uhr"
    if isinstance(value, date):
        return date_format(value, "j. F Y")
    if isinstance(one, models.FileField):
        return PurePosixPath(str(value)).name
    if isinstance(one, PPOIField):
        return focal_point(str(value))
    return reading_text(str(value)) if isinstance(one, RichTextField) else str(value)


def focal_point(value: str) -> str:
    try:
        x, y = (round(float(share) * 100) for share in value.split("x"))
    except ValueError:
        return value
    return f"{x} % von links, {y} % von oben"


class Reader(HTMLParser):
    """Collects the lines of a rich text, each with what it is."""

    OPENING = {"h2": "Überschrift: ", "h3": "Kleine Überschrift: ", "li": "• ", "blockquote": "Zitat: "}
    BLOCKS = {"p", "table", "tr", "ul", "ol", *OPENING}

    def __init__(self):
        super().__init__()
        self.lines, self.href = [""], []

    def handle_starttag(self, tag, attributes):
        if tag in self.OPENING:
            self.lines.append(self.OPENING[tag])
        elif (tag in self.BLOCKS and self.lines[-1] not in self.OPENING.values()) or tag == "br":
            self.lines.append("")
        elif tag in ("td", "th") and self.lines[-1]:
            self.lines[-1] += " | "
        elif tag == "a":
            self.href.append(dict(attributes).get("href") or "")

    def handle_endtag(self, tag):
        if tag in self.BLOCKS:
            self.lines.append("")
        elif tag == "a" and self.href:
            self.lines[-1] += f" ({self.href.pop()})"

    def handle_data(self, data):
        self.lines[-1] += data


def reading_text(html: str) -> str:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return "\n".join(line.strip() for line in reader.lines if line.strip())


def word_changes(old: str, new: str) -> list[Piece]:
    """Compare word by word, paragraph by paragraph where texts are long."""
    before, after = words_of(old), words_of(new)
    if max(len(before), len(after)) > MOST_WORDS:
        return [Piece(cut(old), GONE), Piece(cut(new), NEW)]
    pieces = []
    for action, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if action == "equal":
            pieces.append(Piece("".join(before[i:j])))
        else:
            pieces += [Piece("".join(before[i:j]), GONE)] if j > i else []
            pieces += [Piece("".join(after[k:m]), NEW)] if m > k else []
    return joined_over_spaces(pieces)


def words_of(text: str) -> list[str]:
    return re.findall(r"\n|[^\S\n]+|\S+", text)


def joined_over_spaces(pieces: list[Piece]) -> list[Piece]:
    """Say `zwei alte Wörter` → `drei neue` once: a space between two changes is no reason to begin anew."""
    runs = []  # changed: [gone, new], unchanged: text
    for index, piece in enumerate(pieces):
        bridge = piece.kind == SAME and not piece.text.strip(" ") and 0 < index < len(pieces) - 1
        if piece.kind == SAME and not bridge:
            runs.append(piece.text)
            continue
        if not runs or isinstance(runs[-1], str):
            runs.append(["", ""])
        if piece.kind in (GONE, SAME):
            runs[-1][0] += piece.text
        if piece.kind in (NEW, SAME):
            runs[-1][1] += piece.text
    found = []
    for run in runs:
        found += [Piece(run)] if isinstance(run, str) else [Piece(run[0], GONE), Piece(run[1], NEW)]
    return [piece for piece in found if piece.text]


def shortened(pieces: list[Piece]) -> list[Piece]:
    """Leave out what is far from any change."""
    found = []
    for index, piece in enumerate(pieces):
        if piece.kind != SAME or len(piece.text) <= 3 * UNCHANGED_AROUND:
            found.append(Piece(cut(piece.text), piece.kind))
            continue
        if index:
            found.append(Piece(piece.text[:UNCHANGED_AROUND].rpartition(" ")[0] or piece.text[:UNCHANGED_AROUND]))
        found.append(Piece("…", "lücke"))
        if index < len(pieces) - 1:
            tail = piece.text[-UNCHANGED_AROUND:]
            found.append(Piece(tail.partition(" ")[2] or tail))
    return found


def cut(text: str, limit: int = LONGEST) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
