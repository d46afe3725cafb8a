"""What a refused form says at its top: every error as a link to its field, in rows and folded parts too."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BoundField, Form
from django.forms.formsets import BaseFormSet

from forum.publishing import FIELD_MISSING, MISSING


@dataclass
class Problem:
    """One error.

    Args:
        text: where it is and what is wrong.
        target: id of the control it belongs to; empty where there is none.
        missing: whether only publishing is refused, not a draft.
    """

    text: str
    target: str
    missing: bool


def control_of(bound: BoundField) -> str:
    """Id of the control that takes the focus: of several (day and time) the first."""
    return bound.id_for_label or f"{bound.auto_id}_0"


def problems(form: Form, formsets: list[BaseFormSet]) -> list[Problem]:
    found = list(problems_of(form))
    for formset in formsets:
        name = str(formset.model._meta.verbose_name)
        for error in formset.non_form_errors().as_data():
            found += [Problem(f"{name}: {text}", f"{formset.prefix}-group", False) for text in error.messages]
        for number, row in enumerate(formset.forms, start=1):
            if row not in formset.deleted_forms:
                found += problems_of(row, f"{name} {number}, ")
    return found


def problems_of(form: Form, place: str = "") -> Iterator[Problem]:
    if not form.is_bound:
        return
    for name, errors in form.errors.as_data().items():
        for error in errors:
            if name == NON_FIELD_ERRORS or name not in form.fields:
                target, label = "", place.rstrip(", ")
            else:
                target, label = control_of(form[name]), place + form[name].label
            for text in ValidationError(error).messages:
                missing = error.code == MISSING
                yield Problem(worded(label, text), target, missing)


def worded(label: str, text: str) -> str:
    return label if text.startswith(FIELD_MISSING) and label else ": ".join(filter(None, [label, text]))
