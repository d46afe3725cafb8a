"""The people of a programme item inside the form of its event: rows in cards, as many queries for forty as for one."""

import re
from collections.abc import Mapping

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.formsets import TOTAL_FORM_COUNT
from django.utils.functional import cached_property

from contacts.models import Person
from events.forms import ProgrammeFormSet, ProgrammeItemForm
from events.models import Participation, ProgrammeItem
from forum.desk.finder import FinderSelect, finder_attrs


def found(people: Mapping[int, Person], key) -> Person | None:
    """Look somebody up by what a browser sent as a key."""
    key = str(key or "")
    return people.get(int(key)) if key.isdecimal() and len(key) < 19 else None


class KnownSelect(FinderSelect):
    """Shows the chosen person without asking the database for each row.

    Args:
        known: everybody who can be chosen already, by key.
    """

    known: Mapping[int, Person] = {}

    def optgroups(self, name, value, attrs=None):
        chosen = [known for known in (found(self.known, key) for key in value) if known]
        options = [self.create_option(name, "", "---------", not chosen, 0)]
        options += [self.create_option(name, one.pk, str(one), True, index) for index, one in enumerate(chosen, 1)]
        return [(None, options, 0)]


def person_widget() -> forms.Widget:
    """How a person is chosen in a row of the programme, or created in place; who may is asked when it happens."""
    return KnownSelect(finder_attrs(admin.site.get_model_admin(Person), "Person", creates=True))


class PersonField(forms.ModelChoiceField):
    """A person, taken from those the whole programme loaded together."""

    default_error_messages = {
        "required": "Bitte wählen Sie die Person aus.",
        "invalid_choice": "Diese Person gibt es nicht mehr. Bitte wählen Sie eine andere aus.",
    }

    def know(self, people: Mapping[int, Person]):
        self.known = self.widget.known = people

    def to_python(self, value):
        if not value:
            return None
        person = found(self.known, value)
        if person is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return person


class RowKey(forms.IntegerField):
    """The hidden key of a stored row; that it is one of these rows is known without a query.

    Args:
        known: the keys of the rows the form was made for.
    """

    def __init__(self, known, **kwargs):
        self.known = known
        super().__init__(required=False, widget=forms.HiddenInput, **kwargs)

    def clean(self, value):
        key = super().clean(value)
        if key is not None and key not in self.known:
            raise ValidationError("Diese Zeile hat inzwischen jemand gelöscht. Bitte laden Sie die Seite neu.")
        return key


