"""Pages kept by staff: Über uns, Impressum, Datenschutz, Barrierefreiheit, Leichte Sprache and others."""

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from forum.addresses import Addressed
from forum.easy import EasyLanguage, EasyQuerySet
from forum.publishing import Publishable
from forum.richtext import RichTextField
from forum.text import by_name
from forum.versions import versioned

# Always linked at the foot of every page; their addresses never change.
STATEMENT = "barrierefreiheit"  # shows the known barriers below its text
STANDARD_PAGES = {
    "ueber-uns": "Über uns",
    "impressum": "Impressum",
    "datenschutz": "Datenschutz",
    STATEMENT: "Barrierefreiheit",
    "leichte-sprache": "Leichte Sprache",
}


@versioned
class Page(EasyLanguage, Addressed, Publishable):
    title = models.CharField("Titel", max_length=200, help_text="Steht über der Seite und im Menü.")
    lead = models.TextField(
        "Einleitung", blank=True, help_text="Ein bis zwei Sätze, die sagen, worum es auf der Seite geht."
    )
    text = RichTextField(
        "Text", blank=True, help_text="Überschriften gliedern lange Texte; Tabellen und Links gehen auch."
    )

    objects = EasyQuerySet.as_manager()

    reserved_slugs = frozenset(
        {
            "aktuelles",
            "api",
            "bausteine",
            "folgen",
            "gegenlesen",
            "kontakt",
            "medien",
            "personen",
            "redaktion",
            "static",
            "suche",
            "themen",
            "veranstaltungen",
        }
    )
    required_to_publish = ("text",)
    easy_source = ("title", "lead", "text")

    class Meta(Publishable.Meta):
        verbose_name = "Seite"
        verbose_name_plural = "Seiten"
        ordering = by_name("title")
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(slug=""), name="page_has_address"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("page", args=[self.slug])

    def clean(self):
        super().clean()
        stored = Page.objects.filter(pk=self.pk).values_list("slug", flat=True).first()
        if stored in STANDARD_PAGES and not self.is_published:
            raise ValidationError(
                {"published_at": "Auf diese Seite verweist der Fuß jeder Seite: Sie bleibt veröffentlicht."}
            )

    @property
    def is_standard(self) -> bool:
        return self.slug in STANDARD_PAGES
