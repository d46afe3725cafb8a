"""Pages kept by staff: Über uns, Impressum, Datenschutz, Barrierefreiheit, Leichte Sprache and others."""

from django.db import models
from django.urls import reverse

from forum.addresses import Addressed
from forum.publishing import Publishable
from forum.richtext import RichTextField

# Always linked at the foot of every page; their addresses never change.
STANDARD_PAGES = {
    "ueber-uns": "Über uns",
    "impressum": "Impressum",
    "datenschutz": "Datenschutz",
    "barrierefreiheit": "Barrierefreiheit",
    "leichte-sprache": "Leichte Sprache",
}


class Page(Addressed, Publishable):
    title = models.CharField("Titel", max_length=200)
    lead = models.TextField(
        "Einleitung", blank=True, help_text="Ein bis zwei Sätze, die sagen, worum es auf der Seite geht."
    )
    text = RichTextField("Text", blank=True)

    reserved_slugs = frozenset(
        {"aktuelles", "kontakt", "medien", "personen", "redaktion", "static", "suche", "themen", "veranstaltungen"}
    )
    required_to_publish = ("text",)

    class Meta(Publishable.Meta):
        verbose_name = "Seite"
        verbose_name_plural = "Seiten"
        ordering = ["title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("page", args=[self.slug])

    @property
    def is_standard(self) -> bool:
        return self.slug in STANDARD_PAGES
