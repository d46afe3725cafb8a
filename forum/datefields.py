"""Form fields for days and times as staff write them."""

from collections.abc import Callable
from datetime import date, datetime, time

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError

from forum.dates import local_date, local_time, moment

TIME_FORMATS = ["%H:%M", "%H.%M", "%H:%M:%S", "%H Uhr", "%H:%M Uhr", "%H.%M Uhr", "%H"]


class ClockField(forms.TimeField):
    """Understands 9, 9:30, 9.30, 9 Uhr and 9:30 Uhr."""

    input_formats = TIME_FORMATS
    default_error_messages = {"invalid": "Das ist keine Uhrzeit. Bitte schreiben Sie sie wie 9:30."}


class DayField(forms.DateField):
    default_error_messages = {"invalid": "Das ist kein Datum. Bitte schreiben Sie es wie 14.06.2027."}

    def to_python(self, value):
        day = super().to_python(value)
        if day and not 1900 <= day.year <= 2200:
            raise ValidationError("Bitte prüfen Sie das Jahr.")
        return day


class DayTimeWidget(AdminSplitDateTime):
    def __init__(self, attrs=None):
        super().__init__(attrs)
        self.widgets[1].format = "%H:%M"

    def decompress(self, value):
        if isinstance(value, datetime):
            return [local_date(value), local_time(value)]
        return list(value) if value else [None, None]


class DayTimeField(forms.MultiValueField):
    """A day and, where known, a time.

    Args:
        without_time: makes a moment of a day without a time; when missing, the value is (day, time), of which one
            may be None.
        day_required: whether a time needs a day beside it.
    """

    widget = DayTimeWidget

    def __init__(self, *, without_time: Callable[[date], datetime] | None = None, day_required=True, **kwargs):
        self.without_time, self.day_required = without_time, day_required
        fields = (DayField(required=False, localize=True), ClockField(required=False))
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, values: list) -> datetime | tuple[date | None, time | None] | None:
        day, at = values or (None, None)
        if day is None and at is None:
            return None
        if day is None and self.day_required:
            raise ValidationError("Bitte geben Sie auch das Datum an.")
        if self.without_time is None:
            return day, at
        return self.without_time(day) if at is None else moment(day, at)
