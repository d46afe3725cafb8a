"""Forms of publishable things, and of those with a version in Leichte Sprache."""

from datetime import datetime, time, timedelta

from django import forms
from django.db import models
from django.utils import timezone

from forum.datefields import DayTimeField
from forum.dates import in_words, local_date, local_time, midnight, midnight_after
from forum.publishing import State

MOMENTS = ("published_at", "expires_at")


class Action(models.TextChoices):
    """What a button of the desk does with the state; its name in the form that is sent.

    The value of KEEP and DATE is the day and time their label names, as typed: what they promise.
    """

    KEEP = "_keep", "im selben Stand speichern"
    DRAFT = "_draft", "als Entwurf speichern"
    NOW = "_now", "jetzt veröffentlichen"
    DATE = "_date", "ab dem eingetragenen Zeitpunkt veröffentlichen"


def as_shown(at: datetime | None) -> tuple | datetime | None:
    """A moment for a field in which midnight stands for a whole day: without its time."""
    return (local_date(at), None) if at and local_time(at) == time.min else at


class PublishableForm(forms.ModelForm):
    """Base of the forms of publishable things: a day without a time means the whole day.

    A button named after an Action decides on the state; without one the field `published_at` does. After validation
    `instance.set_aside` is a publication date that stood in the field and does not count, because the thing is a draft.
    """

    published_at = DayTimeField(required=False, without_time=midnight, label="Veröffentlicht ab")
    expires_at = DayTimeField(required=False, without_time=midnight_after, label="Sichtbar bis")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in MOMENTS:
            field = self._meta.model._meta.get_field(name)
            self.fields[name].help_text = field.help_text
            if field.has_default():
                self.fields[name].initial = field.get_default()
        # Midnight stands for a whole day: shown as it was typed, without a time.
        start, end = self.instance.published_at, self.instance.expires_at
        if start and self.instance.pk:
            self.initial["published_at"] = as_shown(start)
        if end and local_time(end) == time.min:
            self.initial["expires_at"] = (local_date(end) - timedelta(days=1), None)
        self.instance.set_aside = None
        self.stored = (None, None) if self.instance._state.adding else (start, end)
        self.stored_state = State.DRAFT if self.instance._state.adding else self.instance.state
        self.typed_at = self.stored[0]

    @property
    def action(self) -> Action | None:
        return next((action for action in Action if action in self.data), None)

    def clean(self):
        cleaned = super().clean()
        if "published_at" in cleaned and "published_at" in self.fields:
            self.keep_untouched_moments(cleaned)
            self.typed_at = cleaned["published_at"]
            if self.action:
                self.decide(cleaned)
        return cleaned

    def keep_untouched_moments(self, cleaned):
        """A field shows minutes and no offset: in the night of two 2:30s, reading it back would move the moment."""
        for name in MOMENTS:
            if self.instance.pk and name in cleaned and name not in self.changed_data:
                cleaned[name] = getattr(self.instance, name)

    def decide(self, cleaned):
        stored, typed = self.stored[0], cleaned["published_at"]
        if self.action == Action.DRAFT or (self.action == Action.KEEP and self.stored_state == State.DRAFT):
            cleaned["published_at"], self.instance.set_aside = None, typed
            self.instance.published_at = None  # a field that was not sent would leave the default in its place
        elif self.action == Action.NOW:
            now = timezone.now().replace(second=0, microsecond=0)
            cleaned["published_at"] = stored if self.stored_state == State.LIVE else now
        elif self.action == Action.DATE:
            self.refuse_date(typed, cleaned)
        elif typed is None:
            cleaned["published_at"] = stored
        else:
            self.refuse_to_change_the_state(typed, cleaned)

    def refuse_date(self, typed, cleaned):
        if typed is None:
            self.add_error("published_at", "Bitte tragen Sie ein, ab wann der Eintrag öffentlich sein soll.")
        elif self.breaks_promise():
            self.add_error("published_at", "Das Datum ist ein anderes als auf dem Knopf. Er nennt jetzt das neue.")
        elif self.stored_state == State.EXPIRED and self.is_over(cleaned):
            self.add_error(
                "expires_at", "Dieser Tag ist vorbei. Bitte leeren Sie das Feld, oder nennen Sie einen neuen."
            )

    def refuse_to_change_the_state(self, typed, cleaned):
        """Saving neither publishes nor hides what the button does not name."""
        now = timezone.now()
        if self.stored_state == State.SCHEDULED and typed <= now:
            self.add_error("published_at", f"Damit wäre der Eintrag sofort öffentlich. {press(button_for(typed))}")
        elif self.stored_state == State.SCHEDULED and self.breaks_promise():
            self.add_error("published_at", "Das Datum ist ein anderes als auf dem Knopf. Er nennt jetzt das neue.")
        elif self.stored_state == State.LIVE and typed > now:
            self.add_error("published_at", f"Bis dahin wäre der Eintrag nicht öffentlich. {press(button_for(typed))}")
        elif self.stored_state == State.EXPIRED and not self.is_over(cleaned):
            self.add_error("expires_at", f"Damit wäre der Eintrag wieder öffentlich. {press('Wieder veröffentlichen')}")

    def is_over(self, cleaned) -> bool:
        end = cleaned.get("expires_at")
        return end is not None and end <= timezone.now()

    def breaks_promise(self) -> bool:
        promised = self.data.get(self.action, "").split()
        return bool(promised) and promised != self.data.get("published_at", "").split()

    @property
    def typed_text(self) -> str:
        """The publication date as the form shows it."""
        bound = self["published_at"]
        shown = bound.field.widget.get_context(bound.html_name, bound.value(), {})["widget"]
        return " ".join(part["value"] or "" for part in shown.get("subwidgets", [shown])).strip()


def button_for(at: datetime) -> str:
    """What the button says that publishes with a date."""
    if at <= timezone.now():
        return f"Mit Datum {local_date(at):%d.%m.%Y} veröffentlichen"
    return f"Am {in_words(at)} veröffentlichen"


def press(label: str) -> str:
    return f"Wenn Sie das möchten, drücken Sie „{label}“."


class EasyForm(PublishableForm):
    """Base of the forms of things with a version in Leichte Sprache: not every change of a text concerns it."""

    easy_fits = forms.BooleanField(
        required=False,
        label="Die Leichte Fassung passt noch zum Text",
        help_text="Wenn Sie den normalen Text ändern, erfahren die Leserinnen und Leser der Leichten Fassung, dass er "
        "neuer ist. Bitte ankreuzen, wenn sich nichts geändert hat, was auch in der Leichten Fassung stehen müsste.",
    )
