"""Known barriers of this site, as records instead of prose that grows stale."""

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from forum.dates import local_date
from forum.versions import versioned

FIXED_STAY = timedelta(days=365)  # so long the statement still tells of what has been fixed


class BarrierQuerySet(models.QuerySet):
    def open(self):
        return self.filter(fixed_on=None)

    def fixed(self):
        return self.exclude(fixed_on=None)


@versioned
class Barrier(models.Model):
    what = models.TextField(
        "Was",
        max_length=500,
        help_text="Was hindert wen? Ein bis zwei Sätze, zum Beispiel: „Älteren PDF-Dateien fehlt die Struktur: "
        "Vorleseprogramme lesen sie in falscher Reihenfolge.“",
    )
    where = models.CharField(
        "Wo", max_length=200, help_text="Die Seite oder der Teil der Website, zum Beispiel „Dateien zum Herunterladen“."
    )
    since = models.DateField("Seit", help_text="Seit wann ist die Barriere bekannt?")
    alternative = models.TextField(
        "Was hilft bis dahin", help_text="Wie kommen Menschen trotzdem an den Inhalt, und an wen wenden sie sich?"
    )
    planned = models.TextField(
        "Was ist geplant",
        blank=True,
        help_text="Was tun wir dagegen, und bis wann? Leer lassen, solange es nicht feststeht.",
    )
    fixed_on = models.DateField(
        "Behoben am",
        null=True,
        blank=True,
        help_text="Danach steht die Barriere noch ein Jahr lang unter „Behoben“. Leer lassen, solange es sie gibt.",
    )
    changed_at = models.DateTimeField("zuletzt geändert", auto_now=True)

    objects = BarrierQuerySet.as_manager()

    class Meta:
        verbose_name = "Bekannte Barriere"
        verbose_name_plural = "Bekannte Barrieren"
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fixed_on__isnull=True) | Q(fixed_on__gte=F("since")),
                name="barrier_fixed_after_known",
                violation_error_message="Die Barriere kann nicht behoben worden sein, bevor sie bekannt war.",
            )
        ]

    def __str__(self):
        return self.what

    def clean(self):
        super().clean()
        today = timezone.localdate()
        errors = {}
        if self.since and self.since > today:
            errors["since"] = "Dieser Tag liegt in der Zukunft."
        if self.fixed_on and self.fixed_on > today:
            errors["fixed_on"] = "Dieser Tag liegt in der Zukunft: Bitte tragen Sie ihn ein, wenn er da ist."
        elif self.fixed_on and self.since and self.fixed_on < self.since:
            errors["fixed_on"] = "Die Barriere kann nicht behoben worden sein, bevor sie bekannt war."
        if errors:
            raise ValidationError(errors)


def statement(text_from: date) -> dict:
    """What the accessibility statement says about barriers, in one query.

    Args:
        text_from: day on which the text of the statement has last been changed.

    Returns:
        `open` and `fixed` (within the last year), lists of Barrier; `as_of`, the day of the latest change; `mail`, the
        address that reports go to.
    """
    recent = timezone.localdate() - FIXED_STAY
    barriers = list(Barrier.objects.filter(Q(fixed_on__isnull=True) | Q(fixed_on__gt=recent)))
    return {
        "open": [barrier for barrier in barriers if barrier.fixed_on is None],
        "fixed": [barrier for barrier in barriers if barrier.fixed_on is not None],
        "as_of": max([text_from, *(local_date(barrier.changed_at) for barrier in barriers)]),
        "mail": settings.REPORTS_MAIL,
    }
