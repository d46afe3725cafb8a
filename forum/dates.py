"""Dates and times as German staff write them, stored as moments in Berlin."""

from datetime import UTC, date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format


def moment(day: date, at: time) -> datetime:
    """The instant of a local time; the first of the two where the clock is set back.

    Raises:
        ValidationError: in the hour that is left out when the clock is set forward.
    """
    local = datetime.combine(day, at, timezone.get_default_timezone())
    if local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValidationError(f"{at:%H:%M} Uhr gibt es an diesem Tag nicht: Die Uhr wird auf Sommerzeit gestellt.")
    return local


def midnight(day: date) -> datetime:
    """Where a local day begins; Berlin's clock is never changed at midnight."""
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def midnight_after(day: date) -> datetime:
    """Where a local day ends."""
    return midnight(day + timedelta(days=1))


def local_date(at: datetime) -> date:
    return timezone.localtime(at, timezone.get_default_timezone()).date()


def local_time(at: datetime) -> time:
    return timezone.localtime(at, timezone.get_default_timezone()).time()


def in_words(at: datetime) -> str:
    """A moment as it is said: `3. März 2027 um 9 Uhr`, `… um 9:30 Uhr`; midnight stands for the whole day."""
    day, clock = date_format(local_date(at), "j. F Y"), local_time(at)
    if clock == time.min:
        return day
    return f"{day} um {clock.hour}:{clock.minute:02} Uhr" if clock.minute else f"{day} um {clock.hour} Uhr"
