"""Two people on one thing: has it changed since a form was opened, what has, and who decides about it how."""

import difflib
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django_prose_editor.widgets import ProseEditorWidget

from forum.desk.controls import Controls, plain

MOST_WORDS = 3_000  # longer texts are shown without marking what differs


def digest(value) -> str:
    return hashlib.sha256(repr(value).encode(errors="replace")).hexdigest()[:12]


def value_of(thing, name, cleaned=None):
    """The value of a field as comparable text: as stored, or as a valid form has just set it."""
    try:
        model_field = thing._meta.get_field(name)
    except FieldDoesNotExist:  # a field of the form alone
        return None
    if model_field.concrete and not model_field.many_to_many:
        value = model_field.value_from_object(thing)
        if isinstance(value, datetime):  # forms show minutes
            return value.replace(second=0, microsecond=0).timestamp()
        return str(value).replace("\r\n", "\n")  # as browsers send what was stored without
    if cleaned is not None:
        return sorted(one.pk for one in cleaned.get(name) or [])
    return sorted(getattr(thing, name).values_list("pk", flat=True)) if thing.pk else []


def row_values(form):
    names = [name for name in form.fields if name not in {"DELETE", "ORDER"}]
    concrete = {one.name for one in form.instance._meta.concrete_fields}
    return (form.instance.pk, [(name, value_of(form.instance, name)) for name in names if name in concrete])


def fingerprints(form, formsets, typed=False) -> dict[str, str]:
    """Describe the state behind a form: name of a field, or prefix of rows → short hash.

    Args:
        form: the form of a stored thing; bound and validated if `typed`.
        formsets: its rows.
        typed: ask what was typed instead of what is stored.
    """
    cleaned = form.cleaned_data if typed else None
    marks = {name: digest(value_of(form.instance, name, cleaned)) for name in form.fields}
    for formset in formsets:
        forms = formset.forms if typed else formset.initial_forms
        if typed:
            gone = formset.deleted_forms
            forms = [one for one in forms if one not in gone and (one.has_changed() or one.instance.pk)]
        rows = [row_values(one) for one in forms]
        marks[formset.prefix] = digest(sorted(rows, key=repr))
    return marks


def write_version(marks: dict[str, str]) -> str:
    """Put fingerprints into a hidden field, with the second they were taken."""
    return f"{int(timezone.now().timestamp())}|" + ",".join(f"{name}:{mark}" for name, mark in marks.items())


def read_version(text: str) -> dict[str, str]:
    """Read what `write_version` wrote; anything else knows no field, so that everything counts as changed."""
    return dict(re.findall(r"([\w-]+):([0-9a-f]{12})(?:,|$)", text.partition("|")[2][:20_000]))


@dataclass
class Part:
    """A field, or the rows of one kind, of which a newer state is stored than the one somebody opened."""

    key: str
    label: str
    mine: str
    stored: str
    pairs: list  # what a form with the stored state would send
    both: bool = False  # changed here too, so that a person has to choose
    is_rows: bool = False
    choice: str = ""

    @property
    def compared(self):
        return marked(self.mine, self.stored)


def marked(mine: str, stored: str):
    """Both texts with their differing words marked, as a pair of safe HTML."""
    one, other = re.findall(r"\s+|\S+", mine), re.findall(r"\s+|\S+", stored)
    if not mine or not stored or len(one) + len(other) > MOST_WORDS:
        return mine, stored
    blocks = difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return (
        join_marked((kind, "".join(one[a:b])) for kind, a, b, _, _ in blocks),
        join_marked((kind, "".join(other[c:d])) for kind, _, _, c, d in blocks),
    )


def join_marked(pieces):
    return format_html_join(
        "",
        "{}",
        ((text if kind == "equal" else format_html("<mark>{}</mark>", text),) for kind, text in pieces if text),
    )


def all_parts(mine, mine_sets, stored, stored_sets) -> list[Part]:
    """Everything that can be compared: what was typed beside what is stored."""
    fields = [part_of_field(name, mine, stored) for name in mine.fields]
    return fields + [part_of_rows(one, other) for one, other in zip(mine_sets, stored_sets, strict=True)]


def part_of_field(key, mine, stored) -> Part:
    rich = isinstance(mine.fields[key].widget, ProseEditorWidget)
    typed, kept = Controls(str(mine[key])), Controls(str(stored[key]))
    read = (lambda words: plain("\n".join(words))) if rich else " ".join
    return Part(key, str(mine[key].label), read(typed.words), read(kept.words), kept.pairs)


def part_of_rows(mine, stored) -> Part:
    label = str(mine.model._meta.verbose_name_plural)
    kept = Controls(str(stored.management_form) + "".join(str(form) for form in stored.initial_forms))
    count = str(len(stored.initial_forms))  # without the empty rows that a new form may offer
    pairs = [(name, count if name == f"{stored.prefix}-TOTAL_FORMS" else value) for name, value in kept.pairs]
    words = rows_in_words(mine.forms), rows_in_words(stored.initial_forms)
    return Part(stored.prefix, label, *words, pairs, is_rows=True)


def rows_in_words(forms) -> str:
    lines = []
    for form in forms:
        if form.is_bound and not form.has_changed() and not form.instance.pk:
            continue
        fields = [str(one) for one in form if one.name != "DELETE"]
        gone = form.is_bound and form.data.get(form.add_prefix("DELETE"))
        line = " · ".join(Controls("".join(fields)).words)
        lines.append(f"{line} (gelöscht)" if gone else line)
    return "\n".join(lines)


def settle_rows(data, formset):
    """Renumber posted rows so that those which exist no more are posted as new ones, behind the others.

    Without this the form could never be saved again: Django refuses rows it does not find.
    """
    stored_pks = {str(form.instance.pk) for form in formset.initial_forms}
    prefix, pk_name = formset.prefix, formset.model._meta.pk.name
    count = data.get(f"{prefix}-TOTAL_FORMS", "")
    if not count.isdigit() or int(count) > 1_000:
        return
    rows = [{key: data.pop(key) for key in list(data) if key.startswith(f"{prefix}-{i}-")} for i in range(int(count))]
    rows = [{key.removeprefix(f"{prefix}-{i}-"): values for key, values in row.items()} for i, row in enumerate(rows)]
    known = [row for row in rows if row.get(pk_name, [""])[0] in stored_pks]
    parent = [str(formset.instance.pk or "")]
    new = [row | {pk_name: [""], formset.fk.name: parent} for row in rows if row not in known and "DELETE" not in row]
    for i, row in enumerate([*known, *new]):
        for key, values in row.items():
            data.setlist(f"{prefix}-{i}-{key}", values)
    data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(len(known) + len(new)), str(len(known))
