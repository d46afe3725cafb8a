"""Tags of the editing desk's own templates."""

from datetime import datetime, timedelta

from django import template
from django.template.defaultfilters import date as formatted
from django.utils import timezone

from forum.dates import local_date

register = template.Library()


@register.filter
def in_words(at: datetime) -> str:
    """A moment as people say it: `heute, 14:05 Uhr`, `Mo., 3. März, 9:00 Uhr`, with the year where it is another."""
    day, today = local_date(at), timezone.localdate()
    near = {timedelta(-1): "gestern", timedelta(0): "heute", timedelta(1): "morgen"}
    far = formatted(day, "D, j. F" if day.year == today.year else "j. F Y").replace(",", ".,", day.year == today.year)
    return f"{near.get(day - today, far)}, {formatted(timezone.localtime(at), 'G:i')} Uhr"