class ParticipationForm(forms.ModelForm):
    person = PersonField(Person.objects.all(), label="Person")

    class Meta:
        model = Participation
        fields = ["person", "part", "credited_as", "position"]

    def __init__(self, *args, known=None, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        field.widget = person_widget()
        field.widget.choices = field.choices
        field.know(known or {})
        self.fields["credited_as"].widget.attrs["placeholder"] = "wie bei der Person"
        self.fields["credited_as"].help_text = self.fields["part"].help_text = ""
        self.fields["position"].required = False
        if self.instance._state.adding:
            self.initial["position"] = None

    def clean_position(self):
        return self.cleaned_data["position"] if self.cleaned_data["position"] is not None else 32_767

    def _get_validation_exclusions(self):
        """The person was looked up already, the item is the card around the row."""
        return super()._get_validation_exclusions() | {"person", "item"}

    def validate_unique(self):
        """`PeopleFormSet` compares all rows of an item at once."""

    def validate_constraints(self):
        """As above."""


class SpareRows:
    """The count that is sent leaves out the empty rows: they stand in <noscript>, with a count of their own."""

    @property
    def management_form(self):
        form = super().management_form
        if not self.is_bound:
            form.initial[TOTAL_FORM_COUNT] = self.initial_form_count()
        return form


class PeopleFormSet(SpareRows, forms.BaseInlineFormSet):
    """Rows of one item; they come along with the item, so it must have been loaded with its `participations`."""

    def get_queryset(self):
        if not hasattr(self, "_queryset"):
            self._queryset = list(self.instance.participations.all()) if self.instance.pk else []
        return self._queryset

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["id"] = RowKey({row.pk for row in self.get_queryset()}, initial=form.fields["id"].initial)
        form.fields["DELETE"].label = "entfernen"

    def validate_unique(self):
        """Say beside the later row that it repeats an earlier one."""
        sent = {form.instance.pk for form in self.initial_forms}
        seen = {(row.person_id, row.part) for row in self.get_queryset() if row.pk not in sent}
        for form in self.kept_forms:
            key = (form.cleaned_data["person"].pk, form.cleaned_data["part"])
            if key in seen:
                form.add_error(
                    "person", f"{form.cleaned_data['person']} ist hier mit dieser Rolle doppelt eingetragen."
                )
            seen.add(key)

    def full_clean(self):
        super().full_clean()
        if self.is_bound and any(form.errors for form in self.forms):
            self._errors = [form.errors for form in self.forms]  # those of validate_unique included

    @property
    def kept_forms(self) -> list[ParticipationForm]:
        """Rows that are meant to be there afterwards, in the order of the page."""
        return [
            form
            for form in self.forms
            if {"person", "part"} <= getattr(form, "cleaned_data", {}).keys()
            and form.cleaned_data["person"]
            and not self.is_dropped(form)
        ]

    def is_dropped(self, form) -> bool:
        return bool(getattr(form, "cleaned_data", {}).get("DELETE"))

    def save(self, commit=True):
        """Write what changed; a row for somebody else is a new row, so that two people can change places."""
        if not self.has_changed():
            return []
        kept = sorted(self.kept_forms, key=lambda form: form.cleaned_data["position"])
        anew = [form for form in kept if form.instance.pk and {"person", "part"} & set(form.changed_data)]
        gone = [form.instance.pk for form in self.initial_forms if self.is_dropped(form)]
        Participation.objects.filter(pk__in=gone + [form.instance.pk for form in anew]).delete()
        for form in anew:
            form.instance.pk, form.instance._state.adding = None, True
        stored = {row.pk: row.position for row in self.get_queryset()}
        for place, form in enumerate(kept):
            row = form.instance
            moved, row.position = form.initial.get("position") != place, place
            if row.pk not in stored or moved or form.has_changed():
                row.item = self.instance
                row.save()
        return [form.instance for form in kept]


PeopleRows = forms.inlineformset_factory(
    ProgrammeItem, Participation, form=ParticipationForm, formset=PeopleFormSet, extra=2, max_num=100
)


class ProgrammeCardForm(ProgrammeItemForm):
    """A programme item with its people.

    Args:
        known: everybody any row of the programme may name, by key.
    """

    def __init__(self, *args, known=None, **kwargs):
        super().__init__(*args, **kwargs)
        prefix = f"{self.prefix}-people"
        sent = self.data if self.is_bound and f"{prefix}-TOTAL_FORMS" in self.data else None
        self.people = PeopleRows(sent, instance=self.instance, prefix=prefix, form_kwargs={"known": known})

    @property
    def media(self):
        return super().media + self.people.media

    def has_changed(self):
        return super().has_changed() or (self.people.is_bound and self.people.has_changed())

    def _post_clean(self):
        """What nobody changed keeps the rules of the database as before; asking it takes six queries for each card."""
        item = self.instance
        if item.pk and not self.changed_data:
            item.validate_constraints = lambda exclude=None: None
        super()._post_clean()
        vars(item).pop("validate_constraints", None)

    def clean(self):
        cleaned = super().clean()
        if self.people.is_bound and not self.people.is_valid():
            said = self.people.non_form_errors() or ["Bitte prüfen Sie die Mitwirkenden dieses Programmpunkts."]
            self.add_error(None, [str(error) for error in said])
        return cleaned

    def save(self, commit=True):
        item = super().save(commit)
        if commit and self.people.is_bound:
            self.people.save()
        return item

    @property
    def needs_attention(self) -> bool:
        return bool(self.errors) or not self.instance.pk

    @property
    def summary(self) -> dict[str, str]:
        """What the closed card says: time, title, people."""
        times = [value for value in (self["starts_at"].value(), self["ends_at"].value()) if value]
        named = (found(self.people.form_kwargs["known"], form["person"].value()) for form in self.people.forms)
        return {
            "time": "–".join(times),
            "title": self["title"].value() or "Neuer Programmpunkt",
            "people": ", ".join(str(person) for person in named if person),
        }


class CardFormSet(SpareRows, ProgrammeFormSet):
    """The programme with everybody in it: loaded together, looked up together."""

    def get_queryset(self):
        if not hasattr(self, "_queryset"):
            self._queryset = super().get_queryset().prefetch_related("participations__person")
        return self._queryset

    @cached_property
    def known(self) -> dict[int, Person]:
        named = re.compile(rf"{re.escape(self.prefix)}-\d+-people-\d+-person")
        sent = {self.data[key] for key in self.data if named.fullmatch(key)} if self.is_bound else set()
        sent = {int(key) for key in sent if key.isdecimal() and len(key) < 19}
        stored = {row.person_id: row.person for item in self.get_queryset() for row in item.participations.all()}
        return stored | Person.objects.in_bulk(sent - stored.keys())

    def get_form_kwargs(self, index):
        return super().get_form_kwargs(index) | {"known": self.known}

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["id"] = RowKey({item.pk for item in self.get_queryset()}, initial=form.fields["id"].initial)
