"""Rows that staff put in an order."""

from django.db import models


class Positioned(models.Model):
    """Base of through models whose rows have an order; equal positions keep the order of entry."""

    position = models.PositiveSmallIntegerField(
        "Reihenfolge", default=0, help_text="Kleinere Zahlen stehen weiter oben."
    )

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
