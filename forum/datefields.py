"""Form fields for days and times as staff write them: one text, and beside it what it was read as."""

from collections.abc import Callable
from datetime import date, datetime, time

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html

from forum import datetexts
from forum.dates import local_date, local_time, moment
from forum.datetexts import Written


class DateText(forms.TextInput):
    """A text with its meaning in words behind it, kept up to date while somebody types.

    Args:
        reads: what kind of text it is, a name in `forum.desk.dates.READERS`.
    """

    class Media:
        js = [forms.Script("js/desk/dates.js", type="module")]

    def __init__(self, attrs=None, reads="moment"):
        super().__init__({"class": "date-text", "autocomplete": "off", "data-reads": reads} | (attrs or {}))

    def render(self, name, value, attrs=None, renderer=None):
        text = super().render(name, value, attrs, renderer)
        return format_html(
            '<span class="date-field">{}<output class="date-words" for="{}">{}</output></span>',
            text,
            (attrs or {}).get("id", ""),
            self.in_words(value),
        )

    def in_words(self, value) -> str:
        try:
            return datetexts.read(str(value or ""), timezone.localdate()).in_words
        except ValidationError:
            return ""  # said beside the field


class TextField(forms.Field):
    """Base of the fields here: what was typed is shown again as it was typed."""

    def has_changed(self, initial, data):
        shown = self.prepare_value(initial)
        return str(shown or "").strip() != str(data or "").strip()

    def written(self, value) -> Written:
        return datetexts.read(str(value or ""), timezone.localdate())


class ClockField(TextField):
    """Understands 9, 9:30, 9.30, 9 Uhr and 9:30 Uhr."""

    widget = DateText(reads="clock")

    def written(self, value) -> Written:
        return super().written(str(value or "").replace(".", ":"))  # 9.10 can be no day here

    def to_python(self, value) -> time | None:
        if value is None or isinstance(value, time):
            return value
        try:
            written = self.written(value)
        except ValidationError as error:
            raise ValidationError(datetexts.NO_TIME) from error
        if written.day or written.is_period:
            raise ValidationError(datetexts.NO_TIME)
        return written.at

    def prepare_value(self, value):
        return f"{value:%H:%M}" if isinstance(value, time) else value


class DayField(TextField):
    """Understands every way of writing a day, without a time."""

    widget = DateText(reads="day")

    def to_python(self, value) -> date | None:
        if value is None or isinstance(value, date):
            return value
        written = self.written(value)
        if written.is_period or written.at is not None:
            raise ValidationError("Hier steht nur ein Datum, ohne Uhrzeit. Bitte schreiben Sie es wie 14.06.2027.")
        return written.day

    def prepare_value(self, value):
        return f"{value:%d.%m.%Y}" if isinstance(value, date) else value


class DayTimeField(TextField):
    """A day and, where known, a time, in one text.

    Args:
        without_time: makes a moment of a day without a time; when missing, the value is (day, time), of which one
            may be None.
        day_required: whether a time needs a day beside it.
        periods: whether an end may stand in the same text; the value is then a `Written`.
    """

    widget = DateText

    def __init__(
        self,
        *,
        without_time: Callable[[date], datetime] | None = None,
        day_required: bool = True,
        periods: bool = False,
        **kwargs,
    ):
        self.without_time, self.day_required, self.periods = without_time, day_required, periods
        reads = "period" if periods else "moment" if day_required else "end"
        super().__init__(**{"widget": DateText(reads=reads)} | kwargs)

    def to_python(self, value) -> datetime | tuple[date | None, time | None] | Written | None:
        written = self.written(value)
        if written == Written():
            return None
        if written.day is None and self.day_required:
            raise ValidationError("Bitte geben Sie auch das Datum an.")
        if self.periods:
            return written
        if written.is_period:
            raise ValidationError("Hier steht nur ein Zeitpunkt, kein Zeitraum.")
        if self.without_time is None:
            return written.day, written.at
        return self.without_time(written.day) if written.at is None else moment(written.day, written.at)

    def prepare_value(self, value):
        if isinstance(value, datetime):
            value = local_date(value), local_time(value)
        if not isinstance(value, tuple):
            return value
        day, at = value
        words = [f"{day:%d.%m.%Y}" if day else "", datetexts.clock(at) if at is not None else ""]
        return ", ".join(filter(None, words))
