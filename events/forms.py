"""Forms of the desk: an event's days and times, and the programme inside them."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError

from events.models import Event, ProgrammeItem
from forum.datefields import ClockField, DayField, DayTimeField
from forum.dates import local_date, local_time, midnight, midnight_after, moment
from forum.forms import EasyForm


class EventForm(EasyForm):
    """Days with or without times; without a time the event takes whole days."""

    starts_at = DayTimeField(
        required=False,
        periods=True,
        label="Beginn",
        help_text="Wie Sie es schreiben würden: 14.6.2027, 14.06.2027 9 Uhr, morgen 10:00, auch mit Ende: "
        "14.06.2027 9–16 Uhr, 14.–16.6.2027. Die Uhrzeit weglassen, wenn sie nicht feststeht.",
    )
    ends_at = DayTimeField(
        required=False,
        day_required=False,
        label="Ende",
        help_text="16 Uhr, oder mit Datum, wenn die Veranstaltung mehrere Tage dauert. Unbekanntes bleibt leer.",
    )
    previous_starts_at = DayTimeField(
        required=False,
        without_time=midnight,
        label="Ursprünglicher Beginn",
        help_text="Füllt sich von selbst, wenn Sie eine verschobene Veranstaltung auf ein neues Datum setzen.",
    )

    class Meta:
        model = Event
        exclude = ["all_day"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        event = self.instance
        if event.starts_at and event.all_day:
            self.initial["starts_at"] = (event.first_day, None)
            self.initial["ends_at"] = (event.last_day, None) if event.last_day > event.first_day else None

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.pop("starts_at", None), cleaned.pop("ends_at", None)
        if "starts_at" not in self.errors and "ends_at" not in self.errors:
            try:
                cleaned["starts_at"], cleaned["ends_at"], self.instance.all_day = span(*joined(start, end))
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned


def joined(start, end):
    """Bring together an end behind the beginning (`9–16 Uhr`) and one in a field of its own.

    Args:
        start: a `Written`, or None.
        end: (day or None, time or None), or None.

    Returns:
        Both as `span` takes them.
    """
    if start is None:
        return None, end
    if not start.is_period:
        return (start.day, start.at), end
    until = (start.until_day, start.until)
    if end not in (None, until, (start.until_day or start.day, start.until)):
        raise ValidationError(
            {"ends_at": "Beim Beginn steht schon ein anderes Ende: Bitte löschen Sie eines von beiden."}
        )
    return (start.day, start.at), until


def span(start, end):
    """Turn what was typed into moments.

    Args:
        start: (day, time or None), or None.
        end: (day or None, time or None), or None; without a day the event ends on the day it begins.

    Returns:
        (starts_at, ends_at, all_day); the end of whole days is the midnight after the last one.

    Raises:
        ValidationError: with the name of the field it belongs to.
    """
    if start is None:
        if end is not None:
            raise ValidationError({"starts_at": "Bitte geben Sie auch den Beginn an."})
        return None, None, False
    day, at = start
    last_day, until = end or (None, None)
    last_day = last_day or day
    if at is None:
        if until is not None:
            raise ValidationError({"starts_at": "Das Ende hat eine Uhrzeit: Bitte geben Sie sie auch beim Beginn an."})
        if last_day < day:
            raise ValidationError({"ends_at": "Die Veranstaltung endet vor ihrem Beginn."})
        return midnight(day), midnight_after(last_day), True
    if until is None:
        if last_day != day:
            raise ValidationError({"ends_at": "Bitte geben Sie auch an, um wie viel Uhr die Veranstaltung endet."})
        return in_field("starts_at", day, at), None, False
    return in_field("starts_at", day, at), in_field("ends_at", last_day, until), False


def in_field(name, day, at):
    try:
        return moment(day, at)
    except ValidationError as error:
        raise ValidationError({name: error}) from error


class ProgrammeItemForm(forms.ModelForm):
    """Times on the event's day; another day only where an event has several.

    An item without a day of its own moves along when its event gets another date.

    Args:
        event_start: beginning of the event as it is in the database; the form of the event may just be changing it.
    """

    day = DayField(
        required=False,
        label="Tag",
        help_text="Nur bei mehrtägigen Veranstaltungen; sonst gilt ihr Tag.",
    )
    starts_at = ClockField(
        required=False,
        label="Beginn",
        help_text="Zum Beispiel 9:30. Leer lassen, solange es nicht feststeht.",
    )
    ends_at = ClockField(
        required=False,
        label="Ende",
        help_text="Eine frühere Uhrzeit als der Beginn meint den nächsten Tag.",
    )

    class Meta:
        model = ProgrammeItem
        fields = "__all__"  # noqa: DJ007 - the admin chooses

    def __init__(self, *args, event_start=None, **kwargs):
        super().__init__(*args, **kwargs)
        item = self.instance
        self.stored = (item.starts_at, item.ends_at)
        if item.starts_at:
            if event_start is None:
                event_start = item.event.starts_at
            day = local_date(item.starts_at)
            self.initial["day"] = None if event_start and day == local_date(event_start) else day
            self.initial["starts_at"] = local_time(item.starts_at)
            self.initial["ends_at"] = item.ends_at and local_time(item.ends_at)

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.pop("starts_at", None), cleaned.pop("ends_at", None)
        if "starts_at" not in self.errors and "ends_at" not in self.errors and "day" not in self.errors:
            try:
                cleaned["starts_at"], cleaned["ends_at"] = self.moments(cleaned, start, end)
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned

    def moments(self, cleaned, start, end):
        if start is None:
            if end is not None or cleaned.get("day"):
                raise ValidationError({"starts_at": "Bitte geben Sie auch an, wann der Programmpunkt beginnt."})
            return None, None
        event = cleaned.get("event")
        day = cleaned.get("day") or (event and event.starts_at and event.first_day)
        if not day:
            raise ValidationError(
                {"starts_at": "Die Veranstaltung hat noch kein Datum: Bitte tragen Sie es zuerst ein."}
            )
        if end is None:
            return in_field("starts_at", day, start), None
        last_day = day + timedelta(days=end <= start)  # an evening may end after midnight
        return in_field("starts_at", day, start), in_field("ends_at", last_day, end)

    def has_changed(self):
        moved = self.instance.pk and self.stored != (self.instance.starts_at, self.instance.ends_at)
        return super().has_changed() or bool(moved)


class ProgrammeFormSet(forms.BaseInlineFormSet):
    """Tells each item when its event began before this form changed it."""

    def get_form_kwargs(self, index):
        if not hasattr(self, "event_start"):
            stored = Event.objects.filter(pk=self.instance.pk).values_list("starts_at", flat=True)
            self.event_start = stored.first() if self.instance.pk else None
        return super().get_form_kwargs(index) | {"event_start": self.event_start}
