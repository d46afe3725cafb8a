"""Dates and times as German staff write them, stored as moments in Berlin."""

from datetime import UTC, date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone


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
