"""Forms of publishable things, and of those with a version in Leichte Sprache."""

from datetime import time, timedelta

from django import forms

from forum.datefields import DayTimeField
from forum.dates import local_date, local_time, midnight, midnight_after


class PublishableForm(forms.ModelForm):
    """Base of the forms of publishable things: a day without a time means the whole day."""

    published_at = DayTimeField(required=False, without_time=midnight, label="Veröffentlicht ab")
    expires_at = DayTimeField(required=False, without_time=midnight_after, label="Sichtbar bis")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("published_at", "expires_at"):
            field = self._meta.model._meta.get_field(name)
            self.fields[name].help_text = field.help_text
            if field.has_default():
                self.fields[name].initial = field.get_default()
        # Midnight stands for a whole day: shown as it was typed, without a time.
        start, end = self.instance.published_at, self.instance.expires_at
        if start and local_time(start) == time.min:
            self.initial["published_at"] = (local_date(start), None)
        if end and local_time(end) == time.min:
            self.initial["expires_at"] = (local_date(end) - timedelta(days=1), None)


class EasyForm(PublishableForm):
    """Base of the forms of things with a version in Leichte Sprache: not every change of a text concerns it."""

    easy_fits = forms.BooleanField(
        required=False,
        label="Die Leichte Fassung passt noch zum Text",
        help_text="Wenn Sie den normalen Text ändern, erfahren die Leserinnen und Leser der Leichten Fassung, dass er "
        "neuer ist. Bitte ankreuzen, wenn sich nichts geändert hat, was auch in der Leichten Fassung stehen müsste.",
    )
