"""The form in which people correct their own entry."""

import json

from django import forms
from django.http import QueryDict

from contacts.checkup import FIELDS, LONGEST_NOTE, NOTES, label_of, problems_with, stored_text, value_of
from contacts.people import Person
from forum.datefields import DayField

HELP = {
    "phone": "So, wie Sie sie öffentlich zeigen möchten, zum Beispiel 030 12 34 56-78.",
    "email": "Für alle sichtbar.",
    "website": "Zum Beispiel https://www.verein.de.",
    "address": "Wo man Sie besuchen kann oder Ihnen schreibt: Brandenburgische Straße 80, 10713 Berlin.",
    "languages": "Worin Sie beraten, durch Kommas getrennt.",
    "absent_from": "Erster Tag, zum Beispiel 14.6.2027. Leer lassen, wenn Sie da sind.",
    "absent_until": "Letzter Tag. Leer lassen, wenn er noch nicht feststeht.",
    "districts": "Für welche Bezirke sind Sie da? Bitte nur ausfüllen, wenn sich etwas geändert hat.",
    "topics": "Zu welchen Themen darf man Sie fragen? Bitte nur ausfüllen, wenn sich etwas geändert hat.",
    "remark": "Zum Beispiel ein neuer Name, wer Sie vertritt, oder dass Sie nicht mehr im Verzeichnis stehen möchten.",
}
AUTOCOMPLETE = {
    "position": "organization-title",
    "organisation": "organization",
    "phone": "tel",
    "email": "email",
    "website": "url",
}  # WCAG 1.3.5


class EntryForm(forms.Form):
    """An entry as it stands, to be corrected by the person themselves; `seen` holds what they were shown.

    Valid when something has been changed and the rules for people allow it.
    """

    required_css_class = "required"

    def __init__(self, person: Person, data: QueryDict | None = None):
        self.person = person
        self.current = {name: stored_text(person, name).strip() for name in FIELDS}
        super().__init__(data, initial={name: value_of(name, text) for name, text in self.current.items()})
        for name in FIELDS:
            self.fields[name] = self.field_for(name)
        for name, label in NOTES.items():
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 2})
            )
        for name, text in HELP.items():
            self.fields[name].help_text = text
        for name, purpose in AUTOCOMPLETE.items():
            self.fields[name].widget.attrs["autocomplete"] = purpose

    def field_for(self, name):
        if name.startswith("absent"):
            return DayField(label=label_of(name), required=False, localize=True, widget=forms.TextInput)
        field = Person._meta.get_field(name).formfield(label=label_of(name), help_text="")
        if name in ("position", "organisation"):
            field.widget = forms.TextInput(attrs=field.widget.attrs)
        return field

    @property
    def seen(self) -> dict[str, str]:
        """What the person was shown; what cannot be read counts as the entry of today."""
        try:
            shown = json.loads(self.data.get("seen", ""))
            return {name: str(shown[name]) for name in FIELDS}
        except (ValueError, KeyError, TypeError, RecursionError):
            return self.current

    @property
    def is_overtaken(self) -> bool:
        """Tell whether the entry has changed since the person saw it."""
        return self.is_bound and self.seen != self.current

    @property
    def current_json(self) -> str:
        return json.dumps(self.current)

    def clean(self):
        cleaned = super().clean()
        texts = {name: self.text(cleaned[name]) for name in FIELDS if name in cleaned}
        self.changes = {name: text for name, text in texts.items() if text != self.seen[name]}
        self.notes = {name: cleaned[name] for name in NOTES if cleaned.get(name)}
        if not self.errors:
            for name, messages in problems_with(self.person, self.changes).items():
                self.add_error(name if name in self.fields else None, messages)
        if not (self.errors or self.changes or self.notes):
            raise forms.ValidationError(
                "Hier ist noch alles wie bisher. Wenn das so stimmt, drücken Sie bitte oben „Alles stimmt“."
            )
        return cleaned

    @staticmethod
    def text(value) -> str:
        return value.isoformat() if hasattr(value, "isoformat") else value or ""

    def on_top_of_today(self) -> "EntryForm":
        """The same form over the entry of today: what was typed stays, what was not touched shows what it says now."""
        data = self.data.copy()
        for name in FIELDS:
            if name in self.cleaned_data and name not in self.changes:
                value = value_of(name, self.current[name])
                data[name] = self.fields[name].widget.format_value(self[name].field.prepare_value(value)) or ""
        data["seen"] = self.current_json
        return EntryForm(self.person, data)
